//! Background work: deciding accepted inputs, carrying out effects, firing timers.
//!
//! Work is rows in the store. A wake-up starts the next look at once; polling backs it up. A task that dies takes
//! nothing with it but its lease.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::engine::Engine;
use crate::ports::cognition::Cognition;
use crate::twilio::Twilio;

mod ask;
mod effects;
mod inputs;
mod timers;

pub use inputs::Received;

/// How long work is held before another may take it over: for good, since the one process that owns the store also
/// ends every task it began, and a moved clock must not make two tasks do the same work.
const LEASE_MS: i64 = 100 * 365 * 24 * 3600 * 1000;
/// How often the store is looked at without a wake-up.
const POLL: Duration = Duration::from_millis(500);
/// How many pieces of work are handed out at once.
const BATCH: usize = 64;
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
    /// Names this process in leases.
    pub owner: String,
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

impl Workers {
    /// Starts all workers; they end when `stop` is cancelled and what they hold is done.
    pub fn start(self, tracker: &TaskTracker, stop: &CancellationToken) {
        let workers = Arc::new(self);
        let at_once = Arc::new(Semaphore::new(256));
        tracker.spawn(inputs::run(Arc::clone(&workers), tracker.clone(), Arc::clone(&at_once), stop.clone()));
        let at_once = Arc::new(Semaphore::new(256));
        tracker.spawn(effects::run(Arc::clone(&workers), tracker.clone(), at_once, stop.clone()));
        tracker.spawn(timers::run(Arc::clone(&workers), stop.clone()));
        tracker.spawn(prune(workers, stop.clone()));
    }
}

/// Settled inputs and kept answers are remembered for a week: longer than Twilio repeats anything.
async fn prune(workers: Arc<Workers>, stop: CancellationToken) {
    const KEPT_MS: i64 = 7 * 24 * 3600 * 1000;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_mins(1)) => {}
        }
        let before = workers.engine.clock().now_ms() - KEPT_MS;
        match workers.engine.store().prune(before, 5_000).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "forgot settled inputs older than a week"),
            Err(error) => tracing::warn!(%error, "pruning failed"),
        }
    }
}

/// Waits for a wake-up or for the next poll; `false` when it is time to stop.
async fn next_look(wake: &mut tokio::sync::watch::Receiver<u64>, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        _ = wake.changed() => true,
        () = tokio::time::sleep(POLL) => true,
    }
}
