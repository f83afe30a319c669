//! What was published last, and whether the stream still has it.

use serde::{Deserialize, Serialize};

/// What the stream said when it got the last event; kept in the store with the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When the stream was made, nanoseconds since the epoch on the clock of NATS: tells a stream from another of its name.
    pub created_ns: i64,
    /// The message's number in the stream.
    pub sequence: u64,
    /// The event's id.
    pub id: String,
    /// When that was, milliseconds since the epoch.
    pub at_ms: i64,
}

impl Mark {
    /// Reads a cursor's note. What cannot be read is none: then everything is published, and what is there is dropped.
    pub fn of(note: &str) -> Option<Self> {
        serde_json::from_str(note).ok()
    }

    /// Whether the stream may have let the message go.
    pub fn is_old(&self, seen: &Seen) -> bool {
        seen.max_age_ms > 0 && seen.now_ms >= self.at_ms.saturating_add(seen.max_age_ms)
    }

    /// Writes a cursor's note.
    pub fn note(mark: Option<&Self>) -> String {
        mark.and_then(|mark| serde_json::to_string(mark).ok()).unwrap_or_default()
    }
}

/// What a look at the stream showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// See [`Mark::created_ns`].
    pub created_ns: i64,
    /// The number of the newest message there ever was.
    pub last_sequence: u64,
    /// The id of the message that stands where the mark says.
    pub at_mark: Option<String>,
    /// The place in the feed of the newest message, if that event stands there in the store.
    pub newest: Option<i64>,
    /// How long the stream keeps a message, milliseconds; 0 is for good.
    pub max_age_ms: i64,
    /// Now, milliseconds since the epoch.
    pub now_ms: i64,
}

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Where we were.
    GoOn,
    /// After this place in the feed: the stream has everything up to it, and nothing behind it.
    From(i64),
    /// From the beginning, because of this.
    Refill(&'static str),
}

/// Whether the stream has what was published to it, up to `position`.
pub fn judge(position: i64, mark: Option<&Mark>, seen: &Seen) -> Verdict {
    let Some(mark) = mark else { return Verdict::GoOn };
    if seen.created_ns != mark.created_ns {
        return Verdict::Refill("was made anew");
    }
    if seen.last_sequence < mark.sequence {
        return seen.newest.map_or(Verdict::Refill("has lost its end"), Verdict::From);
    }
    match &seen.at_mark {
        Some(id) if *id == mark.id => {}
        Some(_) => return Verdict::Refill("holds other messages than were published"),
        None if mark.is_old(seen) => {}
        None => return Verdict::Refill("was emptied"),
    }
    match seen.newest {
        // Published by somebody who could not say so any more.
        Some(newest) if newest > position => Verdict::From(newest),
        _ => Verdict::GoOn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> Mark {
        Mark { created_ns: 5, sequence: 100, id: "evt_a".to_owned(), at_ms: 1_000 }
    }

    fn seen() -> Seen {
        let at_mark = Some("evt_a".to_owned());
        Seen { created_ns: 5, last_sequence: 100, at_mark, newest: Some(70), max_age_ms: 500, now_ms: 1_200 }
    }

    #[test]
    fn a_stream_that_has_what_was_published_goes_on() {
        assert_eq!(judge(70, Some(&mark()), &seen()), Verdict::GoOn);
        assert_eq!(judge(70, None, &Seen { created_ns: 9, ..seen() }), Verdict::GoOn, "nothing was yet");
        let more = Seen { last_sequence: 103, newest: Some(73), ..seen() };
        assert_eq!(judge(70, Some(&mark()), &more), Verdict::From(73), "what could not be noted any more");
        let foreign = Seen { last_sequence: 103, newest: None, ..seen() };
        assert_eq!(judge(70, Some(&mark()), &foreign), Verdict::GoOn);
    }

    #[test]
    fn a_stream_that_has_not_is_filled_again() {
        for (what, seen) in [
            ("was made anew", Seen { created_ns: 6, ..seen() }),
            ("has lost its end", Seen { last_sequence: 99, at_mark: None, newest: None, ..seen() }),
            ("was emptied", Seen { at_mark: None, newest: None, ..seen() }),
            ("was emptied", Seen { at_mark: None, newest: None, max_age_ms: 0, now_ms: i64::MAX, ..seen() }),
            (
                "holds other messages than were published",
                Seen { at_mark: Some("x".to_owned()), newest: None, ..seen() },
            ),
        ] {
            assert_eq!(judge(70, Some(&mark()), &seen), Verdict::Refill(what), "{seen:?}");
        }
    }

    #[test]
    fn a_lost_end_is_taken_up_where_it_broke_off() {
        let cut = Seen { last_sequence: 90, at_mark: None, newest: Some(60), ..seen() };
        assert_eq!(judge(70, Some(&mark()), &cut), Verdict::From(60));
    }

    #[test]
    fn what_has_grown_old_is_not_missed() {
        let old = Seen { at_mark: None, newest: None, now_ms: 1_500, ..seen() };
        assert_eq!(judge(70, Some(&mark()), &old), Verdict::GoOn);
    }

    #[test]
    fn a_mark_comes_back_from_its_note() {
        assert_eq!(Mark::of(&Mark::note(Some(&mark()))), Some(mark()));
        assert_eq!(Mark::of(&Mark::note(None)), None);
        assert_eq!(Mark::of("{\"sequence\":1}"), None);
    }
}
