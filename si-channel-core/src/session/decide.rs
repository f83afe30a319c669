//! What follows from what happens to a session.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use twilio_conversations::sid::{ConversationSid, ParticipantSid};

use crate::address::Address;
use crate::command::Command as Typed;
use crate::consent::ConsentLedger;
use crate::context::Context;
use crate::event::{
    Author, CloseReason, ConsentState, Event, Exemption, LeaveReason, MediaRef, MessageClass, Origin, Person,
    ReceiptStatus, Received, Target, Transport,
};
use crate::id::{SessionId, TurnId};
use crate::keyword::Keyword;
use crate::rejection::Rejection;
use crate::session::channel_text::{queue, queue_own};
use crate::session::{Presence, Say, Session, SessionState};
use crate::text::{Args, TextId};

/// The ledgers of a session's people.
pub type Consents = BTreeMap<Address, ConsentLedger>;

/// What a received message did to its author's consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentChange {
    /// Nothing.
    None,
    /// It was given; where it stood before.
    Granted(ConsentState),
    /// It must be asked for.
    Requested,
    /// It was withdrawn.
    Revoked,
}

/// What a join code leads to.
#[derive(Debug, Clone, Copy)]
pub enum JoinTarget<'a> {
    /// The message is not a request to join.
    NotAsked,
    /// No session has this code.
    Unknown,
    /// The address has tried too many wrong codes.
    Limited,
    /// This session.
    Session(&'a Session),
}

/// What can happen to a session.
#[derive(Debug, Clone)]
pub enum Command<'a> {
    /// A message came.
    Receive {
        /// The message.
        received: &'a Received,
        /// The sender of ours it was written to.
        sender: &'a Address,
        /// The keyword it is, if it is one.
        keyword: Option<Keyword>,
        /// Somebody has already answered the keyword.
        answered: bool,
        /// What it did to consent.
        change: ConsentChange,
        /// What its join code leads to.
        join: JoinTarget<'a>,
    },
    /// Its conversation is known.
    Bind {
        /// The conversation.
        conversation_sid: ConversationSid,
        /// Twilio made it.
        adopted: bool,
    },
    /// It could not be given a conversation.
    FailToOpen {
        /// In words.
        reason: String,
    },
    /// Somebody is in the conversation.
    SeePerson {
        /// Who.
        person: Person,
    },
    /// The API wants somebody in.
    Invite {
        /// Who.
        person: Person,
    },
    /// Somebody joined by code.
    Join {
        /// Who.
        person: Person,
    },
    /// The API wants somebody out.
    Remove {
        /// Who.
        address: &'a Address,
    },
    /// Somebody is no longer in the conversation.
    LosePerson {
        /// Who.
        address: &'a Address,
        /// Why, when the session does not know better.
        reason: LeaveReason,
    },
    /// Something is to be said.
    Say(&'a Say),
    /// A part of an answer came.
    Answer {
        /// The question.
        turn_id: &'a TurnId,
        /// Which part, from 0.
        part: u32,
        /// The part.
        text: &'a str,
    },
    /// An answer is complete.
    Complete {
        /// The question.
        turn_id: &'a TurnId,
    },
    /// No answer came.
    FailTurn {
        /// The question.
        turn_id: &'a TurnId,
        /// Why.
        reason: &'a str,
    },
    /// It is to be closed.
    Close {
        /// Why.
        reason: CloseReason,
    },
    /// Its conversation is closed.
    Closed {
        /// Why, when the session does not know better.
        reason: CloseReason,
    },
    /// The inactivity timer fired.
    Tick,
    /// A code to join by is wanted.
    IssueCode,
    /// A message was changed in Twilio.
    Edit {
        /// The message.
        message_sid: &'a str,
        /// Its text now.
        text: &'a str,
        /// When.
        at: Timestamp,
    },
    /// A message was deleted in Twilio.
    Delete {
        /// The message.
        message_sid: &'a str,
        /// When.
        at: Timestamp,
    },
    /// A person's message got somewhere.
    Relay {
        /// The message.
        message_sid: &'a str,
        /// The recipient.
        participant_sid: &'a ParticipantSid,
        /// How far.
        status: ReceiptStatus,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// When.
        at: Timestamp,
    },
    /// Twilio told something unknown.
    Keep {
        /// Twilio's name for it.
        name: &'a str,
        /// All of it.
        parameters: &'a BTreeMap<String, String>,
    },
}

