//! Carries out effects, one at a time within a lane.

use std::sync::Arc;
use std::time::Duration;

use si_channel_core::address::Address;
use si_channel_core::effect::Effect;
use si_channel_core::event::{LeaveReason, Target};
use si_channel_core::id::{OutboundId, SessionId};
use si_channel_core::input::Input;
use si_channel_core::outbound::{Claimed, OutboundMessage};
use si_channel_core::rejection::Rejection;
use si_channel_core::session::{Session, SessionState};
use si_channel_core::world::Found;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::documents;
use crate::engine::{Decided, EngineError};
use crate::store::{Changes, ClaimedEffect, CommitError, Kind, Source, StoreError, Wake, Want};
use crate::twilio::{Failure, Names, Sent};
use crate::worker::{BATCH, LEASE_MS, Workers, ask, next_look};

/// After this many attempts a step at Twilio counts as failed.
const ATTEMPTS: u32 = 12;

pub(super) async fn run(
    workers: Arc<Workers>,
    tracker: TaskTracker,
    at_once: Arc<Semaphore>,
    stop: CancellationToken,
) {
    let mut wake = workers.engine.store().watch(Wake::Effects);
    loop {
        wake.mark_unchanged();
        let now = workers.engine.clock().now_ms();
        let free = at_once.available_permits().min(BATCH);
        let claimed = if free == 0 {
            Ok(Vec::new())
        } else {
            workers.engine.store().claim_effects(&workers.owner, now, now + LEASE_MS, free).await
        };
        let claimed = claimed.unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot claim effects");
            Vec::new()
        });
        let more = claimed.len() == free && free > 0;
        for effect in claimed {
            let Ok(permit) = Arc::clone(&at_once).acquire_owned().await else { return };
            let workers = Arc::clone(&workers);
            tracker.spawn(async move {
                carry_out(&workers, effect).await;
                drop(permit);
            });
        }
        if !more && !next_look(&mut wake, &stop).await {
            return;
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

/// How a step ended that was not settled by a decision.
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
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        Self::Again { after: Duration::from_millis(500), reason: error.to_string() }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Again { after: Duration::from_millis(500), reason: error.to_string() }
    }
}

