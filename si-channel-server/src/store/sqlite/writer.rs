//! The one thread that writes.
//!
//! It takes what is queued, runs it as one transaction with a savepoint for each caller, and answers all after the
//! commit: many callers share one flush. When the commit fails nobody is answered with success, and the connection
//! is given up: the next transaction starts on a new one, from what the file holds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::failure::{Failure, store_error};
use super::lanes::Pick;
use super::open::{Opened, Options, connect};
use super::step::{Moved, Queue, Schedule, Step};
use super::{effects, inbox};
use crate::store::wakes::Wakes;
use crate::store::{Claim, ClaimedEffect, ClaimedInput, StoreError, Wake};

/// Callers that share a transaction.
const BATCH: usize = 512;
/// Pages the write-ahead log grows by before they are copied to the file: 16 MB. Fewer would flush more often.
const CHECKPOINT_PAGES: i32 = 4_000;
/// Pages from which on readers are waited for, so that the log starts again: 64 MB.
const TRUNCATE_PAGES: i32 = 16_000;

/// What the thread is asked to do.
pub(super) enum Command {
    /// Part of the next transaction.
    Write(Box<dyn Work>),
    /// Hand out inputs.
    Inputs(Claim, oneshot::Sender<Result<Vec<ClaimedInput>, StoreError>>),
    /// Hand out effects.
    Effects(Claim, oneshot::Sender<Result<Vec<ClaimedEffect>, StoreError>>),
    /// Leave no trace of what was replaced or removed; whether the file was rewritten.
    Compact(oneshot::Sender<Result<bool, StoreError>>),
}