/// What a new session begins with.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// How it came to be.
    pub origin: Origin,
    /// What carries it.
    pub transport: Transport,
    /// The person's session before this one.
    pub previous: Option<SessionId>,
    /// The application's own fields.
    pub attributes: Value,
}

/// A session that has just begun, and the event that says so.
pub fn start(new: NewSession, context: &Context<'_>) -> (Session, Event) {
    let id = context.session_id();
    let state = match new.transport {
        Transport::Conversations => SessionState::Opening,
        Transport::Messaging => SessionState::Active,
    };
    let session = Session {
        id: id.clone(),
        transport: new.transport,
        conversation_sid: None,
        state,
        members: Vec::new(),
        everyone: std::collections::VecDeque::new(),
        attributes: new.attributes.clone(),
        previous_session_id: new.previous.clone(),
        join_code: None,
        started_at: context.now,
        last_activity: context.now,
        warned_at: None,
        received: 0,
        sent: 0,
        close_reason: None,
        recent: std::collections::VecDeque::new(),
        held: Vec::new(),
        turns: Vec::new(),
        sequence: 0,
    };
    let event = Event::SessionStarted {
        session_id: id,
        origin: new.origin,
        transport: new.transport,
        previous_session_id: new.previous,
        attributes: new.attributes,
    };
    (session, event)
}

/// What follows; a rejection changes nothing.
pub fn decide(
    session: &Session,
    command: &Command<'_>,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::Receive { .. } => receive(session, command, consents, context),
        Command::Bind { conversation_sid, adopted } => bind(session, conversation_sid, *adopted),
        Command::FailToOpen { reason } if session.is_open() => {
            Ok(vec![Event::SessionFailed { reason: reason.clone() }])
        }
        Command::SeePerson { person } => see_person(session, person),
        Command::Invite { person } => invite(session, person, consents, context),
        Command::Join { person } => Ok(join(session, person, context)),
        Command::Remove { address } => match session.member(address) {
            Some(member) if member.presence != Presence::Leaving => Ok(vec![Event::ParticipantLeaving {
                address: (*address).clone(),
                reason: LeaveReason::Removed,
            }]),
            Some(_) => Err(Rejection::AlreadySo),
            None => Err(Rejection::NotFound("no such participant in this session")),
        },
        Command::LosePerson { address, reason } => lose_person(session, address, *reason),
        Command::Say(say) => say_all(session, say, consents, context),
        Command::Answer { turn_id, part, text } => answer(session, turn_id, *part, text, consents, context),
        Command::Complete { turn_id } => {
            open_turn(session, turn_id).map(|_| vec![Event::TurnCompleted { turn_id: (*turn_id).clone() }])
        }
        Command::FailTurn { turn_id, reason } => fail_turn(session, turn_id, reason, consents, context),
        Command::Close { reason } => close(session, *reason, consents, context),
        Command::Closed { reason } if session.is_open() => {
            Ok(vec![closed(session, session.close_reason.unwrap_or(*reason))])
        }
        Command::FailToOpen { .. } | Command::Closed { .. } => Err(Rejection::AlreadySo),
        Command::Tick => Ok(tick(session, consents, context)),
        Command::IssueCode => issue_code(session, context),
        Command::Edit { message_sid, text, at } => Ok(vec![Event::MessageEdited {
            message_sid: (*message_sid).to_owned(),
            text: (*text).to_owned(),
            at: *at,
        }]),
        Command::Delete { message_sid, at } => {
            Ok(vec![Event::MessageRemoved { message_sid: (*message_sid).to_owned(), at: *at }])
        }
        Command::Relay { message_sid, participant_sid, status, error_code, at } => {
            Ok(vec![Event::MessageRelayed {
                message_sid: (*message_sid).to_owned(),
                participant_sid: (*participant_sid).clone(),
                status: *status,
                error_code: *error_code,
                at: *at,
            }])
        }
        Command::Keep { name, parameters } => {
            Ok(vec![Event::Unrecognized { name: (*name).to_owned(), parameters: (*parameters).clone() }])
        }
    }
}

