//! A world to play journeys in: the engine over an in-memory store, a small Twilio, phones, and virtual time.
//!
//! Everything happens at once and in order: [`Sim::text`] and the like return when nothing is left to do.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use si_channel_core::address::Address;
use si_channel_core::consent::ConsentLedger;
use si_channel_core::content::Utterance;
use si_channel_core::context::Context;
use si_channel_core::effect::{Effect, TimerKind};
use si_channel_core::engine::{Outcome, Stop, handle};
use si_channel_core::event::{Event, MessageClass};
use si_channel_core::id::{Seed, SessionId, TurnId};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::media::Fetched;
use si_channel_core::normalize::{self, Fact};
use si_channel_core::outbound::{OutboundMessage, OutboundState};
use si_channel_core::policy::{OptIn, Policy};
use si_channel_core::rejection::Rejection;
use si_channel_core::session::Session;
use si_channel_core::transcript::{Entry, order};
use si_channel_core::world::World;
use twilio_conversations::sid::AccountSid;
use twilio_conversations::webhook::conversations::{ConversationsEvent, ConversationsWebhook};

// By their paths, so that the fuzz targets can play in the same world.
#[path = "support/audit.rs"]
mod audit;
#[path = "support/effects.rs"]
mod effects;
#[path = "support/store.rs"]
mod store;
#[path = "support/twilio.rs"]
mod twilio;

pub(crate) use effects::Fault;
use si_channel_core::event::ConsentState;
use si_channel_core::screen::{Offered, Verdict, screen};
pub(crate) use twilio::{Pairs, Twilio, event, pair};

use store::{Row, Store};

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const SMS: &str = "+15550001111";
pub(crate) const WHATSAPP: &str = "whatsapp:+15550002222";
pub(crate) const ANN: &str = "+15551110001";
pub(crate) const BOB: &str = "+15551110002";
pub(crate) const CAT: &str = "whatsapp:+15551110003";

pub(crate) fn at(text: &str) -> Address {
    text.parse().unwrap()
}

pub(crate) fn account() -> AccountSid {
    ACCOUNT.parse().unwrap()
}

/// What the cognition layer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cognition {
    /// Answers `You said: TEXT` at once.
    Echo,
    /// Takes its time: the questions wait in [`Sim::asked`].
    Later,
}

/// What becomes of the pre-action hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hook {
    /// It is asked and heard.
    Works,
    /// It is asked twice, and heard.
    Twice,
    /// It is asked, and its answer comes too late.
    Late,
    /// The text has been told of by webhook when it is decided on.
    Overtaken,
    /// It is not reached.
    Down,
}

impl Hook {
    pub(crate) const ALL: [Self; 5] = [Self::Works, Self::Twice, Self::Late, Self::Overtaken, Self::Down];
}

pub(crate) struct Sim {
    pub(crate) hook: Hook,
    pub(crate) policy: Policy,
    pub(crate) now: Timestamp,
    pub(crate) store: Store,
    pub(crate) twilio: Twilio,
    pub(crate) cognition: Cognition,
    /// What becomes of files.
    pub(crate) files: Fetched,
    /// Questions that wait for an answer.
    pub(crate) asked: Vec<(SessionId, TurnId, String)>,
    /// What happens to the next posts to Twilio.
    pub(crate) faults: VecDeque<Fault>,
    /// Effects that are not carried out while this is set.
    pub(crate) paused: bool,
    /// Webhooks wait in `twilio.webhooks` while this is set.
    pub(crate) deaf: bool,
    /// Audits are left to whoever plays.
    pub(crate) hasty: bool,
    seeds: u64,
    seen: BTreeSet<String>,
    parked: Vec<Input>,
    read: BTreeMap<Address, usize>,
}

impl Sim {
    pub(crate) fn new() -> Self {
        let mut policy = Policy::default();
        policy.senders.sms = Some(at(SMS));
        policy.senders.whatsapp = Some(at(WHATSAPP));
        "Acme".clone_into(&mut policy.brand.name);
        Self {
            hook: Hook::Works,
            policy,
            now: "2026-11-21T10:00:00Z".parse().unwrap(),
            store: Store::default(),
            twilio: Twilio::default(),
            cognition: Cognition::Echo,
            files: Fetched::Failed { reason: "no files here".to_owned() },
            asked: Vec::new(),
            faults: VecDeque::new(),
            paused: false,
            deaf: false,
            seeds: 0,
            hasty: false,
            seen: BTreeSet::new(),
            parked: Vec::new(),
            read: BTreeMap::new(),
        }
    }

