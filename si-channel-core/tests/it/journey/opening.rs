//! One session for one person and one sender, whoever speaks first and in whatever order news comes.

use si_channel_core::event::{Event, Origin, Transport};
use si_channel_core::input::Input;
use si_channel_core::normalize;
use si_channel_core::outbound::OutboundState;
use si_channel_core::session::SessionState;
use si_channel_core::transcript::EntryKind;

use crate::support::{ANN, BOB, Pairs, SMS, Sim, account, at, event, pair};

fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in 0..items.len() {
        let mut rest = items.to_vec();
        let item = rest.remove(first);
        for mut order in orders(&rest) {
            order.insert(0, item.clone());
            all.push(order);
        }
    }
    all
}

/// A session without what depends on when, and in how many events, its news was decided.
fn gist(sim: &Sim, person: &str) -> serde_json::Value {
    let session = sim.session(person);
    let member = session.member(&at(person)).unwrap().clone();
    serde_json::json!([
        session.conversation_sid,
        session.state,
        session.members.len(),
        member.person,
        member.presence,
        session.received,
        session.sent,
        session.previous_session_id,
        sim.transcript(&session.id),
    ])
}

#[test]
fn the_webhooks_of_a_first_text_mean_the_same_in_any_order() {
    let mut first = Sim::new();
    first.deaf = true;
    first.text(ANN, "hello");
    let webhooks: Vec<Pairs> = first.twilio.webhooks.iter().cloned().collect();
    assert_eq!(webhooks.len(), 3);
    let mut expected = None;
    for order in orders(&webhooks) {
        let mut sim = Sim::new();
        sim.deaf = true;
        sim.text(ANN, "hello");
        sim.twilio.webhooks = order.iter().chain(&order).cloned().collect();
        sim.deaf = false;
        sim.settle();
        let gist = gist(&sim, ANN);
        assert_eq!(*expected.get_or_insert_with(|| gist.clone()), gist);
        assert_eq!(sim.heard(ANN).len(), 2);
        assert_eq!(sim.store.sessions.len(), 1);
    }
}

#[test]
fn one_session_comes_of_an_api_message_and_a_text_at_the_same_moment() {
    // The effect, the webhooks of a text and a second API message, interleaved every way.
    for order in orders(&["effect", "webhook", "webhook", "webhook", "api"]) {
        let mut sim = Sim::with(&[ANN]);
        sim.text(ANN, "close");
        let before = sim.session_count(ANN);
        sim.heard(ANN);
        sim.paused = true;
        sim.deaf = true;
        sim.send(ANN, "first").unwrap();
        sim.text(ANN, "hello");
        for step in &order {
            sim.tick();
            match *step {
                "effect" => {
                    sim.paused = false;
                    sim.carry_out();
                    sim.paused = true;
                }
                "webhook" => {
                    let pairs = sim.twilio.webhooks.pop_front().unwrap();
                    sim.deliver(&pairs);
                }
                _ => {
                    sim.send(ANN, "second").unwrap();
                }
            }
        }
        sim.paused = false;
        sim.deaf = false;
        sim.settle();
        assert_eq!(sim.session_count(ANN), before + 1, "{order:?}");
        let open = sim.twilio.conversations.iter().filter(|c| c.open).count();
        assert_eq!(open, 1, "{order:?}");
        let heard = sim.heard(ANN);
        for text in ["first", "second", "You said: hello"] {
            assert_eq!(heard.iter().filter(|h| *h == text).count(), 1, "{order:?}: {heard:?}");
        }
    }
}

#[test]
fn an_api_message_makes_the_conversation_and_goes_out_after_it() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "close");
    sim.heard(ANN);
    let outcome = sim.send(ANN, "news").unwrap();
    let session = sim.session(ANN);
    assert_eq!(outcome.session_id, Some(session.id.clone()));
    assert_eq!(sim.heard(ANN), ["news"]);
    assert_eq!(session.previous_session_id, Some(sim.sessions(ANN)[0].id.clone()));
    let event = &sim
        .store
        .events
        .iter()
        .find(|e| e.kind == "si.channel.message.accepted.v1" && e.subject == session.id.as_str());
    assert_eq!(event.unwrap().correlationid.as_deref(), Some("api"));
    assert!(matches!(
        sim.events(session.id.as_str()).next(),
        Some(Event::SessionStarted { origin: Origin::Requested, .. })
    ));
    sim.text(ANN, "thanks");
    assert_eq!(sim.session(ANN).id, session.id);
}

