//! What a failed statement means to the caller and to the rest of its batch.

use std::fmt;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::store::{CommitError, StoreError};

/// Why something was not done.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    /// Decided on a state that has changed since.
    Conflict(String),
    /// The work was settled or claimed by another since.
    Overtaken,
    /// This one cannot be stored, others can: a value too long, a value taken.
    Refused(String),
    /// It lost to another transaction; again it may go through.
    Again(String),
    /// The database is away or cannot be written.
    Unavailable(String),
    /// Stored data cannot be understood.
    Corrupt(String),
}

impl Failure {
    pub(super) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict(what.into())
    }

    /// Whether the others of the batch may go through without this one.
    pub(super) fn is_local(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::Overtaken | Self::Refused(_) | Self::Again(_))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overtaken => CommitError::Overtaken.fmt(f),
            Self::Conflict(what)
            | Self::Refused(what)
            | Self::Again(what)
            | Self::Unavailable(what)
            | Self::Corrupt(what) => f.write_str(what),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let what = told(&error);
        let Some(state) = error.code() else {
            // A value of another type than the schema has, or a connection that broke.
            let corrupt = !error.is_closed() && std::error::Error::source(&error).is_some_and(is_conversion);
            return if corrupt { Self::Corrupt(what) } else { Self::Unavailable(what) };
        };
        match state {
            &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => Self::Again(what),
            &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => Self::Corrupt(what),
            state => match &state.code()[..2] {
                "23" => Self::Conflict(what),
                "22" | "54" => Self::Refused(what),
                _ => Self::Unavailable(what),
            },
        }
    }
}

fn is_conversion(source: &(dyn std::error::Error + 'static)) -> bool {
    source.is::<tokio_postgres::types::WasNull>() || source.is::<tokio_postgres::types::WrongType>()
}

/// The error without a value of anybody's: the code, and the message where it can name none.
pub(super) fn told(error: &Error) -> String {
    match error.as_db_error() {
        None => {
            let cause =
                std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
            format!("PostgreSQL: {error}{cause}")
        }
        Some(said) => {
            let code = said.code().code();
            let about =
                said.constraint().or(said.table()).map(|name| format!(" ({name})")).unwrap_or_default();
            match &code[..2] {
                // Messages about values repeat them.
                "22" | "23" => format!("PostgreSQL refuses a value: {code}{about}"),
                _ => format!("PostgreSQL: {} [{code}]{about}", said.message()),
            }
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Corrupt(what) => Self::Corrupt(what),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict(what) => Self::Conflict(what),
            Failure::Overtaken => Self::Overtaken,
            other => Self::Store(other.into()),
        }
    }
}