fn receive(
    session: &Session,
    command: &Command<'_>,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let Command::Receive { received, sender, keyword, answered, change, join } = command else {
        return Err(Rejection::AlreadySo);
    };
    if session.recent.contains(&received.message_sid) {
        return Err(Rejection::AlreadySo);
    }
    let mut events = Vec::new();
    let Author::Person { address, .. } = &received.author else {
        events.push(Event::MessageReceived((*received).clone()));
        return Ok(events);
    };
    let mut session = session.clone();
    let mut record = |session: &mut Session, more: Vec<Event>| {
        for event in more {
            super::apply(session, &event, context.now);
            events.push(event);
        }
    };
    if session.member(address).is_none_or(|m| m.presence == Presence::Invited) && session.is_open() {
        let person = person_of(&session, address, sender, received);
        record(&mut session, vec![Event::ParticipantJoined { person }]);
    }
    let mut received = (*received).clone();
    if let Author::Person { name, .. } = &mut received.author {
        *name = session.member(address).and_then(|m| m.person.name.clone());
    }
    record(&mut session, vec![Event::MessageReceived(received.clone())]);
    if !session.is_open() {
        return Ok(events);
    }
    if matches!(session.state, SessionState::Warned | SessionState::Closing) {
        record(&mut session, vec![Event::SessionResumed]);
    }
    let talk = Talk { address, sender, received: &received, answered: *answered, change: *change, consents };
    let more = match keyword {
        Some(Keyword::Stop) => talk.stop(&session, context),
        Some(Keyword::Start | Keyword::Yes) if matches!(change, ConsentChange::Granted(_)) => {
            talk.start(&session, context)
        }
        Some(Keyword::Help) => talk.help(&session, context),
        _ => talk.say(&session, *join, context),
    };
    record(&mut session, more);
    Ok(events)
}

fn person_of(session: &Session, address: &Address, sender: &Address, received: &Received) -> Person {
    let known = session.member(address).map(|m| m.person.clone());
    Person {
        address: address.clone(),
        sender: known.as_ref().map_or_else(|| sender.clone(), |p| p.sender.clone()),
        participant_sid: received.participant_sid.clone(),
        name: known.and_then(|p| p.name),
    }
}

/// One person's text being answered.
struct Talk<'a> {
    address: &'a Address,
    sender: &'a Address,
    received: &'a Received,
    answered: bool,
    change: ConsentChange,
    consents: &'a Consents,
}