    pub(crate) fn double_opt_in() -> Self {
        let mut sim = Self::new();
        sim.policy.opt_in = OptIn::Double;
        sim
    }

    /// Nobody has been welcomed yet to these; then they have, and have read it.
    pub(crate) fn with(people: &[&str]) -> Self {
        let mut sim = Self::new();
        for person in people {
            sim.text(person, "hi");
            sim.heard(person);
        }
        sim
    }

    /// A group that `people` joined in order, the first being its owner; everybody has read everything.
    pub(crate) fn group(people: &[&str]) -> Self {
        let mut sim = Self::with(people);
        let code = sim.code(people[0]);
        for person in &people[1..] {
            sim.text(person, &format!("join {code}"));
        }
        for person in people {
            sim.heard(person);
        }
        sim
    }

    // Given and when.

    /// A person writes from their phone.
    pub(crate) fn text(&mut self, from: &str, body: &str) {
        self.tick();
        let author = at(from);
        let sender = self.policy.senders.of(author.channel()).unwrap().clone();
        let body = body.to_owned();
        let now = self.now;
        if matches!(
            self.policy.carrier_keywords(&sender),
            si_channel_core::policy::CarrierKeywords::TwilioDefault
        ) {
            self.twilio.carrier_keyword(&author, &body);
        }
        let conversation = self.twilio.conversation_for(&author, &sender, now);
        match self.ask_hook(&conversation, &author, &body) {
            Some(Verdict::Aside) => {}
            verdict => self.twilio.inbound(&conversation, &author, &body, verdict, now),
        }
        if self.hook == Hook::Overtaken {
            while let Some(pairs) = self.twilio.webhooks.pop_front() {
                self.deliver(&pairs);
            }
            let overtaken = self.offer(&conversation, &author, &body, now);
            assert!(overtaken.is_err(), "taken twice: {body}");
        }
        self.settle();
    }

    /// What Twilio is told to do with a text; `None` when it is told nothing in time.
    fn ask_hook(&mut self, conversation: &str, author: &Address, body: &str) -> Option<Verdict> {
        if matches!(self.hook, Hook::Down | Hook::Overtaken) {
            return None;
        }
        let here = |s: &&Session| s.conversation_sid.as_ref().is_some_and(|sid| sid.as_str() == conversation);
        let session = self.store.sessions.values().find(here)?;
        let consent = self.store.ledgers.get(author).map_or(ConsentState::Unknown, ConsentLedger::state);
        let offered = Offered { author, body, attributes: "{}", files: false };
        let verdict = screen(session, &offered, consent, &self.policy);
        if verdict == Verdict::Aside {
            let again = self.hook == Hook::Twice;
            let taken = self.offer(conversation, author, body, self.now);
            // The same words a moment later are the same question asked again.
            assert!(matches!(taken, Ok(()) | Err(Rejection::AlreadySo)), "{taken:?}");
            if again {
                self.tick();
                let twice = self.offer(conversation, author, body, self.now);
                // It may have taken its author out of the conversation.
                assert!(twice.is_err(), "taken twice: {body}");
            }
        }
        (self.hook != Hook::Late).then_some(verdict)
    }

    /// Twilio asks whether a text may pass.
    fn offer(
        &mut self,
        conversation: &str,
        author: &Address,
        body: &str,
        at: Timestamp,
    ) -> Result<(), Rejection> {
        let mut pairs = event("onMessageAdd", conversation);
        pairs.extend([pair("Author", &author.to_string()), pair("Body", body), pair("Attributes", "{}")]);
        let webhook = ConversationsWebhook::parse(&pairs).unwrap();
        let ConversationsEvent::MessageAdd(message) = &webhook.event else { panic!() };
        self.decide(&normalize::offered(&webhook, message, at)).map(drop)
    }

    /// The API writes to an address.
    pub(crate) fn send(&mut self, to: &str, text: &str) -> Result<Outcome, Rejection> {
        self.send_with(to, SendMessage { class: MessageClass::Informational, ..plain(text) })
    }

