//! What is done about what must not be said, as an operator sets it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done about a text that breaks a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing; it is not looked for.
    Off,
    /// It is sent, and noted.
    Flag,
    /// It is sent without what breaks the rule, and noted.
    #[default]
    Rewrite,
    /// It is not sent, and that is noted. A request of the API is refused.
    Block,
}

/// The rules on what the assistant and callers of the API may say to a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuardPolicy {
    /// Asking for an answer by a word that carriers or the channel act on, such as STOP or YES. Rewritten, the part of
    /// the sentence that asks is left out; a request of the API is refused instead.
    pub reserved_words: Action,
    /// A payment card's number. Rewritten, its last four digits are left.
    pub card_numbers: Action,
    /// Links to other hosts than `link_hosts`. Rewritten, `[...]` stands in a link's place.
    pub links: Action,
    /// The hosts that links may lead to, with all below them; anywhere when not set.
    pub link_hosts: Option<Vec<String>>,
}

/// What a text must not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuardRule {
    /// A question for a word that carriers or the channel act on.
    ReservedWord,
    /// A payment card's number.
    CardNumber,
    /// A link to a host that is not allowed.
    Link,
}

impl GuardRule {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReservedWord => "reserved_word",
            Self::CardNumber => "card_number",
            Self::Link => "link",
        }
    }
}

impl GuardPolicy {
    pub(super) fn action(&self, rule: GuardRule) -> Action {
        match rule {
            GuardRule::ReservedWord => self.reserved_words,
            GuardRule::CardNumber => self.card_numbers,
            GuardRule::Link if self.link_hosts.is_none() => Action::Off,
            GuardRule::Link => self.links,
        }
    }
}
