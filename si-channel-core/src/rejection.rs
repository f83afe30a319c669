//! Why an input changed nothing.

use crate::guard::GuardRule;

/// An input that may not, or need not, change anything. It is logged and counted; state stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The state already is what the input asks for, or the news is old.
    #[error("nothing to change: it is already so")]
    AlreadySo,
    /// The session is closed.
    #[error("the session is closed; write to the person again to start a new one")]
    SessionClosed,
    /// No such session, message or participant.
    #[error("not found: {0}")]
    NotFound(&'static str),
    /// Consent is not given.
    #[error(
        "the person has not consented to be written to; record consent with PUT /v1/consent/{{address}} first"
    )]
    NoConsent,
    /// Consent was withdrawn.
    #[error("the person has opted out; only they can opt back in")]
    OptedOut,
    /// The input is not possible now, or at all.
    #[error("{0}")]
    Refused(String),
    /// What is to be said must not be.
    #[error("{detail}")]
    Guarded {
        /// The rule that it breaks.
        rule: GuardRule,
        /// In words, with what to do about it.
        detail: String,
    },
    /// The input is about something not known yet; it is worth trying again shortly.
    #[error("about something not known yet: {0}")]
    TooEarly(&'static str),
}
