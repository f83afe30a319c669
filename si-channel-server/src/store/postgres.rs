//! The store in PostgreSQL: for several servers that share the work.
//!
//! Callers who want to write at the same time share a transaction: what waits while one runs goes into the next, as a few
//! statements with columns of values, sent without waiting for each other's answers. A commit that appends to the feed or to
//! the audit log locks their heads before it numbers anything and until it is durable, so that a reader who has seen a
//! position never misses a smaller one.
//!
//! A worker holds a lane by a row in `leases` with a fence that is given once, until a time on the database's clock. When
//! the time is past, whoever claims the lane replaces the row; only the fence in the row settles. No trigger and no
//! `NOTIFY`: workers of this process are woken by its own commits, those of others by looking every [`LOOK`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use si_channel_core::pace::{Gate, Turn, Wish};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use self::claim::Terms;
use self::commit::Commits;
use self::connect::{Link, Server, Slot};
use self::failure::Failure;
use self::group::Queue;
use self::inbox::Acceptance;
use self::throttles::{Claimant, Turns};
use super::wakes::Wakes;
use super::{
    Accepted, Amendment, AuditFilter, AuditHead, AuditRecord, Changes, Claim, ClaimedEffect, ClaimedInput,
    CommitError, Cursor, CursorClaim, CursorMove, Depths, Entry, KeptAnswer, Kind, Line, NewInput, Page,
    Record, Result, Store, StoreError, StoredEvent, Table, Timer, Wake, Want,
};

mod audit;
mod claim;
mod commit;
mod connect;
mod cursors;
mod doubt;
mod effects;
mod failure;
mod flight;
mod group;
mod inbox;
mod offline;
mod open;
mod plan;
mod read;
mod schema;
mod survey;
#[cfg(test)]
mod tests;
mod text;
mod throttles;
mod tls;
mod upkeep;

pub use offline::audit_log;
pub(crate) use open::check_schema;
pub use open::{OpenError, Options};

/// How often is looked for what other servers did.
const LOOK: Duration = Duration::from_millis(200);
/// A claim that is lost in a crash of the database leaves its lane free, and a turn is asked for anew: they need no flush.
const CLAIM_SETTINGS: &str = "SET synchronous_commit = off";
/// Whatever the server's default, an answer means that it is on the disk. Settings that promise more are left alone.
const DURABLE: &str = "
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

const PROGRESS: &str = "
SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM inputs_seq_seq),
       (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM effects_seq_seq), (SELECT position FROM heads)";

/// A [`Store`] in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    server: Arc<Server>,
    readers: Arc<[Slot]>,
    turn: AtomicUsize,
    inbox: Queue<Acceptance>,
    commits: Queue<Commits>,
    turns: Queue<Turns>,
    claims: Slot,
    /// Single statements that are durable when answered.
    writes: Slot,
    /// What takes long or several statements, one caller at a time.
    aside: Mutex<Slot>,
    rewrite_bytes: i64,
    wakes: Arc<Wakes>,
    _looking: DropGuard,
}

impl PostgresStore {
    /// Opens the database of a URL such as `postgres://user:password@host:5432/database`, making the tables when absent.
    ///
    /// # Errors
    /// Says why the database cannot be used, without its password.
    pub async fn open(url: &str, options: Options) -> Result<Self, OpenError> {
        check_schema(&options.schema)?;
        let server = Server::new(open::config(url)?, &options.schema, options.ca_file.as_deref())?;
        let link = server.connect().await?;
        open::check_server(&link).await?;
        schema::migrate(&link, server.schema(), schema::MIGRATIONS).await?;
        drop(link);

        let wakes = Arc::<Wakes>::default();
        let readers: Arc<[Slot]> = (0..options.readers.max(1)).map(|_| Slot::new(&server)).collect();
        let inbox = (0..options.acceptors.max(1)).map(|_| Acceptance {
            slot: Slot::with(&server, inbox::STATEMENTS, DURABLE),
            wakes: Arc::clone(&wakes),
        });
        let commits = (0..options.committers.max(1)).map(|_| Commits {
            server: Arc::clone(&server),
            slot: Slot::with(&server, commit::STATEMENTS, DURABLE),
            wakes: Arc::clone(&wakes),
        });
        let turns = Turns {
            slot: Slot::with(&server, throttles::STATEMENTS, CLAIM_SETTINGS),
            wakes: Arc::clone(&wakes),
        };
        let stop = CancellationToken::new();
        tokio::spawn(look(Arc::clone(&readers), Arc::clone(&wakes), stop.clone()));
        Ok(Self {
            turn: AtomicUsize::new(0),
            inbox: Queue::start(inbox),
            commits: Queue::start(commits),
            turns: Queue::start([turns]),
            claims: Slot::with(&server, &[], CLAIM_SETTINGS),
            writes: Slot::with(&server, &[], DURABLE),
            aside: Mutex::new(Slot::with(&server, &[], DURABLE)),
            rewrite_bytes: i64::try_from(options.rewrite_bytes).unwrap_or(i64::MAX),
            readers,
            server,
            wakes,
            _looking: stop.drop_guard(),
        })
    }

