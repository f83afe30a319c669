//! Batches of commits, three flights each: lock and read, write, append and commit.
//!
//! Values come as columns, and are looked up one by one: a join may be planned the other way round while a table is small.
//! Rows are locked in one order everywhere: documents about to be made, claims, timers, documents that are there, and last
//! the heads of the feed and of the audit log. Those are held from the numbering of the batch's events until its commit, so
//! that positions become visible in their order, whichever server commits.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_postgres::Row;

use super::connect::{Link, Server, Slot};
use super::doubt::resolve;
use super::failure::Failure;
use super::flight::{Flight, params};
use super::group::Group;
use super::plan::{DocId, Found, Plan, doc_id};
use super::text::{restored, stored};
use crate::store::wakes::Wakes;
use crate::store::{Changes, Kind, Source, Wake};

mod write;

/// Begins a transaction that a survey waits for; see `survey`.
const BEGIN: &str = "BEGIN; SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema(), 1))";
const ROLLBACK: &str = "ROLLBACK";

/// Tells the transaction apart, should its end be in doubt.
const NAME: &str = "SELECT pg_current_xact_id()::text";

/// What does not exist has no row to lock.
const LOCK_ABSENT: &str =
    "SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(current_schema() || '/' || k, 2) AS h
     FROM unnest($1::text[]) AS k ORDER BY h) AS hashes";
const LOCK_CLAIMS: &str =
    "SELECT fence, queue, item FROM leases WHERE fence = ANY ($1) ORDER BY fence FOR UPDATE";
const FIND_EFFECTS: &str = "SELECT id, seq FROM effects WHERE id = ANY ($1)";
const LOCK_TIMERS: &str = "SELECT key, due_ms FROM timers WHERE key = ANY ($1) ORDER BY key FOR UPDATE";
const LOCK_DOCUMENTS: &str = "
SELECT w.kind, w.id, d.version FROM unnest($1::text[], $2::text[]) AS w (kind, id)
CROSS JOIN LATERAL (SELECT version FROM documents WHERE kind = w.kind AND id = w.id FOR UPDATE) AS d";
const FIND_KEYS: &str = "
SELECT w.kind, w.id, k.* FROM unnest($1::text[], $2::text[]) AS w (kind, id)
CROSS JOIN LATERAL (
    SELECT name, value, sorting, is_unique FROM keys WHERE kind = w.kind AND id = w.id OFFSET 0) AS k";

/// What [`Commits`] sends.
pub(super) const STATEMENTS: &[&[&str]] = &[
    &[NAME, LOCK_ABSENT, LOCK_CLAIMS, FIND_EFFECTS, LOCK_TIMERS, LOCK_DOCUMENTS, FIND_KEYS],
    write::STATEMENTS,
];

/// Commits what many callers decided.
pub(super) struct Commits {
    pub(super) server: Arc<Server>,
    pub(super) slot: Slot,
    pub(super) wakes: Arc<Wakes>,
}

/// A transaction that was told to commit, and the answers in case it did.
#[derive(Default)]
struct Doubt(Mutex<Option<(String, Answers)>>);

type Answers = Vec<Result<(), Failure>>;

impl Group for Commits {
    type Item = Changes;
    type Answer = ();
    /// Each may lock several documents that are not there; the database has room for some thousand such locks in all.
    const BATCH: usize = 128;

    async fn run(&self, batch: &[Changes]) -> Result<Answers, Failure> {
        let doubt = Doubt::default();
        let done = self.slot.transact(async |link| transact(&link, batch, &self.wakes, &doubt).await).await;
        let doubt = doubt.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        match (done, doubt) {
            (Err(failure @ Failure::Unavailable(_)), Some((name, answers))) => {
                if resolve(&self.server, &name).await == Some(true) {
                    tracing::info!("the connection was lost at a commit, which was made");
                    return Ok(answers);
                }
                Err(failure)
            }
            (done, _) => done,
        }
    }
}

