//! Joining by code, speaking with names, leaving, being moved.

use jiff::SignedDuration;
use si_channel_core::effect::Effect;
use si_channel_core::event::ConsentState;
use si_channel_core::event::{CloseReason, Event, LeaveReason, Person};
use si_channel_core::input::Input;
use si_channel_core::outbound::OutboundState;
use si_channel_core::rejection::Rejection;
use si_channel_core::screen::{Offered, Verdict, screen};
use si_channel_core::session::{Presence, SessionState};

use crate::support::{ANN, BOB, CAT, Cognition, SMS, Sim, WHATSAPP, at};

const NOTHING: [&str; 0] = [];

fn invite(sim: &mut Sim, session: &str, person: &str) -> Result<(), Rejection> {
    let session_id = sim.session(session).id;
    sim.input(&Input::InvitePerson { session_id, address: at(person), name: None }).map(drop)
}

#[test]
fn people_join_by_code_and_see_each_other_with_names() {
    let mut sim = Sim::with(&[ANN, BOB, CAT]);
    sim.text(ANN, "invite");
    let invitation = sim.heard(ANN).remove(0);
    let code = sim.session(ANN).join_code.unwrap().code;
    assert_eq!(
        invitation,
        format!("To join our conversation, text JOIN {code} to {SMS} (SMS) or +15550002222 (WhatsApp)")
    );
    sim.text(BOB, &format!("Join {} Bob", code.to_lowercase()));
    assert_eq!(sim.heard(ANN), ["Bob joined the conversation."]);
    assert_eq!(sim.heard(BOB), ["Bob joined the conversation."]);
    sim.text(CAT, &format!("JOIN {code}"));
    assert_eq!(sim.heard(ANN), ["+15551110003 joined the conversation."]);
    sim.heard(BOB);
    sim.heard(CAT);
    sim.text(BOB, "who is here?");
    assert_eq!(sim.heard(ANN), ["Bob: who is here?", "You said: who is here?"]);
    assert_eq!(sim.heard(CAT), ["Bob: who is here?", "You said: who is here?"]);
    assert_eq!(sim.heard(BOB), ["You said: who is here?"]);
    let session = sim.session(ANN).id;
    assert!(sim.transcript(&session).contains(&format!("{BOB}: who is here?")), "without the label");
    let bobs = sim.sessions(BOB);
    assert_eq!(bobs.len(), 2);
    assert!(bobs.iter().any(|own| own.id != session && own.close_reason == Some(CloseReason::Empty)));
}

#[test]
fn a_wrong_code_is_refused_and_too_many_shut_out_even_the_right_one() {
    let mut sim = Sim::with(&[ANN, BOB]);
    let code = sim.code(ANN);
    for _ in 0..sim.policy.join.failures {
        sim.text(BOB, "join AAAAAAAAAA");
        assert!(sim.heard(BOB)[0].contains("does not let you in"));
    }
    sim.text(BOB, &format!("join {code}"));
    assert!(sim.heard(BOB)[0].contains("too many codes"));
    assert_ne!(sim.session(BOB).id, sim.session(ANN).id);
    sim.pass(sim.policy.join.window);
    sim.text(ANN, "hi");
    let code = sim.code(ANN);
    sim.text(BOB, &format!("join {code}"));
    assert_eq!(sim.session(BOB).id, sim.session(ANN).id);
}

#[test]
fn a_code_stops_working_in_time_and_is_renewed_before() {
    let mut sim = Sim::with(&[ANN, BOB]);
    sim.policy.inactivity.warn_after = SignedDuration::from_hours(1_000);
    let code = sim.code(ANN);
    sim.pass(SignedDuration::from_hours(13));
    let newer = sim.code(ANN);
    assert_ne!(code, newer, "half its life is over");
    sim.pass(SignedDuration::from_hours(25));
    sim.text(BOB, &format!("join {newer}"));
    assert_ne!(sim.session(BOB).id, sim.session(ANN).id);
    let bobs = sim.session(BOB).id;
    let refused = sim.events(bobs.as_str()).find_map(|event| match event {
        Event::JoinRefused { reason, .. } => Some(reason),
        _ => None,
    });
    assert_eq!(refused.as_deref(), Some("code_expired"));
}

