//! Decides inputs against the store: load, decide in the core, commit as one transaction, again on conflict.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use si_channel_core::address::Address;
use si_channel_core::audit;
use si_channel_core::consent::ConsentLedger;
use si_channel_core::context::Context;
use si_channel_core::effect::TimerPlan;
use si_channel_core::engine::{Outcome, Stop, handle};
use si_channel_core::id::Seed;
use si_channel_core::input::Input;
use si_channel_core::pace::Pass;
use si_channel_core::policy::Policy;
use si_channel_core::rejection::Rejection;
use si_channel_core::transcript::{Entry as TranscriptEntry, TranscriptChange};
use si_channel_core::world::{Found, Want as CoreWant, World};
use tokio::sync::Mutex;
use twilio_conversations::sid::AccountSid;

use crate::clock::Clock;
use crate::documents;
use crate::erasure::Persons;
use crate::store::{
    Changes, CommitError, Entry, KeptAnswer, Key, Kind, NewEffect, NewEvent, NewRecord, Put, Record, Source,
    Store, StoreError, Timer, TimerChange, Want,
};

/// How often a decision is made anew when what it was decided on has moved.
const ATTEMPTS: u32 = 30;

/// What became of an input.
#[derive(Debug)]
pub enum Decided {
    /// It was decided and committed.
    Done(Box<Outcome>),
    /// It changes nothing. Its source is settled, unless it came too early.
    Rejected(Rejection),
}

/// An input could not be decided now.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state kept moving.
    #[error("not decided: {0}")]
    Contended(String),
    /// The work was settled, or claimed by another since, and is to be dropped.
    #[error("not decided: the work was settled, or claimed by another since")]
    Overtaken,
    /// The domain asked for the same thing twice: a defect.
    #[error("the decision asked again for what was loaded")]
    Stuck,
}

/// Where what nobody may guess comes from.
#[derive(Clone)]
struct Seeds(Arc<dyn Fn() -> Seed + Send + Sync>);

impl std::fmt::Debug for Seeds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seeds").finish_non_exhaustive()
    }
}

/// Decides inputs.
#[derive(Debug, Clone)]
pub struct Engine {
    store: Arc<dyn Store>,
    policy: Arc<Policy>,
    account: AccountSid,
    clock: Clock,
    persons: Arc<Persons>,
    seeds: Seeds,
    /// Decisions that lost a race take turns, so that however many there are, each soon wins.
    turns: Arc<Mutex<()>>,
}

/// What the commit of a decision settles and keeps, which may depend on the outcome.
pub struct Settle<'a> {
    /// The source.
    pub source: &'a (dyn Fn(&Outcome) -> Source + Send + Sync),
    /// The answer to keep.
    pub answer: &'a (dyn Fn(&Outcome) -> Option<KeptAnswer> + Send + Sync),
}

