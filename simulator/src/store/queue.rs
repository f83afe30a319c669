//! What waits in lanes, and who holds them.

use std::collections::{BTreeMap, BTreeSet};

/// The waiting items of one kind of work.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lanes: BTreeMap<String, Lane>,
}

#[derive(Debug, Default)]
struct Lane {
    /// Priority and place, and when it is due.
    waiting: BTreeMap<(u8, i64), i64>,
    /// The last claim that has not ended. It stays after its lease until another claim replaces it.
    hold: Option<Hold>,
}

#[derive(Debug)]
struct Hold {
    seq: i64,
    fence: i64,
    until_ms: i64,
}

/// What a worker asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// What is due is told by this.
    pub(super) now_ms: i64,
    /// Which leases have ended is told by this.
    pub(super) clock_ms: i64,
    pub(super) until_ms: i64,
    pub(super) limit: usize,
}

impl Queue {
    pub(super) fn put(&mut self, lane: &str, priority: u8, seq: i64, due_ms: i64) {
        self.lanes.entry(lane.to_owned()).or_default().waiting.insert((priority, seq), due_ms);
    }

    pub(super) fn remove(&mut self, lane: &str, priority: u8, seq: i64) {
        let Some(held) = self.lanes.get_mut(lane) else { return };
        held.waiting.remove(&(priority, seq));
        if held.waiting.is_empty() {
            self.lanes.remove(lane);
        }
    }

    /// Hands out the first items of free lanes and holds them; place and fence of each.
    pub(super) fn claim(&mut self, wish: Ask, fence: &mut i64) -> Vec<(i64, i64)> {
        let mut free: Vec<_> = self
            .lanes
            .iter_mut()
            .filter(|(_, lane)| lane.hold.as_ref().is_none_or(|hold| hold.until_ms <= wish.clock_ms))
            .filter_map(|(_, lane)| {
                let (first, due_ms) = lane.waiting.first_key_value().map(|(key, due)| (*key, *due))?;
                (due_ms <= wish.now_ms).then_some((first, lane))
            })
            .collect();
        free.sort_by_key(|(first, _)| *first);
        free.truncate(wish.limit);
        let hold = |((_, seq), lane): ((u8, i64), &mut Lane)| {
            *fence += 1;
            lane.hold = Some(Hold { seq, fence: *fence, until_ms: wish.until_ms });
            (seq, *fence)
        };
        free.into_iter().map(hold).collect()
    }

    pub(super) fn holds(&self, lane: &str, seq: i64, fence: i64) -> bool {
        let hold = self.lanes.get(lane).and_then(|lane| lane.hold.as_ref());
        hold.is_some_and(|hold| hold.seq == seq && hold.fence == fence)
    }

    pub(super) fn release(&mut self, lane: &str, fence: i64) {
        if let Some(lane) = self.lanes.get_mut(lane)
            && lane.hold.as_ref().is_some_and(|hold| hold.fence == fence)
        {
            lane.hold = None;
        }
    }

    pub(super) fn renew(&mut self, fences: &BTreeSet<i64>, until_ms: i64) {
        for hold in self.lanes.values_mut().filter_map(|lane| lane.hold.as_mut()) {
            if fences.contains(&hold.fence) {
                hold.until_ms = until_ms;
            }
        }
    }

    /// Frees every lane; what was claimed before settles no more.
    pub(super) fn free(&mut self) {
        for lane in self.lanes.values_mut() {
            lane.hold = None;
        }
    }

    /// Whether somebody is at work.
    pub(super) fn is_held(&self) -> bool {
        self.lanes.values().any(|lane| lane.hold.is_some())
    }

    /// The earliest time at which something of it is due.
    pub(super) fn next_due(&self) -> Option<i64> {
        self.lanes.values().filter_map(|lane| lane.waiting.first_key_value().map(|(_, due)| *due)).min()
    }
}