#[test]
fn a_full_session_and_ones_own_let_nobody_in() {
    let mut sim = Sim::with(&[ANN, BOB]);
    sim.policy.join.max_people = 1;
    let code = sim.code(ANN);
    for (person, reason) in [(BOB, "session_full"), (ANN, "already_in_session")] {
        sim.text(person, &format!("join {code}"));
        let id = sim.session(person).id;
        assert!(
            sim.events(id.as_str()).any(|e| matches!(e, Event::JoinRefused { reason: r, .. } if r == reason)),
            "{reason}"
        );
    }
}

#[test]
fn those_who_are_on_their_way_count_for_the_limit() {
    let mut sim = Sim::with(&[ANN, BOB, CAT]);
    sim.policy.join.max_people = 2;
    let code = sim.code(ANN);
    sim.paused = true;
    sim.text(BOB, &format!("join {code}"));
    sim.text(CAT, &format!("join {code}"));
    sim.paused = false;
    sim.settle();
    assert!(sim.session(ANN).member(&at(BOB)).is_some());
    assert!(sim.session(ANN).member(&at(CAT)).is_none());
}

#[test]
fn a_move_that_is_interrupted_is_finished_when_it_is_repeated() {
    let mut sim = Sim::with(&[ANN, BOB]);
    let code = sim.code(ANN);
    sim.paused = true;
    sim.text(BOB, &format!("join {code} Bob"));
    let Some(Effect::MovePerson { to_conversation_sid, from_conversation_sid, person, .. }) =
        sim.pending().into_iter().find(|effect| matches!(effect, Effect::MovePerson { .. }))
    else {
        panic!("{:?}", sim.pending())
    };
    // The process dies after the first half; the webhook of it comes before the second half.
    let now = sim.now;
    sim.twilio.remove(from_conversation_sid.unwrap().as_str(), &person.address, now);
    sim.settle();
    assert!(sim.open(BOB).is_none());
    // And once more after the whole, before it was recorded.
    let moved = sim.move_in(&to_conversation_sid, &person);
    assert!(moved.is_some());
    sim.settle();
    sim.paused = false;
    sim.settle();
    assert_eq!(sim.session(BOB).id, sim.session(ANN).id);
    assert_eq!(sim.heard(ANN), ["Bob joined the conversation."], "once");
    assert_eq!(sim.session(ANN).members.len(), 2);
}

#[test]
fn a_text_written_between_the_two_steps_is_answered() {
    // Its webhooks may be decided before the move is recorded, or after.
    for late in [false, true] {
        let mut sim = Sim::with(&[ANN, BOB]);
        let code = sim.code(ANN);
        sim.paused = true;
        sim.text(BOB, &format!("join {code} Bob"));
        let bobs = sim.session(BOB);
        sim.tick();
        let now = sim.now;
        sim.twilio.remove(bobs.conversation_sid.unwrap().as_str(), &at(BOB), now);
        sim.deaf = late;
        sim.text(BOB, "am I in?");
        sim.paused = false;
        sim.settle();
        sim.deaf = false;
        sim.minutes(1);
        assert_eq!(sim.session(BOB).id, sim.session(ANN).id, "late: {late}");
        assert!(sim.heard(BOB).contains(&"You said: am I in?".to_owned()), "late: {late}");
        let said: Vec<_> = sim.sessions(BOB).iter().flat_map(|session| sim.transcript(&session.id)).collect();
        let texts = said.iter().filter(|text| **text == format!("{BOB}: am I in?")).count();
        assert_eq!(texts, 1, "late: {late}");
    }
}

#[test]
fn joining_twice_while_on_the_way_moves_once() {
    let mut sim = Sim::with(&[ANN, BOB]);
    let code = sim.code(ANN);
    sim.paused = true;
    sim.text(BOB, &format!("join {code}"));
    sim.text(BOB, &format!("join {code}"));
    let moves = sim.pending().iter().filter(|e| matches!(e, Effect::MovePerson { .. })).count();
    assert_eq!(moves, 1);
    sim.paused = false;
    sim.settle();
    assert_eq!(sim.heard(ANN).len(), 1);
}

#[test]
fn a_move_that_fails_leaves_the_person_where_they_were() {
    let mut sim = Sim::with(&[ANN, BOB]);
    let code = sim.code(ANN);
    let before = sim.session(BOB).id;
    sim.twilio.refuses = sim.session(ANN).conversation_sid.map(|sid| sid.to_string());
    sim.text(BOB, &format!("join {code}"));
    assert_eq!(sim.session(BOB).id, before);
    assert!(sim.heard(BOB)[0].contains("does not let you in"));
    assert!(!sim.session(ANN).is_group());
    sim.text(BOB, "well then");
    assert_eq!(sim.heard(BOB), ["You said: well then"]);
    assert_eq!(sim.sessions(BOB).len(), 2, "and was for a moment in the other");
}

