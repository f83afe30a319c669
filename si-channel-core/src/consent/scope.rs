//! How far a consent act reaches: which sender, which purpose, which channels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::address::{Address, Channel};

/// Longest name of a purpose that consent tells apart, characters; what is beyond counts as one.
const LONGEST_PURPOSE: usize = 64;

/// What a message is for, as consent tells purposes apart: trimmed, in lower case, at most 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
pub struct Purpose(String);

impl Purpose {
    /// The purpose of these words; `None` when they are blank.
    pub fn of(words: &str) -> Option<Self> {
        let named: String = words.trim().to_lowercase().chars().take(LONGEST_PURPOSE).collect();
        (!named.is_empty()).then_some(Self(named))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Purpose {
    fn from(words: String) -> Self {
        Self::of(&words).unwrap_or(Self(String::new()))
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.0
    }
}

/// A part of what one address may consent to; without limits it is everything on that address's channel.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Only what this sender of ours, or any of its pool, writes; a pool goes by its name.
    pub sender: Option<String>,
    /// Only what has this purpose.
    pub purpose: Option<Purpose>,
}

impl Scope {
    /// Everything on the channel.
    pub const EVERYTHING: Self = Self { sender: None, purpose: None };

    /// Everything of one purpose.
    pub fn purpose(purpose: Purpose) -> Self {
        Self { sender: None, purpose: Some(purpose) }
    }

    /// Whether it has no limits.
    pub fn is_everything(&self) -> bool {
        *self == Self::EVERYTHING
    }

    /// Whether a message falls under it.
    pub fn covers(&self, matter: &Matter<'_>) -> bool {
        self.sender.as_deref().is_none_or(|sender| sender == matter.sender)
            && self.purpose.as_ref().is_none_or(|purpose| Some(purpose) == matter.purpose.as_ref())
    }
}

/// What a message is, as far as consent is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter<'a> {
    /// The sender of ours that writes, or the name of its pool.
    pub sender: &'a str,
    /// What for.
    pub purpose: Option<Purpose>,
    /// Whether it is an offer, so that the person must have agreed in so many words.
    pub explicit: bool,
}

/// How far an opt-out reaches that says no more than "stop".
///
/// Which holds when is a dated rule; see [`crate::policy::Policy::breadth`]. 47 CFR 64.1200(a)(10) lets an opt-out
/// stand for what it answered until 2027-01-31, and for everything from then on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Breadth {
    /// The purpose of the message that it answers; everything when that had none.
    Purpose,
    /// Everything on the channel it came by.
    Channel,
    /// Everything, on every channel that reaches the same number.
    #[default]
    All,
}

impl Breadth {
    /// Its name in rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Purpose => "purpose",
            Self::Channel => "channel",
            Self::All => "all",
        }
    }
}

/// The other addresses that reach the same number.
pub fn siblings(address: &Address) -> impl Iterator<Item = Address> {
    address.siblings([Channel::Sms, Channel::Whatsapp, Channel::Rcs])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_what_falls_under_all_of_its_limits() {
        let offers = Purpose::of(" Offers ").unwrap();
        let matter = |sender, purpose: Option<&str>| Matter {
            sender,
            purpose: purpose.and_then(Purpose::of),
            explicit: false,
        };
        let both = Scope { sender: Some("a".to_owned()), purpose: Some(offers.clone()) };
        assert!(Scope::EVERYTHING.covers(&matter("b", None)));
        assert!(Scope::purpose(offers).covers(&matter("b", Some("OFFERS"))));
        assert!(both.covers(&matter("a", Some("offers"))));
        for other in [matter("a", None), matter("a", Some("news")), matter("b", Some("offers"))] {
            assert!(!both.covers(&other), "{other:?}");
        }
    }

    #[test]
    fn a_purpose_is_its_words_however_they_are_written() {
        assert_eq!((Purpose::of("  \t"), Purpose::of("")), (None, None));
        let long = "Ä".repeat(100);
        assert_eq!(Purpose::of(&long).unwrap().as_str(), "ä".repeat(64));
        let read: Purpose = serde_json::from_str("\" Offers\"").unwrap();
        assert_eq!((read.as_str(), serde_json::to_string(&read).unwrap().as_str()), ("offers", "\"offers\""));
        assert_eq!(Scope::purpose(read.clone()), Scope { sender: None, purpose: Some(read) });
    }

    #[test]
    fn a_breadth_has_one_name_in_rules_and_in_events() {
        for breadth in [Breadth::Purpose, Breadth::Channel, Breadth::All] {
            assert_eq!(serde_json::to_value(breadth).unwrap(), breadth.as_str());
        }
    }

    #[test]
    fn a_number_is_reached_by_its_channels_and_an_identity_by_one() {
        let of = |text: &str| {
            siblings(&text.parse().unwrap()).map(|address| address.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(of("+15551234567"), ["whatsapp:+15551234567", "rcs:+15551234567"]);
        assert_eq!(of("whatsapp:+15551234567"), ["+15551234567", "rcs:+15551234567"]);
        assert_eq!(of("whatsapp:US.1234"), [""; 0]);
        assert_eq!(of("chat:+15551234567"), [""; 0]);
    }
}
