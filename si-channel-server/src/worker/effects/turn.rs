//! Whose turn it is: nothing goes to Twilio faster than its limits.

use si_channel_core::id::OutboundId;
use si_channel_core::pace::{Turn, Wish};

use super::{Step, Trouble};
use crate::store::CommitError;

impl Step<'_> {
    /// Whether a message may be claimed now. Otherwise it was handed back until its turn.
    pub(super) async fn message_has_turn(&self, id: &OutboundId) -> Result<bool, Trouble> {
        let engine = &self.workers.engine;
        let pacing = &engine.policy().pacing;
        if !pacing.is_on() {
            return Ok(true);
        }
        let message = self.message(id).await?;
        let session = self.session(&message.session_id).await?;
        let wish = pacing.wish(&message, &session, engine.account().as_str(), engine.clock().now());
        self.take_turn(wish).await
    }

    /// The same for a step at Twilio that sends nothing.
    pub(super) async fn has_turn(&self) -> Result<bool, Trouble> {
        let engine = &self.workers.engine;
        let wish = engine.policy().pacing.step(engine.account().as_str(), engine.clock().now());
        self.take_turn(wish).await
    }

    async fn take_turn(&self, wish: Option<Wish>) -> Result<bool, Trouble> {
        let Some(wish) = wish else { return Ok(true) };
        let engine = &self.workers.engine;
        let wish = wish.resumed_by(self.claimed.due_ms, self.claimed.passed, &engine.policy().pacing);
        match engine.store().take_turn(self.claimed, wish).await {
            Ok(Turn::Now) => Ok(true),
            Ok(Turn::At { due_us, .. }) => {
                self.workers.alarm.set(due_us.div_euclid(1_000) + 1);
                Ok(false)
            }
            // Another has it now.
            Err(CommitError::Conflict(_) | CommitError::Overtaken) => Ok(false),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}
