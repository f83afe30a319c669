//! The senders' queues: what leaves when, at a sender's rate.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Until when senders are busy, and whose turn is when. Times are those of the sandbox's clock.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Queues {
    /// By sender, in microseconds.
    busy_until: BTreeMap<String, i64>,
    /// By a text's SID, in milliseconds.
    turns: BTreeMap<String, i64>,
}

impl Queues {
    /// How many milliseconds a text that comes now would wait.
    pub(crate) fn wait(&self, sender: &str, now: i64) -> i64 {
        let busy_until = self.busy_until.get(sender).copied().unwrap_or_default();
        // Rounded up: nothing leaves early.
        (busy_until - now * 1000).max(0).unsigned_abs().div_ceil(1000).cast_signed()
    }

    /// Puts a text that keeps its sender busy for some microseconds at the end; gives when its turn is.
    pub(crate) fn enter(&mut self, sid: &str, sender: &str, now: i64, micros: i64) -> i64 {
        let turn = now + self.wait(sender, now);
        let busy_until = self.busy_until.entry(sender.to_owned()).or_default();
        *busy_until = (*busy_until).max(now * 1000) + micros;
        self.turns.insert(sid.to_owned(), turn);
        turn
    }

    /// When the turn of a text is that has entered.
    pub(crate) fn turn(&self, sid: &str) -> Option<i64> {
        self.turns.get(sid).copied()
    }

    /// Forgets a text that leaves, or will not.
    pub(crate) fn forget(&mut self, sid: &str) {
        self.turns.remove(sid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_leave_one_after_the_other_and_an_idle_sender_owes_nothing() {
        let mut queues = Queues::default();
        assert_eq!(queues.enter("a", "s", 1000, 2_000_000), 1000);
        assert_eq!(queues.enter("b", "s", 1000, 333_333), 3000);
        assert_eq!(queues.enter("c", "s", 1001, 333_333), 3334, "not early");
        assert_eq!(queues.enter("d", "other", 1001, 1), 1001);
        assert_eq!((queues.wait("s", 3000), queues.wait("s", 9000)), (667, 0));
        assert_eq!(queues.enter("e", "s", 9000, 1), 9000);
        queues.forget("b");
        assert_eq!((queues.turn("b"), queues.turn("c")), (None, Some(3334)));
    }
}
