//! A store in memory that does what the real ones promise, to be crashed and shared at will.
//!
//! What is on a [`Disk`] survives the process that wrote it. A disk of one server frees all its lanes when it is opened
//! again; a shared one keeps its leases, which end by its own clock. The suite of the real stores holds it to the trait.

mod commit;
mod cursors;
mod queue;
mod read;
mod tables;
mod upkeep;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use si_channel_core::pace::{Gate, Turn, Wish};
use si_channel_server::store::{
    Accepted, Amendment, AuditFilter, AuditHead, AuditRecord, Changes, Claim, ClaimedEffect, ClaimedInput,
    CommitError, Cursor, CursorClaim, CursorMove, Depths, Entry, KeptAnswer, Kind, Line, NewInput, Page,
    Record, Result, Store, StoredEvent, Table, Timer, Wake, Want,
};
use tokio::sync::watch;

use commit::Moved;
use queue::Ask;
pub use tables::Tables;

/// The clock of a shared store, milliseconds since the epoch.
pub type StoreClock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What outlives the processes that use it.
#[derive(Clone)]
pub struct Disk {
    tables: Arc<Mutex<Tables>>,
    /// One set of counters for each process, told in the order in which they came: those who wait for one counter are
    /// woken in no order that could be repeated.
    wakes: Arc<Mutex<Vec<Arc<Wakes>>>>,
    /// There is one when servers share the store.
    clock: Option<StoreClock>,
}

/// A counter for each kind of work.
type Wakes = [watch::Sender<u64>; 4];

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk").field("shared", &self.clock.is_some()).finish_non_exhaustive()
    }
}

impl Disk {
    /// An empty disk for one server at a time.
    pub fn of_one() -> Self {
        Self::new(None)
    }

    /// An empty disk that servers share, with the clock by which leases end.
    pub fn shared(clock: StoreClock) -> Self {
        Self::new(Some(clock))
    }

    fn new(clock: Option<StoreClock>) -> Self {
        Self { tables: Arc::default(), wakes: Arc::default(), clock }
    }

    /// The tables, for the simulation to look at.
    pub fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the store as a new process does.
    pub fn open(&self) -> MemoryStore {
        if self.clock.is_none() {
            self.tables().free();
        }
        let wakes: Arc<Wakes> = Arc::new(std::array::from_fn(|_| watch::Sender::new(0)));
        self.wakes.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&wakes));
        MemoryStore { disk: self.clone(), wakes }
    }

    fn wake(&self, wake: Wake) {
        let all = self.wakes.lock().unwrap_or_else(PoisonError::into_inner);
        for wakes in all.iter() {
            counter(wakes, wake).send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    fn tell(&self, moved: Moved) {
        let told = [
            (moved.inputs, Wake::Inputs),
            (moved.effects, Wake::Effects),
            (moved.timers, Wake::Timers),
            (moved.events, Wake::Events),
        ];
        for (_, wake) in told.into_iter().filter(|(moved, _)| *moved) {
            self.wake(wake);
        }
    }

    fn ask(&self, claim: &Claim) -> Ask {
        let Claim { now_ms, lease_until_ms, limit, .. } = *claim;
        let (clock_ms, until_ms) = self.lease(now_ms, lease_until_ms);
        Ask { now_ms, clock_ms, until_ms, limit }
    }

    /// Now and the end of a lease, on the clock by which leases end.
    fn lease(&self, now_ms: i64, until_ms: i64) -> (i64, i64) {
        let Some(clock) = &self.clock else { return (now_ms, until_ms) };
        let clock_ms = clock();
        (clock_ms, clock_ms.saturating_add(until_ms.saturating_sub(now_ms)))
    }
}

fn counter(wakes: &Wakes, wake: Wake) -> &watch::Sender<u64> {
    let [inputs, effects, timers, events] = wakes;
    match wake {
        Wake::Inputs => inputs,
        Wake::Effects => effects,
        Wake::Timers => timers,
        Wake::Events => events,
    }
}

/// The store as one process has it open. Every call is done at once.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    disk: Disk,
    wakes: Arc<Wakes>,
}

#[async_trait]
impl Store for MemoryStore {
    async fn accept(&self, inputs: Vec<NewInput>) -> Result<Vec<Accepted>> {
        let accepted = self.disk.tables().accept(inputs);
        self.disk.wake(Wake::Inputs);
        Ok(accepted)
    }

    async fn claim_inputs(&self, claim: Claim) -> Result<Vec<ClaimedInput>> {
        let ask = self.disk.ask(&claim);
        Ok(self.disk.tables().claim_inputs(ask))
    }

    async fn return_input(
        &self,
        seq: i64,
        fence: i64,
        retry_at_ms: Option<i64>,
        _reason: &str,
    ) -> Result<()> {
        if self.disk.tables().return_input(seq, fence, retry_at_ms) {
            self.disk.wake(Wake::Inputs);
        }
        Ok(())
    }

    async fn has_pending_inputs(&self, lanes: Vec<String>) -> Result<bool> {
        Ok(self.disk.tables().has_pending_inputs(&lanes))
    }

    async fn claim_effects(&self, claim: Claim) -> Result<Vec<ClaimedEffect>> {
        let ask = self.disk.ask(&claim);
        Ok(self.disk.tables().claim_effects(ask))
    }

