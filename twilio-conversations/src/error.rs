//! Why a request failed, and what that means for repeating it.
//!
//! ```
//! use twilio_conversations::Error;
//!
//! fn next_step(error: &Error) -> String {
//!     match error.conflicting_conversation() {
//!         Some(other) => format!("go on in {other}"),
//!         None if error.outcome_unknown() => "look whether it is there before repeating it".into(),
//!         None if error.is_retryable() => format!("wait {:?}", error.retry_after().unwrap_or_default()),
//!         None => error.advice().text.into(),
//!     }
//! }
//! ```

mod api;

pub use api::ApiError;

use crate::{advice::Advice, request::Class, sid::ConversationSid};
use std::{error::Error as StdError, fmt, time::Duration};

/// A request that did not succeed. The text is one line without addresses, bodies and secrets.
pub struct Error {
    kind: Box<Kind>,
    class: Class,
    earlier_attempt_unclear: bool,
}

enum Kind {
    Api { error: ApiError, retry_after: Option<Duration> },
    Unbuildable(Cause),
    NotSent(Cause),
    TooLate,
    Lost(Cause),
    TimedOut,
    Undecodable { status: u16, source: serde_json::Error },
    TooLarge { status: u16, limit_bytes: usize },
    Redirected { status: u16 },
    ForeignLink,
    File(&'static str),
}

type Cause = Box<dyn StdError + Send + Sync>;

/// Twilio's codes for too many requests, whatever the status beside them.
const RATE_CODES: [u32; 3] = [20429, 50063, 50074];

impl Error {
    fn new(class: Class, kind: Kind) -> Self {
        Self { kind: Box::new(kind), class, earlier_attempt_unclear: false }
    }

    pub(crate) fn api_answer(class: Class, error: ApiError, retry_after: Option<Duration>) -> Self {
        Self::new(class, Kind::Api { error, retry_after })
    }

    pub(crate) fn unbuildable(class: Class, source: Cause) -> Self {
        Self::new(class, Kind::Unbuildable(source))
    }

    pub(crate) fn not_sent(class: Class, source: Cause) -> Self {
        Self::new(class, Kind::NotSent(source))
    }

    pub(crate) fn too_late(class: Class) -> Self {
        Self::new(class, Kind::TooLate)
    }

    pub(crate) fn lost(class: Class, source: Cause) -> Self {
        Self::new(class, Kind::Lost(source))
    }

    pub(crate) fn timed_out(class: Class) -> Self {
        Self::new(class, Kind::TimedOut)
    }

    pub(crate) fn undecodable(class: Class, status: u16, source: serde_json::Error) -> Self {
        Self::new(class, Kind::Undecodable { status, source })
    }

    pub(crate) fn too_large(class: Class, status: u16, limit_bytes: usize) -> Self {
        Self::new(class, Kind::TooLarge { status, limit_bytes })
    }

    pub(crate) fn redirected(class: Class, status: u16) -> Self {
        Self::new(class, Kind::Redirected { status })
    }

    pub(crate) fn foreign_link() -> Self {
        Self::new(Class::Read, Kind::ForeignLink)
    }

    pub(crate) fn file(why: &'static str) -> Self {
        Self::new(Class::Read, Kind::File(why))
    }

    /// Notes that an attempt before this one may have had its effect.
    pub(crate) fn after_unclear_attempt(mut self, unclear: bool) -> Self {
        self.earlier_attempt_unclear |= unclear;
        self
    }

    /// What Twilio answered, when it answered with an error.
    pub fn api(&self) -> Option<&ApiError> {
        match &*self.kind {
            Kind::Api { error, .. } => Some(error),
            _ => None,
        }
    }

    /// The HTTP status, when there was an answer.
    pub fn status(&self) -> Option<u16> {
        match &*self.kind {
            Kind::Api { error, .. } => Some(error.status()),
            Kind::Undecodable { status, .. }
            | Kind::TooLarge { status, .. }
            | Kind::Redirected { status } => Some(*status),
            _ => None,
        }
    }

    /// Twilio's code, as listed at <https://www.twilio.com/docs/api/errors>.
    pub fn code(&self) -> Option<u32> {
        self.api().and_then(ApiError::code)
    }

