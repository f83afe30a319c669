//! What Twilio's codes of errors ask for.
//!
//! The kind of trouble comes from the SDK's table of codes ([`Advice`]); here is what follows from it.

use twilio_conversations::advice::{Advice, AdviceClass};

use crate::remedy::Remedy;

/// Codes of which more is known than the kind of trouble: what cannot arrive on this channel, whoever sends it, may on
/// another. <https://www.twilio.com/docs/api/errors>
const OTHER_CHANNEL: &[u32] = &[
    21408, // texts to this country are not enabled
    21612, // no way from this sender to this number
    21614, // no mobile number
    21635, // a landline
    30003, // the phone is off or away
    30005, // the number is not in use
    30006, // a landline, or a carrier that cannot be reached
    63003, // not on this channel
    63015, // has not joined the sandbox
    63024, // no valid recipient on this channel
    63032, // WhatsApp does not deliver to this person
    63036, // no phone with RCS
];

/// Troubles of a sender, not of the account: the others go on.
const OF_SENDER: &[u32] = &[21606, 21611, 30018, 30024, 30032, 30034, 63002, 63007, 63017, 63018, 63026];

/// What is done about a code.
pub fn remedy(code: u32) -> Remedy {
    if OTHER_CHANNEL.contains(&code) {
        return Remedy::OtherChannel;
    }
    match Advice::of(code).map(|advice| advice.class) {
        Some(AdviceClass::Transient) => Remedy::Retry,
        Some(AdviceClass::Rate) => Remedy::SlowDown,
        Some(AdviceClass::Template) => Remedy::Template,
        Some(AdviceClass::Refused) => Remedy::Stop,
        Some(AdviceClass::Account) => Remedy::Alert,
        _ => Remedy::GiveUp,
    }
}

/// Whether a code tells of trouble with one sender.
pub fn is_of_sender(code: u32) -> bool {
    OF_SENDER.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_the_remedy_of_its_kind_unless_more_is_known_of_it() {
        for (code, asked) in [
            (20429, Remedy::SlowDown),
            (21611, Remedy::SlowDown),
            (20500, Remedy::Retry),
            (30017, Remedy::Retry),
            (30003, Remedy::OtherChannel),
            (30006, Remedy::OtherChannel),
            (63003, Remedy::OtherChannel),
            (63016, Remedy::Template),
            (21610, Remedy::Stop),
            (20003, Remedy::Alert),
            (30034, Remedy::Alert),
            (21617, Remedy::GiveUp),
            (30007, Remedy::GiveUp),
            (99_999, Remedy::GiveUp),
        ] {
            assert_eq!(remedy(code), asked, "{code}");
        }
    }

    #[test]
    fn every_code_of_the_lists_is_known() {
        for code in OTHER_CHANNEL.iter().chain(OF_SENDER) {
            assert!(Advice::of(*code).is_some(), "{code}");
        }
    }
}
