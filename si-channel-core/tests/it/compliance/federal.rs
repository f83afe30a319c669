//! The United States' federal rules: §2.

use si_channel_core::event::{ConsentMethod, ConsentState, Event, Evidence, MessageClass};
use si_channel_core::input::Input;
use si_channel_core::place;
use si_channel_core::rules::{RevocationProfile, Rules, SetFile};

use super::script::{Fate, Row, Stage, Step, informs, moment, offers, play, row};
use crate::support::{ANN, CAT, Sim, at};

use ConsentState::{Granted, Revoked};
use Fate::{Arrives, NoConsent, OptedOut, Waits};
use MessageClass::Informational;
use Step::{By, Called, Clock, Hears, Known, Lives, Policy, Rule, Says, Sends, Stands, Told, With};

const NEW_YORKER: &str = "+12125550101";
const FEDERAL: &str = "quiet_hours/us-federal";
const EXPLICIT: &str = r#"{"marketing_consent":"explicit"}"#;
const TOPIC: &str = r#"{"revocation":"topic"}"#;
const CHANNEL: &str = r#"{"revocation":"channel"}"#;

const ROWS: &[Row] = &[
    row(
        "no offer before eight or from nine in the evening on, where the called party is",
        NEW_YORKER,
        &[
            Known,
            Clock("2026-11-20T20:59:58[America/New_York]"),
            offers("in time", Arrives),
            Clock("2026-11-20T21:00:00[America/New_York]"),
            offers("too late", Waits(FEDERAL, "2026-11-21T08:00:00[America/New_York]")),
            Clock("2026-11-21T07:59:59[America/New_York]"),
            Hears(&["in time"]),
            Clock("2026-11-21T08:00:01[America/New_York]"),
            Hears(&["too late"]),
        ],
    ),
    row(
        "consent in so many words does not lift the hours",
        NEW_YORKER,
        &[
            Policy(EXPLICIT),
            Told(true),
            Known,
            Clock("2026-11-20T22:00:00[America/New_York]"),
            offers("an offer", Waits(FEDERAL, "2026-11-21T08:00:00[America/New_York]")),
        ],
    ),
    row(
        "without better evidence the area code says where somebody is",
        "+18085550101",
        &[
            Known,
            Clock("2026-11-21T12:59:00[America/New_York]"),
            offers("aloha", Waits(FEDERAL, "2026-11-21T08:00:00[Pacific/Honolulu]")),
        ],
    ),
    row(
        "… and what is told of them goes before it",
        "+18085550101",
        &[
            Known,
            Lives(place::Evidence::Account, "US-NY", ""),
            Clock("2026-11-21T12:59:00[America/New_York]"),
            offers("hello", Arrives),
        ],
    ),
    row(
        "a text is taken for a call: hours and consent bind it",
        NEW_YORKER,
        &[offers("an offer", NoConsent)],
    ),
    row(
        "an offer needs prior consent in so many words where the operator says so",
        NEW_YORKER,
        &[Policy(EXPLICIT), Known, offers("an offer", NoConsent), Told(true), offers("an offer", Arrives)],
    ),
    row("stop is a revocation", CAT, &[Known, Says("stop"), Stands(Revoked), By(ConsentMethod::Keyword)]),
    row("quit is one", CAT, &[Known, Says("Quit"), Stands(Revoked)]),
    row("end is one", CAT, &[Known, Says("END"), Stands(Revoked)]),
    row("revoke is one", CAT, &[Known, Says("revoke."), Stands(Revoked)]),
    row("opt out is one", CAT, &[Known, Says("Opt out"), Stands(Revoked)]),
    row(
        "… and opt-out and optout",
        CAT,
        &[Known, Says("opt-out"), Stands(Revoked), Says("START"), Says("OPTOUT"), Stands(Revoked)],
    ),
    row("cancel is one", CAT, &[Known, Says("cancel"), Stands(Revoked)]),
    row("unsubscribe is one", CAT, &[Known, Says("Unsubscribe!"), Stands(Revoked)]),
    row(
        "a typing mistake that a reasonable person reads is one",
        CAT,
        &[Known, Says("unsuscribe me"), Stands(Revoked)],
    ),
    row("other languages count", CAT, &[Known, Says("no mas"), Stands(Revoked)]),
    row("other wording counts", CAT, &[Known, Says("Take me off your list please"), Stands(Revoked)]),
    row(
        "what a reasonable person does not read as one is none",
        CAT,
        &[Known, Says("Don't stop"), Says("where is the bus stop?"), Stands(Granted)],
    ),
    row(
        "what a key or a word on a call says is one",
        CAT,
        &[Known, Called(ConsentMethod::Keyed), Stands(Revoked), informs("news", OptedOut)],
    ),
    row("what is told at another number or site is one", CAT, &[Known, Told(false), Stands(Revoked)]),
    row(
        "it is honoured at once, which is within ten business days",
        CAT,
        &[Known, Says("stop"), informs("news", OptedOut), Hears(&["opted out"])],
    ),
    row(
        "it has no end: Virginia asks for ten years",
        "+17035550101",
        &[Known, Says("Stop."), Clock("2036-11-19T12:00:00[America/New_York]"), offers("an offer", OptedOut)],
    ),
    row(
        "until 31 January 2027 an opt-out may stand for the topic that it answered",
        CAT,
        &[
            Policy(TOPIC),
            Clock("2027-01-30T23:50:00Z"),
            Known,
            Sends(Informational, "offers", "10 % off", Arrives),
            Clock("2027-01-30T23:59:00Z"),
            Says("stop"),
            Stands(Granted),
            Rule("revocation/topic"),
            Sends(Informational, "offers", "20 % off", OptedOut),
            Sends(Informational, "delivery", "on its way", Arrives),
        ],
    ),
    row(
        "from that day on it stops everything",
        CAT,
        &[
            Policy(TOPIC),
            Clock("2027-01-30T23:50:00Z"),
            Known,
            Sends(Informational, "offers", "10 % off", Arrives),
            Clock("2027-01-31T00:01:00Z"),
            Says("stop"),
            Stands(Revoked),
            Rule("revocation/topic-revoke-all"),
            Sends(Informational, "delivery", "on its way", OptedOut),
        ],
    ),
    row(
        "… and no longer for its channel alone",
        CAT,
        &[
            Policy(CHANNEL),
            Clock("2027-01-31T00:01:00Z"),
            Known,
            Says("stop"),
            Rule("revocation/channel-revoke-all"),
            With("+15551110003"),
            Stands(Revoked),
        ],
    ),
    row(
        "… until then it may",
        CAT,
        &[
            Policy(CHANNEL),
            Known,
            Says("stop"),
            Rule("revocation/channel"),
            With("+15551110003"),
            Stands(ConsentState::Unknown),
        ],
    ),
    row(
        "an AI says that it is one",
        ANN,
        &[Says("hello"), Hears(&["An AI assistant answers here", "You said: hello"])],
    ),
    row(
        "who opts in is told programme, frequency, cost, help and the way out",
        ANN,
        &[Says("hello"), Hears(&["Acme", "You said"]), Says("Stop."), Hears(&["Acme"])],
    ),
];

