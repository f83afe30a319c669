//! In whose name the channel speaks.

use serde::{Deserialize, Serialize};

/// The operator, as the channel's texts name it.
///
/// Characters outside GSM-7 in it make every text that names it UCS-2, and so longer in segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Brand {
    /// The brand or programme, as registered with the carriers; `Si` by default.
    pub name: String,
    /// Where people get help beside HELP: a URL, a phone number or an e-mail address.
    ///
    /// The default is an example, which a real operator must replace.
    pub contact: String,
    /// How often messages come, as carriers want it said; `Message frequency varies` by default, which each language
    /// says in its own words.
    pub frequency: String,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: "Si".to_owned(),
            contact: Self::EXAMPLE_CONTACT.to_owned(),
            frequency: Self::default_frequency().to_owned(),
        }
    }
}

impl Brand {
    const EXAMPLE_CONTACT: &str = "https://example.com/help";

    pub(super) const fn default_frequency() -> &'static str {
        "Message frequency varies"
    }

    /// Whether name and contact are given and the contact is not the example.
    pub fn is_complete(&self) -> bool {
        !self.name.trim().is_empty()
            && !self.contact.trim().is_empty()
            && self.contact != Self::EXAMPLE_CONTACT
    }
}
