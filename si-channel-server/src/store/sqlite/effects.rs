//! Effects: added by a commit, handed out, done or tried again.

use rusqlite::{Connection, OptionalExtension, params};

use super::failure::Failure;
use super::lanes::{Head, Pick};
use super::step::{Queue, Step};
use crate::store::{ClaimedEffect, NewEffect};

pub(super) const HEAD: &str =
    "SELECT priority, seq, due_ms FROM effects WHERE lane = ?1 ORDER BY priority, seq LIMIT 1";

pub(super) fn add(step: &mut Step<'_>, effect: &NewEffect) -> Result<(), Failure> {
    let added = step.execute(
        "INSERT INTO effects (id, lane, priority, due_ms, body) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO NOTHING",
        params![effect.id, effect.lane, effect.priority, effect.not_before_ms, effect.body],
    )?;
    if added == 1 {
        step.moved(Queue::Effects, &effect.lane);
    }
    Ok(())
}

/// Forgets an effect that was carried out, or defers it.
pub(super) fn settle(
    step: &mut Step<'_>,
    id: &str,
    fence: i64,
    retry_at_ms: Option<i64>,
) -> Result<(), Failure> {
    let (seq, lane) = place(step, id)?;
    step.end_claim(Queue::Effects, &lane, seq, fence)?;
    match retry_at_ms {
        None => step.execute("DELETE FROM effects WHERE seq = ?1", [seq])?,
        Some(due_ms) => step.execute(
            "UPDATE effects SET due_ms = ?2, attempts = attempts + 1, passed = 0 WHERE seq = ?1",
            [seq, due_ms],
        )?,
    };
    Ok(())
}

/// Where an effect that was not settled stands.
pub(super) fn place(step: &Step<'_>, id: &str) -> Result<(i64, String), Failure> {
    let found: Option<(i64, String)> = step
        .conn
        .prepare_cached("SELECT seq, lane FROM effects WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found.ok_or(Failure::Overtaken)
}

/// The first effect of each lane.
pub(super) fn heads(conn: &Connection) -> rusqlite::Result<Vec<(String, Head)>> {
    let mut lanes = conn.prepare("SELECT DISTINCT lane FROM effects")?;
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

/// The first effect of a lane.
pub(super) fn head(conn: &Connection, lane: &str) -> rusqlite::Result<Option<Head>> {
    conn.prepare_cached(HEAD)?
        .query_row([lane], |row| Ok(Head { priority: row.get(0)?, seq: row.get(1)?, due_ms: row.get(2)? }))
        .optional()
}

pub(super) fn claimed(conn: &Connection, pick: &Pick) -> rusqlite::Result<ClaimedEffect> {
    conn.prepare_cached("SELECT id, lane, body, attempts, due_ms, passed FROM effects WHERE seq = ?1")?
        .query_row([pick.seq], |row| {
            Ok(ClaimedEffect {
                id: row.get(0)?,
                lane: row.get(1)?,
                body: row.get(2)?,
                attempts: row.get(3)?,
                due_ms: row.get(4)?,
                passed: row.get(5)?,
                fence: pick.fence,
            })
        })
}
