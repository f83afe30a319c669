//! Onboarding, opting out, opting in again, help.

use si_channel_core::consent::ConsentLedger;
use si_channel_core::effect::Effect;
use si_channel_core::event::{ConsentMethod, ConsentState, Evidence};
use si_channel_core::input::Input;
use si_channel_core::outbound::OutboundState;
use si_channel_core::policy::CarrierKeywords;
use si_channel_core::rejection::Rejection;

use crate::support::{ANN, BOB, CAT, Fault, SMS, Sim, Twilio, at};

fn state(sim: &Sim, person: &str) -> ConsentState {
    sim.store.ledgers.get(&at(person)).map_or(ConsentState::Unknown, ConsentLedger::state)
}

#[test]
fn a_first_text_is_welcomed_and_answered() {
    let mut sim = Sim::new();
    sim.text(ANN, "hello");
    let heard = sim.heard(ANN);
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert!(heard[0].starts_with("Welcome to Acme"), "{heard:?}");
    assert_eq!(heard[1], "You said: hello");
    let ledger = &sim.store.ledgers[&at(ANN)];
    assert_eq!(ledger.standing.method, Some(ConsentMethod::InboundMessage));
    assert!(ledger.standing.evidence.message_sid.is_some());
    sim.text(ANN, "again");
    assert_eq!(sim.heard(ANN), ["You said: again"]);
}

#[test]
fn double_opt_in_holds_texts_until_yes_and_then_answers_them() {
    let mut sim = Sim::double_opt_in();
    sim.text(ANN, "hello");
    let heard = sim.heard(ANN);
    assert_eq!(heard.len(), 1);
    assert!(heard[0].contains("reply YES"), "{heard:?}");
    sim.text(ANN, "anybody there?");
    assert_eq!(sim.heard(ANN), [""; 0]);
    sim.text(ANN, "Yes!");
    let heard = sim.heard(ANN);
    assert!(heard[0].starts_with("Welcome"), "{heard:?}");
    assert_eq!(heard[1..], ["You said: hello", "You said: anybody there?"]);
    assert!(sim.session(ANN).held.is_empty());
}

#[test]
fn a_command_that_waited_for_consent_is_carried_out_and_not_asked_of_si() {
    let mut sim = Sim::with(&[BOB]);
    let code = sim.code(BOB);
    sim.policy.opt_in = si_channel_core::policy::OptIn::Double;
    sim.text(ANN, &format!("join {code} Ann"));
    sim.heard(ANN);
    sim.text(ANN, "yes");
    assert_eq!(sim.session(ANN).id, sim.session(BOB).id);
    assert!(sim.heard(BOB).iter().any(|text| text == "Ann joined the conversation."));
    assert_eq!(sim.count("turn.requested"), 1, "only Bob's first text");
}

#[test]
fn consent_recorded_elsewhere_answers_what_was_held() {
    let mut sim = Sim::double_opt_in();
    sim.text(ANN, "hello");
    sim.heard(ANN);
    let evidence = Evidence { source: Some("form".to_owned()), ..Evidence::default() };
    sim.input(&Input::told(at(ANN), true, evidence)).unwrap();
    assert_eq!(sim.heard(ANN), ["Acme: An AI assistant answers here.", "You said: hello"]);
}

#[test]
fn stop_while_consent_is_asked_for_drops_what_was_held() {
    let mut sim = Sim::double_opt_in();
    sim.text(CAT, "hello");
    sim.text(CAT, "stop");
    sim.heard(CAT);
    sim.text(CAT, "start");
    let heard = sim.heard(CAT);
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].contains("You are opted in"), "{heard:?}");
}

#[test]
fn start_as_the_first_text_is_consent_and_nothing_to_answer() {
    for mut sim in [Sim::new(), Sim::double_opt_in()] {
        sim.text(CAT, "START");
        let heard = sim.heard(CAT);
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(heard[0].starts_with("Welcome"));
        assert_eq!(state(&sim, CAT), ConsentState::Granted);
    }
}

#[test]
fn stop_on_sms_is_left_to_twilio() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "STOP");
    assert_eq!(sim.heard(ANN), [""; 0]);
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
    assert!(sim.store.outbound.values().all(|m| !m.queued.content.words().contains("opted out")));
    sim.text(ANN, "hello?");
    assert_eq!(sim.heard(ANN), [""; 0]);
}

#[test]
fn stop_on_whatsapp_is_confirmed_once() {
    let mut sim = Sim::with(&[CAT]);
    sim.text(CAT, "STOP");
    let heard = sim.heard(CAT);
    assert_eq!(heard.len(), 1);
    assert!(heard[0].contains("opted out"), "{heard:?}");
    for more in ["stop", "STOP!", "hello?"] {
        sim.text(CAT, more);
    }
    assert_eq!(sim.heard(CAT), [""; 0]);
    assert_eq!(sim.send(CAT, "news").unwrap_err(), Rejection::OptedOut);
}

