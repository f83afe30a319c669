//! Rows of the tables, and how they are played.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use si_channel_core::consent::ConsentLedger;
use si_channel_core::event::{ConsentMethod, ConsentState, Event, Evidence, MessageClass};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::normalize;
use si_channel_core::outbound::OutboundState;
use si_channel_core::place;
use si_channel_core::rejection::Rejection;

use crate::support::{Fault, SMS, Sim, account, at, pair, plain};

/// A statement, and what shows that the channel keeps it.
pub(super) struct Row {
    /// In words; told when the row fails.
    pub(super) says: &'static str,
    /// Whom it is about, at first.
    pub(super) of: &'static str,
    pub(super) steps: &'static [Step<'static>],
}

pub(super) const fn row(says: &'static str, of: &'static str, steps: &'static [Step<'static>]) -> Row {
    Row { says, of, steps }
}

/// What is given, done or expected.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    // Given.
    /// Settings, JSON laid over the policy.
    Policy(&'a str),
    /// It is this person's turn.
    With(&'a str),
    /// They wrote, were welcomed and have read it.
    Known,
    /// Time passes until then: RFC 9557, with the zone in brackets, or UTC.
    Clock(&'a str),
    /// It is told where the person is: on what evidence, the place, the time zone; either may be empty.
    Lives(place::Evidence, &'a str, &'a str),
    /// What happens to the next post to Twilio.
    Fails(Fault),
    /// Nothing leaves from now on, or it does again.
    Paused(bool),

    // Done.
    /// The person writes.
    Says(&'a str),
    /// The person writes on the Messaging path, and Twilio marks it with `OptOutType`.
    Marked(&'a str, &'a str),
    /// Consent is told of by another system: given, or withdrawn.
    Told(bool),
    /// The person says, or keys, on a call that they want no more.
    Called(ConsentMethod),
    /// A message that the API asks for: its class, its purpose if any, its words, and what becomes of it at once.
    Sends(MessageClass, &'a str, &'a str, Fate<'a>),

    // Expected.
    /// The phone got exactly these since the last look: a part of each.
    Hears(&'a [&'a str]),
    /// Where the consent of the person stands.
    Stands(ConsentState),
    /// How they last consented or withdrew.
    By(ConsentMethod),
    /// What became of the message of these words.
    Became(&'a str, OutboundState),
    /// The newest opt-out names this dated rule.
    Rule(&'a str),
    /// So many events of a type in all.
    Counts(&'a str, usize),
}

/// An offer that the API asks for, for no purpose in particular.
pub(super) const fn offers<'a>(text: &'a str, fate: Fate<'a>) -> Step<'a> {
    Step::Sends(MessageClass::Marketing, "", text, fate)
}

/// Information that the API asks for, for no purpose in particular.
pub(super) const fn informs<'a>(text: &'a str, fate: Fate<'a>) -> Step<'a> {
    Step::Sends(MessageClass::Informational, "", text, fate)
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate<'a> {
    /// It is on the phone.
    Arrives,
    /// It waits, by this rule, until then.
    Waits(&'a str, &'a str),
    /// It is taken, and nothing is on the phone yet.
    Queued,
    /// It is not taken: the person has opted out.
    OptedOut,
    /// It is not taken: the person has not consented.
    NoConsent,
    /// It is not taken, for a reason that names this.
    Refused(&'a str),
    /// It is taken and ends so, for a reason that names this.
    Ends(OutboundState, &'a str),
}

/// It is taken, and Twilio turns it down for good.
pub(super) const TURNED_DOWN: Fate<'_> = Fate::Ends(OutboundState::Failed, "refused");

/// Plays each row in a world of its own.
pub(super) fn play(rows: &[Row]) {
    for row in rows {
        let mut stage = Stage::new(row.of);
        for (nth, step) in row.steps.iter().enumerate() {
            stage.play(step, &format!("{}: step {}, {step:?}", row.says, nth + 1));
        }
    }
}

/// A moment, with its zone in brackets or in UTC.
pub(super) fn moment(text: &str) -> Timestamp {
    text.parse::<jiff::Zoned>().map_or_else(|_| text.parse().unwrap(), |zoned| zoned.timestamp())
}

pub(super) struct Stage<'a> {
    pub(super) sim: Sim,
    person: &'a str,
    messages: u32,
}

impl<'a> Stage<'a> {
    /// A Friday, noon in New York; nothing closes for want of words.
    pub(super) fn new(person: &'a str) -> Self {
        let mut sim = Sim::new();
        "help@acme.example".clone_into(&mut sim.policy.brand.contact);
        sim.policy.inactivity.warn_after = SignedDuration::from_hours(10_000);
        sim.now = moment("2026-11-20T12:00:00[America/New_York]");
        Self { sim, person, messages: 0 }
    }

    fn ledger(&self) -> Option<&ConsentLedger> {
        self.sim.store.ledgers.get(&at(self.person))
    }

    pub(super) fn play(&mut self, step: &Step<'a>, told: &str) {
        let (sim, person) = (&mut self.sim, self.person);
        match *step {
            Step::Policy(json) => {
                let mut policy = serde_json::to_value(&sim.policy).unwrap();
                lay_over(&mut policy, serde_json::from_str(json).unwrap_or_else(|e| panic!("{told}: {e}")));
                sim.policy = serde_json::from_value(policy).unwrap_or_else(|e| panic!("{told}: {e}"));
            }
            Step::With(other) => self.person = other,
            Step::Known => {
                sim.text(person, "hi");
                sim.heard(person);
            }
            Step::Clock(text) => {
                let wait = moment(text).duration_since(sim.now);
                assert!(wait >= SignedDuration::ZERO, "{told}: it is {} already", sim.now);
                sim.pass(wait);
            }
            Step::Lives(evidence, place, zone) => {
                let (place, time_zone) = (place.parse().ok(), zone.parse().ok());
                let input = Input::LocatePerson { address: at(person), evidence, place, time_zone };
                sim.input(&input).unwrap_or_else(|e| panic!("{told}: {e}"));
            }
            Step::Fails(fault) => sim.faults.push_back(fault),
            Step::Paused(paused) => {
                sim.paused = paused;
                sim.settle();
            }
            Step::Says(text) => sim.text(person, text),
            Step::Marked(text, mark) => self.marked(text, mark),
            Step::Told(granted) => {
                let evidence = Evidence { source: Some("form".to_owned()), ..Evidence::default() };
                sim.input(&Input::told(at(person), granted, evidence))
                    .unwrap_or_else(|e| panic!("{told}: {e}"));
            }
            Step::Called(method) => self.called(method),
            Step::Sends(class, purpose, text, fate) => self.sends(class, purpose, text, fate, told),
            Step::Hears(parts) => {
                let heard = sim.heard(person);
                let fits = heard.len() == parts.len()
                    && heard.iter().zip(parts).all(|(heard, part)| heard.contains(part));
                assert!(fits, "{told}: {heard:?}");
            }
            Step::Stands(state) => {
                let stands = self.ledger().map_or(ConsentState::Unknown, ConsentLedger::state);
                assert_eq!(stands, state, "{told}");
            }
            Step::By(method) => assert_eq!(self.ledger().unwrap().standing.method, Some(method), "{told}"),
            Step::Became(text, state) => assert_eq!(sim.state(text), state, "{told}"),
            Step::Rule(wanted) => {
                let stream = format!("consent/{}", at(person));
                let rule = sim.events(&stream).filter_map(|event| match event {
                    Event::ConsentRevoked { rule, .. } => rule,
                    _ => None,
                });
                let rule = rule.last().unwrap_or_default();
                assert!(rule.starts_with(&format!("{wanted} (")), "{told}: {rule}");
            }
            Step::Counts(kind, times) => assert_eq!(sim.count(kind), times, "{told}"),
        }
    }

    fn marked(&mut self, text: &str, mark: &str) {
        self.messages += 1;
        let mut pairs = vec![
            pair("MessageSid", &format!("SM{:032x}", self.messages)),
            pair("AccountSid", crate::support::ACCOUNT),
            pair("From", self.person),
            pair("To", SMS),
            pair("Body", text),
        ];
        if !mark.is_empty() {
            pairs.push(pair("OptOutType", mark));
        }
        self.sim.tick();
        let fact = normalize::inbound(&pairs, &account(), self.sim.now).unwrap();
        self.sim.take_in(fact);
        self.sim.settle();
    }

    fn called(&mut self, method: ConsentMethod) {
        let evidence = Evidence { call_sid: Some("CA1".to_owned()), ..Evidence::default() };
        let Input::RecordConsent { address, scope, .. } =
            Input::told(at(self.person), false, Evidence::default())
        else {
            panic!("an opt-out")
        };
        let said =
            Input::RecordConsent { address, granted: false, scope, everywhere: true, method, evidence };
        self.sim.input(&said).unwrap();
    }

    fn sends(&mut self, class: MessageClass, purpose: &str, text: &str, fate: Fate<'_>, told: &str) {
        let (sim, person) = (&mut self.sim, self.person);
        let before = sim.twilio.phone(&at(person)).len();
        let purpose = (!purpose.is_empty()).then(|| purpose.to_owned());
        let expires_at = Some(sim.now + SignedDuration::from_hours(24 * 7));
        let taken = sim.send_with(person, SendMessage { class, purpose, expires_at, ..plain(text) });
        let arrived = sim.twilio.phone(&at(person))[before..].iter().any(|said| said.contains(text));
        match (fate, taken) {
            (Fate::Arrives, Ok(_)) => assert!(arrived, "{told}: {:?}", sim.outbound(text)),
            (Fate::Queued, Ok(_)) => assert!(!arrived, "{told}"),
            (Fate::Waits(rule, until), Ok(_)) => {
                let held = sim.outbound(text).postponed.as_ref();
                let held = held.unwrap_or_else(|| panic!("{told}: {:?}", sim.outbound(text)));
                assert_eq!((held.rule.rule.as_str(), held.until), (rule, moment(until)), "{told}");
                assert!(!arrived && !held.rule.version.is_empty(), "{told}");
            }
            (Fate::Ends(state, reason), Ok(_)) => {
                let message = sim.outbound(text);
                let why = message.reason.as_deref().unwrap_or_default();
                assert!(message.state == state && why.contains(reason), "{told}: {message:?}");
                assert!(!arrived, "{told}");
            }
            (Fate::OptedOut, Err(Rejection::OptedOut)) | (Fate::NoConsent, Err(Rejection::NoConsent)) => {}
            (Fate::Refused(part), Err(why @ (Rejection::Refused(_) | Rejection::Guarded { .. }))) => {
                assert!(why.to_string().contains(part), "{told}: {why}");
            }
            (_, taken) => panic!("{told}: {:?}", taken.map(|_| "it was taken")),
        }
    }
}

fn lay_over(base: &mut Value, top: Value) {
    match (base, top) {
        (Value::Object(base), Value::Object(top)) => {
            for (name, value) in top {
                lay_over(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, top) => *base = top,
    }
}
