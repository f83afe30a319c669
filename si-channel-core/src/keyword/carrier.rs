//! What Twilio and the toll-free network make of a message by themselves.

use crate::address::{Address, Channel};
use crate::keyword::Keyword;

/// Area codes of North American toll-free numbers.
const TOLL_FREE: [&str; 7] = ["800", "833", "844", "855", "866", "877", "888"];

/// Whether a sender is a North American toll-free number. Their network handles STOP, START and UNSTOP itself, and no
/// other word lifts its block.
pub fn is_toll_free(sender: &Address) -> bool {
    let national = sender.value().strip_prefix("+1").filter(|national| national.len() == 10);
    sender.channel() == Channel::Sms
        && national.is_some_and(|national| TOLL_FREE.iter().any(|code| national.starts_with(code)))
}

/// The keyword that Twilio's default handling takes a message for, and answers itself.
///
/// Its rule is narrower than ours: the whole body but for white space around it, in any case, one of its own words. It
/// holds for long codes without Advanced Opt-Out; on WhatsApp there is none. [`Keyword::Yes`] is a start to Twilio
/// (not on [toll-free numbers](is_toll_free)).
///
/// <https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>
pub fn carrier_would_match(body: &str) -> Option<Keyword> {
    const WORDS: [(Keyword, &[&str]); 4] = [
        (Keyword::Stop, &["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"]),
        (Keyword::Start, &["start", "unstop"]),
        (Keyword::Yes, &["yes"]),
        (Keyword::Help, &["help", "info"]),
    ];
    let body = body.trim();
    WORDS.iter().find_map(|(keyword, words)| {
        words.iter().any(|word| body.eq_ignore_ascii_case(word)).then_some(*keyword)
    })
}
