//! Outbound messages: once, in time, in order, with everything Twilio tells about them.

use jiff::SignedDuration;
use si_channel_core::event::{Event, ReceiptStatus, Transport};
use si_channel_core::input::Input;
use si_channel_core::normalize;
use si_channel_core::outbound::OutboundState;
use si_channel_core::rejection::Rejection;

use crate::support::{ACCOUNT, ANN, BOB, CAT, Fault, SMS, Sim, Twilio, account, at, pair, plain};

const NOTHING: [&str; 0] = [];

/// Ann's session, a message to her that Twilio has taken, and what its receipts need.
fn sent() -> (Sim, String, String, String) {
    let mut sim = Sim::with(&[ANN]);
    sim.send(ANN, "news").unwrap();
    let session = sim.session(ANN);
    let conversation = session.conversation_sid.unwrap().to_string();
    let participant = session.members[0].person.participant_sid.as_ref().unwrap().to_string();
    let message = sim.outbound("news").message_sid.clone().unwrap();
    (sim, conversation, message, participant)
}

#[test]
fn receipts_in_any_order_and_twice_end_at_the_furthest_with_a_whole_history() {
    use ReceiptStatus::{Delivered, Read, Sent};
    for order in [
        ["sent", "delivered", "read"],
        ["read", "delivered", "sent"],
        ["delivered", "read", "sent"],
        ["delivered", "sent", "read"],
    ] {
        let (mut sim, conversation, message, participant) = sent();
        for status in order.iter().chain(&order) {
            sim.deliver(&Twilio::receipt(&conversation, &message, &participant, status, 0));
        }
        sim.settle();
        assert_eq!(sim.state("news"), OutboundState::Read, "{order:?}");
        let receipt = &sim.outbound("news").receipts[&participant];
        assert_eq!(receipt.status, Read);
        let mut heard: Vec<_> = receipt.heard.iter().map(|(status, _)| *status).collect();
        assert_eq!(heard.len(), 3);
        heard.sort();
        assert_eq!(heard, [Sent, Delivered, Read]);
        assert_eq!(sim.count("message.read"), 1);
    }
}

#[test]
fn a_failure_after_the_delivery_does_not_take_it_back() {
    let (mut sim, conversation, message, participant) = sent();
    for (status, error) in [("delivered", 0), ("failed", 30003)] {
        sim.deliver(&Twilio::receipt(&conversation, &message, &participant, status, error));
    }
    sim.settle();
    assert_eq!(sim.state("news"), OutboundState::Delivered);
    assert_eq!(sim.outbound("news").error_code, None);
}

#[test]
fn in_a_group_the_message_is_as_far_as_everybody_got_it() {
    let mut sim = Sim::group(&[ANN, BOB, CAT]);
    let session_id = sim.session(ANN).id;
    sim.input(&Input::SendToSession { session_id, send: plain("to all"), correlation_id: None }).unwrap();
    let session = sim.session(ANN);
    let conversation = session.conversation_sid.clone().unwrap().to_string();
    let message = sim.outbound("to all").message_sid.clone().unwrap();
    let people: Vec<String> =
        session.members.iter().map(|m| m.person.participant_sid.clone().unwrap().to_string()).collect();
    for (person, status, expected) in [
        (0, "sent", OutboundState::Sent),
        (0, "delivered", OutboundState::Delivered),
        (1, "sent", OutboundState::Sent),
        (1, "undelivered", OutboundState::Delivered),
        (2, "read", OutboundState::Delivered),
        (0, "read", OutboundState::Read),
    ] {
        sim.deliver(&Twilio::receipt(&conversation, &message, &people[person], status, 0));
        sim.settle();
        assert_eq!(sim.state("to all"), expected, "{person} {status}");
    }
}

#[test]
fn f41_a_receipt_that_comes_before_its_message_waits_for_it() {
    let mut sim = Sim::with(&[ANN]);
    let session = sim.session(ANN);
    let conversation = session.conversation_sid.unwrap();
    let participant_sid = session.members[0].person.participant_sid.clone().unwrap();
    let input = Input::ReceiptArrived {
        conversation_sid: conversation,
        message_sid: "IM00000000000000000000000000000099".to_owned(),
        participant_sid,
        status: ReceiptStatus::Sent,
        error_code: None,
        at: sim.now,
    };
    assert!(matches!(sim.decide(&input), Err(Rejection::TooEarly(_))));
}

