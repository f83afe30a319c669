//! Why a cognition gave no answer, or not all of it.

use std::time::Duration;

/// Why there is no answer, or not all of it. Never holds what people wrote or what the server answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CognitionError {
    /// No connection, or it broke before an answer began.
    #[error("the cognition server cannot be reached: {0}; check cognition.url and that it runs")]
    Unreachable(String),
    /// The time of the whole answer ran out.
    #[error("the cognition server did not finish within {0:?}; cognition.timeout allows no more")]
    Timeout(Duration),
    /// The server paused for too long.
    #[error("the cognition server paused for {0:?}; cognition.idle_timeout allows no more")]
    Stalled(Duration),
    /// The answer broke off; parts that were complete had been sent.
    #[error("the cognition server's answer broke off")]
    Interrupted,
    /// A status that is not an answer.
    #[error("the cognition server answered with status {status}")]
    Status {
        /// The status.
        status: u16,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// 401 or 403.
    #[error("the cognition server refused the credentials with status {0}; check cognition.token")]
    Unauthorized(u16),
    /// A redirect, which is not followed: the token could go astray.
    #[error("the cognition server redirects (status {0}); set cognition.url to where it leads")]
    Redirected(u16),
    /// The answer is larger than allowed; parts that were complete had been sent, the rest is dropped.
    #[error("the cognition server's answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The answer is not of a kind that is read.
    #[error("the cognition server answered with the content type {0}, which is not read")]
    ContentType(String),
    /// The answer is of a kind that is read but makes no sense.
    #[error("the cognition server's answer makes no sense: {0}")]
    Nonsense(&'static str),
    /// The server said that it failed.
    #[error("the cognition server reported an error of its own")]
    Reported,
    /// The server declined to answer, such as by a content filter.
    #[error("the cognition server declined to answer")]
    Declined,
    /// Nobody takes the parts any more.
    #[error("the answer is not wanted any more")]
    Abandoned,
}

impl CognitionError {
    /// Whether the same turn may succeed when it is tried again.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Unreachable(_)
            | Self::Timeout(_)
            | Self::Stalled(_)
            | Self::Interrupted
            | Self::ContentType(_)
            | Self::Nonsense(_)
            | Self::Reported => true,
            Self::Status { status, .. } => matches!(status, 408 | 409 | 425 | 429 | 500..),
            Self::Unauthorized(_)
            | Self::Redirected(_)
            | Self::TooLarge(_)
            | Self::Declined
            | Self::Abandoned => false,
        }
    }

    /// How long the server asks to be left alone; at most five minutes.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The name of the kind, for metrics and the event of a failed turn.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Timeout(_) => "timeout",
            Self::Stalled(_) => "stalled",
            Self::Interrupted => "interrupted",
            Self::Status { .. } => "status",
            Self::Unauthorized(_) => "unauthorized",
            Self::Redirected(_) => "redirected",
            Self::TooLarge(_) => "too_large",
            Self::ContentType(_) => "content_type",
            Self::Nonsense(_) => "nonsense",
            Self::Reported => "reported",
            Self::Declined => "declined",
            Self::Abandoned => "abandoned",
        }
    }
}
