//! Webhooks kept on this machine's disk while the database is away.
//!
//! What cannot be stored within a moment is appended to a file, flushed, and acknowledged; from then on all webhooks take
//! that way, until a worker has brought everything into the store in the order in which it came. A webhook that is stored
//! twice on the way counts once, by its key. The folder is bounded: when it is full, or the disk refuses, the answer is 503.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::worker::Received;

mod record;
mod segment;
mod shelf;
mod writer;

use self::shelf::Shelf;
pub use self::shelf::ShelfError;
use self::writer::Command;

/// Callers that wait for the disk; more wait for a place.
const QUEUE: usize = 1_024;

/// How a spool is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder; no other server may use it.
    pub folder: PathBuf,
    /// The most bytes of all its files.
    pub max_bytes: u64,
    /// How long the store may take before a webhook goes to the spool.
    pub store_within: Duration,
}

/// A webhook in the spool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spooled {
    /// When it came; milliseconds since the epoch on the channel's clock.
    pub at_ms: i64,
    /// The webhook.
    pub received: Received,
}

/// A webhook could not be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpoolError {
    /// The folder holds as much as it may.
    #[error("the spool is full: {held} of {limit} bytes")]
    Full {
        /// Bytes that it holds.
        held: u64,
        /// Bytes that it may hold.
        limit: u64,
    },
    /// The disk refused. After a flush that failed nothing more is written before the next start.
    #[error("the spool cannot be written: {0}")]
    Disk(String),
}

/// Webhooks on disk.
#[derive(Debug, Clone)]
pub struct Spool {
    commands: mpsc::Sender<Command>,
    shared: Arc<Shared>,
    store_within: Duration,
    max_bytes: u64,
}

/// What is known without asking the thread that writes.
#[derive(Debug, Default)]
struct Shared {
    webhooks: AtomicU64,
    bytes: AtomicU64,
    broken: AtomicBool,
    filled: Notify,
}

/// How much a spool holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// Webhooks that are not in the store yet.
    pub webhooks: u64,
    /// Bytes of its files.
    pub bytes: u64,
}

/// The oldest webhooks of a spool.
#[derive(Debug, Default)]
pub struct Batch {
    /// In the order in which they came.
    pub webhooks: Vec<Spooled>,
    /// What [`Spool::settle`] takes off.
    place: shelf::Place,
}

impl Spool {
    /// Opens the folder, makes it when absent, and finds what an earlier process left in it.
    ///
    /// # Errors
    /// When the folder cannot be used or another process has it.
    pub fn open(options: &Options) -> Result<Self, ShelfError> {
        let shelf = Shelf::open(&options.folder, options.max_bytes)?;
        let shared = Arc::new(Shared::default());
        shared.show(&shelf);
        let (commands, waiting) = mpsc::channel(QUEUE);
        writer::start(shelf, waiting, Arc::clone(&shared))
            .map_err(|error| ShelfError::file(Path::new(""), error))?;
        Ok(Self { commands, shared, store_within: options.store_within, max_bytes: options.max_bytes })
    }

    /// Whether something waits in it: then whatever comes has to wait behind it.
    pub fn is_holding(&self) -> bool {
        self.shared.webhooks.load(Ordering::Acquire) > 0
    }

    /// How much it holds.
    pub fn holding(&self) -> Holding {
        let count = |number: &AtomicU64| number.load(Ordering::Acquire);
        Holding { webhooks: count(&self.shared.webhooks), bytes: count(&self.shared.bytes) }
    }

    /// Whether it takes more.
    pub fn has_room(&self) -> bool {
        !self.shared.broken.load(Ordering::Acquire) && self.holding().bytes < self.max_bytes
    }

    /// How long the store may take before a webhook goes to the spool.
    pub fn store_within(&self) -> Duration {
        self.store_within
    }

    /// Keeps a webhook; returns after it survives a crash.
    ///
    /// # Errors
    /// When there is no room, or the disk refuses: the webhook must not be acknowledged.
    pub async fn keep(&self, webhook: &Spooled) -> Result<(), SpoolError> {
        let bytes = serde_json::to_vec(webhook).map_err(|error| SpoolError::Disk(error.to_string()))?;
        self.ask(|reply| Command::Append(bytes, reply)).await?
    }

    /// The oldest webhooks, at most `limit`; none when it is empty.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub async fn oldest(&self, limit: usize) -> Result<Batch, SpoolError> {
        self.ask(|reply| Command::Read(limit, reply)).await?
    }

    /// Takes off what was read: it is in the store.
    ///
    /// # Errors
    /// When the disk refuses; then it may be read again after a start.
    pub async fn settle(&self, batch: Batch) -> Result<(), SpoolError> {
        self.ask(|reply| Command::Settle(batch.place, reply)).await?
    }

    /// Returns when something waits in it.
    pub async fn filled(&self) {
        loop {
            let filled = self.shared.filled.notified();
            if self.is_holding() {
                return;
            }
            filled.await;
        }
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, SpoolError> {
        let stopped = || SpoolError::Disk("the spool has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())
    }
}

impl Shared {
    fn show(&self, disk: &Shelf) {
        self.bytes.store(disk.bytes(), Ordering::Release);
        self.broken.store(disk.is_broken(), Ordering::Release);
        self.webhooks.store(disk.webhooks(), Ordering::Release);
        if disk.webhooks() > 0 {
            self.filled.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests;
