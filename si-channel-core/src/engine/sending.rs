//! Outbound messages on their way.

use crate::address::Address;
use crate::consent::Act;
use crate::engine::{Desk, Stop};
use crate::event::{Event, LeaveReason, ReceiptStatus, Target};
use crate::id::OutboundId;
use crate::input::Input;
use crate::outbound::{OutboundMessage, Step};
use crate::rejection::Rejection;
use crate::session::{Command, Presence, Session, SessionState};
use crate::world::Want;

/// Twilio's code for a recipient who has opted out there.
/// <https://www.twilio.com/docs/api/errors/21610>
const UNSUBSCRIBED: u32 = 21610;

impl Desk<'_> {
    pub(super) fn sending(&mut self, input: &Input) -> Result<(), Stop> {
        match input {
            Input::SendClaimed { outbound_id } => self.claim(outbound_id),
            Input::OwnMessageSeen { outbound_id, message_sid, index, at }
            | Input::SendAccepted { outbound_id, message_sid, index, at } => {
                let step = Step::Accept { message_sid: message_sid.clone(), index: *index, at: *at };
                self.step(outbound_id, &step).map(drop)
            }
            Input::SendFailed { outbound_id, error_code, reason, transient, retry_after } => {
                let step = Step::Refuse {
                    error_code: *error_code,
                    reason: reason.clone(),
                    transient: *transient,
                    retry_after: *retry_after,
                };
                self.step(outbound_id, &step)?;
                if *error_code == Some(UNSUBSCRIBED)
                    && let Some(message) = self.message(outbound_id)?
                    && let Target::Person { address, .. } = message.queued.target
                {
                    self.blocked(&address, None)?;
                }
                Ok(())
            }
            Input::SendUnclear { outbound_id } => self.step(outbound_id, &Step::Lose).map(drop),
            Input::SendNotFound { outbound_id } => self.step(outbound_id, &Step::NotFound).map(drop),
            Input::Cancel { outbound_id, reason } => {
                self.step(outbound_id, &Step::Cancel { reason: reason.clone() }).map(drop)
            }
            Input::ReceiptArrived { .. } => self.receipt(input),
            Input::StatusArrived { .. } => self.status(input),
            _ => Err(Rejection::AlreadySo.into()),
        }
    }

    /// Reads consent in the same transaction that hands the message out.
    fn claim(&mut self, id: &OutboundId) -> Result<(), Stop> {
        let message = self.message(id)?.ok_or(Rejection::NotFound("no such outbound message"))?;
        let session = self.existing(&message.session_id)?;
        let barred = match &message.queued.target {
            Target::Person { address, .. } => {
                let ledger = self.ledger(address)?;
                ledger.allows(message.queued.class, message.queued.exemption).err()
            }
            Target::Session => match self.barred(&session, &message)? {
                Bar::None => None,
                Bar::For(reason) => Some(reason),
                // What makes them leave is decided here; the message stays queued.
                Bar::Until => return Ok(()),
            },
        };
        self.step(id, &Step::Claim { barred }).map(drop)
    }

    fn barred(&mut self, session: &Session, message: &OutboundMessage) -> Result<Bar, Stop> {
        if session.state == SessionState::Closed {
            return Ok(Bar::For("session_closed"));
        }
        let consents = self.consents(session)?;
        let reason = |address: &Address| {
            consents
                .get(address)
                .map_or(Err("no_consent"), |l| l.allows(message.queued.class, message.queued.exemption))
                .err()
        };
        let here: Vec<_> = session.members.iter().filter(|m| m.presence != Presence::Invited).collect();
        match here.as_slice() {
            [] => Ok(Bar::For("nobody_there")),
            [only] => Ok(reason(&only.person.address).map_or(Bar::None, Bar::For)),
            several => {
                // Twilio relays to everybody in the conversation, so who may not be written to must be out of it.
                let out: Vec<_> = several.iter().filter(|m| reason(&m.person.address).is_some()).collect();
                if out.len() == several.len() {
                    return Ok(Bar::For("opted_out"));
                }
                for member in &out {
                    if member.presence == Presence::Present {
                        let leaving = Event::ParticipantLeaving {
                            address: member.person.address.clone(),
                            reason: LeaveReason::OptedOut,
                        };
                        let current = self.existing(&session.id)?;
                        self.record_session(current, vec![leaving]);
                    }
                }
                Ok(if out.is_empty() { Bar::None } else { Bar::Until })
            }
        }
    }

    fn receipt(&mut self, input: &Input) -> Result<(), Stop> {
        let Input::ReceiptArrived { conversation_sid, message_sid, participant_sid, status, error_code, at } =
            input
        else {
            return Err(Rejection::AlreadySo.into());
        };
        self.world
            .need([Want::OutboundBySid(message_sid.clone()), Want::Conversation(conversation_sid.clone())])?;
        let ours = self.world.outbound(&Want::OutboundBySid(message_sid.clone()))?.map(|m| m.id().clone());
        let session = self.known(conversation_sid)?;
        match ours {
            Some(id) => {
                let recipient = participant_sid.to_string();
                let step = Step::Receipt { recipient, status: *status, error_code: *error_code, at: *at };
                self.step(&id, &step)?;
            }
            None if session.recent.contains(message_sid) => {
                let command = Command::Relay {
                    message_sid,
                    participant_sid,
                    status: *status,
                    error_code: *error_code,
                    at: *at,
                };
                self.command(&session.id, &command)?;
            }
            None => return Err(Rejection::TooEarly("the message of this receipt").into()),
        }
        if *error_code == Some(UNSUBSCRIBED)
            && let Some(member) = session.member_by_sid(participant_sid)
        {
            self.blocked(&member.person.address.clone(), Some(message_sid))?;
        }
        Ok(())
    }

    fn status(&mut self, input: &Input) -> Result<(), Stop> {
        let Input::StatusArrived { outbound_id, message_sid, status, to, error_code, at } = input else {
            return Err(Rejection::AlreadySo.into());
        };
        let id = match outbound_id {
            Some(id) => id.clone(),
            None => self
                .world
                .outbound(&Want::OutboundBySid(message_sid.clone()))?
                .map(|m| m.id().clone())
                .ok_or(Rejection::TooEarly("the message of this status"))?,
        };
        let message = self.message(&id)?.ok_or(Rejection::NotFound("no such outbound message"))?;
        let mut changed = false;
        if message.state.is_pending() {
            // The callback proves that Twilio has the message, even if its answer was lost.
            let step = Step::Accept { message_sid: message_sid.clone(), index: None, at: *at };
            changed = !self.step(&id, &step)?.is_empty();
        }
        let status = match status.as_str() {
            "sent" => Some(ReceiptStatus::Sent),
            "delivered" => Some(ReceiptStatus::Delivered),
            "read" => Some(ReceiptStatus::Read),
            "undelivered" => Some(ReceiptStatus::Undelivered),
            "failed" => Some(ReceiptStatus::Failed),
            _ => None,
        };
        if let Some(status) = status {
            let recipient = to.as_ref().map_or_else(|| "recipient".to_owned(), ToString::to_string);
            let step = Step::Receipt { recipient, status, error_code: *error_code, at: *at };
            match self.step(&id, &step) {
                Ok(_) => changed = true,
                Err(Stop::Rejected(_)) => {}
                Err(need) => return Err(need),
            }
        }
        if *error_code == Some(UNSUBSCRIBED)
            && let Some(address) = to
        {
            self.blocked(address, Some(message_sid))?;
            changed = true;
        }
        if changed { Ok(()) } else { Err(Rejection::AlreadySo.into()) }
    }

    /// Twilio says the person has opted out there; then they have here.
    fn blocked(&mut self, address: &Address, message_sid: Option<&String>) -> Result<(), Stop> {
        match self.act(address, &Act::Blocked { message_sid: message_sid.cloned() }, None) {
            Ok(_) => self.leave_groups(address),
            Err(Stop::Rejected(_)) => Ok(()),
            Err(need) => Err(need),
        }
    }

    /// Takes somebody who may not be written to out of the groups they are in.
    pub(super) fn leave_groups(&mut self, address: &Address) -> Result<(), Stop> {
        let Some(sender) = self.context.policy.senders.of(address.channel()).cloned() else { return Ok(()) };
        let Some(session) = self.open_session(address, &sender)? else { return Ok(()) };
        let present = session.member(address).is_some_and(|m| m.presence == Presence::Present);
        if session.is_group() && present {
            let leaving =
                Event::ParticipantLeaving { address: address.clone(), reason: LeaveReason::OptedOut };
            self.record_session(session, vec![leaving]);
        }
        Ok(())
    }
}

enum Bar {
    None,
    For(&'static str),
    Until,
}