#[test]
fn a_move_into_a_session_that_closed_meanwhile_gives_one_of_ones_own() {
    let mut sim = Sim::with(&[ANN, BOB]);
    let code = sim.code(ANN);
    sim.paused = true;
    sim.text(BOB, &format!("join {code}"));
    let ann = sim.session(ANN);
    let conversation = ann.conversation_sid.unwrap().to_string();
    sim.twilio.close(&conversation);
    sim.settle();
    sim.paused = false;
    sim.settle();
    assert_eq!(sim.store.sessions[&ann.id].state, SessionState::Closed);
    assert_ne!(sim.session(BOB).id, ann.id);
    assert!(sim.heard(BOB)[0].contains("does not let you in"));
}

#[test]
fn names_are_given_changed_and_put_before_texts() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.text(BOB, "name Robert");
    assert_eq!(sim.heard(BOB), ["The others now see you as Robert."], "alone");
    assert_eq!(sim.heard(ANN), NOTHING, "the command itself is nobody else's");
    sim.text(BOB, "hi");
    assert_eq!(sim.heard(ANN)[0], "Robert: hi");
}

#[test]
fn a_label_that_does_not_fit_leaves_the_text_alone() {
    let sim = Sim::group(&[ANN, BOB]);
    let session = sim.session(ANN);
    let bob = at(BOB);
    let label = "+15551110002: ".chars().count();
    let granted = ConsentState::Granted;
    let screened = |body: &str, attributes: &str| {
        screen(&session, &Offered { author: &bob, body, attributes, files: false }, granted, &sim.policy)
    };
    assert!(matches!(screened(&"x".repeat(1600 - label), "{}"), Verdict::Relabelled { .. }));
    assert_eq!(screened(&"x".repeat(1601 - label), "{}"), Verdict::Unchanged);
    assert_eq!(screened("hi", "[]"), Verdict::Unchanged);
    let full = serde_json::json!({ "a": "x".repeat(4_080) }).to_string();
    assert_eq!(screened("hi", &full), Verdict::Unchanged);
    let Verdict::Relabelled { body, .. } = screened("", "{}") else { panic!() };
    assert_eq!(body, "+15551110002:", "a picture alone is named too");
    let (ann, cat) = (at(ANN), at(CAT));
    let hi = |author| Offered { author, body: "hi", attributes: "{}", files: false };
    assert_eq!(screen(&session, &hi(&cat), granted, &sim.policy), Verdict::Unchanged, "a stranger");
    let alone = Sim::with(&[ANN]);
    assert_eq!(screen(&alone.session(ANN), &hi(&ann), granted, &alone.policy), Verdict::Unchanged);
}

#[test]
fn a_long_relabelled_text_is_whole_in_the_transcript() {
    let mut sim = Sim::group(&[ANN, BOB]);
    let long = "ü".repeat(1_500);
    sim.text(BOB, &long);
    assert_eq!(sim.heard(ANN)[0], format!("+15551110002: {long}"));
    let id = sim.session(ANN).id;
    assert!(sim.transcript(&id).contains(&format!("{BOB}: {long}")));
}

#[test]
fn who_leaves_gets_a_conversation_of_their_own_and_the_others_are_told() {
    // The webhook of the removal may come before the effect's own result.
    for webhook_first in [false, true] {
        let mut sim = Sim::group(&[ANN, BOB, CAT]);
        let group = sim.session(ANN).id;
        if webhook_first {
            sim.paused = true;
            sim.text(BOB, "leave");
            let sid = sim.session(ANN).conversation_sid.unwrap().to_string();
            let now = sim.now;
            sim.twilio.remove(&sid, &at(BOB), now);
            sim.settle();
            sim.paused = false;
            sim.settle();
        } else {
            sim.text(BOB, "leave");
        }
        let heard = sim.heard(BOB);
        assert!(heard.iter().any(|text| text.contains("You left the group")), "{heard:?}");
        let own = sim.session(BOB);
        assert_ne!(own.id, group);
        assert_eq!(own.previous_session_id, Some(group.clone()));
        assert!(sim.heard(ANN).contains(&"+15551110002 left the conversation.".to_owned()));
        sim.heard(CAT);
        sim.text(BOB, "now alone");
        assert_eq!(sim.heard(BOB), ["You said: now alone"]);
        assert_eq!(sim.heard(ANN), NOTHING);
        sim.text(ANN, "go on");
        assert_eq!(sim.heard(CAT).len(), 2);
        assert_eq!(sim.heard(BOB), NOTHING);
    }
}

