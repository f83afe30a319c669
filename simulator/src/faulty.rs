//! The store as a process reaches it: late, away for a while, its answers lost; and where planted bugs live.

use std::sync::Arc;

use async_trait::async_trait;
use si_channel_core::pace::{Gate, Turn, Wish};
use si_channel_server::store::{
    Accepted, Amendment, AuditFilter, AuditHead, AuditRecord, Changes, Claim, ClaimedEffect, ClaimedInput,
    CommitError, Cursor, CursorClaim, CursorMove, Depths, Entry, KeptAnswer, Kind, Line, NewInput, Page,
    Record, Result, Source, Store, StoreError, StoredEvent, Table, Timer, TimerChange, Wake, Want,
};
use tokio::sync::watch;

use crate::life::{Fate, Life, doubtful};
use crate::planted::Planted;
use crate::rare::Rare;
use crate::store::MemoryStore;

#[derive(Debug, Clone)]
pub(crate) struct FaultyStore {
    store: Arc<MemoryStore>,
    life: Life,
}

/// One call: there, done, and back again.
macro_rules! call {
    ($self:ident, $done:expr) => {{
        let fate = $self.life.to_store().await?;
        let done = $done;
        $self.life.back().await;
        match fate {
            Fate::Done => done,
            Fate::Doubtful => Err(doubtful().into()),
        }
    }};
}

impl FaultyStore {
    pub(crate) fn new(life: Life) -> Self {
        Self { store: Arc::new(life.world.disk().open()), life }
    }

    /// A worker's look for work, of which there are many: only away or there.
    async fn look(&self) -> Result<()> {
        self.life.step().await;
        let world = &self.life.world;
        if world.lock().store_away_until > world.now_ms() {
            return Err(StoreError::Unavailable("the simulation's store is away".to_owned()));
        }
        Ok(())
    }

    /// Whether the answer to a claim is lost, which needs a network between.
    fn loses_claim(&self) -> bool {
        let world = &self.life.world;
        self.store.is_shared() && world.goes_wrong(world.draw().store_trouble, 1_000)
    }

    fn has(&self, bug: Planted) -> bool {
        self.life.world.has(bug)
    }

