//! What the audit log keeps of journeys.

use jiff::SignedDuration;
use serde_json::Value;
use si_channel_core::event::{Evidence, MessageClass};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::rejection::Rejection;
use si_channel_core::rules::Assistant;

use crate::support::{ANN, BOB, CAT, Cognition, Hook, Sim, at, plain};

/// `kind outcome reason` of the records about somebody, oldest first.
fn told(sim: &Sim, person: &str) -> Vec<String> {
    let about = sim.store.audit.iter().filter(|entry| entry.address == Some(at(person)));
    about
        .map(|entry| {
            let body = body(&entry.body);
            let text = |name: &str| body[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", text("kind"), text("outcome"), text("reason"))
        })
        .collect()
}

fn body(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Every record opens with what is kept beside it, and holds no address in clear.
fn sound(sim: &Sim) {
    for entry in &sim.store.audit {
        let body = body(&entry.body);
        for (name, opening) in &entry.openings {
            let committed = body["inputs"].get(name).unwrap_or(&body["subject"]).as_str().unwrap();
            assert!(opening.opens(committed), "{name} of {body}");
        }
        let inputs = body["inputs"].as_object().unwrap().len();
        assert_eq!(entry.openings.len(), inputs + usize::from(entry.address.is_some()), "{body}");
        for person in [ANN, BOB, CAT] {
            assert!(!entry.body.contains(person.trim_start_matches("whatsapp:+")), "{body}");
        }
    }
}

#[test]
fn consent_and_each_message_that_it_lets_go_are_records() {
    let mut sim = Sim::new();
    sim.text(CAT, "hello");
    let all = ["opt_in allowed -", "disclosure noted -", "send allowed -", "send allowed -"];
    assert_eq!(told(&sim, CAT), all);
    let last = sim.store.audit.last().unwrap();
    let sent = body(&last.body);
    assert_eq!(sent["rule"], "consent@1");
    let event = sent["references"]["event"].as_str().unwrap();
    assert!(
        sim.store.events.iter().any(|e| e.id.as_str() == event && e.kind == "si.channel.message.sending.v1")
    );
    let consent = body(&last.openings["consent"].value);
    assert_eq!(last.openings["consent_version"].value, "1");
    assert!(consent.to_string().contains("granted"), "{consent}");
    sound(&sim);
}

#[test]
fn an_opt_out_its_confirmation_and_what_it_stops_are_records() {
    let mut sim = Sim::with(&[CAT]);
    sim.store.audit.clear();
    sim.text(CAT, "STOP");
    assert_eq!(sim.send(CAT, "news").unwrap_err(), Rejection::OptedOut);
    assert_eq!(told(&sim, CAT), ["opt_out stopped -", "send allowed -", "send stopped opted_out"]);
    let about: Vec<_> = sim.store.audit.iter().filter(|entry| entry.address == Some(at(CAT))).collect();
    let (opt_out, confirmed) = (about[0], about[1]);
    assert_eq!(confirmed.openings["exemption"].value, "opt_out_confirmation");
    assert!(opt_out.openings["evidence"].value.contains(r#""keyword":"stop""#));
    assert!(opt_out.openings["consent"].value.contains("granted"), "as it stood before");
    sound(&sim);
}

#[test]
fn a_request_that_is_refused_leaves_the_record_of_its_refusal_alone() {
    let mut sim = Sim::new();
    assert_eq!(sim.send(ANN, "news").unwrap_err(), Rejection::NoConsent);
    assert_eq!(told(&sim, ANN), ["send stopped no_consent"]);
    sim.text(CAT, "STOP");
    sim.input(&Input::told(at(CAT), true, Evidence::default())).unwrap_err();
    let told = told(&sim, CAT);
    assert_eq!(told.last().unwrap(), "opt_in stopped opted_out");
    sound(&sim);
}

#[test]
fn what_changes_nothing_leaves_no_record() {
    let mut sim = Sim::with(&[CAT]);
    let records = sim.store.audit.len();
    let gone = Input::RemovePerson { session_id: sim.session(CAT).id, address: at(BOB) };
    sim.input(&gone).unwrap_err();
    assert_eq!(sim.store.audit.len(), records);
}

#[test]
fn a_text_that_waits_for_consent_is_a_record_without_the_text() {
    let mut sim = Sim::double_opt_in();
    sim.text(ANN, "my secret");
    assert_eq!(told(&sim, ANN), ["opt_in_request noted -", "receive deferred no_consent", "send allowed -"]);
    for entry in &sim.store.audit {
        assert!(entry.openings.values().all(|opening| !opening.value.contains("secret")));
    }
    sound(&sim);
}

#[test]
fn in_a_group_each_member_has_a_record_and_who_opts_out_is_removed_by_one() {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    sim.store.audit.clear();
    sim.text(CAT, "STOP");
    assert!(told(&sim, CAT).starts_with(&["opt_out stopped -".to_owned()]), "{:?}", told(&sim, CAT));
    assert!(told(&sim, CAT).contains(&"removal stopped opted_out".to_owned()), "{:?}", told(&sim, CAT));
    sim.store.audit.clear();
    sim.text(ANN, "hello");
    for person in [ANN, BOB] {
        assert!(told(&sim, person).contains(&"send allowed -".to_owned()), "{:?}", told(&sim, person));
    }
    assert_eq!(told(&sim, CAT), [""; 0]);
    sound(&sim);
}

#[test]
fn a_message_that_quiet_hours_hold_is_deferred_by_the_dated_rule() {
    let mut sim = Sim::new();
    let floridian = "+18505550101";
    // Ten in the morning, and half past eight in the evening, when the state holds what the federation does not.
    sim.now = "2026-11-16T15:00:00Z".parse().unwrap();
    sim.text(floridian, "hi");
    sim.now = "2026-11-17T01:30:00Z".parse().unwrap();
    let offer = SendMessage { class: MessageClass::Marketing, ..plain("Half price") };
    sim.send_with(floridian, offer).unwrap();
    let held = sim.store.audit.last().unwrap();
    assert_eq!(told(&sim, floridian).last().unwrap(), "send deferred quiet_hours");
    let rule = body(&held.body)["rule"].as_str().unwrap().to_owned();
    assert!(rule.starts_with("quiet_hours/us-fl@"), "{rule}");
    sound(&sim);
}

/// The rule of the newest record about somebody.
fn rule(sim: &Sim, person: &str) -> String {
    let last = sim.store.audit.iter().rev().find(|entry| entry.address == Some(at(person))).unwrap();
    body(&last.body)["rule"].as_str().unwrap().to_owned()
}

#[test]
fn what_the_guard_takes_from_an_answer_or_refuses_a_caller_is_a_record() {
    let mut sim = Sim::with(&[ANN]);
    sim.cognition = Cognition::Later;
    for (answer, records) in [
        (
            "Your table is at 5. Reply YES to confirm. See you!",
            vec!["guard stopped reserved_word", "send allowed -"],
        ),
        ("Reply STOP", vec!["guard stopped reserved_word", "send stopped guard", "send allowed -"]),
    ] {
        sim.text(ANN, "and now?");
        sim.store.audit.clear();
        sim.answer(answer).unwrap();
        assert_eq!(told(&sim, ANN), records, "{answer}");
        assert!(
            sim.store
                .audit
                .iter()
                .all(|entry| { entry.openings.values().all(|opening| !opening.value.contains("table")) })
        );
        sound(&sim);
    }
    sim.store.audit.clear();
    assert!(matches!(sim.send(ANN, "Reply YES to win"), Err(Rejection::Guarded { .. })));
    assert_eq!(told(&sim, ANN), ["send stopped reserved_word"]);
    assert_eq!(rule(&sim, ANN), "guard@1");
}

#[test]
fn what_is_kept_from_a_group_and_what_is_relayed_all_the_same_are_records() {
    for (hook, expected) in [(Hook::Works, "relay stopped aside"), (Hook::Down, "relay noted overheard")] {
        let mut sim = Sim::group(&[ANN, BOB, CAT]);
        sim.hook = hook;
        sim.store.audit.clear();
        sim.text(BOB, "help");
        assert!(told(&sim, BOB).contains(&expected.to_owned()), "{hook:?}: {:?}", told(&sim, BOB));
        sim.paused = true;
        sim.text(CAT, "STOP");
        sim.text(ANN, "before Cat is out");
        assert_eq!(told(&sim, CAT).last().unwrap(), "relay noted opted_out", "{hook:?}");
        assert_eq!(rule(&sim, CAT), "membership@1");
        sound(&sim);
    }
}

#[test]
fn a_loop_that_is_cut_is_a_record() {
    let mut sim = Sim::with(&[ANN]);
    for _ in 0..8 {
        sim.pass(SignedDuration::from_secs(2));
        sim.text(ANN, "I am out of office until Monday.");
    }
    assert_eq!(told(&sim, ANN).last().unwrap(), "receive stopped loop");
    assert_eq!(rule(&sim, ANN), "loops@1");
}

#[test]
fn a_text_that_only_sounds_like_an_opt_out_is_a_record_of_how_it_was_taken() {
    let mut sim = Sim::with(&[ANN]);
    sim.store.audit.clear();
    sim.text(ANN, "where is the bus stop");
    assert_eq!(told(&sim, ANN), ["opt_out noted not_meant", "send allowed -"]);
}

#[test]
fn what_a_dated_rule_stops_is_recorded_under_it() {
    let mut sim = Sim::new();
    let floridian = "+18505550101";
    sim.now = "2026-11-16T15:00:00Z".parse().unwrap();
    sim.text(floridian, "hi");
    sim.now = "2026-11-17T01:30:00Z".parse().unwrap();
    let expires_at = Some("2026-11-17T02:00:00Z".parse().unwrap());
    let offer = SendMessage { class: MessageClass::Marketing, expires_at, ..plain("Half price") };
    sim.send_with(floridian, offer).unwrap();
    assert_eq!(told(&sim, floridian).last().unwrap(), "send stopped quiet_hours");
    assert!(rule(&sim, floridian).starts_with("quiet_hours/us-fl@"), "{}", rule(&sim, floridian));

    sim.policy.whatsapp.assistant = Assistant::General;
    sim.text(CAT, "hi");
    assert_eq!(told(&sim, CAT).last().unwrap(), "send stopped whatsapp_policy");
    assert!(rule(&sim, CAT).starts_with("whatsapp/"), "{}", rule(&sim, CAT));
    sound(&sim);
}
