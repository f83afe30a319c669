//! Many texts from one place: all of them are kept, and not all are answered.

use si_channel_core::consent::ConsentLedger;
use si_channel_core::event::{ConsentState, Event};
use si_channel_core::policy::CarrierKeywords;

use crate::support::{ANN, BOB, CAT, SMS, Sim, at};

/// A world in which no new number of any prefix is answered any more, and Bob is known.
fn flooded(mut sim: Sim) -> Sim {
    sim.policy.carrier_keywords.insert(at(SMS), CarrierKeywords::None);
    sim.text(BOB, "hello");
    sim.text(BOB, "yes");
    sim.heard(BOB);
    sim.store.flooded = true;
    sim
}

fn state(sim: &Sim, phone: &str) -> ConsentState {
    sim.store.ledgers.get(&at(phone)).map_or(ConsentState::Unknown, ConsentLedger::state)
}

#[test]
fn f53_a_new_number_of_a_flooded_prefix_is_heard_and_not_answered() {
    let mut sim = flooded(Sim::new());
    let questions = sim.count("turn.requested");
    for text in ["hello", "START", "invite", "join ABCDEFGHJK"] {
        sim.text(ANN, text);
        assert!(sim.heard(ANN).is_empty(), "{text}");
    }
    assert_eq!(state(&sim, ANN), ConsentState::Unknown);
    let session = sim.session(ANN);
    assert_eq!(session.received, 4, "all of it is on record");
    assert_eq!(sim.count("message.unanswered"), 4);
    assert_eq!(sim.count("turn.requested"), questions, "nobody is asked for an answer");
    let told = sim.events(session.id.as_str()).find_map(|event| match event {
        Event::AnswerWithheld { prefix, .. } => prefix,
        _ => None,
    });
    assert_eq!(told.as_deref(), Some("+1555111"));
    // The session ends without a word.
    sim.minutes(60);
    assert!(sim.heard(ANN).is_empty());
}

#[test]
fn f53_who_is_known_and_who_writes_on_whatsapp_is_answered_during_a_flood() {
    let mut sim = flooded(Sim::new());
    sim.text(BOB, "and how are you?");
    assert_eq!(sim.heard(BOB).len(), 1);
    sim.text(CAT, "hello");
    assert!(!sim.heard(CAT).is_empty());
}

#[test]
fn f53_stop_and_help_are_heard_and_answered_during_a_flood() {
    for (text, word) in [("HELP", "Acme"), ("STOP", "opted out"), ("please stop texting me", "opted out")] {
        let mut sim = flooded(Sim::new());
        sim.text(ANN, text);
        let heard = sim.heard(ANN);
        assert!(heard.len() == 1 && heard[0].contains(word), "{text}: {heard:?}");
        assert_eq!(state(&sim, ANN) == ConsentState::Revoked, text != "HELP", "{text}");
    }
}

#[test]
fn f53_after_the_flood_the_same_number_is_met_as_if_it_wrote_first() {
    for (sim, first) in [(Sim::new(), "You said: again"), (Sim::double_opt_in(), "YES")] {
        let mut sim = flooded(sim);
        sim.text(ANN, "hello");
        sim.store.flooded = false;
        sim.text(ANN, "again");
        let heard = sim.heard(ANN);
        assert!(heard.iter().any(|text| text.contains(first)), "{heard:?}");
    }
}

#[test]
fn an_address_that_never_stops_is_not_answered_until_the_hour_is_over() {
    let mut sim = Sim::new();
    sim.policy.flood.per_address = 3;
    sim.policy.carrier_keywords.insert(at(SMS), CarrierKeywords::None);
    for n in 0..6 {
        sim.text(ANN, &format!("number {n} of what I have to say"));
    }
    let answers = |heard: Vec<String>| heard.iter().filter(|text| text.contains("You said")).count();
    assert_eq!(answers(sim.heard(ANN)), 3);
    assert_eq!(sim.count("message.unanswered"), 3);
    sim.text(BOB, "hello");
    assert_eq!(answers(sim.heard(BOB)), 1);
    sim.text(ANN, "HELP");
    assert_eq!(sim.heard(ANN).len(), 1);
    sim.minutes(60);
    sim.heard(ANN);
    sim.text(ANN, "and now?");
    assert_eq!(answers(sim.heard(ANN)), 1);
}
