//! How fast messages may leave: the arithmetic of limits, and which limits a message has to keep to.
//!
//! A limit is a generic cell rate algorithm (GCRA) in its shape as a virtual schedule: all that is known of it is one
//! timestamp, when what was taken so far has passed at the limit's rate. Whoever wants to pass is told when, and moves the
//! timestamp on. The timestamps are kept where the shell keeps its state, so that several servers share one limit.
//!
//! A message passes its limits one after the other, the narrowest first. Where it must wait it is told until when, comes
//! back then, and goes on to the next: what it takes of a wide limit it takes when it gets there, so that a place far
//! ahead at a slow sender keeps nobody else from the account's.

use std::collections::BTreeMap;

mod limits;
mod policy;

pub(crate) use limits::costs;
pub use policy::{Pacing, SenderType};

/// While a limit is slowed, it lets this many times less through.
const SLOWED: i64 = 2;
/// Nothing is made to wait longer; a time further ahead is that of a clock that was wrong.
pub const LONGEST_US: i64 = 24 * 3600 * 1_000_000;

/// A limit's state. Times are microseconds since the epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Throttle {
    /// When all that was taken has passed at the limit's rate.
    pub free_us: i64,
    /// Until when it is slowed.
    pub slow_until_us: i64,
}

impl Throttle {
    /// The first moment from `now_us` on at which somebody may pass.
    fn next(self, gate: &Gate, now_us: i64) -> i64 {
        self.free_us.saturating_sub(gate.burst_us).max(now_us)
    }

    /// Lets somebody pass at a moment.
    fn take(&mut self, gate: &Gate, at_us: i64) {
        let slowed = if at_us < self.slow_until_us { SLOWED } else { 1 };
        let spacing = gate.spacing_us.saturating_mul(slowed).saturating_mul(gate.cost.into());
        self.free_us = self.free_us.max(at_us).saturating_add(spacing);
    }

    /// Nobody passes before a moment, and until another the limit is slowed; neither is taken back.
    pub fn hold(&mut self, not_before_us: i64, slow_until_us: i64) {
        self.free_us = self.free_us.max(not_before_us);
        self.slow_until_us = self.slow_until_us.max(slow_until_us);
    }
}

/// A limit as a message meets it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gate {
    /// Names the limit.
    pub key: String,
    /// Microseconds from one unit to the next.
    pub spacing_us: i64,
    /// How many microseconds' worth of units may pass ahead of their time.
    pub burst_us: i64,
    /// Units that the message takes.
    pub cost: u32,
}

/// How a message stands to those that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It goes at once, and what it takes is missing to those after it.
    AtOnce,
    /// It takes the next place, however far ahead.
    InTurn,
    /// It takes no place further ahead than this, so that others wait little. Its first gate is the waiting room for its
    /// like, which gives out at the limit's rate when to come back.
    Bulk {
        /// Microseconds.
        ahead_us: i64,
    },
}

/// A message's wish to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What it has to pass, in this order.
    pub gates: Vec<Gate>,
    /// How many of them it has passed.
    pub passed: u32,
    /// How it stands to others.
    pub urgency: Urgency,
    /// Now, microseconds since the epoch.
    pub now_us: i64,
    /// After this it is not worth sending; it takes no place that comes later.
    pub until_us: i64,
}

impl Wish {
    /// Goes on behind the gates that it had passed when it was told to come back at `due_us`. Whoever comes much later than
    /// that has lost the place, so that a server that was stopped does not send in one go what it missed; a single place may
    /// be used as long as it would have kept the limit busy.
    #[must_use]
    pub fn resumed(self, due_us: i64, passed: u32, good_for_us: i64) -> Self {
        let spacing = |gate: &Gate| gate.spacing_us.saturating_mul(gate.cost.into());
        let good_for = self.gates.iter().map(spacing).max().unwrap_or(0).max(good_for_us);
        let passed = if self.now_us <= due_us.saturating_add(good_for) { passed } else { 0 };
        Self { passed, ..self }
    }
}

/// What became of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It has passed them all.
    Now,
    /// It is to come back.
    At {
        /// When, microseconds since the epoch.
        due_us: i64,
        /// How many gates it has passed then.
        passed: u32,
    },
}

