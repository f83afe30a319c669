//! WhatsApp's window: what is written before it closes, after it, and to remind of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use si_channel_core::content::Content;
use si_channel_core::event::{Event, Evidence, MessageClass, Target};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::outbound::{OutboundMessage, OutboundState};
use si_channel_core::window::{LENGTH, Whatsapp, WindowState};

use crate::support::{ANN, CAT, Cognition, Sim, Twilio, at, plain};

const HX: &str = "HX0123456789abcdef0123456789abcdef";
const EVE: &str = "whatsapp:+15551110005";
const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn with_template(sim: &mut Sim) {
    sim.policy.whatsapp =
        serde_json::from_value(json!({ "window_template": { "content_sid": HX } })).unwrap();
}

/// Only the window ends anything.
fn patient(people: &[&str]) -> Sim {
    let mut sim = Sim::new();
    sim.policy.inactivity.warn_after = SignedDuration::from_hours(1000);
    for person in people {
        sim.text(person, "hi");
        sim.heard(person);
    }
    sim
}

fn wrote_at(sim: &Sim, person: &str) -> Timestamp {
    sim.store.ledgers[&at(person)].window.wrote_at.unwrap()
}

fn state(sim: &Sim, person: &str) -> WindowState {
    sim.store.ledgers[&at(person)].window.state(sim.now, SignedDuration::ZERO)
}

fn reach(sim: &mut Sim, moment: Timestamp) {
    let wait = moment.duration_since(sim.now);
    sim.pass(wait);
}

fn templates(sim: &Sim) -> Vec<&OutboundMessage> {
    let template = |m: &&OutboundMessage| matches!(m.queued.content, Content::Template { .. });
    sim.store.outbound.values().filter(template).collect()
}

#[test]
fn f51_a_second_before_its_end_a_text_goes_and_a_second_after_it_a_template_does() {
    for template in [true, false] {
        let mut sim = patient(&[CAT]);
        if template {
            with_template(&mut sim);
        }
        let end = wrote_at(&sim, CAT) + LENGTH;
        reach(&mut sim, end - SECOND);
        sim.send(CAT, "in time").unwrap();
        assert_eq!(sim.heard(CAT), ["in time"]);
        reach(&mut sim, end + SECOND);
        sim.send(CAT, "too late").unwrap();
        assert_eq!(sim.heard(CAT).len(), usize::from(template), "of the text Twilio was not even asked");
        let late = sim.outbound("too late");
        assert_eq!((late.state, late.error_code, late.attempts), (OutboundState::Failed, Some(63016), 0));
        assert!(late.reason.as_ref().unwrap().contains("template"));
        assert_eq!(sim.count("message.refused"), 1);
        let templates = templates(&sim);
        assert_eq!(templates.len(), usize::from(template));
        for sent in templates {
            assert_eq!(sent.queued.instead_of.as_ref(), Some(late.id()));
            assert_eq!(sent.state, OutboundState::Accepted);
        }
    }
}

#[test]
fn the_window_outlasts_the_session_and_each_text_of_the_person_opens_it_anew() {
    let mut sim = Sim::with(&[CAT]);
    let first = wrote_at(&sim, CAT);
    sim.minutes(120);
    assert!(sim.open(CAT).is_none());
    sim.send(CAT, "news").unwrap();
    assert_eq!(sim.session_count(CAT), 2);
    assert_eq!(state(&sim, CAT), WindowState::Open { until: first + LENGTH });
    sim.text(CAT, "thanks");
    assert_eq!(state(&sim, CAT), WindowState::Open { until: wrote_at(&sim, CAT) + LENGTH });
    assert!(wrote_at(&sim, CAT) > first);
}

#[test]
fn who_never_wrote_is_unknown_and_twilios_word_settles_it() {
    let mut sim = Sim::new();
    with_template(&mut sim);
    let evidence = Evidence { source: Some("form".to_owned()), ..Evidence::default() };
    sim.input(&Input::told(at(EVE), true, evidence)).unwrap();
    sim.send(EVE, "first").unwrap();
    assert_eq!(state(&sim, EVE), WindowState::Unknown);
    let session = sim.session(EVE);
    let conversation = session.conversation_sid.as_ref().unwrap().to_string();
    let message = sim.outbound("first").message_sid.clone().unwrap();
    let participant = session.members[0].person.participant_sid.as_ref().unwrap().to_string();
    sim.deliver(&Twilio::receipt(&conversation, &message, &participant, "failed", 63016));
    sim.settle();
    assert_eq!(state(&sim, EVE), WindowState::Closed);
    assert_eq!(templates(&sim).len(), 1);
    sim.send(EVE, "second").unwrap();
    assert_eq!(sim.state("second"), OutboundState::Failed);
    assert_eq!(templates(&sim).len(), 2);
    sim.text(EVE, "hello");
    assert!(matches!(state(&sim, EVE), WindowState::Open { .. }));
}

