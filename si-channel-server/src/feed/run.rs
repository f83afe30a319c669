//! What the stream must hold, and whether it does.

use serde::{Deserialize, Serialize};

/// Stands between an event's id and the run of its message, where a stream holds, or remembers, an earlier one.
const RUN: char = '/';

/// One filling of the stream, and what followed it: from its first message on, the stream holds each event that it has not
/// let go for its limits. Kept in the store with the place. The default one is of no stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When the stream was made, nanoseconds since the epoch on the clock of NATS: tells a stream from another of its name.
    pub created_ns: i64,
    /// The number of its first message in the stream.
    pub since: u64,
    /// The number of the newest message that is known; the one before `since` as long as there is none.
    pub sequence: u64,
    /// The id of that message's event.
    pub id: String,
}

impl Run {
    /// A run that is to begin behind all that the stream has.
    pub fn begin(created_ns: i64, last_sequence: u64) -> Self {
        Self {
            created_ns,
            since: last_sequence.saturating_add(1),
            sequence: last_sequence,
            id: String::new(),
        }
    }

    /// Reads a cursor's note. What cannot be read is of no stream.
    pub fn of(note: &str) -> Self {
        serde_json::from_str(note).unwrap_or_default()
    }

    /// Writes a cursor's note.
    pub fn note(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The id of an event's message. A stream remembers the ids of messages that it has no more: those of another run differ.
    pub fn message_id(&self, event: &str) -> String {
        if self.since > 1 { format!("{event}{RUN}{}", self.since) } else { event.to_owned() }
    }

    /// The stream has this event, in the message with this number.
    pub fn has(&mut self, event: &str, sequence: u64) {
        // What it had got before is behind the newest.
        if sequence > self.sequence {
            event.clone_into(&mut self.id);
            self.sequence = sequence;
        }
    }
}

/// What a look at the stream showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// See [`Run::created_ns`].
    pub created_ns: i64,
    /// The number of the newest message there ever was.
    pub last_sequence: u64,
    /// The id of the message at [`Run::sequence`], if one is there.
    pub at_newest: Option<String>,
    /// The newest message's place in the feed, if it is one of the run and its event stands there in the store.
    pub newest: Option<i64>,
    /// Whether messages of the run are gone, and no limit of the stream is the reason.
    pub missing: bool,
}

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Where we were.
    GoOn,
    /// After this place in the feed: the stream has everything up to it, and nothing behind it.
    From(i64),
    /// With a run from the beginning, because of this.
    Fill(&'static str),
}

/// Whether the stream has what was published to it, up to `position`.
pub fn judge(position: i64, run: &Run, seen: &Seen) -> Verdict {
    if seen.created_ns != run.created_ns {
        return Verdict::Fill("is not the one that was published to");
    }
    if seen.missing {
        return Verdict::Fill("has lost messages");
    }
    if seen.last_sequence < run.sequence {
        return seen.newest.map_or(Verdict::Fill("has lost its end"), Verdict::From);
    }
    if run.sequence >= run.since && seen.at_newest.as_ref().is_some_and(|id| *id != run.message_id(&run.id)) {
        return Verdict::Fill("holds other messages than were published");
    }
    match seen.newest {
        // Published by somebody who could not say so any more.
        Some(newest) if seen.last_sequence > run.sequence && newest > position => Verdict::From(newest),
        _ => Verdict::GoOn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> Run {
        Run { created_ns: 5, since: 1, sequence: 100, id: "evt_a".to_owned() }
    }

    fn seen() -> Seen {
        let at_newest = Some("evt_a".to_owned());
        Seen { created_ns: 5, last_sequence: 100, at_newest, newest: Some(70), missing: false }
    }

    #[test]
    fn a_stream_that_has_what_was_published_goes_on() {
        assert_eq!(judge(70, &run(), &seen()), Verdict::GoOn);
        let more = Seen { last_sequence: 103, newest: Some(73), ..seen() };
        assert_eq!(judge(70, &run(), &more), Verdict::From(73), "what could not be noted any more");
        let foreign = Seen { last_sequence: 103, newest: None, ..seen() };
        assert_eq!(judge(70, &run(), &foreign), Verdict::GoOn);
        let old = Seen { at_newest: None, newest: None, ..seen() };
        assert_eq!(judge(70, &run(), &old), Verdict::GoOn, "all of it was let go for its age");
    }

    #[test]
    fn a_place_that_was_set_back_is_kept_though_the_stream_has_more() {
        assert_eq!(judge(10, &run(), &seen()), Verdict::GoOn);
    }

    #[test]
    fn a_run_that_has_just_begun_does_not_take_older_messages_for_its_own() {
        let begun = Run::begin(5, 100);
        assert_eq!((begun.since, begun.sequence), (101, 100));
        assert_eq!(judge(0, &begun, &Seen { newest: None, ..seen() }), Verdict::GoOn);
    }

    #[test]
    fn a_stream_that_has_not_is_filled() {
        let of_none = judge(0, &Run::default(), &seen());
        assert_eq!(of_none, Verdict::Fill("is not the one that was published to"));
        for (what, seen) in [
            ("is not the one that was published to", Seen { created_ns: 6, ..seen() }),
            ("has lost messages", Seen { missing: true, ..seen() }),
            ("has lost its end", Seen { last_sequence: 99, at_newest: None, newest: None, ..seen() }),
            (
                "holds other messages than were published",
                Seen { at_newest: Some("x".to_owned()), newest: None, ..seen() },
            ),
            (
                "holds other messages than were published",
                Seen { at_newest: Some("evt_a/101".to_owned()), newest: None, ..seen() },
            ),
        ] {
            assert_eq!(judge(70, &run(), &seen), Verdict::Fill(what), "{seen:?}");
        }
    }

    #[test]
    fn a_lost_end_is_taken_up_where_it_broke_off() {
        let cut = Seen { last_sequence: 90, at_newest: None, newest: Some(60), ..seen() };
        assert_eq!(judge(70, &run(), &cut), Verdict::From(60));
    }

    #[test]
    fn each_run_in_a_stream_has_ids_of_its_own() {
        let (first, second) = (Run::begin(5, 0), Run::begin(5, 100));
        assert_eq!((&*first.message_id("evt_a"), &*second.message_id("evt_a")), ("evt_a", "evt_a/101"));
    }

    #[test]
    fn what_the_stream_had_before_is_not_its_newest() {
        let mut run = run();
        run.has("evt_0", 7);
        assert_eq!((&*run.id, run.sequence), ("evt_a", 100));
        run.has("evt_b", 101);
        assert_eq!((&*run.id, run.sequence), ("evt_b", 101));
    }

    #[test]
    fn a_run_comes_back_from_its_note() {
        assert_eq!(Run::of(&run().note()), run());
        for other in ["", "{\"sequence\":1}"] {
            assert_eq!(Run::of(other), Run::default());
        }
    }
}
