//! People coming and going.

use serde_json::Value;

use crate::address::Address;
use crate::engine::{Desk, Stop};
use crate::event::{Event, LeaveReason, Origin, Person, Target};
use crate::id::SessionId;
use crate::input::Input;
use crate::rejection::Rejection;
use crate::session::{self, Command, NewSession, Session};
use crate::text::{Args, TextId};
use crate::world::Want;

impl Desk<'_> {
    pub(super) fn people(&mut self, input: &Input) -> Result<(), Stop> {
        match input {
            Input::PersonSeen { conversation_sid, person } => {
                self.person_in_conversation(conversation_sid, person)
            }
            Input::PersonLost { conversation_sid, address } => {
                let session = self.known(conversation_sid)?;
                self.lose(&session.id, address, LeaveReason::Removed)
            }
            Input::PersonAdded { session_id, person } => {
                let session = self.existing(session_id)?;
                self.release_binding(&person.address, &person.sender, &session)?;
                self.command(session_id, &Command::SeePerson { person: person.clone() }).map(drop)
            }
            Input::PersonGone { session_id, address, reason } => {
                let sender = self.existing(session_id)?.member(address).map(|m| m.person.sender.clone());
                let name = self.existing(session_id)?.member(address).and_then(|m| m.person.name.clone());
                self.lose(session_id, address, *reason)?;
                match (reason, sender) {
                    (LeaveReason::Left, Some(sender)) => {
                        self.own_again(session_id, address, &sender, name, TextId::LeftGroup)
                    }
                    _ => Ok(()),
                }
            }
            Input::PersonMoved { from_session_id, to_session_id, person } => {
                self.moved(from_session_id, to_session_id, person)
            }
            Input::MoveFailed { from_session_id, person, .. } => {
                let _ = self.lose_quietly(from_session_id, &person.address)?;
                self.own_again(
                    from_session_id,
                    &person.address,
                    &person.sender,
                    person.name.clone(),
                    TextId::JoinFailed,
                )
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

    fn lose(&mut self, id: &SessionId, address: &Address, reason: LeaveReason) -> Result<(), Stop> {
        self.command(id, &Command::LosePerson { address, reason }).map(drop)
    }

    fn lose_quietly(&mut self, id: &SessionId, address: &Address) -> Result<Vec<Event>, Stop> {
        self.try_command(id, &Command::LosePerson { address, reason: LeaveReason::Moved })
    }

    fn moved(&mut self, from: &SessionId, to: &SessionId, person: &Person) -> Result<(), Stop> {
        let target = self.existing(to)?;
        // A text written between the two steps may have begun a session of its own; it ends here.
        self.release_binding(&person.address, &person.sender, &target)?;
        self.lose_quietly(from, &person.address)?;
        self.command(to, &Command::Join { person: person.clone() })?;
        self.outcome.session_id = Some(to.clone());
        Ok(())
    }

    /// Gives somebody who is in no conversation any more one of their own.
    fn own_again(
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
                    attributes: Value::Object(serde_json::Map::new()),
                },
            )?,
        };
        let events = session::queue_own(&own, text, &Args::default(), &Target::Session, None, self.context);
        self.record_session(own, events);
        Ok(())
    }

    /// The open session of the pair, as it stands in this decision.
    pub(super) fn open_session(&self, address: &Address, sender: &Address) -> Result<Option<Session>, Stop> {
        let found = self.session_by(&Want::Binding(address.clone(), sender.clone()))?;
        Ok(found.filter(|s| s.is_open() && s.member(address).is_some()))
    }

    fn invite(&mut self, id: &SessionId, address: &Address, name: Option<String>) -> Result<(), Stop> {
        let session = self.existing(id)?;
        let sender = self.sender_for(address)?;
        let person = Person { address: address.clone(), sender: sender.clone(), participant_sid: None, name };
        let mut consents = self.consents(&session)?;
        consents.insert(address.clone(), self.ledger(address)?);
        let elsewhere = self.open_session(address, &sender)?.filter(|other| other.id != session.id);
        let Some(elsewhere) = elsewhere else {
            return self.command_with(&session, &Command::Invite { person }, &consents).map(drop);
        };
        // They are in a conversation of their own: they move, as if they had joined by code.
        session::decide(&session, &Command::Invite { person: person.clone() }, &consents, self.context)?;
        let Some(conversation_sid) = session.conversation_sid.clone() else {
            return Err(Rejection::Refused(
                "the session has no conversation yet; try again in a moment".to_owned(),
            )
            .into());
        };
        let known = elsewhere.member(address).map(|m| m.person.clone());
        let moving = Event::ParticipantMoving {
            person: Person {
                participant_sid: known.as_ref().and_then(|p| p.participant_sid.clone()),
                name: person.name.clone().or_else(|| known.and_then(|p| p.name)),
                ..person
            },
            to_session_id: session.id.clone(),
            to_conversation_sid: conversation_sid,
        };
        self.outcome.session_id = Some(session.id.clone());
        self.record_session(elsewhere, vec![moving]);
        Ok(())
    }

    pub(super) fn sender_for(&self, address: &Address) -> Result<Address, Stop> {
        self.context.policy.senders.of(address.channel()).cloned().ok_or_else(|| {
            let channel = address.channel();
            Rejection::Refused(format!(
                "no sender of ours is configured for {channel}; set numbers.{channel}"
            ))
            .into()
        })
    }
}