impl Talk<'_> {
    /// Where a text for this person alone goes.
    fn alone(&self, session: &Session) -> Target {
        if session.is_group() {
            Target::Person { address: self.address.clone(), sender: self.sender.clone() }
        } else {
            Target::Session
        }
    }

    fn own(
        &self,
        session: &Session,
        id: TextId,
        args: &Args,
        exemption: Option<Exemption>,
        context: &Context<'_>,
    ) -> Vec<Event> {
        queue_own(session, id, args, &self.alone(session), exemption, context)
    }

    fn stop(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        if self.change == ConsentChange::Revoked && !self.answered {
            let exemption = Some(Exemption::OptOutConfirmation);
            events.extend(self.own(
                session,
                TextId::OptOutConfirmation,
                &Args::default(),
                exemption,
                context,
            ));
        }
        if session.is_group() {
            events.push(Event::ParticipantLeaving {
                address: self.address.clone(),
                reason: LeaveReason::OptedOut,
            });
        }
        events
    }

    fn start(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let mut events = match self.change {
            ConsentChange::Granted(ConsentState::Revoked) if self.answered => Vec::new(),
            ConsentChange::Granted(ConsentState::Revoked) => {
                self.own(session, TextId::OptInConfirmation, &Args::default(), None, context)
            }
            _ => self.own(session, TextId::Welcome, &Args::default(), None, context),
        };
        for held in session.held.iter().filter(|h| h.received.author.address() == Some(self.address)) {
            events.push(ask(&held.received, context));
        }
        events
    }

    fn help(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let mut events = vec![Event::HelpRequested { address: self.address.clone() }];
        if !self.answered {
            let exemption = Some(Exemption::HelpReply);
            events.extend(self.own(session, TextId::Help, &Args::default(), exemption, context));
        }
        events
    }

    fn say(&self, session: &Session, join: JoinTarget<'_>, context: &Context<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        match self.change {
            ConsentChange::Requested => {
                let exemption = Some(Exemption::ConsentRequest);
                events.extend(self.own(
                    session,
                    TextId::ConsentRequest,
                    &Args::default(),
                    exemption,
                    context,
                ));
                events.push(Event::MessageHeld(self.received.clone()));
                return events;
            }
            ConsentChange::Granted(_) => {
                events.extend(self.own(session, TextId::Welcome, &Args::default(), None, context));
            }
            ConsentChange::None | ConsentChange::Revoked => match state_of(self.consents, self.address) {
                ConsentState::Granted => {}
                ConsentState::Pending => {
                    events.push(Event::MessageHeld(self.received.clone()));
                    return events;
                }
                ConsentState::Unknown | ConsentState::Revoked => return events,
            },
        }
        match crate::command::parse_with(&self.received.text, context.policy.join.code_length) {
            Some(typed) => events.extend(self.typed(session, typed, join, context)),
            None => events.push(ask(self.received, context)),
        }
        events
    }

    fn typed(
        &self,
        session: &Session,
        typed: Typed,
        join: JoinTarget<'_>,
        context: &Context<'_>,
    ) -> Vec<Event> {
        let mut events =
            vec![Event::CommandReceived { address: self.address.clone(), command: typed.name().to_owned() }];
        match typed {
            Typed::Join { name, .. } => events.extend(self.join(session, name, join, context)),
            Typed::Leave => events.extend(self.leave(session, context)),
            Typed::Close => {
                let owner = session.owner().map(|m| &m.person.address) == Some(self.address);
                if owner {
                    events.extend(
                        close(session, CloseReason::Person, self.consents, context).unwrap_or_default(),
                    );
                } else {
                    events.extend(self.leave(session, context));
                }
            }
            Typed::Invite => {
                let fresh = issue_code(session, context).unwrap_or_default();
                let code = fresh.iter().find_map(|e| match e {
                    Event::JoinCodeIssued { code, .. } => Some(code.clone()),
                    _ => None,
                });
                let code = code.or_else(|| session.join_code.as_ref().map(|c| c.code.clone()));
                events.extend(fresh);
                let args = Args::default().code(code.unwrap_or_default()).number(self.sender.value());
                events.extend(self.own(session, TextId::Invitation, &args, None, context));
            }
            Typed::Name(name) => {
                if let Some(member) = session.member(self.address) {
                    let person = Person { name: Some(name.clone()), ..member.person.clone() };
                    events.push(Event::ParticipantUpdated { person });
                    let args = Args::default().name(name);
                    events.extend(self.own(session, TextId::NameSet, &args, None, context));
                }
            }
        }
        events
    }

    fn leave(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        if session.is_group() {
            return vec![Event::ParticipantLeaving {
                address: self.address.clone(),
                reason: LeaveReason::Left,
            }];
        }
        close(session, CloseReason::Person, self.consents, context).unwrap_or_default()
    }

    fn join(
        &self,
        session: &Session,
        name: Option<String>,
        join: JoinTarget<'_>,
        context: &Context<'_>,
    ) -> Vec<Event> {
        let refuse = |reason: &str| {
            let mut events =
                vec![Event::JoinRefused { address: self.address.clone(), reason: reason.to_owned() }];
            events.extend(self.own(session, TextId::JoinFailed, &Args::default(), None, context));
            events
        };
        let target = match join {
            JoinTarget::Session(target) => target,
            JoinTarget::Limited => return refuse("too_many_attempts"),
            JoinTarget::NotAsked | JoinTarget::Unknown => return refuse("unknown_code"),
        };
        let code_lives = target.join_code.as_ref().is_some_and(|code| code.expires_at > context.now);
        let Some(conversation_sid) = target.conversation_sid.clone().filter(|_| target.is_open()) else {
            return refuse("session_not_open");
        };
        if !code_lives {
            return refuse("code_expired");
        }
        if target.present().count() >= context.policy.join.max_people {
            return refuse("session_full");
        }
        if target.id == session.id || target.member(self.address).is_some() {
            return refuse("already_in_session");
        }
        let known = session.member(self.address);
        vec![Event::ParticipantMoving {
            person: Person {
                address: self.address.clone(),
                sender: self.sender.clone(),
                participant_sid: known.and_then(|m| m.person.participant_sid.clone()),
                name: name.or_else(|| known.and_then(|m| m.person.name.clone())),
            },
            to_session_id: target.id.clone(),
            to_conversation_sid: conversation_sid,
        }]
    }
}

