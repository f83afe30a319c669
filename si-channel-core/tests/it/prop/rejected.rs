//! What is rejected changes nothing, whatever happened before.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;
use si_channel_core::content::Utterance;
use si_channel_core::effect::TimerKind;
use si_channel_core::event::{ConsentMethod, Evidence, LeaveReason, MessageClass, Person};
use si_channel_core::id::{OutboundId, SessionId, TurnId};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::rejection::Rejection;

use super::machines::{Act, PEOPLE, act, config, played};
use crate::support::{SMS, Sim, at, plain};

/// Somebody nobody has ever heard of.
const STRANGER: &str = "+15551119999";
const TEXTS: [&str; 5] = ["news", "", "\u{0}\u{1b}", "Reply STOP to end this", "4111 1111 1111 1111"];
const CLASSES: [MessageClass; 3] = [MessageClass::Reply, MessageClass::Marketing, MessageClass::Compliance];

/// An input, told without the ids of a state that is not there yet.
#[derive(Debug, Clone)]
enum Probe {
    Send(usize, &'static str, MessageClass, Option<i64>),
    SendToSession(Index, &'static str),
    Open(usize),
    Invite(Index, usize),
    Remove(Index, usize),
    Code(Index),
    Close(Index),
    Consent(usize, bool, ConsentMethod),
    Merge(usize, &'static str),
    Cancel(Index),
    Claimed(Index),
    Accepted(Index, &'static str),
    Answered(Index),
    Gone(Index, usize),
    Status(&'static str),
    Timer(Index),
    Forget(usize),
    Again(Index),
}

fn probe() -> impl Strategy<Value = Probe> {
    let who = || 0..=PEOPLE.len();
    let any_index = any::<Index>;
    let method = select(vec![ConsentMethod::Api, ConsentMethod::Spoken, ConsentMethod::Keyed]);
    prop_oneof![
        4 => (who(), select(&TEXTS[..]), select(&CLASSES[..]), prop::option::of(-5_i64..5))
            .prop_map(|(to, text, class, expires)| Probe::Send(to, text, class, expires)),
        3 => (any_index(), select(&TEXTS[..])).prop_map(|(to, text)| Probe::SendToSession(to, text)),
        1 => who().prop_map(Probe::Open),
        2 => (any_index(), who()).prop_map(|(into, who)| Probe::Invite(into, who)),
        2 => (any_index(), who()).prop_map(|(from, who)| Probe::Remove(from, who)),
        1 => any_index().prop_map(Probe::Code),
        2 => any_index().prop_map(Probe::Close),
        3 => (who(), any::<bool>(), method).prop_map(|(whose, given, by)| Probe::Consent(whose, given, by)),
        1 => (who(), select(vec!["", "account-1"])).prop_map(|(who, account)| Probe::Merge(who, account)),
        2 => any_index().prop_map(Probe::Cancel),
        2 => any_index().prop_map(Probe::Claimed),
        2 => (any_index(), select(vec!["IM01", "IM02"])).prop_map(|(which, sid)| Probe::Accepted(which, sid)),
        2 => any_index().prop_map(Probe::Answered),
        1 => (any_index(), who()).prop_map(|(from, who)| Probe::Gone(from, who)),
        1 => select(vec!["IM01", "IM02"]).prop_map(Probe::Status),
        1 => any_index().prop_map(Probe::Timer),
        1 => who().prop_map(Probe::Forget),
        2 => any_index().prop_map(Probe::Again),
    ]
}

fn person(which: usize) -> &'static str {
    PEOPLE.get(which).copied().unwrap_or(STRANGER)
}

/// One of those there are; one time in nine, or when there is none, one that never was.
fn one_of<T: Clone>(all: impl Iterator<Item = T>, index: Index, unknown: T) -> T {
    let all: Vec<T> = all.collect();
    let chosen = index.index(all.len() + all.len() / 8 + 1);
    all.get(chosen).cloned().unwrap_or(unknown)
}

impl Probe {
    /// The input, with ids of what there is.
    fn input(&self, sim: &Sim, last: &[Input]) -> Input {
        let session = |index: &Index| {
            one_of(sim.store.sessions.keys().cloned(), *index, SessionId::from_text("session_none"))
        };
        let outbound = |index: &Index| {
            one_of(sim.store.outbound.keys().cloned(), *index, OutboundId::from_text("out_none"))
        };
        let reason = || "requested".to_owned();
        match self {
            Self::Send(to, text, class, expires) => {
                let expires_at = expires.map(|minutes| sim.now + SignedDuration::from_mins(minutes));
                let send = SendMessage { class: *class, expires_at, ..plain(text) };
                Input::SendToAddress { to: at(person(*to)), send, correlation_id: None }
            }
            Self::SendToSession(index, text) => {
                Input::SendToSession { session_id: session(index), send: plain(text), correlation_id: None }
            }
            Self::Open(who) => {
                let (address, attributes) = (at(person(*who)), serde_json::json!({}));
                Input::OpenSession { address, name: None, language: None, attributes }
            }
            Self::Invite(into, who) => {
                Input::InvitePerson { session_id: session(into), address: at(person(*who)), name: None }
            }
            Self::Remove(from, who) => {
                Input::RemovePerson { session_id: session(from), address: at(person(*who)) }
            }
            Self::Code(of) => Input::IssueCode { session_id: session(of) },
            Self::Close(which) => Input::CloseSession { session_id: session(which) },
            Self::Consent(whose, granted, method) => {
                match Input::told(at(person(*whose)), *granted, Evidence::default()) {
                    Input::RecordConsent { address, granted, scope, everywhere, evidence, .. } => {
                        Input::RecordConsent {
                            address,
                            granted,
                            scope,
                            everywhere,
                            method: *method,
                            evidence,
                        }
                    }
                    other => other,
                }
            }
            Self::Merge(who, account) => {
                let account_id = (*account).to_owned();
                Input::MergePerson {
                    address: at(person(*who)),
                    account_id,
                    visitor_id: "visitor_1".to_owned(),
                    name: None,
                }
            }
            Self::Cancel(which) => Input::Cancel { outbound_id: outbound(which), reason: reason() },
            Self::Claimed(which) => Input::SendClaimed { outbound_id: outbound(which) },
            Self::Accepted(which, sid) => Input::SendAccepted {
                outbound_id: outbound(which),
                message_sid: (*sid).to_owned(),
                index: None,
                shown: None,
                at: sim.now,
            },
            Self::Answered(of) => Input::TurnAnswered {
                session_id: session(of),
                turn_id: TurnId::from_text("turn_none"),
                part: 0,
                utterance: Utterance::text("too late"),
                last: true,
                close: false,
            },
            Self::Gone(from, who) => {
                let (address, reason) = (at(person(*who)), LeaveReason::Removed);
                Input::PersonGone { session_id: session(from), address, reason }
            }
            Self::Status(sid) => Input::StatusArrived {
                outbound_id: None,
                message_sid: (*sid).to_owned(),
                status: "delivered".to_owned(),
                to: None,
                error_code: None,
                at: sim.now,
            },
            Self::Timer(of) => Input::TimerFired { kind: TimerKind::Inactivity { session_id: session(of) } },
            Self::Forget(who) => Input::ForgetPerson { address: at(person(*who)) },
            Self::Again(index) => {
                let person =
                    Person { address: at(STRANGER), sender: at(SMS), participant_sid: None, name: None };
                one_of(
                    last.iter().cloned(),
                    *index,
                    Input::PersonAdded { session_id: session(index), person },
                )
            }
        }
    }
}

fn name(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::AlreadySo => "already so",
        Rejection::SessionClosed => "session closed",
        Rejection::NotFound(_) => "not found",
        Rejection::NoConsent => "no consent",
        Rejection::OptedOut => "opted out",
        Rejection::Refused(_) => "refused",
        Rejection::Guarded { .. } => "guarded",
        Rejection::TooEarly(_) => "too early",
        _ => "another",
    }
}

fn history() -> impl Strategy<Value = (Vec<Act>, Vec<Probe>, bool)> {
    let (acts, probes) = (prop::collection::vec(act(), 0..24), prop::collection::vec(probe(), 1..16));
    (acts, probes, any::<bool>())
}

#[test]
fn a_rejected_input_leaves_everything_as_it_was_but_for_the_record_of_its_refusal() {
    let seen: RefCell<BTreeSet<&str>> = RefCell::default();
    let mut config = config();
    config.cases /= 2;
    let checked = TestRunner::new(config).run(&history(), |(acts, probes, double)| {
        let mut sim = played(&acts, double);
        let mut taken = Vec::new();
        for probe in &probes {
            sim.tick();
            let input = probe.input(&sim, &taken);
            let before = sim.store.clone();
            let Err(rejection) = sim.decide(&input) else {
                taken.push(input);
                sim.settle();
                continue;
            };
            seen.borrow_mut().insert(name(&rejection));
            let records = sim.store.audit.split_off(before.audit.len());
            prop_assert_eq!(&sim.store, &before, "{:?}", input);
            for record in &records {
                let body: serde_json::Value = serde_json::from_str(&record.body).unwrap();
                prop_assert_eq!(&body["outcome"], "stopped", "{:?}: {}", input, body);
            }
            let again = sim.decide(&input);
            prop_assert_eq!(again.as_ref().err(), Some(&rejection), "asked again: {:?}", input);
            sim.store.audit.extend(records);
        }
        // What was rejected is nowhere: state is still the fold of the events.
        sim.audit();
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
    let every = [
        "already so",
        "guarded",
        "no consent",
        "not found",
        "opted out",
        "refused",
        "session closed",
        "too early",
    ];
    assert_eq!(seen.into_inner().into_iter().collect::<Vec<_>>(), every, "every reason came up");
}
