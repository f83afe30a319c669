//! Keeping tables lean, and seeing whether they can be written.

use super::connect::{Link, Server};
use super::failure::Failure;

/// Rows deleted in one transaction, so that others are not kept waiting.
const PRUNE_ROWS: i64 = 1_000;

const PRUNE_INPUTS: &str = "
DELETE FROM inputs WHERE seq = ANY (ARRAY(
    SELECT seq FROM inputs WHERE state = 1 AND at_ms < $1 ORDER BY at_ms LIMIT $2 FOR UPDATE SKIP LOCKED))";
const PRUNE_ANSWERS: &str = "
DELETE FROM answers WHERE place = ANY (ARRAY(
    SELECT place FROM answers WHERE at_ms < $1 ORDER BY at_ms LIMIT $2 FOR UPDATE SKIP LOCKED))";
/// Those whose worker is gone and whose work is too.
const PRUNE_LEASES: &str = "DELETE FROM leases WHERE until_ms < lease_clock() - 3600000";
/// Nothing has passed them for long: they are as if they had never been. One that is in use is left alone.
const PRUNE_THROTTLES: &str = "
DELETE FROM throttles WHERE key = ANY (ARRAY(
    SELECT key FROM throttles WHERE greatest(free_us, slow_until_us) < $1::bigint * 1000 LIMIT $2 FOR UPDATE SKIP LOCKED))";
const PING: &str = "UPDATE pings SET count = count + 1";

/// Deletes old settled inputs, then old answers, in many small transactions; how many rows went. Two servers at it take
/// other rows each.
pub(super) async fn prune(link: &Link, before_ms: i64, limit: usize) -> Result<u64, Failure> {
    let mut left = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut pruned = 0;
    for sql in [PRUNE_INPUTS, PRUNE_ANSWERS] {
        while left > 0 {
            let chunk = left.min(PRUNE_ROWS);
            let went = link.execute(sql, &[&before_ms, &chunk]).await?;
            pruned += went;
            let went = i64::try_from(went).unwrap_or(chunk);
            left -= went;
            if went < chunk {
                break;
            }
        }
    }
    link.execute(PRUNE_THROTTLES, &[&before_ms, &PRUNE_ROWS]).await?;
    link.execute(PRUNE_LEASES, &[]).await?;
    Ok(pruned)
}

pub(super) async fn ping(link: &Link) -> Result<(), Failure> {
    link.execute(PING, &[]).await.map(drop)
}

const BYTES: &str = "
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'";
const TABLES: &str =
    "documents, keys, inputs, effects, leases, timers, events, entries, answers, audit_openings";

/// Rewrites the tables when they are small, else only clears them; whether they were rewritten.
pub(super) async fn compact(server: &Server, rewrite_bytes: i64) -> Result<bool, Failure> {
    // Its own connection: it takes long, and waits for whoever uses a table.
    let link = server.connect().await?;
    link.simple("SET statement_timeout = '10min'").await?;
    let rows = link.query(BYTES, &[]).await?;
    let whole = match rows.first() {
        Some(row) => row.try_get::<_, i64>(0)? <= rewrite_bytes,
        None => false,
    };
    let how = if whole { "FULL" } else { "SKIP_LOCKED" };
    link.simple(&format!("VACUUM ({how}) {TABLES}")).await?;
    Ok(whole)
}
