//! What a failed statement means to the caller and to the rest of its batch.

use rusqlite::ErrorCode;

use crate::store::{CommitError, StoreError};

/// Why a step was not taken.
#[derive(Debug)]
pub(super) enum Failure {
    /// Decided on a state that has changed since.
    Conflict(String),
    /// The work was settled or claimed by another since.
    Overtaken,
    /// SQLite refused.
    Sqlite(rusqlite::Error),
}

impl Failure {
    pub(super) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict(what.into())
    }

    /// Whether the other steps of the transaction may go on. Anything else (disk full, a failed write, a lost
    /// lock) may have ended the transaction already.
    pub(super) fn is_local(&self) -> bool {
        match self {
            Self::Conflict(_) | Self::Overtaken => true,
            Self::Sqlite(error) => error.sqlite_error_code() == Some(ErrorCode::TooBig),
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        // SQLite's text names the columns, never the values.
        if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) {
            Self::Conflict(error.to_string())
        } else {
            Self::Sqlite(error)
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict(what) => Self::Unavailable(what),
            Failure::Overtaken => Self::Unavailable(CommitError::Overtaken.to_string()),
            Failure::Sqlite(error) => store_error(&error),
        }
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict(what) => Self::Conflict(what),
            Failure::Overtaken => Self::Overtaken,
            Failure::Sqlite(error) => Self::Store(store_error(&error)),
        }
    }
}

pub(super) fn store_error(error: &rusqlite::Error) -> StoreError {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
    let damaged =
        matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
            || matches!(
                error,
                FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..)
            );
    if damaged { StoreError::Corrupt(error.to_string()) } else { StoreError::Unavailable(error.to_string()) }
}