fn ask(received: &Received, context: &Context<'_>) -> Event {
    Event::TurnRequested {
        turn_id: context.turn_id(),
        message_sid: received.message_sid.clone(),
        author: received.author.clone(),
        text: received.text.clone(),
        media: received.media.clone(),
        at: received.at,
    }
}

/// The question a message asks, for a session that takes over from a closed one.
pub(crate) fn ask_again(received: &Received, context: &Context<'_>) -> Event {
    ask(received, context)
}

fn state_of(consents: &Consents, address: &Address) -> ConsentState {
    consents.get(address).map_or(ConsentState::Unknown, |ledger| ledger.state)
}

fn anybody_consents(session: &Session, consents: &Consents) -> bool {
    session.present().any(|m| state_of(consents, &m.person.address) == ConsentState::Granted)
}

fn bind(session: &Session, sid: &ConversationSid, adopted: bool) -> Result<Vec<Event>, Rejection> {
    match &session.conversation_sid {
        Some(known) if known == sid => Err(Rejection::AlreadySo),
        Some(_) => Err(Rejection::Refused("the session already has another conversation".to_owned())),
        None if !session.is_open() => Err(Rejection::SessionClosed),
        None => Ok(vec![Event::ConversationBound { conversation_sid: sid.clone(), adopted }]),
    }
}

fn see_person(session: &Session, person: &Person) -> Result<Vec<Event>, Rejection> {
    if !session.is_open() {
        return Err(Rejection::SessionClosed);
    }
    match session.member(&person.address) {
        Some(member) if member.presence == Presence::Invited => {
            let name = person.name.clone().or_else(|| member.person.name.clone());
            Ok(vec![Event::ParticipantJoined { person: Person { name, ..person.clone() } }])
        }
        Some(member) if member.person.participant_sid.is_none() => {
            let name = member.person.name.clone();
            Ok(vec![Event::ParticipantUpdated { person: Person { name, ..person.clone() } }])
        }
        Some(_) => Err(Rejection::AlreadySo),
        None => Ok(vec![Event::ParticipantJoined { person: person.clone() }]),
    }
}

