//! Trouble at Twilio: whom it concerns, and what is held for it.

use std::time::Duration;

use si_channel_core::normalize;
use si_channel_core::outbound::OutboundMessage;
use si_channel_core::remedy::Remedy;

use super::Step;
use crate::twilio::{Failure, Sent};
use crate::worker::breaker::MOST_ASKED;

/// How long a sender is held that cannot send, for somebody to see to it.
const HELD: Duration = Duration::from_secs(30);
/// How long a sender that was too fast sends at half its rate.
const SLOW: Duration = Duration::from_mins(1);
/// How long Twilio is left alone when it is asked too much and says nothing more.
const TOO_MUCH: Duration = Duration::from_secs(1);

impl Step<'_> {
    /// Notes how a send went.
    pub(super) async fn note_sent(&self, message: &OutboundMessage, sent: &Sent) {
        let failure = match sent {
            Sent::Accepted(_) | Sent::Gone => return self.workers.breaker.went_well(),
            Sent::Unclear => return self.failed_at_twilio(None, "no clear answer"),
            Sent::NoFile(_) | Sent::TooLate => return,
            Sent::Failed(failure) => failure,
        };
        self.note_trouble(failure);
        let (code, after) = match failure {
            Failure::Again { outage: Some(outage), after, .. } => {
                (outage.code.or_else(|| outage.too_much.then_some(20429)), after.unwrap_or_default())
            }
            Failure::Never { code, .. } => (*code, Duration::ZERO),
            Failure::Again { .. } => return,
        };
        let held = match code.map(|code| (normalize::remedy(code), normalize::is_of_sender(code))) {
            Some((Remedy::SlowDown, _)) => after.min(MOST_ASKED),
            Some((_, true)) => HELD,
            _ => return,
        };
        if let Err(trouble) = self.hold(message, held, code).await {
            tracing::warn!(?trouble, "a limit could not be held");
        }
    }

    /// Notes a failed request that sent nothing.
    pub(super) fn note_trouble(&self, failure: &Failure) {
        match failure {
            Failure::Again { outage: Some(outage), after, reason } => {
                let told = outage.too_much.then(|| after.unwrap_or(TOO_MUCH));
                self.failed_at_twilio(told, reason);
            }
            Failure::Never { .. } => self.workers.breaker.went_well(),
            Failure::Again { outage: None, .. } => {}
        }
    }

    fn failed_at_twilio(&self, told: Option<Duration>, why: &str) {
        let now_ms = self.workers.engine.clock().now_ms();
        if let Some(until_ms) = self.workers.breaker.failed(now_ms, told, why) {
            self.workers.alarm.set(until_ms);
        }
    }

    /// Holds what a message goes by, for all servers, and has it go on slower.
    async fn hold(
        &self,
        message: &OutboundMessage,
        held: Duration,
        code: Option<u32>,
    ) -> Result<(), super::Trouble> {
        let engine = &self.workers.engine;
        let pacing = &engine.policy().pacing;
        if !pacing.is_on() {
            return Ok(());
        }
        let session = self.session(&message.session_id).await?;
        let keys = pacing.sender_keys(message, &session);
        let now_us = engine.clock().now().as_microsecond();
        let micros = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        tracing::warn!(limits = ?keys, code, held_ms = held.as_millis(), "a sender is held, and sends slower for a while");
        let (until, slow) = (now_us.saturating_add(micros(held)), micros(held + SLOW).saturating_add(now_us));
        Ok(engine.store().hold_limits(keys, until, slow).await?)
    }
}
