//! Places in the feed that readers hold.

use tokio_postgres::Row;

use super::connect::Link;
use super::failure::Failure;
use super::text::{restored, stored};
use crate::store::{Cursor, CursorClaim, CursorMove};

const CLAIM: &str = "
INSERT INTO cursors (name, position, note, owner, fence, until_ms) VALUES ($1, 0, '', $2, 1, lease_clock() + $3)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, fence = cursors.fence + 1, until_ms = excluded.until_ms
WHERE cursors.until_ms <= lease_clock() OR cursors.owner = excluded.owner
RETURNING position, note, fence";
const MOVE: &str = "
UPDATE cursors SET position = $3, note = $4, until_ms = lease_clock() + $5 WHERE name = $1 AND fence = $2";
const REWIND: &str = "
INSERT INTO cursors (name, position, note, owner, fence, until_ms) VALUES ($1, $2, '', '', 1, 0)
ON CONFLICT (name) DO UPDATE SET position = excluded.position, fence = cursors.fence + 1, until_ms = 0";
const READ: &str = "SELECT position, note, fence FROM cursors WHERE name = $1";

pub(super) async fn claim(link: &Link, name: &str, claim: &CursorClaim) -> Result<Option<Cursor>, Failure> {
    let lease_ms = claim.lease_until_ms.saturating_sub(claim.now_ms);
    let rows = link.query(CLAIM, &[&name, &&*claim.owner, &lease_ms]).await?;
    rows.first().map(cursor).transpose()
}

/// Whether it was still held by this fence.
pub(super) async fn set(link: &Link, name: &str, to: &CursorMove) -> Result<bool, Failure> {
    let lease_ms = to.lease_until_ms.saturating_sub(to.now_ms);
    let moved = link.execute(MOVE, &[&name, &to.fence, &to.position, &stored(&to.note), &lease_ms]).await?;
    Ok(moved > 0)
}

pub(super) async fn rewind(link: &Link, name: &str, position: i64) -> Result<(), Failure> {
    link.execute(REWIND, &[&name, &position]).await.map(drop)
}

pub(super) async fn read(link: &Link, name: &str) -> Result<Option<Cursor>, Failure> {
    let rows = link.query(READ, &[&name]).await?;
    rows.first().map(cursor).transpose()
}

fn cursor(row: &Row) -> Result<Cursor, Failure> {
    Ok(Cursor { position: row.try_get(0)?, note: restored(row.try_get(1)?), fence: row.try_get(2)? })
}