#[test]
fn receipts_of_a_relayed_text_show_in_the_transcript() {
    let mut sim = Sim::group(&[ANN, BOB]);
    let session = sim.session(ANN);
    sim.text(BOB, "hello all");
    let conversation = session.conversation_sid.clone().unwrap().to_string();
    let message = sim.last_from(&conversation, BOB);
    let ann = session.members[0].person.participant_sid.clone().unwrap().to_string();
    for status in ["delivered", "sent"] {
        sim.deliver(&Twilio::receipt(&conversation, &message, &ann, status, 0));
    }
    sim.settle();
    let entry = sim.entries(&session.id).into_iter().find(|entry| entry.id == message).unwrap();
    assert_eq!(entry.status.as_deref(), Some("delivered"));
    assert_eq!(sim.count("message.relayed"), 2);
}

#[test]
fn an_answer_lost_after_twilio_took_the_message_gives_one_message() {
    for fault in [Fault::Unclear { taken: true }, Fault::Death { taken: true }] {
        // With the webhook of our own message, and without it.
        for deaf in [false, true] {
            let mut sim = Sim::with(&[ANN]);
            sim.deaf = deaf;
            sim.faults.push_back(fault);
            sim.send(ANN, "once").unwrap();
            sim.minutes(1);
            assert_eq!(sim.heard(ANN), ["once"], "{fault:?} {deaf}");
            assert_eq!(sim.state("once"), OutboundState::Accepted);
            sim.deaf = false;
            sim.settle();
            assert_eq!(sim.count("message.accepted"), 3, "welcome, answer, and this once");
        }
    }
}

#[test]
fn a_message_that_never_reached_twilio_is_sent_again_once() {
    for fault in [Fault::Unclear { taken: false }, Fault::Death { taken: false }] {
        let mut sim = Sim::with(&[ANN]);
        sim.faults.push_back(fault);
        sim.send(ANN, "once").unwrap();
        assert_eq!(sim.heard(ANN), NOTHING);
        sim.minutes(1);
        assert_eq!(sim.heard(ANN), ["once"], "{fault:?}");
        assert_eq!(sim.outbound("once").attempts, 2);
        assert!(sim.kinds(sim.session(ANN).id.as_str()).contains(&"message.unclear".to_owned()));
    }
}

#[test]
fn past_conversations_a_lost_message_is_not_sent_again_but_reported() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.faults.push_back(Fault::Unclear { taken: false });
    sim.send(BOB, "to you").unwrap();
    sim.minutes(1);
    assert_eq!(sim.heard(BOB), NOTHING);
    assert_eq!(sim.state("to you"), OutboundState::Failed);
    assert_eq!(sim.outbound("to you").reason.as_deref(), Some("unclear whether it was sent"));
    sim.policy.transport = Transport::Messaging;
    sim.text(ANN, "close");
    sim.text(BOB, "close");
    sim.minutes(1);
    sim.faults.push_back(Fault::Unclear { taken: false });
    sim.send(BOB, "on the old path").unwrap();
    sim.minutes(1);
    assert_eq!(sim.state("on the old path"), OutboundState::Failed);
}

#[test]
fn a_status_callback_before_the_answer_proves_that_twilio_has_the_message() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.faults.push_back(Fault::Unclear { taken: true });
    sim.paused = true;
    sim.send(BOB, "to you").unwrap();
    sim.paused = false;
    sim.carry_out();
    let id = sim.outbound("to you").id().clone();
    assert_eq!(sim.state("to you"), OutboundState::Unknown);
    let sid = sim.twilio.alone.last().unwrap().0.clone();
    for status in ["delivered", "queued", "sent", "delivered"] {
        let pairs = vec![
            pair("AccountSid", ACCOUNT),
            pair("MessageSid", &sid),
            pair("MessageStatus", status),
            pair("To", BOB),
            pair("From", SMS),
        ];
        let fact = normalize::status(&pairs, Some(id.as_str()), &account(), sim.now).unwrap();
        sim.take_in(fact);
    }
    sim.minutes(1);
    assert_eq!(sim.state("to you"), OutboundState::Delivered);
    assert_eq!(sim.heard(BOB), ["to you"]);
    assert_eq!(sim.outbound("to you").message_sid.as_deref(), Some(sid.as_str()));
}

#[test]
fn a_busy_twilio_is_tried_again_and_not_for_ever() {
    let mut sim = Sim::with(&[ANN]);
    sim.faults.extend([Fault::Busy; 3]);
    sim.send(ANN, "patient").unwrap();
    sim.minutes(1);
    assert_eq!(sim.heard(ANN), ["patient"]);
    assert_eq!(sim.outbound("patient").attempts, 4);
    sim.faults.extend([Fault::Busy; 100]);
    sim.send(ANN, "in vain").unwrap();
    sim.minutes(20);
    assert_eq!(sim.state("in vain"), OutboundState::Failed);
    assert_eq!(sim.outbound("in vain").attempts, sim.policy.retry.attempts);
}

