//! The kit for consumers: a whole session as a consumer may read it, with repetitions and late news.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use si_channel_core::cloudevent::{CloudEvent, Placement};
use si_channel_core::event::Event;
use si_channel_core::id::EventId;
use si_channel_core::session::{Session, SessionState, apply};

use super::{hold, root};

const SESSION: &str = "ses_kit";
const CONVERSATION: &str = "CH00000000000000000000000000000002";
const ANN: &str = "+15551110001";
const QUESTION: &str = "IM00000000000000000000000000000011";
const SECOND: &str = "IM00000000000000000000000000000013";
const ANSWER: &str = "IM00000000000000000000000000000012";
const PARTICIPANT: &str = "MB00000000000000000000000000000002";

/// What happened, in order: the type without its family, the minute, the data.
fn story() -> Vec<(&'static str, u32, Value)> {
    let person =
        json!({ "address": ANN, "sender": "+15550001111", "participant_sid": PARTICIPANT, "name": "Ann" });
    let author = json!({ "kind": "person", "address": ANN, "name": "Ann" });
    let received = |sid: &str, index: u32, text: &str, at: u32| {
        json!({ "message_sid": sid, "author": author, "text": text, "media": [], "index": index, "at": time(at),
                "participant_sid": PARTICIPANT, "attributes": {}, "extra": {} })
    };
    let receipt = |status: &str, at: u32| json!({ "outbound_id": "out_kit", "recipient": PARTICIPANT, "status": status, "at": time(at) });
    vec![
        (
            "session.started",
            0,
            json!({ "session_id": SESSION, "origin": "inbound", "transport": "conversations",
                                        "attributes": {} }),
        ),
        ("session.bound", 0, json!({ "conversation_sid": CONVERSATION, "adopted": true })),
        ("participant.joined", 0, json!({ "person": person, "at": time(0) })),
        ("message.received", 0, received(QUESTION, 0, "What dose this cost?", 0)),
        (
            "turn.requested",
            0,
            json!({ "turn_id": "trn_kit", "message_sid": QUESTION, "author": author,
                                      "text": "What dose this cost?", "media": [], "at": time(0) }),
        ),
        // The correction is told after a later one: `at` decides, not the order.
        (
            "message.edited",
            2,
            json!({ "message_sid": QUESTION, "text": "What does this cost?", "at": time(2) }),
        ),
        (
            "message.edited",
            3,
            json!({ "message_sid": QUESTION, "text": "What does dis cost?", "at": time(1) }),
        ),
        ("turn.answered", 3, json!({ "turn_id": "trn_kit", "part": 0, "chars": 9 })),
        (
            "message.queued",
            3,
            json!({ "outbound_id": "out_kit", "target": { "to": "session" }, "text": "Ten euros",
                                      "class": "reply", "turn_id": "trn_kit", "part": 1, "parts": 1,
                                      "expires_at": time(30), "at": time(3) }),
        ),
        ("turn.completed", 3, json!({ "turn_id": "trn_kit" })),
        ("message.sending", 3, json!({ "outbound_id": "out_kit", "attempt": 1, "at": time(3) })),
        (
            "message.accepted",
            3,
            json!({ "outbound_id": "out_kit", "message_sid": ANSWER, "index": 1, "at": time(3) }),
        ),
        // Twilio tells of reading before it tells of delivery.
        ("message.read", 4, receipt("read", 4)),
        ("message.delivered", 5, receipt("delivered", 3)),
        ("message.received", 6, received(SECOND, 2, "Never mind", 6)),
        ("message.removed", 7, json!({ "message_sid": SECOND, "at": time(7) })),
        // An edit of what was deleted before.
        ("message.edited", 8, json!({ "message_sid": SECOND, "text": "Never", "at": time(6) })),
        ("session.warned", 40, json!({ "closes_at": time(50) })),
        ("session.closing", 50, json!({ "reason": "inactivity" })),
        (
            "session.closed",
            50,
            json!({ "reason": "inactivity", "started_at": time(0), "received": 2, "sent": 1 }),
        ),
        // News of a session that is over.
        ("message.sent", 51, receipt("sent", 3)),
    ]
}

fn time(minute: u32) -> String {
    format!("2026-11-21T10:{minute:02}:00Z")
}

fn published() -> Vec<CloudEvent> {
    let wrap = |(place, (name, minute, mut data)): (usize, (&str, u32, Value))| {
        let kind = format!("si.channel.{name}.v1");
        let bound = (place > 0).then_some(CONVERSATION);
        data["session_id"] = json!(SESSION);
        let event =
            Event::read(&kind, data.clone()).unwrap_or_else(|| panic!("{kind} does not read: {data}"));
        let placement = Placement {
            account: "AC00000000000000000000000000000001",
            subject: SESSION.to_owned(),
            sequence: place as u64 + 1,
            correlation_id: None,
            session: Some((SESSION, bound)),
        };
        let id = EventId::from_text(format!("evt_kit_{:02}", place + 1));
        CloudEvent::new(&event, id, time(minute).parse().unwrap(), &placement)
    };
    story().into_iter().enumerate().map(wrap).collect()
}

/// As a consumer may read it: pages are read again after an interruption.
fn read() -> Vec<CloudEvent> {
    let events = published();
    let mut read = events[..6].to_vec();
    read.extend_from_slice(&events[3..12]);
    read.push(events[11].clone());
    read.extend_from_slice(&events[12..]);
    read.extend_from_slice(&events[19..]);
    read
}

#[test]
fn the_session_of_the_kit_is_one_that_a_consumer_can_rebuild() {
    let mut seen = BTreeSet::new();
    let mut session: Option<Session> = None;
    let mut texts: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut removed = BTreeSet::new();
    let events = read();
    assert!(events.len() > published().len() + 5, "events are told again");
    for published in events.iter().filter(|event| seen.insert(event.id.clone())) {
        let event = Event::read(&published.kind, published.data.clone()).unwrap();
        if let Some(begun) = Session::begun(&event, published.time) {
            session = Some(begun);
        }
        let session = session.as_mut().unwrap();
        apply(session, &event, published.time);
        assert_eq!(session.sequence, published.sequence, "without gaps once repetitions are dropped");
        match event {
            Event::MessageReceived(received) => {
                texts.insert(received.message_sid, (String::new(), received.text));
            }
            Event::MessageEdited { message_sid, text, at } => {
                let newest = texts.get_mut(&message_sid).unwrap();
                if newest.0 < at.to_string() {
                    *newest = (at.to_string(), text);
                }
            }
            Event::MessageRemoved { message_sid, .. } => drop(removed.insert(message_sid)),
            _ => {}
        }
    }
    let session = session.unwrap();
    assert_eq!((session.state, session.received, session.sent), (SessionState::Closed, 2, 1));
    assert_eq!(texts[QUESTION].1, "What does this cost?");
    assert_eq!(removed, [SECOND.to_owned()].into());
}

#[test]
fn the_files_of_the_kit_are_up_to_date() {
    let lines = |events: &[CloudEvent]| -> Vec<Value> {
        events.iter().map(|event| serde_json::to_value(event).unwrap()).collect()
    };
    let now = lines(&read());
    let path = root().join("docs/events/kit/session.jsonl");
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    let recorded: Vec<Value> = recorded.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if recorded != now {
        let text: Vec<String> = now.iter().map(Value::to_string).collect();
        hold(&path, &(text.join("\n") + "\n"));
    }
}
