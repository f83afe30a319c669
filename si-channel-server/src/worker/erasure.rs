//! Erases people, a phase at a time.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use si_channel_core::address::Address;
use si_channel_core::erasure::Person;
use si_channel_core::input::Input;
use si_channel_core::world::Found;
use tokio_util::sync::CancellationToken;

use self::removal::Removal;
use crate::documents;
use crate::engine::{Engine, EngineError};
use crate::erasure::{Erasure, Hold, Phase, Remnant, Standing};
use crate::store::{Changes, CommitError, Kind, Page, Source, StoreError};
use crate::twilio::Failure;
use crate::worker::Workers;

mod at_twilio;
mod removal;

/// How long what is under way may take to end, before the person is removed all the same.
const LEAVING: SignedDuration = SignedDuration::from_mins(10);
/// How long work that speaks of the person may hold up the end of their removal, before it is dropped.
const REMOVING: SignedDuration = SignedDuration::from_mins(10);
/// How long Twilio is asked what it holds.
const LISTING: SignedDuration = SignedDuration::from_hours(24 * 15);

/// Nothing could be done now.
#[derive(Debug, thiserror::Error)]
pub(super) enum EraseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Media(#[from] crate::ports::media::MediaError),
    #[error("decided on a state that has changed since")]
    Moved,
}

impl From<CommitError> for EraseError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict(_) | CommitError::Overtaken => Self::Moved,
            CommitError::Store(error) => Self::Store(error),
        }
    }
}

pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    let engine = &workers.engine;
    loop {
        let wait = match round(&workers).await {
            Ok(wait) => wait,
            Err(EraseError::Moved) => Duration::from_millis(20),
            Err(error) => {
                tracing::warn!(%error, "an erasure cannot go on now");
                Duration::from_secs(2)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = engine.persons().called() => {}
            () = engine.clock().moved() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Takes every erasure a step further; how long to wait for the next round.
async fn round(workers: &Workers) -> Result<Duration, EraseError> {
    if !workers.engine.persons().any() {
        return Ok(Duration::from_mins(1));
    }
    at_twilio::delete_due(workers).await?;
    let mut soon = false;
    for (erasure, version) in Erasure::open(&workers.engine).await? {
        soon |= !matches!(erasure.phase, Phase::Held | Phase::AtTwilio)
            && erasure.not_before.is_none_or(|at| at <= workers.engine.clock().now());
        step(workers, erasure, version).await?;
    }
    Ok(if soon { Duration::from_millis(50) } else { Duration::from_secs(2) })
}

async fn step(workers: &Workers, erasure: Erasure, version: u64) -> Result<(), EraseError> {
    let engine = &workers.engine;
    let now = engine.clock().now();
    if erasure.not_before.is_some_and(|at| at > now) {
        return Ok(());
    }
    let mut next = erasure.clone();
    match (erasure.phase, &erasure.address) {
        (Phase::Held | Phase::Leaving, Some(address)) => {
            if Hold::of(engine, address).await?.is_some() {
                next.phase = Phase::Held;
            } else {
                let person = Person::new(address, erasure.token.clone());
                let since = erasure.requested_at;
                let out = leave(engine, &person).await?;
                next.phase = Phase::Leaving;
                if out || (erasure.phase == Phase::Leaving && now.duration_since(since) > LEAVING) {
                    next.phase = Phase::Removing;
                    next.removing_since = Some(now);
                }
            }
        }
        (Phase::Removing, Some(address)) => {
            let since = erasure.removing_since.unwrap_or(now);
            let drop_work = now.duration_since(since) > REMOVING;
            let mut removal = Removal::new(workers, &erasure, address, drop_work);
            if erasure.known.is_none() {
                // Kept before anything is removed: what it was learned from is removed then.
                next.known = Some(removal.find_out().await?);
            } else if removal.pass().await?.is_clean() {
                next.phase = Phase::Listing;
                next.removed_at = Some(now);
                next.known = None;
            }
        }
        (Phase::Listing, Some(address)) => list(workers, &erasure, address, &mut next, now).await?,
        (Phase::Compacting, _) => {
            if !engine.store().compact().await? {
                next.notes.push(
                    "the store's file is too large to be rewritten: removed rows were overwritten where they lay"
                        .to_owned(),
                );
            }
            next.phase = Phase::AtTwilio;
        }
        (Phase::AtTwilio, _) => {
            let remnants = Remnant::of(engine, &erasure.id).await?;
            if remnants.iter().all(|remnant| remnant.standing != Standing::Due) {
                next.phase = Phase::Done;
                next.finished_at = Some(now);
            }
        }
        // Without an address there is nothing to look for.
        _ => next.phase = Phase::Compacting,
    }
    if next != erasure {
        if next.phase != erasure.phase {
            tracing::info!(erasure = next.id, phase = ?next.phase, "an erasure goes on");
        }
        let proof = (next.removed_at > erasure.removed_at).then(|| next.proof("removed", now)).transpose()?;
        let (puts, audit) = (vec![next.put(version)?], proof.into_iter().collect());
        engine.store().commit(Changes { puts, audit, ..Changes::settle(Source::Direct) }).await?;
    }
    Ok(())
}

/// Sees to it that nobody writes to the person and that they are in no session; whether that is so.
async fn leave(engine: &Engine, person: &Person) -> Result<bool, EraseError> {
    let mut out = true;
    for address in person.addresses() {
        // A rejection says that it is so already.
        engine.decide(&Input::ForgetPerson { address: address.clone() }).await?;
        let name = address.to_string();
        let key = (documents::PERSON, name.as_str());
        let sessions = engine.store().list(Kind::Session, key, Page::first(1_000)).await?;
        for (_, record) in sessions {
            let Found::Session(session) = documents::found(&record)? else { continue };
            if !session.is_open() || session.member(&address).is_none() {
                continue;
            }
            out = false;
            let session_id = session.id.clone();
            let input = if session.is_only(&address) {
                Input::CloseSession { session_id }
            } else {
                Input::RemovePerson { session_id, address: address.clone() }
            };
            engine.decide(&input).await?;
        }
    }
    Ok(out)
}

async fn list(
    workers: &Workers,
    erasure: &Erasure,
    address: &Address,
    next: &mut Erasure,
    now: Timestamp,
) -> Result<(), EraseError> {
    let person = Person::new(address, erasure.token.clone());
    match workers.twilio.records_of(&person.addresses()).await {
        Ok(found) => {
            for remote in found {
                Remnant::new(&erasure.id, remote, now).note(&workers.engine).await?;
            }
        }
        Err(Failure::Again { reason, .. }) if now.duration_since(erasure.requested_at) < LISTING => {
            tracing::info!(
                erasure = erasure.id,
                reason,
                "Twilio cannot be asked now what it holds of a person"
            );
            next.vain += 1;
            let wait = SignedDuration::from_secs(2_i64.saturating_pow(next.vain.min(12)));
            next.not_before = now.checked_add(wait).ok();
            return Ok(());
        }
        Err(Failure::Again { reason, .. } | Failure::Never { reason, .. }) => {
            next.notes.push(format!("Twilio did not tell what it holds: {reason}"));
        }
    }
    next.address = None;
    next.not_before = None;
    next.phase = Phase::Compacting;
    Ok(())
}
