//! Which lanes have work, which are held, and whose turn it is.
//!
//! One process owns the file, so leases live here and cost no write: after a restart every lane is free. Only the
//! first pending item of each lane is known; after a commit the writer looks up the heads of the lanes it moved.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::store::Claim;

/// The first pending item of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) priority: u8,
    pub(super) seq: i64,
    pub(super) due_ms: i64,
}

/// An item handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pick {
    pub(super) lane: Arc<str>,
    pub(super) seq: i64,
    pub(super) fence: i64,
}

#[derive(Debug)]
struct Lane {
    head: Option<Head>,
    /// The last claim that has not settled; it stays after its lease until another claim replaces it.
    hold: Option<Hold>,
    place: Place,
}

#[derive(Debug, Clone)]
struct Hold {
    seq: i64,
    fence: i64,
    owner: Arc<str>,
}

/// The queue a lane stands in.
#[derive(Debug, Clone, Copy)]
enum Place {
    Nowhere,
    /// Free; its head was due when last looked at.
    Ready(u8, i64),
    /// Free; its head becomes due at this time.
    Waiting(i64),
    /// Leased until this time.
    Held(i64),
}

/// The lanes of one queue.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    known: HashMap<Arc<str>, Lane>,
    ready: BTreeSet<(u8, i64, Arc<str>)>,
    waiting: BTreeSet<(i64, Arc<str>)>,
    held: BTreeSet<(i64, Arc<str>)>,
}

impl Lanes {
    /// Whether this claim may still settle its item.
    pub(super) fn holds(&self, lane: &str, seq: i64, fence: i64) -> bool {
        self.known
            .get(lane)
            .and_then(|lane| lane.hold.as_ref())
            .is_some_and(|hold| hold.seq == seq && hold.fence == fence)
    }

    /// Notes the first pending item of a lane as it is now.
    pub(super) fn set_head(&mut self, name: &str, head: Option<Head>) {
        let name: Arc<str> = match self.known.get_key_value(name) {
            Some((name, _)) => name.clone(),
            None if head.is_some() => name.into(),
            None => return,
        };
        let lane = self.known.entry(name.clone()).or_insert(Lane { head, hold: None, place: Place::Nowhere });
        lane.head = head;
        if matches!(lane.place, Place::Held(_)) && head.is_some() {
            return;
        }
        let place = head.map_or(Place::Nowhere, |head| Place::Waiting(head.due_ms));
        self.put(&name, place);
        if head.is_none() {
            self.known.remove(&name);
        }
    }

    /// Follows a commit that ended a claim, if any, and left this item first.
    pub(super) fn follow(&mut self, name: &str, head: Option<Head>, ended: Option<i64>) {
        if let Some(fence) = ended {
            self.release(name, fence);
        }
        self.set_head(name, head);
    }

    /// Ends a claim; the lane goes back to the queue if it was still held by it.
    pub(super) fn release(&mut self, name: &str, fence: i64) {
        let Some((name, _)) = self.known.get_key_value(name) else { return };
        let name = name.clone();
        let Some(lane) = self.known.get_mut(&name) else { return };
        if lane.hold.as_ref().is_some_and(|hold| hold.fence == fence) {
            lane.hold = None;
            let place = lane.head.map_or(Place::Nowhere, |head| Place::Waiting(head.due_ms));
            self.put(&name, place);
        }
    }

    /// Hands out the heads of free lanes and holds them. `fence` is the last one given.
    pub(super) fn claim(&mut self, claim: &Claim, fence: &mut i64) -> Vec<Pick> {
        self.expire(claim.now_ms);
        self.ripen(claim.now_ms);
        let mut picks = Vec::new();
        while picks.len() < claim.limit {
            let Some((_, _, name)) = self.ready.first().cloned() else { break };
            let Some(Lane { head: Some(head), .. }) = self.known.get(&name) else {
                self.put(&name, Place::Nowhere);
                continue;
            };
            let head = *head;
            if head.due_ms > claim.now_ms {
                // The caller's clock went back.
                self.put(&name, Place::Waiting(head.due_ms));
                continue;
            }
            *fence += 1;
            self.put(&name, Place::Held(claim.lease_until_ms));
            if let Some(lane) = self.known.get_mut(&name) {
                let hold = Hold { seq: head.seq, fence: *fence, owner: claim.owner.clone() };
                if let Some(previous) = lane.hold.replace(hold) {
                    // The lane's name may be an address.
                    tracing::warn!(owner = %claim.owner, previous = %previous.owner, "a lease ran out");
                }
            }
            picks.push(Pick { lane: name, seq: head.seq, fence: *fence });
        }
        picks
    }

    /// Replaces all heads by those found in the file. Holds stay: their workers live on.
    pub(super) fn rebuild(&mut self, heads: Vec<(String, Head)>) {
        let names: Vec<_> = self.known.keys().cloned().collect();
        let heads: HashMap<_, _> = heads.into_iter().collect();
        for name in names.iter().filter(|name| !heads.contains_key(&***name)) {
            self.set_head(name, None);
        }
        for (name, head) in heads {
            self.set_head(&name, Some(head));
        }
    }

