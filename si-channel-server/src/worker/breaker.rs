//! Leaves Twilio alone while it, or the way to it, is in trouble. What waits stays where it is.
//!
//! Each server has its own: what one cannot reach another may, and takes over since this one claims nothing meanwhile.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

/// Failures in a row that open it.
const FAILURES: u32 = 5;
/// How long it stays open at first, and at most; in between the time doubles.
const WAITS_MS: (i64, i64) = (1_000, 30_000);
/// How long it stays open at most because Twilio asks for it.
pub(super) const MOST_ASKED: Duration = Duration::from_mins(10);

/// Clones share their state.
#[derive(Debug, Clone, Default)]
pub struct Breaker(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// In a row.
    failures: u32,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    since_ms: i64,
    /// From then on one is let through to see how it fares.
    until_ms: i64,
    wait_ms: i64,
    why: String,
}

impl Open {
    /// Whether nothing is let through. A clock that was put back does not keep it open.
    fn holds(&self, now_ms: i64) -> bool {
        (self.since_ms..self.until_ms).contains(&now_ms)
    }
}

impl Breaker {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of so many pieces of work may be taken up.
    pub fn lets(&self, now_ms: i64, wanted: usize) -> usize {
        match &self.state().open {
            None => wanted,
            Some(open) if open.holds(now_ms) => 0,
            Some(_) => wanted.min(1),
        }
    }

    /// Twilio has answered.
    pub fn went_well(&self) {
        let mut state = self.state();
        state.failures = 0;
        if state.open.take().is_some() {
            tracing::info!("Twilio answers again");
        }
    }

    /// Twilio has not, or is in trouble; when it opens, until when. Told to wait, it opens at once.
    pub fn failed(&self, now_ms: i64, told: Option<Duration>, why: &str) -> Option<i64> {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        let told_ms = told.map(|told| i64::try_from(told.min(MOST_ASKED).as_millis()).unwrap_or(i64::MAX));
        let wait_ms = match &state.open {
            // It was under way when it opened.
            Some(open) if open.holds(now_ms) && told_ms.is_none() => return None,
            // It doubles while nothing is said of how long; what is said is taken at its word.
            Some(open) if open.holds(now_ms) || told_ms.is_some() => open.wait_ms,
            Some(open) => (open.wait_ms * 2).min(WAITS_MS.1),
            None if state.failures >= FAILURES || told_ms.is_some() => WAITS_MS.0,
            None => return None,
        };
        let until_ms = now_ms.saturating_add(wait_ms.max(told_ms.unwrap_or(0)));
        let held = state.open.as_ref().filter(|open| open.holds(now_ms));
        let (since_ms, until_ms) =
            held.map_or((now_ms, until_ms), |open| (open.since_ms, until_ms.max(open.until_ms)));
        tracing::warn!(why, for_ms = until_ms - now_ms, "Twilio is left alone");
        state.open = Some(Open { since_ms, until_ms, wait_ms, why: why.to_owned() });
        Some(until_ms)
    }

    /// How it stands, for operators.
    pub fn view(&self) -> Value {
        match &self.state().open {
            None => json!({ "state": "ok" }),
            Some(open) => {
                let until = jiff::Timestamp::from_millisecond(open.until_ms).ok();
                json!({ "state": "left_alone", "until": until, "why": open.why })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn opened() -> Breaker {
        let breaker = Breaker::default();
        for _ in 0..4 {
            assert_eq!(breaker.failed(NOW, None, "away"), None);
        }
        assert_eq!(breaker.failed(NOW, None, "away"), Some(NOW + 1_000));
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_good_one_in_between_does_not_count_on() {
        let breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(NOW, None, "away");
        }
        breaker.went_well();
        assert_eq!(breaker.failed(NOW, None, "away"), None);
        assert_eq!(breaker.lets(NOW, 7), 7);
        assert_eq!(opened().lets(NOW + 999, 7), 0);
    }

    #[test]
    fn one_is_let_through_to_try_and_then_all_or_none_for_twice_as_long() {
        let breaker = opened();
        assert_eq!(breaker.lets(NOW + 1_000, 7), 1);
        assert_eq!(breaker.failed(NOW + 1_000, None, "away"), Some(NOW + 3_000));
        assert_eq!(breaker.failed(NOW + 2_000, None, "away"), None, "it was under way before");
        for _ in 0..10 {
            let Value::String(until) = breaker.view()["until"].clone() else { panic!("it is open") };
            let until: jiff::Timestamp = until.parse().unwrap();
            let again = breaker.failed(until.as_millisecond(), None, "away").unwrap();
            assert!(again <= until.as_millisecond() + 30_000);
        }
        breaker.went_well();
        assert_eq!(breaker.lets(NOW, 7), 7);
        assert_eq!(breaker.view(), json!({ "state": "ok" }));
    }

    #[test]
    fn what_twilio_asks_for_is_heeded_at_once() {
        let breaker = Breaker::default();
        assert_eq!(breaker.failed(NOW, Some(Duration::from_secs(7)), "too many"), Some(NOW + 7_000));
        assert_eq!(breaker.failed(NOW, Some(Duration::from_secs(2)), "too many"), Some(NOW + 7_000));
        assert_eq!(breaker.lets(NOW + 6_999, 7), 0);
        assert_eq!(breaker.lets(NOW - 1, 7), 1, "the clock was put back");
        let day = Duration::from_hours(24);
        assert_eq!(breaker.failed(NOW, Some(day), "too many"), Some(NOW + 600_000));
        assert_eq!(breaker.view()["why"], "too many");
    }

    #[test]
    fn each_time_that_twilio_says_how_long_it_is_that_long() {
        let breaker = Breaker::default();
        let second = Some(Duration::from_secs(1));
        for round in 0..30 {
            let now = NOW + round * 1_000;
            assert_eq!(breaker.lets(now, 7), if round == 0 { 7 } else { 1 });
            assert_eq!(breaker.failed(now, second, "too many"), Some(now + 1_000));
        }
    }
}
