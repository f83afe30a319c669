//! Silence, warnings, the end, and texts that come just then.

use jiff::SignedDuration;
use si_channel_core::effect::TimerKind;
use si_channel_core::event::{CloseReason, Event};
use si_channel_core::input::Input;
use si_channel_core::rejection::Rejection;
use si_channel_core::session::SessionState;

use crate::support::{ANN, CAT, Cognition, Sim, at, plain};

const NOTHING: [&str; 0] = [];

#[test]
fn silence_is_warned_of_and_then_ends_the_session_with_a_summary() {
    let mut sim = Sim::with(&[ANN]);
    let session = sim.session(ANN);
    sim.minutes(29);
    assert_eq!(sim.heard(ANN), NOTHING);
    sim.minutes(2);
    assert!(sim.heard(ANN)[0].contains("closes in 10 min"));
    assert_eq!(sim.session(ANN).state, SessionState::Warned);
    sim.minutes(10);
    let heard = sim.heard(ANN);
    assert!(heard[0].contains("Messages to us: 1, from us: 3. Length: 40 min"), "{heard:?}");
    let over = &sim.store.sessions[&session.id];
    assert_eq!((over.state, over.close_reason), (SessionState::Closed, Some(CloseReason::Inactivity)));
    assert!(!sim.twilio.find(session.conversation_sid.unwrap().as_str()).open);
    assert!(sim.timer(&TimerKind::Inactivity { session_id: session.id }).is_none());
}

#[test]
fn a_text_after_the_warning_keeps_the_session() {
    let mut sim = Sim::with(&[ANN]);
    sim.minutes(31);
    sim.heard(ANN);
    sim.text(ANN, "still here");
    assert_eq!(sim.heard(ANN), ["You said: still here"]);
    assert_eq!(sim.session(ANN).state, SessionState::Active);
    sim.minutes(29);
    assert_eq!(sim.heard(ANN), NOTHING);
    sim.minutes(2);
    assert_eq!(sim.heard(ANN).len(), 1, "warned again");
}

#[test]
fn each_text_and_each_answer_puts_the_warning_off() {
    let mut sim = Sim::with(&[ANN]);
    for _ in 0..5 {
        sim.minutes(20);
        sim.text(ANN, "hm");
    }
    sim.send(ANN, "from us").unwrap();
    sim.minutes(29);
    assert_eq!(sim.session(ANN).state, SessionState::Active);
}

#[test]
fn a_timer_that_fires_early_is_set_again() {
    let mut sim = Sim::with(&[ANN]);
    let session_id = sim.session(ANN).id;
    let kind = TimerKind::Inactivity { session_id };
    let due = sim.timer(&kind).unwrap();
    sim.minutes(5);
    sim.store.timers.clear();
    sim.input(&Input::TimerFired { kind: kind.clone() }).unwrap();
    assert!(sim.timer(&kind).unwrap() >= due);
    assert_eq!(sim.session(ANN).state, SessionState::Active);
    sim.minutes(60);
    assert!(sim.open(ANN).is_none());
}

#[test]
fn where_nobody_may_be_written_to_the_end_is_silent() {
    let mut sim = Sim::with(&[ANN]);
    let id = sim.session(ANN).id;
    sim.text(ANN, "STOP");
    sim.minutes(60);
    assert_eq!(sim.heard(ANN), NOTHING);
    assert_eq!(sim.store.sessions[&id].state, SessionState::Closed);
    assert!(!sim.kinds(id.as_str()).contains(&"session.warned".to_owned()));
}

#[test]
fn a_text_while_the_session_is_closing_resumes_it() {
    let mut sim = Sim::with(&[ANN]);
    let session_id = sim.session(ANN).id;
    sim.paused = true;
    sim.input(&Input::CloseSession { session_id: session_id.clone() }).unwrap();
    assert_eq!(sim.session(ANN).state, SessionState::Closing);
    sim.text(ANN, "wait");
    assert_eq!(sim.session(ANN).state, SessionState::Active);
    sim.paused = false;
    sim.settle();
    assert_eq!(sim.session(ANN).id, session_id, "and the conversation stays open");
    assert!(sim.heard(ANN).contains(&"You said: wait".to_owned()));
}

#[test]
fn an_application_that_writes_to_the_person_resumes_it_too_and_one_that_names_the_session_does_not() {
    let mut sim = Sim::with(&[ANN]);
    let session_id = sim.session(ANN).id;
    sim.paused = true;
    sim.input(&Input::CloseSession { session_id: session_id.clone() }).unwrap();
    let send = Input::SendToSession {
        session_id: session_id.clone(),
        send: plain("to this session"),
        correlation_id: None,
    };
    assert_eq!(sim.input(&send).unwrap_err(), Rejection::SessionClosed);
    sim.send(ANN, "one more thing").unwrap();
    sim.paused = false;
    sim.settle();
    assert_eq!(sim.session(ANN).id, session_id);
    assert!(sim.heard(ANN).contains(&"one more thing".to_owned()));
}

