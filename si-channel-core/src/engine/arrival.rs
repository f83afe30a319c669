//! Messages and conversations as Twilio tells of them.

use crate::address::Address;
use crate::command::{self, Command as Typed};
use crate::consent::{self, Act};
use crate::engine::{Desk, Stop};
use crate::event::{CloseReason, ConsentState, Event, Origin, Person, Received, Transport};
use crate::input::Input;
use crate::keyword::{self, Keyword};
use crate::rejection::Rejection;
use crate::session::{self, Command, ConsentChange, JoinTarget, NewSession, Session};
use crate::world::Want;
use serde_json::Value;
use twilio_conversations::sid::ConversationSid;

impl Desk<'_> {
    pub(super) fn arrival(&mut self, input: &Input) -> Result<(), Stop> {
        match input {
            Input::MessageArrived { conversation_sid, sender, received, opt_out_type } => {
                self.message_arrived(conversation_sid.as_ref(), sender.as_ref(), received, *opt_out_type)
            }
            Input::MessageChanged { conversation_sid, message_sid, text, at } => {
                let session = self.known(conversation_sid)?;
                self.command(&session.id, &Command::Edit { message_sid, text, at: *at }).map(drop)
            }
            Input::MessageDeleted { conversation_sid, message_sid, at } => {
                let session = self.known(conversation_sid)?;
                self.command(&session.id, &Command::Delete { message_sid, at: *at }).map(drop)
            }
            Input::ConversationSeen { conversation_sid, binding } => {
                let Some((address, sender)) = binding else {
                    return Err(Rejection::NotFound("a conversation without a phone of ours").into());
                };
                let person = Person {
                    address: address.clone(),
                    sender: sender.clone(),
                    participant_sid: None,
                    name: None,
                };
                self.person_in_conversation(conversation_sid, &person)
            }
            Input::ConversationEnded { conversation_sid } => {
                let session = self.known(conversation_sid)?;
                self.command(&session.id, &Command::Closed { reason: CloseReason::Twilio }).map(drop)
            }
            Input::Unrecognized { name, conversation_sid: Some(sid), parameters } => {
                let session = self.known(sid)?;
                self.command(&session.id, &Command::Keep { name, parameters }).map(drop)
            }
            _ => Err(Rejection::NotFound("no session to keep it with").into()),
        }
    }

    pub(super) fn known(&self, conversation_sid: &ConversationSid) -> Result<Session, Stop> {
        self.session_by(&Want::Conversation(conversation_sid.clone()))?
            .ok_or_else(|| Rejection::NotFound("no session has this conversation").into())
    }

    /// Somebody is known to be in a conversation: their session, begun if need be, learns of it.
    pub(super) fn person_in_conversation(
        &mut self,
        conversation_sid: &ConversationSid,
        person: &Person,
    ) -> Result<(), Stop> {
        let session = match self.find(Some(conversation_sid), &person.address, &person.sender)? {
            Some(session) => session,
            None if self.context.policy.senders.contains(&person.sender) => {
                self.begin(conversation_sid, &person.address)?
            }
            None => return Err(Rejection::NotFound("a conversation without a number of ours").into()),
        };
        self.release_binding(&person.address, &person.sender, &session)?;
        self.try_command(&session.id, &Command::SeePerson { person: person.clone() }).map(drop)
    }

    fn message_arrived(
        &mut self,
        conversation_sid: Option<&ConversationSid>,
        sender: Option<&Address>,
        received: &Received,
        opt_out_type: Option<Keyword>,
    ) -> Result<(), Stop> {
        let Some(address) = received.author.address() else {
            return self.other_author(conversation_sid, received);
        };
        let default = self.context.policy.senders.of(address.channel()).cloned();
        let Some(sender) = sender.cloned().or(default) else {
            return Err(Rejection::Refused(format!(
                "no sender of ours is configured for {}; set numbers.{}",
                address.channel(),
                address.channel()
            ))
            .into());
        };
        let session = match (self.find(conversation_sid, address, &sender)?, conversation_sid) {
            (Some(session), _) => session,
            (None, Some(sid)) => self.begin(sid, address)?,
            (None, None) => self.begin_unbound(address, &sender, Origin::Inbound)?,
        };
        if session.recent.contains(&received.message_sid) {
            return Err(Rejection::AlreadySo.into());
        }
        let sender = session.member(address).map_or(sender, |m| m.person.sender.clone());
        self.release_binding(address, &sender, &session)?;
        self.world.need([Want::Ledger(address.clone())])?;

        let keyword =
            opt_out_type.or_else(|| keyword::recognise(&received.text, &self.context.policy.keywords));
        let answered = keyword.is_some_and(|keyword| {
            let marked = opt_out_type.is_some();
            consent::answered_by_carrier(&received.text, keyword, marked, &sender, self.context)
        });
        let act = Act::Wrote { keyword, message_sid: &received.message_sid, at: received.at };
        let change = self
            .act(address, &act, Some(&session))?
            .iter()
            .map(|event| match event {
                Event::ConsentGranted { before, .. } => ConsentChange::Granted(*before),
                Event::ConsentRequested { .. } => ConsentChange::Requested,
                Event::ConsentRevoked { .. } => ConsentChange::Revoked,
                _ => ConsentChange::None,
            })
            .next()
            .unwrap_or(ConsentChange::None);

        let target = self.join_target(address, received)?;
        let join = match &target {
            Found::NotAsked => JoinTarget::NotAsked,
            Found::Unknown => JoinTarget::Unknown,
            Found::Limited => JoinTarget::Limited,
            Found::Session(target) => JoinTarget::Session(target),
        };
        let command = Command::Receive { received, sender: &sender, keyword, answered, change, join };
        let events = self.command(&session.id, &command)?;
        if let Some(reason) = events.iter().find_map(|event| match event {
            Event::JoinRefused { reason, .. } => Some(reason.as_str()),
            _ => None,
        }) && matches!(reason, "unknown_code" | "code_expired")
        {
            self.act(address, &Act::WrongCode, None)?;
        }
        if !session.is_open() && keyword.is_none() {
            self.carry_on(&session, address, &sender, received)?;
        }
        Ok(())
    }

    /// A text that reached a conversation just as it closed is answered in a new session.
    fn carry_on(
        &mut self,
        closed: &Session,
        address: &Address,
        sender: &Address,
        received: &Received,
    ) -> Result<(), Stop> {
        if self.ledger(address)?.state != ConsentState::Granted {
            return Ok(());
        }
        let successor = match self.session_by(&Want::Binding(address.clone(), sender.clone()))? {
            Some(open) if open.is_open() => open,
            _ => self.begin_unbound_after(address, sender, Origin::Inbound, Some(closed.id.clone()))?,
        };
        let ask = session::ask_again(received, self.context);
        self.record_session(successor, vec![ask]);
        Ok(())
    }

    fn other_author(
        &mut self,
        conversation_sid: Option<&ConversationSid>,
        received: &Received,
    ) -> Result<(), Stop> {
        let Some(sid) = conversation_sid else {
            return Err(Rejection::NotFound("a message without a phone or a conversation").into());
        };
        let session = self.known(sid)?;
        let sender = session.owner().map(|m| m.person.sender.clone());
        let Some(sender) = sender else { return Err(Rejection::NotFound("nobody is in the session").into()) };
        let command = Command::Receive {
            received,
            sender: &sender,
            keyword: None,
            answered: false,
            change: ConsentChange::None,
            join: JoinTarget::NotAsked,
        };
        self.command(&session.id, &command).map(drop)
    }

    /// The session that a message belongs to; one that was waiting for this conversation is bound to it.
    fn find(
        &mut self,
        conversation_sid: Option<&ConversationSid>,
        address: &Address,
        sender: &Address,
    ) -> Result<Option<Session>, Stop> {
        let by_binding = Want::Binding(address.clone(), sender.clone());
        let Some(sid) = conversation_sid else {
            return self.session_by(&by_binding);
        };
        self.world.need([Want::Conversation(sid.clone()), by_binding.clone()])?;
        if let Some(session) = self.session_by(&Want::Conversation(sid.clone()))? {
            return Ok(Some(session));
        }
        match self.session_by(&by_binding)? {
            Some(waiting)
                if waiting.conversation_sid.is_none() && waiting.transport == Transport::Conversations =>
            {
                self.command(&waiting.id, &Command::Bind { conversation_sid: sid.clone(), adopted: true })?;
                self.session(&waiting.id)
            }
            _ => Ok(None),
        }
    }

    /// Begins a session for a conversation that Twilio made.
    fn begin(&mut self, conversation_sid: &ConversationSid, address: &Address) -> Result<Session, Stop> {
        let previous = self.session_by(&Want::Newest(address.clone()))?.map(|s| s.id);
        let new = NewSession {
            origin: Origin::Inbound,
            transport: Transport::Conversations,
            previous,
            attributes: Value::Object(serde_json::Map::new()),
        };
        let (session, started) = session::start(new, self.context);
        let id = session.id.clone();
        let bound = Event::ConversationBound { conversation_sid: conversation_sid.clone(), adopted: false };
        self.record_session(session, vec![started, bound]);
        let session = self.existing(&id)?;
        self.react(vec![session::label(&session, conversation_sid, address)]);
        Ok(session)
    }

    /// Begins a session that has no conversation yet; joining its first person asks for one.
    pub(super) fn begin_unbound(
        &mut self,
        address: &Address,
        sender: &Address,
        origin: Origin,
    ) -> Result<Session, Stop> {
        let previous = self.session_by(&Want::Newest(address.clone()))?.map(|s| s.id);
        self.begin_unbound_after(address, sender, origin, previous)
    }

    pub(super) fn begin_unbound_after(
        &mut self,
        address: &Address,
        sender: &Address,
        origin: Origin,
        previous: Option<crate::id::SessionId>,
    ) -> Result<Session, Stop> {
        let attributes = Value::Object(serde_json::Map::new());
        self.begin_with(
            address,
            sender,
            None,
            NewSession { origin, transport: self.context.policy.transport, previous, attributes },
        )
    }

    pub(super) fn begin_with(
        &mut self,
        address: &Address,
        sender: &Address,
        name: Option<String>,
        new: NewSession,
    ) -> Result<Session, Stop> {
        let (session, started) = session::start(new, self.context);
        let id = session.id.clone();
        let person = Person { address: address.clone(), sender: sender.clone(), participant_sid: None, name };
        self.record_session(session, vec![started, Event::ParticipantJoined { person }]);
        self.existing(&id)
    }

    /// Twilio lets a pair of person and sender be in one open conversation only: being here means not being there
    /// any more.
    pub(super) fn release_binding(
        &mut self,
        address: &Address,
        sender: &Address,
        here: &Session,
    ) -> Result<(), Stop> {
        let there = self.session_by(&Want::Binding(address.clone(), sender.clone()))?;
        let Some(there) = there.filter(|there| there.id != here.id && here.is_open()) else {
            return Ok(());
        };
        if there.member(address).is_some() {
            let command = Command::LosePerson { address, reason: crate::event::LeaveReason::Moved };
            self.try_command(&there.id, &command)?;
        }
        Ok(())
    }

    fn join_target(&self, address: &Address, received: &Received) -> Result<Found, Stop> {
        let Some(Typed::Join { code, .. }) =
            command::parse_with(&received.text, self.context.policy.join.code_length)
        else {
            return Ok(Found::NotAsked);
        };
        if !self.ledger(address)?.may_try_code(self.context) {
            return Ok(Found::Limited);
        }
        Ok(match self.session_by(&Want::Code(code))? {
            Some(session) => Found::Session(Box::new(session)),
            None => Found::Unknown,
        })
    }
}

enum Found {
    NotAsked,
    Unknown,
    Limited,
    Session(Box<Session>),
}
