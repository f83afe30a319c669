//! The domain's refusals as problem documents.

use ::http::StatusCode;
use si_channel_core::rejection::Rejection;

use crate::engine::EngineError;
use crate::http::Problem;
use crate::spool::SpoolError;
use crate::store::StoreError;

/// The problem that tells of a rejection.
pub fn rejected(rejection: &Rejection) -> Problem {
    let (status, kind) = match rejection {
        Rejection::AlreadySo => (StatusCode::CONFLICT, "already-so"),
        Rejection::SessionClosed => (StatusCode::CONFLICT, "session-closed"),
        Rejection::NotFound(_) => (StatusCode::NOT_FOUND, "not-found"),
        Rejection::NoConsent => (StatusCode::FORBIDDEN, "no-consent"),
        Rejection::OptedOut => (StatusCode::FORBIDDEN, "opted-out"),
        Rejection::TooEarly(_) => (StatusCode::CONFLICT, "too-early"),
        Rejection::Guarded { rule, .. } => {
            let kind = "guarded";
            return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, kind, rejection.to_string())
                .with("rule", rule.as_str());
        }
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
    };
    Problem::new(status, kind, rejection.to_string())
}

/// The problem that tells of an input that could not be decided.
pub fn undecided(error: &EngineError) -> Problem {
    tracing::error!(%error, "a request could not be decided");
    match error {
        EngineError::Stuck => Problem::internal(),
        _ => Problem::unavailable("nothing was changed; send the request again", 1),
    }
}

/// The problem that tells of a store that cannot be used.
pub fn unstored(error: &StoreError) -> Problem {
    tracing::error!(%error, "the store failed");
    Problem::unavailable("the store cannot be used at the moment; nothing was changed", 1)
}

/// The problem that tells of a webhook that neither the store nor the spool takes.
pub fn unspooled(error: &SpoolError) -> Problem {
    tracing::error!(%error, "a webhook was not kept");
    Problem::unavailable("neither the store nor the spool can be used at the moment; nothing was changed", 1)
}
