//! A message came.

use jiff::{SignedDuration, Timestamp};

use crate::address::Address;
use crate::command::{Command as Typed, parse_with};
use crate::context::Context;
use crate::event::{Author, CloseReason, ConsentState, Event, Exemption, LeaveReason, Person, Received};
use crate::flood::FloodLimit;
use crate::keyword::Keyword;
use crate::media;
use crate::rejection::Rejection;
use crate::session::channel_text::{Recipients, queue_own};
use crate::session::decide::state_of;
use crate::session::{
    ConsentChange, Consents, Door, Held, Incoming, JoinTarget, Presence, Session, SessionState, apply,
    fingerprint, lifecycle, people,
};
use crate::text::{Args, TextId};

/// How long after an opt-out it may be confirmed.
const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// A person's message came into the session's conversation.
pub(super) fn receive(
    session: &Session,
    incoming: &Incoming<'_>,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    if session.remembers(&incoming.received.message_sid) {
        return Err(Rejection::AlreadySo);
    }
    let mut draft = Draft::new(session, context);
    let known = session.member(incoming.address);
    if session.is_open() && !incoming.gone && known.is_none_or(|m| m.presence == Presence::Invited) {
        let person = Person {
            address: incoming.address.clone(),
            sender: known.map_or(incoming.sender, |m| &m.person.sender).clone(),
            participant_sid: incoming.received.participant_sid.clone(),
            name: known.and_then(|m| m.person.name.clone()),
        };
        draft.add(people::arrive(session, person, incoming.received.at, context));
    }
    let received = named(incoming, &draft.session);
    draft.add(vec![Event::MessageReceived(received.clone())]);
    draft.relayed(incoming, &received);
    if incoming.is_answered_where_it_came() || (session.is_open() && !incoming.gone) {
        draft.wake();
        draft.answer(&Talk { incoming, received: &received, consents });
    }
    Ok(draft.events)
}

/// An aside that was withheld has been relayed all the same; it was answered when it was taken.
pub(super) fn overhear(received: &Received, withheld: &str) -> Vec<Event> {
    let Some(address) = received.author.address().cloned() else { return Vec::new() };
    vec![Event::MessageOverheard {
        message_sid: received.message_sid.clone(),
        address,
        fingerprint: fingerprint(&received.text),
        withheld: Some(withheld.to_owned()),
        index: received.index,
        at: received.at,
    }]
}

/// A message that came into a conversation too late is answered in this session.
pub(super) fn carry_on(
    session: &Session,
    incoming: &Incoming<'_>,
    consents: &Consents,
    context: &Context<'_>,
) -> Vec<Event> {
    let mut draft = Draft::new(session, context);
    let received = named(incoming, session);
    draft.wake();
    draft.answer(&Talk { incoming, received: &received, consents });
    draft.events
}

/// Somebody who is not on a phone wrote: it is kept, counts as activity, and is not answered.
pub(super) fn note(session: &Session, received: &Received) -> Result<Vec<Event>, Rejection> {
    if session.remembers(&received.message_sid) {
        return Err(Rejection::AlreadySo);
    }
    let mut events = vec![Event::MessageReceived(received.clone())];
    events.extend(session.against_consent(&received.message_sid, None, received.at));
    if matches!(session.state, SessionState::Warned | SessionState::Closing) {
        events.push(Event::SessionResumed);
    }
    Ok(events)
}

/// What waited for somebody's consent is asked.
pub(super) fn release(
    session: &Session,
    address: &Address,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let events: Vec<_> = held_of(session, address).map(|held| ask(&held.received, context)).collect();
    if events.is_empty() { Err(Rejection::AlreadySo) } else { Ok(events) }
}

fn named(incoming: &Incoming<'_>, session: &Session) -> Received {
    let mut received = incoming.received.clone();
    if let Author::Person { name, .. } = &mut received.author {
        *name = session.member(incoming.address).and_then(|m| m.person.name.clone());
    }
    received
}

fn held_of<'s>(session: &'s Session, address: &'s Address) -> impl Iterator<Item = &'s Held> {
    session.held.iter().filter(move |held| held.received.author.address() == Some(address))
}

