//! Templates and files: what becomes messages, and what is sent in place of those that do not arrive.

use serde_json::{Value, json};
use si_channel_core::content::{Content, Utterance};
use si_channel_core::event::{MessageClass, Target};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::outbound::{OutboundMessage, OutboundState};

use crate::support::{ANN, CAT, Fault, Sim, Twilio, plain};

const HX: &str = "HX0123456789abcdef0123456789abcdef";

fn saying(utterance: Value) -> SendMessage {
    let utterance: Utterance = serde_json::from_value(utterance).unwrap();
    SendMessage { utterance, class: MessageClass::Informational, ..plain("") }
}

/// What is queued, as consumers read it.
fn queued(sim: &Sim) -> Vec<Value> {
    let mut all: Vec<&OutboundMessage> = sim.store.outbound.values().collect();
    all.retain(|message| message.queued.text_id.is_none() && message.queued.turn_id.is_none());
    all.sort_by_key(|message| (message.queued.at, message.queued.instead_of.is_some(), message.queued.part));
    all.into_iter().map(|message| serde_json::to_value(&message.queued.content).unwrap()).collect()
}

#[test]
fn each_file_is_a_message_and_the_text_goes_with_the_first() {
    let file = |name: &str| json!({ "url": format!("https://example.com/{name}") });
    let long = "All of this is too long for one message. ".repeat(60);
    for (text, before) in [("Look", 0), (long.as_str(), 2)] {
        let mut sim = Sim::with(&[ANN]);
        let said = json!({ "media": [file("a"), file("b")], "text": text });
        sim.send_with(ANN, saying(said)).unwrap();
        let queued = queued(&sim);
        let (texts, files) = queued.split_at(before);
        assert!(texts.iter().all(|one| one["text"].as_str().unwrap().starts_with("All of")), "{queued:?}");
        let caption = if before == 0 {
            json!({ "file": file("a"), "text": text })
        } else {
            json!({ "file": file("a") })
        };
        assert_eq!(files, [caption, json!({ "file": file("b") })]);
    }
}

#[test]
fn a_text_outlives_the_file_it_goes_with_but_not_another_refusal() {
    for (fault, expected) in [(Fault::NoFile, vec!["Look"]), (Fault::Refused { code: 30_000 }, vec![])] {
        let mut sim = Sim::with(&[ANN]);
        sim.faults.push_back(fault);
        let said = json!({ "media": [{ "url": "https://example.com/a" }], "text": "Look" });
        sim.send_with(ANN, saying(said)).unwrap();
        assert_eq!(sim.heard(ANN), expected);
        let failed: Vec<_> =
            sim.store.outbound.values().filter(|message| message.state == OutboundState::Failed).collect();
        let [failed] = failed.as_slice() else { panic!("{failed:?}") };
        let instead = |message: &&OutboundMessage| message.queued.instead_of.as_ref() == Some(failed.id());
        assert_eq!(sim.store.outbound.values().filter(instead).count(), expected.len());
    }
}

#[test]
fn in_a_group_the_way_back_in_is_for_the_one_who_was_not_reached() {
    let mut sim = Sim::with(&[ANN]);
    sim.policy.whatsapp =
        serde_json::from_value(json!({ "window_template": { "content_sid": HX } })).unwrap();
    let code = sim.code(ANN);
    sim.text(CAT, "hi");
    sim.text(CAT, &format!("join {code}"));
    let session = sim.session(ANN);
    let send = SendMessage { class: MessageClass::Informational, ..plain("news") };
    let session_id = session.id.clone();
    sim.input(&Input::SendToSession { session_id, send, correlation_id: None }).unwrap();
    let conversation = session.conversation_sid.as_ref().unwrap().to_string();
    let message = sim.outbound("news").message_sid.clone().unwrap();
    let cat = session.members.iter().find(|member| member.person.address.to_string() == CAT).unwrap();
    let participant = cat.person.participant_sid.as_ref().unwrap().to_string();
    for status in ["failed", "undelivered", "failed"] {
        sim.deliver(&Twilio::receipt(&conversation, &message, &participant, status, 63016));
    }
    sim.settle();
    let instead: Vec<_> =
        sim.store.outbound.values().filter(|message| message.queued.instead_of.is_some()).collect();
    let [instead] = instead.as_slice() else { panic!("{instead:?}") };
    assert_eq!(instead.queued.target, Target::alone(&cat.person.address, &cat.person.sender));
    let Content::Template { template } = &instead.queued.content else { panic!("{instead:?}") };
    assert_eq!(template.variables["1"], "news");
    assert!(sim.outbound("news").reason.as_ref().unwrap().contains("template"));
}
