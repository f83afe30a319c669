//! How far an opt-out reaches: one purpose, one sender, one channel, or everything.

use jiff::SignedDuration;
use si_channel_core::consent::{ConsentLedger, Purpose, Scope};
use si_channel_core::event::{ConsentMethod, ConsentState, Event, Evidence, MessageClass};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::outbound::OutboundState;
use si_channel_core::policy::{CarrierKeywords, MarketingConsent, OptIn};
use si_channel_core::rejection::Rejection;
use si_channel_core::rules::RevocationProfile;

use crate::support::{ANN, CAT, SMS, Sim, at, plain};

const ANN_WHATSAPP: &str = "whatsapp:+15551110001";
const NOTHING: [&str; 0] = [];

fn ledger<'s>(sim: &'s Sim, person: &str) -> &'s ConsentLedger {
    &sim.store.ledgers[&at(person)]
}

fn state(sim: &Sim, person: &str) -> ConsentState {
    sim.store.ledgers.get(&at(person)).map_or(ConsentState::Unknown, ConsentLedger::state)
}

fn about(purpose: &str, text: &str) -> SendMessage {
    SendMessage { purpose: Some(purpose.to_owned()), class: MessageClass::Informational, ..plain(text) }
}

/// Ann on SMS, whose keywords the channel answers itself, under the profile that tells purposes apart.
fn topical() -> Sim {
    let mut sim = Sim::with(&[ANN]);
    sim.policy.revocation = RevocationProfile::Topic;
    sim.policy.carrier_keywords.insert(at(SMS), CarrierKeywords::None);
    sim
}

#[test]
fn stop_stops_every_channel_that_reaches_the_number() {
    let mut sim = Sim::with(&[ANN, ANN_WHATSAPP]);
    sim.text(ANN, "STOP");
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
    assert_eq!(state(&sim, ANN_WHATSAPP), ConsentState::Revoked);
    let elsewhere = &ledger(&sim, ANN_WHATSAPP).standing;
    assert_eq!(elsewhere.method, Some(ConsentMethod::OtherChannel));
    assert_eq!(elsewhere.evidence.message_sid, ledger(&sim, ANN).standing.evidence.message_sid);
    assert_eq!(sim.send(ANN_WHATSAPP, "news").unwrap_err(), Rejection::OptedOut);
    assert_eq!(sim.heard(ANN_WHATSAPP), NOTHING, "it is confirmed where it was said, by Twilio");
}

#[test]
fn f47_start_opens_the_channel_it_comes_by_and_no_other() {
    let mut sim = Sim::with(&[ANN, ANN_WHATSAPP]);
    sim.text(ANN, "STOP");
    sim.text(ANN_WHATSAPP, "hello?");
    assert_eq!(sim.heard(ANN_WHATSAPP), NOTHING);
    sim.text(ANN_WHATSAPP, "START");
    assert_eq!(state(&sim, ANN_WHATSAPP), ConsentState::Granted);
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
    sim.text(CAT, "START");
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
}

#[test]
fn stop_stops_one_channel_where_the_operator_says_so() {
    let mut sim = Sim::with(&[ANN, ANN_WHATSAPP]);
    sim.policy.revocation = RevocationProfile::Channel;
    sim.text(ANN, "STOP");
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
    assert_eq!(state(&sim, ANN_WHATSAPP), ConsentState::Granted);
}

#[test]
fn a_channel_that_was_never_used_is_withdrawn_too() {
    let mut sim = Sim::with(&[ANN]);
    sim.text(ANN, "STOP");
    assert_eq!(state(&sim, ANN_WHATSAPP), ConsentState::Revoked);
    let told = Input::told(at(ANN_WHATSAPP), true, Evidence::default());
    assert_eq!(sim.input(&told).unwrap_err(), Rejection::OptedOut);
}