#[test]
fn a_stop_that_twilio_would_not_see_on_sms_is_confirmed_by_the_channel() {
    for word in ["Stop.", "s t o p", "stop!!! 🛑", "opt out"] {
        let mut sim = Sim::with(&[ANN]);
        sim.text(ANN, word);
        let heard = sim.heard(ANN);
        assert_eq!(heard.len(), 1, "{word}: {heard:?}");
        assert_eq!(state(&sim, ANN), ConsentState::Revoked, "{word}");
    }
}

#[test]
fn stop_inside_a_sentence_is_an_ordinary_text() {
    let mut sim = Sim::with(&[ANN]);
    for text in ["Don't stop", "where is the bus stop", &format!("{} stop", "word ".repeat(300))] {
        sim.text(ANN, text);
        assert_eq!(sim.heard(ANN), [format!("You said: {text}")]);
    }
}

#[test]
fn on_a_sender_without_keyword_handling_sms_is_confirmed_too() {
    let mut sim = Sim::with(&[ANN]);
    sim.policy.carrier_keywords.insert(at(SMS), CarrierKeywords::None);
    sim.text(ANN, "STOP");
    assert!(sim.heard(ANN)[0].contains("opted out"));
    sim.text(ANN, "START");
    assert!(sim.heard(ANN)[0].contains("opted in"));
}

#[test]
fn help_is_answered_in_every_state_where_nobody_else_does() {
    let mut sim = Sim::double_opt_in();
    for (before, expected) in [
        ("HELP", ConsentState::Unknown),
        ("hello", ConsentState::Pending),
        ("yes", ConsentState::Granted),
        ("stop", ConsentState::Revoked),
    ] {
        sim.text(CAT, before);
        sim.heard(CAT);
        assert_eq!(state(&sim, CAT), expected);
        sim.text(CAT, "help");
        let heard = sim.heard(CAT);
        assert_eq!(heard.len(), 1, "{expected:?}: {heard:?}");
        assert!(heard[0].starts_with("Acme: For help"), "{heard:?}");
    }
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "HELP");
    assert_eq!(sim.heard(ANN), [""; 0], "Twilio answers it on SMS");
    assert_eq!(sim.count("help.requested"), 1);
}

#[test]
fn start_opens_again_and_each_opt_out_is_confirmed_once() {
    let mut sim = Sim::with(&[CAT]);
    for _ in 0..3 {
        sim.text(CAT, "stop");
        assert_eq!(sim.heard(CAT).len(), 1);
        sim.text(CAT, "START");
        assert!(sim.heard(CAT)[0].contains("opted in"));
        sim.text(CAT, "hi");
        assert_eq!(sim.heard(CAT), ["You said: hi"]);
    }
}

#[test]
fn yes_opens_again_on_sms_alone_since_twilio_lifts_its_block_there() {
    let mut sim = Sim::with(&[ANN, CAT]);
    for person in [ANN, CAT] {
        sim.text(person, "stop");
        sim.text(person, "yes");
    }
    assert_eq!(state(&sim, ANN), ConsentState::Granted);
    assert_eq!(state(&sim, CAT), ConsentState::Revoked);
}

#[test]
fn after_an_opt_out_an_answer_that_means_yes_is_none_of_twilios_words() {
    for answer in ["sí", "ja", "Yes!", "y e s"] {
        let mut sim = Sim::with(&[ANN]);
        sim.text(ANN, "stop");
        sim.text(ANN, answer);
        assert_eq!(state(&sim, ANN), ConsentState::Revoked, "{answer}");
        let mut asked = Sim::double_opt_in();
        asked.text(ANN, "hello");
        asked.text(ANN, answer);
        let expected = if answer == "y e s" { ConsentState::Pending } else { ConsentState::Granted };
        assert_eq!(state(&asked, ANN), expected, "{answer}");
    }
}

#[test]
fn yes_opens_nothing_on_a_toll_free_number() {
    let mut sim = Sim::new();
    sim.policy.senders.sms = Some(at("+18005550100"));
    sim.text(ANN, "hi");
    sim.text(ANN, "stop");
    sim.text(ANN, "yes");
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
    sim.text(ANN, "unstop");
    assert_eq!(state(&sim, ANN), ConsentState::Granted);
}

#[test]
fn f43_every_way_to_type_stop_in_any_language_ends_it_at_once() {
    for word in [
        "ｓｔｏｐ",
        "s t o p",
        "st\u{200b}op",
        "ѕтор",
        "ARRE\u{302}T",
        "\u{202e}stop\u{202c}",
        "退订",
        "стоп",
        "बंद",
    ] {
        let mut sim = Sim::with(&[CAT]);
        sim.text(CAT, word);
        assert_eq!(sim.heard(CAT).len(), 1, "{word}");
        assert_eq!(state(&sim, CAT), ConsentState::Revoked, "{word}");
    }
}

#[test]
fn start_from_another_address_changes_nothing_for_the_first() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "stop");
    sim.text(BOB, "start");
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
}

