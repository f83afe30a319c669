//! Outbound messages on their way.

use jiff::Timestamp;
use std::sync::Arc;

use crate::address::Address;
use crate::consent::{Act, Matter};
use crate::engine::{Desk, Stop};
use crate::event::{CloseReason, ConsentState, Event, LeaveReason, Origin, ReceiptStatus, Target};
use crate::id::{OutboundId, SessionId};
use crate::input::Input;
use crate::normalize;
use crate::outbound::{self, OutboundMessage, OutboundState, Step};
use crate::rejection::Rejection;
use crate::remedy::Remedy;
use crate::session::{Command, Member, Session, SessionState};
use crate::window;
use crate::world::Want;

/// Twilio's code for a recipient who has opted out there.
/// <https://www.twilio.com/docs/api/errors/21610>
const UNSUBSCRIBED: u32 = 21610;

impl Desk<'_> {
    pub(super) fn sending(&mut self, input: &Input) -> Result<(), Stop> {
        match input {
            Input::SendClaimed { outbound_id } => self.claim(outbound_id),
            Input::OwnMessageSeen { outbound_id, message_sid, index, at } => {
                self.accept(outbound_id, message_sid, *index, None, *at)
            }
            Input::SendAccepted { outbound_id, message_sid, index, shown, at } => {
                self.accept(outbound_id, message_sid, *index, shown.clone(), *at)
            }
            Input::SendFailed { outbound_id, error_code, reason, transient, outage, retry_after, file } => {
                let step = Step::Refuse {
                    error_code: *error_code,
                    reason: reason.clone(),
                    transient: *transient || error_code.is_some_and(|code| normalize::remedy(code).repeats()),
                    outage: *outage,
                    retry_after: *retry_after,
                };
                let events = self.step(outbound_id, &step)?;
                if *file && events.iter().any(|event| matches!(event, Event::MessageFailed { .. })) {
                    self.say_without_file(outbound_id)?;
                }
                match (*error_code, self.only_recipient(outbound_id)?) {
                    (Some(UNSUBSCRIBED), Some(address)) => self.blocked(&address, None),
                    (Some(window::CLOSED), Some(address)) => self.shut_out(outbound_id, &address),
                    (Some(code), Some(address)) => self.go_elsewhere(outbound_id, &address, code),
                    _ => Ok(()),
                }
            }
            Input::SendUnclear { outbound_id } => self.step(outbound_id, &Step::Lose).map(drop),
            Input::SendNotFound { outbound_id } => {
                let message = self.message(outbound_id)?;
                let message = message.ok_or(Rejection::NotFound("no such outbound message"))?;
                let session = self.existing(&message.session_id)?;
                // A conversation's messages carry our id: not there means not taken. Past it they carry nothing.
                let certain = message.queued.target == Target::Session && session.conversation_sid.is_some();
                self.step(outbound_id, &Step::NotFound { certain }).map(drop)
            }
            Input::Cancel { outbound_id, reason } => {
                self.step(outbound_id, &Step::Cancel { reason: reason.clone() }).map(drop)
            }
            Input::Resend { outbound_id } => self.step(outbound_id, &Step::Again).map(drop),
            Input::Retime { outbound_ids } => self.retime(outbound_ids),
            Input::ReceiptArrived { .. } => self.receipt(input),
            Input::StatusArrived { .. } => self.status(input),
            _ => Err(Rejection::AlreadySo.into()),
        }
    }

    fn accept(
        &mut self,
        id: &OutboundId,
        message_sid: &str,
        index: Option<i64>,
        shown: Option<String>,
        at: Timestamp,
    ) -> Result<(), Stop> {
        let holder = self.world.outbound(&Want::OutboundBySid(message_sid.to_owned()))?;
        if holder.is_some_and(|holder| holder.id() != id) {
            // Looking for a text found another of the same words.
            return self.step(id, &Step::NotFound { certain: false }).map(drop);
        }
        self.step(id, &Step::Accept { message_sid: message_sid.to_owned(), index, shown, at })?;
        self.taken_against_consent(id, message_sid, at)
    }

    /// Twilio took a message for all while somebody who opted out after it was handed over was still among them.
    fn taken_against_consent(
        &mut self,
        id: &OutboundId,
        message_sid: &str,
        at: Timestamp,
    ) -> Result<(), Stop> {
        let Some(message) = self.message(id)?.filter(|m| m.queued.target == Target::Session) else {
            return Ok(());
        };
        let session = self.existing(&message.session_id)?;
        let events = session.against_consent(message_sid, None, at);
        if !events.is_empty() {
            self.record_session(session, events);
        }
        Ok(())
    }

    /// Reads consent in the same transaction that hands the message out.
    fn claim(&mut self, id: &OutboundId) -> Result<(), Stop> {
        let message = self.message(id)?.ok_or(Rejection::NotFound("no such outbound message"))?;
        let session = self.existing(&message.session_id)?;
        let waiting = message.state == OutboundState::Queued && message.queued.expires_at > self.context.now;
        let barred = match &message.queued.target {
            Target::Person { address, sender } => self.refusal(address, Some(sender), &message)?,
            Target::Session if !waiting => None,
            Target::Session if session.state == SessionState::Closed => {
                match self.successor(&session, &message)? {
                    Some((successor, target)) => return self.carry_over(&message, &successor, target),
                    None => Some("session_closed"),
                }
            }
            // Its conversation is being found; the message stays queued.
            Target::Session if session.is_unbound() => return Ok(()),
            Target::Session if others(&session, &message) => return self.claim_alone(&message, &session),
            Target::Session => match self.barred(&session, &message)? {
                Bar::None => None,
                Bar::For(reason) => Some(reason),
                // What makes them leave is decided here; the message stays queued.
                Bar::Until => return Ok(()),
            },
        };
        self.take_up(id, barred.map(outbound::Bar::from))
    }

    /// The last look before a message goes: WhatsApp's window. What comes too late for it is said by template, if by
    /// anything.
    pub(super) fn hand_out(
        &mut self,
        message: &OutboundMessage,
        session: &Session,
        barred: Option<outbound::Bar>,
    ) -> Result<(), Stop> {
        let now = self.context.now;
        let waiting = message.state == OutboundState::Queued && message.queued.expires_at > now;
        let late =
            if barred.is_none() && waiting { self.out_of_reach(message, session)? } else { Vec::new() };
        if late.is_empty() {
            return self.step(message.id(), &Step::Claim { barred }).map(drop);
        }
        self.step(message.id(), &Step::too_late())?;
        late.iter().try_for_each(|address| self.say_by_template(message, address))
    }

    /// Sends what is for one person past the conversation, since others are in it by now.
    fn claim_alone(&mut self, message: &OutboundMessage, session: &Session) -> Result<(), Stop> {
        let Some(address) = &message.queued.only else { return Err(Rejection::AlreadySo.into()) };
        let known = session.member(address).map(|m| m.person.sender.clone());
        let barred = match known.or_else(|| self.context.policy.senders.of(address.channel()).cloned()) {
            Some(sender) => {
                let target = Target::alone(address, &sender);
                self.step(message.id(), &Step::Move { target, to_session_id: session.id.clone() })?;
                self.refusal(address, Some(&sender), message)?
            }
            None => Some("nobody_there"),
        };
        self.take_up(message.id(), barred.map(outbound::Bar::from))
    }

    /// Why consent keeps a message from somebody, if it does.
    pub(super) fn refusal(
        &self,
        address: &Address,
        sender: Option<&Address>,
        message: &OutboundMessage,
    ) -> Result<Option<&'static str>, Stop> {
        let matter = self.matter(sender, message);
        Ok(self.ledger(address)?.allows(&matter, message.queued.exemption).err())
    }

    fn matter<'m>(&'m self, sender: Option<&'m Address>, message: &OutboundMessage) -> Matter<'m> {
        // The channel's own texts belong to no purpose that a person could withdraw by itself.
        let purpose = message.queued.purpose.as_deref().filter(|_| message.queued.text_id.is_none());
        self.context.policy.matter(sender, purpose, message.queued.class)
    }

    fn barred(&mut self, session: &Session, message: &OutboundMessage) -> Result<Bar, Stop> {
        let consents = self.consents(session)?;
        let reason = |member: &Member| {
            let matter = self.matter(Some(&member.person.sender), message);
            let ledger = consents.get(&member.person.address);
            ledger.map_or(Err("no_consent"), |l| l.allows(&matter, message.queued.exemption)).err()
        };
        // Twilio relays to everybody in the conversation, so who may not be written to must be out of it. Who is on the
        // way in may be there already.
        let here = &session.members;
        let out: Vec<_> = here.iter().filter_map(|m| Some((&m.person.address, reason(m)?))).collect();
        match (here.as_slice(), out.as_slice()) {
            ([], _) => return Ok(Bar::For("nobody_there")),
            (_, []) => return Ok(Bar::None),
            (_, [(_, reason), ..]) if out.len() == here.len() => return Ok(Bar::For(reason)),
            _ => {}
        }
        let wholly = |address: &Address| {
            consents.get(address).is_none_or(|ledger| ledger.state() != ConsentState::Granted)
        };
        // Who does not want this, but does want the rest, stays; what Twilio would relay to them is not said.
        if let Some((_, reason)) = out.iter().find(|(address, _)| !wholly(address)) {
            return Ok(Bar::For(reason));
        }
        for (address, reason) in out {
            let leaving = match reason {
                "opted_out" => LeaveReason::OptedOut,
                _ => LeaveReason::NoConsent,
            };
            self.take_out(&session.id, address, leaving)?;
        }
        Ok(Bar::Until)
    }

    /// Where a message goes on whose session has ended: its one recipient's session, begun if need be. `None` when
    /// the message was for that session alone.
    pub(super) fn successor(
        &mut self,
        session: &Session,
        message: &OutboundMessage,
    ) -> Result<Option<(Arc<Session>, Target)>, Stop> {
        let alone = session.everyone.front().filter(|_| session.everyone.len() == 1);
        let recipient = message.queued.only.as_ref().or(alone);
        let (Some(ended), Some(address)) = (session.close_reason, recipient) else { return Ok(None) };
        let answers = message.queued.turn_id.is_some();
        if message.queued.text_id.is_some() || (answers && ended.is_meant()) {
            return Ok(None);
        }
        let Some(sender) = self.context.policy.senders.of(address.channel()).cloned() else {
            return Ok(None);
        };
        if self.refusal(address, Some(&sender), message)?.is_some() {
            return Ok(None);
        }
        let successor = match self.open_session(address, &sender)? {
            Some(open) => open,
            // Taken out of the conversation, they get no other for the sake of an answer.
            None if answers && ended == CloseReason::Empty => return Ok(None),
            None => {
                let previous = Some(session.id.clone());
                self.begin_unbound_after(address, &sender, Origin::Requested, previous)?
            }
        };
        // What was for one person does not go to the group that they are in by now.
        let target = if successor.is_group() { Target::alone(address, &sender) } else { Target::Session };
        Ok(Some((successor, target)))
    }

    /// Moves a queued message into another session; both tell.
    pub(super) fn carry_over(
        &mut self,
        message: &OutboundMessage,
        successor: &Session,
        target: Target,
    ) -> Result<(), Stop> {
        let step = Step::Move { target, to_session_id: successor.id.clone() };
        let events = self.step(message.id(), &step)?;
        let successor = self.existing(&successor.id)?;
        self.record_session(successor, events);
        Ok(())
    }

    /// The person whom a message is for, when it is for one.
    fn only_recipient(&self, id: &OutboundId) -> Result<Option<Address>, Stop> {
        let Some(message) = self.message(id)? else { return Ok(None) };
        if let Target::Person { address, .. } = message.queued.target {
            return Ok(Some(address));
        }
        let session = self.existing(&message.session_id)?;
        Ok(match session.members.as_slice() {
            [only] => Some(only.person.address.clone()),
            _ => None,
        })
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
                let address = session.member_by_sid(participant_sid).map(|m| m.person.address.clone());
                let step = Step::Receipt { recipient, status: *status, error_code: *error_code, at: *at };
                self.take_receipt(&id, &step, address.as_ref())?;
            }
            None if session.remembers(message_sid) => {
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
            let step = Step::Accept { message_sid: message_sid.clone(), index: None, shown: None, at: *at };
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
            match self.take_receipt(&id, &step, to.as_ref()) {
                Ok(_) => changed = true,
                Err(Stop::Rejected(..)) => {}
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

    /// Takes a receipt, and sends in another way what did not arrive where there is one.
    fn take_receipt(
        &mut self,
        id: &OutboundId,
        step: &Step,
        address: Option<&Address>,
    ) -> Result<Vec<Event>, Stop> {
        let Step::Receipt { recipient, error_code, .. } = step else {
            return Err(Rejection::AlreadySo.into());
        };
        let before = self.message(id)?.and_then(|m| m.receipts.get(recipient).and_then(|r| r.error_code));
        let events = self.step(id, step)?;
        match (*error_code, address.filter(|_| before != *error_code)) {
            (Some(window::CLOSED), Some(address)) => self.shut_out(id, address)?,
            (Some(code), Some(address)) => self.go_elsewhere(id, address, code)?,
            _ => {}
        }
        Ok(events)
    }

    /// Twilio says the person's window is closed.
    fn shut_out(&mut self, id: &OutboundId, address: &Address) -> Result<(), Stop> {
        match self.message(id)? {
            Some(message) => self.say_by_template(&message, address),
            None => Ok(()),
        }
    }

    /// What cannot reach the person on a channel may on another.
    fn go_elsewhere(&mut self, id: &OutboundId, address: &Address, code: u32) -> Result<(), Stop> {
        match self.message(id)?.filter(|_| normalize::remedy(code) == Remedy::OtherChannel) {
            Some(message) => self.say_elsewhere(&message, address),
            None => Ok(()),
        }
    }

    /// Twilio says the person has opted out there; then they have here.
    fn blocked(&mut self, address: &Address, message_sid: Option<&String>) -> Result<(), Stop> {
        let breadth = self.context.policy.breadth(self.context.now);
        match self.act(address, &Act::Blocked { message_sid: message_sid.cloned(), breadth }, None) {
            Ok(_) => self.leave_groups(address),
            Err(Stop::Rejected(..)) => Ok(()),
            Err(need) => Err(need),
        }
    }

    /// Takes somebody who may not be written to out of the group they are in.
    pub(super) fn leave_groups(&mut self, address: &Address) -> Result<(), Stop> {
        if self.ledger(address)?.state() != ConsentState::Revoked {
            return Ok(());
        }
        let Some(sender) = self.context.policy.senders.of(address.channel()).cloned() else { return Ok(()) };
        match self.open_session(address, &sender)? {
            Some(session) if session.is_group() => self.take_out(&session.id, address, LeaveReason::OptedOut),
            _ => Ok(()),
        }
    }

    /// Twilio relays to everybody in a conversation, so who may not be written to is no participant of a group, whoever
    /// put them there.
    pub(super) fn take_out_unasked(&mut self, id: &SessionId) -> Result<(), Stop> {
        let session = self.existing(id)?;
        if !session.is_open() || session.members.len() < 2 {
            return Ok(());
        }
        let consents = self.consents(&session)?;
        for (address, ledger) in &consents {
            let granted = |own: &crate::consent::Scoped| own.standing.state == ConsentState::Granted;
            let reason = match ledger.state() {
                ConsentState::Granted => continue,
                ConsentState::Revoked => LeaveReason::OptedOut,
                ConsentState::Unknown | ConsentState::Pending if ledger.scopes.iter().any(granted) => {
                    continue;
                }
                ConsentState::Unknown | ConsentState::Pending => LeaveReason::NoConsent,
            };
            self.take_out(id, address, reason)?;
        }
        Ok(())
    }

    fn take_out(&mut self, id: &SessionId, address: &Address, reason: LeaveReason) -> Result<(), Stop> {
        let session = self.existing(id)?;
        if session.member(address).is_some_and(|m| !m.is_barred()) {
            self.record_session(
                session,
                vec![Event::ParticipantLeaving { address: address.clone(), reason }],
            );
        }
        Ok(())
    }
}

/// Whether anybody but the one whom it is for would get a message by the conversation.
fn others(session: &Session, message: &OutboundMessage) -> bool {
    message.queued.only.as_ref().is_some_and(|only| session.members.iter().any(|m| m.person.address != *only))
}

enum Bar {
    None,
    For(&'static str),
    Until,
}