#[test]
fn an_opt_out_reported_for_everything_reaches_the_other_channels() {
    let mut sim = Sim::with(&[ANN, ANN_WHATSAPP]);
    let told = |everywhere| Input::RecordConsent {
        address: at(ANN),
        granted: false,
        scope: Scope::EVERYTHING,
        everywhere,
        method: ConsentMethod::Api,
        evidence: Evidence::default(),
    };
    sim.input(&told(false)).unwrap();
    assert_eq!(state(&sim, ANN_WHATSAPP), ConsentState::Granted);
    sim.input(&Input::told(at(ANN), true, Evidence::default())).unwrap();
    sim.input(&told(true)).unwrap();
    assert_eq!(state(&sim, ANN_WHATSAPP), ConsentState::Revoked);
}

#[test]
fn what_was_said_or_keyed_on_a_call_only_the_person_takes_back() {
    for method in [ConsentMethod::Spoken, ConsentMethod::Keyed] {
        let mut sim = Sim::with(&[CAT]);
        let evidence = Evidence { call_sid: Some("CA1".to_owned()), ..Evidence::default() };
        let scope = Scope::EVERYTHING;
        let (address, everywhere) = (at(CAT), false);
        let said = Input::RecordConsent { address, granted: false, scope, everywhere, method, evidence };
        sim.input(&said).unwrap();
        assert_eq!(ledger(&sim, CAT).standing.method, Some(method));
        let again = Input::told(at(CAT), true, Evidence::default());
        assert_eq!(sim.input(&again).unwrap_err(), Rejection::OptedOut, "{method:?}");
        sim.text(CAT, "START");
        assert_eq!(state(&sim, CAT), ConsentState::Granted);
    }
}

#[test]
fn stop_after_an_offer_stops_offers_and_says_so() {
    let mut sim = topical();
    sim.send_with(ANN, about("offers", "10 % off")).unwrap();
    sim.heard(ANN);
    sim.text(ANN, "STOP");
    let heard = sim.heard(ANN);
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].contains("no more offers messages"), "{heard:?}");
    assert_eq!(sim.send_with(ANN, about("Offers ", "20 % off")).unwrap_err(), Rejection::OptedOut);
    sim.send_with(ANN, about("delivery", "It is on its way")).unwrap();
    sim.text(ANN, "thanks");
    assert_eq!(sim.heard(ANN), ["It is on its way", "You said: thanks"]);
}

#[test]
fn stop_said_again_of_the_same_purpose_stops_everything() {
    let mut sim = topical();
    sim.send_with(ANN, about("offers", "10 % off")).unwrap();
    sim.text(ANN, "STOP");
    sim.heard(ANN);
    sim.text(ANN, "STOP");
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
    assert!(sim.heard(ANN)[0].contains("opted out"));
}

#[test]
fn stop_after_an_answer_and_stop_all_after_an_offer_stop_everything() {
    for word in ["STOP", "Stop all"] {
        let mut sim = topical();
        sim.send_with(ANN, about("offers", "10 % off")).unwrap();
        if word == "STOP" {
            sim.text(ANN, "what is this?");
        }
        sim.text(ANN, word);
        assert_eq!(state(&sim, ANN), ConsentState::Revoked, "{word}");
    }
}

#[test]
fn start_gives_back_the_purpose_that_was_withdrawn() {
    let mut sim = topical();
    sim.send_with(ANN, about("offers", "10 % off")).unwrap();
    sim.text(ANN, "STOP");
    sim.heard(ANN);
    sim.text(ANN, "START");
    assert!(sim.heard(ANN)[0].contains("opted in"));
    sim.send_with(ANN, about("offers", "20 % off")).unwrap();
    assert_eq!(sim.heard(ANN), ["20 % off"]);
}

