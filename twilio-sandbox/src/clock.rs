//! The sandbox's time: real time plus an offset that only grows.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Virtual time, shared by every clone: real time plus an offset.
///
/// A server in the same process can hold a clone and read the same "now" as the sandbox. Moving the clock is
/// the sandbox's own business ([`Sandbox::advance`](crate::Sandbox::advance)), since timers must run with it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Now, in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        Timestamp::now().as_millisecond().saturating_add(self.offset_ms())
    }

    /// Now, as a timestamp with millisecond precision.
    pub fn now(&self) -> Timestamp {
        timestamp(self.now_ms())
    }

    /// How far virtual time is ahead of real time, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    pub(crate) fn advance(&self, milliseconds: i64) {
        self.offset_ms.fetch_add(milliseconds, Ordering::SeqCst);
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
    fn times_are_written_as_each_api_writes_them() {
        assert_eq!(iso(1_450_304_317_250), "2015-12-16T22:18:37Z");
        assert_eq!(iso_millis(1_450_304_317_250), "2015-12-16T22:18:37.250Z");
        assert_eq!(rfc2822(1_450_304_317_250), "Wed, 16 Dec 2015 22:18:37 +0000");
    }
}
