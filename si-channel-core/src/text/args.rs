//! What a text is filled with, beside the brand.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::template::Placeholder;

/// The values for one text.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Args(BTreeMap<Placeholder, String>);

impl Args {
    /// `{name}`: a person, as the others see them.
    #[must_use]
    pub fn name(self, name: impl Display) -> Self {
        self.with(Placeholder::Name, name)
    }

    /// `{code}`: a code to join by.
    #[must_use]
    pub fn code(self, code: impl Display) -> Self {
        self.with(Placeholder::Code, code)
    }

    /// `{number}`: the number to write to.
    #[must_use]
    pub fn number(self, number: impl Display) -> Self {
        self.with(Placeholder::Number, number)
    }

    /// `{minutes}`: a time in minutes.
    #[must_use]
    pub fn minutes(self, minutes: impl Display) -> Self {
        self.with(Placeholder::Minutes, minutes)
    }

    /// `{received}`: messages that people wrote.
    #[must_use]
    pub fn received(self, received: impl Display) -> Self {
        self.with(Placeholder::Received, received)
    }

    /// `{sent}`: messages that we wrote.
    #[must_use]
    pub fn sent(self, sent: impl Display) -> Self {
        self.with(Placeholder::Sent, sent)
    }

    /// `{purpose}`: what messages are for, in the words of who sends them.
    #[must_use]
    pub fn purpose(self, purpose: impl Display) -> Self {
        self.with(Placeholder::Purpose, purpose)
    }

    fn with(mut self, placeholder: Placeholder, value: impl Display) -> Self {
        self.0.insert(placeholder, value.to_string());
        self
    }

    pub(super) fn get(&self, placeholder: Placeholder) -> &str {
        self.0.get(&placeholder).map_or("", String::as_str)
    }
}

/// Which values there are; names and codes are not shown.
impl std::fmt::Debug for Args {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