    /// Puts lanes whose lease has ended back into the queue.
    fn expire(&mut self, now: i64) {
        while let Some((_, name)) = self.held.first().filter(|(until, _)| *until <= now).cloned() {
            let head = self.known.get(&name).and_then(|lane| lane.head);
            self.put(&name, head.map_or(Place::Nowhere, |head| Place::Waiting(head.due_ms)));
        }
    }

    /// Moves lanes whose head has become due.
    fn ripen(&mut self, now: i64) {
        while let Some((_, name)) = self.waiting.first().filter(|(due, _)| *due <= now).cloned() {
            let head = self.known.get(&name).and_then(|lane| lane.head);
            self.put(&name, head.map_or(Place::Nowhere, |head| Place::Ready(head.priority, head.seq)));
        }
    }

    /// Moves a lane from the queue it stands in to another.
    fn put(&mut self, name: &Arc<str>, place: Place) {
        let Some(lane) = self.known.get_mut(name) else { return };
        match std::mem::replace(&mut lane.place, place) {
            Place::Nowhere => false,
            Place::Ready(priority, seq) => self.ready.remove(&(priority, seq, name.clone())),
            Place::Waiting(due) => self.waiting.remove(&(due, name.clone())),
            Place::Held(until) => self.held.remove(&(until, name.clone())),
        };
        match place {
            Place::Nowhere => false,
            Place::Ready(priority, seq) => self.ready.insert((priority, seq, name.clone())),
            Place::Waiting(due) => self.waiting.insert((due, name.clone())),
            Place::Held(until) => self.held.insert((until, name.clone())),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(lanes: &mut Lanes, name: &str, priority: u8, seq: i64, due_ms: i64) {
        lanes.set_head(name, Some(Head { priority, seq, due_ms }));
    }

    fn claim(lanes: &mut Lanes, now_ms: i64, limit: usize, fence: &mut i64) -> Vec<Pick> {
        lanes.claim(&Claim { owner: "w".into(), now_ms, lease_until_ms: now_ms + 10, limit }, fence)
    }

    fn seqs(lanes: &mut Lanes, now: i64) -> Vec<i64> {
        claim(lanes, now, 100, &mut 0).into_iter().map(|pick| pick.seq).collect()
    }

    #[test]
    fn the_most_urgent_lane_goes_first_then_the_longest_waiting() {
        let mut lanes = Lanes::default();
        set(&mut lanes, "a", 5, 1, 0);
        set(&mut lanes, "b", 1, 3, 0);
        set(&mut lanes, "c", 1, 2, 0);
        assert_eq!(seqs(&mut lanes, 0), [2, 3, 1]);
    }

    #[test]
    fn a_lane_set_again_while_it_waits_stands_in_one_queue_only() {
        let mut lanes = Lanes::default();
        set(&mut lanes, "a", 5, 1, 0);
        set(&mut lanes, "a", 0, 2, 50);
        assert!(seqs(&mut lanes, 49).is_empty());
        assert_eq!(seqs(&mut lanes, 50), [2]);
        assert!(lanes.ready.is_empty() && lanes.waiting.is_empty());
    }

    #[test]
    fn a_clock_that_goes_back_hands_out_nothing_early() {
        let mut lanes = Lanes::default();
        set(&mut lanes, "a", 0, 1, 50);
        assert!(claim(&mut lanes, 60, 0, &mut 0).is_empty());
        assert!(seqs(&mut lanes, 49).is_empty());
        assert_eq!(seqs(&mut lanes, 50), [1]);
    }

    #[test]
    fn an_expired_claim_settles_until_the_next_claim() {
        let mut lanes = Lanes::default();
        let mut fence = 0;
        set(&mut lanes, "a", 0, 1, 0);
        let first = claim(&mut lanes, 0, 1, &mut fence).remove(0);
        assert!(claim(&mut lanes, 9, 1, &mut fence).is_empty());
        lanes.expire(10);
        assert!(lanes.holds("a", 1, first.fence));
        let second = claim(&mut lanes, 10, 1, &mut fence).remove(0);
        assert!(!lanes.holds("a", 1, first.fence));
        assert!(lanes.holds("a", 1, second.fence));
        lanes.release("a", first.fence);
        assert!(claim(&mut lanes, 11, 1, &mut fence).is_empty(), "the first claim no longer frees the lane");
    }

    #[test]
    fn rebuilding_keeps_the_holds_and_drops_the_lanes_that_are_gone() {
        let mut lanes = Lanes::default();
        set(&mut lanes, "a", 0, 1, 0);
        set(&mut lanes, "b", 0, 2, 0);
        let picks = claim(&mut lanes, 0, 2, &mut 0);
        lanes.rebuild(vec![
            ("a".to_owned(), Head { priority: 0, seq: 1, due_ms: 0 }),
            ("c".to_owned(), Head { priority: 0, seq: 3, due_ms: 0 }),
        ]);
        assert!(lanes.holds("a", 1, picks[0].fence));
        assert!(!lanes.holds("b", 2, picks[1].fence));
        assert_eq!(seqs(&mut lanes, 0), [3]);
        assert_eq!(lanes.known.len(), 2);
    }
}