/// Lets a message pass as many of its gates as it can now, and changes their state accordingly.
pub fn walk(wish: &Wish, throttles: &mut BTreeMap<String, Throttle>) -> Turn {
    let Wish { gates, urgency, now_us, until_us, .. } = wish;
    let (now, until) = (*now_us, *until_us);
    let mut state = |gate: &Gate| {
        let throttle = throttles.entry(gate.key.clone()).or_default();
        if throttle.free_us > now.saturating_add(LONGEST_US) {
            throttle.free_us = now;
        }
        *throttle
    };
    let mut taken: Vec<(&Gate, Throttle)> = Vec::new();
    let mut turn = Turn::Now;
    for (place, gate) in (1_u32..).zip(gates).filter(|(place, _)| *place > wish.passed) {
        let mut throttle = state(gate);
        let at = if *urgency == Urgency::AtOnce { now } else { throttle.next(gate, now) };
        if at > until {
            // What was passed before it is lost to nobody: it was taken only in this walk.
            turn = Turn::At { due_us: until, passed: 0 };
            taken.clear();
            break;
        }
        if let (Urgency::Bulk { ahead_us }, Some(room)) = (*urgency, gates.first().filter(|_| place > 1))
            && at > now.saturating_add(ahead_us)
        {
            let mut waiting = state(room);
            let back = waiting.next(room, now).max(now.saturating_add(room.spacing_us));
            waiting.take(room, back);
            taken = vec![(room, waiting)];
            turn = Turn::At { due_us: back.min(until), passed: 1 };
            break;
        }
        throttle.take(gate, at);
        taken.push((gate, throttle));
        if at > now {
            turn = Turn::At { due_us: at, passed: place };
            break;
        }
    }
    for (gate, throttle) in taken {
        throttles.insert(gate.key.clone(), throttle);
    }
    turn
}

/// What is to pass limits at once, all of them or none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pass {
    /// The limits.
    pub gates: Vec<Gate>,
    /// When, microseconds since the epoch; `None` for now.
    pub at_us: Option<i64>,
}

