//! Background work: deciding accepted inputs, carrying out effects, firing timers.
//!
//! Work is rows in the store. A wake-up starts the next look at once; polling backs it up. A task that dies takes
//! nothing with it but its lease.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use si_channel_core::retention::Schedule;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::engine::Engine;
use crate::feed::Feed;
use crate::ports::cognition::Cognition;
use crate::push::post::Postman;
use crate::repair::Repair;
use crate::spool::Spool;
use crate::store::{self, Claim, ClaimedEffect, ClaimedInput, Store, Wake};
use crate::twilio::Twilio;

mod alarm;
mod ask;
mod breaker;
mod checkpoints;
mod effects;
mod erasure;
mod feed;
mod files;
mod inputs;
mod leases;
mod push;
mod repair;
mod retention;
mod spool;
mod timers;

pub use alarm::Alarm;
pub use breaker::Breaker;
pub use checkpoints::Checkpoints;
pub use files::Files;
pub use inputs::Received;
pub(crate) use retention::REMOVED;

use self::leases::Leases;

/// How long work is held before another may take it over where one process owns the store: for good, since it also
/// ends every task it began, and a moved clock must not make two tasks do the same work.
pub(crate) const FOR_GOOD_MS: i64 = 100 * 365 * 24 * 3600 * 1000;
/// How long where servers share it, and how often that is renewed while the work goes on.
pub(crate) const LEASE_MS: i64 = 15_000;
pub(crate) const RENEW: Duration = Duration::from_secs(5);
/// How often the store is looked at without a wake-up.
const POLL: Duration = Duration::from_millis(500);
/// How many pieces of work are claimed in one go.
const BATCH: usize = 64;
/// How many pieces of work of one kind are in hand at once.
const AT_ONCE: usize = 256;
/// How long before work is handed back again that the store did not take back.
const AGAIN: Duration = Duration::from_secs(1);
/// How long an input may wait for what it is about.
const EARLY_MS: i64 = 120_000;

/// What the workers share.
#[derive(Clone)]
pub struct Workers {
    /// Decides.
    pub engine: Engine,
    /// Writes to Twilio.
    pub twilio: Twilio,
    /// Answers.
    pub cognition: Arc<dyn Cognition>,
    /// How answers are asked for.
    pub asking: Asking,
    /// Files that people send.
    pub files: Files,
    /// The signing of the audit log.
    pub checkpoints: Checkpoints,
    /// How long records are kept.
    pub schedule: Schedule,
    /// Where webhooks wait while the store is away.
    pub spool: Option<Spool>,
    /// When effects that this process handed back are due.
    pub alarm: Alarm,
    /// Leaves Twilio alone while it is in trouble.
    pub breaker: Breaker,
    /// Where events are published.
    pub feed: Option<Feed>,
    /// Sends events to HTTP subscribers.
    pub postman: Option<Postman>,
    /// Compares with Twilio's records.
    pub repair: Option<Repair>,
    /// Names this process in leases.
    pub owner: Arc<str>,
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workers").field("owner", &self.owner).finish_non_exhaustive()
    }
}

/// How answers are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    /// Attempts in all.
    pub attempts: u32,
    /// Messages of history given along.
    pub history: usize,
    /// The longest wait for one answer.
    pub timeout: Duration,
}

/// Work that was handed out.
trait Piece {
    /// Settles it.
    fn fence(&self) -> i64;
}

impl Piece for ClaimedInput {
    fn fence(&self) -> i64 {
        self.fence
    }
}

impl Piece for ClaimedEffect {
    fn fence(&self) -> i64 {
        self.fence
    }
}

impl Workers {
    /// Asks for so much work.
    fn claim(&self, limit: usize) -> Claim {
        let now_ms = self.engine.clock().now_ms();
        let lease_ms = if self.engine.store().is_shared() { LEASE_MS } else { FOR_GOOD_MS };
        Claim { owner: Arc::clone(&self.owner), now_ms, lease_until_ms: now_ms + lease_ms, limit }
    }

