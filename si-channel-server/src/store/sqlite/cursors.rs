//! Places in the feed that readers hold.

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::failure::Failure;
use super::step::Step;
use crate::store::{Cursor, CursorClaim, CursorMove};

/// What an earlier opening of the file gave is below this opening's fences, and its holder is gone.
const CLAIM: &str = "
INSERT INTO cursors (name, position, note, owner, fence, until_ms)
SELECT ?1, 0, '', ?2, (epoch << 32) + 1, ?4 FROM opening WHERE true
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, fence = max(fence + 1, excluded.fence), until_ms = excluded.until_ms
WHERE until_ms <= ?3 OR owner = excluded.owner OR fence < excluded.fence - 1
RETURNING position, note, fence";
const MOVE: &str =
    "UPDATE cursors SET position = ?3, note = ?4, until_ms = ?5 WHERE name = ?1 AND fence = ?2";
const REWIND: &str = "
INSERT INTO cursors (name, position, note, owner, fence, until_ms)
SELECT ?1, ?2, '', '', (epoch << 32) + 1, 0 FROM opening WHERE true
ON CONFLICT (name) DO UPDATE SET position = excluded.position, fence = fence + 1, until_ms = 0";

pub(super) fn claim(
    step: &Step<'_>,
    name: &str,
    claim: &CursorClaim,
) -> std::result::Result<Option<Cursor>, Failure> {
    let CursorClaim { owner, now_ms, lease_until_ms } = claim;
    let values = params![name, owner, now_ms, lease_until_ms];
    Ok(step.conn.prepare_cached(CLAIM)?.query_row(values, cursor).optional()?)
}

/// Whether it was still held by this fence.
pub(super) fn set(step: &Step<'_>, name: &str, to: &CursorMove) -> std::result::Result<bool, Failure> {
    let moved = step.execute(MOVE, params![name, to.fence, to.position, to.note, to.lease_until_ms])?;
    Ok(moved > 0)
}

pub(super) fn rewind(step: &Step<'_>, name: &str, position: i64) -> std::result::Result<(), Failure> {
    step.execute(REWIND, params![name, position]).map(drop)
}

pub(super) fn read(conn: &Connection, name: &str) -> Result<Option<Cursor>> {
    conn.prepare_cached("SELECT position, note, fence FROM cursors WHERE name = ?1")?
        .query_row([name], cursor)
        .optional()
}

fn cursor(row: &Row<'_>) -> Result<Cursor> {
    Ok(Cursor { position: row.get(0)?, note: row.get(1)?, fence: row.get(2)? })
}