#[test]
fn who_writes_while_leaving_has_the_text_answered_and_is_told() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.paused = true;
    sim.text(BOB, "leave");
    let sid = sim.session(ANN).conversation_sid.unwrap().to_string();
    let now = sim.now;
    sim.deaf = true;
    sim.twilio.remove(&sid, &at(BOB), now);
    sim.text(BOB, "what now?");
    // Twilio's webhooks in another order: the new conversation first.
    sim.twilio.webhooks.rotate_left(1);
    sim.deaf = false;
    sim.settle();
    sim.paused = false;
    sim.settle();
    let heard = sim.heard(BOB);
    assert!(heard.contains(&"You said: what now?".to_owned()), "{heard:?}");
    assert_eq!(heard.iter().filter(|text| text.contains("You left the group")).count(), 1, "{heard:?}");
    assert_ne!(sim.session(BOB).id, sim.session(ANN).id);
}

#[test]
fn a_late_text_from_a_group_does_not_bring_its_author_back() {
    let mut sim = Sim::group(&[ANN, BOB]);
    let group = sim.session(ANN);
    sim.deaf = true;
    sim.text(BOB, "written before leaving");
    sim.deaf = false;
    let late = sim.twilio.webhooks.pop_front().unwrap();
    sim.text(BOB, "leave");
    assert_ne!(sim.session(BOB).id, group.id);
    let own = sim.session(BOB).id;
    sim.deliver(&late);
    sim.settle();
    assert_eq!(sim.session(BOB).id, own);
    assert!(sim.session(ANN).member(&at(BOB)).is_none());
    assert!(sim.transcript(&group.id).contains(&format!("{BOB}: written before leaving")));
    assert!(sim.heard(BOB).contains(&"You said: written before leaving".to_owned()));
}

#[test]
fn the_owner_closes_for_all_and_another_only_leaves() {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    let group = sim.session(ANN).id;
    sim.text(BOB, "close");
    assert_ne!(sim.session(BOB).id, group);
    sim.heard(CAT);
    sim.text(ANN, "close");
    assert_eq!(sim.store.sessions[&group].state, SessionState::Closed);
    assert_eq!(sim.store.sessions[&group].close_reason, Some(CloseReason::Person));
    assert!(sim.heard(CAT).last().unwrap().contains("This conversation is now closed"));
}

#[test]
fn stop_by_a_member_takes_only_them_out() {
    for stopper in [BOB, CAT] {
        let mut sim = Sim::group(&[ANN, BOB, CAT]);
        let group = sim.session(ANN);
        let other = if stopper == BOB { CAT } else { BOB };
        sim.text(stopper, "STOP");
        let confirmation = usize::from(stopper == CAT);
        assert_eq!(sim.heard(stopper).len(), confirmation, "{stopper}");
        assert!(
            !sim.twilio
                .find(group.conversation_sid.unwrap().as_str())
                .people
                .iter()
                .any(|(_, p, _)| *p == at(stopper))
        );
        sim.heard(other);
        sim.text(ANN, "still here?");
        assert_eq!(sim.heard(other), ["+15551110001: still here?", "You said: still here?"]);
        assert_eq!(sim.heard(stopper), NOTHING);
        sim.text(stopper, "start");
        sim.heard(stopper);
        sim.text(stopper, "alone again");
        assert_eq!(sim.heard(stopper), ["You said: alone again"]);
    }
}

#[test]
fn what_is_queued_for_a_group_waits_until_who_stopped_is_out() {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    let session_id = sim.session(ANN).id;
    sim.paused = true;
    let send = crate::support::plain("for all");
    sim.input(&Input::SendToSession { session_id, send, correlation_id: None }).unwrap();
    sim.text(BOB, "STOP");
    sim.paused = false;
    sim.settle();
    sim.minutes(1);
    assert!(sim.heard(ANN).contains(&"for all".to_owned()));
    assert!(sim.heard(CAT).contains(&"for all".to_owned()));
    assert_eq!(sim.heard(BOB), NOTHING);
}

