//! What comes in over HTTP.

use si_channel_core::normalize;
use twilio_conversations::sid::AccountSid;
use twilio_conversations::webhook::form::{self, Limits};

type Pairs = Vec<(String, String)>;

const NOW: &str = "2026-11-21T10:00:00Z";

fn account() -> AccountSid {
    crate::support::account()
}

/// Parameters as a form has them; bytes that are no form are one parameter each line, so that the fuzzer need not
/// learn percent-encoding first.
fn pairs(data: &[u8]) -> Pairs {
    let text = String::from_utf8_lossy(data);
    text.lines()
        .map(|line| {
            let (name, value) = line.split_once('=').unwrap_or((line, ""));
            (name.to_owned(), value.replace("\\n", "\n"))
        })
        .collect()
}

/// A form that is taken is within its limits and is read the same when written again.
pub(crate) fn form(data: &[u8]) {
    let limits = Limits::default();
    let Ok(read) = form::parse(data, limits) else { return };
    let pairs: Vec<(String, String)> =
        read.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_str().to_owned())).collect();
    let mut again = String::new();
    for (name, value) in &pairs {
        if !again.is_empty() {
            again.push('&');
        }
        for (index, text) in [name, value].into_iter().enumerate() {
            if index == 1 {
                again.push('=');
            }
            again.extend(text.bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    if let Ok(twice) = form::parse(again.as_bytes(), limits) {
        let twice: Vec<(String, String)> =
            twice.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_str().to_owned())).collect();
        assert_eq!(twice, pairs);
    }
}

/// A Conversations webhook is understood, kept or refused; its key does not depend on when it came.
pub(crate) fn conversations(data: &[u8]) {
    let pairs = pairs(data);
    let read = |now: &str| normalize::conversations(&pairs, &account(), now.parse().expect("a time"));
    if let Ok(fact) = read(NOW) {
        assert_eq!(read("2026-11-22T10:00:00Z").map(|fact| fact.key).ok(), Some(fact.key));
    }
}

/// An inbound message of the Messaging path.
pub(crate) fn messaging(data: &[u8]) {
    let _ = normalize::inbound(&pairs(data), &account(), NOW.parse().expect("a time"));
}

/// A status callback of the Messaging path.
pub(crate) fn status(data: &[u8]) {
    let _ = normalize::status(&pairs(data), None, &account(), NOW.parse().expect("a time"));
}

/// Attributes of a message: ours are taken out, the rest is kept, and marking them twice marks them once.
pub(crate) fn attributes(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (mark, rest) = text.split_once('\u{1f}').unwrap_or((&text, "hello"));
    if let Some(marked) = normalize::mark_relayed(mark, rest, "Ann: ") {
        let (ours, _) = normalize::Mark::take(&marked);
        assert_eq!(ours.restore(&format!("Ann: {rest}")), rest);
    }
}
