//! The one door: an input, the state it concerns, and what follows from it.
//!
//! [`handle`] asks for what it needs by failing with [`Stop::Need`]; the shell loads that into the [`World`] and
//! calls again, with the same seed. Nothing is decided until everything is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::address::{Address, Channel};
use crate::audit;
use crate::cloudevent::{CloudEvent, Placement};
use crate::consent::{self, Act, Breadth, ConsentLedger};
use crate::context::Context;
use crate::effect::{Effect, Planned, Reaction, TimerPlan};
use crate::event::{Event, Evidence};
use crate::id::{MediaId, OutboundId, SessionId};
use crate::input::Input;
use crate::known::{self, Lesson};
use crate::media::{self, MediaFile};
use crate::outbound::{self, OutboundMessage, Step};
use crate::person::Account;
use crate::rejection::Rejection;
use crate::session::{self, Command, Consents, Session};
use crate::transcript::{self, TranscriptChange};
use crate::world::{Want, World};

mod arrival;
mod audited;
mod begin;
mod files;
mod hours;
mod identity;
mod instead;
mod language;
mod people;
mod sending;
mod spend;
mod window;
mod wishes;

/// Why nothing was decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// These must be loaded first.
    Need(Vec<Want>),
    /// The input changes nothing; the records that say so, of a refusal that the audit log keeps.
    Rejected(Rejection, Vec<audit::Entry>),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection, Vec::new())
    }
}

/// What follows from an input, to be committed as one.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Outcome {
    /// Sessions as they are now.
    pub sessions: BTreeMap<SessionId, Arc<Session>>,
    /// Ledgers as they are now.
    pub ledgers: BTreeMap<Address, ConsentLedger>,
    /// Outbound messages as they are now.
    pub outbound: BTreeMap<OutboundId, OutboundMessage>,
    /// Files as they are now.
    pub media: BTreeMap<MediaId, MediaFile>,
    /// Accounts as they are now, by the application's id.
    pub accounts: BTreeMap<String, Account>,
    /// Events, in order.
    pub events: Vec<CloudEvent>,
    /// Changes to transcripts.
    pub transcript: Vec<(SessionId, TranscriptChange)>,
    /// What to do outside.
    pub effects: Vec<Planned>,
    /// Timers to change.
    pub timers: Vec<TimerPlan>,
    /// What the audit log keeps of it, in order.
    pub audit: Vec<audit::Entry>,
    /// The session that the input is about, for the answer to who asked.
    pub session_id: Option<SessionId>,
}

/// Decides on an input.
pub fn handle(world: &World, input: &Input, context: &Context<'_>) -> Result<Outcome, Stop> {
    let mut desk = Desk::new(world, context);
    desk.correlation = correlation(input);
    match desk.dispatch(input).and_then(|()| desk.learn_of_people()) {
        Ok(()) => Ok(desk.finish()),
        Err(Stop::Rejected(rejection, records)) if records.is_empty() => {
            let records = desk.refused(input, &rejection);
            Err(Stop::Rejected(rejection, records))
        }
        Err(stop) => Err(stop),
    }
}

fn correlation(input: &Input) -> Option<String> {
    match input {
        Input::MessageArrived { received, .. } | Input::MessageOffered { received, .. } => {
            Some(received.message_sid.clone())
        }
        Input::SendToAddress { correlation_id, .. } | Input::SendToSession { correlation_id, .. } => {
            correlation_id.clone()
        }
        _ => None,
    }
}

/// The state being worked on while one input is decided.
struct Desk<'a> {
    world: &'a World,
    context: &'a Context<'a>,
    outcome: Outcome,
    correlation: Option<String>,
    /// What the events so far tell about people.
    lessons: Vec<(Address, Lesson)>,
}

impl<'a> Desk<'a> {
    fn new(world: &'a World, context: &'a Context<'a>) -> Self {
        Self { world, context, outcome: Outcome::default(), correlation: None, lessons: Vec::new() }
    }

    fn learn_of_people(&mut self) -> Result<(), Stop> {
        self.world.need(self.lessons.iter().map(|(address, _)| Want::Ledger(address.clone())))?;
        for (address, lesson) in std::mem::take(&mut self.lessons) {
            let mut ledger = self.ledger(&address)?;
            if known::learn(&mut ledger, &lesson) {
                self.outcome.ledgers.insert(address, ledger);
            }
        }
        Ok(())
    }

    fn finish(self) -> Outcome {
        self.outcome
    }

