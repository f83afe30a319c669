//! Compares with Twilio's records: on start, after an outage, and every so often.

use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::RENEW;
use crate::engine::Engine;
use crate::repair::{CURSOR, Cause, End, Repair, Report};

/// How long after a refused webhook: others may be refused too.
const AFTER_OUTAGE: Duration = Duration::from_secs(5);
/// How long after a failure, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// What was left is gone on with after this part of the time between two comparisons.
const LEFT_OVER: u32 = 10;

/// Compares until the server stops.
pub(super) async fn run(engine: Engine, repair: Repair, stop: CancellationToken) {
    if !repair.settings.on {
        return;
    }
    let started = engine.clock().now();
    let mut cause = Cause::Start;
    let mut failures = 0;
    loop {
        let compared = compare(&engine, &repair, cause, started, &stop).await;
        let wait = match &compared {
            Err(End::Stopped) => return,
            Ok(Some(Report { trouble: None, left_over, .. })) => {
                failures = 0;
                if *left_over { repair.settings.every / LEFT_OVER } else { repair.settings.every }
            }
            // Another server has compared.
            Ok(None) => repair.settings.every,
            Err(End::Overtaken) => RENEW,
            Err(_) | Ok(Some(_)) => {
                failures += 1;
                (AGAIN.0 * 2_u32.pow(failures.min(10))).min(AGAIN.1)
            }
        };
        if let Err(end) = &compared {
            tracing::warn!(why = %end, "cannot compare with Twilio's records now");
        }
        let is_done = matches!(compared, Ok(None | Some(Report { trouble: None, left_over: false, .. })));
        if is_done && repair.is_holding() {
            repair.let_go();
        }
        if is_done || !matches!(cause, Cause::Start | Cause::Outage) {
            cause = Cause::Time;
        }
        let due = engine.clock().now().checked_add(wait).unwrap_or(Timestamp::MAX);
        tokio::select! {
            () = stop.cancelled() => return,
            () = engine.clock().wait_until(due) => {}
            () = repair.missed() => {
                cause = Cause::Outage;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(AFTER_OUTAGE) => {}
                }
            }
        }
    }
}

/// Lets what waits be sent when the first comparison takes too long.
pub(super) async fn let_go_in_time(repair: Repair, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = repair.lets_go() => {}
        () = tokio::time::sleep(repair.settings.hold_sends) => {
            tracing::warn!("the first comparison with Twilio's records has not ended; what waits is sent now");
            repair.let_go();
        }
    }
}

/// Compares, unless it is not needed since another server of the same store has.
async fn compare(
    engine: &Engine,
    repair: &Repair,
    cause: Cause,
    started: Timestamp,
    stop: &CancellationToken,
) -> Result<Option<Report>, End> {
    if engine.store().is_shared() {
        let enough = match cause {
            Cause::Time => engine.clock().now().checked_sub(repair.settings.every).unwrap_or(Timestamp::MIN),
            _ => started,
        };
        let position = engine.store().cursor(CURSOR).await?.map_or(i64::MIN, |cursor| cursor.position);
        if cause != Cause::Outage && position > enough.as_millisecond() {
            return Ok(None);
        }
    }
    repair.compare(engine, cause, stop).await.map(Some)
}