fn invite(
    session: &Session,
    person: &Person,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    if !session.is_open() {
        return Err(Rejection::SessionClosed);
    }
    match state_of(consents, &person.address) {
        ConsentState::Granted => {}
        ConsentState::Revoked => return Err(Rejection::OptedOut),
        ConsentState::Unknown | ConsentState::Pending => return Err(Rejection::NoConsent),
    }
    if session.transport == Transport::Messaging {
        return Err(Rejection::Refused(
            "the session runs on Programmable Messaging, which has no groups; move it to Conversations first"
                .to_owned(),
        ));
    }
    if session.member(&person.address).is_some() {
        return Err(Rejection::AlreadySo);
    }
    let limit = context.policy.join.max_people;
    if session.present().count() >= limit {
        return Err(Rejection::Refused(format!("the session already has {limit} people, the limit")));
    }
    Ok(vec![Event::ParticipantInvited { person: person.clone() }])
}

fn join(session: &Session, person: &Person, context: &Context<'_>) -> Vec<Event> {
    let mut events = vec![Event::ParticipantJoined { person: person.clone() }];
    let mut after = session.clone();
    super::apply(&mut after, &events[0], context.now);
    let label = after.author_label(&person.address, context.policy.unnamed_author);
    let args = Args::default().name(label);
    events.extend(queue_own(&after, TextId::JoinAnnouncement, &args, &Target::Session, None, context));
    events
}

fn lose_person(session: &Session, address: &Address, reason: LeaveReason) -> Result<Vec<Event>, Rejection> {
    if session.member(address).is_none() {
        return Err(Rejection::AlreadySo);
    }
    let mut events = vec![Event::ParticipantLeft { address: address.clone(), reason }];
    let others = session.members.iter().filter(|m| m.person.address != *address).count();
    if others == 0 && session.is_open() {
        events.push(closed(session, CloseReason::Empty));
    }
    Ok(events)
}

fn say_all(
    session: &Session,
    say: &Say,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    if matches!(session.state, SessionState::Closed | SessionState::Closing) {
        return Err(Rejection::SessionClosed);
    }
    if !anybody_consents(session, consents) {
        let revoked =
            session.present().any(|m| state_of(consents, &m.person.address) == ConsentState::Revoked);
        return Err(if revoked { Rejection::OptedOut } else { Rejection::NoConsent });
    }
    let events = queue(session, say, &Target::Session, None, context);
    if events.is_empty() {
        return Err(Rejection::Refused("the text is empty; give at least one visible character".to_owned()));
    }
    Ok(events)
}

fn open_turn<'s>(session: &'s Session, turn_id: &TurnId) -> Result<&'s super::OpenTurn, Rejection> {
    session
        .turns
        .iter()
        .find(|t| t.turn_id == *turn_id)
        .ok_or(Rejection::NotFound("no open question with this turn id"))
}

fn answer(
    session: &Session,
    turn_id: &TurnId,
    part: u32,
    text: &str,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let discard = |reason: &str| {
        Ok(vec![Event::ReplyDiscarded {
            turn_id: Some(turn_id.clone()),
            text: text.to_owned(),
            reason: reason.to_owned(),
        }])
    };
    if matches!(session.state, SessionState::Closed | SessionState::Closing) {
        return discard("session_closed");
    }
    let turn = open_turn(session, turn_id)?;
    if part < turn.parts {
        return Err(Rejection::AlreadySo);
    }
    if !anybody_consents(session, consents) {
        return discard("no_consent");
    }
    let moved_on = session.received > turn.asked_at_count;
    if moved_on && context.policy.late_reply == crate::policy::LateReply::Discard {
        return discard("conversation_moved_on");
    }
    let room = context.policy.max_reply_chars.saturating_sub(turn.chars);
    let (kept, omitted) = crate::segment::split::cut(text, room);
    let say = Say {
        text: kept.to_owned(),
        class: MessageClass::Reply,
        purpose: None,
        not_before: None,
        expires_at: None,
        turn_id: Some(turn_id.clone()),
        correlation_id: Some(turn.message_sid.clone()),
    };
    let mut events = queue(session, &say, &Target::Session, None, context);
    let omitted = (!omitted.trim().is_empty()).then(|| omitted.to_owned());
    let chars = kept.chars().count();
    events.push(Event::TurnAnswered { turn_id: turn_id.clone(), part, chars, omitted });
    Ok(events)
}

