//! What a worker asks for, and how long it keeps it.

use std::sync::Arc;

use tokio_postgres::Row;

use super::connect::{Link, Params};
use super::failure::Failure;
use crate::store::{Claim, StoreError};

/// Hands out the first items of free lanes.
///
/// Nothing here waits for a lock: leases that have ended are locked before items, as commits do, and those that somebody is
/// at are passed over. What was seen as free is seen again as it is by then: an item when it is locked, a lane by the
/// uniqueness of its lease. Single values are selected where a join would do, because a join may be planned another way
/// round when the tables were small.
macro_rules! claim {
    (queue $queue:literal of $table:literal, pending $pending:literal, first $first:literal, by $order:literal,
     giving $($column:literal)*) => {
        concat!(
            "WITH clock AS MATERIALIZED (SELECT lease_clock() AS now),
            late AS MATERIALIZED (
                SELECT l.lane FROM leases l, clock
                WHERE l.queue = ", $queue, " AND l.until_ms <= clock.now
                  AND EXISTS (SELECT FROM ", $table, " i WHERE i.lane = l.lane AND ", $pending, ")
                LIMIT $2 FOR UPDATE OF l SKIP LOCKED),
            picked AS MATERIALIZED (
                SELECT i.*, EXISTS (SELECT FROM late WHERE late.lane = i.lane) AS was_held FROM ", $table, " i
                WHERE ", $pending, " AND i.due_ms <= $1
                  AND i.seq = (SELECT e.seq FROM ", $table, " e WHERE e.lane = i.lane AND ", $first, " LIMIT 1)
                  AND ((SELECT l.lane FROM leases l WHERE l.queue = ", $queue, " AND l.lane = i.lane LIMIT 1) IS NULL
                       OR i.lane IN (SELECT lane FROM late))
                ORDER BY ", $order, " LIMIT $2 FOR UPDATE OF i SKIP LOCKED),
            numbered AS MATERIALIZED (
                SELECT seq, lane, was_held, $3 + row_number() OVER () AS fence, now + $5 AS until_ms FROM picked, clock),
            taken AS (
                INSERT INTO leases (queue, lane, item, fence, owner, until_ms)
                SELECT ", $queue, ", lane, seq, fence, $4, until_ms FROM numbered WHERE NOT was_held ORDER BY lane
                ON CONFLICT (queue, lane) DO NOTHING RETURNING item, fence),
            overtaken AS (
                UPDATE leases l SET item = n.seq, fence = n.fence, owner = $4, until_ms = n.until_ms
                FROM numbered n WHERE n.was_held AND l.queue = ", $queue, " AND l.lane = n.lane
                RETURNING l.item, l.fence)
            SELECT h.fence, i.was_held", $(", i.", $column,)* " FROM picked i
            JOIN (SELECT * FROM taken UNION ALL SELECT * FROM overtaken) AS h ON h.item = i.seq
            ORDER BY ", $order)
    };
}
pub(super) use claim;

/// A claim as the database takes it.
#[derive(Debug)]
pub(super) struct Terms {
    owner: Arc<str>,
    /// What is due is told by the channel's clock.
    now_ms: i64,
    /// How long lanes are held, on the database's clock.
    lease_ms: i64,
    limit: i64,
    /// The fences that follow this number are given.
    fence: i64,
}

impl Terms {
    pub(super) fn of(claim: Claim) -> Result<Self, StoreError> {
        // Fences are drawn rather than counted: claims need no flush of their own, and what is counted could after a
        // crash of the database be given again.
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes)
            .map_err(|error| StoreError::Unavailable(format!("no random numbers: {error}")))?;
        Ok(Self {
            // A century is for good.
            lease_ms: claim.lease_until_ms.saturating_sub(claim.now_ms).clamp(0, 100 * 365 * 24 * 3_600_000),
            // One claim holds up others for as long as it takes.
            limit: i64::try_from(claim.limit.min(10_000)).unwrap_or(0),
            fence: i64::from_le_bytes(bytes) >> 2,
            now_ms: claim.now_ms,
            owner: claim.owner,
        })
    }

    /// The rows that a statement of [`claim`] hands out.
    pub(super) async fn rows(&self, link: &Link, statement: &'static str) -> Result<Vec<Row>, Failure> {
        let given: Params<'_> = &[&self.now_ms, &self.limit, &self.fence, &&*self.owner, &self.lease_ms];
        let rows = link.query(statement, given).await?;
        tell_late(&rows, &self.owner)?;
        Ok(rows)
    }
}

/// Tells of lanes whose worker did not come back. Their names may be addresses.
fn tell_late(rows: &[Row], owner: &str) -> Result<(), Failure> {
    let mut lanes = 0;
    for row in rows {
        lanes += usize::from(row.try_get::<_, bool>(1)?);
    }
    if lanes > 0 {
        tracing::warn!(owner, lanes, "leases ran out; their work is taken over");
    }
    Ok(())
}

const RENEW: &str = "UPDATE leases SET until_ms = lease_clock() + $2 WHERE fence = ANY ($1)";

/// Holds lanes for so long from now.
pub(super) async fn renew(link: &Link, fences: &[i64], lease_ms: i64) -> Result<(), Failure> {
    link.execute(RENEW, &[&fences, &lease_ms]).await.map(drop)
}