#[test]
fn what_is_queued_or_scheduled_is_cancelled_by_stop() {
    let mut sim = Sim::with(&[ANN]);
    let mut later = crate::support::plain("for later");
    later.not_before = Some(sim.now + jiff::SignedDuration::from_hours(1));
    sim.send_with(ANN, later).unwrap();
    sim.paused = true;
    sim.send(ANN, "queued").unwrap();
    sim.text(ANN, "STOP");
    sim.paused = false;
    sim.minutes(90);
    assert_eq!(sim.heard(ANN), [""; 0]);
    assert_eq!(sim.state("queued"), OutboundState::Cancelled);
    assert_eq!(sim.state("for later"), OutboundState::Cancelled);
    assert_eq!(sim.outbound("queued").reason.as_deref(), Some("opted_out"));
}

#[test]
fn a_message_in_flight_when_stop_comes_is_recorded_and_nothing_follows() {
    let mut sim = Sim::with(&[ANN]);
    sim.faults.push_back(Fault::Unclear { taken: true });
    sim.send(ANN, "in flight").unwrap();
    assert_eq!(sim.state("in flight"), OutboundState::Accepted, "the webhook told");
    sim.send(ANN, "next").unwrap();
    sim.heard(ANN);
    sim.text(ANN, "STOP");
    assert_eq!(sim.heard(ANN), [""; 0]);
}

#[test]
fn error_21610_on_sending_is_an_opt_out() {
    let mut sim = Sim::group(&[ANN, BOB]);
    sim.faults.push_back(Fault::Refused { code: 21610 });
    sim.send(BOB, "to you alone").unwrap();
    assert_eq!(state(&sim, BOB), ConsentState::Revoked);
    assert_eq!(sim.store.ledgers[&at(BOB)].standing.method, Some(ConsentMethod::CarrierBlock));
    assert!(sim.session(ANN).member(&at(BOB)).is_none(), "and out of the group");
}

#[test]
fn error_21610_on_a_receipt_is_an_opt_out() {
    let mut sim = Sim::with(&[ANN]);
    sim.send(ANN, "news").unwrap();
    let message = sim.outbound("news").message_sid.clone().unwrap();
    let session = sim.session(ANN);
    let participant = session.members[0].person.participant_sid.clone().unwrap();
    let conversation = session.conversation_sid.unwrap();
    sim.deliver(&Twilio::receipt(conversation.as_str(), &message, participant.as_str(), "failed", 21610));
    sim.settle();
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
    assert_eq!(sim.state("news"), OutboundState::Failed);
}

#[test]
fn error_21610_on_the_messaging_path_is_an_opt_out() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "close");
    sim.policy.transport = si_channel_core::event::Transport::Messaging;
    sim.faults.push_back(Fault::Refused { code: 21610 });
    sim.send(ANN, "news").unwrap();
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
}

#[test]
fn consent_withdrawn_by_the_api_stops_and_consent_given_again_opens() {
    let mut sim = Sim::with(&[ANN]);
    let told = |granted| Input::told(at(ANN), granted, Evidence::default());
    sim.input(&told(false)).unwrap();
    assert_eq!(sim.input(&told(false)).unwrap_err(), Rejection::AlreadySo);
    assert_eq!(sim.send(ANN, "x").unwrap_err(), Rejection::OptedOut);
    sim.input(&told(true)).unwrap();
    sim.send(ANN, "hello again").unwrap();
    assert_eq!(sim.heard(ANN), ["hello again"]);
}

#[test]
fn somebody_who_never_consented_is_not_written_to() {
    let mut sim = Sim::new();
    assert_eq!(sim.send(ANN, "buy").unwrap_err(), Rejection::NoConsent);
    assert!(sim.store.sessions.is_empty());
    let open = Input::OpenSession {
        address: at(ANN),
        name: None,
        language: None,
        attributes: serde_json::json!({}),
    };
    assert_eq!(sim.input(&open).unwrap_err(), Rejection::NoConsent);
}

#[test]
fn stop_that_reaches_a_closed_conversation_still_counts_and_is_confirmed() {
    let mut sim = Sim::with(&[CAT]);
    let conversation = sim.session(CAT).conversation_sid.unwrap().to_string();
    sim.text(CAT, "close");
    sim.heard(CAT);
    let now = sim.now;
    sim.twilio.inbound(&conversation, &at(CAT), "stop", None, now);
    sim.settle();
    assert_eq!(state(&sim, CAT), ConsentState::Revoked);
    assert!(sim.heard(CAT)[0].contains("opted out"));
    assert!(sim.open(CAT).is_none());
}

#[test]
fn the_withheld_number_is_nobody() {
    let mut sim = Sim::new();
    sim.text("+266696687", "hello");
    assert!(sim.store.sessions.is_empty());
    assert!(sim.store.ledgers.is_empty());
}

#[test]
fn an_opt_out_asks_to_cancel_before_anything_else() {
    let mut sim = Sim::with(&[ANN]);
    sim.paused = true;
    sim.text(ANN, "STOP");
    assert!(
        sim.pending()
            .iter()
            .any(|e| matches!(e, Effect::CancelQueued { address, .. } if *address == at(ANN)))
    );
}