#[test]
fn a_text_that_comes_just_after_the_end_is_answered_in_a_new_session() {
    let mut sim = Sim::with(&[ANN]);
    let first = sim.session(ANN);
    sim.deaf = true;
    sim.text(ANN, "one more question");
    let late = sim.twilio.webhooks.pop_front().unwrap();
    sim.deaf = false;
    let session_id = first.id.clone();
    sim.input(&Input::CloseSession { session_id }).unwrap();
    sim.heard(ANN);
    sim.deliver(&late);
    sim.settle();
    assert_eq!(sim.heard(ANN), ["You said: one more question"]);
    let next = sim.session(ANN);
    assert_ne!(next.id, first.id);
    assert_eq!(next.previous_session_id, Some(first.id.clone()));
    assert!(sim.transcript(&first.id).contains(&format!("{ANN}: one more question")));
    sim.deliver(&late);
    sim.settle();
    assert_eq!(sim.heard(ANN), NOTHING, "once");
}

#[test]
fn a_command_that_comes_just_after_the_end_is_a_command() {
    let mut sim = Sim::with(&[ANN, CAT]);
    let code = sim.code(CAT);
    sim.deaf = true;
    sim.text(ANN, &format!("join {code} Ann"));
    let late = sim.twilio.webhooks.pop_front().unwrap();
    sim.deaf = false;
    let session_id = sim.session(ANN).id;
    sim.input(&Input::CloseSession { session_id }).unwrap();
    sim.deliver(&late);
    sim.settle();
    assert_eq!(sim.session(ANN).id, sim.session(CAT).id);
}

#[test]
fn closing_and_a_text_at_the_same_instant_lose_nothing() {
    // The text resumes the session, but Twilio had closed the conversation already.
    let mut sim = Sim::with(&[ANN]);
    sim.cognition = Cognition::Later;
    let session_id = sim.session(ANN).id;
    sim.paused = true;
    sim.input(&Input::CloseSession { session_id: session_id.clone() }).unwrap();
    sim.text(ANN, "wait");
    sim.paused = false;
    let conversation = sim.store.sessions[&session_id].conversation_sid.clone().unwrap();
    sim.twilio.close(conversation.as_str());
    sim.input(&Input::ConversationClosed { session_id: session_id.clone() }).unwrap();
    assert_eq!(sim.store.sessions[&session_id].close_reason, Some(CloseReason::Twilio));
    sim.heard(ANN);
    sim.answer("here you are").unwrap();
    sim.minutes(1);
    assert_eq!(sim.heard(ANN), ["here you are"]);
    let next = sim.session(ANN);
    assert_eq!(next.previous_session_id, Some(session_id.clone()));
    assert!(sim.kinds(session_id.as_str()).contains(&"message.moved".to_owned()));
    assert!(sim.transcript(&next.id).contains(&"si: here you are".to_owned()));
}

#[test]
fn a_conversation_closed_at_twilio_ends_its_session() {
    let mut sim = Sim::with(&[ANN]);
    let session = sim.session(ANN);
    sim.twilio.close(session.conversation_sid.unwrap().as_str());
    sim.settle();
    let over = &sim.store.sessions[&session.id];
    assert_eq!(over.close_reason, Some(CloseReason::Twilio));
    sim.minutes(60);
    assert_eq!(sim.heard(ANN), NOTHING);
}

#[test]
fn a_session_asked_to_close_twice_closes_once() {
    let mut sim = Sim::with(&[ANN]);
    let close = Input::CloseSession { session_id: sim.session(ANN).id };
    sim.input(&close).unwrap();
    assert_eq!(sim.input(&close).unwrap_err(), Rejection::AlreadySo);
    assert_eq!(sim.heard(ANN).len(), 1);
    assert_eq!(sim.count("session.closed"), 1);
}

#[test]
fn the_end_is_told_with_what_it_was_and_nothing_is_left_behind() {
    let mut sim = Sim::with(&[ANN]);
    sim.code(ANN);
    let id = sim.session(ANN).id;
    sim.text(ANN, "close");
    let Some(Event::SessionClosed { reason, received, sent, .. }) = sim.events(id.as_str()).last() else {
        panic!("{:?}", sim.kinds(id.as_str()))
    };
    assert_eq!((reason, received, sent), (CloseReason::Person, 2, 3));
    let session = &sim.store.sessions[&id];
    assert!(session.join_code.is_none() && session.turns.is_empty() && session.held.is_empty());
    assert!(sim.store.effects.is_empty() && sim.store.timers.is_empty());
}

#[test]
fn an_agent_who_writes_keeps_the_session_as_a_person_does() {
    let mut sim = Sim::with(&[ANN]);
    let sid = sim.session(ANN).conversation_sid.unwrap().to_string();
    sim.minutes(31);
    let now = sim.now;
    sim.twilio.message(&sid, "agent-7", "I am looking into it", "{}", now);
    sim.settle();
    assert_eq!(sim.session(ANN).state, SessionState::Active);
    sim.pass(SignedDuration::from_mins(15));
    assert!(sim.open(ANN).is_some());
}

#[test]
fn a_session_that_lasts_stays_small() {
    let mut sim = Sim::with(&[ANN]);
    sim.cognition = Cognition::Later;
    let mut size = 0;
    for round in 0..250 {
        sim.text(ANN, &format!("text {round}"));
        if round == 150 {
            size = serde_json::to_string(&sim.session(ANN)).unwrap().len();
        }
    }
    let session = sim.session(ANN);
    assert_eq!(session.received, 251);
    assert!(serde_json::to_string(&session).unwrap().len() < size + 200);
    sim.audit();
    assert_eq!(session.members[0].person.address, at(ANN));
}