fn fail_turn(
    session: &Session,
    turn_id: &TurnId,
    reason: &str,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    open_turn(session, turn_id)?;
    let mut events = vec![Event::TurnFailed { turn_id: turn_id.clone(), reason: reason.to_owned() }];
    let listening = !matches!(session.state, SessionState::Closed | SessionState::Closing);
    if listening && anybody_consents(session, consents) {
        let id = TextId::CognitionUnavailable;
        events.extend(queue_own(session, id, &Args::default(), &Target::Session, None, context));
    }
    Ok(events)
}

fn close(
    session: &Session,
    reason: CloseReason,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    if matches!(session.state, SessionState::Closing | SessionState::Closed) {
        return Err(Rejection::AlreadySo);
    }
    let mut events = Vec::new();
    if anybody_consents(session, consents) {
        let minutes = context.now.duration_since(session.started_at).as_mins().max(0);
        let args = Args::default()
            .received(session.received)
            .sent(session.sent)
            .minutes(u64::try_from(minutes).unwrap_or(0));
        events.extend(queue_own(session, TextId::ClosingSummary, &args, &Target::Session, None, context));
    }
    events.push(Event::SessionClosing { reason });
    Ok(events)
}

fn closed(session: &Session, reason: CloseReason) -> Event {
    Event::SessionClosed {
        reason,
        started_at: session.started_at,
        received: session.received,
        sent: session.sent,
    }
}

fn tick(session: &Session, consents: &Consents, context: &Context<'_>) -> Vec<Event> {
    let due = session.deadline(context.policy).is_some_and(|at| at <= context.now);
    if !due {
        return Vec::new();
    }
    match session.state {
        SessionState::Warned => {
            close(session, CloseReason::Inactivity, consents, context).unwrap_or_default()
        }
        SessionState::Active if anybody_consents(session, consents) => {
            let wait = context.policy.inactivity.close_after;
            let closes_at = context.now.checked_add(wait).unwrap_or(Timestamp::MAX);
            let minutes = u64::try_from(wait.as_mins()).unwrap_or(0);
            let args = Args::default().minutes(minutes);
            let mut events =
                queue_own(session, TextId::InactivityWarning, &args, &Target::Session, None, context);
            events.push(Event::SessionWarned { closes_at });
            events
        }
        // Nobody may be written to, so nobody is warned.
        SessionState::Active | SessionState::Opening => {
            close(session, CloseReason::Inactivity, consents, context).unwrap_or_default()
        }
        SessionState::Closing | SessionState::Closed => Vec::new(),
    }
}

fn issue_code(session: &Session, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
    if !session.is_open() {
        return Err(Rejection::SessionClosed);
    }
    let join = &context.policy.join;
    let fresh_enough = session
        .join_code
        .as_ref()
        .is_some_and(|code| code.expires_at.duration_since(context.now) > join.valid_for / 2);
    if fresh_enough {
        return Err(Rejection::AlreadySo);
    }
    let expires_at = context.now.checked_add(join.valid_for).unwrap_or(Timestamp::MAX);
    Ok(vec![Event::JoinCodeIssued { code: context.join_code(), expires_at }])
}

/// Media alone still asks something; this names it where a text is needed.
pub fn describe_media(media: &[MediaRef]) -> String {
    media.iter().map(|m| format!("[{}]", m.content_type)).collect::<Vec<_>>().join(" ")
}
