//! Sending what is queued, and cancelling it.

use std::time::Duration;

use si_channel_core::address::Address;
use si_channel_core::consent::Scope;
use si_channel_core::event::Target;
use si_channel_core::id::OutboundId;
use si_channel_core::input::Input;
use si_channel_core::normalize;
use si_channel_core::outbound::{Claimed, OutboundMessage};
use si_channel_core::rejection::Rejection;
use si_channel_core::session::Member;
use si_channel_core::world::Found;
use tokio::time::Instant;

use super::{Step, Trouble};
use crate::documents;
use crate::engine::Decided;
use crate::spool::Spool;
use crate::store::{Kind, Page, Want};
use crate::twilio::{Failure, Sent};

/// How often a file is asked for, each time patiently; what comes after it waits.
const FILE_ATTEMPTS: u32 = 3;
/// Until it is looked again whether a recipient has been heard out. Decisions take milliseconds.
const UNHEARD: Duration = Duration::from_millis(20);
/// What was claimed is handed over within this time or claimed anew, for its recipient may have opted out since. It is
/// less than [`Retry::look_for`], so that another server that has taken it over does not yet think it lost, and much more
/// than it takes when nothing stands still.
///
/// [`Retry::look_for`]: si_channel_core::policy::Retry::look_for
const AT_HAND: Duration = Duration::from_secs(2);