#[test]
fn somebody_whom_twilio_shows_but_who_never_consented_is_taken_out_before_anything_is_sent() {
    let mut sim = Sim::with(&[ANN]);
    let session = sim.session(ANN);
    let sid = session.conversation_sid.unwrap().to_string();
    let now = sim.now;
    sim.twilio.add(&sid, &at(BOB), &at(SMS), now).unwrap();
    sim.settle();
    assert!(!sim.session(ANN).is_group(), "they are taken out at once");
    assert_eq!(sim.twilio.find(&sid).people.len(), 1);
    sim.send(ANN, "news").unwrap();
    sim.text(ANN, "hello");
    sim.minutes(1);
    assert!(sim.heard(ANN).contains(&"You said: hello".to_owned()));
    let left: Vec<_> = sim
        .events(session.id.as_str())
        .filter_map(|e| match e {
            Event::ParticipantLeft { reason, .. } => Some(reason),
            _ => None,
        })
        .collect();
    assert_eq!(left, [LeaveReason::NoConsent]);
    assert_eq!(sim.state("You said: hello"), OutboundState::Accepted);
}

#[test]
fn a_message_to_one_address_reaches_that_person_alone_even_in_a_group() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.send(BOB, "your balance is 5").unwrap();
    assert_eq!(sim.heard(BOB), ["your balance is 5"]);
    assert_eq!(sim.heard(ANN), NOTHING);
}

#[test]
fn the_answer_to_a_private_question_does_not_follow_its_author_into_a_group() {
    let mut sim = Sim::with(&[ANN, BOB]);
    let code = sim.code(ANN);
    sim.cognition = Cognition::Later;
    sim.text(BOB, "what is my balance?");
    sim.text(BOB, &format!("join {code}"));
    sim.heard(ANN);
    sim.answer("it is 5").unwrap();
    sim.minutes(1);
    assert!(sim.heard(BOB).contains(&"it is 5".to_owned()));
    assert_eq!(sim.heard(ANN), NOTHING);
}

#[test]
fn the_api_invites_only_who_consented_and_moves_them_from_where_they_are() {
    let mut sim = Sim::with(&[ANN, BOB]);
    assert_eq!(invite(&mut sim, ANN, CAT).unwrap_err(), Rejection::NoConsent);
    invite(&mut sim, ANN, BOB).unwrap();
    assert_eq!(sim.session(BOB).id, sim.session(ANN).id);
    assert_eq!(invite(&mut sim, ANN, BOB).unwrap_err(), Rejection::AlreadySo);
    sim.text(BOB, "stop");
    assert_eq!(invite(&mut sim, ANN, BOB).unwrap_err(), Rejection::OptedOut);
}

#[test]
fn somebody_without_a_session_is_added_by_the_api() {
    let mut sim = Sim::with(&[ANN, CAT]);
    sim.text(CAT, "close");
    sim.heard(CAT);
    invite(&mut sim, ANN, CAT).unwrap();
    let session = sim.session(CAT);
    assert_eq!(session.id, sim.session(ANN).id);
    assert_eq!(session.member(&at(CAT)).unwrap().presence, Presence::Present);
    assert_eq!(sim.heard(CAT), ["+15551110003 joined the conversation."]);
}

#[test]
fn the_api_takes_somebody_out_without_a_word() {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    let session_id = sim.session(ANN).id;
    let remove = Input::RemovePerson { session_id, address: at(BOB) };
    sim.input(&remove).unwrap();
    assert!(sim.session(ANN).member(&at(BOB)).is_none());
    assert_eq!(sim.heard(ANN), NOTHING);
    assert_eq!(sim.heard(BOB), NOTHING);
    assert!(matches!(sim.input(&remove).unwrap_err(), Rejection::NotFound(_)));
}

#[test]
fn a_repeated_result_of_a_move_changes_nothing() {
    let mut sim = Sim::group(&[ANN, BOB]);
    let to_session_id = sim.session(ANN).id;
    let from_session_id =
        sim.sessions(BOB).into_iter().map(|s| s.id).find(|id| *id != to_session_id).unwrap();
    let sid = sim.session(ANN).member(&at(BOB)).unwrap().person.participant_sid.clone();
    let person = Person { address: at(BOB), sender: at(SMS), participant_sid: sid, name: None };
    let events = sim.store.events.len();
    let again = Input::PersonMoved { from_session_id, to_session_id, person };
    assert_eq!(sim.input(&again).unwrap_err(), Rejection::AlreadySo);
    assert_eq!(sim.store.events.len(), events);
}