    pub(crate) fn send_with(&mut self, to: &str, send: SendMessage) -> Result<Outcome, Rejection> {
        let input = Input::SendToAddress { to: at(to), send, correlation_id: Some("api".to_owned()) };
        self.input(&input)
    }

    /// An input, and all that follows.
    pub(crate) fn input(&mut self, input: &Input) -> Result<Outcome, Rejection> {
        self.tick();
        let outcome = self.decide(input);
        self.settle();
        outcome
    }

    /// The code to join somebody's session by.
    pub(crate) fn code(&mut self, owner: &str) -> String {
        let session_id = self.session(owner).id;
        let _ = self.input(&Input::IssueCode { session_id });
        self.session(owner).join_code.unwrap().code
    }

    /// The answer to the oldest question.
    pub(crate) fn answer(&mut self, text: &str) -> Result<Outcome, Rejection> {
        self.answer_with(Utterance::text(text))
    }

    /// Says this to the oldest question.
    pub(crate) fn answer_with(&mut self, utterance: Utterance) -> Result<Outcome, Rejection> {
        let (session_id, turn_id, _) = self.asked.remove(0);
        self.input(&Input::TurnAnswered { session_id, turn_id, part: 0, utterance, last: true, close: false })
    }

    /// Time passes; timers fire and put-off effects are tried again when they are due.
    pub(crate) fn pass(&mut self, span: SignedDuration) {
        let end = self.now + span;
        self.settle();
        while let Some(due) = self.next_due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.settle();
        }
        self.now = end;
        self.settle();
    }

    pub(crate) fn minutes(&mut self, minutes: i64) {
        self.pass(SignedDuration::from_mins(minutes));
    }

    // Then.

    /// What a phone got since the last look, in order.
    pub(crate) fn heard(&mut self, person: &str) -> Vec<String> {
        let all = self.twilio.phone(&at(person));
        let from = self.read.insert(at(person), all.len()).unwrap_or(0);
        all[from..].to_vec()
    }

    /// The open session of a person.
    pub(crate) fn session(&self, person: &str) -> Session {
        self.open(person).unwrap_or_else(|| panic!("{person} has no open session"))
    }

    pub(crate) fn open(&self, person: &str) -> Option<Session> {
        let address = at(person);
        self.store
            .sessions
            .values()
            .find(|session| session.bindings().any(|(bound, _)| *bound == address))
            .cloned()
    }

    /// Every session that a person was ever in, oldest first.
    pub(crate) fn sessions(&self, person: &str) -> Vec<Session> {
        let address = at(person);
        let mut sessions: Vec<_> =
            self.store.sessions.values().filter(|s| s.everyone.contains(&address)).cloned().collect();
        sessions.sort_by_key(|session| session.started_at);
        sessions
    }

    pub(crate) fn session_count(&self, person: &str) -> usize {
        self.sessions(person).len()
    }

    /// The SID of the newest message of an author.
    pub(crate) fn last_from(&self, conversation: &str, author: &str) -> String {
        let messages = &self.twilio.find(conversation).messages;
        messages.iter().rev().find(|message| message.1 == author).unwrap().0.clone()
    }

    /// The last parts of the types of all events of a stream: `message.received`.
    pub(crate) fn kinds(&self, stream: &str) -> Vec<String> {
        self.events(stream).map(|event| short(event.type_name())).collect()
    }

    pub(crate) fn events<'s>(&'s self, stream: &'s str) -> impl Iterator<Item = Event> + 's {
        self.store
            .events
            .iter()
            .filter(move |event| event.subject == stream)
            .map(|event| Event::read(&event.kind, event.data.clone()).unwrap())
    }

    /// How often an event of a type is in any stream.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.store.events.iter().filter(|event| short(&event.kind) == kind).count()
    }

    pub(crate) fn outbound(&self, text: &str) -> &OutboundMessage {
        self.store
            .outbound
            .values()
            .find(|message| message.queued.content.words().contains(text))
            .unwrap_or_else(|| panic!("nothing says {text:?}"))
    }

    pub(crate) fn state(&self, text: &str) -> OutboundState {
        self.outbound(text).state
    }

    /// `author: text` of every message of a session, in the transcript's order.
    pub(crate) fn transcript(&self, session: &SessionId) -> Vec<String> {
        order(self.entries(session))
            .into_iter()
            .filter(|entry| entry.message_sid.is_some() || entry.status.is_some())
            .map(|entry| format!("{}: {}", entry.author.unwrap_or_default(), entry.text))
            .collect()
    }

    pub(crate) fn entries(&self, session: &SessionId) -> Vec<Entry> {
        let of = |((id, _), entry): (&(SessionId, String), &Entry)| (id == session).then(|| entry.clone());
        self.store.entries.iter().filter_map(of).collect()
    }

    // The machinery.

    /// Every step has a time of its own.
    pub(crate) fn tick(&mut self) {
        self.now += SignedDuration::from_millis(1);
    }

    /// Loads, decides and commits, as the server does.
    pub(crate) fn decide(&mut self, input: &Input) -> Result<Outcome, Rejection> {
        self.seeds += 1;
        let seed = Seed::from_text(&format!("seed {}", self.seeds));
        let mut world = World::new(ACCOUNT);
        loop {
            let context = Context::new(self.now, &self.policy, seed);
            match handle(&world, input, &context) {
                Ok(outcome) => {
                    self.store.commit(&outcome, self.now);
                    return Ok(outcome);
                }
                Err(Stop::Rejected(rejection, records)) => {
                    self.store.audit.extend(records);
                    return Err(rejection);
                }
                Err(Stop::Need(wants)) => {
                    for want in wants {
                        let found = self.store.load(&want);
                        world.insert(want, found);
                    }
                }
            }
        }
    }

    /// Takes in a webhook as the server's inbox does: once per key.
    pub(crate) fn deliver(&mut self, pairs: &Pairs) {
        let fact = normalize::conversations(pairs, &account(), self.now).unwrap();
        self.take_in(fact);
    }

    pub(crate) fn take_in(&mut self, fact: Fact) {
        if self.seen.insert(fact.key)
            && let Some(input) = fact.input
        {
            self.tick();
            self.receive(input);
        }
    }

    fn receive(&mut self, input: Input) {
        if let Err(Rejection::TooEarly(_)) = self.decide(&input) {
            self.parked.push(input);
        }
    }

    /// Does everything that is to be done now.
    pub(crate) fn settle(&mut self) {
        for _ in 0..10_000 {
            if !self.deaf
                && let Some(pairs) = self.twilio.webhooks.pop_front()
            {
                self.deliver(&pairs);
            } else if self.fire() || self.carry_out() {
            } else if !self.retry_parked() {
                // The audit reads everything, so a long history has it at its end alone.
                if self.store.events.len() < 200 && !self.hasty {
                    self.audit();
                }
                return;
            }
        }
        panic!("it never comes to rest: {:?}", self.store.effects);
    }

    fn retry_parked(&mut self) -> bool {
        let parked = std::mem::take(&mut self.parked);
        let before = parked.len();
        for input in parked {
            self.receive(input);
        }
        self.parked.len() < before
    }

    pub(crate) fn fire(&mut self) -> bool {
        let due =
            self.store.timers.iter().filter(|(_, (at, _))| *at <= self.now).min_by_key(|(_, (at, _))| *at);
        let Some((key, (_, kind))) = due.map(|(key, timer)| (key.clone(), timer.clone())) else {
            return false;
        };
        self.store.timers.remove(&key);
        let _ = self.decide(&Input::TimerFired { kind });
        true
    }

    fn next_due(&self) -> Option<Timestamp> {
        let timers = self.store.timers.values().map(|(at, _)| *at);
        let effects = self.store.effects.iter().map(|row| row.not_before).filter(|at| *at > self.now);
        timers.chain(effects).min()
    }

    pub(crate) fn timer(&self, kind: &TimerKind) -> Option<Timestamp> {
        self.store.timers.get(&kind.key()).map(|(at, _)| *at)
    }

    pub(crate) fn pending(&self) -> Vec<Effect> {
        self.store.effects.iter().map(|row: &Row| row.planned.effect.clone()).collect()
    }
}

pub(crate) fn plain(text: &str) -> SendMessage {
    SendMessage {
        utterance: Utterance::text(text),
        class: MessageClass::default(),
        purpose: None,
        not_before: None,
        expires_at: None,
        locale: None,
        in_reply_to: None,
    }
}

fn short(kind: &str) -> String {
    kind.trim_start_matches("si.channel.").trim_end_matches(".v1").to_owned()
}
