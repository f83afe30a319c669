//! What a batch writes, as columns of one statement a table.

use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, HashMap};

use si_channel_core::audit::chain::{Hash, Link as Record};

use super::texts;
use crate::store::postgres::connect::Link;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::flight::{Flight, params};
use crate::store::postgres::plan::{DocId, KeySet, Plan, TimerNow};
use crate::store::postgres::text::stored;

const END_CLAIMS: &str = "DELETE FROM leases WHERE fence = ANY ($1)";
const SETTLE_INPUTS: &str = "UPDATE inputs SET state = 1 WHERE seq = ANY ($1)";
const FORGET_EFFECTS: &str = "DELETE FROM effects WHERE seq = ANY ($1)";
const RETRY_EFFECTS: &str = "
UPDATE effects SET due_ms = ($2::bigint[])[array_position($1::bigint[], seq)], attempts = attempts + 1,
    passed = 0
WHERE seq = ANY ($1)";
const MAKE_DOCUMENTS: &str = "
INSERT INTO documents (kind, id, version, doc)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])";
const CHANGE_DOCUMENTS: &str = "
INSERT INTO documents (kind, id, version, doc)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, doc = excluded.doc";
const GIVE_UP_KEYS: &str = "
DELETE FROM keys WHERE ctid = ANY (ARRAY(
    SELECT k.ctid FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (kind, id, name, value)
    CROSS JOIN LATERAL (
        SELECT ctid FROM keys
        WHERE kind = w.kind AND id = w.id AND name = w.name AND value = w.value OFFSET 0) AS k))";
const TAKE_KEYS: &str = "
INSERT INTO keys (kind, id, name, value, sorting, is_unique)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::boolean[])";
const WRITE_ENTRIES: &str = "
INSERT INTO entries (session, id, at_ms, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
ON CONFLICT (session, id) DO UPDATE SET body = excluded.body";
const ADD_EFFECTS: &str = "
INSERT INTO effects (id, lane, priority, due_ms, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[], $5::text[])
ON CONFLICT (id) DO NOTHING";
const CANCEL_TIMERS: &str = "DELETE FROM timers WHERE key = ANY ($1)";
const SET_TIMERS: &str = "
INSERT INTO timers (key, due_ms, body) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])
ON CONFLICT (key) DO UPDATE SET due_ms = excluded.due_ms, body = excluded.body";
const KEEP_ANSWERS: &str = "
INSERT INTO answers (key, request, status, body, at_ms)
SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::bigint[])";
const LOCK_HEADS: &str = "SELECT position, record, hash, checkpoint FROM heads FOR UPDATE";

const APPEND_EVENTS: &str = "
INSERT INTO events (position, id, stream, sequence, body)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[])";
const APPEND_RECORDS: &str = "
INSERT INTO audit (sequence, previous, hash, body, kind)
SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::text[], $5::text[])";
const KEEP_OPENINGS: &str = "
INSERT INTO audit_openings (sequence, address, openings)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])";
const KEEP_CHECKPOINTS: &str = "
INSERT INTO audit_checkpoints (number, record, body) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[])";
const MOVE_HEADS: &str = "UPDATE heads SET position = $1, record = $2, hash = $3, checkpoint = $4";

const COMMIT: &str = "COMMIT";

/// What is sent from here.
pub(super) const STATEMENTS: &[&str] = &[
    END_CLAIMS,
    SETTLE_INPUTS,
    FORGET_EFFECTS,
    RETRY_EFFECTS,
    MAKE_DOCUMENTS,
    CHANGE_DOCUMENTS,
    GIVE_UP_KEYS,
    TAKE_KEYS,
    WRITE_ENTRIES,
    ADD_EFFECTS,
    CANCEL_TIMERS,
    SET_TIMERS,
    KEEP_ANSWERS,
    LOCK_HEADS,
    APPEND_EVENTS,
    APPEND_RECORDS,
    KEEP_OPENINGS,
    KEEP_CHECKPOINTS,
    MOVE_HEADS,
];

/// A number that was checked to fit.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How far the feed and the audit log have come.
pub(super) struct Heads {
    position: i64,
    record: i64,
    hash: Hash,
    checkpoint: i64,
}

/// All that is written without a number.
fn unnumbered<'a>(plan: &Plan<'a>, stored_keys: &BTreeMap<DocId, KeySet>) -> Flight<'a> {
    let mut flight = Flight::default();
    write_work(&mut flight, plan);
    write_documents(&mut flight, plan);
    write_keys(&mut flight, plan, stored_keys);
    write_entries(&mut flight, plan);
    flight
}

