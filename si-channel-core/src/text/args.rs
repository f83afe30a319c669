//! What a text is filled with, beside the brand.

use std::collections::BTreeMap;
use std::fmt::Display;

use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

use super::template::Placeholder;
use super::{Brand, Medium, TextId, wire};
use crate::language::Language;

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

    /// `{disclosure}`: that an AI answers.
    #[must_use]
    pub(super) fn disclosure(self, disclosure: impl Display) -> Self {
        self.with(Placeholder::Disclosure, disclosure)
    }

    fn with(mut self, placeholder: Placeholder, value: impl Display) -> Self {
        self.0.insert(placeholder, value.to_string());
        self
    }

    /// Everything that a text may refer to, for Fluent: numbers as numbers, so that plurals are right.
    pub(super) fn filled<'a>(
        &'a self,
        id: TextId,
        brand: &'a Brand,
        frequency: Option<&'a str>,
        language: &Language,
        medium: Medium,
    ) -> FluentArgs<'a> {
        let mut filled = FluentArgs::with_capacity(self.0.len() + 3);
        let mut set = |placeholder: Placeholder, value: &'a str| {
            let turned = match medium {
                Medium::Sms => None,
                Medium::Unicode => wire::inserted(value, language),
            };
            match turned {
                Some(turned) => filled.set(placeholder.as_str(), turned),
                None => filled.set(placeholder.as_str(), value),
            }
        };
        set(Placeholder::Brand, &brand.name);
        set(Placeholder::Contact, &brand.contact);
        set(Placeholder::Frequency, frequency.unwrap_or(&brand.frequency));
        if self.0.contains_key(&Placeholder::Disclosure) {
            set(Placeholder::Disclosure, self.get(Placeholder::Disclosure));
        }
        for placeholder in id.arguments().iter().filter(|placeholder| !placeholder.is_count()) {
            set(*placeholder, self.get(*placeholder));
        }
        for placeholder in id.arguments().iter().filter(|placeholder| placeholder.is_count()) {
            let value = self.get(*placeholder);
            match value.parse::<i64>() {
                Ok(count) => filled.set(placeholder.as_str(), count),
                Err(_) => filled.set(placeholder.as_str(), value),
            }
        }
        filled
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