#[test]
fn writing_again_after_the_end_is_a_new_session_that_names_the_one_before() {
    let mut sim = Sim::with(&[ANN]);
    let first = sim.session(ANN).id;
    sim.text(ANN, "close");
    sim.heard(ANN);
    sim.text(ANN, "me again");
    let second = sim.session(ANN);
    assert_ne!(second.id, first);
    assert_eq!(second.previous_session_id, Some(first));
    assert_eq!(sim.heard(ANN), ["You said: me again"], "no second welcome");
}

#[test]
fn a_conversation_that_cannot_be_had_ends_the_session_and_its_messages() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "close");
    sim.paused = true;
    sim.send(ANN, "news").unwrap();
    let session_id = sim.session(ANN).id;
    let failed = Input::ConversationFailed { session_id: session_id.clone(), reason: "no".to_owned() };
    sim.input(&failed).unwrap();
    sim.paused = false;
    sim.settle();
    assert_eq!(sim.store.sessions[&session_id].state, SessionState::Closed);
    assert_eq!(sim.state("news"), OutboundState::Cancelled);
    assert!(sim.input(&failed).is_err());
    sim.text(ANN, "hello");
    assert_eq!(sim.session(ANN).previous_session_id, Some(session_id));
}

#[test]
fn a_conversation_of_a_session_that_is_over_is_closed_and_another_made() {
    let mut sim = Sim::with(&[ANN]);
    let over = sim.session(ANN);
    // Twilio refused to close it, so the session ended and the conversation did not.
    sim.input(&Input::ConversationClosed { session_id: over.id.clone() }).unwrap();
    sim.send(ANN, "news").unwrap();
    let session = sim.session(ANN);
    assert_ne!(session.conversation_sid, over.conversation_sid);
    assert_eq!(sim.heard(ANN).last().map(String::as_str), Some("news"));
    assert!(!sim.twilio.find(over.conversation_sid.unwrap().as_str()).open);
}

#[test]
fn conversations_of_others_are_left_alone() {
    let mut sim = Sim::new();
    let sid = sim.twilio.create();
    let now = sim.now;
    sim.twilio.add(&sid, &at(ANN), &at("+15559998888"), now).unwrap();
    sim.settle();
    assert!(sim.store.sessions.is_empty());
}

#[test]
fn a_number_of_ours_that_writes_is_no_person() {
    let mut sim = Sim::with(&[ANN]);
    let session = sim.session(ANN);
    let sid = session.conversation_sid.unwrap().to_string();
    let now = sim.now;
    sim.twilio.message(&sid, SMS, "from the number itself", "{}", now);
    sim.settle();
    assert_eq!(sim.session(ANN).members.len(), 1);
    assert_eq!(sim.count("turn.requested"), 1);
    assert!(sim.transcript(&session.id).contains(&format!("{SMS}: from the number itself")));
}

#[test]
fn who_writes_through_the_api_or_a_chat_is_recorded_and_not_answered() {
    let mut sim = Sim::with(&[ANN]);
    let session = sim.session(ANN);
    let sid = session.conversation_sid.unwrap().to_string();
    for author in ["agent-7", "system", "chat:ann"] {
        let now = sim.now;
        sim.twilio.message(&sid, author, "a word from a colleague", "{}", now);
        sim.settle();
        assert!(sim.transcript(&session.id).contains(&format!("{author}: a word from a colleague")));
    }
    assert_eq!(sim.count("turn.requested"), 1);
    assert_eq!(sim.session(ANN).members.len(), 1);
}

