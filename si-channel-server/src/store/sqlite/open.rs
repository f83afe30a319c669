//! Opening the file: who may, in which state it must be, and how connections are set up.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema;

/// SQLite before 3.51.3 can corrupt a file when the write-ahead log is reset.
const OLDEST_LIBRARY: i32 = 3_051_003;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections that read at the same time. 4 by default.
    pub readers: usize,
    /// After a crash, files up to this many bytes are checked before use (some 500 MB a second); larger ones are
    /// used unchecked, with a warning. 1 GiB by default.
    pub check_bytes: u64,
    /// The file may not grow beyond this; more is refused as when the disk is full. No bound by default.
    pub max_bytes: Option<u64>,
    /// Files up to this many bytes are rewritten to leave no trace of what was removed; memory for as many is needed
    /// meanwhile. In larger ones each removed row is overwritten where it was. 256 MiB by default.
    pub rewrite_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, check_bytes: 1 << 30, max_bytes: None, rewrite_bytes: 256 << 20 }
    }
}

/// The file could not be opened as a store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server has it open.
    #[error("{} is in use by another server: stop that one, or give this one a file of its own", .0.display())]
    InUse(PathBuf),
    /// It was written by a newer version of this program.
    #[error(
        "the store has schema version {found} and this program knows versions up to {known}: run the newer program"
    )]
    TooNew {
        /// The version in the file.
        found: usize,
        /// The newest this program knows.
        known: usize,
    },
    /// It is a database of something else.
    #[error("the file is a database of another program: choose another path")]
    Foreign,
    /// It failed its check.
    #[error("the store is damaged: {0}; restore a backup")]
    Damaged(String),
    /// The SQLite library is too old to be trusted with data.
    #[error("SQLite {0} can corrupt its files: 3.51.3 or newer is needed")]
    OldLibrary(&'static str),
    /// The file or its folder cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// SQLite refused.
    #[error("the store cannot be opened: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

/// The file, locked for this process, and its first connection.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) path: PathBuf,
    pub(super) conn: Connection,
    /// How often the file was opened, this time included.
    pub(super) epoch: i64,
    /// Held while the store is open. The system frees it when the process ends, however it ends.
    pub(super) lock: File,
}

/// Locks, checks and migrates the file; creates it when absent.
pub(super) fn open(path: &Path, options: &Options) -> Result<Opened, OpenError> {
    if rusqlite::version_number() < OLDEST_LIBRARY {
        return Err(OpenError::OldLibrary(rusqlite::version()));
    }
    create(path)?;
    // One file has one lock, by whatever link it is reached.
    let path = path.canonicalize().map_err(|error| file(path, error))?;
    let lock = lock(&path)?;
    let mut conn = connect(&path, options)?;
    check(&conn, &path, options)?;
    schema::migrate(&mut conn, schema::MIGRATIONS)?;
    let epoch =
        conn.query_row("UPDATE opening SET epoch = epoch + 1, clean = 0 RETURNING epoch", [], |row| {
            row.get(0)
        })?;
    Ok(Opened { path, conn, epoch, lock })
}

/// A connection that writes.
pub(super) fn connect(path: &Path, options: &Options) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(Duration::from_secs(1))?;
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| {
        let mode: String = row.get(0)?;
        if mode == "wal" { Ok(()) } else { Err(rusqlite::Error::InvalidQuery) }
    })?;
    // FULL: a commit is on the disk before it is answered; NORMAL could lose the newest ones at a power cut.
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What is removed is overwritten.
    conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    // The writer checkpoints when it has answered.
    conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    conn.pragma_update(None, "cache_size", -16_384)?;
    // Savepoints keep their undo pages in memory rather than in a file.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    if let Some(bytes) = options.max_bytes {
        let page: u64 =
            conn.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0)).map(u64::from)?;
        let pages = i64::try_from((bytes / page).max(1)).unwrap_or(i64::MAX);
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    distrust(&conn)?;
    Ok(conn)
}

/// A connection that reads.
pub(super) fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(Duration::from_secs(1))?;
    distrust(&conn)?;
    Ok(conn)
}

/// Settings for a file that may have been tampered with or damaged.
pub(super) fn distrust(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))?;
    conn.set_prepared_statement_cache_capacity(64);
    // Plans do not depend on the values bound, so that a kept statement is not prepared again at each use.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Looks the file over unless it was closed in order.
fn check(conn: &Connection, path: &Path, options: &Options) -> Result<(), OpenError> {
    let known: i64 = conn.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'opening'",
        [],
        |row| row.get(0),
    )?;
    if known == 0 || conn.query_row("SELECT clean FROM opening", [], |row| row.get::<_, bool>(0))? {
        return Ok(());
    }
    let bytes = path.metadata().map_err(|error| file(path, error))?.len();
    if bytes > options.check_bytes {
        tracing::warn!(bytes, "the store was not closed in order and is too large to be checked at start");
        return Ok(());
    }
    let found: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(OpenError::Damaged(found)) }
}

/// Makes sure that the file is there, and that only its owner reads it: it holds personal data.
fn create(path: &Path) -> Result<(), OpenError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| file(path, error))
}

/// Takes the lock beside the file. A lock on the file itself would meet SQLite's own.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(|error| file(&name, error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(file(&name, error)),
    }
}

fn file(path: &Path, error: io::Error) -> OpenError {
    OpenError::File { path: path.to_owned(), error }
}
