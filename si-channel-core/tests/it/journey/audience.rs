//! Who gets which of the channel's own texts, and when: every text has somebody who reads it.

use jiff::SignedDuration;
use serde_json::json;
use si_channel_core::event::{Evidence, MessageClass};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::rules::RevocationProfile;
use si_channel_core::text::TextId;

use crate::support::{ANN, BOB, CAT, Cognition, Sim, at, plain};

/// Cat writes this into her group with Ann and Bob.
fn says(text: &str) -> Sim {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    sim.text(CAT, text);
    sim
}

/// Cat, alone, writes these.
fn alone(texts: &[&str]) -> Sim {
    let mut sim = Sim::with(&[CAT]);
    for text in texts {
        sim.text(CAT, text);
    }
    sim
}

fn agreed_elsewhere() -> Sim {
    let mut sim = Sim::new();
    sim.input(&Input::told(at(CAT), true, Evidence::default())).unwrap();
    sim.text(CAT, "hello");
    sim
}

fn stop_after_an_offer() -> Sim {
    let mut sim = Sim::with(&[CAT]);
    sim.policy.revocation = RevocationProfile::Topic;
    let class = MessageClass::Informational;
    let offer = SendMessage { purpose: Some("offers".to_owned()), class, ..plain("10 % off") };
    sim.send_with(CAT, offer).unwrap();
    sim.text(CAT, "STOP");
    sim
}

fn idle(minutes: i64) -> Sim {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    sim.minutes(minutes);
    sim
}

fn waiting_on_whatsapp() -> Sim {
    let mut sim = Sim::new();
    sim.policy.inactivity.warn_after = SignedDuration::from_hours(1000);
    sim.policy.whatsapp =
        serde_json::from_value(json!({ "reminder_before": "PT1H", "remind_always": true })).unwrap();
    sim.text(CAT, "hi");
    sim.pass(SignedDuration::from_hours(24));
    sim
}

fn wrong_codes() -> Sim {
    let mut sim = Sim::with(&[CAT]);
    for _ in 0..=sim.policy.join.failures {
        sim.text(CAT, "join AAAAAAAAAA");
    }
    sim
}

fn own_code() -> Sim {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    let code = sim.code(ANN);
    sim.text(CAT, &format!("join {code}"));
    sim
}

fn no_answer() -> Sim {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    sim.cognition = Cognition::Later;
    sim.text(CAT, "a question");
    let (session_id, turn_id, _) = sim.asked.remove(0);
    sim.input(&Input::TurnFailed { session_id, turn_id, reason: "away".to_owned() }).unwrap();
    sim
}

/// Which text, what happens, and who gets it.
type Scene = (TextId, fn() -> Sim, &'static [&'static str]);

const SCENES: [Scene; 20] = [
    (TextId::Welcome, || alone(&[]), &[CAT]),
    (
        TextId::ConsentRequest,
        || {
            let mut sim = Sim::double_opt_in();
            sim.text(CAT, "hello");
            sim
        },
        &[CAT],
    ),
    (TextId::OptInConfirmation, || alone(&["STOP", "START"]), &[CAT]),
    (TextId::OptOutConfirmation, || says("STOP"), &[CAT]),
    (TextId::TopicOptOutConfirmation, stop_after_an_offer, &[CAT]),
    (TextId::OptOutClarification, || says("not interested"), &[CAT]),
    (TextId::Help, || says("HELP"), &[CAT]),
    (TextId::AiDisclosure, agreed_elsewhere, &[CAT]),
    (TextId::InactivityWarning, || idle(35), &[ANN, BOB, CAT]),
    (TextId::ClosingSummary, || idle(60), &[ANN, BOB, CAT]),
    (TextId::WindowReminder, waiting_on_whatsapp, &[CAT]),
    (TextId::JoinAnnouncement, || says("hello"), &[ANN, BOB, CAT]),
    (TextId::JoinFailed, || says("join AAAAAAAAAA"), &[CAT]),
    (TextId::JoinLimited, wrong_codes, &[CAT]),
    (TextId::JoinAlready, own_code, &[CAT]),
    (TextId::LeaveAnnouncement, || says("leave"), &[ANN, BOB]),
    (TextId::LeftGroup, || says("leave"), &[CAT]),
    (TextId::Invitation, || says("invite"), &[CAT]),
    (TextId::NameSet, || says("name Cat"), &[CAT]),
    (TextId::CognitionUnavailable, no_answer, &[ANN, BOB, CAT]),
];

/// Whose phones got this text.
fn audience(sim: &Sim, id: TextId) -> Vec<&'static str> {
    let said = |text: &String| {
        let own = sim.store.outbound.values().filter(|message| message.queued.text_id == Some(id));
        own.into_iter().any(|message| message.queued.content.words() == text)
    };
    [ANN, BOB, CAT].into_iter().filter(|who| sim.twilio.phone(&at(who)).iter().any(said)).collect()
}

#[test]
fn every_text_that_is_written_reaches_those_whom_it_is_for_and_nobody_else() {
    for (id, scene, expected) in SCENES {
        assert_eq!(audience(&scene(), id), expected, "{}", id.as_str());
    }
}

#[test]
fn every_text_that_is_not_for_calls_has_its_scene() {
    let mut shown: Vec<TextId> = SCENES.iter().map(|(id, ..)| *id).collect();
    shown.sort_unstable();
    let written: Vec<TextId> = TextId::ALL.into_iter().filter(|id| !id.is_spoken()).collect();
    assert_eq!(shown, written);
}
