//! What the audit log keeps of journeys.

use serde_json::Value;
use si_channel_core::event::{Evidence, MessageClass};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::rejection::Rejection;

use crate::support::{ANN, BOB, CAT, Sim, at, plain};

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
    assert_eq!(told(&sim, CAT), ["opt_in allowed -", "send allowed -", "send allowed -"]);
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
