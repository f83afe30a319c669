//! Quiet hours: what waits for the morning, and what is looked at again then.

use jiff::{SignedDuration, Timestamp};
use si_channel_core::event::{Event, MessageClass};
use si_channel_core::hours::HoursProfile;
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::outbound::OutboundState;
use si_channel_core::place::{self, Zone};
use si_channel_core::rules::{Assistant, Rules, SetFile};

use crate::support::{CAT, Sim, at, plain};

/// In New York, where the federal hours hold: 8 to 21.
const NEW_YORKER: &str = "+12125550101";
const OTHER: &str = "+12125550102";
/// In Florida: 8 to 20, Eastern at area level.
const FLORIDIAN: &str = "+18505550101";

fn utc(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Somebody who has written, and then the clock of New York.
fn at_night(person: &str, wall_clock: &str) -> Sim {
    let mut sim = Sim::new();
    sim.policy.inactivity.warn_after = SignedDuration::from_hours(1_000);
    sim.now = utc("2026-11-16T15:00:00Z");
    sim.text(person, "hi");
    until(&mut sim, wall_clock);
    sim.heard(person);
    sim
}

fn until(sim: &mut Sim, wall_clock: &str) {
    let moment = wall_clock.parse::<jiff::civil::DateTime>().unwrap().in_tz("America/New_York").unwrap();
    let now = sim.now;
    sim.pass(moment.timestamp().duration_since(now));
}

fn offer(text: &str) -> SendMessage {
    let expires_at = Some(utc("2026-12-31T00:00:00Z"));
    SendMessage { class: MessageClass::Marketing, expires_at, ..plain(text) }
}

fn locate(sim: &mut Sim, person: &str, time_zone: &str) {
    let input = Input::LocatePerson {
        address: at(person),
        evidence: place::Evidence::Person,
        place: None,
        time_zone: Some(time_zone.parse::<Zone>().unwrap()),
    };
    sim.input(&input).unwrap();
}

#[test]
fn f48_an_offer_at_20_59_59_goes_out_and_one_at_21_00_00_waits_for_8_00() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T20:59:59");
    sim.send_with(NEW_YORKER, offer("before")).unwrap();
    assert_eq!(sim.heard(NEW_YORKER), ["before"]);

    until(&mut sim, "2026-11-17T21:00:00");
    sim.send_with(NEW_YORKER, offer("after")).unwrap();
    assert_eq!(sim.state("after"), OutboundState::Queued);
    let held = sim.outbound("after").postponed.clone().unwrap();
    assert_eq!(held.until, utc("2026-11-18T13:00:00Z"));
    assert_eq!(
        (held.rule.rule.as_str(), held.rule.version.as_str()),
        ("quiet_hours/us-federal", "2026-11-21")
    );
    let session = sim.outbound("after").session_id.to_string();
    let postponed = sim.events(&session).find(|event| matches!(event, Event::MessagePostponed { .. }));
    let Some(Event::MessagePostponed { zones, until: told, .. }) = postponed else {
        panic!("nothing tells of it")
    };
    assert_eq!((zones[0].name(), told), ("America/New_York", held.until));

    until(&mut sim, "2026-11-18T07:59:59");
    assert_eq!(sim.heard(NEW_YORKER), [""; 0]);
    until(&mut sim, "2026-11-18T08:00:01");
    assert_eq!(sim.heard(NEW_YORKER), ["after"]);
}

#[test]
fn a_reply_does_not_wait_behind_an_offer_that_does() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T22:00:00");
    sim.send_with(NEW_YORKER, offer("an offer")).unwrap();
    sim.text(NEW_YORKER, "are you there?");
    assert_eq!(sim.heard(NEW_YORKER), ["You said: are you there?"]);
    assert_eq!(sim.state("an offer"), OutboundState::Queued);
    // What the person asked for and what rules demand goes out too; information by default.
    for class in [MessageClass::Transactional, MessageClass::Informational, MessageClass::Compliance] {
        let text = format!("{class:?}");
        sim.send_with(NEW_YORKER, SendMessage { class, ..plain(&text) }).unwrap();
        assert_eq!(sim.heard(NEW_YORKER), [text]);
    }
}