    fn is_shared(&self) -> bool {
        self.disk.clock.is_some()
    }

    async fn renew(&self, fences: &[i64], lease_ms: i64) -> Result<()> {
        if let Some(clock) = &self.disk.clock {
            let until_ms = clock() + lease_ms;
            self.disk.tables().renew(fences, until_ms);
        }
        Ok(())
    }

    async fn take_turn(&self, claimed: &ClaimedEffect, wish: Wish) -> Result<Turn, CommitError> {
        let turn = self.disk.tables().take_turn(claimed, &wish);
        self.disk.wake(Wake::Effects);
        turn.ok_or(CommitError::Overtaken)
    }

    async fn pass(&self, gates: Vec<Gate>, now_us: i64) -> Result<bool> {
        Ok(self.disk.tables().pass(&gates, now_us))
    }

    async fn hold_limits(&self, keys: Vec<String>, not_before_us: i64, slow_until_us: i64) -> Result<()> {
        self.disk.tables().hold_limits(keys, not_before_us, slow_until_us);
        Ok(())
    }

    async fn due_timers(&self, now_ms: i64, limit: usize) -> Result<Vec<Timer>> {
        Ok(self.disk.tables().due_timers(now_ms, limit))
    }

    async fn load(&self, wants: Vec<Want>) -> Result<Vec<Option<Record>>> {
        let tables = self.disk.tables();
        Ok(wants.iter().map(|want| tables.load(want)).collect())
    }

    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let moved = self.disk.tables().commit(&changes)?;
        self.disk.tell(moved);
        Ok(())
    }

    async fn list(
        &self,
        kind: Kind,
        (name, value): (&'static str, &str),
        page: Page,
    ) -> Result<Vec<(i64, Record)>> {
        Ok(self.disk.tables().list(kind, name, value, page.before.as_ref(), page.limit))
    }

    async fn events_after(
        &self,
        position: i64,
        stream: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>> {
        Ok(self.disk.tables().events_after(position, stream, limit))
    }

    async fn last_position(&self) -> Result<i64> {
        Ok(self.disk.tables().last_position())
    }

    async fn claim_cursor(&self, name: &str, claim: CursorClaim) -> Result<Option<Cursor>> {
        let (clock_ms, until_ms) = self.disk.lease(claim.now_ms, claim.lease_until_ms);
        Ok(self.disk.tables().claim_cursor(name, &claim.owner, clock_ms, until_ms))
    }

    async fn move_cursor(&self, name: &str, to: CursorMove) -> Result<bool> {
        let (_, until_ms) = self.disk.lease(to.now_ms, to.lease_until_ms);
        let CursorMove { fence, position, note, .. } = to;
        Ok(self.disk.tables().move_cursor(name, Cursor { position, note, fence }, until_ms))
    }

    async fn rewind_cursor(&self, name: &str, position: i64) -> Result<()> {
        self.disk.tables().rewind_cursor(name, position);
        Ok(())
    }

    async fn cursor(&self, name: &str) -> Result<Option<Cursor>> {
        Ok(self.disk.tables().cursor(name))
    }

    async fn entries(&self, session: &str) -> Result<Vec<Entry>> {
        Ok(self.disk.tables().entries(session))
    }

    async fn entry(&self, session: &str, id: &str) -> Result<Option<Entry>> {
        Ok(self.disk.tables().entry(session, id))
    }

    async fn recent_entries(&self, session: &str, limit: usize) -> Result<Vec<Entry>> {
        let mut entries = self.disk.tables().entries(session);
        let surplus = entries.len().saturating_sub(limit);
        Ok(entries.split_off(surplus))
    }

    async fn kept_answer(&self, key: &str) -> Result<Option<KeptAnswer>> {
        Ok(self.disk.tables().answers.get(key).map(|(_, answer)| answer.clone()))
    }

    async fn audit_after(&self, after: u64, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRecord>> {
        Ok(self.disk.tables().audit_after(after, filter, limit))
    }

    async fn audit_head(&self) -> Result<AuditHead> {
        Ok(self.disk.tables().audit_head())
    }

    async fn erase_openings(&self, address: &str) -> Result<u64> {
        Ok(self.disk.tables().erase_openings(address))
    }

    async fn prune(&self, before_ms: i64, limit: usize) -> Result<u64> {
        Ok(self.disk.tables().prune(before_ms, limit))
    }

    async fn survey(&self, table: Table, after: i64, limit: usize) -> Result<Vec<Line>> {
        Ok(self.disk.tables().survey(table, after, limit))
    }

    async fn amend(&self, amendments: Vec<Amendment>) -> Result<u64> {
        let mut tables = self.disk.tables();
        let amended = amendments.iter().filter(|amendment| tables.amend(amendment)).count();
        Ok(amended as u64)
    }

    async fn compact(&self) -> Result<bool> {
        Ok(true)
    }

    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    async fn depths(&self) -> Result<Depths> {
        Ok(self.disk.tables().depths())
    }

    fn watch(&self, wake: Wake) -> watch::Receiver<u64> {
        counter(&self.wakes, wake).subscribe()
    }
}
