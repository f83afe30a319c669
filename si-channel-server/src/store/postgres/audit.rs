//! The audit log read in pages, and its openings erased. Commits append to it.

use si_channel_core::audit::chain::{Hash, Link as Chained};
use tokio_postgres::Row;

use super::connect::Link;
use super::failure::Failure;
use super::text::{restored, stored};
use crate::store::{AuditFilter, AuditHead, AuditRecord};

const HEAD: &str =
    "SELECT record, hash, checkpoint, (SELECT coalesce(max(record), 0) FROM audit_checkpoints) FROM heads";
const ERASE: &str = "DELETE FROM audit_openings WHERE address = $1";

/// Each has an index of its own.
const ALL: &str = "
SELECT a.sequence, a.previous, a.hash, a.body, o.openings FROM audit a LEFT JOIN audit_openings o USING (sequence)
WHERE a.sequence > $1 ORDER BY a.sequence LIMIT $2";
const OF_ADDRESS: &str = "
SELECT a.sequence, a.previous, a.hash, a.body, o.openings FROM audit_openings o JOIN audit a USING (sequence)
WHERE o.address = $3 AND o.sequence > $1 ORDER BY o.sequence LIMIT $2";
const OF_KIND: &str = "
SELECT a.sequence, a.previous, a.hash, a.body, o.openings FROM audit a LEFT JOIN audit_openings o USING (sequence)
WHERE a.kind = $3 AND a.sequence > $1 ORDER BY a.sequence LIMIT $2";
const OF_BOTH: &str = "
SELECT a.sequence, a.previous, a.hash, a.body, o.openings FROM audit_openings o JOIN audit a USING (sequence)
WHERE o.address = $3 AND a.kind = $4 AND o.sequence > $1 ORDER BY o.sequence LIMIT $2";

pub(super) async fn head(link: &Link) -> Result<AuditHead, Failure> {
    let rows = link.query(HEAD, &[]).await?;
    let row = rows.first().ok_or_else(|| Failure::Corrupt("the head of the audit log is gone".to_owned()))?;
    Ok(AuditHead {
        record: count(row, 0)?,
        hash: hash(row, 1)?,
        checkpoints: count(row, 2)?,
        signed: count(row, 3)?,
    })
}

/// Forgets what opens the records about an address; how many there were.
pub(super) async fn erase(link: &Link, address: &str) -> Result<u64, Failure> {
    link.execute(ERASE, &[&stored(address)]).await
}

pub(super) async fn after(
    link: &Link,
    after: u64,
    filter: &AuditFilter,
    limit: i64,
) -> Result<Vec<AuditRecord>, Failure> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let address = filter.address.as_deref().map(stored);
    let rows = match (&address, filter.kind) {
        (None, None) => link.query(ALL, &[&after, &limit]).await?,
        (Some(address), None) => link.query(OF_ADDRESS, &[&after, &limit, address]).await?,
        (None, Some(kind)) => link.query(OF_KIND, &[&after, &limit, &kind]).await?,
        (Some(address), Some(kind)) => link.query(OF_BOTH, &[&after, &limit, address, &kind]).await?,
    };
    rows.iter().map(record).collect()
}

fn record(row: &Row) -> Result<AuditRecord, Failure> {
    let openings: Option<String> = row.try_get(4)?;
    Ok(AuditRecord {
        link: Chained {
            sequence: count(row, 0)?,
            previous: hash(row, 1)?,
            hash: hash(row, 2)?,
            body: restored(row.try_get(3)?),
        },
        openings: openings.map(restored),
    })
}

/// A number from 1; 0 for what cannot be one.
fn count(row: &Row, column: usize) -> Result<u64, Failure> {
    Ok(u64::try_from(row.try_get::<_, i64>(column)?).unwrap_or(0))
}

/// All zeros when it is none.
fn hash(row: &Row, column: usize) -> Result<Hash, Failure> {
    Ok(Hash::from_slice(row.try_get(column)?).unwrap_or(Hash::START))
}
