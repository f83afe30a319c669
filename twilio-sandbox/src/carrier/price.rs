//! What a text costs. Twilio's prices depend on the account and the route; these are a choice of their order.

use super::segments::segments;
use crate::state::address::Channel;

/// How a text travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Way {
    Sms,
    Mms,
    WhatsApp,
}

impl Way {
    /// The way of a text to or from a phone.
    pub(crate) fn of(phone: &str, is_mms: bool) -> Self {
        match Channel::of(phone) {
            Some(Channel::WhatsApp) => Self::WhatsApp,
            _ if is_mms => Self::Mms,
            _ => Self::Sms,
        }
    }

    /// The parts that a body takes: only an SMS has several.
    pub(crate) fn segments(self, body: &str) -> usize {
        if self == Self::Sms { segments(body) } else { 1 }
    }
}

/// The price in US dollars, negative as Twilio writes it, for a number of parts.
pub(crate) fn price(way: Way, parts: usize) -> String {
    // In hundredths of a thousandth of a dollar.
    let amount = match way {
        Way::Sms => 830 * parts,
        Way::Mms => 2200,
        Way::WhatsApp => 500,
    };
    format!("-{}.{:05}", amount / 100_000, amount % 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parts_of_an_sms_add_up() {
        assert_eq!(price(Way::Sms, 1), "-0.00830");
        assert_eq!(price(Way::Sms, 150), "-1.24500");
        assert_eq!(
            (price(Way::Mms, 3), price(Way::WhatsApp, 3)),
            ("-0.02200".to_owned(), "-0.00500".to_owned())
        );
    }
}
