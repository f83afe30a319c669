//! Errors as Twilio words them, and errors of starting the sandbox.

use std::net::SocketAddr;
use std::path::PathBuf;

use http::StatusCode;
use serde_json::{Value, json};

use crate::config::InactiveAccount;
use crate::snapshot::RestoreError;

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The listening address is taken or not allowed.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for a free one")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A configured number is neither E.164 nor `whatsapp:` followed by E.164.
    #[error("{number:?} is not a number: write E.164 such as +15005550006, or whatsapp:+15005550006")]
    Number {
        /// The value that was given.
        number: String,
    },
    /// A number of a new account is one of another account.
    #[error("{number:?} belongs to another account of the sandbox; a number has one owner")]
    Taken {
        /// The value that was given.
        number: String,
    },
    /// What the sandbox was before does not fit.
    #[error("cannot go on from before: {0}")]
    Restore(#[from] RestoreError),
    /// The file with what the sandbox was before cannot be read.
    #[error("cannot read the state in {}: {source}; mend or remove the file", path.display())]
    State {
        /// The configured file.
        path: PathBuf,
        /// What the operating system said, or what is wrong with the file's text.
        source: std::io::Error,
    },
    /// The HTTP client for webhooks could not be built.
    #[error("cannot build the HTTP client for webhooks: {0}")]
    Client(#[from] reqwest::Error),
    /// The operating system gave no random seed.
    #[error("the operating system gave no random bytes for the seed; pass one")]
    Seed,
}

/// An error answer of Twilio's REST API: `{code, message, more_info, status}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: u32,
    pub(crate) message: String,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A parameter or rule was violated: 400.
    pub(crate) fn bad(code: u32, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// The state does not allow it: 409.
    pub(crate) fn conflict(code: u32, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// 404/20404, naming the path under the version.
    pub(crate) fn not_found(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, 20404, format!("The requested resource {path} was not found"))
    }

    /// 405/20004.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, 20004, "Method not allowed")
    }

    /// 401/20003.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 20003, "Authenticate")
    }

    /// The account is suspended or closed, or its owner is.
    pub(crate) fn inactive(rule: InactiveAccount) -> Self {
        match rule {
            InactiveAccount::NotActive => Self::new(StatusCode::FORBIDDEN, 20005, "Account not active"),
            InactiveAccount::Authenticate => Self::unauthenticated(),
        }
    }

    /// What Twilio answers with a bare status, such as a planned fault's.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            401 | 403 => (20003, "Authenticate"),
            404 => (20404, "The requested resource was not found"),
            409 => (20409, "Conflict"),
            429 => (20429, "Too Many Requests"),
            503 => (20503, "Service unavailable"),
            other if other >= 500 => (20500, "An internal server error has occurred"),
            _ => (20001, "Invalid parameter"),
        };
        Self::new(status, code, message)
    }

    pub(crate) fn body(&self) -> Value {
        json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status.as_u16(),
        })
    }
}