/// Whether limits let something pass at a time, all of them, and takes it then; if not, nothing is taken.
pub fn passes(gates: &[Gate], now_us: i64, throttles: &mut BTreeMap<String, Throttle>) -> bool {
    let (urgency, until_us) = (Urgency::InTurn, now_us);
    let wish = Wish { gates: gates.to_vec(), passed: 0, urgency, now_us, until_us };
    walk(&wish, throttles) == Turn::Now
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000_000;
    const SECOND: i64 = 1_000_000;

    fn gate(key: &str, per_second: i64) -> Gate {
        Gate { key: key.to_owned(), spacing_us: SECOND / per_second, burst_us: 0, cost: 1 }
    }

    fn wish(gates: Vec<Gate>, urgency: Urgency) -> Wish {
        Wish { gates, passed: 0, urgency, now_us: NOW, until_us: i64::MAX }
    }

    fn due(turn: Turn) -> i64 {
        match turn {
            Turn::Now => 0,
            Turn::At { due_us, .. } => due_us - NOW,
        }
    }

    #[test]
    fn places_are_given_one_after_the_other() {
        let mut throttles = BTreeMap::new();
        let one = wish(vec![gate("s", 4)], Urgency::InTurn);
        let places: Vec<_> = (0..4).map(|_| due(walk(&one, &mut throttles))).collect();
        assert_eq!(places, [0, 250_000, 500_000, 750_000]);
    }

    #[test]
    fn a_message_of_several_segments_keeps_the_sender_busy_for_all_of_them() {
        let mut throttles = BTreeMap::new();
        let long = Gate { cost: 3, ..gate("s", 1) };
        walk(&wish(vec![long], Urgency::InTurn), &mut throttles);
        assert_eq!(due(walk(&wish(vec![gate("s", 1)], Urgency::InTurn), &mut throttles)), 3 * SECOND);
    }

    #[test]
    fn what_is_urgent_goes_at_once_and_is_made_up_for() {
        let mut throttles = BTreeMap::new();
        let next = wish(vec![gate("s", 1)], Urgency::InTurn);
        assert_eq!(walk(&next, &mut throttles), Turn::Now);
        assert_eq!(due(walk(&next, &mut throttles)), SECOND);
        for _ in 0..3 {
            assert_eq!(walk(&wish(vec![gate("s", 1)], Urgency::AtOnce), &mut throttles), Turn::Now);
        }
        assert_eq!(due(walk(&next, &mut throttles)), 5 * SECOND);
    }

    #[test]
    fn a_burst_passes_ahead_of_its_time() {
        let mut throttles = BTreeMap::new();
        let one = wish(vec![Gate { burst_us: 2 * SECOND, ..gate("s", 1) }], Urgency::InTurn);
        let places: Vec<_> = (0..5).map(|_| due(walk(&one, &mut throttles))).collect();
        assert_eq!(places, [0, 0, 0, SECOND, 2 * SECOND]);
    }

    #[test]
    fn a_place_far_ahead_at_a_sender_takes_nothing_of_the_account_yet() {
        let mut throttles = BTreeMap::new();
        let slow = wish(vec![gate("slow", 1), gate("account", 10)], Urgency::InTurn);
        let places: Vec<_> = (0..3).map(|_| walk(&slow, &mut throttles)).collect();
        assert_eq!(places[2], Turn::At { due_us: NOW + 2 * SECOND, passed: 1 });
        let other = wish(vec![gate("other", 1), gate("account", 10)], Urgency::InTurn);
        // The one of the slow sender that went is all that the account has seen.
        let turn = walk(&other, &mut throttles);
        assert_eq!(turn, Turn::At { due_us: NOW + SECOND / 10, passed: 2 });
        let back = Wish { now_us: NOW + 2 * SECOND, passed: 1, ..slow };
        assert_eq!(walk(&back, &mut throttles), Turn::Now);
    }

    #[test]
    fn bulk_takes_no_place_far_ahead_and_comes_back_at_the_rate_of_the_limit() {
        let mut throttles = BTreeMap::new();
        let reply = wish(vec![gate("s", 1)], Urgency::InTurn);
        for _ in 0..10 {
            walk(&reply, &mut throttles);
        }
        let bulk = wish(vec![gate("room", 1), gate("s", 1)], Urgency::Bulk { ahead_us: 5 * SECOND });
        let before = throttles["s"];
        let turns: Vec<_> = (0..3).map(|_| walk(&bulk, &mut throttles)).collect();
        assert_eq!(turns, [1, 2, 3].map(|s| Turn::At { due_us: NOW + s * SECOND, passed: 1 }));
        assert_eq!(throttles["s"], before);
        let back = Wish { now_us: NOW + 6 * SECOND, passed: 1, ..bulk };
        assert_eq!(walk(&back, &mut throttles), Turn::At { due_us: NOW + 10 * SECOND, passed: 2 });
    }

    #[test]
    fn what_would_be_too_late_takes_no_place() {
        let mut throttles = BTreeMap::new();
        let one = wish(vec![gate("s", 1)], Urgency::InTurn);
        walk(&one, &mut throttles);
        let late = Wish { until_us: NOW + SECOND / 2, ..one.clone() };
        assert_eq!(walk(&late, &mut throttles), Turn::At { due_us: NOW + SECOND / 2, passed: 0 });
        assert_eq!(due(walk(&one, &mut throttles)), SECOND);
    }

    #[test]
    fn a_place_is_good_for_a_while() {
        let one = wish(vec![gate("s", 4)], Urgency::InTurn);
        for (good_for, late, passed) in [(0, 250_000, 1), (0, 250_001, 0), (2 * SECOND, 2 * SECOND, 1)] {
            assert_eq!(one.clone().resumed(NOW - late, 1, good_for).passed, passed, "{late}");
        }
    }

    #[test]
    fn a_limit_that_is_held_and_slowed_lets_half_through_for_a_while() {
        let mut throttles = BTreeMap::new();
        let mut throttle = Throttle::default();
        throttle.hold(NOW + 2 * SECOND, NOW + 5 * SECOND);
        throttle.hold(NOW, NOW);
        throttles.insert("s".to_owned(), throttle);
        let one = wish(vec![gate("s", 1)], Urgency::InTurn);
        let places: Vec<_> = (0..4).map(|_| due(walk(&one, &mut throttles))).collect();
        assert_eq!(places, [2, 4, 6, 7].map(|s| s * SECOND));
    }

    #[test]
    fn a_timestamp_of_a_clock_that_was_years_ahead_is_forgotten() {
        let ahead = Throttle { free_us: NOW + 365 * LONGEST_US, slow_until_us: 0 };
        let mut throttles = BTreeMap::from([("s".to_owned(), ahead)]);
        assert_eq!(walk(&wish(vec![gate("s", 1)], Urgency::InTurn), &mut throttles), Turn::Now);
    }
}