    /// Hands work back. Others take it over when its lease ends; a store of one server holds it for good, so that it is
    /// handed back until the store takes it.
    async fn hand_back<'a>(&self, back: impl Fn() -> BoxFuture<'a, store::Result<()>> + Send) {
        while let Err(error) = back().await {
            if self.engine.store().is_shared() {
                tracing::warn!(%error, "cannot hand work back; its lease will end");
                return;
            }
            tracing::warn!(%error, "cannot hand work back yet");
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Whether effects wait until it is known who has opted out while no server ran.
    fn is_holding(&self) -> bool {
        self.repair.as_ref().is_some_and(Repair::is_holding)
    }

    /// Returns once they do not any more.
    async fn lets_go(&self) {
        match self.repair.as_ref().filter(|repair| repair.is_holding()) {
            Some(repair) => repair.lets_go().await,
            None => std::future::pending().await,
        }
    }

    /// Starts all workers; they end when `stop` is cancelled and what they hold is done.
    pub fn start(self, tracker: &TaskTracker, stop: &CancellationToken) {
        let workers = Arc::new(self);
        tracker.spawn(hand_out(
            Arc::clone(&workers),
            tracker.clone(),
            stop.clone(),
            Wake::Inputs,
            |store, claim| store.claim_inputs(claim),
            inputs::decide,
        ));
        tracker.spawn(hand_out(
            Arc::clone(&workers),
            tracker.clone(),
            stop.clone(),
            Wake::Effects,
            |store, claim| store.claim_effects(claim),
            effects::carry_out,
        ));
        if let Some(spool) = workers.spool.clone() {
            tracker.spawn(spool::run(workers.engine.clone(), spool, stop.clone()));
        }
        if let Some(feed) = workers.feed.clone() {
            tracker.spawn(feed::run(workers.engine.clone(), feed, workers.owner.clone(), stop.clone()));
        }
        if let Some(postman) = workers.postman.clone() {
            let (engine, owner) = (workers.engine.clone(), workers.owner.clone());
            tracker.spawn(push::run(push::Server { engine, postman, owner, stop: stop.clone() }));
        }
        if let Some(repair) = workers.repair.clone() {
            tracker.spawn(repair::let_go_in_time(repair.clone(), stop.clone()));
            tracker.spawn(repair::run(workers.engine.clone(), repair, stop.clone()));
        }
        tracker.spawn(checkpoints::run(Arc::clone(&workers), stop.clone()));
        tracker.spawn(erasure::run(Arc::clone(&workers), stop.clone()));
        tracker.spawn(timers::run(Arc::clone(&workers), stop.clone()));
        tracker.spawn(retention::run(workers, stop.clone()));
    }
}

/// What hands out work.
type Claiming<T> = for<'a> fn(&'a dyn Store, Claim) -> BoxFuture<'a, store::Result<Vec<T>>>;

/// Hands out work as it comes, a task each, at most [`AT_ONCE`] at a time.
async fn hand_out<T, F>(
    workers: Arc<Workers>,
    tracker: TaskTracker,
    stop: CancellationToken,
    wake: Wake,
    claim: Claiming<T>,
    work: fn(Arc<Workers>, T) -> F,
) where
    T: Piece + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let store = workers.engine.store();
    let mut leases = Leases::new(store);
    let mut wakes = store.watch(wake);
    while !stop.is_cancelled() || leases.are_held() {
        wakes.mark_unchanged();
        // What this process works on is renewed before it looks for more: it never takes over from itself.
        let renewed = leases.renew().await;
        let free = places.available_permits().min(BATCH);
        // Nearly all effects are for Twilio. Those that are not wait with the rest, and another server may take them.
        let wanted = match wake {
            Wake::Effects if workers.is_holding() => 0,
            Wake::Effects => workers.breaker.lets(workers.engine.clock().now_ms(), free),
            _ => free,
        };
        let claimed = match renewed {
            Ok(()) if wanted > 0 && !stop.is_cancelled() => claim(&**store, workers.claim(wanted)).await,
            Ok(()) => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        let claimed = claimed.unwrap_or_else(|error| {
            tracing::warn!(%error, ?wake, "cannot claim work");
            Vec::new()
        });
        let more = free > 0 && claimed.len() == free;
        for piece in claimed {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let lease = leases.hold(piece.fence());
            let done = work(Arc::clone(&workers), piece);
            tracker.spawn(async move {
                done.await;
                drop((lease, place));
            });
        }
        if !more {
            tokio::select! {
                () = stop.cancelled(), if !stop.is_cancelled() => {}
                _ = wakes.changed() => {}
                () = workers.alarm.rings(workers.engine.clock()), if wake == Wake::Effects => {}
                () = workers.lets_go(), if wake == Wake::Effects => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }
}