    /// True when the same request may be sent again without doing something twice, and could succeed then.
    pub fn is_retryable(&self) -> bool {
        match &*self.kind {
            Kind::NotSent(_) | Kind::TooLate => true,
            Kind::Lost(_) | Kind::TimedOut => self.class.is_repeatable(),
            Kind::Api { error, .. } => {
                error.status() == 429
                    || error.code().is_some_and(|code| RATE_CODES.contains(&code))
                    || (error.status() >= 500 && self.class.is_repeatable())
            }
            _ => false,
        }
    }

    /// True when it was not begun in the time that it had; nothing was sent.
    pub fn is_too_late(&self) -> bool {
        matches!(*self.kind, Kind::TooLate)
    }

    /// True for a resource that does not exist (any more).
    pub fn is_not_found(&self) -> bool {
        self.api().is_some_and(|error| error.status() == 404)
    }

    /// True when the request contradicts what is there: a name or an address pair in use, a concurrent change.
    pub fn is_conflict(&self) -> bool {
        self.api().is_some_and(|error| error.status() == 409 || matches!(error.code(), Some(50353 | 50416)))
    }

    /// True when the login was refused.
    pub fn is_unauthorized(&self) -> bool {
        self.api().is_some_and(|error| error.status() == 401)
    }

    /// The conversation that holds the address pair a participant was to be added with (409, 50416).
    pub fn conflicting_conversation(&self) -> Option<&ConversationSid> {
        self.api().and_then(ApiError::conflicting_conversation)
    }

    /// True when something may have been created, changed or deleted all the same: the answer did not come, could not be
    /// read, or was a 5xx. Look before you repeat.
    pub fn outcome_unknown(&self) -> bool {
        if self.class == Class::Read {
            return false;
        }
        match &*self.kind {
            Kind::Lost(_)
            | Kind::TimedOut
            | Kind::Undecodable { .. }
            | Kind::TooLarge { .. }
            | Kind::Redirected { .. } => true,
            Kind::Api { error, .. } => error.status() >= 500 || self.earlier_attempt_unclear,
            Kind::Unbuildable(_) | Kind::NotSent(_) | Kind::TooLate | Kind::ForeignLink | Kind::File(_) => {
                self.earlier_attempt_unclear
            }
        }
    }

    /// What kind of trouble this is and what to do about it, by Twilio's code or else by what happened.
    pub fn advice(&self) -> Advice {
        match &*self.kind {
            Kind::Api { error, .. } => error.advice(),
            Kind::Redirected { .. } | Kind::ForeignLink => Advice::ELSEWHERE,
            Kind::File(_) => Advice::FILE,
            _ if self.outcome_unknown() => Advice::UNCLEAR,
            Kind::Unbuildable(_) => Advice::UNBUILDABLE,
            Kind::TooLate => Advice::BUSY,
            Kind::NotSent(_) | Kind::Lost(_) | Kind::TimedOut => Advice::UNREACHED,
            Kind::Undecodable { .. } | Kind::TooLarge { .. } => Advice::UNREADABLE,
        }
    }

    /// How long the server wants to be left alone, uncapped.
    pub fn retry_after(&self) -> Option<Duration> {
        match &*self.kind {
            Kind::Api { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::Api { error, .. } => error.fmt(f),
            Kind::Unbuildable(_) => f.write_str("the request could not be built"),
            Kind::NotSent(_) => f.write_str("Twilio could not be reached; nothing was sent"),
            Kind::TooLate => f.write_str("its turn came too late; nothing was sent"),
            Kind::TimedOut => f.write_str("Twilio did not answer in time"),
            Kind::Lost(_) => f.write_str("the connection to Twilio was lost before the whole answer came"),
            Kind::Undecodable { status, source } => {
                // Without serde_json's text, which quotes the answer.
                let (line, column) = (source.line(), source.column());
                write!(
                    f,
                    "Twilio answered {status} with a body that is not understood (line {line} column {column})"
                )
            }
            Kind::TooLarge { status, limit_bytes } => {
                write!(f, "Twilio answered {status} with more than {limit_bytes} bytes")
            }
            Kind::Redirected { status } => {
                write!(
                    f,
                    "Twilio answered {status} with a redirection, which is not followed; check the base URL"
                )
            }
            Kind::File(why) => write!(f, "the file was not fetched: {why}"),
            Kind::ForeignLink => {
                f.write_str("a page's link leads away from the base URL and is not followed")
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self}; {:?})", self.class)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.kind {
            Kind::Unbuildable(source) | Kind::NotSent(source) | Kind::Lost(source) => Some(&**source),
            _ => None,
        }
    }
}