#[test]
fn a_reply_is_one_only_as_long_as_somebody_has_just_written() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T22:00:00");
    sim.policy.quiet_hours.informational = true;
    sim.policy.quiet_hours.reply_within = SignedDuration::from_hours(1);
    let reply = |text: &str| SendMessage { class: MessageClass::Reply, ..plain(text) };
    sim.send_with(NEW_YORKER, reply("late")).unwrap();
    assert_eq!(
        sim.state("late"),
        OutboundState::Expired,
        "a reply is worth an hour, and eight is ten hours away"
    );
    sim.text(NEW_YORKER, "hello?");
    sim.heard(NEW_YORKER);
    sim.send_with(NEW_YORKER, reply("prompt")).unwrap();
    assert_eq!(sim.heard(NEW_YORKER), ["prompt"]);
}

#[test]
fn held_messages_go_out_in_the_order_in_which_they_came() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T21:30:00");
    let texts: Vec<String> = (1..=12).map(|number| format!("offer {number}")).collect();
    for text in &texts {
        sim.send_with(NEW_YORKER, offer(text)).unwrap();
    }
    until(&mut sim, "2026-11-18T08:01:00");
    assert_eq!(sim.heard(NEW_YORKER), texts);
    assert_eq!(sim.count("message.postponed"), texts.len());
}

#[test]
fn what_is_held_when_its_session_closes_goes_out_in_the_next_one_in_order() {
    let mut sim = Sim::new();
    sim.now = utc("2026-11-18T02:30:00Z");
    sim.text(NEW_YORKER, "good night");
    let texts: Vec<String> = (1..=4).map(|number| format!("offer {number}")).collect();
    for text in &texts {
        sim.send_with(NEW_YORKER, offer(text)).unwrap();
    }
    until(&mut sim, "2026-11-18T07:00:00");
    assert!(sim.open(NEW_YORKER).is_none(), "the session has ended");
    sim.heard(NEW_YORKER);
    until(&mut sim, "2026-11-18T08:01:00");
    assert_eq!(sim.heard(NEW_YORKER), texts);
}

#[test]
fn f49_an_opt_out_during_the_night_cancels_what_waits_for_the_morning() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T21:30:00");
    sim.send_with(NEW_YORKER, offer("an offer")).unwrap();
    sim.text(NEW_YORKER, "STOP");
    sim.heard(NEW_YORKER);
    assert_eq!(sim.state("an offer"), OutboundState::Cancelled);
    until(&mut sim, "2026-11-18T09:00:00");
    assert_eq!(sim.heard(NEW_YORKER), [""; 0]);
}

#[test]
fn f49_what_would_open_too_late_expires_at_once_with_its_reason() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T21:30:00");
    let expires_at = Some(utc("2026-11-18T12:59:59Z"));
    sim.send_with(NEW_YORKER, SendMessage { expires_at, ..offer("tonight only") }).unwrap();
    assert_eq!(sim.state("tonight only"), OutboundState::Expired);
    assert_eq!(sim.outbound("tonight only").reason.as_deref(), Some("quiet_hours"));
}

#[test]
fn f49_a_retry_that_crosses_into_quiet_hours_waits_for_the_morning() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T20:59:59");
    sim.faults.extend([crate::support::Fault::Busy; 4]);
    sim.send_with(NEW_YORKER, offer("busy")).unwrap();
    until(&mut sim, "2026-11-17T22:00:00");
    assert_eq!(sim.heard(NEW_YORKER), [""; 0]);
    assert_eq!(
        sim.outbound("busy").postponed.as_ref().map(|held| held.until),
        Some(utc("2026-11-18T13:00:00Z"))
    );
    until(&mut sim, "2026-11-18T08:10:00");
    assert_eq!(sim.heard(NEW_YORKER), ["busy"]);
}

