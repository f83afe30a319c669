//! The store in one SQLite file: for one server process, with nothing else to run.
//!
//! All writes go through one thread, which commits what is queued as one transaction with a full flush
//! (`synchronous=FULL`): an answered call survives kill -9 and power loss. Reads run beside it on their own
//! connections. A lock beside the file refuses a second server. Not for network file systems.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use async_trait::async_trait;
use si_channel_core::pace::{Gate, Turn, Wish};
use tokio::sync::{mpsc, oneshot, watch};

use self::failure::Failure;
use self::pool::Pool;
use self::step::Step;
use self::writer::{Command, Writer};
use super::wakes::Wakes;
use super::{
    Accepted, Amendment, AuditFilter, AuditHead, AuditRecord, Changes, Claim, ClaimedEffect, ClaimedInput,
    CommitError, Cursor, CursorClaim, CursorMove, Depths, Entry, KeptAnswer, Kind, Line, NewInput, Page,
    Record, Result, Store, StoreError, StoredEvent, Table, Timer, Wake, Want,
};

mod apply;
mod audit;
mod cursors;
mod effects;
mod failure;
mod inbox;
mod lanes;
mod offline;
mod open;
mod pool;
mod read;
mod schema;
mod step;
mod survey;
#[cfg(test)]
mod tests;
mod throttles;
mod writer;

pub(in crate::store) use offline::AuditCopy;
pub use offline::{AuditFile, OpeningRow};
pub use open::{OpenError, Options};

/// Commands that wait for the writer; more callers wait for a place.
const QUEUE: usize = 1_024;
/// Rows deleted in one transaction, so that others are not kept waiting.
const PRUNE_ROWS: usize = 1_000;

/// A [`Store`] in one SQLite file.
///
/// Dropping it waits for what was asked of it before, and closes the file.
#[derive(Debug)]
pub struct SqliteStore {
    /// `None` once closed.
    commands: Option<mpsc::Sender<Command>>,
    writer: Option<JoinHandle<()>>,
    readers: Arc<Pool>,
    wakes: Arc<Wakes>,
    _lock: File,
}

impl SqliteStore {
    /// Opens the file, creating it when absent. Blocks while it is checked and migrated.
    ///
    /// # Errors
    /// Says why the file cannot be used: in use, newer, damaged, not ours, or not accessible.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let opened = open::open(path.as_ref(), &options)?;
        let path = opened.path.clone();
        let wakes = Arc::<Wakes>::default();
        let readers = Pool::new(path.clone(), options.readers);
        let (writer, lock) = Writer::new(opened, options, wakes.clone())?;
        let (commands, queue) = mpsc::channel(QUEUE);
        let writer = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run(queue))
            .map_err(|error| OpenError::File { path, error })?;
        Ok(Self { commands: Some(commands), writer: Some(writer), readers, wakes, _lock: lock })
    }

    /// Takes a step in the writer's next transaction; answers when it is durable.
    async fn write<T, E>(
        &self,
        step: impl FnMut(&mut Step<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Failure> + From<StoreError> + Send + 'static,
    {
        let (command, answer) = writer::write(step);
        self.ask(command, answer).await
    }

    async fn ask<T, E: From<StoreError>>(
        &self,
        command: Command,
        answer: oneshot::Receiver<Result<T, E>>,
    ) -> Result<T, E> {
        let stopped = || StoreError::Unavailable("the writer has stopped".to_owned());
        let commands = self.commands.as_ref().ok_or_else(stopped)?;
        commands.send(command).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.commands = None;
        if self.writer.take().is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the store's writer panicked");
        }
    }
}

/// A count as SQLite takes it.
fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[async_trait]
impl Store for SqliteStore {
    async fn accept(&self, inputs: Vec<NewInput>) -> Result<Vec<Accepted>> {
        self.write(move |step| inbox::accept(step, &inputs)).await
    }

    async fn claim_inputs(&self, claim: Claim) -> Result<Vec<ClaimedInput>> {
        let (reply, answer) = oneshot::channel();
        self.ask(Command::Inputs(claim, reply), answer).await
    }

    async fn return_input(&self, seq: i64, fence: i64, retry_at_ms: Option<i64>, reason: &str) -> Result<()> {
        let reason = reason.to_owned();
        self.write(move |step| inbox::hand_back(step, seq, fence, retry_at_ms, &reason)).await
    }

    async fn has_pending_inputs(&self, lanes: Vec<String>) -> Result<bool> {
        self.readers.read(move |conn| inbox::has_pending(conn, &lanes)).await
    }

    async fn claim_effects(&self, claim: Claim) -> Result<Vec<ClaimedEffect>> {
        let (reply, answer) = oneshot::channel();
        self.ask(Command::Effects(claim, reply), answer).await
    }

    async fn take_turn(&self, claimed: &ClaimedEffect, wish: Wish) -> Result<Turn, CommitError> {
        let (id, fence) = (claimed.id.clone(), claimed.fence);
        self.write(move |step| throttles::take_turn(step, &id, fence, &wish)).await
    }