#[test]
fn section_2_the_federal_rules_of_the_united_states() {
    play(ROWS);
}

/// 30540 is what Twilio says of a registration without these.
#[test]
fn section_2_the_texts_of_an_opt_in_hold_what_carriers_ask_for() {
    for (opt_in, expected) in [
        ("single", ["Acme", "Message frequency varies", "Msg & data rates may apply", "HELP", "STOP"]),
        ("double", ["Acme", "Message frequency varies", "Msg & data rates may apply", "HELP", "STOP"]),
    ] {
        let mut sim = Sim::new();
        sim.policy.opt_in = serde_json::from_value(opt_in.into()).unwrap();
        sim.text(ANN, "hello");
        let first = sim.heard(ANN).remove(0);
        assert!(expected.iter().all(|part| first.contains(part)), "{opt_in}: {first}");
    }
}

/// 16 CFR 310.5 wants: whose number, what was shown, what was answered, what for, and when.
#[test]
fn section_2_a_record_of_consent_holds_what_the_tsr_asks_for() {
    let mut sim = Sim::double_opt_in();
    sim.text(CAT, "hello");
    let shown = sim.heard(CAT).remove(0);
    sim.text(CAT, "YES");
    let granted = sim.events(&format!("consent/{CAT}")).find_map(|event| match event {
        Event::ConsentGranted { address, evidence, at, .. } => Some((address, evidence, at)),
        _ => None,
    });
    let (address, evidence, given) = granted.unwrap();
    assert_eq!((address, given), (at(CAT), sim.store.ledgers[&at(CAT)].standing.since.unwrap()));
    assert_eq!(evidence.text_shown.as_deref(), Some(shown.as_str()));
    assert_eq!(evidence.keyword.as_deref(), Some("yes"));
    assert!(evidence.message_sid.is_some() && evidence.version.is_some() && evidence.language.is_some());

    // What is given elsewhere is kept as it is told: form, wording, address on the Internet, time.
    let told: Evidence = serde_json::from_value(serde_json::json!({
        "text_shown": "Text me offers", "source": "checkout", "how": "web form", "ip": "192.0.2.7",
        "version": "v3", "language": "en", "given_at": "2026-11-19T09:00:00Z",
    }))
    .unwrap();
    sim.input(&Input::told(at(ANN), true, told.clone())).unwrap();
    assert_eq!(sim.store.ledgers[&at(ANN)].standing.evidence, told);
}

#[test]
fn section_2_the_day_of_revoke_all_is_moved_by_a_file() {
    let text = Rules::built_in("revocation").unwrap().replace("2027-01-31", "2027-07-01");
    let file = SetFile { name: "revocation".to_owned(), file: "test".to_owned(), text };
    let mut stage = Stage::new(CAT);
    stage.sim.policy.rules = Rules::load(&[file], jiff::civil::date(2026, 11, 21)).unwrap();
    stage.sim.policy.revocation = RevocationProfile::Topic;
    stage.sim.now = moment("2027-02-01T12:00:00Z");
    for step in [
        Known,
        Sends(Informational, "offers", "10 % off", Arrives),
        Says("stop"),
        Stands(Granted),
        Sends(Informational, "delivery", "on its way", Arrives),
    ] {
        stage.play(&step, "moved by half a year");
    }
}