impl Step<'_> {
    /// Cancels what waits for somebody who may not be written to. What goes to a group goes on without them.
    pub(super) async fn cancel_queued(&self, address: &Address, scope: &Scope) -> Result<(), Trouble> {
        let engine = &self.workers.engine;
        let store = engine.store();
        let name = address.to_string();
        let mut values = vec![name.clone()];
        for (_, record) in store.list(Kind::Session, (documents::PERSON, &name), Page::first(100)).await? {
            if let Found::Session(session) = documents::found(&record)?
                && session.is_open()
                && session.is_only(address)
            {
                values.push(session.id.to_string());
            }
        }
        for value in values {
            let waiting =
                store.list(Kind::Outbound, (documents::WAITING, &value), Page::first(1_000)).await?;
            for (_, record) in waiting {
                let Found::Outbound(message) = documents::found(&record)? else { continue };
                let queued = &message.queued;
                let purpose = queued.purpose.as_deref().filter(|_| queued.text_id.is_none());
                let matter = engine.policy().matter(
                    engine.policy().senders.of(address.channel()),
                    purpose,
                    queued.class,
                );
                if queued.exemption.is_some() || !scope.covers(&matter) {
                    continue;
                }
                let outbound_id = message.id().clone();
                engine.decide(&Input::Cancel { outbound_id, reason: "opted_out".to_owned() }).await?;
            }
        }
        Err(Trouble::Moot("cancelled"))
    }

    /// Has all that waits for the quiet hours of somebody looked at again, as it is now known where they are.
    pub(super) async fn retime(&self, address: &Address) -> Result<(), Trouble> {
        let engine = &self.workers.engine;
        let store = engine.store();
        let address = address.to_string();
        let mut values = vec![address.clone()];
        for (_, record) in store.list(Kind::Session, (documents::PERSON, &address), Page::first(100)).await? {
            match documents::found(&record)? {
                Found::Session(session) if session.is_open() => values.push(session.id.to_string()),
                _ => {}
            }
        }
        let mut outbound_ids = Vec::new();
        for value in values {
            let waiting =
                store.list(Kind::Outbound, (documents::WAITING, &value), Page::first(1_000)).await?;
            for (_, record) in waiting {
                match documents::found(&record)? {
                    Found::Outbound(message) if message.postponed.is_some() => {
                        outbound_ids.push(message.id().clone());
                    }
                    _ => {}
                }
            }
        }
        if !outbound_ids.is_empty() {
            engine.decide(&Input::Retime { outbound_ids }).await?;
        }
        Err(Trouble::Moot("timed anew"))
    }

    /// Claims a message, reading consent in the same transaction, and hands it to Twilio.
    pub(super) async fn send(&self, id: &OutboundId) -> Result<(), Trouble> {
        let engine = &self.workers.engine;
        if self.is_being_heard(id).await? {
            return Err(Trouble::Again { after: UNHEARD, reason: "somebody is heard out first".to_owned() });
        }
        if !self.message_has_turn(id).await? {
            return Ok(());
        }
        let began = Instant::now();
        let claim = Input::SendClaimed { outbound_id: id.clone() };
        match engine.decide(&claim).await? {
            Decided::Done(_) => {}
            Decided::Rejected(Rejection::TooEarly(why)) => {
                return Err(Trouble::Again { after: Duration::from_millis(100), reason: why.to_owned() });
            }
            Decided::Rejected(_) => return Err(Trouble::Moot("settled before")),
        }
        let message = self.message(id).await?;
        match message.claimed(engine.clock().now()) {
            Claimed::Settled => Err(Trouble::Moot("not to be sent")),
            Claimed::Wait => Err(Trouble::Again {
                after: Duration::from_millis(50),
                reason: "somebody leaves first".to_owned(),
            }),
            Claimed::Look => self.look(&message).await,
            Claimed::Post => self.post(&message, began).await,
        }
    }

    /// Whether something that is acknowledged to Twilio and not decided yet may be a recipient's opt-out.
    async fn is_being_heard(&self, id: &OutboundId) -> Result<bool, Trouble> {
        if self.workers.spool.as_ref().is_some_and(Spool::is_holding) {
            return Ok(true);
        }
        let message = self.message(id).await?;
        let mut lanes = Vec::new();
        if let Target::Person { address, sender } = &message.queued.target {
            lanes.push(normalize::lane_between(address, sender));
        }
        let session = self.session(&message.session_id).await?;
        let between =
            |member: &Member| normalize::lane_between(&member.person.address, &member.person.sender);
        lanes.extend(session.members.iter().map(between));
        lanes.extend(session.conversation_sid.as_ref().map(ToString::to_string));
        Ok(self.workers.engine.store().has_pending_inputs(lanes).await?)
    }

    pub(super) async fn message(&self, id: &OutboundId) -> Result<OutboundMessage, Trouble> {
        let want = Want::Id(Kind::Outbound, id.to_string());
        let record = self.workers.engine.store().load(vec![want]).await?.pop().flatten();
        match record.map(|record| documents::found(&record)).transpose()? {
            Some(Found::Outbound(message)) => Ok(*message),
            _ => Err(Trouble::Moot("no such message")),
        }
    }

    async fn post(&self, message: &OutboundMessage, began: Instant) -> Result<(), Trouble> {
        let twilio = &self.workers.twilio;
        let id = message.id();
        let content = &message.queued.content;
        let destination = self.destination(message).await?;
        let within = AT_HAND.saturating_sub(began.elapsed());
        let sent = match &destination {
            Destination::Conversation(sid) => twilio.write(sid, id, content, within).await,
            Destination::Phone { to, from } => twilio.write_alone(to, from, id, content, within).await,
        };
        self.note_sent(message, &sent).await;
        let outbound_id = id.clone();
        let input = match sent {
            Sent::Accepted(sighting) => Input::SendAccepted {
                outbound_id,
                message_sid: sighting.message_sid,
                index: sighting.index,
                shown: sighting.text,
                at: sighting.at.unwrap_or_else(|| self.workers.engine.clock().now()),
            },
            Sent::Unclear => {
                self.workers.engine.decide(&Input::SendUnclear { outbound_id }).await?;
                return Err(Trouble::Again {
                    after: Duration::from_millis(250),
                    reason: "unclear whether it was sent".to_owned(),
                });
            }
            // However often this machine stands still, it is worth another try until it expires.
            Sent::TooLate => Input::SendFailed {
                outbound_id,
                error_code: None,
                reason: "it was not handed over in time".to_owned(),
                transient: true,
                outage: true,
                retry_after: None,
                file: false,
            },
            Sent::Failed(Failure::Again { reason, after, outage }) => Input::SendFailed {
                outbound_id,
                error_code: outage.and_then(|outage| outage.code),
                reason,
                transient: true,
                outage: outage.is_some(),
                retry_after: after.and_then(|after| after.try_into().ok()),
                file: false,
            },
            Sent::NoFile(failure) => {
                let (reason, transient, code, after) = match failure {
                    Failure::Again { reason, after, .. } => {
                        (reason, message.attempts < FILE_ATTEMPTS, None, after)
                    }
                    Failure::Never { code, reason } => (reason, false, code, None),
                };
                Input::SendFailed {
                    outbound_id,
                    error_code: code,
                    reason: format!("the file cannot be sent: {reason}"),
                    transient,
                    outage: false,
                    retry_after: after.and_then(|after| after.try_into().ok()),
                    file: true,
                }
            }
            Sent::Gone => {
                // Nobody told us: the session ends now, and the message goes on where its person is.
                if let Destination::Conversation(conversation_sid) = destination {
                    self.workers.engine.decide(&Input::ConversationEnded { conversation_sid }).await?;
                }
                Input::SendFailed {
                    outbound_id,
                    error_code: None,
                    reason: "the conversation was closed or deleted at Twilio".to_owned(),
                    transient: true,
                    outage: false,
                    retry_after: None,
                    file: false,
                }
            }
            Sent::Failed(Failure::Never { code, reason }) => Input::SendFailed {
                outbound_id,
                error_code: code,
                reason,
                transient: false,
                outage: false,
                retry_after: None,
                file: false,
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
                twilio.look_alone(&to, &from, &message.queued.content, tried_at).await
            }
        };
        match &found {
            Ok(_) => self.workers.breaker.went_well(),
            Err(failure) => self.note_trouble(failure),
        }
        match found {
            Ok(Some(sighting)) => {
                self.settle_send(&Input::SendAccepted {
                    outbound_id,
                    message_sid: sighting.message_sid,
                    index: sighting.index,
                    shown: sighting.text,
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
            Err(Failure::Again { reason, after, .. }) => {
                Err(Trouble::Again { after: after.unwrap_or(Duration::from_secs(2)), reason })
            }
            Err(Failure::Never { reason, .. }) => {
                tracing::warn!(message = %outbound_id, reason, "cannot look for a message");
                self.settle_send(&Input::SendFailed {
                    outbound_id,
                    error_code: None,
                    reason: "unclear whether it was sent".to_owned(),
                    transient: false,
                    outage: false,
                    retry_after: None,
                    file: false,
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
            self.claimed.source(retry_at.map(jiff::Timestamp::as_millisecond))
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

/// Where a message goes.
enum Destination {
    Conversation(twilio_conversations::sid::ConversationSid),
    Phone { to: Address, from: Address },
}
