//! The channel's time: the system's, plus an offset that a sandbox may move.
//!
//! This is the one place that reads the system's time, and a simulation gives another source of it. Durations that
//! guard a connection (time limits, idle times) are real time and do not come from here.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

mod follow;

/// Sleeps are cut to this, so that a jump of the system's clock is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A shared clock; clones show the same time.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    offset_ms: Arc<watch::Sender<i64>>,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("offset_ms", &self.offset_ms()).finish_non_exhaustive()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::over(Timestamp::now)
    }
}

impl Clock {
    /// The system's time, until somebody moves it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time of another source than the system's.
    pub fn over(source: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(source), offset_ms: Arc::new(watch::Sender::new(0)) }
    }

    /// Now, with the source's precision; kept within [`Timestamp::MIN`] and [`Timestamp::MAX`].
    pub fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset_ms());
        let limit = if offset.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
        (self.source)().checked_add(offset).unwrap_or(limit)
    }

    /// Now, in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// How far this clock is ahead of its source's, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        *self.offset_ms.borrow()
    }

    /// Returns once the clock shows `due` or later; wakes when the offset changes.
    pub async fn wait_until(&self, due: Timestamp) {
        let mut moved = self.offset_ms.subscribe();
        loop {
            moved.mark_unchanged();
            let left = due.duration_since(self.now());
            if left <= SignedDuration::ZERO {
                return;
            }
            // A whole millisecond more: a sleep may end within the millisecond before the one asked for.
            let left = Duration::try_from(left).unwrap_or(LONGEST_SLEEP) + Duration::from_millis(1);
            tokio::select! {
                () = tokio::time::sleep(left.min(LONGEST_SLEEP)) => {}
                // Cannot fail: `self` holds the sender.
                _ = moved.changed() => {}
            }
        }
    }

    /// As [`Clock::wait_until`], for milliseconds since the Unix epoch.
    pub async fn wait_until_ms(&self, due_ms: i64) {
        let limit = if due_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
        self.wait_until(Timestamp::from_millisecond(due_ms).unwrap_or(limit)).await;
    }

    /// Returns once the offset differs from what it was at the call.
    pub async fn moved(&self) {
        let mut moved = self.offset_ms.subscribe();
        moved.mark_unchanged();
        // Cannot fail: `self` holds the sender.
        let _ = moved.changed().await;
    }

    /// The hand on the clock, for whoever owns the time: a sandbox in the same process, or a test.
    pub fn follow_handle(&self) -> FollowHandle {
        FollowHandle { offset_ms: Arc::clone(&self.offset_ms) }
    }

    /// Keeps the clock equal to a sandbox's, asking `GET {sandbox}/sandbox/clock` every 100 ms. Development only.
    ///
    /// While the sandbox does not answer the last offset stays. The task ends when it is aborted.
    pub fn follow(&self, sandbox: Url) -> JoinHandle<()> {
        tokio::spawn(follow::run(self.follow_handle(), sandbox))
    }
}

/// Moves a [`Clock`].
#[derive(Debug, Clone)]
pub struct FollowHandle {
    offset_ms: Arc<watch::Sender<i64>>,
}

impl FollowHandle {
    /// Sets how far the clock is ahead of the system's, in milliseconds, and wakes those who wait if it changed.
    pub fn set_offset_ms(&self, offset_ms: i64) {
        self.offset_ms.send_if_modified(|current| std::mem::replace(current, offset_ms) != offset_ms);
    }

    /// Moves the clock forward (or, negative, back) by this many milliseconds.
    pub fn advance_ms(&self, milliseconds: i64) {
        self.offset_ms.send_modify(|current| *current = current.saturating_add(milliseconds));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_offset() {
        let clock = Clock::new();
        let clone = clock.clone();
        let before = clone.now_ms();
        clock.follow_handle().set_offset_ms(3_600_000);
        assert_eq!(clone.offset_ms(), 3_600_000);
        assert!(clone.now_ms() >= before + 3_600_000);
    }

    #[test]
    fn an_absurd_offset_stops_at_the_end_of_time() {
        let clock = Clock::new();
        clock.follow_handle().set_offset_ms(i64::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        clock.follow_handle().set_offset_ms(i64::MIN);
        assert_eq!(clock.now(), Timestamp::MIN);
    }

    #[tokio::test]
    async fn a_time_that_has_passed_is_not_waited_for() {
        let clock = Clock::new();
        clock.wait_until_ms(clock.now_ms() - 1).await;
        clock.wait_until_ms(i64::MIN).await;
    }

    #[tokio::test]
    async fn moving_the_clock_wakes_those_who_wait() {
        let clock = Clock::new();
        let due = clock.now_ms() + 86_400_000;
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.wait_until_ms(due).await }
        });
        tokio::task::yield_now().await;
        clock.follow_handle().advance_ms(40_000_000);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "woke before the time was reached");
        clock.follow_handle().advance_ms(46_400_000);
        waiting.await.unwrap();
    }

    #[tokio::test]
    async fn a_wait_ends_by_the_passing_of_time() {
        let clock = Clock::new();
        let due = clock.now_ms() + 5;
        clock.wait_until_ms(due).await;
        assert!(clock.now_ms() >= due);
    }
}
