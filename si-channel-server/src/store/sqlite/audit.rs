//! The audit log: appended to with each commit, read in pages, its openings erased.

use rusqlite::types::{FromSql, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use si_channel_core::audit::chain::{Hash, Link};

use super::failure::Failure;
use super::step::Step;
use crate::store::{AuditFilter, AuditHead, AuditRecord, NewCheckpoint, NewRecord};

/// Appends records to the chain.
pub(super) fn append(step: &Step<'_>, records: &[NewRecord]) -> std::result::Result<(), Failure> {
    if records.is_empty() {
        return Ok(());
    }
    let (mut sequence, mut previous) = end(step.conn)?;
    for record in records {
        sequence += 1;
        let link = Link::new(sequence, previous, record.body.clone());
        step.execute(
            "INSERT INTO audit (sequence, previous, hash, body) VALUES (?1, ?2, ?3, ?4)",
            params![number(sequence), link.previous.0, link.hash.0, link.body],
        )?;
        step.execute(
            "INSERT INTO audit_openings (sequence, address, openings) VALUES (?1, ?2, ?3)",
            params![number(sequence), record.address, record.openings],
        )?;
        previous = link.hash;
    }
    Ok(())
}

/// The highest number given, and the hash that the next record follows. Where the end was cut off the numbers go on
/// all the same, so that it shows.
fn end(conn: &Connection) -> Result<(u64, Hash)> {
    let last = conn
        .prepare_cached("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")?
        .query_row([], |row| Ok((count(row, 0)?, row.get::<_, Bytes>(1)?.hash())))
        .optional()?;
    let (sequence, hash) = last.unwrap_or((0, Hash::START));
    Ok((sequence.max(given(conn, "audit")?), hash))
}

/// The highest number that a table ever gave.
pub(super) fn given(conn: &Connection, table: &str) -> Result<u64> {
    let given = conn
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = ?1")?
        .query_row([table], |row| count(row, 0))
        .optional()?;
    Ok(given.unwrap_or(0))
}

pub(super) fn checkpoint(step: &Step<'_>, checkpoint: &NewCheckpoint) -> std::result::Result<(), Failure> {
    step.execute(
        "INSERT INTO audit_checkpoints (number, record, body) VALUES (?1, ?2, ?3)",
        params![number(checkpoint.number), number(checkpoint.record), checkpoint.body],
    )?;
    Ok(())
}

/// Forgets what opens the records about an address; how many there were.
pub(super) fn erase(step: &Step<'_>, address: &str) -> std::result::Result<u64, Failure> {
    Ok(step.execute("DELETE FROM audit_openings WHERE address = ?1", [address])? as u64)
}

pub(super) fn head(conn: &Connection) -> Result<AuditHead> {
    let (record, hash) = end(conn)?;
    let signed = conn
        .prepare_cached("SELECT coalesce(max(record), 0) FROM audit_checkpoints")?
        .query_row([], |row| count(row, 0))?;
    let checkpoints = given(conn, "audit_checkpoints")?;
    Ok(AuditHead { record, hash, signed, checkpoints })
}

pub(super) fn after(
    conn: &Connection,
    after: u64,
    filter: &AuditFilter,
    limit: i64,
) -> Result<Vec<AuditRecord>> {
    // Each has an index of its own; the unary plus keeps SQLite off the other.
    let by = match (&filter.address, filter.kind) {
        (None, None) => "?2 IS NULL AND ?3 IS NULL",
        (Some(_), None) => "o.address = ?2 AND ?3 IS NULL",
        (None, Some(_)) => "?2 IS NULL AND json_extract(a.body, '$.kind') = ?3",
        (Some(_), Some(_)) => "o.address = ?2 AND +json_extract(a.body, '$.kind') = ?3",
    };
    let join = if filter.address.is_some() { "JOIN" } else { "LEFT JOIN" };
    let sql = format!(
        "SELECT a.sequence, a.previous, a.hash, a.body, o.openings
         FROM audit a {join} audit_openings o USING (sequence)
         WHERE a.sequence > ?1 AND {by} ORDER BY a.sequence LIMIT ?4"
    );
    conn.prepare_cached(&sql)?
        .query_map(params![number(after), filter.address, filter.kind, limit], record)?
        .collect()
}

fn record(row: &Row<'_>) -> Result<AuditRecord> {
    Ok(AuditRecord { link: link(row)?, openings: row.get::<_, Option<Bytes>>(4)?.map(Bytes::text) })
}

/// Whatever is stored, of whatever type, so that what was tampered with is seen rather than skipped.
pub(super) fn link(row: &Row<'_>) -> Result<Link> {
    Ok(Link {
        sequence: count(row, 0)?,
        previous: row.get::<_, Bytes>(1)?.hash(),
        hash: row.get::<_, Bytes>(2)?.hash(),
        body: row.get::<_, Bytes>(3)?.text(),
    })
}

/// The bytes of a text or a blob.
pub(super) struct Bytes(Vec<u8>);

impl Bytes {
    /// All zeros when it is none.
    fn hash(self) -> Hash {
        Hash::from_slice(&self.0).unwrap_or(Hash::START)
    }

    /// What is not UTF-8 is another text than any that was written.
    pub(super) fn text(self) -> String {
        String::from_utf8(self.0).unwrap_or_else(|error| format!("{:?}", error.as_bytes()))
    }
}

impl FromSql for Bytes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(match value {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => Vec::new(),
        }))
    }
}

/// A number from 1; 0 for what cannot be one.
pub(super) fn count(row: &Row<'_>, column: usize) -> Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// No stored one can be greater.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
