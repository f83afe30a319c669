//! What faults do.

use std::time::Duration;

use http::StatusCode;
use jiff::SignedDuration;

use super::FaultError;

/// What a request to the APIs suffers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestFault {
    /// It is not carried out and answered with a status.
    Status(Refusal),
    /// It waits before it is carried out.
    Delay(Duration),
    /// It is not carried out, and the connection closes without an answer.
    DropBeforeEffect,
    /// It is carried out, and the connection closes without an answer.
    DropAfterEffect,
    /// It is carried out, and the connection closes in the middle of the answer's body.
    Truncate,
    /// It is carried out, and what comes is 200 with a page of HTML, as from a proxy in between.
    GarbageHtml,
    /// It is carried out, and the body of the answer is no JSON.
    GarbageJson,
    /// It is carried out, and the answer's body comes in sixteen pieces with this pause after each.
    Trickle(Duration),
    /// It is carried out by a clock that is wrong by this much: the `Date` header and every date in the answer.
    ClockSkew(SignedDuration),
}

/// An answer that refuses, in the shape of Twilio's errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// From 300 to 599.
    pub status: u16,
    /// Twilio's code; the one that belongs to the status when `None`.
    pub code: Option<u32>,
    /// Twilio's words; those that belong to the status when `None`.
    pub message: Option<String>,
    /// The `Retry-After` header, if any.
    pub retry_after: Option<RetryAfter>,
    /// The `Location` header, if any, such as of a redirect.
    pub location: Option<String>,
}

/// How `Retry-After` says when to come back ([RFC 9110, section 10.2.3]).
///
/// [RFC 9110, section 10.2.3]: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// After that many seconds.
    Seconds(u64),
    /// The same as a date: that many seconds from now.
    DateIn(u64),
}

/// What a webhook suffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookFault {
    /// It is never sent.
    Lost,
    /// It is sent twice.
    Duplicate {
        /// Whether the second one has an idempotency token of its own.
        fresh_token: bool,
    },
    /// It is sent later, and those behind it in its conversation with it.
    Delay(Duration),
    /// It is sent after the next one to the same address, or after this time if none comes. A pre-action webhook,
    /// which somebody waits for, keeps its place.
    Reorder(Duration),
    /// It is signed with a token that the account never had.
    WrongSignature,
    /// It is signed with the token that was the primary one before the last promotion, or, without one, with one
    /// the account never had.
    OldToken,
    /// It carries the idempotency token of the webhook before it.
    WrongIdempotencyToken,
    /// It carries no idempotency token.
    NoIdempotencyToken,
    /// It is sent by a clock that is wrong by this much: every date among its parameters.
    ClockSkew(SignedDuration),
}

impl RequestFault {
    /// Answers with a status, and with Twilio's code and words for it.
    pub fn status(status: u16) -> Self {
        Self::Status(Refusal { status, code: None, message: None, retry_after: None, location: None })
    }

    /// Answers 429/20429 with a `Retry-After`.
    pub fn too_many(retry_after: RetryAfter) -> Self {
        let Self::Status(refusal) = Self::status(429) else { return Self::status(429) };
        Self::Status(Refusal { retry_after: Some(retry_after), ..refusal })
    }

    pub(super) fn check(&self) -> Result<(), FaultError> {
        let Self::Status(refusal) = self else { return Ok(()) };
        if !(300..600).contains(&refusal.status) {
            return Err(FaultError::new("kind status needs a status from 300 to 599"));
        }
        if refusal.status < 400 && refusal.location.is_none() {
            return Err(FaultError::new("a status below 400 needs a location"));
        }
        Ok(())
    }
}

impl Refusal {
    pub(crate) fn status_code(&self) -> StatusCode {
        // Checked when it was planned.
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
