//! No type of event keeps anything of a person who was erased, and each is still an event of its type.

use serde_json::Value;
use si_channel_core::cloudevent::CloudEvent;
use si_channel_core::erasure::{Blanking, Person, Token, blank};
use si_channel_core::event::{Event, examples};
use si_channel_core::outbound::{self, OutboundMessage};
use si_channel_core::session::{self, Session};

use crate::support::ANN;

/// What the examples say of Ann and what she said.
const PERSONAL: [&str; 15] = [
    "US-FL",
    "New_York",
    "5551110001",
    "Ann",
    "What do",
    "cost",
    "roof",
    "autumn",
    "campaign",
    "ticket",
    "FromCountry",
    "Ada",
    "and so on",
    "It costs",
    "e3b0c44298fc1c14",
];

fn time() -> jiff::Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn ann() -> Person {
    let mut ann = Person::new(&ANN.parse().unwrap(), Token::new([7; 16]));
    ann.note_name("Ann");
    ann
}

/// Every text in a value, with the name of its field.
fn texts<'a>(name: &'a str, value: &'a Value, all: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Value::String(text) => all.push((name, text)),
        Value::Array(items) => items.iter().for_each(|item| texts(name, item, all)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| texts(name, value, all)),
        _ => {}
    }
}

fn reads_back(event: &Value, kind: &str) {
    let event: CloudEvent = serde_json::from_value(event.clone()).unwrap();
    let read = Event::read(&event.kind, event.data.clone());
    assert!(read.is_some_and(|read| read.type_name() == kind), "{kind} does not read back: {:#}", event.data);
}

#[test]
fn nothing_of_an_erased_person_stays_in_any_type_of_event() {
    for example in examples() {
        let kind = example.event.type_name();
        let mut event = serde_json::to_value(example.published()).unwrap();
        ann().clean_event(&mut event, true);
        let text = event.to_string();
        for personal in PERSONAL {
            assert!(!text.contains(personal), "{kind} keeps {personal:?}: {event:#}");
        }
        // A field that is new here is blank unless it is one word, as ids, times and words of ours are.
        let mut all = Vec::new();
        texts("", &event, &mut all);
        for (name, text) in all {
            let of_ours = ["reason", "text_shown", "wording", "source", "how", "rule"].contains(&name);
            assert!(of_ours || !text.contains(char::is_whitespace), "{kind} keeps {name}: {text:?}");
        }
        for kept in ["id", "type", "sequence", "time"] {
            assert_eq!(event[kept], serde_json::to_value(example.published()).unwrap()[kept], "{kind}");
        }
        reads_back(&event, kind);
        assert!(!ann().clean_event(&mut event, true), "{kind}: again it changes nothing");
    }
}

#[test]
fn an_event_of_others_loses_the_number_wherever_it_is() {
    for example in examples() {
        let kind = example.event.type_name();
        let mut event = serde_json::to_value(example.published()).unwrap();
        ann().clean_event(&mut event, false);
        let text = event.to_string();
        assert!(!text.contains("5551110001") && !text.contains("Ann"), "{kind}: {event:#}");
        reads_back(&event, kind);
    }
}

#[test]
fn the_proof_of_consent_stays_with_the_token() {
    for example in
        examples().into_iter().filter(|example| matches!(example.event, Event::ConsentRevoked { .. }))
    {
        let mut event = serde_json::to_value(example.published()).unwrap();
        let evidence = event["data"]["evidence"].clone();
        ann().clean_event(&mut event, true);
        for proof in ["message_sid", "keyword", "text_shown", "source", "version", "language"] {
            assert_eq!(event["data"]["evidence"][proof], evidence[proof], "{proof}");
        }
        let token = "person_07070707070707070707070707070707";
        assert_eq!(event["data"]["address"], token);
        assert_eq!(event["subject"], format!("consent/{token}"));
    }
}

#[test]
fn texts_past_their_time_go_from_every_type_of_event_and_people_stay() {
    for example in examples() {
        let kind = example.event.type_name();
        let mut event = serde_json::to_value(example.published()).unwrap();
        if kind.starts_with("si.channel.consent.") {
            continue;
        }
        let had_address = event["data"].to_string().contains(ANN);
        blank(&mut event, &Blanking { names: false, placeholder: "[removed]" });
        let text = event.to_string();
        for said in ["What do", "cost", "autumn", "and so on", "Ada"] {
            assert!(!text.contains(said), "{kind} keeps {said:?}: {event:#}");
        }
        assert_eq!(event["data"].to_string().contains(ANN), had_address, "{kind}");
        reads_back(&event, kind);
    }
}

/// The state that all examples fold into.
fn state() -> (Session, OutboundMessage) {
    let events: Vec<Event> = examples().into_iter().map(|example| example.event).collect();
    let mut session = events.iter().find_map(|event| Session::begun(event, time())).unwrap();
    let queued = events.iter().find_map(|event| match event {
        Event::MessageQueued(queued) => Some(queued.clone()),
        _ => None,
    });
    let mut message = OutboundMessage::new(queued.unwrap(), session.id.clone());
    let leaves = |event: &Event| {
        matches!(
            event,
            Event::ParticipantLeft { .. } | Event::SessionClosed { .. } | Event::SessionFailed { .. }
        )
    };
    for event in events.iter().filter(|event| !leaves(event)) {
        session::apply(&mut session, event, time());
        outbound::apply(&mut message, event);
    }
    // What was asked and held is answered and let go by other examples.
    for event in &events {
        if matches!(event, Event::TurnRequested { .. }) {
            session::apply(&mut session, event, time());
        }
    }
    let held = events.iter().find(|event| matches!(event, Event::MessageHeld(_)));
    session::apply(&mut session, held.unwrap(), time());
    std::sync::Arc::make_mut(&mut session.departed).push_back((ANN.parse().unwrap(), time()));
    assert!(!session.held.is_empty() && !session.members.is_empty() && !message.receipts.is_empty());
    (session, message)
}

#[test]
fn state_reads_back_when_it_is_blanked() {
    let (session, message) = state();
    let mut value = serde_json::to_value(&session).unwrap();
    ann().clean(&mut value, true);
    assert!(PERSONAL.iter().all(|personal| !value.to_string().contains(personal)), "{value:#}");
    let clean: Session = serde_json::from_value(value).unwrap();
    assert!(!ann().clean(&mut serde_json::to_value(&clean).unwrap(), true), "again it changes nothing");
    assert!(clean.is_erased());
    assert_eq!((clean.id, clean.sequence, clean.state), (session.id, session.sequence, session.state));

    let mut value = serde_json::to_value(&message).unwrap();
    ann().clean(&mut value, true);
    assert!(PERSONAL.iter().all(|personal| !value.to_string().contains(personal)), "{value:#}");
    let clean: OutboundMessage = serde_json::from_value(value).unwrap();
    assert!(!ann().clean(&mut serde_json::to_value(&clean).unwrap(), true), "again it changes nothing");
    assert_eq!((clean.id(), clean.state), (message.id(), message.state));
    assert_eq!(clean.receipts, message.receipts);
}
