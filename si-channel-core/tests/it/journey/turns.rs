//! Questions and answers.

use si_channel_core::content::Utterance;
use si_channel_core::event::Event;
use si_channel_core::id::TurnId;
use si_channel_core::input::Input;
use si_channel_core::policy::LateReply;
use si_channel_core::rejection::Rejection;
use si_channel_core::session::SessionState;

use crate::support::{ANN, BOB, CAT, Cognition, Sim, at, plain};

const NOTHING: [&str; 0] = [];

fn asked() -> Sim {
    let mut sim = Sim::with(&[ANN]);
    sim.cognition = Cognition::Later;
    sim.text(ANN, "tell me");
    sim
}

fn part(sim: &Sim, number: u32, text: &str, last: bool) -> Input {
    let (session_id, turn_id, _) = sim.asked[0].clone();
    let utterance = Utterance::text(text);
    Input::TurnAnswered { session_id, turn_id, part: number, utterance, last, close: false }
}

fn discarded(sim: &Sim) -> Vec<(String, String)> {
    let all = sim.store.sessions.keys().flat_map(|id| sim.events(id.as_str()).collect::<Vec<_>>());
    all.filter_map(|event| match event {
        Event::ReplyDiscarded { text, reason, .. } => Some((text, reason)),
        _ => None,
    })
    .collect()
}

#[test]
fn parts_are_sent_as_they_come_and_each_counts_once() {
    let mut sim = asked();
    let (first, second) = (part(&sim, 0, "one", false), part(&sim, 1, "two", true));
    sim.input(&first).unwrap();
    assert_eq!(sim.heard(ANN), ["one"]);
    assert_eq!(sim.input(&first).unwrap_err(), Rejection::AlreadySo);
    sim.input(&second).unwrap();
    assert_eq!(sim.heard(ANN), ["two"]);
    assert!(sim.session(ANN).turns.is_empty());
    assert!(matches!(sim.input(&second).unwrap_err(), Rejection::NotFound(_)), "it is answered");
    let replies = sim.outbound("one").queued.correlation_id.clone();
    let question = sim.session(ANN).recent.back().map(ToString::to_string);
    assert_eq!(replies, question, "an answer names the message it answers");
}

#[test]
fn a_last_part_that_an_overtaken_attempt_has_said_completes_the_answer() {
    let mut sim = asked();
    let (said, again) = (part(&sim, 0, "one", false), part(&sim, 0, "one", true));
    sim.input(&said).unwrap();
    sim.input(&again).unwrap();
    assert_eq!(sim.heard(ANN), ["one"]);
    assert!(sim.session(ANN).turns.is_empty());
}

#[test]
fn an_answer_too_long_is_cut_and_the_rest_is_kept_in_the_feed() {
    let mut sim = asked();
    sim.policy.max_reply_chars = 12;
    sim.answer("twelve chars and more").unwrap();
    assert_eq!(sim.heard(ANN), ["twelve chars"]);
    let id = sim.session(ANN).id;
    let omitted = sim.events(id.as_str()).find_map(|event| match event {
        Event::TurnAnswered { omitted, .. } => omitted,
        _ => None,
    });
    assert_eq!(omitted.as_deref().map(str::trim), Some("and more"));
}

#[test]
fn all_parts_together_are_held_to_the_limit() {
    let mut sim = asked();
    sim.policy.max_reply_chars = 6;
    for (number, text) in ["abcd", "efgh", "ijkl"].iter().enumerate() {
        let input = part(&sim, u32::try_from(number).unwrap(), text, number == 2);
        sim.input(&input).unwrap();
    }
    assert_eq!(sim.heard(ANN).concat(), "abcdef");
}

#[test]
fn an_answer_after_the_end_is_not_sent_and_told() {
    let mut sim = asked();
    let session_id = sim.session(ANN).id;
    sim.input(&Input::CloseSession { session_id }).unwrap();
    sim.heard(ANN);
    sim.answer("too late").unwrap();
    assert_eq!(sim.heard(ANN), NOTHING);
    assert_eq!(discarded(&sim), [("too late".to_owned(), "session_closed".to_owned())]);
}

#[test]
fn an_answer_after_an_opt_out_is_not_sent_and_told() {
    let mut sim = asked();
    sim.text(ANN, "STOP");
    sim.answer("too late").unwrap();
    assert_eq!(sim.heard(ANN), NOTHING);
    assert_eq!(discarded(&sim), [("too late".to_owned(), "no_consent".to_owned())]);
}