/// A caller's part of a transaction and the way back to the caller.
pub(super) trait Work: Send {
    /// Takes the step; the answer is kept until the transaction is durable.
    fn run(&mut self, step: &mut Step<'_>) -> Result<(), Failure>;
    /// Answers with this failure, which undid the step alone.
    fn refuse(&mut self, failure: Failure);
    /// Answers; with what was kept if the transaction is durable.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// [`Work`] made of a function.
struct Task<T, E, F> {
    step: F,
    kept: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

/// Makes a function into a command, and the place where its answer comes.
pub(super) fn write<T, E, F>(step: F) -> (Command, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<Failure> + From<StoreError> + Send + 'static,
    F: FnMut(&mut Step<'_>) -> Result<T, Failure> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Command::Write(Box::new(Task { step, kept: None, reply })), answer)
}

impl<T, E, F> Work for Task<T, E, F>
where
    T: Send,
    E: From<Failure> + From<StoreError> + Send,
    F: FnMut(&mut Step<'_>) -> Result<T, Failure> + Send,
{
    fn run(&mut self, step: &mut Step<'_>) -> Result<(), Failure> {
        self.kept = Some(Ok((self.step)(step)?));
        Ok(())
    }

    fn refuse(&mut self, failure: Failure) {
        self.kept = Some(Err(failure.into()));
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let answer = match (outcome, self.kept) {
            (Ok(()), Some(kept)) => kept,
            (Ok(()), None) => Err(StoreError::Unavailable("the step was not taken".to_owned()).into()),
            (Err(error), _) => Err(error.into()),
        };
        // A caller that has gone away does not undo what is durable.
        let _ = self.reply.send(answer);
    }
}

/// The thread's state.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    options: Options,
    /// `None` after a failure, until the next command.
    conn: Option<Connection>,
    schedule: Schedule,
    /// The last fence given. The epoch in its upper half keeps fences of an earlier process apart.
    fence: i64,
    wakes: Arc<Wakes>,
    /// Pages in the write-ahead log, told by SQLite at each commit.
    log_pages: Arc<AtomicI32>,
    checkpointed_pages: i32,
}

impl Writer {
    pub(super) fn new(
        opened: Opened,
        options: Options,
        wakes: Arc<Wakes>,
    ) -> rusqlite::Result<(Self, std::fs::File)> {
        let mut writer = Self {
            path: opened.path,
            options,
            conn: None,
            schedule: Schedule::default(),
            fence: opened.epoch << 32,
            wakes,
            log_pages: Arc::default(),
            checkpointed_pages: 0,
        };
        writer.take_up(opened.conn)?;
        Ok((writer, opened.lock))
    }

    /// Serves until all senders are gone.
    pub(super) fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut batch = Vec::new();
        while commands.blocking_recv_many(&mut batch, BATCH) > 0 {
            // A panic is a mistake in one command; what it left half-done goes with the connection.
            if catch_unwind(AssertUnwindSafe(|| self.serve(std::mem::take(&mut batch)))).is_err() {
                tracing::error!("a command of the store panicked");
                self.conn = None;
            }
        }
        self.close();
    }

    fn serve(&mut self, batch: Vec<Command>) {
        let mut claims = Vec::new();
        let mut works = Vec::new();
        for command in batch {
            match command {
                Command::Write(work) => works.push(work),
                claim => claims.push(claim),
            }
        }
        if !works.is_empty() {
            self.write(works);
        }
        for claim in claims {
            match claim {
                Command::Inputs(claim, reply) => self.claim(Queue::Inputs, &claim, inbox::claimed, reply),
                Command::Effects(claim, reply) => self.claim(Queue::Effects, &claim, effects::claimed, reply),
                Command::Compact(reply) => {
                    let _ = reply.send(self.compact());
                }
                Command::Write(_) => {}
            }
        }
        self.checkpoint();
    }

    /// One transaction for all.
    fn write(&mut self, mut works: Vec<Box<dyn Work>>) {
        let outcome = self.transaction(&mut works);
        let answer = outcome.as_ref().map(|_| ()).map_err(Clone::clone);
        for work in works {
            work.answer(answer.clone());
        }
        match outcome {
            Ok(moved) => self.follow(&moved),
            Err(error) => self.give_up("a transaction", &error),
        }
    }

    fn transaction(&mut self, works: &mut [Box<dyn Work>]) -> Result<Moved, StoreError> {
        let (conn, schedule) = self.ready()?;
        let execute = |sql: &str| -> Result<(), Failure> {
            conn.prepare_cached(sql)?.execute([])?;
            Ok(())
        };
        let mut moved = Moved::default();
        execute("BEGIN IMMEDIATE")?;
        for work in works {
            execute("SAVEPOINT step")?;
            let mut step = Step::new(conn, schedule, &moved);
            match work.run(&mut step) {
                Ok(()) => {
                    let taken = step.moved;
                    moved.merge(taken);
                }
                Err(failure) if failure.is_local() => {
                    execute("ROLLBACK TO step")?;
                    work.refuse(failure);
                }
                Err(failure) => return Err(failure.into()),
            }
            execute("RELEASE step")?;
        }
        execute("COMMIT")?;
        Ok(moved)
    }

    /// Hands out what is due; the rows are read after the batch's commit.
    fn claim<T>(
        &mut self,
        queue: Queue,
        claim: &Claim,
        read: fn(&Connection, &Pick) -> rusqlite::Result<T>,
        reply: oneshot::Sender<Result<Vec<T>, StoreError>>,
    ) {
        if let Err(error) = self.ready() {
            let _ = reply.send(Err(error));
            return;
        }
        let picks = self.schedule.claim(queue, claim, &mut self.fence);
        let rows = match &self.conn {
            Some(conn) => picks.iter().map(|pick| read(conn, pick)).collect::<rusqlite::Result<Vec<_>>>(),
            None => Ok(Vec::new()),
        };
        let (answer, failed) = match rows {
            Ok(rows) => (Ok(rows), None),
            Err(error) => (Err(store_error(&error)), Some(store_error(&error))),
        };
        // Nobody works on what nobody was told of.
        if reply.send(answer).is_err() || failed.is_some() {
            for pick in picks {
                self.schedule.release(queue, &pick.lane, pick.fence);
            }
        }
        if let Some(error) = failed {
            self.give_up("a claim", &error);
        }
    }

    /// Brings the lanes up to the file and wakes those who wait.
    fn follow(&mut self, moved: &Moved) {
        let Some(conn) = &self.conn else { return };
        if let Err(error) = self.schedule.follow(conn, moved) {
            self.give_up("following a commit", &store_error(&error));
        }
        for (wake, moved) in [
            (Wake::Inputs, moved.any(Queue::Inputs)),
            (Wake::Effects, moved.any(Queue::Effects)),
            (Wake::Timers, moved.timers),
            (Wake::Events, moved.events),
        ] {
            if moved {
                self.wakes.wake(wake);
            }
        }
    }

    /// The connection, a new one after a failure.
    fn ready(&mut self) -> Result<(&Connection, &Schedule), StoreError> {
        if self.conn.is_none() {
            connect(&self.path, &self.options)
                .and_then(|conn| self.take_up(conn))
                .map_err(|error| store_error(&error))?;
            tracing::info!("the store is open again");
        }
        match &self.conn {
            Some(conn) => Ok((conn, &self.schedule)),
            None => Err(StoreError::Unavailable("not open".to_owned())),
        }
    }

    fn take_up(&mut self, mut conn: Connection) -> rusqlite::Result<()> {
        let log_pages = self.log_pages.clone();
        conn.wal_hook(Some(move |_: &mut _, pages| {
            log_pages.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        self.checkpointed_pages = 0;
        self.schedule.rebuild(&conn)?;
        self.conn = Some(conn);
        Ok(())
    }

    /// After a failed write or flush nothing more is written on this connection: what the system reports about
    /// a file is not to be trusted after that, so that the next one starts from what it holds.
    fn give_up(&mut self, doing: &str, error: &StoreError) {
        if self.conn.take().is_some() {
            tracing::error!(%error, doing, "the store's connection is given up");
        }
    }

    /// Copies the write-ahead log into the file now and then, when callers have been answered.
    fn checkpoint(&mut self) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if pages < self.checkpointed_pages {
            // The log has started again.
            self.checkpointed_pages = 0;
        }
        if pages - self.checkpointed_pages < CHECKPOINT_PAGES {
            return;
        }
        let Some(conn) = &self.conn else { return };
        let truncate = pages >= TRUNCATE_PAGES;
        let mode =
            if truncate { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "PRAGMA wal_checkpoint(PASSIVE)" };
        match conn.query_row(mode, [], |row| row.get::<_, bool>(0)) {
            Ok(_busy) => self.checkpointed_pages = pages,
            Err(error) => self.give_up("a checkpoint", &store_error(&error)),
        }
    }

    /// Rewrites the file, unless it is too large for others to wait so long, and empties the write-ahead log: pages keep
    /// remains of rows that were moved within them, and the log of all that was ever written since it last began.
    fn compact(&mut self) -> Result<bool, StoreError> {
        let rewritten = self.rewrite();
        if let Err(error) = &rewritten {
            // Somebody reads: nothing is wrong with the file.
            tracing::info!(%error, "the store cannot be compacted now");
        }
        rewritten
    }

    fn rewrite(&mut self) -> Result<bool, StoreError> {
        let most = self.options.rewrite_bytes;
        let (conn, _) = self.ready()?;
        let number = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let bytes = number("page_count").and_then(|pages| Ok(pages * number("page_size")?));
        let whole = bytes.map_err(|error| store_error(&error))?.unsigned_abs() <= most;
        if whole {
            conn.execute_batch("VACUUM").map_err(|error| store_error(&error))?;
        }
        let busy = conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))
            .map_err(|error| store_error(&error))?;
        self.checkpointed_pages = 0;
        self.log_pages.store(0, Ordering::Relaxed);
        if busy { Err(StoreError::Unavailable("somebody is reading".to_owned())) } else { Ok(whole) }
    }

    /// Marks the file as closed in order.
    fn close(mut self) {
        let Some(conn) = self.conn.take() else { return };
        let closed = conn.execute("UPDATE opening SET clean = 1", []).and_then(|_| {
            conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            conn.close().map_err(|(_, error)| error)
        });
        if let Err(error) = closed {
            tracing::warn!(%error, "the store could not be closed in order; it is checked at the next start");
        }
    }
}
