//! Messages and conversations as Twilio tells of them.

use jiff::Timestamp;
use std::sync::Arc;
use twilio_conversations::sid::ConversationSid;

use crate::address::Address;
use crate::command::{self, Command as Typed};
use crate::consent::{self, Act, Breadth, Purpose};
use crate::engine::{Desk, Stop};
use crate::event::{CloseReason, ConsentState, Event, LeaveReason, Origin, Person, Received};
use crate::id::SessionId;
use crate::input::Input;
use crate::keyword::{self, Keyword};
use crate::meaning::{self, Meaning};
use crate::rejection::Rejection;
use crate::session::{
    self, Command, ConsentChange, Considered, Door, Incoming, JoinTarget, Presence, Recipients, Session,
};
use crate::text::{Args, TextId};
use crate::world::Want;

impl Desk<'_> {
    pub(super) fn arrival(&mut self, input: &Input) -> Result<(), Stop> {
        match input {
            Input::MessageOffered { conversation_sid, received } => self.offered(conversation_sid, received),
            Input::MessageArrived { conversation_sid, sender, received, opt_out_type } => {
                self.look_for_files(received)?;
                match received.author.address().filter(|address| self.is_person(address)) {
                    Some(address) => {
                        let sender = match sender {
                            Some(sender) => sender.clone(),
                            None => self.sender_for(address)?,
                        };
                        let door = Door::Webhook;
                        let arrived = Arrived { conversation_sid, address, sender, received, door };
                        self.message_arrived(&arrived, *opt_out_type)
                    }
                    None => self.other_author(conversation_sid.as_ref(), received),
                }
            }
            Input::MessageChanged { conversation_sid, message_sid, text, at } => {
                let session = self.holder(conversation_sid, message_sid)?;
                self.command(&session.id, &Command::Edit { message_sid, text, at: *at }).map(drop)
            }
            Input::MessageDeleted { conversation_sid, message_sid, at } => {
                let session = self.holder(conversation_sid, message_sid)?;
                let ours = self.world.outbound(&Want::OutboundBySid(message_sid.clone()))?.cloned();
                let outbound_id = ours.as_ref().map(|ours| ours.id().clone());
                if let Some(ours) = ours {
                    self.outcome.outbound.insert(ours.id().clone(), ours);
                }
                let outbound_id = outbound_id.as_ref();
                self.command(&session.id, &Command::Delete { message_sid, outbound_id, at: *at }).map(drop)
            }
            Input::ConversationSeen { conversation_sid, binding, at } => {
                let Some((address, sender)) = binding else {
                    return Err(Rejection::NotFound("a conversation without a phone of ours").into());
                };
                let person = Person {
                    address: address.clone(),
                    sender: sender.clone(),
                    participant_sid: None,
                    name: None,
                };
                self.person_in_conversation(conversation_sid, &person, *at)
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

    /// Whether an address is somebody to talk to: not one of our own senders, and not a withheld number.
    fn is_person(&self, address: &Address) -> bool {
        !self.context.policy.senders.contains(address) && !address.is_withheld()
    }

    pub(super) fn known(&self, conversation_sid: &ConversationSid) -> Result<Arc<Session>, Stop> {
        self.session_by(&Want::Conversation(conversation_sid.clone()))?
            .ok_or_else(|| Rejection::NotFound("no session has this conversation").into())
    }

    /// The session that holds a message. A message that is not known yet is worth waiting for.
    fn holder(&self, conversation_sid: &ConversationSid, message_sid: &str) -> Result<Arc<Session>, Stop> {
        let ours = Want::OutboundBySid(message_sid.to_owned());
        self.world.need([Want::Conversation(conversation_sid.clone()), ours.clone()])?;
        let Some(session) = self.session_by(&Want::Conversation(conversation_sid.clone()))? else {
            // The message may be the one that begins the session.
            return Err(Rejection::TooEarly("the conversation of the message that was changed").into());
        };
        let known = session.has_seen(message_sid) || self.world.outbound(&ours)?.is_some();
        if known { Ok(session) } else { Err(Rejection::TooEarly("the message that was changed").into()) }
    }

    /// Somebody is known to be in a conversation: their session, begun if need be, learns of it.
    pub(super) fn person_in_conversation(
        &mut self,
        conversation_sid: &ConversationSid,
        person: &Person,
        at: Timestamp,
    ) -> Result<(), Stop> {
        if !self.is_person(&person.address) {
            return Err(Rejection::NotFound("nobody to talk to").into());
        }
        let session = match self.find(Some(conversation_sid), &person.address, &person.sender)? {
            Some(session) => session,
            None if !self.context.policy.senders.contains(&person.sender) => {
                return Err(Rejection::NotFound("a conversation without a number of ours").into());
            }
            None if self.is_elsewhere(&person.address, &person.sender, None, at)? => {
                return Err(Rejection::AlreadySo.into());
            }
            None => self.begin(conversation_sid, &person.address)?,
        };
        if self.is_elsewhere(&person.address, &person.sender, Some(&session), at)? {
            return Err(Rejection::AlreadySo.into());
        }
        self.release_binding(&person.address, &person.sender, &session)?;
        self.try_command(&session.id, &Command::SeePerson { person: person.clone(), at })?;
        self.take_out_unasked(&session.id)
    }

    fn message_arrived(&mut self, arrived: &Arrived<'_>, opt_out_type: Option<Keyword>) -> Result<(), Stop> {
        let Arrived { address, received, .. } = *arrived;
        let found = self.find(arrived.conversation_sid.as_ref(), address, &arrived.sender)?;
        let gone = self.is_elsewhere(address, &arrived.sender, found.as_deref(), received.at)?
            || found.as_ref().is_some_and(|here| here.left_since(address, received.at));
        let session = match (found, arrived.conversation_sid) {
            (Some(session), _) => session,
            (None, Some(sid)) => self.begin(sid, address)?,
            (None, None) => self.begin_unbound(address, &arrived.sender, Origin::Inbound)?,
        };
        if session.remembers(&received.message_sid) {
            return Err(Rejection::AlreadySo.into());
        }
        if arrived.door == Door::Webhook
            && let Some(aside) = session.withheld_like(address, &received.text, received.at)
        {
            // The hook's answer came too late: it was taken, and has been relayed all the same.
            let withheld = aside.message_sid.clone();
            return self.command(&session.id, &Command::Overhear { received, withheld }).map(drop);
        }
        let outdated = self.is_outdated(address, received)?;
        let consent = if outdated { ConsentState::Granted } else { self.ledger(address)?.state() };
        let text = &received.text;
        // Told late, it may have been written before anybody else was there.
        let relayed = arrived.door == Door::Hook || session.had_company(address, received.at);
        let files = !received.media.is_empty();
        let aside = relayed && session.is_aside(address, text, files, consent, self.context.policy);
        let sender =
            session.member(address).map_or_else(|| arrived.sender.clone(), |m| m.person.sender.clone());
        if !gone {
            self.release_binding(address, &sender, &session)?;
        }
        let flood = self.flood_of(address, received, opt_out_type)?;
        let Said { keyword, considered, answered, change } = match flood {
            Some(_) => Said::default(),
            None => self.consent_of(address, &sender, received, opt_out_type, &session)?,
        };
        let target = self.join_target(address, received, &change, &session)?;
        let incoming = Incoming {
            received,
            address,
            sender: &sender,
            keyword,
            considered,
            answered,
            change,
            join: target.as_join(),
            aside: aside.then_some(arrived.door),
            gone,
            flood,
        };
        let id = session.id.clone();
        drop(session);
        let session = self.existing(&id)?;
        let open = session.is_open();
        let events = self.hear(session, &Command::Receive(incoming.clone()), address)?;
        self.after_talk(&id, &events, address)?;
        if (gone || !open) && !incoming.is_answered_where_it_came() {
            self.carry_on(&id, &incoming)?;
        }
        // A conversation that somebody has left before it was heard of holds nobody.
        let session = self.existing(&id)?;
        if session.is_open() && session.members.is_empty() {
            self.command(&id, &Command::Closed { reason: CloseReason::Empty })?;
        }
        Ok(())
    }

    /// The prefix of which too many numbers write that nobody knew before, when this is one of them. Nothing is made of
    /// what it says: it is no consent, and so nothing is said to it. What asks for silence or for help is heard.
    fn flood_of(
        &self,
        address: &Address,
        received: &Received,
        opt_out_type: Option<Keyword>,
    ) -> Result<Option<String>, Stop> {
        let policy = self.context.policy;
        let ledger = self.ledger(address)?;
        let known = ledger.state() != ConsentState::Unknown || !ledger.scopes.is_empty();
        let Some(prefix) = policy.flood.prefix(address).filter(|_| !known) else { return Ok(None) };
        let Some(pass) = policy.flood.pass(&self.world.account, prefix) else { return Ok(None) };
        let keyword = opt_out_type
            .or_else(|| keyword::recognise(&received.text, &policy.keywords).map(|said| said.keyword));
        let heard = match keyword {
            Some(keyword) => matches!(keyword, Keyword::Stop | Keyword::Help),
            None => matches!(meaning::read(&received.text, &policy.opt_out_phrases), Meaning::OptOut(_)),
        };
        Ok((!heard && !self.world.passes(&pass)?).then(|| prefix.to_owned()))
    }

    /// Twilio asks about a text to a group: an aside is taken now, and anything else passes.
    fn offered(&mut self, conversation_sid: &ConversationSid, received: &Received) -> Result<(), Stop> {
        let author = received.author.address().filter(|address| self.is_person(address));
        let address = author.ok_or(Rejection::NotFound("a person who wrote this"))?;
        let session = self.known(conversation_sid)?;
        let consent = self.ledger(address)?.state();
        let files = !received.media.is_empty();
        if !session.is_aside(address, &received.text, files, consent, self.context.policy) {
            return Err(Rejection::NotFound("an aside in this text").into());
        }
        if session.has_taken(address, &received.text, received.at) {
            return Err(Rejection::AlreadySo.into());
        }
        let sender = match session.member(address) {
            Some(member) => member.person.sender.clone(),
            None => self.sender_for(address)?,
        };
        let (conversation_sid, door) = (&Some(conversation_sid.clone()), Door::Hook);
        self.message_arrived(&Arrived { conversation_sid, address, sender, received, door }, None)
    }

    /// What the message is to the consent ledger, and whether Twilio has answered it.
    fn consent_of(
        &mut self,
        address: &Address,
        sender: &Address,
        received: &Received,
        opt_out_type: Option<Keyword>,
        session: &Session,
    ) -> Result<Said, Stop> {
        let recognised = keyword::recognise(&received.text, &self.context.policy.keywords);
        if let Some(said) = &recognised {
            self.learn_from(&session.id, address, said)?;
        }
        let keyword = opt_out_type.or(recognised.map(|said| said.keyword));
        // After an opt-out, YES is a start only where Twilio lifts its block on it too.
        let lifts = keyword != Some(Keyword::Yes)
            || (keyword::carrier_would_match(&received.text) == keyword && !keyword::is_toll_free(sender));
        let keyword = keyword
            .filter(|_| lifts || self.ledger(address).is_ok_and(|l| l.state() != ConsentState::Revoked));
        let outdated = self.is_outdated(address, received)?;
        let keyword = keyword.filter(|keyword| !outdated || matches!(keyword, Keyword::Stop | Keyword::Help));
        let meaning = match keyword {
            None => meaning::read(&received.text, &self.context.policy.opt_out_phrases),
            Some(_) => Meaning::Nothing,
        };
        let (rule, considered) = match meaning {
            Meaning::Nothing => (None, None),
            Meaning::OptOut(rule) => (Some(rule.to_string()), None),
            Meaning::Unsure(rule) => (None, Some(Considered { rule: Some(rule.to_string()) })),
            Meaning::Considered => (None, Some(Considered { rule: None })),
        };
        let keyword = keyword.or(rule.is_some().then_some(Keyword::Stop));
        let answered = keyword.is_some_and(|keyword| {
            let marked = opt_out_type.is_some();
            consent::answered_by_carrier(&received.text, keyword, marked, sender, self.context)
        });
        let policy = self.context.policy;
        let one = keyword == Some(Keyword::Stop) && !keyword::means_all(&received.text);
        let language = self.existing(&session.id)?.language_of(address, policy);
        let act = Act::Wrote {
            keyword,
            language: &language,
            rule,
            purpose: session.last_purpose.as_deref().and_then(Purpose::of),
            breadth: if one { policy.breadth(self.context.now) } else { (Breadth::All, None) },
            message_sid: &received.message_sid,
            at: received.at,
        };
        let before = self.ledger(address)?.state();
        let change = match self.act(address, &act, Some(session))?.first() {
            // A part that was withdrawn is given again.
            Some(Event::ConsentGranted { .. }) if before == ConsentState::Granted => {
                ConsentChange::Granted(ConsentState::Revoked)
            }
            Some(Event::ConsentGranted { before, .. }) => ConsentChange::Granted(*before),
            Some(Event::ConsentRequested { .. }) => ConsentChange::Requested,
            Some(Event::ConsentRevoked { scope, .. }) => match &scope.purpose {
                Some(purpose) => ConsentChange::Narrowed(purpose.clone()),
                None => ConsentChange::Revoked,
            },
            _ => ConsentChange::None,
        };
        Ok(Said { keyword, considered, answered, change })
    }

    /// Whether somebody wrote a text before they opted out: the hook takes an opt-out at once, and what is heard of
    /// later does not lift it.
    fn is_outdated(&self, address: &Address, received: &Received) -> Result<bool, Stop> {
        let ledger = self.ledger(address)?;
        Ok(ledger.state() == ConsentState::Revoked
            && ledger.standing.since.is_some_and(|since| received.at < since))
    }

    /// A text that reached a conversation when its author, or the session, was gone is answered where they are now.
    fn carry_on(&mut self, from: &SessionId, incoming: &Incoming<'_>) -> Result<(), Stop> {
        if matches!(self.ledger(incoming.address)?.state(), ConsentState::Revoked | ConsentState::Unknown) {
            return Ok(());
        }
        let successor = if let Some(open) = self.open_session(incoming.address, incoming.sender)? {
            open
        } else {
            let previous = Some(from.clone());
            self.begin_unbound_after(incoming.address, incoming.sender, Origin::Inbound, previous)?
        };
        let command = Command::CarryOn(incoming.clone());
        let id = successor.id.clone();
        let events = self.hear(successor, &command, incoming.address)?;
        self.after_talk(&id, &events, incoming.address)
    }

    /// Lets the session decide on a message, knowing about its author even when they are no member.
    fn hear(
        &mut self,
        session: Arc<Session>,
        command: &Command<'_>,
        address: &Address,
    ) -> Result<Vec<Event>, Stop> {
        let mut consents = self.consents(&session)?;
        consents.insert(address.clone(), self.ledger(address)?);
        self.command_with(session, command, &consents)
    }

    /// What a talk means to others: the session that somebody moves to, and the count of wrong codes.
    fn after_talk(&mut self, id: &SessionId, events: &[Event], address: &Address) -> Result<(), Stop> {
        for event in events {
            match event {
                Event::ParticipantMoving { person, to_session_id, .. } => {
                    self.await_person(id, to_session_id, person)?;
                }
                Event::JoinRefused { reason, .. }
                    if matches!(reason.as_str(), "unknown_code" | "code_expired") =>
                {
                    self.act(address, &Act::WrongCode, None)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn other_author(
        &mut self,
        conversation_sid: Option<&ConversationSid>,
        received: &Received,
    ) -> Result<(), Stop> {
        let Some(sid) = conversation_sid else {
            return Err(Rejection::NotFound("nobody to answer and no conversation to keep it with").into());
        };
        let session = self.known(sid)?;
        self.command(&session.id, &Command::Note { received }).map(drop)
    }

    /// The session that a message belongs to; one that was waiting for this conversation is bound to it.
    fn find(
        &mut self,
        conversation_sid: Option<&ConversationSid>,
        address: &Address,
        sender: &Address,
    ) -> Result<Option<Arc<Session>>, Stop> {
        let by_binding = Want::Binding(address.clone(), sender.clone());
        let Some(sid) = conversation_sid else {
            return self.open_session(address, sender);
        };
        self.world.need([Want::Conversation(sid.clone()), by_binding])?;
        if let Some(session) = self.session_by(&Want::Conversation(sid.clone()))? {
            return Ok(Some(session));
        }
        match self.open_session(address, sender)? {
            Some(waiting) if waiting.is_unbound() => {
                self.command(&waiting.id, &Command::Bind { conversation_sid: sid.clone(), adopted: true })?;
                self.session(&waiting.id)
            }
            _ => Ok(None),
        }
    }

    /// Twilio lets a pair of person and sender be in one open conversation only: being here means not being there
    /// any more.
    pub(super) fn release_binding(
        &mut self,
        address: &Address,
        sender: &Address,
        here: &Session,
    ) -> Result<(), Stop> {
        let there = self.open_session(address, sender)?;
        let Some(there) = there.filter(|there| there.id != here.id && here.is_open()) else {
            return Ok(());
        };
        let command = Command::LosePerson { address, reason: LeaveReason::Moved };
        let events = self.command(&there.id, &command)?;
        // They were leaving a group and have a conversation of their own sooner than we gave them one.
        if matches!(events.first(), Some(Event::ParticipantLeft { reason: LeaveReason::Left, .. })) {
            let here = self.existing(&here.id)?;
            let to = Recipients::one(&here, address, sender);
            let text = session::queue_own(TextId::LeftGroup, &Args::default(), &to, None, self.context);
            self.record_session(here, text);
        }
        Ok(())
    }

    /// Whether news of a time says that somebody is `here` while they have been in another session since later.
    fn is_elsewhere(
        &self,
        address: &Address,
        sender: &Address,
        here: Option<&Session>,
        at: Timestamp,
    ) -> Result<bool, Stop> {
        let there = self.open_session(address, sender)?;
        Ok(there.is_some_and(|there| {
            here.is_none_or(|here| here.id != there.id && here.member(address).is_none())
                && there
                    .member(address)
                    .is_some_and(|m| m.presence == Presence::Present && m.since > Some(at))
        }))
    }

    /// Where the code leads that the message, or the newest one that was waiting for consent, asks to join by.
    fn join_target(
        &self,
        address: &Address,
        received: &Received,
        change: &ConsentChange,
        session: &Session,
    ) -> Result<JoinsBy, Stop> {
        let length = self.context.policy.join.code_length;
        let code = |text: &str| match command::parse_with(text, length) {
            Some(Typed::Join { code, .. }) => Some(code),
            _ => None,
        };
        let held = || {
            let released = *change == ConsentChange::Granted(ConsentState::Pending);
            let mut texts = session
                .held
                .iter()
                .rev()
                .filter(|held| released && held.received.author.address() == Some(address));
            texts.find_map(|held| code(&held.received.text))
        };
        let Some(code) = code(&received.text).or_else(held) else { return Ok(JoinsBy::NotAsked) };
        if !self.ledger(address)?.may_try_code(self.context) {
            return Ok(JoinsBy::Limited);
        }
        Ok(match self.session_by(&Want::Code(code))? {
            Some(session) => JoinsBy::Session(session),
            None => JoinsBy::Unknown,
        })
    }
}

/// What a message says about consent.
#[derive(Default)]
struct Said {
    keyword: Option<Keyword>,
    considered: Option<Considered>,
    /// Somebody has already answered the keyword.
    answered: bool,
    change: ConsentChange,
}

/// A message of a person.
struct Arrived<'a> {
    conversation_sid: &'a Option<ConversationSid>,
    address: &'a Address,
    sender: Address,
    received: &'a Received,
    door: Door,
}

/// As [`JoinTarget`], owning the session.
enum JoinsBy {
    NotAsked,
    Unknown,
    Limited,
    Session(Arc<Session>),
}

impl JoinsBy {
    fn as_join(&self) -> JoinTarget<'_> {
        match self {
            Self::NotAsked => JoinTarget::NotAsked,
            Self::Unknown => JoinTarget::Unknown,
            Self::Limited => JoinTarget::Limited,
            Self::Session(session) => JoinTarget::Session(session),
        }
    }
}
