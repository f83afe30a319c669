//! Deleting at Twilio what it holds of erased people, for as long as it takes.

use jiff::{SignedDuration, Timestamp};

use super::EraseError;
use crate::erasure::{Remnant, Standing};
use crate::store::{Changes, Source};
use crate::twilio::Failure;
use crate::worker::Workers;

/// Twilio's code for a message that is not final yet; in rare cases that takes 14 days.
/// <https://www.twilio.com/docs/api/errors/20009>
const NOT_FINAL: u32 = 20009;
/// So long deleting is tried.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24 * 15);
/// The longest wait between two attempts.
const LONGEST: SignedDuration = SignedDuration::from_hours(6);
/// How many are deleted in one go.
const BATCH: usize = 50;

pub(super) async fn delete_due(workers: &Workers) -> Result<(), EraseError> {
    let engine = &workers.engine;
    for (remnant, version) in Remnant::due(engine, BATCH).await? {
        let outcome = workers.twilio.delete_remote(&remnant.remote).await;
        let now = engine.clock().now();
        let next = after(&remnant, outcome, now);
        if next.standing == Standing::Kept {
            tracing::warn!(
                remnant = next.remote.sid(),
                reason = next.reason,
                "Twilio keeps something of a person"
            );
        }
        let changes = Changes { puts: vec![next.put(version)?], ..Changes::settle(Source::Direct) };
        engine.store().commit(changes).await?;
    }
    Ok(())
}

/// What becomes of a remnant after an attempt.
fn after(remnant: &Remnant, outcome: Result<(), Failure>, now: Timestamp) -> Remnant {
    let mut next = Remnant { attempts: remnant.attempts + 1, ..remnant.clone() };
    let (reason, again) = match outcome {
        Ok(()) => {
            next.standing = Standing::Gone;
            next.reason = None;
            return next;
        }
        Err(Failure::Again { reason, .. }) => (reason, true),
        Err(Failure::Never { code, reason }) => (reason, code == Some(NOT_FINAL)),
    };
    next.reason = Some(reason);
    if again && now.duration_since(remnant.since) < PATIENCE {
        let wait = SignedDuration::from_secs(30 << remnant.attempts.min(16)).min(LONGEST);
        next.due_at = now.checked_add(wait).unwrap_or(Timestamp::MAX);
    } else {
        next.standing = Standing::Kept;
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erasure::Remote;

    fn remnant() -> Remnant {
        let sid = format!("SM{}", "a".repeat(32)).parse().unwrap();
        Remnant::new("era_1", Remote::Record { sid }, Timestamp::UNIX_EPOCH)
    }

    fn failed(code: Option<u32>) -> Result<(), Failure> {
        Err(Failure::Never { code, reason: "refused".to_owned() })
    }

    #[test]
    fn a_message_that_is_not_final_is_tried_for_more_than_14_days_and_then_told_of() {
        let mut one = remnant();
        let mut now = Timestamp::UNIX_EPOCH;
        while one.standing == Standing::Due {
            one = after(&one, failed(Some(NOT_FINAL)), now);
            assert!(one.due_at > now || one.standing == Standing::Kept);
            assert!(one.due_at.duration_since(now) <= LONGEST);
            now = one.due_at.max(now);
        }
        assert!(now.duration_since(one.since) >= SignedDuration::from_hours(24 * 14));
        assert_eq!((one.standing, one.reason.as_deref()), (Standing::Kept, Some("refused")));
        assert!(one.attempts < 100, "{}", one.attempts);
    }

    #[test]
    fn what_twilio_refuses_for_good_is_told_of_at_once_and_what_is_gone_is_gone() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(after(&remnant(), failed(Some(20003)), now).standing, Standing::Kept);
        let away = Err(Failure::Again { reason: "away".to_owned(), after: None, outage: None });
        let waiting = after(&remnant(), away, now);
        assert_eq!((waiting.standing, waiting.attempts), (Standing::Due, 1));
        assert_eq!(after(&waiting, Ok(()), now).standing, Standing::Gone);
    }
}
