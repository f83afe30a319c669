//! What a day may cost.

use jiff::{SignedDuration, Timestamp};
use si_channel_core::event::{Event, MessageClass};
use si_channel_core::hours::HoursProfile;
use si_channel_core::input::SendMessage;
use si_channel_core::outbound::OutboundState;
use si_channel_core::policy::CarrierKeywords;

use crate::support::{ANN, BOB, SMS, Sim, at, plain};

/// Ann and Bob are known, it is six o'clock, and a day may have ten segments.
fn ten_a_day() -> Sim {
    let mut sim = Sim::new();
    sim.now = "2026-11-23T18:00:00Z".parse().unwrap();
    sim.policy.quiet_hours.profile = HoursProfile::Off;
    sim.policy.inactivity.warn_after = SignedDuration::from_hours(1_000);
    sim.policy.carrier_keywords.insert(at(SMS), CarrierKeywords::None);
    for person in [ANN, BOB] {
        sim.text(person, "hello");
        sim.heard(person);
    }
    sim.policy.spend.account = 10.0;
    sim
}

fn message(class: MessageClass, text: &str) -> SendMessage {
    SendMessage { class, ..plain(text) }
}

/// How many of so many messages reach Ann at once.
fn sent(sim: &mut Sim, class: MessageClass, count: usize) -> usize {
    sim.heard(ANN);
    for n in 0..count {
        sim.send_with(ANN, message(class, &format!("{class:?} {n}"))).unwrap();
    }
    sim.heard(ANN).len()
}

#[test]
fn past_the_ceiling_offers_stop_first_then_information_then_answers_and_opt_outs_never() {
    let mut sim = ten_a_day();
    assert_eq!(sent(&mut sim, MessageClass::Marketing, 20), 8);
    assert_eq!(sent(&mut sim, MessageClass::Informational, 3), 1);
    assert_eq!(sent(&mut sim, MessageClass::Reply, 3), 1);
    assert_eq!(sent(&mut sim, MessageClass::Transactional, 3), 3);
    assert_eq!(sim.count("spend.ceiling_reached"), 3, "once for each class");
    sim.text(ANN, "STOP");
    let heard = sim.heard(ANN);
    assert!(heard.len() == 1 && heard[0].contains("opted out"), "{heard:?}");
}

#[test]
fn what_is_past_the_ceiling_waits_for_midnight_in_its_order_or_is_refused_with_the_reason() {
    let mut sim = ten_a_day();
    assert_eq!(sent(&mut sim, MessageClass::Marketing, 10), 8);
    let waiting = sim.outbound("Marketing 8").postponed.clone().unwrap();
    assert_eq!(waiting.reason, "spend_ceiling");
    let midnight: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
    assert_eq!(waiting.until, midnight);
    // An answer is not worth sending so late.
    assert_eq!(sent(&mut sim, MessageClass::Reply, 3), 2);
    assert_eq!(sim.state("Reply 2"), OutboundState::Expired);
    let session = sim.session(ANN).id.to_string();
    let why = sim.events(&session).find_map(|event| match event {
        Event::MessageExpired { reason, .. } => reason,
        _ => None,
    });
    assert_eq!(why.as_deref(), Some("spend_ceiling"));
    let left = midnight.duration_since(sim.now);
    sim.pass(left + SignedDuration::from_secs(1));
    assert_eq!(sim.heard(ANN), ["Marketing 8", "Marketing 9"]);
    assert_eq!(sent(&mut sim, MessageClass::Marketing, 10), 6);
}

#[test]
fn the_ceiling_of_a_country_leaves_others_alone_and_what_is_refused_is_not_counted() {
    let mut sim = ten_a_day();
    sim.policy.spend.account = 20.0;
    sim.policy.spend.countries.insert("FR".to_owned(), 5.0);
    let french = "+33612345678";
    sim.text(french, "bonjour");
    let before = sim.heard(french).len();
    assert_eq!(before, 2, "the welcome and the answer");
    for n in 0..10 {
        sim.send_with(french, message(MessageClass::Marketing, &format!("offre {n}"))).unwrap();
    }
    let heard = sim.heard(french).len();
    assert!(heard < 4, "{heard}");
    let told = sim.count("spend.ceiling_reached");
    assert_eq!(told, 1);
    assert!(sent(&mut sim, MessageClass::Marketing, 20) > 8);
}
