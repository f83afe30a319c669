//! What members of a group write to the channel alone, and what Twilio relays before somebody is out.

use jiff::SignedDuration;
use si_channel_core::event::{ConsentState, Event, LeaveReason};
use si_channel_core::input::Input;
use si_channel_core::session::Session;

use crate::support::{ANN, BOB, CAT, Hook, Sim, at, plain};

const NOTHING: [&str; 0] = [];

fn state(sim: &Sim, person: &str) -> ConsentState {
    sim.store.ledgers[&at(person)].state()
}

fn group_with(hook: Hook) -> (Sim, Session) {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    sim.hook = hook;
    let session = sim.session(ANN);
    (sim, session)
}

#[test]
fn an_opt_out_counts_once_by_whatever_door_and_the_others_go_on() {
    for hook in Hook::ALL {
        let (mut sim, session) = group_with(hook);
        sim.text(CAT, "stop!");
        let heard = sim.heard(CAT);
        assert_eq!(heard.len(), 1, "{hook:?}: one confirmation: {heard:?}");
        assert_eq!(state(&sim, CAT), ConsentState::Revoked, "{hook:?}");
        assert_eq!(sim.kinds(&format!("consent/{CAT}")), ["consent.granted", "consent.revoked"], "{hook:?}");
        let relayed = !matches!(hook, Hook::Works | Hook::Twice);
        let mut told = vec!["+15551110003 left the conversation.".to_owned()];
        if relayed {
            told.insert(0, "stop!".to_owned());
        }
        assert_eq!(sim.heard(ANN), told, "{hook:?}");
        assert_eq!(sim.count("message.overheard"), usize::from(relayed), "{hook:?}");
        let now = sim.session(ANN);
        assert_eq!((now.overheard, now.members.len()), (u64::from(relayed), 2), "{hook:?}");
        let said = sim.transcript(&session.id);
        assert_eq!(said.iter().filter(|text| text.ends_with(": stop!")).count(), 1, "{hook:?}: {said:?}");
        sim.hook = Hook::Works;
        sim.text(ANN, "who is left?");
        assert_eq!(sim.heard(BOB).last().map(String::as_str), Some("You said: who is left?"));
        assert_eq!(sim.heard(CAT), NOTHING, "{hook:?}");
    }
}

#[test]
fn a_change_of_mind_is_two_asides_and_a_repeated_question_is_one() {
    let (mut sim, _) = group_with(Hook::Works);
    sim.text(BOB, "help");
    sim.text(BOB, "help");
    assert_eq!(sim.count("help.requested"), 1, "asked again within seconds, it is Twilio that asks again");
    sim.pass(SignedDuration::from_secs(30));
    sim.text(BOB, "help");
    assert_eq!(sim.count("help.requested"), 2);
    sim.paused = true;
    for (word, then) in
        [("STOP", ConsentState::Revoked), ("START", ConsentState::Granted), ("STOP", ConsentState::Revoked)]
    {
        sim.text(CAT, word);
        assert_eq!(state(&sim, CAT), then);
    }
    assert_eq!(sim.count("message.withheld"), 5);
}

#[test]
fn an_opt_out_that_is_taken_at_once_is_not_lifted_by_what_was_written_before_it() {
    let (mut sim, _) = group_with(Hook::Works);
    sim.deaf = true;
    sim.text(BOB, "yes");
    sim.text(BOB, "STOP");
    sim.deaf = false;
    sim.settle();
    assert_eq!(state(&sim, BOB), ConsentState::Revoked);
    assert!(sim.session(ANN).member(&at(BOB)).is_none());
}

