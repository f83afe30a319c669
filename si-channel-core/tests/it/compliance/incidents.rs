//! Opt-outs that went wrong elsewhere, each named after the thread in which it was told.

use si_channel_core::event::{ConsentMethod, ConsentState, Event, MessageClass};
use si_channel_core::input::Input;
use si_channel_core::outbound::OutboundState;

use super::script::{Fate, Stage, Step, TURNED_DOWN, informs};
use crate::support::{ANN, BOB, CAT, Cognition, Fault, Sim, at};

use ConsentState::{Granted, Revoked};
use Fate::{Arrives, OptedOut, Queued};
use MessageClass::Informational;
use Step::{Became, By, Fails, Hears, Known, Paused, Policy, Says, Sends, Stands, With};

fn play<'a>(person: &'a str, steps: &[Step<'a>]) -> Stage<'a> {
    let mut stage = Stage::new(person);
    for step in steps {
        stage.play(step, &format!("{step:?}"));
    }
    stage
}

/// A refusal of one number switched texts off for the whole person, for good and without a word.
#[test]
fn rock_5581_a_block_is_that_phones_is_told_and_ends_with_start() {
    let mut stage = Stage::new(ANN);
    for person in [ANN, BOB] {
        stage.sim.text(person, "hi");
        let account_id = "account-1".to_owned();
        stage
            .sim
            .input(&Input::MergePerson {
                address: at(person),
                account_id,
                visitor_id: format!("visitor_{person}"),
                name: None,
            })
            .unwrap();
    }
    for step in [
        Fails(Fault::Refused { code: 21610 }),
        informs("news", TURNED_DOWN),
        Stands(Revoked),
        By(ConsentMethod::CarrierBlock),
        // Another phone of the same account is written to all along.
        With(BOB),
        Stands(Granted),
        informs("for Bob", Arrives),
        With(ANN),
        Says("START"),
        Stands(Granted),
        informs("welcome back", Arrives),
    ] {
        stage.play(&step, &format!("{step:?}"));
    }
    let told = stage
        .sim
        .events(&format!("consent/{ANN}"))
        .any(|event| matches!(event, Event::ConsentRevoked { method: ConsentMethod::CarrierBlock, .. }));
    assert!(told);
}

/// The confirmation never came: it was refused like any other message to somebody who had opted out.
#[test]
fn rock_7049_the_confirmation_is_exempt_and_comes_once_whatever_goes_wrong() {
    for faults in [
        vec![],
        vec![Fault::Busy, Fault::Busy],
        vec![Fault::Unclear { taken: true }],
        vec![Fault::Unclear { taken: false }],
        vec![Fault::Death { taken: true }],
        vec![Fault::Death { taken: false }],
    ] {
        let mut sim = Sim::with(&[CAT]);
        sim.faults.extend(faults.iter().copied());
        sim.text(CAT, "STOP");
        sim.minutes(4);
        let heard = sim.heard(CAT);
        assert_eq!(heard.len(), 1, "{faults:?}: {heard:?}");
        assert!(heard[0].contains("You have opted out"), "{faults:?}");
    }
}

/// STOP was answered by Twilio and never taken in: every campaign went on writing to people who had opted out.
#[test]
fn episphere_1104_stop_and_start_are_taken_in_although_twilio_answers_them() {
    play(
        ANN,
        &[
            Known,
            Says("STOP"),
            Stands(Revoked),
            informs("news", OptedOut),
            Says("START"),
            Stands(Granted),
            informs("news", Arrives),
        ],
    );
}

/// … and where the news of it is lost, the first refusal tells, and nothing is tried after it.
#[test]
fn episphere_1104_a_stop_that_was_not_heard_of_is_learned_from_the_first_refusal() {
    let mut stage = play(ANN, &[Known, Paused(true), informs("first", Queued), informs("second", Queued)]);
    stage.sim.faults.extend([Fault::Refused { code: 21610 }; 2]);
    for step in [
        Paused(false),
        Became("first", OutboundState::Failed),
        Became("second", OutboundState::Cancelled),
        Stands(Revoked),
        informs("third", OptedOut),
    ] {
        stage.play(&step, &format!("{step:?}"));
    }
    assert_eq!(stage.sim.faults.len(), 1, "Twilio was asked once");
}

/// A second confirmation after Twilio's own met the block; too many such refusals cost the right to send.
#[test]
fn spoke_2184_after_twilios_own_confirmation_nothing_is_handed_to_twilio() {
    let mut stage = play(ANN, &[Known, Paused(true), informs("queued", Queued)]);
    let handed_over =
        |stage: &Stage<'_>| stage.sim.store.outbound.values().map(|message| message.attempts).sum::<u32>();
    let before = handed_over(&stage);
    for step in [
        Says("STOP"),
        Paused(false),
        Says("stop"),
        Says("UNSUBSCRIBE"),
        Says("why do you still write?"),
        informs("news", OptedOut),
        Hears(&[]),
    ] {
        stage.play(&step, &format!("{step:?}"));
    }
    assert_eq!(handed_over(&stage), before);
}

/// Twilio's keyword handling was not on for the number, and nobody else stopped either.
#[test]
fn ex_twilio_127_without_twilios_handling_the_channel_stops_and_says_so() {
    play(
        ANN,
        &[
            Policy(r#"{"carrier_keywords":{"+15550001111":"none"}}"#),
            Known,
            Says("STOP"),
            Hears(&["opted out"]),
            Stands(Revoked),
            informs("news", OptedOut),
        ],
    );
}

/// Keywords went into whatever dialogue was under way, and START as well.
#[test]
fn rapidpro_519_keywords_come_before_the_dialogue_that_is_under_way() {
    let mut sim = Sim::with(&[CAT]);
    sim.cognition = Cognition::Later;
    sim.text(CAT, "a question");
    sim.text(CAT, "STOP");
    sim.answer("an answer").unwrap();
    let heard = sim.heard(CAT);
    assert!(heard.len() == 1 && heard[0].contains("opted out"), "{heard:?}");
    sim.text(CAT, "START");
    assert!(sim.asked.is_empty(), "nobody is asked what START means");
    assert!(sim.heard(CAT)[0].contains("opted in"));
}

/// A block met by one campaign left the others of the same kind going on.
#[test]
fn citizenlab_14473_a_block_ends_every_purpose_even_where_opt_outs_are_by_topic() {
    play(
        ANN,
        &[
            Policy(r#"{"revocation":"topic"}"#),
            Known,
            Fails(Fault::Refused { code: 21610 }),
            Sends(Informational, "offers", "10 % off", TURNED_DOWN),
            Stands(Revoked),
            Sends(Informational, "delivery", "on its way", OptedOut),
            informs("news", OptedOut),
        ],
    );
}

/// There was no list of who had opted out, when and how, for those who have to answer for it.
#[test]
fn promptly_159_every_opt_out_and_opt_in_is_an_event_and_a_record_with_its_proof() {
    let stage = play(CAT, &[Known, Says("stop"), Says("START"), Says("please stop texting me")]);
    let acts: Vec<(bool, ConsentMethod)> = stage
        .sim
        .events(&format!("consent/{CAT}"))
        .filter_map(|event| match event {
            Event::ConsentGranted { method, evidence, .. } => Some((true, method, evidence)),
            Event::ConsentRevoked { method, evidence, .. } => Some((false, method, evidence)),
            _ => None,
        })
        .map(|(granted, method, evidence)| {
            assert!(evidence.message_sid.is_some(), "{method:?}");
            (granted, method)
        })
        .collect();
    assert_eq!(
        acts,
        [
            (true, ConsentMethod::InboundMessage),
            (false, ConsentMethod::Keyword),
            (true, ConsentMethod::Keyword),
            (false, ConsentMethod::Phrase),
        ]
    );
    let records = stage.sim.store.audit.iter().filter(|entry| entry.address == Some(at(CAT)));
    let opt_outs = records.filter(|entry| entry.body.contains(r#""kind":"opt_out""#)).count();
    assert_eq!(opt_outs, 2);
}
