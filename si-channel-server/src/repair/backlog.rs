//! What of the past is still to be compared.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use si_channel_core::address::Address;

/// More stretches of time than this become one for each number.
const SPANS: usize = 32;

/// A stretch of time of one of our numbers. It is compared from its end backwards, as Twilio lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Span {
    /// The number.
    pub(super) number: Address,
    /// Where it begins.
    pub(super) from: Timestamp,
    /// Where it ends.
    pub(super) to: Timestamp,
    /// Texts at its end that are done with: Twilio lists by the second.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) done: Vec<String>,
}

impl Span {
    /// A text of this time is done with, and so is what came after.
    pub(super) fn shorten(&mut self, at: Timestamp, sid: String) {
        if at.as_second() < self.to.as_second() {
            self.done.clear();
        }
        self.to = self.to.min(at);
        self.done.push(sid);
    }
}

/// What is still to be compared; the note of the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Backlog {
    /// Nothing from before this is compared: the channel was not there yet.
    pub(super) first: Timestamp,
    /// What is left.
    pub(super) spans: Vec<Span>,
    /// Which messages are to be asked after that await a receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) receipts: Option<Receipts>,
}

/// Messages that await a receipt; they are asked after from the newest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Receipts {
    /// Those that were queued since.
    pub(super) from: Timestamp,
    /// The place in the list of messages up to which they were asked after.
    pub(super) before: Option<(i64, String)>,
}

impl Backlog {
    /// Reads a cursor's note. One that cannot be read is none.
    pub(super) fn of(note: &str) -> Option<Self> {
        serde_json::from_str(note).ok()
    }

    /// The note of the cursor.
    pub(super) fn note(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Adds a stretch of time for each of our numbers.
    pub(super) fn add(&mut self, numbers: &[Address], from: Timestamp, to: Timestamp) {
        let new = numbers.iter().map(|number| Span { number: number.clone(), from, to, done: Vec::new() });
        self.spans.extend(new);
        if self.spans.len() > SPANS {
            self.merge();
        }
    }

    /// Leaves out what is not to be compared: other numbers, and what lies before `oldest`.
    pub(super) fn trim(&mut self, numbers: &[Address], oldest: Timestamp) {
        let oldest = oldest.max(self.first);
        for span in &mut self.spans {
            span.from = span.from.max(oldest);
        }
        self.spans.retain(|span| numbers.contains(&span.number) && span.from < span.to);
    }

    /// Has the messages since a time asked after.
    pub(super) fn ask_for_receipts(&mut self, from: Timestamp) {
        let from = self.receipts.take().map_or(from, |left| left.from.min(from));
        self.receipts = Some(Receipts { from, before: None });
    }

    fn merge(&mut self) {
        let mut merged: Vec<Span> = Vec::new();
        for span in self.spans.drain(..) {
            match merged.iter_mut().find(|one| one.number == span.number) {
                Some(one) => {
                    one.from = one.from.min(span.from);
                    one.to = one.to.max(span.to);
                    one.done.clear();
                }
                None => merged.push(span),
            }
        }
        self.spans = merged;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn number(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_left_survives_in_the_note() {
        let mut backlog = Backlog { first: at(100), ..Backlog::default() };
        backlog.add(&[number("+15550001111"), number("whatsapp:+15550001111")], at(100), at(200));
        backlog.ask_for_receipts(at(150));
        backlog.ask_for_receipts(at(170));
        assert_eq!(backlog.receipts, Some(Receipts { from: at(150), before: None }));
        assert_eq!(Backlog::of(&backlog.note()), Some(backlog));
        assert_eq!(Backlog::of(""), None);
    }

    #[test]
    fn other_numbers_and_old_times_are_left_out() {
        let (ours, other) = (number("+15550001111"), number("+15550002222"));
        let mut backlog = Backlog { first: at(50), ..Backlog::default() };
        backlog.add(&[ours.clone(), other], at(0), at(200));
        backlog.add(std::slice::from_ref(&ours), at(0), at(40));
        backlog.trim(std::slice::from_ref(&ours), at(20));
        assert_eq!(
            backlog.spans,
            [Span { number: ours.clone(), from: at(50), to: at(200), done: Vec::new() }]
        );
        backlog.trim(std::slice::from_ref(&ours), at(300));
        assert_eq!(backlog.spans, []);
    }

    #[test]
    fn what_is_done_with_in_the_second_at_the_end_is_remembered() {
        let millis = |ms| Timestamp::from_millisecond(ms).unwrap();
        let mut span = Span { number: number("+15550001111"), from: at(0), to: at(100), done: Vec::new() };
        for (ms, sid) in [(50_900, "a"), (50_100, "b"), (50_500, "c")] {
            span.shorten(millis(ms), sid.to_owned());
        }
        assert_eq!(
            (span.to, span.done.as_slice()),
            (millis(50_100), ["a", "b", "c"].map(String::from).as_slice())
        );
        span.shorten(millis(49_999), "d".to_owned());
        assert_eq!((span.to, span.done), (millis(49_999), vec!["d".to_owned()]));
    }

    #[test]
    fn many_stretches_become_one_that_covers_them() {
        let ours = [number("+15550001111")];
        let mut backlog = Backlog::default();
        for n in 0..=32 {
            backlog.add(&ours, at(n * 10), at(n * 10 + 5));
        }
        assert_eq!(
            backlog.spans,
            [Span { number: ours[0].clone(), from: at(0), to: at(325), done: Vec::new() }]
        );
    }
}