#[test]
fn f49_a_message_for_later_that_comes_due_in_quiet_hours_waits_on() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T12:00:00");
    let not_before = Some(utc("2026-11-18T03:00:00Z"));
    sim.send_with(NEW_YORKER, SendMessage { not_before, ..offer("scheduled") }).unwrap();
    until(&mut sim, "2026-11-17T23:00:00");
    assert_eq!(sim.outbound("scheduled").not_before(), Some(utc("2026-11-18T13:00:00Z")));
    until(&mut sim, "2026-11-18T08:01:00");
    assert_eq!(sim.heard(NEW_YORKER), ["scheduled"]);
}

#[test]
fn what_is_released_by_a_clock_that_is_ahead_waits_on_and_is_not_forgotten() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T22:00:00");
    sim.send_with(NEW_YORKER, offer("an offer")).unwrap();
    // Its timer fired where it is eight already, and the effect is taken up where it is not.
    sim.store.timers.clear();
    let outbound_id = sim.outbound("an offer").id().clone();
    sim.input(&Input::SendClaimed { outbound_id }).unwrap();
    assert_eq!(sim.state("an offer"), OutboundState::Queued);
    until(&mut sim, "2026-11-18T07:59:59");
    assert_eq!(sim.heard(NEW_YORKER), [""; 0]);
    until(&mut sim, "2026-11-18T08:00:01");
    assert_eq!(sim.heard(NEW_YORKER), ["an offer"]);
}

#[test]
fn what_is_held_can_be_cancelled() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T21:30:00");
    sim.send_with(NEW_YORKER, offer("never mind")).unwrap();
    let outbound_id = sim.outbound("never mind").id().clone();
    sim.input(&Input::Cancel { outbound_id, reason: "requested".to_owned() }).unwrap();
    until(&mut sim, "2026-11-18T09:00:00");
    assert_eq!(sim.heard(NEW_YORKER), [""; 0]);
    assert_eq!(sim.state("never mind"), OutboundState::Cancelled);
}

#[test]
fn where_the_person_says_they_are_goes_before_their_number() {
    let mut sim = at_night(FLORIDIAN, "2026-11-17T19:30:00");
    locate(&mut sim, FLORIDIAN, "Europe/Paris");
    sim.send_with(FLORIDIAN, offer("by night in Paris")).unwrap();
    let held = sim.outbound("by night in Paris").postponed.clone().unwrap();
    assert_eq!(held.until, utc("2026-11-18T07:00:00Z"), "8:00 in Paris");
    assert_eq!(held.rule.rule, "quiet_hours/us-federal", "the law of their state holds all the same");
    // Taken back, the number counts again.
    let forget = Input::LocatePerson {
        address: at(FLORIDIAN),
        evidence: place::Evidence::Person,
        place: None,
        time_zone: None,
    };
    sim.input(&forget).unwrap();
    sim.send_with(FLORIDIAN, offer("by evening in Florida")).unwrap();
    assert_eq!(sim.heard(FLORIDIAN), ["by night in Paris", "by evening in Florida"]);
}

