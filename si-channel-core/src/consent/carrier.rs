//! Keywords that Twilio or the carrier answers before the channel sees them.

use crate::address::Address;
use crate::context::Context;
use crate::keyword::{Keyword, carrier_would_match};
use crate::policy::CarrierKeywords;

/// Whether Twilio or the carrier has already answered the keyword, so that the channel must not.
pub fn answered_by_carrier(
    text: &str,
    keyword: Keyword,
    marked_by_twilio: bool,
    sender: &Address,
    context: &Context<'_>,
) -> bool {
    if marked_by_twilio {
        return true;
    }
    let matched = match context.policy.carrier_keywords(sender) {
        // Advanced Opt-Out starts from the same words; its mark does not reach Conversations webhooks.
        CarrierKeywords::TwilioDefault | CarrierKeywords::Advanced => carrier_would_match(text),
        CarrierKeywords::TollFree => network_would_match(text),
        CarrierKeywords::None => None,
    };
    matched.is_some_and(|matched| same_family(matched, keyword))
}

/// The toll-free network knows fewer words, and HELP is answered by Twilio.
/// <https://help.twilio.com/articles/360058144374>
fn network_would_match(text: &str) -> Option<Keyword> {
    carrier_would_match(text).filter(|keyword| match keyword {
        Keyword::Stop => text.trim().eq_ignore_ascii_case("stop"),
        Keyword::Yes => false,
        Keyword::Start | Keyword::Help => true,
    })
}

/// YES is an opt-in word to Twilio and an answer to us.
fn same_family(a: Keyword, b: Keyword) -> bool {
    let family = |k| if k == Keyword::Yes { Keyword::Start } else { k };
    family(a) == family(b)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::id::Seed;
    use crate::policy::Policy;

    #[test]
    fn each_kind_of_sender_answers_its_own_words() {
        use CarrierKeywords::{Advanced, None, TollFree, TwilioDefault};
        let sender: Address = "+18005550100".parse().unwrap();
        let cases = [
            ("STOP", Keyword::Stop, [true, true, true, false]),
            ("Unsubscribe", Keyword::Stop, [true, true, false, false]),
            ("revoke", Keyword::Stop, [true, true, false, false]),
            ("Stop.", Keyword::Stop, [false, false, false, false]),
            ("arret", Keyword::Stop, [false, false, false, false]),
            ("START", Keyword::Start, [true, true, true, false]),
            ("unstop", Keyword::Start, [true, true, true, false]),
            ("yes", Keyword::Yes, [true, true, false, false]),
            ("HELP", Keyword::Help, [true, true, true, false]),
            // An operator may read a word otherwise than Twilio, whose answer was to another question then.
            ("CANCEL", Keyword::Help, [false, false, false, false]),
        ];
        for (text, keyword, expected) in cases {
            for (kind, expected) in [TwilioDefault, Advanced, TollFree, None].into_iter().zip(expected) {
                let mut policy = Policy::default();
                policy.carrier_keywords.insert(sender.clone(), kind);
                let context = Context::new(Timestamp::UNIX_EPOCH, &policy, Seed([0; 16]));
                let answered = answered_by_carrier(text, keyword, false, &sender, &context);
                assert_eq!(answered, expected, "{text} on {kind:?}");
                assert!(answered_by_carrier(text, keyword, true, &sender, &context), "{text}, marked");
            }
        }
    }
}