#[test]
fn a_refusal_for_good_is_reported_with_twilios_code() {
    let mut sim = Sim::with(&[ANN]);
    sim.faults.push_back(Fault::Refused { code: 21617 });
    sim.send(ANN, "no").unwrap();
    assert_eq!(sim.state("no"), OutboundState::Failed);
    assert_eq!(sim.outbound("no").error_code, Some(21617));
    assert_eq!(sim.outbound("no").attempts, 1);
}

#[test]
fn a_message_too_late_is_not_sent() {
    let mut sim = Sim::with(&[ANN]);
    let mut send = plain("too late");
    send.expires_at = Some(sim.now + SignedDuration::from_mins(5));
    sim.paused = true;
    sim.send_with(ANN, send).unwrap();
    sim.minutes(6);
    sim.paused = false;
    sim.settle();
    assert_eq!(sim.state("too late"), OutboundState::Expired);
    assert_eq!(sim.heard(ANN), NOTHING);
}

#[test]
fn a_scheduled_message_goes_out_in_its_time_and_a_timer_that_fires_early_waits() {
    let mut sim = Sim::with(&[ANN]);
    let mut send = plain("in time");
    send.not_before = Some(sim.now + SignedDuration::from_mins(15));
    sim.send_with(ANN, send).unwrap();
    let outbound_id = sim.outbound("in time").id().clone();
    let session_id = sim.session(ANN).id;
    let kind = si_channel_core::effect::TimerKind::Scheduled { session_id, outbound_id };
    sim.store.timers.remove(&kind.key());
    sim.input(&Input::TimerFired { kind }).unwrap();
    sim.minutes(14);
    assert_eq!(sim.heard(ANN), NOTHING);
    sim.minutes(2);
    assert_eq!(sim.heard(ANN), ["in time"]);
}

#[test]
fn a_scheduled_message_whose_session_is_over_goes_out_in_the_persons_new_or_current_one() {
    for writes_again in [false, true] {
        let mut sim = Sim::with(&[ANN]);
        let mut send = plain("your appointment is today");
        send.not_before = Some(sim.now + SignedDuration::from_hours(5));
        let accepted = sim.send_with(ANN, send).unwrap();
        sim.minutes(4 * 60 + 45);
        assert!(sim.open(ANN).is_none());
        if writes_again {
            sim.text(ANN, "hello");
        }
        sim.heard(ANN);
        sim.minutes(20);
        assert_eq!(sim.heard(ANN), ["your appointment is today"]);
        let session = sim.session(ANN);
        let message = sim.outbound("your appointment");
        assert_eq!(message.session_id, session.id);
        assert!(accepted.outbound.contains_key(message.id()), "under the id that the caller was given");
        assert_eq!(session.previous_session_id, accepted.session_id);
        assert!(sim.transcript(&session.id).contains(&"si: your appointment is today".to_owned()));
    }
}

#[test]
fn a_scheduled_message_to_who_opted_out_meanwhile_is_cancelled() {
    let mut sim = Sim::with(&[CAT]);
    let mut send = plain("later");
    send.not_before = Some(sim.now + SignedDuration::from_hours(5));
    sim.send_with(CAT, send).unwrap();
    sim.minutes(60);
    sim.text(CAT, "stop");
    sim.heard(CAT);
    sim.minutes(5 * 60);
    assert_eq!(sim.heard(CAT), NOTHING);
    assert_eq!(sim.state("later"), OutboundState::Cancelled);
}

#[test]
fn a_message_in_the_queue_of_a_conversation_that_twilio_closed_moves_on() {
    let mut sim = Sim::with(&[ANN]);
    let first = sim.session(ANN);
    sim.paused = true;
    sim.send(ANN, "do not lose me").unwrap();
    sim.twilio.close(first.conversation_sid.unwrap().as_str());
    sim.settle();
    sim.paused = false;
    sim.minutes(1);
    assert_eq!(sim.heard(ANN), ["do not lose me"]);
    assert_ne!(sim.session(ANN).id, first.id);
    assert_eq!(sim.outbound("do not lose me").attempts, 1);
}

#[test]
fn long_texts_are_sent_in_parts_and_in_order() {
    let mut sim = Sim::with(&[ANN]);
    let long = "A sentence of some length, with words. ".repeat(120);
    sim.send(ANN, &long).unwrap();
    let heard = sim.heard(ANN);
    assert!(heard.len() >= 3);
    assert_eq!(heard.join(" "), long.trim());
    let parts: Vec<(u32, u32)> = sim
        .events(sim.session(ANN).id.as_str())
        .filter_map(|event| match event {
            Event::MessageQueued(q) if q.correlation_id.is_some() && q.turn_id.is_none() => {
                Some((q.part, q.parts))
            }
            _ => None,
        })
        .collect();
    let count = u32::try_from(heard.len()).unwrap();
    assert_eq!(parts, (1..=count).map(|part| (part, count)).collect::<Vec<_>>());
}