#[test]
fn f42_what_twilio_relays_between_an_opt_out_and_the_removal_is_counted_and_shown() {
    let (mut sim, session) = group_with(Hook::Works);
    sim.paused = true;
    sim.text(CAT, "STOP");
    sim.text(ANN, "before Cat is out");
    sim.paused = false;
    sim.settle();
    sim.text(ANN, "after");
    let relayed: Vec<_> = sim
        .events(session.id.as_str())
        .filter_map(|event| match event {
            Event::RelayedAgainstConsent { address, reason, .. } => Some((address, reason)),
            _ => None,
        })
        .collect();
    assert_eq!(relayed, [(at(CAT), LeaveReason::OptedOut)]);
    assert_eq!(sim.session(ANN).barred[0].relayed, 1);
    let shown = sim.entries(&session.id).into_iter().filter(|entry| entry.text.contains("against_consent"));
    assert_eq!(shown.count(), 1);
    let heard = sim.heard(CAT);
    assert!(heard.contains(&"+15551110001: before Cat is out".to_owned()), "{heard:?}");
    assert!(!heard.iter().any(|text| text.contains("after") || text.starts_with("You said")), "{heard:?}");
}

#[test]
fn f42_what_was_handed_over_before_an_opt_out_is_counted_when_twilio_takes_it_after() {
    let (mut sim, session) = group_with(Hook::Works);
    let send = plain("for all");
    sim.paused = true;
    sim.input(&Input::SendToSession { session_id: session.id.clone(), send, correlation_id: None }).unwrap();
    let outbound_id = sim.outbound("for all").id().clone();
    sim.decide(&Input::SendClaimed { outbound_id: outbound_id.clone() }).unwrap();
    sim.text(CAT, "STOP");
    let (message_sid, index, at) = ("IM00000000000000000000000000000099".to_owned(), Some(9), sim.now);
    sim.input(&Input::SendAccepted { outbound_id, message_sid, index, shown: None, at }).unwrap();
    assert_eq!(sim.count("message.relayed_against_consent"), 1);
}

#[test]
fn who_opted_out_and_is_put_into_a_group_at_twilio_is_out_at_once_and_that_is_recorded() {
    let (mut sim, session) = group_with(Hook::Works);
    sim.text(CAT, "STOP");
    sim.heard(ANN);
    sim.heard(CAT);
    let (sid, now) = (session.conversation_sid.unwrap().to_string(), sim.now);
    let sender = sim.policy.senders.whatsapp.clone().unwrap();
    sim.twilio.add(&sid, &at(CAT), &sender, now).unwrap();
    sim.settle();
    assert_eq!(sim.twilio.find(&sid).people.len(), 2);
    let left = sim.events(session.id.as_str()).filter(|event| {
        matches!(event, Event::ParticipantLeft { address, reason: LeaveReason::OptedOut } if *address == at(CAT))
    });
    assert_eq!(left.count(), 2);
    sim.text(ANN, "hello?");
    assert_eq!(sim.heard(CAT), NOTHING);
}

#[test]
fn what_concerns_one_member_goes_to_that_phone_alone() {
    for (said, part, alone) in [
        ("help", "help, contact", true),
        ("invite", "text JOIN", true),
        ("join AAAAAAAAAA", "does not let you in", true),
        ("name Bob", "now see you as Bob", true),
        ("stop", "You have opted out", true),
        ("leave", "You left the group", true),
        ("leave", "left the conversation", false),
    ] {
        let mut sim = Sim::group(&[ANN, CAT, BOB]);
        sim.text(CAT, said);
        let got = |sim: &mut Sim, who| sim.heard(who).iter().filter(|text| text.contains(part)).count();
        let (to_cat, to_ann, to_bob) = (got(&mut sim, CAT), got(&mut sim, ANN), got(&mut sim, BOB));
        let expected = if alone { (1, 0, 0) } else { (0, 1, 1) };
        assert_eq!((to_cat, to_ann, to_bob), expected, "{said}: {part}");
    }
}

#[test]
fn a_keyword_counts_once_by_both_doors_while_the_others_are_still_on_their_way_in() {
    let mut sim = Sim::with(&[ANN, CAT]);
    let code = sim.code(CAT);
    sim.paused = true;
    sim.text(ANN, &format!("join {code}"));
    sim.hook = Hook::Overtaken;
    sim.text(CAT, "help");
    assert_eq!(sim.count("help.requested"), 1);
}