#[test]
fn f42_what_is_queued_for_the_purpose_is_cancelled_and_the_rest_is_sent() {
    let mut sim = topical();
    sim.send_with(ANN, about("offers", "10 % off")).unwrap();
    sim.heard(ANN);
    sim.paused = true;
    sim.send_with(ANN, about("offers", "20 % off")).unwrap();
    sim.send_with(ANN, about("delivery", "It is on its way")).unwrap();
    sim.text(ANN, "STOP");
    sim.paused = false;
    sim.minutes(1);
    assert_eq!(sim.state("20 % off"), OutboundState::Cancelled);
    assert_eq!(sim.outbound("20 % off").reason.as_deref(), Some("opted_out"));
    let heard = sim.heard(ANN);
    assert!(heard.contains(&"It is on its way".to_owned()), "{heard:?}");
}

#[test]
fn a_purpose_withdrawn_by_the_api_is_given_again_by_the_api_alone() {
    let mut sim = Sim::with(&[ANN]);
    let told = |granted| Input::RecordConsent {
        address: at(ANN),
        granted,
        scope: Scope::purpose(Purpose::of("offers").unwrap()),
        everywhere: false,
        method: ConsentMethod::Api,
        evidence: Evidence::default(),
    };
    sim.input(&told(false)).unwrap();
    assert_eq!(state(&sim, ANN), ConsentState::Granted);
    assert_eq!(sim.send_with(ANN, about("offers", "x")).unwrap_err(), Rejection::OptedOut);
    sim.send(ANN, "no purpose").unwrap();
    sim.input(&told(true)).unwrap();
    sim.send_with(ANN, about("offers", "x")).unwrap();
}

#[test]
fn consent_to_one_purpose_lets_nothing_else_through() {
    let mut sim = Sim::new();
    let told = Input::RecordConsent {
        address: at(ANN),
        granted: true,
        scope: Scope::purpose(Purpose::of("delivery").unwrap()),
        everywhere: false,
        method: ConsentMethod::Api,
        evidence: Evidence::default(),
    };
    sim.input(&told).unwrap();
    assert_eq!(sim.send_with(ANN, about("offers", "x")).unwrap_err(), Rejection::NoConsent);
    sim.send_with(ANN, about("delivery", "It is on its way")).unwrap();
    assert_eq!(sim.heard(ANN), ["It is on its way"]);
}

#[test]
fn consent_to_one_sender_lets_another_write_nothing() {
    let mut sim = Sim::new();
    let scope = Scope { sender: Some("+15559990000".to_owned()), purpose: None };
    let (address, method, evidence) = (at(ANN), ConsentMethod::Api, Evidence::default());
    let told = Input::RecordConsent { address, granted: true, scope, everywhere: false, method, evidence };
    sim.input(&told).unwrap();
    assert_eq!(sim.send(ANN, "x").unwrap_err(), Rejection::NoConsent);
    sim.policy.pools.insert("+15559990000".to_owned(), vec![at(SMS)]);
    sim.send(ANN, "x").unwrap();
}

#[test]
fn an_offer_needs_more_than_a_first_text_where_the_operator_says_so() {
    let mut sim = Sim::with(&[ANN]);
    let offer = || SendMessage { class: MessageClass::Marketing, ..plain("10 % off") };
    sim.policy.marketing_consent = MarketingConsent::Explicit;
    assert_eq!(sim.send_with(ANN, offer()).unwrap_err(), Rejection::NoConsent);
    sim.input(&Input::told(at(ANN), true, Evidence::default())).unwrap();
    sim.send_with(ANN, offer()).unwrap();
}

#[test]
fn an_opt_out_is_confirmed_within_five_minutes_or_not_at_all() {
    let mut sim = Sim::with(&[CAT]);
    sim.paused = true;
    sim.text(CAT, "STOP");
    sim.now += SignedDuration::from_mins(5);
    sim.paused = false;
    sim.settle();
    assert_eq!(sim.heard(CAT), NOTHING);
    assert_eq!(sim.state("opted out"), OutboundState::Expired);
}