    /// Makes changes as a store with a planted bug would.
    fn spoil(&self, changes: &mut Changes) {
        let world = &self.life.world;
        if self.has(Planted::NoVersions) {
            let tables = world.disk().tables();
            changes.reads.clear();
            let mut taken = std::collections::BTreeMap::new();
            for put in &mut changes.puts {
                put.version = tables.version(put.kind, &put.id);
            }
            for event in &mut changes.events {
                let last = taken.entry(event.stream.clone()).or_insert_with(|| tables.last_of(&event.stream));
                *last += 1;
                event.sequence = *last;
            }
        }
        if self.has(Planted::LostTimer) {
            changes.timers.retain(|timer| matches!(timer, TimerChange::Cancel(_)) || world.below(4) > 0);
        }
        if self.has(Planted::BackwardStatus) {
            for put in changes.puts.iter_mut().filter(|put| put.kind == Kind::Outbound) {
                put.doc = put.doc.replace(r#""state":"delivered""#, r#""state":"sent""#);
            }
        }
        if self.has(Planted::ForgetfulAnswers) {
            changes.answer = None;
        }
        if self.has(Planted::PopAndDelete) && matches!(changes.source, Source::Effect { .. }) {
            changes.source = Source::Direct;
        }
    }

    async fn write(&self, changes: Changes) -> Result<(), CommitError> {
        let world = &self.life.world;
        let judged = changes.clone();
        let written = match self.store.commit(changes).await {
            Err(CommitError::Overtaken) if self.has(Planted::NoFence) && judged.source != Source::Direct => {
                self.store.commit(Changes { source: Source::Direct, ..judged.clone() }).await
            }
            other => other,
        };
        match &written {
            Ok(()) => {
                if self.has(Planted::TornLog) && !judged.audit.is_empty() && world.below(10) == 0 {
                    world.disk().tables().tear_audit();
                }
                crate::oracle::committed(world, &judged);
            }
            Err(CommitError::Conflict(why)) => {
                world.reach(Rare::CommitConflict);
                world.note("conflict", why);
            }
            Err(CommitError::Overtaken) => {
                world.reach(Rare::FenceLost);
                world.note("overtaken", "");
            }
            Err(CommitError::Store(_)) => {}
        }
        written
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn accept(&self, mut inputs: Vec<NewInput>) -> Result<Vec<Accepted>> {
        let count = inputs.len();
        if self.has(Planted::NoDedupe) {
            for input in &mut inputs {
                if self.life.world.disk().tables().settled(&input.key).is_some() {
                    input.key = format!("{}#{}", input.key, self.life.world.below(u64::MAX));
                }
            }
        }
        let accepted = async { call!(self, self.store.accept(inputs).await) }.await;
        if self.has(Planted::AcknowledgedAnyway) && accepted.is_err() {
            return Ok(vec![Accepted::New; count]);
        }
        accepted
    }

    async fn claim_inputs(&self, claim: Claim) -> Result<Vec<ClaimedInput>> {
        self.look().await?;
        let claimed = self.store.claim_inputs(claim).await?;
        if claimed.is_empty() {
            return Ok(claimed);
        }
        self.life.back().await;
        if self.loses_claim() { Err(doubtful()) } else { Ok(claimed) }
    }

    async fn return_input(&self, seq: i64, fence: i64, retry_at_ms: Option<i64>, reason: &str) -> Result<()> {
        let world = &self.life.world;
        world.reach(Rare::CameTooEarly);
        world.note("returned", reason);
        call!(self, self.store.return_input(seq, fence, retry_at_ms, reason).await)
    }

    async fn has_pending_inputs(&self, lanes: Vec<String>) -> Result<bool> {
        call!(self, self.store.has_pending_inputs(lanes).await)
    }

    async fn claim_effects(&self, claim: Claim) -> Result<Vec<ClaimedEffect>> {
        self.look().await?;
        let claimed = self.store.claim_effects(claim).await?;
        if claimed.is_empty() {
            return Ok(claimed);
        }
        if self.has(Planted::PopAndDelete) {
            for effect in &claimed {
                drop(self.store.commit(Changes::settle(effect.source(None))).await);
            }
        }
        self.life.back().await;
        if self.loses_claim() { Err(doubtful()) } else { Ok(claimed) }
    }

    fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    async fn renew(&self, fences: &[i64], lease_ms: i64) -> Result<()> {
        call!(self, self.store.renew(fences, lease_ms).await)
    }

    async fn take_turn(&self, claimed: &ClaimedEffect, wish: Wish) -> Result<Turn, CommitError> {
        let turn = call!(self, self.store.take_turn(claimed, wish).await)?;
        if turn != Turn::Now {
            self.life.world.reach(Rare::Paced);
        }
        Ok(turn)
    }

    async fn pass(&self, gates: Vec<Gate>, now_us: i64) -> Result<bool> {
        call!(self, self.store.pass(gates, now_us).await)
    }

    async fn hold_limits(&self, keys: Vec<String>, not_before_us: i64, slow_until_us: i64) -> Result<()> {
        call!(self, self.store.hold_limits(keys, not_before_us, slow_until_us).await)
    }

    async fn due_timers(&self, now_ms: i64, limit: usize) -> Result<Vec<Timer>> {
        self.look().await?;
        let due = self.store.due_timers(now_ms, limit).await?;
        if due.iter().any(|timer| now_ms - timer.due_ms > 30_000) {
            self.life.world.reach(Rare::TimerLate);
        }
        Ok(due)
    }

    async fn load(&self, wants: Vec<Want>) -> Result<Vec<Option<Record>>> {
        let mut records = call!(self, self.store.load(wants).await)?;
        if self.has(Planted::DeafToStop) {
            for record in records.iter_mut().flatten().filter(|record| record.kind == Kind::Ledger) {
                record.doc = record.doc.replace(r#""state":"revoked""#, r#""state":"granted""#);
            }
        }
        Ok(records)
    }

    async fn commit(&self, mut changes: Changes) -> Result<(), CommitError> {
        let fate = self.life.to_store().await?;
        self.spoil(&mut changes);
        let written = self.write(changes).await;
        self.life.back().await;
        match fate {
            Fate::Done => written,
            Fate::Doubtful => {
                if written.is_ok() {
                    self.life.world.reach(Rare::CommitInDoubt);
                }
                Err(doubtful().into())
            }
        }
    }

    async fn list(&self, kind: Kind, key: (&'static str, &str), page: Page) -> Result<Vec<(i64, Record)>> {
        call!(self, self.store.list(kind, key, page).await)
    }

    async fn events_after(
        &self,
        position: i64,
        stream: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>> {
        call!(self, self.store.events_after(position, stream, limit).await)
    }

    async fn last_position(&self) -> Result<i64> {
        call!(self, self.store.last_position().await)
    }

    async fn claim_cursor(&self, name: &str, claim: CursorClaim) -> Result<Option<Cursor>> {
        call!(self, self.store.claim_cursor(name, claim).await)
    }

    async fn move_cursor(&self, name: &str, to: CursorMove) -> Result<bool> {
        call!(self, self.store.move_cursor(name, to).await)
    }

    async fn rewind_cursor(&self, name: &str, position: i64) -> Result<()> {
        call!(self, self.store.rewind_cursor(name, position).await)
    }

    async fn cursor(&self, name: &str) -> Result<Option<Cursor>> {
        call!(self, self.store.cursor(name).await)
    }

    async fn entries(&self, session: &str) -> Result<Vec<Entry>> {
        call!(self, self.store.entries(session).await)
    }

    async fn entry(&self, session: &str, id: &str) -> Result<Option<Entry>> {
        call!(self, self.store.entry(session, id).await)
    }

    async fn recent_entries(&self, session: &str, limit: usize) -> Result<Vec<Entry>> {
        call!(self, self.store.recent_entries(session, limit).await)
    }

    async fn kept_answer(&self, key: &str) -> Result<Option<KeptAnswer>> {
        call!(self, self.store.kept_answer(key).await)
    }

    async fn audit_after(&self, after: u64, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRecord>> {
        call!(self, self.store.audit_after(after, filter, limit).await)
    }

    async fn audit_head(&self) -> Result<AuditHead> {
        self.look().await?;
        self.store.audit_head().await
    }

    async fn erase_openings(&self, address: &str) -> Result<u64> {
        call!(self, self.store.erase_openings(address).await)
    }

    async fn prune(&self, before_ms: i64, limit: usize) -> Result<u64> {
        self.look().await?;
        self.store.prune(before_ms, limit).await
    }

    async fn survey(&self, table: Table, after: i64, limit: usize) -> Result<Vec<Line>> {
        self.look().await?;
        self.store.survey(table, after, limit).await
    }

    async fn amend(&self, amendments: Vec<Amendment>) -> Result<u64> {
        call!(self, self.store.amend(amendments).await)
    }

    async fn compact(&self) -> Result<bool> {
        call!(self, self.store.compact().await)
    }

    async fn ping(&self) -> Result<()> {
        call!(self, self.store.ping().await)
    }

    async fn depths(&self) -> Result<Depths> {
        call!(self, self.store.depths().await)
    }

    fn watch(&self, wake: Wake) -> watch::Receiver<u64> {
        self.store.watch(wake)
    }
}