    /// Reads on the next of the reading connections, beside whoever reads there.
    async fn read<T, F>(&self, read: impl FnOnce(Arc<Link>) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.readers.len();
        Ok(self.readers[turn].run(read).await?)
    }
}

/// Wakes those who wait for what other servers did.
async fn look(readers: Arc<[Slot]>, wakes: Arc<Wakes>, stop: CancellationToken) {
    // Whatever is found first is news.
    let mut seen = [-1_i64; 3];
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let found = readers[0].run(async |link| {
            let rows = link.query(PROGRESS, &[]).await?;
            let mut found = [0; 3];
            for (column, found) in found.iter_mut().enumerate() {
                *found = rows.first().map_or(Ok(0), |row| row.try_get(column))?;
            }
            Ok(found)
        });
        // That the database is away is said by whoever needs it.
        let Ok(found) = found.await else { continue };
        for ((wake, now), before) in
            [Wake::Inputs, Wake::Effects, Wake::Events].into_iter().zip(found).zip(seen)
        {
            if now != before {
                wakes.wake(wake);
            }
        }
        seen = found;
    }
}

/// A count as PostgreSQL takes it.
fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[async_trait]
impl Store for PostgresStore {
    async fn accept(&self, inputs: Vec<NewInput>) -> Result<Vec<Accepted>> {
        Ok(self.inbox.ask(inputs).await?)
    }

    async fn claim_inputs(&self, claim: Claim) -> Result<Vec<ClaimedInput>> {
        let terms = Terms::of(claim)?;
        Ok(self.claims.run(async |link| inbox::claim(&link, &terms).await).await?)
    }

    async fn return_input(&self, seq: i64, fence: i64, retry_at_ms: Option<i64>, reason: &str) -> Result<()> {
        let returned = self
            .writes
            .run(async |link| inbox::hand_back(&link, seq, fence, retry_at_ms, reason).await)
            .await?;
        if returned {
            self.wakes.wake(Wake::Inputs);
        }
        Ok(())
    }

    async fn has_pending_inputs(&self, lanes: Vec<String>) -> Result<bool> {
        self.read(async move |link| inbox::has_pending(&link, &lanes).await).await
    }

    async fn claim_effects(&self, claim: Claim) -> Result<Vec<ClaimedEffect>> {
        let terms = Terms::of(claim)?;
        Ok(self.claims.run(async |link| effects::claim(&link, &terms).await).await?)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn renew(&self, fences: &[i64], lease_ms: i64) -> Result<()> {
        Ok(self.claims.run(async |link| claim::renew(&link, fences, lease_ms).await).await?)
    }

    async fn take_turn(&self, claimed: &ClaimedEffect, wish: Wish) -> Result<Turn, CommitError> {
        Ok(self.turns.ask(Claimant::new(claimed, wish)).await?)
    }

    async fn pass(&self, gates: Vec<Gate>, now_us: i64) -> Result<bool> {
        let pass = async |link: Arc<Link>| throttles::pass(&link, &gates, now_us).await;
        Ok(self.writes.run(pass).await?)
    }

    async fn hold_limits(&self, keys: Vec<String>, not_before_us: i64, slow_until_us: i64) -> Result<()> {
        let hold = async |link: Arc<Link>| throttles::hold(&link, &keys, not_before_us, slow_until_us).await;
        Ok(self.writes.run(hold).await?)
    }

    async fn due_timers(&self, now_ms: i64, limit: usize) -> Result<Vec<Timer>> {
        self.read(async |link| read::due_timers(&link, now_ms, rows(limit)).await).await
    }

    async fn load(&self, wants: Vec<Want>) -> Result<Vec<Option<Record>>> {
        if wants.is_empty() {
            return Ok(Vec::new());
        }
        self.read(async |link| read::load(&link, &wants).await).await
    }

    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        Ok(self.commits.ask(changes).await?)
    }