async fn transact(link: &Link, batch: &[Changes], wakes: &Wakes, doubt: &Doubt) -> Result<Answers, Failure> {
    let (name, mut found) = find(link, batch).await?;
    let stored_keys = found.keys.clone();
    let mut plan = Plan::default();
    let answers: Vec<_> = batch.iter().map(|changes| plan.admit(&mut found, changes)).collect();
    if answers.iter().all(Result::is_err) {
        link.simple(ROLLBACK).await?;
        return Ok(answers);
    }
    let commits = || *doubt.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((name, answers.clone()));
    if plan.appends() {
        let heads = write::write(link, &plan, &stored_keys).await?;
        commits();
        write::append(link, &plan, heads).await?;
    } else {
        commits();
        write::write_all(link, &plan, &stored_keys).await?;
    }
    for (wake, moved) in [
        (Wake::Inputs, !plan.settled_inputs.is_empty()),
        (Wake::Effects, plan.moves_effects()),
        (Wake::Timers, plan.timers_set > 0),
        (Wake::Events, !plan.events.is_empty()),
    ] {
        if moved {
            wakes.wake(wake);
        }
    }
    Ok(answers)
}

/// A column of texts.
fn texts<'a>(texts: impl IntoIterator<Item = &'a String>) -> Vec<Cow<'a, str>> {
    texts.into_iter().map(|text| stored(text)).collect()
}

/// The first flight: locks what the batch depends on, and reads it.
async fn find(link: &Link, batch: &[Changes]) -> Result<(String, Found), Failure> {
    let (mut fences, mut effects, mut timers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut absent, mut documents, mut keyed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for changes in batch {
        match &changes.source {
            Source::Direct => {}
            Source::Input { fence, .. } => fences.push(*fence),
            Source::Effect { id, fence, .. } => {
                fences.push(*fence);
                effects.push(id);
            }
            Source::Timer { key, .. } => timers.push(key),
        }
        let reads = changes.reads.iter().map(|(kind, id, version)| (*kind, id, *version));
        let puts = changes.puts.iter().map(|put| (put.kind, &put.id, put.version));
        for (kind, id, version) in reads.chain(puts) {
            if version == 0 {
                absent.insert(format!("{}/{}", kind.as_str(), stored(id)));
            }
            documents.insert(doc_id(kind, id));
        }
        let keys = changes.puts.iter().filter(|put| put.keys.is_some() && put.version > 0);
        keyed.extend(keys.map(|put| doc_id(put.kind, &put.id)));
    }
    let mut flight = Flight::default();
    flight.plain(BEGIN);
    let name = flight.add(true, NAME, params![]);
    flight.add(!absent.is_empty(), LOCK_ABSENT, params![absent.into_iter().collect::<Vec<_>>()]);
    let claims = flight.add(!fences.is_empty(), LOCK_CLAIMS, params![fences]);
    let effects = flight.add(!effects.is_empty(), FIND_EFFECTS, params![texts(effects)]);
    let timers = flight.add(!timers.is_empty(), LOCK_TIMERS, params![texts(timers)]);
    let (kinds, ids) = columns(&documents);
    let documents = flight.add(!ids.is_empty(), LOCK_DOCUMENTS, params![kinds, ids]);
    let (kinds, ids) = columns(&keyed);
    let keys = flight.add(!ids.is_empty(), FIND_KEYS, params![kinds, ids]);
    let mut landed = flight.fly(link).await?;

    let name = landed.rows(name).first().map_or(Ok(String::new()), |row| row.try_get(0))?;
    let mut found = Found::default();
    for row in landed.rows(claims) {
        found.held.insert(row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?));
    }
    for row in landed.rows(effects) {
        found.effects.insert(restored(row.try_get(0)?), row.try_get(1)?);
    }
    for row in landed.rows(timers) {
        found.timers.insert(restored(row.try_get(0)?), row.try_get(1)?);
    }
    for row in landed.rows(documents) {
        let version: i64 = row.try_get(2)?;
        found.versions.insert(id_of(&row)?, version.unsigned_abs());
    }
    for row in landed.rows(keys) {
        let key = (restored(row.try_get(2)?), restored(row.try_get(3)?));
        found.keys.entry(id_of(&row)?).or_default().insert(key, (row.try_get(4)?, row.try_get(5)?));
    }
    Ok((name, found))
}

/// Kinds and ids as columns.
fn columns(ids: &BTreeSet<DocId>) -> (Vec<&'static str>, Vec<Cow<'_, str>>) {
    (ids.iter().map(|(kind, _)| *kind).collect(), texts(ids.iter().map(|(_, id)| id)))
}

fn id_of(row: &Row) -> Result<DocId, Failure> {
    let kind: &str = row.try_get(0)?;
    let kind = Kind::of(kind).ok_or_else(|| Failure::Corrupt("a document of an unknown kind".to_owned()))?;
    Ok(doc_id(kind, &restored(row.try_get(1)?)))
}