impl std::fmt::Debug for Settle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settle").finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine over a store.
    pub fn new(store: Arc<dyn Store>, policy: Arc<Policy>, account: AccountSid, clock: Clock) -> Self {
        let persons = Arc::new(Persons::fleeting());
        let seeds = Seeds(Arc::new(fresh_seed));
        Self { store, policy, account, clock, persons, seeds, turns: Arc::default() }
    }

    /// The same, with seeds from elsewhere than the operating system's randomness, for a simulation. Join codes follow
    /// from them: they must not be guessable where people write.
    #[must_use]
    pub fn seeded(self, seeds: impl Fn() -> Seed + Send + Sync + 'static) -> Self {
        Self { seeds: Seeds(Arc::new(seeds)), ..self }
    }

    /// The same, knowing erased people by the installation's key.
    #[must_use]
    pub fn knowing(self, persons: Persons) -> Self {
        Self { persons: Arc::new(persons), ..self }
    }

    /// Those who were erased.
    pub fn persons(&self) -> &Persons {
        &self.persons
    }

    /// The ledger of an address, as stored; of somebody who was erased, the suppression that is left of it.
    pub async fn ledger(&self, address: &Address) -> Result<Option<(Record, ConsentLedger)>, StoreError> {
        let want = Want::Id(Kind::Ledger, address.to_string());
        if let Some(record) = self.store.load(vec![want]).await?.pop().flatten() {
            return Ok(Some((record.clone(), ledger_of(&record)?)));
        }
        let suppressed = address.erased(&self.persons.token(address));
        let want = Want::Id(Kind::Ledger, suppressed.to_string());
        match self.store.load(vec![want]).await?.pop().flatten() {
            Some(record) => {
                let ledger = ConsentLedger { address: address.clone(), ..ledger_of(&record)? };
                Ok(Some((record, ledger)))
            }
            None => Ok(None),
        }
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The rules.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The id of the visitor that an address is while it belongs to no account.
    pub fn visitor_id(&self, address: &Address) -> String {
        self.persons.visitor_id(self.account.as_str(), address)
    }

    /// The account that everything belongs to.
    pub fn account(&self) -> &AccountSid {
        &self.account
    }

    /// The channel's time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Decides an input that settles nothing.
    pub async fn decide(&self, input: &Input) -> Result<Decided, EngineError> {
        self.settle(input, &|_| Source::Direct).await
    }

    /// Decides an input and settles its source with the same commit. A rejected input settles it too, unless it
    /// came too early.
    pub async fn settle(
        &self,
        input: &Input,
        source: &(dyn Fn(&Outcome) -> Source + Send + Sync),
    ) -> Result<Decided, EngineError> {
        self.decide_with(input, &Settle { source, answer: &|_| None }).await
    }

    /// As [`Engine::settle`], keeping an answer.
    pub async fn decide_with(&self, input: &Input, settle: &Settle<'_>) -> Result<Decided, EngineError> {
        let seed = (self.seeds.0)();
        let mut last = String::new();
        let mut turn = None;
        // What was taken of limits counts for every attempt.
        let mut limits = BTreeMap::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 && turn.is_none() {
                turn = Some(self.turns.lock().await);
            }
            if attempt > 1 {
                // Another process wins.
                tokio::time::sleep(Duration::from_millis(u64::from(attempt.min(10)))).await;
            }
            let (decision, loaded) = self.decision(input, seed, &mut limits).await?;
            let outcome = match decision {
                Ok(outcome) => outcome,
                Err((rejection @ Rejection::TooEarly(_), _)) => return Ok(Decided::Rejected(rejection)),
                Err((rejection, records)) => {
                    let mut changes = Changes::settle((settle.source)(&Outcome::default()));
                    changes.audit = records.iter().map(audit_record).collect::<Result<_, _>>()?;
                    for record in &mut changes.audit {
                        loaded.forget(record);
                    }
                    if changes.source != Source::Direct || !changes.audit.is_empty() {
                        match self.store.commit(changes).await {
                            Ok(()) => {}
                            Err(CommitError::Conflict(why)) => return Err(EngineError::Contended(why)),
                            Err(CommitError::Overtaken) => return Err(EngineError::Overtaken),
                            Err(CommitError::Store(error)) => return Err(error.into()),
                        }
                    }
                    return Ok(Decided::Rejected(rejection));
                }
            };
            let mut changes = self.changes(&outcome, &loaded, (settle.source)(&outcome)).await?;
            changes.answer = (settle.answer)(&outcome);
            let answer = changes.answer.as_ref().map(|answer| answer.key.clone());
            match self.store.commit(changes).await {
                Ok(()) => return Ok(Decided::Done(Box::new(outcome))),
                Err(CommitError::Conflict(why)) => last = why,
                Err(CommitError::Overtaken) => return Err(EngineError::Overtaken),
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
            // The same request, sent twice at once: the other one was decided.
            if let Some(key) = answer
                && self.store.kept_answer(&key).await?.is_some()
            {
                break;
            }
        }
        Err(EngineError::Contended(last))
    }

    async fn decision(
        &self,
        input: &Input,
        seed: Seed,
        limits: &mut BTreeMap<Pass, bool>,
    ) -> Result<(Result<Outcome, (Rejection, Vec<audit::Entry>)>, Loaded), EngineError> {
        let mut world = World::new(self.account.as_str());
        let mut loaded = Loaded::default();
        // Each round loads something new, so the rounds are bounded by what a decision can look at.
        for _ in 0..64 {
            let context = Context::new(self.clock.now(), &self.policy, seed);
            let wants = match handle(&world, input, &context) {
                Ok(outcome) => return Ok((Ok(outcome), loaded)),
                Err(Stop::Rejected(rejection, records)) => return Ok((Err((rejection, records)), loaded)),
                Err(Stop::Need(wants)) => wants,
            };
            let mut documents = Vec::new();
            for want in wants {
                if let CoreWant::Pass(pass) = want {
                    let passes = self.pass(&pass, limits).await?;
                    world.insert(CoreWant::Pass(pass), Some(Found::Pass(passes)));
                } else if let Some(document) = documents::want(&want) {
                    documents.push((want, document));
                }
            }
            let (wants, documents): (Vec<_>, Vec<_>) = documents.into_iter().unzip();
            let records = if documents.is_empty() { Vec::new() } else { self.store.load(documents).await? };
            for (want, record) in wants.into_iter().zip(records) {
                let found = match record {
                    Some(record) => {
                        let found = documents::found(&record)?;
                        loaded.take(record.kind, record.id, record.version, &found);
                        Some(found)
                    }
                    None => match &want {
                        CoreWant::Ledger(address) => self.ledger(address).await?.map(|(record, ledger)| {
                            let found = Found::Ledger(Box::new(ledger));
                            if record.id != address.to_string() {
                                loaded.suppressed.insert(address.to_string());
                            }
                            loaded.take(record.kind, record.id, record.version, &found);
                            found
                        }),
                        _ => None,
                    },
                };
                world.insert(want, found);
            }
        }
        Err(EngineError::Stuck)
    }

    /// Whether limits let the decision pass; asked once a decision.
    async fn pass(&self, pass: &Pass, limits: &mut BTreeMap<Pass, bool>) -> Result<bool, StoreError> {
        if let Some(passes) = limits.get(pass) {
            return Ok(*passes);
        }
        let at_us = pass.at_us.unwrap_or_else(|| self.clock.now().as_microsecond());
        let passes = self.store.pass(pass.gates.clone(), at_us).await?;
        limits.insert(pass.clone(), passes);
        if !passes {
            let keys: Vec<_> = pass.gates.iter().map(|gate| gate.key.as_str()).collect();
            tracing::warn!(limits = keys.join(" "), "a limit is reached");
        }
        Ok(passes)
    }

    async fn changes(
        &self,
        outcome: &Outcome,
        loaded: &Loaded,
        source: Source,
    ) -> Result<Changes, EngineError> {
        let mut changes = Changes::settle(source);
        for (id, session) in &outcome.sessions {
            changes.puts.push(loaded.put(
                Kind::Session,
                id.to_string(),
                session,
                documents::session_keys(session),
            )?);
        }
        for (address, ledger) in &outcome.ledgers {
            let keys = documents::ledger_keys(ledger);
            changes.puts.push(loaded.put(Kind::Ledger, address.to_string(), ledger, keys)?);
        }
        for (id, message) in &outcome.outbound {
            let keys = documents::outbound_keys(message);
            changes.puts.push(loaded.put(Kind::Outbound, id.to_string(), message, keys)?);
        }
        for (id, file) in &outcome.media {
            changes.puts.push(loaded.put(Kind::Media, id.to_string(), file, documents::media_keys(file))?);
        }
        for (id, account) in &outcome.accounts {
            let keys = documents::account_keys(account);
            changes.puts.push(loaded.put(Kind::Account, id.clone(), account, keys)?);
        }
        // What was looked at and not changed must not have moved either: consent above all.
        changes.reads = loaded.unchanged(&changes.puts);
        for event in &outcome.events {
            changes.events.push(NewEvent {
                id: event.id.to_string(),
                stream: event.subject.clone(),
                sequence: event.sequence,
                body: json(event)?,
            });
        }
        for (place, planned) in outcome.effects.iter().enumerate() {
            let anchor = outcome.events.first().map_or_else(|| self.fresh_id(), |event| event.id.to_string());
            changes.effects.push(NewEffect {
                id: format!("{anchor}/{place}"),
                lane: planned.lane.clone(),
                priority: planned.priority,
                not_before_ms: 0,
                body: json(&planned.effect)?,
            });
        }
        for timer in &outcome.timers {
            changes.timers.push(match timer {
                TimerPlan::Set { kind, at } => TimerChange::Set(Timer {
                    key: kind.key(),
                    due_ms: at.as_millisecond(),
                    body: json(kind)?,
                }),
                TimerPlan::Cancel(kind) => TimerChange::Cancel(kind.key()),
            });
        }
        changes.audit = outcome.audit.iter().map(audit_record).collect::<Result<_, _>>()?;
        changes.entries = self.entries(outcome).await?;
        Ok(changes)
    }

    async fn entries(&self, outcome: &Outcome) -> Result<Vec<Entry>, EngineError> {
        let mut written: BTreeMap<(String, String), TranscriptEntry> = BTreeMap::new();
        let mut order = Vec::new();
        for (session, change) in &outcome.transcript {
            let (id, entry) = match change {
                TranscriptChange::Put(entry) => (entry.id.clone(), Some((**entry).clone())),
                TranscriptChange::Patch { id, patch } => {
                    let key = (session.to_string(), id.clone());
                    let mut entry = match written.get(&key) {
                        Some(entry) => Some(entry.clone()),
                        None => self.stored_entry(session.as_str(), id).await?,
                    };
                    if let Some(entry) = &mut entry {
                        patch.apply(entry);
                    }
                    (id.clone(), entry)
                }
            };
            if let Some(entry) = entry {
                let key = (session.to_string(), id);
                if written.insert(key.clone(), entry).is_none() {
                    order.push(key);
                }
            }
        }
        order
            .into_iter()
            .filter_map(|key| written.remove(&key).map(|entry| (key, entry)))
            .map(|((session, id), entry)| {
                Ok(Entry { session, id, at_ms: entry.at.as_millisecond(), body: json(&entry)? })
            })
            .collect()
    }

    fn fresh_id(&self) -> String {
        let Seed(bytes) = (self.seeds.0)();
        bytes.iter().fold(String::from("eff_"), |text, byte| format!("{text}{byte:02x}"))
    }

    async fn stored_entry(&self, session: &str, id: &str) -> Result<Option<TranscriptEntry>, EngineError> {
        match self.store.entry(session, id).await? {
            Some(entry) => {
                let entry = serde_json::from_str(&entry.body)
                    .map_err(|error| StoreError::Corrupt(format!("transcript entry: {error}")))?;
                Ok(Some(entry))
            }
            None => Ok(None),
        }
    }
}

