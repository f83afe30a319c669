//! Carries out effects, one at a time within a lane.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use si_channel_core::effect::Effect;
use si_channel_core::id::SessionId;
use si_channel_core::input::Input;
use si_channel_core::rejection::Rejection;
use si_channel_core::session::Session;
use si_channel_core::world::Found;

use crate::documents;
use crate::engine::{Decided, EngineError};
use crate::store::{self, Changes, ClaimedEffect, CommitError, Kind, Source, StoreError, Want};
use crate::twilio::Failure;
use crate::worker::{Workers, ask};

mod conversation;
mod media;
mod send;
mod trouble;
mod turn;

/// After this many attempts a step at Twilio counts as failed.
const ATTEMPTS: u32 = 12;

/// How a step ended that was not settled by a decision.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Hand the effect out again later.
    Again {
        /// When.
        after: Duration,
        /// In words.
        reason: String,
    },
    /// There is nothing to do any more.
    Moot(&'static str),
    /// Another has it now.
    Overtaken,
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Overtaken => Self::Overtaken,
            error => Self::Again { after: Duration::from_millis(500), reason: error.to_string() },
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Again { after: Duration::from_millis(500), reason: error.to_string() }
    }
}

pub(super) async fn carry_out(workers: Arc<Workers>, claimed: ClaimedEffect) {
    let task = {
        let workers = Arc::clone(&workers);
        let claimed = claimed.clone();
        tokio::spawn(async move { perform(&workers, &claimed).await })
    };
    let retry_at = match task.await {
        Ok(Ok(()) | Err(Trouble::Overtaken)) => return,
        Ok(Err(Trouble::Moot(why))) => {
            tracing::debug!(effect = claimed.id, why, "effect no longer needed");
            None
        }
        Ok(Err(Trouble::Again { after, reason })) => {
            tracing::info!(effect = claimed.id, attempts = claimed.attempts, reason, "effect put off");
            Some(workers.engine.clock().now_ms() + i64::try_from(after.as_millis()).unwrap_or(1_000))
        }
        Err(_panicked) => {
            tracing::error!(effect = claimed.id, "an effect panicked");
            Some(workers.engine.clock().now_ms() + 5_000)
        }
    };
    let settle = || -> BoxFuture<'_, store::Result<()>> {
        Box::pin(async {
            match workers.engine.store().commit(Changes::settle(claimed.source(retry_at))).await {
                Ok(()) | Err(CommitError::Conflict(_) | CommitError::Overtaken) => Ok(()),
                Err(CommitError::Store(error)) => Err(error),
            }
        })
    };
    workers.hand_back(settle).await;
}

async fn perform(workers: &Workers, claimed: &ClaimedEffect) -> Result<(), Trouble> {
    let effect: Effect = match serde_json::from_str(&claimed.body) {
        Ok(effect) => effect,
        Err(error) => {
            tracing::error!(effect = claimed.id, %error, "an effect of unknown meaning is dropped");
            return Err(Trouble::Moot("unknown meaning"));
        }
    };
    let step = Step { workers, claimed };
    match effect {
        Effect::Send { outbound_id, .. } => step.send(&outbound_id).await,
        Effect::Ask { .. } => ask::ask(workers, claimed, effect).await,
        Effect::FetchMedia { media_id, conversation_sid } => {
            step.fetch_media(media_id, conversation_sid.as_ref()).await
        }
        Effect::CancelQueued { address, scope } => step.cancel_queued(&address, &scope).await,
        Effect::Retime { address } => step.retime(&address).await,
        other if step.has_turn().await? => step.at_twilio(other).await,
        _handed_back => Ok(()),
    }
}

struct Step<'a> {
    workers: &'a Workers,
    claimed: &'a ClaimedEffect,
}

impl Step<'_> {
    fn done(&self) -> Source {
        self.claimed.source(None)
    }

    /// Decides what the effect brought back, and with it that the effect is done.
    async fn bring_back(&self, input: &Input) -> Result<(), Trouble> {
        match self.workers.engine.settle(input, &|_| self.done()).await? {
            Decided::Rejected(Rejection::TooEarly(why)) => {
                Err(Trouble::Again { after: Duration::from_millis(200), reason: why.to_owned() })
            }
            Decided::Rejected(_) | Decided::Done(_) => Ok(()),
        }
    }

    /// The same for a step at Twilio that failed: again while that may help, then `given_up`.
    async fn failed(
        &self,
        failure: Failure,
        given_up: impl FnOnce(String) -> Option<Input>,
    ) -> Result<(), Trouble> {
        self.note_trouble(&failure);
        self.failed_within(ATTEMPTS, failure, given_up).await
    }

    /// The same within so many attempts.
    async fn failed_within(
        &self,
        attempts: u32,
        failure: Failure,
        given_up: impl FnOnce(String) -> Option<Input>,
    ) -> Result<(), Trouble> {
        let reason = match failure {
            Failure::Again { reason, after, .. } if self.claimed.attempts + 1 < attempts => {
                let backoff = Duration::from_millis(250) * 2_u32.pow(self.claimed.attempts.min(10));
                let after = backoff.min(Duration::from_mins(1)).max(after.unwrap_or_default());
                return Err(Trouble::Again { after, reason });
            }
            Failure::Again { reason, .. } | Failure::Never { reason, .. } => reason,
        };
        tracing::warn!(effect = self.claimed.id, reason, "a step at Twilio failed for good");
        match given_up(reason) {
            Some(input) => self.bring_back(&input).await,
            None => Err(Trouble::Moot("given up")),
        }
    }

    async fn session(&self, id: &SessionId) -> Result<Session, Trouble> {
        let want = Want::Id(Kind::Session, id.to_string());
        let record = self.workers.engine.store().load(vec![want]).await?.pop().flatten();
        match record.map(|record| documents::found(&record)).transpose()? {
            Some(Found::Session(session)) => Ok(Arc::unwrap_or_clone(session)),
            _ => Err(Trouble::Moot("no such session")),
        }
    }
}