    async fn pass(&self, gates: Vec<Gate>, now_us: i64) -> Result<bool> {
        self.write(move |step| throttles::pass(step, &gates, now_us)).await
    }

    async fn hold_limits(&self, keys: Vec<String>, not_before_us: i64, slow_until_us: i64) -> Result<()> {
        self.write(move |step| throttles::hold(step, &keys, not_before_us, slow_until_us)).await
    }

    async fn due_timers(&self, now_ms: i64, limit: usize) -> Result<Vec<Timer>> {
        self.readers.read(move |conn| read::due_timers(conn, now_ms, rows(limit))).await
    }

    async fn load(&self, wants: Vec<Want>) -> Result<Vec<Option<Record>>> {
        self.readers.read(move |conn| read::load(conn, &wants)).await
    }

    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        self.write(move |step| apply::apply(step, &changes)).await
    }

    async fn list(&self, kind: Kind, key: (&'static str, &str), page: Page) -> Result<Vec<(i64, Record)>> {
        let (name, value) = (key.0, key.1.to_owned());
        self.readers.read(move |conn| read::list(conn, kind, (name, &value), page)).await
    }

    async fn events_after(&self, after: i64, stream: Option<&str>, limit: usize) -> Result<Vec<StoredEvent>> {
        let stream = stream.map(str::to_owned);
        self.readers.read(move |conn| read::events_after(conn, after, stream.as_deref(), rows(limit))).await
    }

    async fn last_position(&self) -> Result<i64> {
        self.readers.read(|conn| read::last_position(conn)).await
    }

    async fn claim_cursor(&self, name: &str, claim: CursorClaim) -> Result<Option<Cursor>> {
        let name = name.to_owned();
        self.write(move |step| cursors::claim(step, &name, &claim)).await
    }

    async fn move_cursor(&self, name: &str, to: CursorMove) -> Result<bool> {
        let name = name.to_owned();
        self.write(move |step| cursors::set(step, &name, &to)).await
    }

    async fn rewind_cursor(&self, name: &str, position: i64) -> Result<()> {
        let name = name.to_owned();
        self.write::<_, StoreError>(move |step| cursors::rewind(step, &name, position)).await?;
        self.wakes.wake(Wake::Events);
        Ok(())
    }

    async fn cursor(&self, name: &str) -> Result<Option<Cursor>> {
        let name = name.to_owned();
        self.readers.read(move |conn| cursors::read(conn, &name)).await
    }

    async fn entries(&self, session: &str) -> Result<Vec<Entry>> {
        let session = session.to_owned();
        self.readers.read(move |conn| read::entries(conn, &session)).await
    }

    async fn entry(&self, session: &str, id: &str) -> Result<Option<Entry>> {
        let (session, id) = (session.to_owned(), id.to_owned());
        self.readers.read(move |conn| read::one_entry(conn, &session, &id)).await
    }

    async fn recent_entries(&self, session: &str, limit: usize) -> Result<Vec<Entry>> {
        let session = session.to_owned();
        self.readers.read(move |conn| read::recent_entries(conn, &session, rows(limit))).await
    }

    async fn kept_answer(&self, key: &str) -> Result<Option<KeptAnswer>> {
        let key = key.to_owned();
        self.readers.read(move |conn| read::kept_answer(conn, &key)).await
    }

    async fn audit_after(&self, after: u64, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRecord>> {
        let filter = filter.clone();
        self.readers.read(move |conn| audit::after(conn, after, &filter, rows(limit))).await
    }

    async fn audit_head(&self) -> Result<AuditHead> {
        self.readers.read(|conn| audit::head(conn)).await
    }

    async fn erase_openings(&self, address: &str) -> Result<u64> {
        let address = address.to_owned();
        self.write(move |step| audit::erase(step, &address)).await
    }

    async fn prune(&self, before_ms: i64, limit: usize) -> Result<u64> {
        let mut pruned = 0;
        let mut left = limit;
        while left > 0 {
            let chunk = left.min(PRUNE_ROWS);
            let went: u64 =
                self.write::<_, StoreError>(move |step| apply::prune(step, before_ms, rows(chunk))).await?;
            pruned += went;
            if went < chunk as u64 {
                break;
            }
            left -= chunk;
        }
        Ok(pruned)
    }

    async fn survey(&self, table: Table, after: i64, limit: usize) -> Result<Vec<Line>> {
        self.readers.read(move |conn| survey::survey(conn, table, after, rows(limit))).await
    }

    async fn amend(&self, amendments: Vec<Amendment>) -> Result<u64> {
        self.write(move |step| survey::amend(step, &amendments)).await
    }

    async fn compact(&self) -> Result<bool> {
        let (reply, answer) = oneshot::channel();
        self.ask(Command::Compact(reply), answer).await
    }

    async fn ping(&self) -> Result<()> {
        self.write(|step| step.execute("UPDATE opening SET pinged = pinged + 1", []).map(drop)).await
    }

    async fn depths(&self) -> Result<Depths> {
        self.readers.read(|conn| read::depths(conn)).await
    }

    fn watch(&self, wake: Wake) -> watch::Receiver<u64> {
        self.wakes.watch(wake)
    }
}