    async fn list(&self, kind: Kind, key: (&'static str, &str), page: Page) -> Result<Vec<(i64, Record)>> {
        self.read(async |link| read::list(&link, kind, key, page).await).await
    }

    async fn events_after(&self, after: i64, stream: Option<&str>, limit: usize) -> Result<Vec<StoredEvent>> {
        self.read(async |link| read::events_after(&link, after, stream, rows(limit)).await).await
    }

    async fn last_position(&self) -> Result<i64> {
        self.read(async |link| read::last_position(&link).await).await
    }

    async fn claim_cursor(&self, name: &str, claim: CursorClaim) -> Result<Option<Cursor>> {
        // Durable, unlike the claims of work: its fences are counted.
        Ok(self.writes.run(async |link| cursors::claim(&link, name, &claim).await).await?)
    }

    async fn move_cursor(&self, name: &str, to: CursorMove) -> Result<bool> {
        Ok(self.writes.run(async |link| cursors::set(&link, name, &to).await).await?)
    }

    async fn rewind_cursor(&self, name: &str, position: i64) -> Result<()> {
        self.writes.run(async |link| cursors::rewind(&link, name, position).await).await?;
        self.wakes.wake(Wake::Events);
        Ok(())
    }

    async fn cursor(&self, name: &str) -> Result<Option<Cursor>> {
        self.read(async |link| cursors::read(&link, name).await).await
    }

    async fn entries(&self, session: &str) -> Result<Vec<Entry>> {
        self.read(async |link| read::entries(&link, session).await).await
    }

    async fn entry(&self, session: &str, id: &str) -> Result<Option<Entry>> {
        self.read(async |link| read::one_entry(&link, session, id).await).await
    }

    async fn recent_entries(&self, session: &str, limit: usize) -> Result<Vec<Entry>> {
        self.read(async |link| read::recent_entries(&link, session, rows(limit)).await).await
    }

    async fn kept_answer(&self, key: &str) -> Result<Option<KeptAnswer>> {
        self.read(async |link| read::kept_answer(&link, key).await).await
    }

    async fn audit_after(&self, after: u64, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRecord>> {
        self.read(async |link| audit::after(&link, after, filter, rows(limit)).await).await
    }

    async fn audit_head(&self) -> Result<AuditHead> {
        self.read(async |link| audit::head(&link).await).await
    }

    async fn erase_openings(&self, address: &str) -> Result<u64> {
        Ok(self.writes.run(async |link| audit::erase(&link, address).await).await?)
    }

    async fn prune(&self, before_ms: i64, limit: usize) -> Result<u64> {
        let aside = self.aside.lock().await;
        Ok(aside.run(async |link| upkeep::prune(&link, before_ms, limit).await).await?)
    }

    async fn survey(&self, table: Table, after: i64, limit: usize) -> Result<Vec<Line>> {
        let aside = self.aside.lock().await;
        Ok(aside.transact(async |link| survey::survey(&link, table, after, rows(limit)).await).await?)
    }

    async fn amend(&self, amendments: Vec<Amendment>) -> Result<u64> {
        let aside = self.aside.lock().await;
        let amended = aside.transact(async |link| survey::amend(&link, &amendments).await).await?;
        if amendments.iter().any(|amendment| amendment.table == Table::Effects) {
            self.wakes.wake(Wake::Effects);
        }
        Ok(amended)
    }

    async fn compact(&self) -> Result<bool> {
        let _aside = self.aside.lock().await;
        Ok(upkeep::compact(&self.server, self.rewrite_bytes).await?)
    }

    async fn ping(&self) -> Result<()> {
        Ok(self.writes.run(async |link| upkeep::ping(&link).await).await?)
    }

    async fn depths(&self) -> Result<Depths> {
        self.read(async |link| read::depths(&link).await).await
    }

    fn watch(&self, wake: Wake) -> watch::Receiver<u64> {
        self.wakes.watch(wake)
    }
}
