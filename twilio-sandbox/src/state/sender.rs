//! What carriers make of a sender: its type and country, its registration, how much it may send.

use serde::{Deserialize, Serialize};

use super::address::Channel;
use super::numbering::{NumberKind, country, is_alpha_sender};

/// The type of a sender, which decides how fast it sends, where to, and who heeds keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SenderType {
    /// A local number; in the United States one of 10DLC.
    LongCode,
    /// A mobile number outside North America.
    Mobile,
    /// A North American toll-free number.
    TollFree,
    /// Five or six digits.
    ShortCode,
    /// A name; it receives nothing.
    Alphanumeric,
    /// A number without SMS: sending from it is 21606, and what phones write to it is lost.
    Landline,
    /// A WhatsApp sender.
    #[serde(rename = "whatsapp")]
    WhatsApp,
}

impl SenderType {
    /// What an address says of itself.
    pub(crate) fn of(address: &str) -> Self {
        if Channel::of(address) == Some(Channel::WhatsApp) {
            return Self::WhatsApp;
        }
        match NumberKind::of(address) {
            NumberKind::ShortCode => Self::ShortCode,
            NumberKind::TollFree => Self::TollFree,
            NumberKind::Mobile => Self::Mobile,
            NumberKind::Local if is_alpha_sender(address) => Self::Alphanumeric,
            NumberKind::Local => Self::LongCode,
        }
    }
}

/// What carriers know of a sender. `None` is what its digits say, or the usual.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SenderProfile {
    #[serde(rename = "type")]
    pub(crate) kind: Option<SenderType>,
    pub(crate) country: Option<String>,
    pub(crate) a2p_registered: Option<bool>,
    pub(crate) throughput: Option<f64>,
    pub(crate) daily_limit: Option<u32>,
}

impl SenderProfile {
    /// The country of a sender's address; a short code's digits say none, and it is American then.
    pub(crate) fn country_of<'a>(&'a self, address: &'a str) -> Option<&'a str> {
        let usual = match SenderType::of(address) {
            SenderType::ShortCode => Some("US"),
            _ => country(address),
        };
        self.country.as_deref().or(usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_the_type_of_its_sender() {
        for (address, kind) in [
            ("+15005550006", SenderType::LongCode),
            ("+18335550100", SenderType::TollFree),
            ("+447700900100", SenderType::Mobile),
            ("+442079460958", SenderType::LongCode),
            ("12345", SenderType::ShortCode),
            ("Acme", SenderType::Alphanumeric),
            ("whatsapp:+14155238886", SenderType::WhatsApp),
        ] {
            assert_eq!(SenderType::of(address), kind, "{address}");
        }
        let american = SenderProfile::default();
        let canadian = SenderProfile { country: Some("CA".to_owned()), ..SenderProfile::default() };
        assert_eq!((american.country_of("12345"), canadian.country_of("12345")), (Some("US"), Some("CA")));
        assert_eq!((american.country_of("+447700900100"), american.country_of("Acme")), (Some("GB"), None));
    }
}
