//! That an AI answers, told before it does.

use si_channel_core::consent::{ConsentLedger, Shown};
use si_channel_core::disclosure::Disclosure;
use si_channel_core::event::{Event, Evidence};
use si_channel_core::input::Input;
use si_channel_core::text::TextId;

use crate::support::{ANN, BOB, CAT, Fault, Sim, at};

const TOLD: &str = "Acme: An AI assistant answers here.";

/// Consent that was given elsewhere.
fn consents(sim: &mut Sim, person: &str) {
    let evidence = Evidence { source: Some("form".to_owned()), ..Evidence::default() };
    sim.input(&Input::told(at(person), true, evidence)).unwrap();
}

fn made(sim: &Sim) -> Vec<Event> {
    let streams: Vec<String> = sim.store.sessions.keys().map(ToString::to_string).collect();
    let all = streams.iter().flat_map(|stream| sim.events(stream));
    all.filter(|event| matches!(event, Event::DisclosureMade { .. })).collect()
}

fn ledger<'s>(sim: &'s Sim, person: &str) -> &'s ConsentLedger {
    &sim.store.ledgers[&at(person)]
}

#[test]
fn the_welcome_tells_it_and_nothing_is_added() {
    let mut sim = Sim::new();
    sim.text(ANN, "hello");
    sim.text(ANN, "and?");
    let heard = sim.heard(ANN);
    assert_eq!(heard.len(), 3, "{heard:?}");
    assert!(heard[0].contains("AI assistant"), "{heard:?}");
    let events = made(&sim);
    let [Event::DisclosureMade { address, text_id, version: told, language, outbound_id, .. }] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!((address, *text_id, language.as_str()), (&at(ANN), TextId::Welcome, "en"));
    assert_eq!(*told, Shown::new(heard[0].clone(), "en").version);
    assert_eq!(sim.outbound("Welcome").id(), outbound_id);
}

#[test]
fn who_gets_no_welcome_is_told_before_the_first_answer_once() {
    let mut sim = Sim::new();
    consents(&mut sim, ANN);
    sim.text(ANN, "hello");
    assert_eq!(sim.heard(ANN), [TOLD, "You said: hello"]);
    sim.text(ANN, "again");
    sim.text(ANN, "close");
    sim.text(ANN, "and again");
    assert_eq!(sim.count("disclosure.made"), 1);
}

#[test]
fn an_own_welcome_tells_it_where_it_says_so() {
    for (welcome, heard) in [
        ("Hi. {disclosure}", vec!["Hi. Acme: An AI assistant answers here.", "You said: hello"]),
        ("Hi.", vec!["Hi.", TOLD, "You said: hello"]),
    ] {
        let mut sim = Sim::new();
        sim.policy.texts = serde_json::from_value(serde_json::json!({ "welcome": welcome })).unwrap();
        sim.text(ANN, "hello");
        assert_eq!(sim.heard(ANN), heard);
        assert_eq!(made(&sim).len(), 1);
    }
}

#[test]
fn each_session_tells_it_anew_where_that_is_wanted_and_off_never_does() {
    for (disclosure, times) in
        [(Disclosure::EachSession, 2), (Disclosure::FirstTurn, 1), (Disclosure::Off, 0)]
    {
        let mut sim = Sim::new();
        sim.policy.disclosure = disclosure;
        consents(&mut sim, ANN);
        for _ in 0..2 {
            sim.text(ANN, "hello");
            sim.text(ANN, "again");
            sim.minutes(60);
        }
        let told = sim.heard(ANN).iter().filter(|text| *text == TOLD).count();
        assert_eq!((told, sim.session_count(ANN)), (times, 2), "{disclosure:?}");
        assert_eq!(made(&sim).len(), times);
    }
}

#[test]
fn in_a_group_each_who_was_not_told_is_told_alone() {
    let mut sim = Sim::group(&[ANN, BOB]);
    consents(&mut sim, CAT);
    let session_id = sim.session(ANN).id;
    sim.input(&Input::InvitePerson { session_id, address: at(CAT), name: None }).unwrap();
    sim.text(ANN, "hello all");
    assert_eq!(sim.heard(ANN).iter().filter(|text| *text == TOLD).count(), 0);
    let cat = sim.heard(CAT);
    assert_eq!(cat.iter().filter(|text| *text == TOLD).count(), 1, "{cat:?}");
    assert!(ledger(&sim, CAT).disclosed.is_some());
    sim.text(BOB, "hello too");
    assert!(!sim.heard(CAT).contains(&TOLD.to_owned()));
}

#[test]
fn what_was_not_sent_did_not_tell_it() {
    let mut sim = Sim::new();
    sim.faults.push_back(Fault::Refused { code: 30_000 });
    sim.text(ANN, "hello");
    assert_eq!(sim.heard(ANN), [TOLD, "You said: hello"], "the welcome was refused");
    sim.text(ANN, "again");
    assert_eq!(sim.heard(ANN), ["You said: again"]);
}
