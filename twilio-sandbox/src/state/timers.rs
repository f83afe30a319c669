//! What is due at which virtual time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Names one scheduled thing, so that it can be cancelled.
pub(crate) type TimerKey = (i64, u64);

/// What happens when the time comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Due {
    /// The next step of a text's way: sent, delivered, read.
    TextStep(String),
    /// A text has waited as long as it may.
    TextExpire(String),
    /// The turn of a text in its sender's queue.
    TextTurn(String),
    /// A scheduled text leaves.
    TextSend(String),
    /// The next step of a template's review.
    Approval(String),
    /// A conversation's inactive or closed timer.
    Conversation(String),
    /// The participants of an initializing conversation are added.
    Initialize(String),
}

/// Scheduled things in order of time, and of scheduling within the same millisecond.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Timers {
    #[serde(with = "super::pairs")]
    queue: BTreeMap<TimerKey, Due>,
    scheduled: u64,
}

impl Timers {
    pub(crate) fn schedule(&mut self, at: i64, due: Due) -> TimerKey {
        self.scheduled += 1;
        let key = (at, self.scheduled);
        self.queue.insert(key, due);
        key
    }

    pub(crate) fn cancel(&mut self, key: TimerKey) {
        self.queue.remove(&key);
    }

    /// When the next thing is due.
    pub(crate) fn next_at(&self) -> Option<i64> {
        self.queue.first_key_value().map(|(key, _)| key.0)
    }

    /// Takes the next thing that is due by `now`.
    pub(crate) fn pop(&mut self, now: i64) -> Option<(i64, Due)> {
        let entry = self.queue.first_entry().filter(|entry| entry.key().0 <= now)?;
        let (key, due) = entry.remove_entry();
        Some((key.0, due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_out_in_order_and_not_before_their_time() {
        let mut timers = Timers::default();
        let late = timers.schedule(20, Due::TextStep("late".into()));
        timers.schedule(10, Due::TextStep("a".into()));
        timers.schedule(10, Due::TextStep("b".into()));
        assert_eq!(timers.next_at(), Some(10));
        assert_eq!(timers.pop(9), None);
        assert_eq!(timers.pop(10), Some((10, Due::TextStep("a".into()))));
        assert_eq!(timers.pop(10), Some((10, Due::TextStep("b".into()))));
        timers.cancel(late);
        assert_eq!((timers.pop(99), timers.next_at()), (None, None));
    }
}