/// What a decision looked at: versions to hold it to, and keys to see which changed.
#[derive(Default)]
struct Loaded {
    known: BTreeMap<(Kind, String), (u64, Vec<KeyText>)>,
    /// Addresses whose people were erased, and are known by what is left of their ledgers alone.
    suppressed: BTreeSet<String>,
}

type KeyText = (&'static str, String, i64);

impl Loaded {
    fn take(&mut self, kind: Kind, id: String, version: u64, found: &Found) {
        let keys = match found {
            Found::Session(session) => documents::session_keys(session),
            Found::Ledger(ledger) => documents::ledger_keys(ledger),
            Found::Outbound(message) => documents::outbound_keys(message),
            Found::Media(file) => documents::media_keys(file),
            Found::Account(account) => documents::account_keys(account),
            Found::Pass(_) => return,
        };
        self.known.insert((kind, id), (version, texts(&keys)));
    }

    fn put(&self, kind: Kind, id: String, doc: &impl Serialize, keys: Vec<Key>) -> Result<Put, StoreError> {
        let (version, keys) = match self.known.get(&(kind, id.clone())) {
            Some((version, known)) if *known == texts(&keys) => (*version, None),
            Some((version, _)) => (*version, Some(keys)),
            None => (0, Some(keys)),
        };
        Ok(Put { kind, id, version, doc: json(doc)?, keys })
    }

    /// What was asked about somebody who was erased is proven without being told.
    fn forget(&self, record: &mut NewRecord) {
        if record.address.as_ref().is_some_and(|address| self.suppressed.contains(address)) {
            record.address = None;
            "{}".clone_into(&mut record.openings);
        }
    }

    fn unchanged(&self, puts: &[Put]) -> Vec<(Kind, String, u64)> {
        self.known
            .iter()
            .filter(|((kind, id), _)| !puts.iter().any(|put| put.kind == *kind && put.id == *id))
            .map(|((kind, id), (version, _))| (*kind, id.clone(), *version))
            .collect()
    }
}

pub(crate) fn audit_record(entry: &audit::Entry) -> Result<NewRecord, StoreError> {
    Ok(NewRecord {
        body: entry.body.clone(),
        address: entry.address.as_ref().map(ToString::to_string),
        openings: json(&entry.openings)?,
    })
}

fn texts(keys: &[Key]) -> Vec<KeyText> {
    keys.iter().map(|key| (key.name, key.value.clone(), key.order)).collect()
}

fn ledger_of(record: &Record) -> Result<ConsentLedger, StoreError> {
    match documents::found(record)? {
        Found::Ledger(ledger) => Ok(*ledger),
        _ => Err(StoreError::Corrupt("a ledger is something else".to_owned())),
    }
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(format!("cannot be written: {error}")))
}

fn fresh_seed() -> Seed {
    let mut bytes = [0; 16];
    // Without randomness join codes could be guessed; a process without it must not go on.
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    Seed(bytes)
}