#[test]
fn a_confirmed_opt_in_keeps_the_question_as_it_was_shown() {
    let mut sim = Sim::double_opt_in();
    sim.text(CAT, "hello");
    let shown = sim.heard(CAT).remove(0);
    sim.text(CAT, "yes");
    let evidence = &ledger(&sim, CAT).standing.evidence;
    assert_eq!(evidence.text_shown.as_deref(), Some(shown.as_str()));
    assert_eq!(evidence.version.as_ref().map(String::len), Some(12));
    assert_eq!(evidence.language.as_deref(), Some("en"));
    assert_eq!(evidence.keyword.as_deref(), Some("yes"));
}

#[test]
fn more_scopes_than_a_ledger_keeps_are_refused_to_grants_and_taken_whole_by_withdrawals() {
    let mut sim = Sim::with(&[ANN]);
    let told = |granted, number| Input::RecordConsent {
        address: at(ANN),
        granted,
        scope: Scope::purpose(Purpose::of(&format!("purpose {number}")).unwrap()),
        everywhere: false,
        method: ConsentMethod::Api,
        evidence: Evidence::default(),
    };
    for number in 0..32 {
        sim.input(&told(true, number)).unwrap();
    }
    assert!(matches!(sim.input(&told(true, 99)), Err(Rejection::Refused(_))));
    assert_eq!(state(&sim, ANN), ConsentState::Granted);
    sim.input(&told(false, 99)).unwrap();
    assert_eq!(state(&sim, ANN), ConsentState::Revoked);
}

#[test]
fn the_ledger_tells_of_each_act_with_its_reach() {
    let mut sim = topical();
    sim.send_with(ANN, about("offers", "10 % off")).unwrap();
    sim.text(ANN, "STOP");
    sim.text(ANN, "STOP");
    let reaches: Vec<_> = sim
        .events(&format!("consent/{ANN}"))
        .filter_map(|event| match event {
            Event::ConsentRevoked { scope, breadth, .. } => {
                Some((scope.purpose.map(String::from), breadth.as_str()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(reaches, [(Some("offers".to_owned()), "purpose"), (None, "all")]);
}

#[test]
fn f50_a_topic_opt_out_widens_on_the_day_without_a_restart() {
    let reaches = |now: &str, profile| {
        let mut sim = topical();
        sim.policy.revocation = profile;
        sim.now = now.parse().unwrap();
        sim.text(ANN, "hello");
        sim.send_with(ANN, about("offers", "10 % off")).unwrap();
        sim.text(ANN, "STOP");
        state(&sim, ANN)
    };
    for (now, topic) in
        [("2027-01-30T23:59:00Z", ConsentState::Granted), ("2027-01-31T00:01:00Z", ConsentState::Revoked)]
    {
        assert_eq!(reaches(now, RevocationProfile::Topic), topic, "{now}");
        assert_eq!(reaches(now, RevocationProfile::All), ConsentState::Revoked, "{now}");
    }
}

#[test]
fn an_opt_out_names_the_rule_that_says_how_far_it_reaches() {
    let mut sim = topical();
    sim.send_with(ANN, about("offers", "10 % off")).unwrap();
    sim.text(ANN, "STOP");
    let rule = sim.events(&format!("consent/{ANN}")).find_map(|event| match event {
        Event::ConsentRevoked { rule, .. } => rule,
        _ => None,
    });
    assert!(rule.is_some_and(|rule| rule.starts_with("revocation/topic (")));
}

#[test]
fn a_country_may_ask_for_a_double_opt_in_where_the_operator_lets_it() {
    const BERT: &str = "+4915110000001";
    let mut sim = Sim::new();
    sim.policy.opt_in_by_country = true;
    sim.text(ANN, "hello");
    sim.text(BERT, "hallo");
    assert_eq!(state(&sim, ANN), ConsentState::Granted);
    assert_eq!(state(&sim, BERT), ConsentState::Pending);
    sim.policy.opt_in = OptIn::Double;
    sim.text(CAT, "hello");
    assert_eq!(state(&sim, CAT), ConsentState::Pending, "the operator may be stricter than the country");
}
