//! The cognition port: who answers what people write.
//!
//! A turn is given to a [`Cognition`], which sends parts of the answer as they are complete and then tells how it
//! ended. The same turn may be given again after a failure, with the texts that were already sent: a cognition
//! server recognises it by its turn id, the `Idempotency-Key` of the `http` kind.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::config;

pub mod echo;
pub mod error;
pub mod http;
pub mod openai;
pub mod reply;
mod stream;
#[cfg(test)]
mod testing;
pub mod turn;
mod upstream;

pub use self::error::CognitionError;
pub use self::reply::{Action, Outcome, ReplyPart};
pub use self::turn::TurnRequest;

/// Who answers.
#[async_trait]
pub trait Cognition: Send + Sync {
    /// Answers a turn: sends each part as soon as it is complete, in order, and tells how the answer ended.
    ///
    /// Within bounds of its own for size and time, and cancelled by dropping the future. Parts that were sent
    /// before an error stand.
    ///
    /// # Errors
    /// [`CognitionError`], whose [`retryable`](CognitionError::retryable) says whether the turn may be tried again.
    async fn answer(
        &self,
        turn: &TurnRequest,
        parts: mpsc::Sender<ReplyPart>,
    ) -> Result<Outcome, CognitionError>;
}

/// The cognition that the configuration names.
///
/// # Errors
/// A text for the operator when the configuration lacks what its kind needs, or there is no HTTP client.
pub fn from_config(config: &config::Cognition) -> Result<Arc<dyn Cognition>, String> {
    use config::CognitionKind::{Echo, Http, OpenAi};
    Ok(match config.kind {
        Echo => Arc::new(echo::Echo),
        Http => Arc::new(http::Http::new(config)?),
        OpenAi => Arc::new(openai::OpenAi::new(config)?),
    })
}

/// Hands a part over, or tells that nobody takes it any more.
async fn deliver(parts: &mpsc::Sender<ReplyPart>, part: ReplyPart) -> Result<(), CognitionError> {
    parts.send(part).await.map_err(|_closed| CognitionError::Abandoned)
}