#[test]
fn nobody_on_a_phone_can_pretend_to_be_us() {
    let mut sim = Sim::with(&[ANN]);
    let session = sim.session(ANN);
    let sid = session.conversation_sid.unwrap().to_string();
    let now = sim.now;
    sim.twilio.message(&sid, ANN, "hello", r#"{"si":{"id":"out_x"}}"#, now);
    sim.settle();
    assert!(sim.transcript(&session.id).contains(&format!("{ANN}: hello")));
}

#[test]
fn edits_and_deletions_reach_the_transcript_in_any_order() {
    for early in [false, true] {
        let mut sim = Sim::with(&[ANN]);
        let session = sim.session(ANN);
        sim.deaf = early;
        sim.text(ANN, "helo");
        let conversation = session.conversation_sid.unwrap().to_string();
        let message = sim.twilio.find(&conversation).messages.last().unwrap();
        let sid = if early { message.0.clone() } else { sim.last_from(&conversation, ANN) };
        let change = |body: &str, at: &str| {
            let mut pairs = event("onMessageUpdated", &conversation);
            pairs.extend([
                pair("MessageSid", &sid),
                pair("Author", ANN),
                pair("Body", body),
                pair("Attributes", "{}"),
                pair("DateUpdated", at),
            ]);
            pairs
        };
        sim.deliver(&change("hello!", "2026-11-21T12:00:02Z"));
        sim.deliver(&change("hello", "2026-11-21T12:00:01Z"));
        sim.deaf = false;
        sim.settle();
        let texts = sim.transcript(&session.id);
        assert!(texts.contains(&format!("{ANN}: hello!")), "{early}: {texts:?}");
        let mut removed = event("onMessageRemoved", &conversation);
        removed.extend([pair("MessageSid", &sid), pair("DateRemoved", "2026-11-21T12:00:03Z")]);
        sim.deliver(&removed);
        sim.settle();
        let entry = sim.entries(&session.id).into_iter().find(|e| e.id == sid).unwrap();
        assert_eq!((entry.status.as_deref(), entry.text.as_str()), (Some("removed"), "hello!"));
    }
}

#[test]
fn a_message_of_ours_that_was_deleted_says_so() {
    let mut sim = Sim::with(&[ANN]);
    let session = sim.session(ANN);
    let ours = sim.outbound("You said").clone();
    let mut removed = event("onMessageRemoved", session.conversation_sid.unwrap().as_str());
    removed.push(pair("MessageSid", &ours.message_sid.clone().unwrap()));
    sim.deliver(&removed);
    sim.settle();
    let entry = sim.entries(&session.id).into_iter().find(|e| e.id == ours.id().as_str()).unwrap();
    assert_eq!(entry.status.as_deref(), Some("removed"));
}

#[test]
fn webhooks_of_an_unknown_kind_are_kept_whole() {
    let mut sim = Sim::with(&[ANN]);
    let session = sim.session(ANN);
    let mut pairs = event("onTeapotBoiled", session.conversation_sid.unwrap().as_str());
    pairs.push(pair("Temperature", "100"));
    sim.deliver(&pairs);
    sim.settle();
    let kept = sim.events(session.id.as_str()).last().unwrap();
    let Event::Unrecognized { name, parameters } = kept else { panic!("{kept:?}") };
    assert_eq!(name, "onTeapotBoiled");
    assert_eq!(parameters["Temperature"], "100");
}

#[test]
fn the_messaging_path_serves_the_same_journey() {
    let mut sim = Sim::new();
    sim.policy.transport = Transport::Messaging;
    let mut count = 0;
    let mut inbound = |sim: &mut Sim, body: &str| {
        count += 1;
        let pairs = vec![
            pair("MessageSid", &format!("SM{count:032x}")),
            pair("AccountSid", crate::support::ACCOUNT),
            pair("From", BOB),
            pair("To", SMS),
            pair("Body", body),
        ];
        for _ in 0..2 {
            let fact = normalize::inbound(&pairs, &account(), sim.now).unwrap();
            sim.take_in(fact);
        }
        sim.settle();
    };
    inbound(&mut sim, "hello");
    let heard = sim.heard(BOB);
    assert!(heard[0].starts_with("Welcome"));
    assert_eq!(heard[1..], ["You said: hello"]);
    let session = sim.session(BOB);
    assert_eq!((session.state, session.conversation_sid), (SessionState::Active, None));
    inbound(&mut sim, "close");
    assert!(sim.heard(BOB)[0].contains("closed"));
    inbound(&mut sim, "hi");
    assert_eq!(sim.session(BOB).previous_session_id, Some(session.id));
    assert!(sim.twilio.conversations.is_empty());
}

#[test]
fn the_transcript_names_what_happened_beside_what_was_said() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "close");
    let session = &sim.sessions(ANN)[0];
    let entries = sim.entries(&session.id);
    let events: Vec<_> =
        entries.iter().filter(|e| e.kind == EntryKind::Event).map(|e| e.text.as_str()).collect();
    for kind in ["session.started", "participant.joined", "consent.granted", "session.closed"] {
        assert!(events.contains(&format!("si.channel.{kind}.v1").as_str()), "{kind}: {events:?}");
    }
}