#[test]
fn the_sender_of_each_channel_serves_its_own() {
    let sim = Sim::group(&[ANN, CAT]);
    let session = sim.session(ANN);
    assert_eq!(session.member(&at(CAT)).unwrap().person.sender, at(WHATSAPP));
    assert_eq!(session.member(&at(ANN)).unwrap().person.sender, at(SMS));
}

#[test]
fn what_is_for_one_person_is_not_shown_to_who_joins_before_it_is_sent() {
    let mut sim = Sim::with(&[ANN, CAT]);
    let code = sim.code(CAT);
    sim.paused = true;
    sim.text(CAT, "stop");
    sim.send(CAT, "no").unwrap_err();
    sim.text(CAT, "start");
    sim.send(CAT, "your balance is 5").unwrap();
    sim.text(ANN, &format!("join {code}"));
    // The move overtakes what is queued.
    let Some(Effect::MovePerson { to_conversation_sid, from_session_id, to_session_id, person, .. }) =
        sim.pending().into_iter().find(|effect| matches!(effect, Effect::MovePerson { .. }))
    else {
        panic!()
    };
    let person = sim.move_in(&to_conversation_sid, &person).unwrap();
    sim.input(&Input::PersonMoved { from_session_id, to_session_id, person }).unwrap();
    sim.paused = false;
    sim.minutes(1);
    let heard = sim.heard(CAT);
    assert!(heard.iter().any(|text| text.contains("opted in")), "{heard:?}");
    assert!(heard.contains(&"your balance is 5".to_owned()), "{heard:?}");
    assert_eq!(sim.heard(ANN), ["+15551110001 joined the conversation."]);
}

#[test]
fn an_opt_out_on_the_way_elsewhere_does_not_hold_up_those_who_stay() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.text(CAT, "hi");
    let code = sim.code(CAT);
    let session_id = sim.session(ANN).id;
    sim.paused = true;
    let send = crate::support::plain("for all");
    sim.input(&Input::SendToSession { session_id, send, correlation_id: None }).unwrap();
    sim.text(BOB, &format!("join {code}"));
    let evidence = si_channel_core::event::Evidence::default();
    sim.input(&Input::told(at(BOB), false, evidence)).unwrap();
    sim.paused = false;
    sim.minutes(1);
    assert!(sim.heard(ANN).contains(&"for all".to_owned()));
    assert_eq!(sim.heard(BOB), NOTHING);
    sim.text(CAT, "hello");
    sim.minutes(1);
    assert!(sim.heard(CAT).contains(&"You said: hello".to_owned()));
    assert_eq!(sim.heard(BOB), NOTHING);
}

#[test]
fn who_opted_out_while_a_move_failed_is_out_before_anything_is_sent() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.text(CAT, "hi");
    let code = sim.code(CAT);
    sim.twilio.refuses = sim.session(CAT).conversation_sid.map(|sid| sid.to_string());
    sim.paused = true;
    sim.text(BOB, &format!("join {code}"));
    let evidence = si_channel_core::event::Evidence::default();
    sim.input(&Input::told(at(BOB), false, evidence)).unwrap();
    sim.text(ANN, "anybody?");
    sim.paused = false;
    sim.minutes(1);
    assert!(sim.heard(ANN).contains(&"You said: anybody?".to_owned()));
    assert!(sim.session(ANN).member(&at(BOB)).is_none());
    assert!(!sim.heard(BOB).contains(&"You said: anybody?".to_owned()));
}

#[test]
fn an_opt_out_on_the_way_in_takes_the_person_out_of_neither_place_twice() {
    let mut sim = Sim::with(&[ANN, CAT]);
    let code = sim.code(ANN);
    sim.paused = true;
    sim.text(CAT, &format!("join {code}"));
    let evidence = si_channel_core::event::Evidence::default();
    sim.input(&Input::told(at(CAT), false, evidence)).unwrap();
    sim.text(ANN, "hello");
    sim.paused = false;
    sim.minutes(1);
    assert!(sim.heard(ANN).contains(&"You said: hello".to_owned()));
    assert_eq!(sim.heard(CAT), NOTHING);
    assert!(!sim.session(ANN).is_group());
}
