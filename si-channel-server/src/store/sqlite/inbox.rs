//! Accepted inputs: stored, handed out, settled.

use rusqlite::{Connection, OptionalExtension, params};

use super::failure::Failure;
use super::lanes::{Head, Pick};
use super::step::{Queue, Step};
use crate::store::{Accepted, ClaimedInput, NewInput};

const PENDING: i64 = 0;
const SETTLED: i64 = 1;
const QUARANTINED: i64 = 2;

/// The state is written out for SQLite to see that the index of pending rows serves.
pub(super) const HEAD: &str =
    "SELECT seq, due_ms FROM inputs WHERE lane = ?1 AND state = 0 ORDER BY seq LIMIT 1";

pub(super) fn accept(step: &mut Step<'_>, inputs: &[NewInput]) -> Result<Vec<Accepted>, Failure> {
    let mut answers = Vec::with_capacity(inputs.len());
    for input in inputs {
        let added = step.execute(
            "INSERT INTO inputs (key, lane, body, at_ms, due_ms) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (key) DO NOTHING",
            // Due at once, on any clock.
            params![input.key, input.lane, input.body, input.at_ms, i64::MIN],
        )?;
        if added == 1 {
            step.moved(Queue::Inputs, &input.lane);
        }
        answers.push(if added == 1 { Accepted::New } else { Accepted::Duplicate });
    }
    Ok(answers)
}

/// Marks an input as decided. Its key stays, so that it is not accepted again.
pub(super) fn settle(step: &mut Step<'_>, seq: i64, fence: i64) -> Result<(), Failure> {
    end_claim(step, seq, fence)?;
    step.execute("UPDATE inputs SET state = ?2 WHERE seq = ?1", [seq, SETTLED])?;
    Ok(())
}

/// Defers or quarantines an input.
pub(super) fn hand_back(
    step: &mut Step<'_>,
    seq: i64,
    fence: i64,
    retry_at_ms: Option<i64>,
    reason: &str,
) -> Result<(), Failure> {
    match end_claim(step, seq, fence) {
        // Another has it now.
        Err(Failure::Overtaken) => return Ok(()),
        ended => ended?,
    }
    let state = if retry_at_ms.is_some() { PENDING } else { QUARANTINED };
    step.execute(
        "UPDATE inputs SET state = ?2, due_ms = coalesce(?3, due_ms), attempts = attempts + 1, reason = ?4
         WHERE seq = ?1",
        params![seq, state, retry_at_ms, reason],
    )?;
    Ok(())
}

fn end_claim(step: &mut Step<'_>, seq: i64, fence: i64) -> Result<(), Failure> {
    let lane: Option<String> = step
        .conn
        .prepare_cached("SELECT lane FROM inputs WHERE seq = ?1 AND state = ?2")?
        .query_row([seq, PENDING], |row| row.get(0))
        .optional()?;
    let lane = lane.ok_or(Failure::Overtaken)?;
    step.end_claim(Queue::Inputs, &lane, seq, fence)
}

/// The first pending input of each lane.
pub(super) fn heads(conn: &Connection) -> rusqlite::Result<Vec<(String, Head)>> {
    let mut lanes = conn.prepare("SELECT DISTINCT lane FROM inputs WHERE state = 0")?;
    let lanes = lanes.query_map([], |row| row.get::<_, String>(0))?;
    let mut heads = Vec::new();
    for lane in lanes {
        let lane = lane?;
        if let Some(head) = head(conn, &lane)? {
            heads.push((lane, head));
        }
    }
    Ok(heads)
}

/// The first pending input of a lane.
pub(super) fn head(conn: &Connection, lane: &str) -> rusqlite::Result<Option<Head>> {
    conn.prepare_cached(HEAD)?
        .query_row([lane], |row| Ok(Head { priority: 0, seq: row.get(0)?, due_ms: row.get(1)? }))
        .optional()
}

pub(super) fn has_pending(conn: &Connection, lanes: &[String]) -> rusqlite::Result<bool> {
    for lane in lanes {
        if head(conn, lane)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn claimed(conn: &Connection, pick: &Pick) -> rusqlite::Result<ClaimedInput> {
    conn.prepare_cached("SELECT key, lane, body, at_ms, attempts FROM inputs WHERE seq = ?1")?.query_row(
        [pick.seq],
        |row| {
            Ok(ClaimedInput {
                seq: pick.seq,
                key: row.get(0)?,
                lane: row.get(1)?,
                body: row.get(2)?,
                at_ms: row.get(3)?,
                attempts: row.get(4)?,
                fence: pick.fence,
            })
        },
    )
}