fn ask(received: &Received, context: &Context<'_>) -> Event {
    Event::TurnRequested {
        turn_id: context.turn_id(),
        message_sid: received.message_sid.clone(),
        author: received.author.clone(),
        text: media::said(received),
        media: received.media.clone(),
        at: received.at,
    }
}

impl Incoming<'_> {
    /// Whether the answer belongs to the person alone, so that it needs no session that is still open: a keyword
    /// that changed something, or asks for help. Anything else is carried on where the person is by now.
    pub(crate) fn is_answered_where_it_came(&self) -> bool {
        match self.keyword {
            Some(Keyword::Stop | Keyword::Help) => true,
            Some(Keyword::Start | Keyword::Yes) => {
                matches!(&self.change, ConsentChange::Granted(before) if *before != ConsentState::Pending)
            }
            None => false,
        }
    }
}

/// Events so far, and the session they make.
struct Draft<'a> {
    session: Session,
    events: Vec<Event>,
    context: &'a Context<'a>,
}

impl<'a> Draft<'a> {
    fn new(session: &Session, context: &'a Context<'a>) -> Self {
        Self { session: session.clone(), events: Vec::new(), context }
    }

    fn add(&mut self, events: Vec<Event>) {
        for event in events {
            apply(&mut self.session, &event, self.context.now);
            self.events.push(event);
        }
    }

    /// What the others of a group get of it.
    fn relayed(&mut self, incoming: &Incoming<'_>, received: &Received) {
        let (message_sid, address) = (received.message_sid.clone(), incoming.address.clone());
        let fingerprint = fingerprint(&received.text);
        let at = received.at;
        match incoming.aside {
            Some(Door::Hook) => {
                self.add(vec![Event::MessageWithheld { message_sid, address, fingerprint, at }]);
                return;
            }
            Some(Door::Webhook) => {
                let (withheld, index) = (None, received.index);
                let overheard =
                    Event::MessageOverheard { message_sid, address, fingerprint, withheld, index, at };
                self.add(vec![overheard]);
            }
            None => {}
        }
        self.add(self.session.against_consent(&received.message_sid, Some(incoming.address), at));
    }

    /// Somebody wrote: a session that was about to end goes on.
    fn wake(&mut self) {
        if matches!(self.session.state, SessionState::Warned | SessionState::Closing) {
            self.add(vec![Event::SessionResumed]);
        }
    }

    fn answer(&mut self, talk: &Talk<'_>) {
        let more = match talk.incoming.keyword {
            _ if talk.incoming.flood.is_some() => vec![talk.unanswered(FloodLimit::Prefix)],
            Some(Keyword::Stop) => talk.stop(&self.session, self.context),
            Some(Keyword::Start | Keyword::Yes)
                if matches!(talk.incoming.change, ConsentChange::Granted(_)) =>
            {
                talk.start(&self.session, self.context)
            }
            Some(Keyword::Help) => talk.help(&self.session, self.context),
            _ => talk.say(&self.session, self.context),
        };
        self.add(more);
    }
}

/// One person's text being answered.
struct Talk<'a> {
    incoming: &'a Incoming<'a>,
    received: &'a Received,
    consents: &'a Consents,
}