#[test]
fn an_empty_text_is_refused() {
    let mut sim = Sim::with(&[ANN]);
    assert!(matches!(sim.send(ANN, " \n"), Err(Rejection::Refused(_))));
}

#[test]
fn our_own_messages_are_recognised_when_they_come_back() {
    let mut sim = Sim::with(&[ANN]);
    sim.send(ANN, "news").unwrap();
    let session = sim.session(ANN);
    let texts = sim.transcript(&session.id);
    assert_eq!(texts.iter().filter(|text| text.ends_with("news")).count(), 1, "{texts:?}");
    assert_eq!(session.received, 1);
    let unknown = Input::OwnMessageSeen {
        outbound_id: si_channel_core::id::OutboundId::from_text("out_unknown"),
        message_sid: "IM1".to_owned(),
        index: None,
        at: sim.now,
    };
    assert!(matches!(sim.decide(&unknown), Err(Rejection::NotFound(_))));
}

#[test]
fn cancelling_works_as_long_as_the_message_waits() {
    let mut sim = Sim::with(&[ANN]);
    sim.paused = true;
    sim.send(ANN, "no, wait").unwrap();
    let outbound_id = sim.outbound("no, wait").id().clone();
    let cancel = Input::Cancel { outbound_id, reason: "requested".to_owned() };
    sim.input(&cancel).unwrap();
    assert_eq!(sim.input(&cancel).unwrap_err(), Rejection::AlreadySo);
    sim.paused = false;
    sim.settle();
    assert_eq!(sim.heard(ANN), NOTHING);
    assert_eq!(sim.store.sessions.len(), 1);
    assert!(sim.session(ANN).member(&at(ANN)).is_some());
}

#[test]
fn a_lost_message_is_not_taken_for_another_of_the_same_words() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.send(BOB, "same words").unwrap();
    let first = sim.outbound("same words").clone();
    sim.faults.push_back(Fault::Unclear { taken: false });
    let outcome = sim.send(BOB, "same words").unwrap();
    sim.minutes(1);
    let id = outcome.outbound.keys().next().unwrap();
    let second = &sim.store.outbound[id];
    assert_eq!((second.state, &second.message_sid), (OutboundState::Failed, &None));
    assert_eq!(sim.store.outbound[first.id()].message_sid, first.message_sid);
}

#[test]
fn what_failed_without_being_taken_is_sent_again_when_asked_and_only_that() {
    let mut sim = Sim::with(&[ANN]);
    sim.faults.push_back(Fault::Refused { code: 20422 });
    sim.send(ANN, "once more").unwrap();
    sim.settle();
    assert_eq!(sim.state("once more"), OutboundState::Failed);
    let resend = Input::Resend { outbound_id: sim.outbound("once more").id().clone() };
    sim.minutes(90);
    // Her session is closed by now.
    sim.heard(ANN);
    sim.input(&resend).unwrap();
    sim.minutes(1);
    assert_eq!(sim.heard(ANN), ["once more"]);
    assert!(matches!(sim.input(&resend), Err(Rejection::Refused(_))));
    assert_eq!(sim.count("message.retried"), 1);
}

#[test]
fn what_is_sent_again_asks_for_consent_again() {
    let mut sim = Sim::with(&[ANN]);
    sim.faults.push_back(Fault::Refused { code: 20422 });
    sim.send(ANN, "once more").unwrap();
    sim.settle();
    sim.text(ANN, "STOP");
    sim.settle();
    let heard = sim.heard(ANN);
    let resend = Input::Resend { outbound_id: sim.outbound("once more").id().clone() };
    sim.input(&resend).unwrap();
    sim.settle();
    assert_eq!(sim.state("once more"), OutboundState::Cancelled);
    assert_eq!(sim.heard(ANN), heard);
}

#[test]
fn an_outage_of_twilios_is_waited_out_for_as_long_as_the_message_is_worth_it() {
    let mut sim = Sim::with(&[ANN]);
    sim.faults.extend([Fault::Away; 30]);
    sim.send(ANN, "good morning").unwrap();
    sim.minutes(200);
    assert!(sim.heard(ANN).contains(&"good morning".to_owned()));
    assert!(sim.outbound("good morning").attempts > sim.policy.retry.attempts);
}

#[test]
fn an_outage_that_outlasts_a_message_lets_it_expire() {
    let mut sim = Sim::with(&[ANN]);
    sim.faults.extend([Fault::Away; 1_000]);
    sim.send(ANN, "good morning").unwrap();
    sim.pass(SignedDuration::from_hours(26));
    assert_eq!(sim.state("good morning"), OutboundState::Expired);
}
