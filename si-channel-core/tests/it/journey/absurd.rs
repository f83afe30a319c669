//! Texts that nobody in their right mind writes, and machines that answer machines.

use si_channel_core::event::{ConsentState, Event};

use crate::support::{ANN, BOB, CAT, Sim, at, pair};

#[test]
fn absurd_texts_are_asked_about_like_any_other() {
    for text in [
        "🛑".repeat(1600),
        "👩\u{200d}👩\u{200d}👧\u{200d}👦".repeat(400),
        "\u{202e}\u{202d}\u{2066}stop right there\u{2069}".to_owned(),
        "Z\u{301}\u{302}\u{303}\u{304}".repeat(400),
        "﷽".repeat(1600),
        "stop ".repeat(320),
        "'".repeat(1600),
        ",".repeat(1600),
        "a,".repeat(800),
        " \t\n".repeat(500),
        "\u{0}x\u{0}".to_owned(),
        "%00%0d%0aBcc: x".to_owned(),
    ] {
        let mut sim = Sim::with(&[ANN]);
        sim.text(ANN, &text);
        assert_eq!(sim.store.ledgers[&at(ANN)].state(), ConsentState::Granted);
        assert_eq!(sim.count("turn.requested"), 2, "{:?}", text.chars().take(9).collect::<String>());
        assert!(sim.store.events.iter().all(|event| !event.data.to_string().contains("\\u0000")));
    }
}

#[test]
fn f56_controls_in_a_text_are_gone_when_it_is_taken_in() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "a\u{0}b\u{1b}[31mc\r\nd");
    let session = sim.session(ANN);
    let text = sim.events(session.id.as_str()).filter_map(|event| match event {
        Event::MessageReceived(received) => Some(received.text),
        _ => None,
    });
    assert_eq!(text.last().unwrap(), "ab[31mc\r\nd");
}

#[test]
fn a_text_of_nul_alone_is_empty_and_a_stop_with_one_stops() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "st\u{0}op");
    assert_eq!(sim.store.ledgers[&at(ANN)].state(), ConsentState::Revoked);
    sim.text(BOB, "\u{0}");
    assert_eq!(sim.store.ledgers[&at(BOB)].state(), ConsentState::Granted);
}

#[test]
fn fifty_files_are_all_kept_with_their_message() {
    let mut sim = Sim::with(&[ANN]);
    sim.deaf = true;
    sim.text(ANN, "look");
    let mut pairs = sim.twilio.webhooks.pop_front().unwrap();
    let file = |n: u32| {
        format!(
            r#"{{"Sid":"ME{n:032x}","ContentType":"image/jpeg","Size":5,"Filename":"{}.jpg"}}"#,
            "x".repeat(300)
        )
    };
    let media: Vec<String> = (1..=50).map(file).collect();
    pairs.push(pair("Media", &format!("[{}]", media.join(","))));
    sim.deaf = false;
    sim.deliver(&pairs);
    sim.settle();
    let session = sim.session(ANN);
    let files = sim.events(session.id.as_str()).find_map(|event| match event {
        Event::MessageReceived(received) if !received.media.is_empty() => Some(received.media.len()),
        _ => None,
    });
    assert_eq!(files, Some(50));
    assert_eq!(sim.count("turn.requested"), 2);
}

const AWAY: &str = "Thank you for your message no. 4711. I am out of office until Monday.";

/// The machine answers, three seconds after it was written to.
fn away(sim: &mut Sim) {
    sim.pass(jiff::SignedDuration::from_secs(3));
    sim.text(CAT, AWAY);
}

#[test]
fn f52_two_machines_that_answer_each_other_are_parted_and_it_is_told() {
    let mut sim = Sim::with(&[CAT]);
    for _ in 0..20 {
        away(&mut sim);
    }
    let answers = sim.heard(CAT).len();
    assert_eq!(answers, sim.policy.loops.exchanges - 1, "then nothing more is said");
    assert_eq!(sim.count("session.loop_cut"), 1);
    // Everything is still on record, and keywords work.
    assert_eq!(sim.count("message.received"), 21);
    sim.text(CAT, "HELP");
    assert_eq!(sim.heard(CAT).len(), 1);
}

#[test]
fn f52_a_person_who_writes_something_new_is_answered_again_at_once() {
    let mut sim = Sim::with(&[CAT]);
    for _ in 0..10 {
        away(&mut sim);
    }
    assert_eq!(sim.heard(CAT).len(), sim.policy.loops.exchanges - 1);
    sim.text(CAT, "Sorry about that, what time do you open?");
    assert_eq!(sim.heard(CAT).len(), 1);
}

#[test]
fn f52_after_the_pause_answers_are_given_again() {
    let mut sim = Sim::with(&[CAT]);
    sim.policy.loops.pause = jiff::SignedDuration::from_mins(5);
    for _ in 0..10 {
        away(&mut sim);
    }
    sim.heard(CAT);
    sim.minutes(6);
    sim.text(CAT, AWAY);
    assert_eq!(sim.heard(CAT).len(), 1);
}

#[test]
fn f52_loops_are_left_alone_where_the_policy_says_so() {
    let mut sim = Sim::with(&[CAT]);
    sim.policy.loops.exchanges = 0;
    sim.policy.loops.quick_exchanges = 0;
    for _ in 0..40 {
        away(&mut sim);
    }
    assert_eq!(sim.heard(CAT).len(), 40);
}