#[test]
fn in_a_group_nobody_waits_for_one_whose_window_is_closed() {
    let mut sim = patient(&[CAT, EVE]);
    with_template(&mut sim);
    let code = sim.code(CAT);
    sim.text(EVE, &format!("join {code}"));
    sim.pass(SignedDuration::from_hours(23));
    sim.text(EVE, "still here");
    sim.pass(SignedDuration::from_hours(2));
    let _ = (sim.heard(CAT), sim.heard(EVE));
    assert_eq!(state(&sim, CAT), WindowState::Closed);
    let session_id = sim.session(CAT).id;
    let say = |sim: &mut Sim, text: &str| {
        let send = SendMessage { class: MessageClass::Informational, ..plain(text) };
        let input = Input::SendToSession { session_id: session_id.clone(), send, correlation_id: None };
        sim.input(&input).unwrap();
    };
    say(&mut sim, "news");
    assert_eq!(sim.heard(EVE), ["news"]);
    assert!(templates(&sim).is_empty(), "Twilio's refusal brings Cat's");
    // With everybody's closed nothing is left to try.
    sim.pass(SignedDuration::from_hours(24));
    say(&mut sim, "more");
    assert_eq!(sim.state("more"), OutboundState::Failed);
    let mut alone: Vec<_> = templates(&sim).iter().map(|m| m.queued.target.clone()).collect();
    alone.sort_by_key(|target| format!("{target:?}"));
    let whatsapp = at(crate::support::WHATSAPP);
    assert_eq!(alone, [Target::alone(&at(CAT), &whatsapp), Target::alone(&at(EVE), &whatsapp)]);
}

fn reminding(always: bool) -> Sim {
    let mut sim = patient(&[]);
    sim.policy.whatsapp = Whatsapp {
        reminder_before: Some(SignedDuration::from_hours(1)),
        remind_always: always,
        ..Whatsapp::default()
    };
    sim.text(CAT, "hi");
    sim.heard(CAT);
    sim
}

#[test]
fn who_waits_for_an_answer_is_reminded_once_before_the_window_closes() {
    let mut sim = reminding(false);
    sim.cognition = Cognition::Later;
    sim.text(CAT, "a hard question");
    let end = wrote_at(&sim, CAT) + LENGTH;
    reach(&mut sim, end - SignedDuration::from_mins(61));
    assert_eq!(sim.heard(CAT), Vec::<String>::new());
    reach(&mut sim, end - SignedDuration::from_mins(59));
    let heard = sim.heard(CAT);
    assert!(matches!(heard.as_slice(), [one] if one.contains("for 60 min more")), "{heard:?}");
    reach(&mut sim, end + SignedDuration::from_hours(30));
    assert_eq!(sim.heard(CAT), Vec::<String>::new());
    sim.text(CAT, "any news?");
    let end = wrote_at(&sim, CAT) + LENGTH;
    reach(&mut sim, end);
    assert_eq!(sim.heard(CAT).len(), 1, "once for each window");
}

#[test]
fn who_waits_for_nothing_or_opted_out_is_not_reminded() {
    for (always, text, reminders) in [(false, "hi", 0), (true, "hi", 1), (true, "stop", 0)] {
        let mut sim = reminding(always);
        sim.text(CAT, text);
        sim.heard(CAT);
        sim.pass(LENGTH);
        assert_eq!(sim.heard(CAT).len(), reminders, "{always} {text}");
    }
}

#[test]
fn sms_has_no_window() {
    let mut sim = patient(&[ANN]);
    sim.policy.whatsapp.reminder_before = Some(SignedDuration::from_hours(1));
    sim.text(ANN, "hi");
    sim.heard(ANN);
    sim.pass(SignedDuration::from_hours(100));
    sim.send(ANN, "news").unwrap();
    assert_eq!(sim.heard(ANN), ["news"]);
    let refused = |event: &Event| matches!(event, Event::MessageFailed { .. });
    assert!(!sim.events(sim.session(ANN).id.as_str()).any(|event| refused(&event)));
}