/// The second flight when there is nothing to number: writes and commits.
pub(super) async fn write_all(
    link: &Link,
    plan: &Plan<'_>,
    stored_keys: &BTreeMap<DocId, KeySet>,
) -> Result<(), Failure> {
    let mut flight = unnumbered(plan, stored_keys);
    flight.plain(COMMIT);
    flight.fly(link).await.map(drop)
}

/// The second flight else: writes what has no number, and takes the turn for what has.
pub(super) async fn write(
    link: &Link,
    plan: &Plan<'_>,
    stored_keys: &BTreeMap<DocId, KeySet>,
) -> Result<Heads, Failure> {
    let mut flight = unnumbered(plan, stored_keys);
    let heads = flight.add(true, LOCK_HEADS, params![]);
    let row = flight.fly(link).await?.rows(heads).pop();
    let row = row.ok_or_else(|| Failure::Corrupt("the heads of the feed are gone".to_owned()))?;
    let hash = Hash::from_slice(row.try_get(2)?).unwrap_or(Hash::START);
    Ok(Heads { position: row.try_get(0)?, record: row.try_get(1)?, hash, checkpoint: row.try_get(3)? })
}

/// Claims, inputs, effects and timers.
fn write_work<'a>(flight: &mut Flight<'a>, plan: &Plan<'a>) {
    flight.add(!plan.ended.is_empty(), END_CLAIMS, params![plan.ended.clone()]);
    flight.add(!plan.settled_inputs.is_empty(), SETTLE_INPUTS, params![plan.settled_inputs.clone()]);
    flight.add(!plan.done_effects.is_empty(), FORGET_EFFECTS, params![plan.done_effects.clone()]);
    let (places, times): (Vec<_>, Vec<_>) = plan.retried_effects.iter().copied().unzip();
    flight.add(!places.is_empty(), RETRY_EFFECTS, params![places, times]);
    let effects = &plan.effects;
    flight.add(
        !effects.is_empty(),
        ADD_EFFECTS,
        params![
            texts(effects.iter().map(|effect| &effect.id)),
            texts(effects.iter().map(|effect| &effect.lane)),
            effects.iter().map(|effect| i16::from(effect.priority)).collect::<Vec<_>>(),
            effects.iter().map(|effect| effect.not_before_ms).collect::<Vec<_>>(),
            texts(effects.iter().map(|effect| &effect.body)),
        ],
    );
    let (mut gone, mut set) = (Vec::new(), Vec::new());
    for (key, now) in &plan.timers {
        match now {
            TimerNow::Gone => gone.push(stored(key)),
            TimerNow::Set { place, due_ms, body } => set.push((*place, stored(key), *due_ms, stored(body))),
        }
    }
    set.sort_by_key(|(place, ..)| *place);
    let (mut keys, mut times, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
    for (_, key, due_ms, body) in set {
        keys.push(key);
        times.push(due_ms);
        bodies.push(body);
    }
    flight.add(!gone.is_empty(), CANCEL_TIMERS, params![gone]);
    flight.add(!keys.is_empty(), SET_TIMERS, params![keys, times, bodies]);
}

fn write_documents<'a>(flight: &mut Flight<'a>, plan: &Plan<'a>) {
    for (new, sql) in [(true, MAKE_DOCUMENTS), (false, CHANGE_DOCUMENTS)] {
        let (mut kinds, mut ids, mut versions, mut docs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((kind, id), now) in plan.documents.iter().filter(|(_, now)| now.new == new) {
            kinds.push(*kind);
            ids.push(stored(id).into_owned());
            versions.push(number(now.version));
            docs.push(stored(now.doc));
        }
        flight.add(!ids.is_empty(), sql, params![kinds, ids, versions, docs]);
    }
}

/// Of many keys most stay: those that no longer hold are given up before new ones are taken, so that a unique key can
/// change hands within a batch.
fn write_keys<'a>(flight: &mut Flight<'a>, plan: &Plan<'a>, stored_keys: &BTreeMap<DocId, KeySet>) {
    let none = KeySet::new();
    let mut gone = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut new = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (document, wanted) in &plan.keys {
        let (kind, id) = document;
        let held = stored_keys.get(document).unwrap_or(&none);
        for ((name, value), _) in held.iter().filter(|(key, how)| wanted.get(*key) != Some(*how)) {
            gone.0.push(*kind);
            gone.1.push(stored(id).into_owned());
            gone.2.push(stored(name).into_owned());
            gone.3.push(stored(value).into_owned());
        }
        for ((name, value), (sorting, unique)) in
            wanted.iter().filter(|(key, how)| held.get(*key) != Some(*how))
        {
            new.0.push(*kind);
            new.1.push(stored(id).into_owned());
            new.2.push(stored(name).into_owned());
            new.3.push(stored(value).into_owned());
            new.4.push(*sorting);
            new.5.push(*unique);
        }
    }
    flight.add(!gone.0.is_empty(), GIVE_UP_KEYS, params![gone.0, gone.1, gone.2, gone.3]);
    flight.add(!new.0.is_empty(), TAKE_KEYS, params![new.0, new.1, new.2, new.3, new.4, new.5]);
}