    fn dispatch(&mut self, input: &Input) -> Result<(), Stop> {
        match input {
            Input::MessageArrived { .. }
            | Input::MessageOffered { .. }
            | Input::MessageChanged { .. }
            | Input::MessageDeleted { .. }
            | Input::ConversationSeen { .. }
            | Input::ConversationEnded { .. }
            | Input::Unrecognized { .. } => self.arrival(input),
            Input::PersonSeen { .. }
            | Input::PersonLost { .. }
            | Input::PersonAdded { .. }
            | Input::PersonGone { .. }
            | Input::PersonMoved { .. }
            | Input::MoveFailed { .. }
            | Input::InvitePerson { .. }
            | Input::RemovePerson { .. } => self.people(input),
            Input::OwnMessageSeen { .. }
            | Input::ReceiptArrived { .. }
            | Input::StatusArrived { .. }
            | Input::Cancel { .. }
            | Input::Resend { .. }
            | Input::Retime { .. }
            | Input::SendClaimed { .. }
            | Input::SendAccepted { .. }
            | Input::SendFailed { .. }
            | Input::SendUnclear { .. }
            | Input::SendNotFound { .. } => self.sending(input),
            Input::MediaFetched { .. } | Input::MediaDropped { .. } => self.file(input),
            Input::SendToAddress { .. }
            | Input::SendToSession { .. }
            | Input::OpenSession { .. }
            | Input::LanguageTold { .. }
            | Input::IssueCode { .. }
            | Input::CloseSession { .. }
            | Input::MergePerson { .. }
            | Input::RecordConsent { .. }
            | Input::LocatePerson { .. }
            | Input::ForgetPerson { .. }
            | Input::ConversationReady { .. }
            | Input::ConversationFailed { .. }
            | Input::ConversationClosed { .. }
            | Input::TurnAnswered { .. }
            | Input::TurnCompleted { .. }
            | Input::TurnFailed { .. }
            | Input::TimerFired { .. } => self.wish(input),
        }
    }

    // Looking things up: what was changed in this decision comes before what was loaded.

    fn session(&self, id: &SessionId) -> Result<Option<Arc<Session>>, Stop> {
        match self.outcome.sessions.get(id) {
            Some(session) => Ok(Some(Arc::clone(session))),
            None => Ok(self.world.session(&Want::Session(id.clone()))?.cloned()),
        }
    }

    fn existing(&self, id: &SessionId) -> Result<Arc<Session>, Stop> {
        self.session(id)?.ok_or_else(|| Rejection::NotFound("no such session").into())
    }

    fn session_by(&self, want: &Want) -> Result<Option<Arc<Session>>, Stop> {
        match self.world.session(want)? {
            Some(session) => self.session(&session.id),
            None => Ok(None),
        }
    }

    fn ledger(&self, address: &Address) -> Result<ConsentLedger, Stop> {
        match self.outcome.ledgers.get(address) {
            Some(ledger) => Ok(ledger.clone()),
            None => self.world.ledger(address),
        }
    }

    fn message(&self, id: &OutboundId) -> Result<Option<OutboundMessage>, Stop> {
        match self.outcome.outbound.get(id) {
            Some(message) => Ok(Some(message.clone())),
            None => Ok(self.world.outbound(&Want::Outbound(id.clone()))?.cloned()),
        }
    }

    /// The ledgers of everybody in the session.
    fn consents(&self, session: &Session) -> Result<Consents, Stop> {
        self.world.need(session.members.iter().map(|m| Want::Ledger(m.person.address.clone())))?;
        session
            .members
            .iter()
            .map(|m| Ok((m.person.address.clone(), self.ledger(&m.person.address)?)))
            .collect()
    }

    // Changing things.

    /// Lets the session decide and records what follows; the events, for who needs to look at them.
    fn command(&mut self, id: &SessionId, command: &Command<'_>) -> Result<Vec<Event>, Stop> {
        let session = self.existing(id)?;
        let consents = self.consents(&session)?;
        self.command_with(session, command, &consents)
    }

    fn command_with(
        &mut self,
        session: Arc<Session>,
        command: &Command<'_>,
        consents: &Consents,
    ) -> Result<Vec<Event>, Stop> {
        let events = session::decide(&session, command, consents, self.context)?;
        self.record_session(session, events.clone());
        Ok(events)
    }

    /// As [`Desk::command`], but a rejection is no reason to stop.
    fn try_command(&mut self, id: &SessionId, command: &Command<'_>) -> Result<Vec<Event>, Stop> {
        match self.command(id, command) {
            Err(Stop::Rejected(..)) => Ok(Vec::new()),
            other => other,
        }
    }