#[test]
fn what_is_held_is_timed_anew_when_it_is_told_where_the_person_is_and_keeps_its_order() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T22:00:00");
    for text in ["first", "second"] {
        sim.send_with(NEW_YORKER, offer(text)).unwrap();
    }
    let waits = |sim: &Sim, text: &str| sim.outbound(text).postponed.clone().unwrap().until;
    assert!(waits(&sim, "first") < waits(&sim, "second"));
    assert_eq!(waits(&sim, "first"), utc("2026-11-18T13:00:00Z"), "8:00 in New York");

    locate(&mut sim, NEW_YORKER, "Asia/Tokyo");
    // It is noon there: what the zone forbids it no more.
    assert_eq!(sim.heard(NEW_YORKER), ["first", "second"]);

    locate(&mut sim, NEW_YORKER, "America/New_York");
    sim.send_with(NEW_YORKER, offer("third")).unwrap();
    sim.send_with(NEW_YORKER, offer("fourth")).unwrap();
    locate(&mut sim, NEW_YORKER, "Europe/Paris");
    assert_eq!(waits(&sim, "third"), utc("2026-11-18T07:00:00Z"), "8:00 in Paris");
    assert!(waits(&sim, "third") < waits(&sim, "fourth"));
    assert_eq!(sim.session(NEW_YORKER).postponed_until, Some(waits(&sim, "fourth")));
    // What is said now does not wait for what no longer does.
    let before = sim.count("message.postponed");
    locate(&mut sim, NEW_YORKER, "Europe/Madrid");
    assert_eq!(sim.count("message.postponed"), before, "the same hour");
    until(&mut sim, "2026-11-18T01:59:00");
    assert_eq!(sim.heard(NEW_YORKER), [""; 0]);
    until(&mut sim, "2026-11-18T02:00:01");
    assert_eq!(sim.heard(NEW_YORKER), ["third", "fourth"]);
}

#[test]
fn what_is_timed_anew_beyond_its_end_expires_and_consent_is_looked_at_again() {
    let mut sim = at_night(NEW_YORKER, "2026-11-18T01:00:00");
    let expires_at = Some(utc("2026-11-18T13:30:00Z"));
    sim.send_with(NEW_YORKER, SendMessage { expires_at, ..offer("early bird") }).unwrap();
    locate(&mut sim, NEW_YORKER, "America/Los_Angeles");
    assert_eq!(sim.state("early bird"), OutboundState::Expired);
    sim.send_with(NEW_YORKER, offer("an offer")).unwrap();
    sim.text(NEW_YORKER, "STOP");
    locate(&mut sim, NEW_YORKER, "Asia/Tokyo");
    assert_eq!(sim.state("an offer"), OutboundState::Cancelled);
}

#[test]
fn a_number_that_may_be_in_any_state_waits_for_hours_that_all_have() {
    // Toll-free: every state and province, no territory.
    let mut sim = at_night("+18005550101", "2026-11-17T12:00:00");
    sim.send_with("+18005550101", offer("an offer")).unwrap();
    assert_eq!(sim.state("an offer"), OutboundState::Queued);
    assert!(sim.outbound("an offer").postponed.is_some());
    sim.pass(SignedDuration::from_hours(12));
    assert_eq!(sim.state("an offer"), OutboundState::Accepted);
}

#[test]
fn with_quiet_hours_off_everything_goes_out() {
    let mut sim = at_night(NEW_YORKER, "2026-11-17T23:00:00");
    sim.policy.quiet_hours.profile = HoursProfile::Off;
    sim.send_with(NEW_YORKER, offer("an offer")).unwrap();
    assert_eq!(sim.heard(NEW_YORKER), ["an offer"]);
}

#[test]
fn an_offer_to_a_group_waits_for_its_last_zone() {
    let mut sim = Sim::new();
    sim.now = utc("2026-11-16T15:00:00Z");
    for person in [NEW_YORKER, OTHER] {
        sim.text(person, "hi");
    }
    let code = sim.code(NEW_YORKER);
    sim.text(OTHER, &format!("join {code}"));
    locate(&mut sim, OTHER, "America/Los_Angeles");
    let session_id = sim.session(NEW_YORKER).id;
    // 9:00 in New York, 6:00 in Los Angeles; nobody lets the session end meanwhile.
    sim.policy.inactivity.warn_after = SignedDuration::from_hours(100);
    until(&mut sim, "2026-11-17T09:00:00");
    let send = Input::SendToSession { session_id, send: offer("for both"), correlation_id: None };
    sim.input(&send).unwrap();
    assert_eq!(
        sim.outbound("for both").postponed.as_ref().map(|h| h.until),
        Some(utc("2026-11-17T16:00:00Z"))
    );
    sim.heard(NEW_YORKER);
    until(&mut sim, "2026-11-17T11:01:00");
    assert_eq!(sim.heard(NEW_YORKER), ["for both"]);
}

