//! People coming and going.

use serde_json::{Map, Value};

use crate::address::Address;
use crate::engine::{Desk, Stop};
use crate::event::{Event, LeaveReason, Origin, Person};
use crate::id::SessionId;
use crate::input::Input;
use crate::rejection::Rejection;
use crate::session::{self, Command, NewSession, Recipients, Session};
use crate::text::{Args, TextId};

impl Desk<'_> {
    pub(super) fn people(&mut self, input: &Input) -> Result<(), Stop> {
        match input {
            Input::PersonSeen { conversation_sid, person, at } => {
                self.person_in_conversation(conversation_sid, person, *at)
            }
            Input::PersonLost { conversation_sid, address } => {
                let session = self.known(conversation_sid)?;
                self.lose(&session, address, LeaveReason::Removed)
            }
            Input::PersonAdded { session_id, person } => {
                let session = self.existing(session_id)?;
                self.arrived(&session, person)
            }
            Input::PersonGone { session_id, address, reason } => {
                let session = self.existing(session_id)?;
                self.lose(&session, address, *reason)
            }
            Input::PersonMoved { from_session_id, to_session_id, person } => {
                let target = self.existing(to_session_id)?;
                if !target.is_open() {
                    // It closed while they were on their way in.
                    return self.not_moved(from_session_id, to_session_id, person);
                }
                self.arrived(&target, person)?;
                self.outcome.session_id = Some(to_session_id.clone());
                Ok(())
            }
            Input::MoveFailed { from_session_id, to_session_id, person, .. } => {
                self.not_moved(from_session_id, to_session_id, person)
            }
            Input::InvitePerson { session_id, address, name } => {
                self.invite(session_id, address, name.clone())
            }
            Input::RemovePerson { session_id, address } => {
                self.command(session_id, &Command::Remove { address }).map(drop)
            }
            _ => Err(Rejection::AlreadySo.into()),
        }
    }

    /// Somebody is in a session now, and so in no other on that sender: a text of theirs on the way may have begun
    /// one, which ends here.
    fn arrived(&mut self, session: &Session, person: &Person) -> Result<(), Stop> {
        self.release_binding(&person.address, &person.sender, session)?;
        let command = Command::SeePerson { person: person.clone(), at: self.context.now };
        self.command(&session.id, &command).map(drop)
    }

    /// Somebody is out of a session. Who left by their own wish gets a session of their own.
    fn lose(&mut self, session: &Session, address: &Address, reason: LeaveReason) -> Result<(), Stop> {
        let events = self.command(&session.id, &Command::LosePerson { address, reason })?;
        let left = events
            .iter()
            .any(|event| matches!(event, Event::ParticipantLeft { reason: LeaveReason::Left, .. }));
        match session.member(address) {
            Some(member) if left => {
                let Person { sender, name, .. } = &member.person;
                self.own_again(&session.id, address, sender, name.clone(), TextId::LeftGroup)
            }
            _ => Ok(()),
        }
    }

    /// Somebody is on their way into a session; it counts them and knows their name.
    pub(super) fn await_person(
        &mut self,
        from: &SessionId,
        to: &SessionId,
        person: &Person,
    ) -> Result<(), Stop> {
        let target = self.existing(to)?;
        let invited = Event::ParticipantInvited {
            person: Person { participant_sid: None, ..person.clone() },
            from_session_id: Some(from.clone()),
        };
        self.record_session(target, vec![invited]);
        self.take_language(from, to, &person.address)
    }

    /// Somebody could not be moved: they stay where they were or, where that is over, get a session of their own.
    fn not_moved(&mut self, from: &SessionId, to: &SessionId, person: &Person) -> Result<(), Stop> {
        let address = &person.address;
        self.try_command(to, &Command::LosePerson { address, reason: LeaveReason::Removed })?;
        let left = self.existing(from)?;
        if left.is_open() && left.member(address).is_some() {
            return self.command(from, &Command::Stay { person: person.clone() }).map(drop);
        }
        self.own_again(from, address, &person.sender, person.name.clone(), TextId::JoinFailed)
    }

    /// Gives somebody who is in no conversation any more one of their own.
    pub(super) fn own_again(
        &mut self,
        previous: &SessionId,
        address: &Address,
        sender: &Address,
        name: Option<String>,
        text: TextId,
    ) -> Result<(), Stop> {
        let own = match self.open_session(address, sender)? {
            Some(open) => open,
            None => self.begin_with(
                address,
                sender,
                name,
                NewSession {
                    origin: Origin::LeftGroup,
                    transport: self.context.policy.transport,
                    previous: Some(previous.clone()),
                    attributes: Value::Object(Map::new()),
                },
            )?,
        };
        let to = Recipients::one(&own, address, sender);
        let events = session::queue_own(text, &Args::default(), &to, None, self.context);
        self.record_session(own, events);
        Ok(())
    }

    fn invite(&mut self, id: &SessionId, address: &Address, name: Option<String>) -> Result<(), Stop> {
        let session = self.existing(id)?;
        let sender = self.sender_for(address)?;
        let person = Person { address: address.clone(), sender: sender.clone(), participant_sid: None, name };
        let mut consents = self.consents(&session)?;
        consents.insert(address.clone(), self.ledger(address)?);
        let command = Command::Invite { person: person.clone() };
        let elsewhere = self.open_session(address, &sender)?.filter(|other| other.id != session.id);
        let Some(elsewhere) = elsewhere else {
            return self.command_with(session, &command, &consents).map(drop);
        };
        // They are in a conversation of their own: they move, as if they had joined by code.
        session::decide(&session, &command, &consents, self.context)?;
        let Some(to_conversation_sid) = session.conversation_sid.clone() else {
            return Err(Rejection::NotFound("the session's conversation").into());
        };
        let known = elsewhere.member(address).map(|m| m.person.clone());
        let person = Person {
            participant_sid: known.as_ref().and_then(|p| p.participant_sid.clone()),
            name: person.name.clone().or_else(|| known.and_then(|p| p.name)),
            ..person
        };
        self.outcome.session_id = Some(session.id.clone());
        let from = elsewhere.id.clone();
        let moving = Event::ParticipantMoving {
            person: person.clone(),
            to_session_id: session.id.clone(),
            to_conversation_sid,
        };
        self.record_session(elsewhere, vec![moving]);
        self.await_person(&from, id, &person)
    }
}