async fn carry_out(workers: &Arc<Workers>, claimed: ClaimedEffect) {
    let task = {
        let workers = Arc::clone(workers);
        let claimed = claimed.clone();
        tokio::spawn(async move { perform(&workers, &claimed).await })
    };
    let retry_at = match task.await {
        Ok(Ok(())) => return,
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
    match workers.engine.store().commit(Changes::settle(claimed.source(retry_at))).await {
        Ok(()) | Err(CommitError::Conflict(_)) => {}
        Err(CommitError::Store(error)) => {
            tracing::warn!(effect = claimed.id, %error, "cannot settle an effect; its lease will end");
        }
    }
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
        Effect::CancelQueued { address } => step.cancel_queued(&address).await,
        other => step.at_twilio(other).await,
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
        let reason = match failure {
            Failure::Again { reason, after } if self.claimed.attempts + 1 < ATTEMPTS => {
                let backoff = Duration::from_millis(250) * 2_u32.pow(self.claimed.attempts.min(10));
                let after = backoff.min(Duration::from_secs(60)).max(after.unwrap_or_default());
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
            Some(Found::Session(session)) => Ok(*session),
            _ => Err(Trouble::Moot("no such session")),
        }
    }

    async fn at_twilio(&self, effect: Effect) -> Result<(), Trouble> {
        let twilio = &self.workers.twilio;
        match effect {
            Effect::EnsureConversation { session_id, person, unique_name, friendly_name, attributes } => {
                let session = self.session(&session_id).await?;
                if session.conversation_sid.is_some() || !session.is_open() {
                    return Err(Trouble::Moot("the session has its conversation"));
                }
                let names = Names {
                    session_id: session_id.as_str(),
                    unique: &unique_name,
                    friendly: &friendly_name,
                    attributes: &attributes,
                };
                match twilio.ensure_conversation(&person, &names).await {
                    Ok(ready) => {
                        self.bring_back(&Input::ConversationReady {
                            session_id,
                            conversation_sid: ready.conversation_sid,
                            person: ready.person,
                            adopted: ready.adopted,
                        })
                        .await
                    }
                    Err(failure) => {
                        self.failed(failure, |reason| Some(Input::ConversationFailed { session_id, reason }))
                            .await
                    }
                }
            }
            Effect::LabelConversation {
                session_id,
                conversation_sid,
                unique_name,
                friendly_name,
                attributes,
            } => {
                let names = Names {
                    session_id: session_id.as_str(),
                    unique: &unique_name,
                    friendly: &friendly_name,
                    attributes: &attributes,
                };
                match twilio.label(&conversation_sid, &names).await {
                    Ok(()) => Err(Trouble::Moot("labelled")),
                    Err(failure) => self.failed(failure, |_| None).await,
                }
            }
            Effect::AddPerson { session_id, conversation_sid, person } => {
                match twilio.move_in(&conversation_sid, &person).await {
                    Ok(participant_sid) => {
                        let person = si_channel_core::event::Person { participant_sid, ..person };
                        self.bring_back(&Input::PersonAdded { session_id, person }).await
                    }
                    Err(failure) => {
                        let gone = Input::PersonGone {
                            session_id,
                            address: person.address,
                            reason: LeaveReason::Removed,
                        };
                        self.failed(failure, |_| Some(gone)).await
                    }
                }
            }
            Effect::MovePerson { from_session_id, to_session_id, to_conversation_sid, person, .. } => {
                match twilio.move_in(&to_conversation_sid, &person).await {
                    Ok(participant_sid) => {
                        let person = si_channel_core::event::Person { participant_sid, ..person };
                        self.bring_back(&Input::PersonMoved { from_session_id, to_session_id, person }).await
                    }
                    Err(failure) => {
                        self.failed(failure, |reason| {
                            Some(Input::MoveFailed { from_session_id, to_session_id, person, reason })
                        })
                        .await
                    }
                }
            }
            Effect::RemovePerson { session_id, conversation_sid, person, reason } => {
                if let Some(conversation) = &conversation_sid
                    && let Err(failure) = twilio.remove(conversation, &person).await
                {
                    // Somebody who must not be written to stays in the way until they are out.
                    return match failure {
                        Failure::Again { reason, .. } | Failure::Never { reason, .. } => {
                            Err(Trouble::Again { after: Duration::from_secs(2), reason })
                        }
                    };
                }
                self.bring_back(&Input::PersonGone { session_id, address: person.address, reason }).await
            }
            Effect::CloseConversation { session_id, conversation_sid } => {
                let session = self.session(&session_id).await?;
                if !matches!(session.state, SessionState::Closing | SessionState::Closed) {
                    return Err(Trouble::Moot("the session was resumed"));
                }
                if let Some(conversation) = conversation_sid.or(session.conversation_sid)
                    && let Err(failure) = twilio.close(&conversation).await
                {
                    return self.failed(failure, |_| Some(Input::ConversationClosed { session_id })).await;
                }
                self.bring_back(&Input::ConversationClosed { session_id }).await
            }
            Effect::Send { .. } | Effect::Ask { .. } | Effect::CancelQueued { .. } => {
                Err(Trouble::Moot("carried out elsewhere"))
            }
        }
    }

    /// Cancels what waits for somebody who may not be written to. What goes to a group goes on without them.
    async fn cancel_queued(&self, address: &Address) -> Result<(), Trouble> {
        let engine = &self.workers.engine;
        let store = engine.store();
        let mut values = vec![address.to_string()];
        for (_, record) in
            store.list(Kind::Session, documents::PERSON, &address.to_string(), None, 100).await?
        {
            if let Found::Session(session) = documents::found(&record)?
                && session.is_open()
                && !session.is_group()
            {
                values.push(session.id.to_string());
            }
        }
        for value in values {
            for (_, record) in store.list(Kind::Outbound, documents::WAITING, &value, None, 1_000).await? {
                let Found::Outbound(message) = documents::found(&record)? else { continue };
                if message.queued.exemption.is_some() {
                    continue;
                }
                let outbound_id = message.id().clone();
                engine.decide(&Input::Cancel { outbound_id, reason: "opted_out".to_owned() }).await?;
            }
        }
        Err(Trouble::Moot("cancelled"))
    }

    async fn send(&self, id: &OutboundId) -> Result<(), Trouble> {
        let engine = &self.workers.engine;
        let claim = Input::SendClaimed { outbound_id: id.clone() };
        match engine.decide(&claim).await? {
            Decided::Done(_) => {}
            Decided::Rejected(Rejection::TooEarly(why)) => {
                return Err(Trouble::Again { after: Duration::from_millis(100), reason: why.to_owned() });
            }
            Decided::Rejected(_) => return Err(Trouble::Moot("settled before")),
        }
        let message = self.message(id).await?;
        match message.claimed() {
            Claimed::Settled => Err(Trouble::Moot("not to be sent")),
            Claimed::Wait => Err(Trouble::Again {
                after: Duration::from_millis(50),
                reason: "somebody leaves first".to_owned(),
            }),
            Claimed::Look => self.look(&message).await,
            Claimed::Post => self.post(&message).await,
        }
    }

    async fn message(&self, id: &OutboundId) -> Result<OutboundMessage, Trouble> {
        let want = Want::Id(Kind::Outbound, id.to_string());
        let record = self.workers.engine.store().load(vec![want]).await?.pop().flatten();
        match record.map(|record| documents::found(&record)).transpose()? {
            Some(Found::Outbound(message)) => Ok(*message),
            _ => Err(Trouble::Moot("no such message")),
        }
    }

    async fn post(&self, message: &OutboundMessage) -> Result<(), Trouble> {
        let twilio = &self.workers.twilio;
        let id = message.id();
        let text = &message.queued.text;
        let sent = match self.destination(message).await? {
            Destination::Conversation(sid) => twilio.write(&sid, id, text).await,
            Destination::Phone { to, from } => twilio.write_alone(&to, &from, id, text).await,
        };
        let outbound_id = id.clone();
        let input = match sent {
            Sent::Accepted(sighting) => Input::SendAccepted {
                outbound_id,
                message_sid: sighting.message_sid,
                index: sighting.index,
                at: sighting.at.unwrap_or_else(|| self.workers.engine.clock().now()),
            },
            Sent::Unclear => {
                self.workers.engine.decide(&Input::SendUnclear { outbound_id }).await?;
                return Err(Trouble::Again {
                    after: Duration::from_millis(250),
                    reason: "unclear whether it was sent".to_owned(),
                });
            }
            Sent::Failed(Failure::Again { reason, after }) => Input::SendFailed {
                outbound_id,
                error_code: None,
                reason,
                transient: true,
                retry_after: after.and_then(|after| after.try_into().ok()),
            },
            Sent::Failed(Failure::Never { code, reason }) => Input::SendFailed {
                outbound_id,
                error_code: code,
                reason,
                transient: false,
                retry_after: None,
            },
        };
        self.settle_send(&input).await
    }

    async fn look(&self, message: &OutboundMessage) -> Result<(), Trouble> {
        let twilio = &self.workers.twilio;
        let outbound_id = message.id().clone();
        let tried_at = message.attempted_at;
        let found = match self.destination(message).await? {
            Destination::Conversation(sid) => twilio.look(&sid, &outbound_id, tried_at).await,
            Destination::Phone { to, from } => {
                twilio.look_alone(&to, &from, &message.queued.text, tried_at).await
            }
        };
        match found {
            Ok(Some(sighting)) => {
                self.settle_send(&Input::SendAccepted {
                    outbound_id,
                    message_sid: sighting.message_sid,
                    index: sighting.index,
                    at: sighting.at.unwrap_or_else(|| self.workers.engine.clock().now()),
                })
                .await
            }
            Ok(None) => {
                let again = Duration::from_millis(500);
                match self.settle_send(&Input::SendNotFound { outbound_id }).await {
                    Err(Trouble::Again { reason, .. }) => Err(Trouble::Again { after: again, reason }),
                    other => other,
                }
            }
            Err(Failure::Again { reason, after }) => {
                Err(Trouble::Again { after: after.unwrap_or(Duration::from_secs(2)), reason })
            }
            Err(Failure::Never { reason, .. }) => {
                tracing::warn!(message = %outbound_id, reason, "cannot look for a message");
                self.settle_send(&Input::SendFailed {
                    outbound_id,
                    error_code: None,
                    reason: "unclear whether it was sent".to_owned(),
                    transient: false,
                    retry_after: None,
                })
                .await
            }
        }
    }

    /// Settles the effect with the decision: done, or to be handed out again when the message is to be tried again.
    async fn settle_send(&self, input: &Input) -> Result<(), Trouble> {
        let now = self.workers.engine.clock().now();
        let settle = |outcome: &si_channel_core::engine::Outcome| {
            let retry_at = outcome.events.iter().rev().find_map(|event| {
                let deferred = event.kind == "si.channel.message.deferred.v1";
                let at = event.data.get("retry_at").and_then(|at| at.as_str());
                deferred.then(|| at.and_then(|at| at.parse::<jiff::Timestamp>().ok()).unwrap_or(now))
            });
            self.claimed.source(retry_at.map(|at| at.as_millisecond()))
        };
        match self.workers.engine.settle(input, &settle).await? {
            Decided::Rejected(Rejection::TooEarly(why)) => {
                Err(Trouble::Again { after: Duration::from_millis(500), reason: why.to_owned() })
            }
            Decided::Rejected(_) | Decided::Done(_) => Ok(()),
        }
    }

    async fn destination(&self, message: &OutboundMessage) -> Result<Destination, Trouble> {
        if let Target::Person { address, sender } = &message.queued.target {
            return Ok(Destination::Phone { to: address.clone(), from: sender.clone() });
        }
        let session = self.session(&message.session_id).await?;
        if let Some(sid) = session.conversation_sid {
            return Ok(Destination::Conversation(sid));
        }
        match session.members.first() {
            Some(only) => {
                Ok(Destination::Phone { to: only.person.address.clone(), from: only.person.sender.clone() })
            }
            None => {
                Err(Trouble::Again { after: Duration::from_secs(1), reason: "nobody to send to".to_owned() })
            }
        }
    }
}

enum Destination {
    Conversation(twilio_conversations::sid::ConversationSid),
    Phone { to: Address, from: Address },
}
