//! Opting out in words of one's own, and what only sounds like it.

use si_channel_core::event::{ConsentMethod, ConsentState, Event};

use crate::support::{ANN, BOB, CAT, Hook, Sim, at};

fn state(sim: &Sim, person: &str) -> ConsentState {
    sim.store.ledgers[&at(person)].state()
}

fn considered(sim: &Sim, person: &str) -> Vec<(Option<String>, bool)> {
    let session = sim.session(person);
    let of = |event: Event| match event {
        Event::OptOutConsidered { rule, asked, .. } => Some((rule, asked)),
        _ => None,
    };
    sim.events(session.id.as_str()).filter_map(of).collect()
}

#[test]
fn what_a_reasonable_person_means_as_an_opt_out_is_one() {
    for text in
        ["please stop texting me", "No quiero más mensajes", "take me off your list", "Lasst mich in Ruhe"]
    {
        for person in [ANN, CAT] {
            let mut sim = Sim::with(&[person]);
            sim.text(person, text);
            assert_eq!(state(&sim, person), ConsentState::Revoked, "{text}");
            // Twilio does not answer these, on any channel.
            let heard = sim.heard(person);
            assert_eq!(heard.len(), 1, "{text}: {heard:?}");
            assert!(heard[0].contains("Acme"), "{text}: {heard:?}");
            sim.text(person, "hello?");
            assert_eq!(sim.heard(person), [""; 0]);
        }
    }
}

#[test]
fn a_phrase_is_proved_by_its_rule_and_version() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "Please stop texting me!");
    let standing = &sim.store.ledgers[&at(ANN)].standing;
    assert_eq!(standing.method, Some(ConsentMethod::Phrase));
    let version = sim.policy.opt_out_phrases.version();
    assert_eq!(standing.evidence.rule.as_deref(), Some(format!("en.stop-texting@{version}").as_str()));
    assert!(standing.evidence.message_sid.is_some() && standing.evidence.keyword.is_none());
}

#[test]
fn f44_words_of_an_opt_out_that_mean_none_are_answered_and_on_record() {
    let mut sim = Sim::with(&[ANN]);
    let long = format!("{}stop{}", "word ".repeat(150), " word".repeat(150));
    for text in ["Don't stop", "where is the bus stop", "stop by the shop", "can you stop the music", &long] {
        sim.text(ANN, text);
        assert_eq!(sim.heard(ANN).concat(), format!("You said: {text}"));
        assert_eq!(state(&sim, ANN), ConsentState::Granted, "{text}");
    }
    assert_eq!(considered(&sim, ANN), vec![(None, false); 5]);
}

#[test]
fn who_may_mean_to_opt_out_is_asked_once() {
    let mut sim = Sim::with(&[CAT]);
    for (text, heard) in [("not interested", 2), ("wrong number", 1), ("enough", 1)] {
        sim.text(CAT, text);
        assert_eq!(sim.heard(CAT).len(), heard, "{text}");
        assert_eq!(state(&sim, CAT), ConsentState::Granted, "{text}");
    }
    let asked: Vec<bool> = considered(&sim, CAT).into_iter().map(|(_, asked)| asked).collect();
    assert_eq!(asked, [true, false, false]);
    sim.text(CAT, "stop");
    assert_eq!(state(&sim, CAT), ConsentState::Revoked);
}

#[test]
fn each_of_a_group_is_asked_alone() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.text(BOB, "not interested");
    let (ann, bob) = (sim.heard(ANN), sim.heard(BOB));
    assert!(bob.iter().any(|text| text.contains("Reply STOP")), "{bob:?}");
    assert!(ann.iter().all(|text| !text.contains("Reply STOP")), "{ann:?}");
}

#[test]
fn a_phrase_that_says_nothing_else_is_kept_from_the_group_and_counts_once_by_both_doors() {
    for (hook, text, readers) in [
        (Hook::Works, "Please stop texting me!", 0),
        (Hook::Twice, "Please stop texting me!", 0),
        (Hook::Late, "Please stop texting me!", 1),
        (Hook::Overtaken, "Please stop texting me!", 1),
        (Hook::Down, "Please stop texting me!", 1),
        // What else it says is the others' to read.
        (Hook::Works, "Dinner is at eight. Please stop texting me!", 1),
    ] {
        let mut sim = Sim::group(&[ANN, BOB, CAT]);
        sim.hook = hook;
        sim.text(CAT, text);
        let read = sim.heard(ANN).iter().filter(|got| got.contains("stop texting me")).count();
        assert_eq!(read, readers, "{hook:?} {text}");
        assert_eq!(state(&sim, CAT), ConsentState::Revoked, "{hook:?} {text}");
        // On each channel of the number, once.
        assert_eq!(sim.count("consent.revoked"), 2, "{hook:?} {text}");
        assert!(sim.session(ANN).member(&at(CAT)).is_none(), "{hook:?} {text}");
    }
}

#[test]
fn an_opt_out_by_phrase_takes_its_author_out_of_a_group() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.text(BOB, "leave me alone");
    assert!(sim.session(ANN).member(&at(BOB)).is_none());
    assert_eq!(state(&sim, ANN), ConsentState::Granted);
}

#[test]
fn meaning_is_not_looked_for_when_it_is_switched_off() {
    let mut sim = Sim::with(&[ANN]);
    sim.policy.opt_out_phrases = serde_json::from_str(r#"{"on":false}"#).unwrap();
    sim.text(ANN, "please stop texting me");
    assert_eq!(sim.heard(ANN), ["You said: please stop texting me"]);
}

#[test]
fn nothing_opts_in_by_meaning() {
    let mut sim = Sim::with(&[CAT]);
    sim.text(CAT, "stop");
    sim.heard(CAT);
    for text in ["please text me again", "I want messages again", "start texting me please", "s t a r t"] {
        sim.text(CAT, text);
        assert_eq!(state(&sim, CAT), ConsentState::Revoked, "{text}");
        assert_eq!(sim.heard(CAT), [""; 0], "{text}");
    }
}
