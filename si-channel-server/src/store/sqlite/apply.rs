//! One [`Changes`] as statements.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::failure::Failure;
use super::step::Step;
use super::{audit, effects, inbox};
use crate::store::{Changes, Entry, KeptAnswer, Kind, NewEvent, Put, Source, TimerChange};

pub(super) fn apply(step: &mut Step<'_>, changes: &Changes) -> Result<(), Failure> {
    settle(step, &changes.source)?;
    for (kind, id, version) in &changes.reads {
        expect(step, *kind, id, *version)?;
    }
    put(step, &changes.puts)?;
    for event in &changes.events {
        append(step, event)?;
    }
    for entry in &changes.entries {
        write(step, entry)?;
    }
    for effect in &changes.effects {
        effects::add(step, effect)?;
    }
    for timer in &changes.timers {
        set(step, timer)?;
    }
    audit::append(step, &changes.audit)?;
    if let Some(checkpoint) = &changes.checkpoint {
        audit::checkpoint(step, checkpoint)?;
    }
    changes.answer.as_ref().map_or(Ok(()), |answer| keep(step, answer))
}

fn settle(step: &mut Step<'_>, source: &Source) -> Result<(), Failure> {
    match source {
        Source::Direct => Ok(()),
        Source::Input { seq, fence } => inbox::settle(step, *seq, *fence),
        Source::Effect { id, fence, retry_at_ms } => effects::settle(step, id, *fence, *retry_at_ms),
        Source::Timer { key, due_ms } => {
            match step.execute("DELETE FROM timers WHERE key = ?1 AND due_ms = ?2", params![key, due_ms])? {
                0 => Err(Failure::Overtaken),
                _ => Ok(()),
            }
        }
    }
}

fn expect(step: &Step<'_>, kind: Kind, id: &str, version: u64) -> Result<(), Failure> {
    let stored: Option<i64> = step
        .conn
        .prepare_cached("SELECT version FROM documents WHERE kind = ?1 AND id = ?2")?
        .query_row([kind.as_str(), id], |row| row.get(0))
        .optional()?;
    if stored.unwrap_or(0) == number(version)? { Ok(()) } else { Err(moved(kind)) }
}

/// Writes documents, then their keys: all those given up before those taken, so that a unique key can change
/// hands within one commit.
fn put(step: &Step<'_>, puts: &[Put]) -> Result<(), Failure> {
    for put in puts {
        let written = if put.version == 0 {
            step.execute(
                "INSERT INTO documents (kind, id, version, doc) VALUES (?1, ?2, 1, ?3) ON CONFLICT DO NOTHING",
                params![put.kind.as_str(), put.id, put.doc],
            )?
        } else {
            step.execute(
                "UPDATE documents SET version = version + 1, doc = ?4 WHERE kind = ?1 AND id = ?2 AND version = ?3",
                params![put.kind.as_str(), put.id, number(put.version)?, put.doc],
            )?
        };
        if written == 0 {
            return Err(moved(put.kind));
        }
    }
    let mut taken = Vec::new();
    for put in puts {
        taken.extend(give_up_keys(step, put)?.into_iter().map(|key| (put, key)));
    }
    for (put, ((name, value), (order, unique))) in taken {
        step.execute(
            "INSERT INTO keys (kind, id, name, value, sorting, is_unique) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![put.kind.as_str(), put.id, name, value, order, unique],
        )?;
    }
    Ok(())
}

/// Name and value of a key, and what goes with them.
type KeySet = BTreeMap<(String, String), (i64, bool)>;

/// Deletes the stored keys that the document no longer has; those that it has and are not stored.
fn give_up_keys(step: &Step<'_>, put: &Put) -> Result<KeySet, Failure> {
    let Some(keys) = &put.keys else { return Ok(KeySet::new()) };
    let mut wanted: KeySet =
        keys.iter().map(|key| ((key.name.to_owned(), key.value.clone()), (key.order, key.unique))).collect();
    // A new document holds none yet.
    if put.version > 0 {
        let mut select = step
            .conn
            .prepare_cached("SELECT name, value, sorting, is_unique FROM keys WHERE kind = ?1 AND id = ?2")?;
        let stored = select
            .query_map([put.kind.as_str(), &put.id], |row| {
                Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?)))
            })?
            .collect::<rusqlite::Result<KeySet>>()?;
        for (key, held) in stored {
            if wanted.get(&key) == Some(&held) {
                wanted.remove(&key);
            } else {
                step.execute(
                    "DELETE FROM keys WHERE kind = ?1 AND id = ?2 AND name = ?3 AND value = ?4",
                    params![put.kind.as_str(), put.id, key.0, key.1],
                )?;
            }
        }
    }
    Ok(wanted)
}

fn append(step: &mut Step<'_>, event: &NewEvent) -> Result<(), Failure> {
    step.execute(
        "INSERT INTO events (id, stream, sequence, body) VALUES (?1, ?2, ?3, ?4)",
        params![event.id, event.stream, number(event.sequence)?, event.body],
    )?;
    step.moved.events = true;
    Ok(())
}

fn write(step: &Step<'_>, entry: &Entry) -> Result<(), Failure> {
    step.execute(
        "INSERT INTO entries (session, id, at_ms, body) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (session, id) DO UPDATE SET body = excluded.body",
        params![entry.session, entry.id, entry.at_ms, entry.body],
    )?;
    Ok(())
}

fn set(step: &mut Step<'_>, change: &TimerChange) -> Result<(), Failure> {
    match change {
        TimerChange::Set(timer) => {
            step.execute(
                "INSERT INTO timers (key, due_ms, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (key) DO UPDATE SET due_ms = excluded.due_ms, body = excluded.body",
                params![timer.key, timer.due_ms, timer.body],
            )?;
            step.moved.timers = true;
        }
        TimerChange::Cancel(key) => {
            step.execute("DELETE FROM timers WHERE key = ?1", [key])?;
        }
    }
    Ok(())
}

fn keep(step: &Step<'_>, answer: &KeptAnswer) -> Result<(), Failure> {
    step.execute(
        "INSERT INTO answers (key, request, status, body, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![answer.key, answer.request, answer.status, answer.body, answer.at_ms],
    )?;
    Ok(())
}

/// Deletes old settled inputs, then old answers; how many rows went.
pub(super) fn prune(step: &Step<'_>, before_ms: i64, limit: i64) -> Result<u64, Failure> {
    let inputs = step.execute(
        "DELETE FROM inputs WHERE seq IN
         (SELECT seq FROM inputs WHERE state = 1 AND at_ms < ?1 ORDER BY at_ms LIMIT ?2)",
        [before_ms, limit],
    )?;
    let left = limit.saturating_sub(i64::try_from(inputs).unwrap_or(limit));
    let answers = step.execute(
        "DELETE FROM answers WHERE key IN (SELECT key FROM answers WHERE at_ms < ?1 ORDER BY at_ms LIMIT ?2)",
        [before_ms, left],
    )?;
    step.execute(
        "DELETE FROM throttles WHERE key IN
         (SELECT key FROM throttles WHERE max(free_us, slow_until_us) < ?1 * 1000 LIMIT ?2)",
        [before_ms, limit],
    )?;
    Ok(inputs as u64 + answers as u64)
}

/// A version or sequence as SQLite stores it. No stored one can be greater.
fn number(number: u64) -> Result<i64, Failure> {
    i64::try_from(number).map_err(|_| Failure::conflict("a version or sequence is past what can be stored"))
}

fn moved(kind: Kind) -> Failure {
    Failure::conflict(format!("a {} is not at the version this was decided on", kind.as_str()))
}