#[test]
fn an_answer_after_newer_texts_is_sent_or_dropped_as_configured() {
    for policy in [LateReply::Send, LateReply::Discard] {
        let mut sim = asked();
        sim.policy.late_reply = policy;
        sim.text(ANN, "never mind");
        sim.answer("to the first").unwrap();
        sim.answer("to the second").unwrap();
        let expected: &[&str] = match policy {
            LateReply::Send => &["to the first", "to the second"],
            LateReply::Discard => &["to the second"],
        };
        assert_eq!(sim.heard(ANN), expected);
    }
}

#[test]
fn an_answer_by_the_api_closes_its_question() {
    let mut sim = asked();
    let (session_id, turn_id, _) = sim.asked.remove(0);
    let mut send = plain("here it is");
    send.in_reply_to = Some(turn_id);
    let input = Input::SendToSession { session_id, send, correlation_id: None };
    sim.input(&input).unwrap();
    assert_eq!(sim.heard(ANN), ["here it is"]);
    assert!(sim.session(ANN).turns.is_empty());
    assert!(matches!(sim.input(&input), Err(Rejection::NotFound(_))));
}

#[test]
fn no_answer_is_said_to_the_person() {
    let mut sim = asked();
    let (session_id, turn_id, _) = sim.asked.remove(0);
    let failed = Input::TurnFailed { session_id, turn_id, reason: "timeout".to_owned() };
    sim.input(&failed).unwrap();
    assert!(sim.heard(ANN)[0].contains("cannot answer just now"));
    assert!(matches!(sim.input(&failed), Err(Rejection::NotFound(_))));
}

#[test]
fn the_cognition_layer_can_close_with_its_last_word() {
    let mut sim = asked();
    let (session_id, turn_id, _) = sim.asked.remove(0);
    sim.input(&Input::TurnAnswered {
        session_id: session_id.clone(),
        turn_id,
        part: 0,
        utterance: Utterance::text("goodbye"),
        last: true,
        close: true,
    })
    .unwrap();
    let heard = sim.heard(ANN);
    assert_eq!(heard[0], "goodbye");
    assert!(heard[1].contains("This conversation is now closed"));
    assert_eq!(sim.store.sessions[&session_id].state, SessionState::Closed);
}

#[test]
fn an_answer_without_text_completes_the_question() {
    let mut sim = asked();
    let (session_id, turn_id, _) = sim.asked.remove(0);
    sim.input(&Input::TurnCompleted { session_id, turn_id, close: false }).unwrap();
    assert_eq!(sim.heard(ANN), NOTHING);
    assert!(sim.session(ANN).turns.is_empty());
}

#[test]
fn answers_to_unknown_questions_and_sessions_are_refused() {
    let mut sim = asked();
    let turn_id = TurnId::from_text("trn_unknown");
    let session_id = sim.session(ANN).id;
    let events = sim.store.events.len();
    let unknown = Input::TurnCompleted { session_id, turn_id: turn_id.clone(), close: true };
    assert!(matches!(sim.input(&unknown), Err(Rejection::NotFound(_))));
    let session_id = si_channel_core::id::SessionId::from_text("ses_unknown");
    let unknown = Input::TurnFailed { session_id, turn_id, reason: String::new() };
    assert!(matches!(sim.input(&unknown), Err(Rejection::NotFound(_))));
    assert_eq!(sim.store.events.len(), events);
    assert_eq!(sim.session(ANN).state, SessionState::Active);
}

#[test]
fn a_question_in_a_group_names_its_author_and_the_answer_goes_to_all() {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    sim.text(BOB, "name Bob");
    for person in [ANN, BOB, CAT] {
        sim.heard(person);
    }
    sim.cognition = Cognition::Later;
    sim.text(BOB, "what time is it?");
    let id = sim.session(ANN).id;
    let Some(Event::TurnRequested { author, text, .. }) =
        sim.events(id.as_str()).filter(|e| matches!(e, Event::TurnRequested { .. })).last()
    else {
        panic!()
    };
    assert_eq!(author.address(), Some(&at(BOB)));
    assert_eq!(text, "what time is it?", "without the label");
    sim.answer("noon").unwrap();
    for person in [ANN, BOB, CAT] {
        assert_eq!(sim.heard(person).last().map(String::as_str), Some("noon"));
    }
}
