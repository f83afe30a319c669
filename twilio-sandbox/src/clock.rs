//! The sandbox's time: real time plus an offset that only grows, or a time that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Virtual time, shared by every clone: real time plus an offset.
///
/// A server in the same process can hold a clone and read the same "now" as the sandbox. Moving the clock is
/// the sandbox's own business ([`Sandbox::advance`](crate::Sandbox::advance)), since timers must run with it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
    /// Counted from here instead of from real time.
    frozen_at: Option<i64>,
}

/// A clock in a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClockState {
    now_ms: i64,
    /// `None` when time stood still.
    offset_ms: Option<i64>,
}

impl Clock {
    /// A clock that moves only when it is told to.
    pub(crate) fn frozen(at: Timestamp) -> Self {
        Self { frozen_at: Some(at.as_millisecond()), ..Self::default() }
    }

    /// Now, in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        let from = self.frozen_at.unwrap_or_else(|| Timestamp::now().as_millisecond());
        from.saturating_add(self.offset_ms())
    }

    /// Now, as a timestamp with millisecond precision.
    pub fn now(&self) -> Timestamp {
        timestamp(self.now_ms())
    }

    /// How far virtual time is ahead of real time, in milliseconds; of a frozen clock, how far it has been moved.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.frozen_at.is_some()
    }

    pub(crate) fn advance(&self, milliseconds: i64) {
        self.offset_ms.fetch_add(milliseconds, Ordering::SeqCst);
    }

    pub(crate) fn state(&self) -> ClockState {
        let offset_ms = (!self.is_frozen()).then(|| self.offset_ms());
        ClockState { now_ms: self.now_ms(), offset_ms }
    }

    /// Goes on as if it had never stopped; from or to a frozen clock, goes on where it was.
    pub(crate) fn restore(&self, state: ClockState) {
        let offset = match (self.frozen_at, state.offset_ms) {
            (None, Some(offset)) => offset,
            (Some(frozen), _) => state.now_ms.saturating_sub(frozen),
            (None, None) => state.now_ms.saturating_sub(Timestamp::now().as_millisecond()),
        };
        self.offset_ms.store(offset, Ordering::SeqCst);
    }
}

/// A timestamp of milliseconds; times outside jiff's range become its limits.
pub(crate) fn timestamp(milliseconds: i64) -> Timestamp {
    let limit = if milliseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(milliseconds).unwrap_or(limit)
}

/// As the version-1 APIs write times: ISO 8601, whole seconds.
pub(crate) fn iso(milliseconds: i64) -> String {
    timestamp(milliseconds).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// As webhooks write times: ISO 8601 with milliseconds.
pub(crate) fn iso_millis(milliseconds: i64) -> String {
    timestamp(milliseconds).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// As the 2010 API writes times: RFC 2822 in UTC.
pub(crate) fn rfc2822(milliseconds: i64) -> String {
    timestamp(milliseconds).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_shares_the_offset() {
        let clock = Clock::default();
        let other = clock.clone();
        let before = other.now_ms();
        clock.advance(600_000);
        assert!(other.now_ms() >= before + 600_000);
        assert_eq!(other.offset_ms(), 600_000);
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told_and_goes_on_where_a_snapshot_was() {
        let start = Timestamp::from_second(1_000_000).unwrap();
        let clock = Clock::frozen(start);
        clock.advance(500);
        assert_eq!(clock.now_ms(), 1_000_000_500);
        let other = Clock::frozen(Timestamp::from_second(2_000_000).unwrap());
        other.restore(clock.state());
        assert_eq!(other.now_ms(), 1_000_000_500);
        let running = Clock::default();
        running.advance(3_600_000);
        let again = Clock::default();
        again.restore(running.state());
        assert_eq!(again.offset_ms(), 3_600_000);
        again.restore(clock.state());
        assert!((1_000_000_500..1_000_060_500).contains(&again.now_ms()));
    }

    #[test]
    fn times_are_written_as_each_api_writes_them() {
        assert_eq!(iso(1_450_304_317_250), "2015-12-16T22:18:37Z");
        assert_eq!(iso_millis(1_450_304_317_250), "2015-12-16T22:18:37.250Z");
        assert_eq!(rfc2822(1_450_304_317_250), "Wed, 16 Dec 2015 22:18:37 +0000");
    }
}
