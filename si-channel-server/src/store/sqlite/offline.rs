//! The audit log of a file that a server may have open or not: a copy, a backup, the one in use.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use si_channel_core::audit::chain::{self, Fault, Hash, Verified};

use super::audit::{self, Bytes};
use super::failure::store_error;
use crate::store::{AuditFilter, AuditRecord, StoreError};

/// The audit log in a file, as it is at one moment. It only reads.
#[derive(Debug)]
pub struct AuditFile(Connection);

/// What opens a record, as it is stored.
pub struct OpeningRow {
    /// The number of the record.
    pub record: u64,
    /// The address that it stands under.
    pub address: Option<String>,
    /// The openings, JSON.
    pub openings: String,
    /// The record, when there is one of this number.
    pub body: Option<String>,
}

impl std::fmt::Debug for OpeningRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpeningRow").field("record", &self.record).finish_non_exhaustive()
    }
}

/// The audit log of another store, copied into a temporary file that goes with it.
pub(in crate::store) struct AuditCopy(Connection);

impl AuditCopy {
    /// An empty one.
    pub(in crate::store) fn new() -> Result<Self, StoreError> {
        let make = || {
            // A database without a name is a temporary file.
            let conn = Connection::open("")?;
            conn.execute_batch(include_str!("schema/0002_audit.sql"))?;
            conn.execute_batch("BEGIN")?;
            Ok(Self(conn))
        };
        make().map_err(|error: rusqlite::Error| store_error(&error))
    }

    /// Adds a row of `audit` (four columns), `audit_openings` or `audit_checkpoints` (three each).
    pub(in crate::store) fn add(&self, table: &str, row: impl rusqlite::Params) -> Result<(), StoreError> {
        let places = if table == "audit" { "?1, ?2, ?3, ?4" } else { "?1, ?2, ?3" };
        let add = || self.0.prepare_cached(&format!("INSERT INTO {table} VALUES ({places})"))?.execute(row);
        add().map(drop).map_err(|error| store_error(&error))
    }

    /// The copy as a log, with the highest numbers that were ever given to a record and to a checkpoint.
    pub(in crate::store) fn finish(self, record: i64, checkpoint: i64) -> Result<AuditFile, StoreError> {
        let finish = || {
            for (table, given) in [("audit", record), ("audit_checkpoints", checkpoint)] {
                self.0.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [table])?;
                self.0.execute(
                    "INSERT INTO sqlite_sequence VALUES (?1, ?2)",
                    rusqlite::params![table, given],
                )?;
            }
            self.0.execute_batch("COMMIT")
        };
        finish().map_err(|error: rusqlite::Error| store_error(&error))?;
        Ok(AuditFile(self.0))
    }
}

impl AuditFile {
    /// Opens a file.
    ///
    /// # Errors
    /// When it is not there, not a store, or older than the audit log.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Err(StoreError::Unavailable(format!("{} is not a file", path.display())));
        }
        let conn = match Self::connect(path.as_os_str().to_string_lossy().as_ref(), OpenFlags::empty()) {
            // A copy on a medium that cannot be written: nobody else changes it then.
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::CannotOpen) => {
                let absolute =
                    path.canonicalize().map_err(|error| StoreError::Unavailable(error.to_string()))?;
                let url = url::Url::from_file_path(absolute)
                    .map_err(|()| StoreError::Unavailable("the path is no URL".to_owned()))?;
                Self::connect(&format!("{url}?immutable=1"), OpenFlags::SQLITE_OPEN_URI)
            }
            other => other,
        };
        conn.map(Self).map_err(|error| match error {
            rusqlite::Error::SqliteFailure(_, Some(text)) if text.contains("no such table") => {
                StoreError::Corrupt(format!("{} holds no audit log", path.display()))
            }
            error => store_error(&error),
        })
    }

    fn connect(path: &str, flags: OpenFlags) -> rusqlite::Result<Connection> {
        let flags = flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags)?;
        conn.busy_timeout(Duration::from_secs(5))?;
        super::open::distrust(&conn)?;
        conn.execute_batch("BEGIN")?;
        conn.query_row("SELECT count(*) FROM (SELECT 1 FROM audit LIMIT 1)", [], |_| Ok(()))?;
        Ok(conn)
    }

    /// Goes along the chain; see [`chain::verify`].
    pub fn verify(&self, signed: &[(u64, Hash)]) -> Result<Result<Verified, Fault>, StoreError> {
        let check = || {
            let last = audit::given(&self.0, "audit")?;
            // Without a bound: what was put in before the first record is to be seen too.
            let mut rows =
                self.0.prepare("SELECT sequence, previous, hash, body FROM audit ORDER BY sequence")?;
            chain::verify(rows.query_map([], audit::link)?, signed, last)
        };
        check().map_err(|error| store_error(&error))
    }

    /// Number, record and text of the checkpoints in order.
    pub fn checkpoints(&self) -> Result<Vec<(u64, u64, String)>, StoreError> {
        let read = || {
            let mut rows =
                self.0.prepare("SELECT number, record, body FROM audit_checkpoints ORDER BY number")?;
            let rows = rows.query_map([], |row| {
                Ok((audit::count(row, 0)?, audit::count(row, 1)?, row.get::<_, Bytes>(2)?.text()))
            })?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| store_error(&error))
    }

    /// The highest number ever given to a checkpoint.
    pub fn last_checkpoint(&self) -> Result<u64, StoreError> {
        audit::given(&self.0, "audit_checkpoints").map_err(|error| store_error(&error))
    }

    /// Shows what opens each record.
    pub fn openings(&self, mut each: impl FnMut(OpeningRow)) -> Result<(), StoreError> {
        let mut read = || {
            let mut rows = self.0.prepare(
                "SELECT o.sequence, o.address, o.openings, a.body FROM audit_openings o
                 LEFT JOIN audit a USING (sequence) ORDER BY o.sequence",
            )?;
            let rows = rows.query_map([], |row| {
                Ok(OpeningRow {
                    record: audit::count(row, 0)?,
                    address: row.get::<_, Option<Bytes>>(1)?.map(Bytes::text),
                    openings: row.get::<_, Bytes>(2)?.text(),
                    body: row.get::<_, Option<Bytes>>(3)?.map(Bytes::text),
                })
            })?;
            for row in rows {
                each(row?);
            }
            Ok(())
        };
        read().map_err(|error: rusqlite::Error| store_error(&error))
    }

    /// Shows the records about an address with what opens them; all records without, when no address is given.
    pub fn records(
        &self,
        address: Option<String>,
        mut each: impl FnMut(AuditRecord) -> Result<(), String>,
    ) -> Result<(), String> {
        let filter = AuditFilter { address, kind: None };
        let mut from = 0;
        loop {
            let page = audit::after(&self.0, from, &filter, 1_000);
            let page = page.map_err(|error| store_error(&error).to_string())?;
            let Some(last) = page.last() else { return Ok(()) };
            from = last.link.sequence;
            for mut record in page {
                if filter.address.is_none() {
                    record.openings = None;
                }
                each(record)?;
            }
        }
    }
}