/// Transcript entries, each once with its first time and its last body, and kept answers.
fn write_entries<'a>(flight: &mut Flight<'a>, plan: &Plan<'a>) {
    let mut places = HashMap::new();
    let (mut sessions, mut ids, mut times, mut bodies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for entry in &plan.entries {
        match places.entry((&entry.session, &entry.id)) {
            Occupied(place) => bodies[*place.get()] = stored(&entry.body),
            Vacant(place) => {
                place.insert(bodies.len());
                sessions.push(stored(&entry.session));
                ids.push(stored(&entry.id));
                times.push(entry.at_ms);
                bodies.push(stored(&entry.body));
            }
        }
    }
    flight.add(!ids.is_empty(), WRITE_ENTRIES, params![sessions, ids, times, bodies]);
    let answers = &plan.answers;
    flight.add(
        !answers.is_empty(),
        KEEP_ANSWERS,
        params![
            texts(answers.iter().map(|answer| &answer.key)),
            texts(answers.iter().map(|answer| &answer.request)),
            answers.iter().map(|answer| i32::from(answer.status)).collect::<Vec<_>>(),
            texts(answers.iter().map(|answer| &answer.body)),
            answers.iter().map(|answer| answer.at_ms).collect::<Vec<_>>(),
        ],
    );
}

/// The kind of a record, by which it is found.
fn kind(body: &str) -> Option<String> {
    let record: serde_json::Value = serde_json::from_str(body).ok()?;
    record["kind"].as_str().map(|kind| stored(kind).into_owned())
}

/// The third flight: events and records in their places, and the commit.
pub(super) async fn append(link: &Link, plan: &Plan<'_>, mut heads: Heads) -> Result<(), Failure> {
    let mut flight = Flight::default();
    let events = &plan.events;
    let positions: Vec<i64> = (heads.position + 1..).take(events.len()).collect();
    heads.position += number(events.len() as u64);
    flight.add(
        !events.is_empty(),
        APPEND_EVENTS,
        params![
            positions,
            texts(events.iter().map(|event| &event.id)),
            texts(events.iter().map(|event| &event.stream)),
            events.iter().map(|event| number(event.sequence)).collect::<Vec<_>>(),
            texts(events.iter().map(|event| &event.body)),
        ],
    );
    let (mut sequences, mut previous, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for record in &plan.records {
        heads.record += 1;
        let link = Record::new(heads.record.unsigned_abs(), heads.hash, record.body.clone());
        sequences.push(heads.record);
        previous.push(link.previous.0.to_vec());
        hashes.push(link.hash.0.to_vec());
        heads.hash = link.hash;
    }
    let records = &plan.records;
    flight.add(
        !records.is_empty(),
        APPEND_RECORDS,
        params![
            sequences.clone(),
            previous,
            hashes,
            texts(records.iter().map(|record| &record.body)),
            records.iter().map(|record| kind(&record.body)).collect::<Vec<_>>(),
        ],
    );
    flight.add(
        !records.is_empty(),
        KEEP_OPENINGS,
        params![
            sequences,
            records.iter().map(|record| record.address.as_deref().map(stored)).collect::<Vec<_>>(),
            texts(records.iter().map(|record| &record.openings)),
        ],
    );
    let checkpoints = &plan.checkpoints;
    flight.add(
        !checkpoints.is_empty(),
        KEEP_CHECKPOINTS,
        params![
            checkpoints.iter().map(|checkpoint| number(checkpoint.number)).collect::<Vec<_>>(),
            checkpoints.iter().map(|checkpoint| number(checkpoint.record)).collect::<Vec<_>>(),
            texts(checkpoints.iter().map(|checkpoint| &checkpoint.body)),
        ],
    );
    let given = checkpoints.iter().map(|checkpoint| number(checkpoint.number)).max();
    heads.checkpoint = heads.checkpoint.max(given.unwrap_or(0));
    flight.add(
        true,
        MOVE_HEADS,
        params![heads.position, heads.record, heads.hash.0.to_vec(), heads.checkpoint],
    );
    flight.plain(COMMIT);
    flight.fly(link).await.map(drop)
}