    fn record_session(&mut self, mut session: Arc<Session>, events: Vec<Event>) {
        self.outcome.session_id.get_or_insert_with(|| session.id.clone());
        // Changed in place where nobody else holds it.
        self.outcome.sessions.remove(&session.id);
        let changed = Arc::make_mut(&mut session);
        let stream = changed.stream();
        for event in events {
            session::apply(changed, &event, self.context.now);
            if let Event::MessageQueued(queued) = &event {
                let message = OutboundMessage::new(queued.clone(), changed.id.clone());
                self.outcome.outbound.insert(queued.outbound_id.clone(), message);
            }
            self.note_files(changed, &event);
            self.react(session::react(changed, &event, self.context.policy));
            let outbound = outbound::subject(&event).cloned();
            let mut correlation = self.correlation.clone();
            if let Some(id) = &outbound
                && let Some(message) = self.outcome.outbound.get_mut(id)
            {
                outbound::apply(message, &event);
                if let Some(goes_back_to) = &message.queued.correlation_id {
                    correlation = Some(goes_back_to.clone());
                }
                let entry = transcript::outbound_entry(message);
                let reactions = outbound::react(message, &event);
                let change = TranscriptChange::Put(Box::new(entry));
                self.outcome.transcript.push((changed.id.clone(), change));
                self.react(reactions);
            }
            let about = outbound.as_ref().and_then(|id| self.outcome.outbound.get(id));
            self.lessons.extend(known::lesson(changed, &event, about));
            if let Some(file) = media::subject(&event).and_then(|id| self.outcome.media.get_mut(id)) {
                media::apply(file, &event);
            }
            let event_id = self.context.event_id();
            if let Some(change) = transcript::record(changed, &event, event_id.as_str(), self.context.now) {
                self.outcome.transcript.push((changed.id.clone(), change));
            }
            let conversation = changed.conversation_sid.as_ref().map(ToString::to_string);
            let placement = Placement {
                account: &self.world.account,
                subject: stream.clone(),
                sequence: changed.sequence,
                correlation_id: correlation.as_deref(),
                session: Some((changed.id.as_str(), conversation.as_deref())),
            };
            self.audit_event(&event, &event_id, Some(changed), outbound.as_ref());
            self.outcome.events.push(CloudEvent::new(&event, event_id, self.context.now, &placement));
        }
        self.outcome.sessions.insert(session.id.clone(), session);
    }

    /// Lets the ledger decide and records what follows. `session` is where it shows in a transcript.
    fn act(
        &mut self,
        address: &Address,
        act: &Act<'_>,
        session: Option<&Session>,
    ) -> Result<Vec<Event>, Stop> {
        let mut ledger = self.ledger(address)?;
        let events = consent::decide(&ledger, act, self.context)?;
        for event in &events {
            consent::apply(&mut ledger, event, self.context.policy.join.window);
            let event_id = self.context.event_id();
            self.audit_event(event, &event_id, session, None);
            if let Some(session) = session
                && let Some(change) = transcript::record(session, event, event_id.as_str(), self.context.now)
            {
                self.outcome.transcript.push((session.id.clone(), change));
            }
            let conversation = session.and_then(|s| s.conversation_sid.as_ref()).map(ToString::to_string);
            let placement = Placement {
                account: &self.world.account,
                subject: ledger.stream(),
                sequence: ledger.sequence,
                correlation_id: self.correlation.as_deref(),
                session: session.map(|s| (s.id.as_str(), conversation.as_deref())),
            };
            self.outcome.events.push(CloudEvent::new(event, event_id, self.context.now, &placement));
            let follows = match event {
                Event::ConsentRevoked { address, scope, .. } => {
                    Some(Effect::CancelQueued { address: address.clone(), scope: scope.clone() })
                }
                Event::PersonLocated { address, .. } => Some(Effect::Retime { address: address.clone() }),
                _ => None,
            };
            self.outcome.effects.extend(follows.map(|effect| Planned {
                effect,
                lane: ledger.stream(),
                priority: session::PRIORITY_FIRST,
            }));
        }
        if !events.is_empty() {
            self.outcome.ledgers.insert(address.clone(), ledger);
        }
        for event in &events {
            if let Event::ConsentRevoked { breadth: Breadth::All, evidence, at, .. } = event {
                self.withdraw_elsewhere(address, evidence, *at)?;
            }
        }
        Ok(events)
    }

    /// An opt-out of everything holds on every channel that reaches the same number, whether there is a sender of ours
    /// on it yet or not.
    fn withdraw_elsewhere(
        &mut self,
        address: &Address,
        evidence: &Evidence,
        at: Timestamp,
    ) -> Result<(), Stop> {
        let written_on = |other: &Address| matches!(other.channel(), Channel::Sms | Channel::Whatsapp);
        let others: Vec<Address> = consent::siblings(address).filter(written_on).collect();
        self.world.need(others.iter().cloned().map(Want::Ledger))?;
        for other in others {
            let act = Act::WithdrawnElsewhere { evidence: evidence.clone(), at };
            match self.act(&other, &act, None) {
                Ok(_) => self.leave_groups(&other)?,
                Err(Stop::Rejected(..)) => {}
                Err(need) => return Err(need),
            }
        }
        Ok(())
    }

    /// Lets an outbound message take a step and records what follows in its session.
    fn step(&mut self, id: &OutboundId, step: &Step) -> Result<Vec<Event>, Stop> {
        let message = self.message(id)?.ok_or(Rejection::NotFound("no such outbound message"))?;
        let session = self.existing(&message.session_id)?;
        let events = outbound::decide(&message, step, self.context)?;
        self.outcome.outbound.insert(id.clone(), message);
        self.record_session(session, events.clone());
        Ok(events)
    }

    fn react(&mut self, reactions: Vec<Reaction>) {
        for reaction in reactions {
            match reaction {
                Reaction::Do(planned) => self.outcome.effects.push(planned),
                Reaction::Timer(timer) => self.outcome.timers.push(timer),
            }
        }
    }
}
