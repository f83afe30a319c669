//! New sessions, and which session somebody is in.

use serde_json::{Map, Value};
use std::sync::Arc;
use twilio_conversations::sid::ConversationSid;

use crate::address::Address;
use crate::engine::{Desk, Stop};
use crate::event::{ConsentState, Event, Origin, Person, Transport};
use crate::id::SessionId;
use crate::rejection::Rejection;
use crate::session::{self, NewSession, Session};
use crate::world::Want;

impl Desk<'_> {
    /// The open session of a pair of person and sender, as it stands in this decision.
    pub(super) fn open_session(
        &self,
        address: &Address,
        sender: &Address,
    ) -> Result<Option<Arc<Session>>, Stop> {
        let holds = |session: &&Arc<Session>| session.bindings().any(|(a, s)| a == address && s == sender);
        if let Some(session) = self.outcome.sessions.values().find(holds) {
            return Ok(Some(Arc::clone(session)));
        }
        let found = self.session_by(&Want::Binding(address.clone(), sender.clone()))?;
        Ok(found.filter(|session| holds(&session)))
    }

    /// Begins a session for a conversation that Twilio made.
    pub(super) fn begin(
        &mut self,
        conversation_sid: &ConversationSid,
        address: &Address,
    ) -> Result<Arc<Session>, Stop> {
        let new = NewSession {
            origin: Origin::Inbound,
            transport: Transport::Conversations,
            previous: self.newest(address)?,
            attributes: Value::Object(Map::new()),
        };
        let known = self.language_known(address)?;
        let (session, started) = session::start(new, self.context);
        let id = session.id.clone();
        let bound = Event::ConversationBound { conversation_sid: conversation_sid.clone(), adopted: false };
        self.record_session(Arc::new(session), [started, bound].into_iter().chain(known).collect());
        let session = self.existing(&id)?;
        self.react(vec![session::label(&session, conversation_sid, address)]);
        Ok(session)
    }

    /// Begins a session that has no conversation yet; its first person asks for one.
    pub(super) fn begin_unbound(
        &mut self,
        address: &Address,
        sender: &Address,
        origin: Origin,
    ) -> Result<Arc<Session>, Stop> {
        let previous = self.newest(address)?;
        self.begin_unbound_after(address, sender, origin, previous)
    }

    /// As [`Desk::begin_unbound`], naming the session before it.
    pub(super) fn begin_unbound_after(
        &mut self,
        address: &Address,
        sender: &Address,
        origin: Origin,
        previous: Option<SessionId>,
    ) -> Result<Arc<Session>, Stop> {
        let transport = self.context.policy.transport;
        let new = NewSession { origin, transport, previous, attributes: Value::Object(Map::new()) };
        self.begin_with(address, sender, None, new)
    }

    /// Begins a session with its first person.
    pub(super) fn begin_with(
        &mut self,
        address: &Address,
        sender: &Address,
        name: Option<String>,
        new: NewSession,
    ) -> Result<Arc<Session>, Stop> {
        let known = self.language_known(address)?;
        let (session, started) = session::start(new, self.context);
        let id = session.id.clone();
        let person = Person { address: address.clone(), sender: sender.clone(), participant_sid: None, name };
        let joined = Event::ParticipantJoined { person, at: self.context.now };
        self.record_session(Arc::new(session), [started, joined].into_iter().chain(known).collect());
        self.existing(&id)
    }

    /// The newest session of a person, open or closed.
    pub(super) fn newest(&self, address: &Address) -> Result<Option<SessionId>, Stop> {
        Ok(self.session_by(&Want::Newest(address.clone()))?.map(|session| session.id.clone()))
    }

    /// The sender of ours for a person's channel.
    pub(super) fn sender_for(&self, address: &Address) -> Result<Address, Stop> {
        self.context.policy.senders.of(address.channel()).cloned().ok_or_else(|| {
            let channel = address.channel();
            Rejection::Refused(format!(
                "no sender of ours is configured for {channel}; set numbers.{channel}"
            ))
            .into()
        })
    }

    /// Fails unless somebody may be written to.
    pub(super) fn consenting(&self, address: &Address) -> Result<(), Stop> {
        let ledger = self.ledger(address)?;
        match ledger.state() {
            ConsentState::Granted => Ok(()),
            // To a part of it at least.
            ConsentState::Unknown
                if ledger.scopes.iter().any(|own| own.standing.state == ConsentState::Granted) =>
            {
                Ok(())
            }
            ConsentState::Revoked => Err(Rejection::OptedOut.into()),
            ConsentState::Unknown | ConsentState::Pending => Err(Rejection::NoConsent.into()),
        }
    }
}
