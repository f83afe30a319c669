//! Opening the store: what the server must be, and where the tables are.

use std::path::PathBuf;

use tokio_postgres::Config;

use super::connect::Link;
use super::failure::Failure;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The schema that holds the tables, of this program alone; made when absent. `si_channel` by default.
    pub schema: String,
    /// Certificates, PEM, that are trusted beside the system's. None by default.
    pub ca_file: Option<PathBuf>,
    /// Connections that read. 4 by default.
    pub readers: usize,
    /// Connections that accept inputs, each with a transaction of its own. 2 by default.
    pub acceptors: usize,
    /// Connections that commit decisions. 2 by default.
    pub committers: usize,
    /// Tables up to this many bytes in all are rewritten to leave no trace of what was removed, while others wait; larger
    /// ones are vacuumed. 256 MiB by default.
    pub rewrite_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            schema: "si_channel".to_owned(),
            ca_file: None,
            readers: 4,
            acceptors: 2,
            committers: 2,
            rewrite_bytes: 256 << 20,
        }
    }
}

/// The database could not be opened as a store. No text holds the password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL cannot be read.
    #[error("the URL of the database cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Url,
    /// The name of the schema is not one.
    #[error(
        "{0:?} is no name of a schema: write up to 63 small letters, digits and underscores, a letter first"
    )]
    Schema(String),
    /// Connections cannot be encrypted.
    #[error("connections to the database cannot be encrypted: {0}; see database_ca_file")]
    Tls(String),
    /// It cannot be reached, or refuses.
    #[error("{0}; see that the database runs and lets this user in")]
    Unreachable(String),
    /// It is too old.
    #[error("PostgreSQL {0} is too old: 14 or newer is needed")]
    OldServer(String),
    /// It stores texts in another encoding.
    #[error("the database has the encoding {0}: make one with UTF8")]
    Encoding(String),
    /// It would lose what was answered.
    #[error("the database server runs with fsync = off and would lose data at a power cut: set it on")]
    NoFsync,
    /// The schema is newer than this program.
    #[error(
        "the store has schema version {found} and this program knows versions up to {known}: run the newer program"
    )]
    TooNew {
        /// The version of the schema.
        found: usize,
        /// The newest this program knows.
        known: usize,
    },
    /// The schema was made by another text than this program has.
    #[error("migration {0} of the store is another than this program's: it was made by a changed build")]
    Changed(&'static str),
    /// The schema holds something else.
    #[error("the schema {0:?} holds tables of another program: choose another database_schema")]
    Foreign(String),
    /// A migration failed; nothing of it is left.
    #[error("migration {name} failed and was undone: {why}")]
    Migration {
        /// Which one.
        name: &'static str,
        /// What the database said.
        why: String,
    },
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Unreachable(failure.to_string())
    }
}

/// The server that a URL names. The error of the parser may repeat parts of it, hence ours.
pub(super) fn config(url: &str) -> Result<Config, OpenError> {
    let config: Config = url.parse().map_err(|_| OpenError::Url)?;
    if config.get_hosts().is_empty() { Err(OpenError::Url) } else { Ok(config) }
}

/// Whether a schema may have this name.
pub(crate) fn check_schema(name: &str) -> Result<(), OpenError> {
    let fits = (1..=63).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !name.starts_with("pg_");
    if fits { Ok(()) } else { Err(OpenError::Schema(name.to_owned())) }
}

const SERVER: &str = "
SELECT current_setting('server_version_num')::integer, current_setting('server_version'),
       current_setting('server_encoding'), current_setting('fsync') = 'on'";

/// Refuses servers that the store is not safe on.
pub(super) async fn check_server(link: &Link) -> Result<(), OpenError> {
    let rows = link.query(SERVER, &[]).await?;
    let row = rows.first().ok_or_else(|| Failure::Unavailable("the server says nothing".to_owned()))?;
    let text = |column: usize| row.try_get::<_, String>(column).map_err(Failure::from);
    if row.try_get::<_, i32>(0).map_err(Failure::from)? < 140_000 {
        return Err(OpenError::OldServer(text(1)?));
    }
    if text(2)? != "UTF8" {
        return Err(OpenError::Encoding(text(2)?));
    }
    if !row.try_get::<_, bool>(3).map_err(Failure::from)? {
        return Err(OpenError::NoFsync);
    }
    Ok(())
}