impl Talk<'_> {
    fn address(&self) -> &Address {
        self.incoming.address
    }

    /// Says one of the channel's own texts to this person and nobody else: past the conversation when others are in
    /// it, or when it is no longer theirs.
    fn own(
        &self,
        session: &Session,
        id: TextId,
        args: &Args,
        exemption: Option<Exemption>,
        context: &Context<'_>,
    ) -> Vec<Event> {
        let to = Recipients::one(session, self.address(), self.incoming.sender);
        queue_own(id, args, &to, exemption, context)
    }

    fn unanswered(&self, limit: FloodLimit) -> Event {
        Event::AnswerWithheld {
            message_sid: self.received.message_sid.clone(),
            address: self.address().clone(),
            limit,
            prefix: self.incoming.flood.clone(),
            at: self.received.at,
        }
    }

    fn stop(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        if !self.incoming.answered {
            events.extend(self.confirm_stop(session, context));
        }
        if matches!(self.incoming.change, ConsentChange::Narrowed(_)) {
            return events;
        }
        let here = session.member(self.address()).is_some_and(|m| !m.is_barred());
        if session.is_open() && session.members.len() > 1 && here {
            events.push(Event::ParticipantLeaving {
                address: self.address().clone(),
                reason: LeaveReason::OptedOut,
            });
        }
        events
    }

    /// The one confirmation; nobody waits longer than the rule allows, 47 CFR 64.1200(a)(12).
    fn confirm_stop(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let (id, args) = match &self.incoming.change {
            ConsentChange::Revoked => (TextId::OptOutConfirmation, Args::default()),
            ConsentChange::Narrowed(purpose) => {
                (TextId::TopicOptOutConfirmation, Args::default().purpose(purpose.as_str()))
            }
            _ => return Vec::new(),
        };
        let exemption = Some(Exemption::OptOutConfirmation);
        let mut events = self.own(session, id, &args, exemption, context);
        let asked = self.received.at.min(context.now);
        for event in &mut events {
            if let Event::MessageQueued(queued) = event {
                queued.expires_at = asked.checked_add(CONFIRM_WITHIN).unwrap_or(Timestamp::MAX);
            }
        }
        events
    }

    fn start(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let mut events = match &self.incoming.change {
            ConsentChange::Granted(ConsentState::Revoked) if self.incoming.answered => Vec::new(),
            ConsentChange::Granted(ConsentState::Revoked) => {
                self.own(session, TextId::OptInConfirmation, &Args::default(), None, context)
            }
            _ => self.own(session, TextId::Welcome, &Args::default(), None, context),
        };
        // What was written before an opt-out stays unanswered.
        if self.incoming.change == ConsentChange::Granted(ConsentState::Pending) {
            for held in held_of(session, self.address()) {
                events.extend(self.heed(session, &held.received, context));
            }
        }
        events
    }

    fn help(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let mut events = vec![Event::HelpRequested { address: self.address().clone() }];
        if !self.incoming.answered {
            let exemption = Some(Exemption::HelpReply);
            events.extend(self.own(session, TextId::Help, &Args::default(), exemption, context));
        }
        events
    }

    fn say(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        match &self.incoming.change {
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
            ConsentChange::None | ConsentChange::Revoked | ConsentChange::Narrowed(_) => {
                match state_of(self.consents, self.address()) {
                    ConsentState::Granted => {}
                    ConsentState::Pending => {
                        events.push(Event::MessageHeld(self.received.clone()));
                        return events;
                    }
                    ConsentState::Unknown | ConsentState::Revoked => return events,
                }
            }
        }
        if session.flood.is_flooded(self.address(), &context.policy.flood, context.now) {
            events.push(self.unanswered(FloodLimit::Address));
            return events;
        }
        events.extend(self.consider(session, context));
        events.extend(self.heed(session, self.received, context));
        events
    }

    /// Puts on record that the text was looked at, and asks, once, whether its author means to opt out.
    fn consider(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let Some(considered) = &self.incoming.considered else { return Vec::new() };
        let asked = considered.rule.is_some() && !session.clarified.contains(self.address());
        let mut events = vec![Event::OptOutConsidered {
            address: self.address().clone(),
            message_sid: self.received.message_sid.clone(),
            rule: considered.rule.clone(),
            asked,
        }];
        if asked {
            let id = TextId::OptOutClarification;
            events.extend(self.own(session, id, &Args::default(), None, context));
        }
        events
    }

    /// Carries out a command; asks Si about anything else.
    fn heed(&self, session: &Session, received: &Received, context: &Context<'_>) -> Vec<Event> {
        match parse_with(&received.text, context.policy.join.code_length) {
            Some(typed) => self.typed(session, typed, context),
            // What was for the channel alone is not answered to all.
            None if self.incoming.aside.is_some() && received == self.received => Vec::new(),
            None if session.loops.is_cut(context.now) => Vec::new(),
            None => match session.loops.looping(&context.policy.loops) {
                Some(exchanges) => vec![Event::LoopCut {
                    address: self.address().clone(),
                    exchanges,
                    until: context.now.checked_add(context.policy.loops.pause).unwrap_or(Timestamp::MAX),
                }],
                None => vec![ask(received, context)],
            },
        }
    }

    fn typed(&self, session: &Session, typed: Typed, context: &Context<'_>) -> Vec<Event> {
        let address = self.address();
        let mut events =
            vec![Event::CommandReceived { address: address.clone(), command: typed.name().to_owned() }];
        match typed {
            Typed::Join { name, .. } => events.extend(self.join(session, name, context)),
            Typed::Close if session.owner().is_none_or(|m| m.person.address == *address) => {
                events.extend(self.close(session, context));
            }
            Typed::Leave | Typed::Close if session.is_group() => {
                events.extend(people::remove(session, address, LeaveReason::Left).unwrap_or_default());
            }
            Typed::Leave | Typed::Close => events.extend(self.close(session, context)),
            Typed::Invite => events.extend(self.invite(session, context)),
            Typed::Name(name) => {
                if let Some(member) = session.member(address) {
                    let person = Person { name: Some(name.clone()), ..member.person.clone() };
                    events.push(Event::ParticipantUpdated { person });
                    let args = Args::default().name(name);
                    events.extend(self.own(session, TextId::NameSet, &args, None, context));
                }
            }
        }
        events
    }

    fn close(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        lifecycle::close(session, CloseReason::Person, self.consents, context).unwrap_or_default()
    }

    /// The numbers that a friend may write to, whatever channel they use.
    fn numbers(&self, context: &Context<'_>) -> String {
        let senders = &context.policy.senders;
        match (&senders.sms, &senders.whatsapp) {
            (Some(sms), Some(whatsapp)) => {
                format!("{} (SMS) or {} (WhatsApp)", sms.value(), whatsapp.value())
            }
            _ => self.incoming.sender.value().to_owned(),
        }
    }

    fn invite(&self, session: &Session, context: &Context<'_>) -> Vec<Event> {
        let mut events = lifecycle::issue_code(session, context).unwrap_or_default();
        let fresh = events.iter().find_map(|event| match event {
            Event::JoinCodeIssued { code, .. } => Some(code.clone()),
            _ => None,
        });
        let code = fresh.or_else(|| session.join_code.as_ref().map(|known| known.code.clone()));
        let args = Args::default().code(code.unwrap_or_default()).number(self.numbers(context));
        events.extend(self.own(session, TextId::Invitation, &args, None, context));
        events
    }

    fn join(&self, session: &Session, name: Option<String>, context: &Context<'_>) -> Vec<Event> {
        let known = session.member(self.address());
        if known.is_some_and(|m| m.presence == Presence::Leaving) {
            return Vec::new();
        }
        let (target, conversation_sid) = match admit(session, self.incoming.join, self.address(), context) {
            Ok(admitted) => admitted,
            Err(reason) => {
                let mut events =
                    vec![Event::JoinRefused { address: self.address().clone(), reason: reason.to_owned() }];
                let text = match reason {
                    "too_many_attempts" => TextId::JoinLimited,
                    "already_in_session" => TextId::JoinAlready,
                    // Which of the others it was would help who guesses codes.
                    _ => TextId::JoinFailed,
                };
                events.extend(self.own(session, text, &Args::default(), None, context));
                return events;
            }
        };
        vec![Event::ParticipantMoving {
            person: Person {
                address: self.address().clone(),
                sender: self.incoming.sender.clone(),
                participant_sid: known.and_then(|m| m.person.participant_sid.clone()),
                name: name.or_else(|| known.and_then(|m| m.person.name.clone())),
            },
            to_session_id: target.id.clone(),
            to_conversation_sid: conversation_sid,
        }]
    }
}

/// The session that a code lets somebody into; why not, when it does not.
fn admit<'t>(
    session: &Session,
    join: JoinTarget<'t>,
    address: &Address,
    context: &Context<'_>,
) -> Result<(&'t Session, twilio_conversations::sid::ConversationSid), &'static str> {
    let target = match join {
        JoinTarget::Session(target) => target,
        JoinTarget::Limited => return Err("too_many_attempts"),
        JoinTarget::NotAsked | JoinTarget::Unknown => return Err("unknown_code"),
    };
    let Some(conversation_sid) = target.conversation_sid.clone().filter(|_| target.is_open()) else {
        return Err("session_not_open");
    };
    if target.join_code.as_ref().is_none_or(|code| code.expires_at <= context.now) {
        return Err("code_expired");
    }
    if target.id == session.id || target.member(address).is_some() {
        return Err("already_in_session");
    }
    if target.present().count() >= context.policy.join.max_people {
        return Err("session_full");
    }
    Ok((target, conversation_sid))
}
