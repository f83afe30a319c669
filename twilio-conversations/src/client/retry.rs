//! When a request is sent again: a pure function, without clock and randomness of its own.

use crate::request::Class;
use std::time::Duration;

/// How often and how patiently. The waits are random between zero and a bound that doubles (full jitter).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all, the first included; 4 unless set.
    pub max_attempts: u32,
    /// The bound of the first wait; 100 ms unless set.
    pub base: Duration,
    /// The largest bound; 3 s unless set.
    pub max_wait: Duration,
    /// The most that a `Retry-After` of the server counts; 30 s unless set.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base: Duration::from_millis(100),
            max_wait: Duration::from_secs(3),
            max_retry_after: Duration::from_secs(30),
        }
    }
}

/// What became of an attempt that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was no connection, so that nothing can have arrived.
    NotSent,
    /// It was sent, or may have been, and no whole answer came back: a timeout or a lost connection.
    Lost,
    /// An answer of this HTTP status.
    Status(u16),
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Report the failure.
    Stop,
    /// Send again after this time.
    Wait(Duration),
}

impl RetryPolicy {
    /// Never sends anything again.
    pub const NEVER: Self = Self {
        max_attempts: 1,
        base: Duration::ZERO,
        max_wait: Duration::ZERO,
        max_retry_after: Duration::ZERO,
    };

    /// Decides after attempt number `attempt`, from one.
    ///
    /// Whatever did not arrive and whatever was refused by 429 may be sent again. Reads and deletions may also after a
    /// 5xx or a lost answer; creations and updates not, since they may have had their effect.
    ///
    /// `retry_after` is the server's wish, a least wait up to [`Self::max_retry_after`]; `jitter` is from 0 to 1.
    pub fn decide(
        &self,
        attempt: u32,
        class: Class,
        outcome: Outcome,
        retry_after: Option<Duration>,
        jitter: f64,
    ) -> Decision {
        if attempt >= self.max_attempts || !may_repeat(class, outcome) {
            return Decision::Stop;
        }
        let doublings = attempt.saturating_sub(1).min(31);
        let bound = self.base.saturating_mul(1 << doublings).min(self.max_wait);
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 1.0 };
        let asked = retry_after.unwrap_or_default().min(self.max_retry_after);
        Decision::Wait(bound.mul_f64(jitter).max(asked))
    }
}

fn may_repeat(class: Class, outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotSent | Outcome::Status(429) => true,
        Outcome::Lost | Outcome::Status(500..=599) => class.is_repeatable(),
        Outcome::Status(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        max_attempts: 4,
        base: Duration::from_millis(100),
        max_wait: Duration::from_millis(300),
        max_retry_after: Duration::from_secs(30),
    };

    #[test]
    fn creations_and_updates_are_repeated_only_when_they_had_no_effect() {
        for (outcome, repeatable, other) in [
            (Outcome::NotSent, true, true),
            (Outcome::Status(429), true, true),
            (Outcome::Lost, true, false),
            (Outcome::Status(500), true, false),
            (Outcome::Status(503), true, false),
            (Outcome::Status(599), true, false),
            (Outcome::Status(400), false, false),
            (Outcome::Status(401), false, false),
            (Outcome::Status(404), false, false),
            (Outcome::Status(409), false, false),
            (Outcome::Status(302), false, false),
        ] {
            for (class, expected) in [
                (Class::Read, repeatable),
                (Class::Delete, repeatable),
                (Class::Create, other),
                (Class::Update, other),
                (Class::Replace, other),
            ] {
                let waits = POLICY.decide(1, class, outcome, None, 0.5) != Decision::Stop;
                assert_eq!(waits, expected, "{class:?} {outcome:?}");
            }
        }
    }

    #[test]
    fn waits_double_up_to_a_bound_and_attempts_end() {
        let wait = |attempt, jitter| POLICY.decide(attempt, Class::Read, Outcome::NotSent, None, jitter);
        assert_eq!(wait(1, 1.0), Decision::Wait(Duration::from_millis(100)));
        assert_eq!(wait(2, 1.0), Decision::Wait(Duration::from_millis(200)));
        assert_eq!(wait(3, 1.0), Decision::Wait(Duration::from_millis(300)));
        assert_eq!(wait(3, 0.0), Decision::Wait(Duration::ZERO));
        assert_eq!(wait(1, 7.0), Decision::Wait(Duration::from_millis(100)));
        assert_eq!(wait(1, f64::NAN), Decision::Wait(Duration::from_millis(100)));
        assert_eq!(wait(4, 1.0), Decision::Stop);
        assert_eq!(RetryPolicy::NEVER.decide(1, Class::Read, Outcome::NotSent, None, 0.0), Decision::Stop);
    }

    #[test]
    fn the_servers_wish_is_a_least_wait_up_to_its_cap() {
        let wait = |seconds, jitter| {
            let asked = Some(Duration::from_secs(seconds));
            POLICY.decide(1, Class::Create, Outcome::Status(429), asked, jitter)
        };
        assert_eq!(wait(7, 1.0), Decision::Wait(Duration::from_secs(7)));
        assert_eq!(wait(3600, 1.0), Decision::Wait(Duration::from_secs(30)));
        assert_eq!(wait(0, 1.0), Decision::Wait(Duration::from_millis(100)));
    }
}