#[test]
fn f50_a_rule_of_the_future_takes_effect_on_its_day_without_a_restart() {
    let rule = |id: &str, hours: &str, dates: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\nplaces = [\"*\", \"strict\"]\nhours = \"{hours}\"\nsource = \"test\"\n\
             mark = \"primary\"\n{dates}"
        )
    };
    let text = format!(
        "version = \"7\"\nexpires = \"2028-01-01\"\n{}{}",
        rule("now", "08:00-21:00", "until = \"2026-11-18\"\n"),
        rule("then", "08:00-18:00", "from = \"2026-11-18\"\n")
    );
    let file = SetFile { name: "quiet_hours".to_owned(), file: "test".to_owned(), text };
    let mut sim = Sim::new();
    sim.policy.rules = Rules::load(&[file], jiff::civil::date(2026, 11, 16)).unwrap();
    sim.now = utc("2026-11-16T15:00:00Z");
    sim.text(NEW_YORKER, "hi");
    until(&mut sim, "2026-11-17T20:00:00");
    sim.heard(NEW_YORKER);
    sim.send_with(NEW_YORKER, offer("on the last evening")).unwrap();
    assert_eq!(sim.heard(NEW_YORKER), ["on the last evening"]);
    until(&mut sim, "2026-11-18T20:00:00");
    sim.send_with(NEW_YORKER, offer("on the first evening")).unwrap();
    let held = sim.outbound("on the first evening").postponed.clone().unwrap();
    assert_eq!((held.rule.rule.as_str(), held.rule.version.as_str()), ("quiet_hours/then", "7"));
}

#[test]
fn a_general_assistant_says_nothing_on_whatsapp_where_it_is_barred() {
    let mut sim = Sim::new();
    sim.policy.whatsapp.assistant = Assistant::General;
    sim.text(CAT, "hi");
    sim.heard(CAT);
    let _ = sim.send(CAT, "news");
    assert_eq!(sim.heard(CAT), [""; 0]);
    assert_eq!(sim.outbound("news").reason.as_deref(), Some("whatsapp_policy"));
    // Brazil is exempt, and SMS is another matter.
    for person in ["whatsapp:+5511912345678", NEW_YORKER] {
        sim.text(person, "hi");
        sim.heard(person);
        sim.send(person, "more news").unwrap();
        assert_eq!(sim.heard(person), ["more news"]);
    }
}

#[test]
fn where_templates_alone_are_allowed_a_text_is_not_sent() {
    let text = "version = \"7\"\nexpires = \"2028-01-01\"\n[[rule]]\nid = \"a\"\nplaces = [\"*\"]\n\
                assistant = [\"ancillary\", \"general\"]\npolicy = \"template_only\"\nsource = \"test\"\nmark = \"primary\"\n";
    let file = SetFile { name: "whatsapp".to_owned(), file: "test".to_owned(), text: text.to_owned() };
    let mut sim = Sim::new();
    sim.text(CAT, "hi");
    sim.heard(CAT);
    sim.policy.rules = Rules::load(&[file], jiff::civil::date(2026, 11, 16)).unwrap();
    sim.send(CAT, "news").unwrap();
    assert_eq!(sim.state("news"), OutboundState::Cancelled);
    let template = si_channel_core::content::Template {
        content_sid: "HX0123456789abcdef0123456789abcdef".parse().unwrap(),
        variables: std::collections::BTreeMap::default(),
    };
    let utterance = si_channel_core::content::Utterance::Template { template };
    sim.send_with(CAT, SendMessage { utterance, class: MessageClass::Informational, ..plain("") }).unwrap();
    assert_eq!(sim.heard(CAT).len(), 1);
}
