//! Recording, transcription, AI listening: §7. There are no calls yet; the rules that they will ask are.

use si_channel_core::place::{Place, issued};
use si_channel_core::recording::{Listening, Permit, Standing, asked, permit};
use si_channel_core::rules::{Duty, Rules};
use si_channel_core::text::{Args, Medium, TextId, render};

use crate::support::{Sim, at};

use Duty::{Consent, Notice};

/// Statement, places, what must come first.
const PLACES: [(&str, &[&str], Duty); 14] = [
    ("one party suffices by federal law; a notice is played all the same", &["US-NY"], Notice),
    (
        "the eleven states where all parties must agree, Nevada among the disputed",
        &["US-CA", "US-DE", "US-FL", "US-IL", "US-MD", "US-MA", "US-MT", "US-NV", "US-NH", "US-PA", "US-WA"],
        Consent,
    ),
    ("states on which lists differ count among them", &["US-CT", "US-MI", "US-OR", "US-VT"], Consent),
    ("of several places the strictest counts", &["US-NY", "US-CA"], Consent),
    ("in the European Union people are told", &["IT", "ES", "NL", "PL"], Notice),
    ("in the United Kingdom too", &["GB"], Notice),
    ("where speech is protected by criminal law they agree: Germany", &["DE"], Consent),
    ("… France", &["FR"], Consent),
    ("Canada: they agree", &["CA"], Consent),
    ("Japan: they agree", &["JP"], Consent),
    ("Hong Kong: they agree", &["HK"], Consent),
    ("Australia: they agree at least", &["AU"], Consent),
    ("a state that is not known counts as the strictest of its country", &["US"], Consent),
    ("a place that is not known counts as the strictest", &[], Consent),
];

fn duty(what: Listening, places: &[Place]) -> Duty {
    asked(what, places, &Rules::default(), Sim::new().now).duty
}

#[test]
fn section_7_each_place_asks_for_its_own_before_any_of_the_three_switches() {
    for (says, places, expected) in PLACES {
        let places: Vec<Place> = places.iter().map(|place| place.parse().unwrap()).collect();
        for what in Listening::ALL {
            let alone = places.iter().map(|place| duty(what, &[*place]));
            let together = duty(what, &places);
            assert_eq!(together, expected, "{says}: {what:?}");
            let all_the_same = ["the eleven", "states on", "in the Euro"].iter().any(|s| says.starts_with(s));
            assert!(!all_the_same || alone.clone().all(|one| one == expected), "{says}: {what:?}");
        }
    }
}

#[test]
fn section_7_a_caller_is_taken_to_be_where_the_number_was_issued() {
    for (number, expected) in [
        ("+12125550101", Notice),
        ("+13055550101", Consent),
        ("+18005550101", Consent),
        ("+4915112345678", Consent),
    ] {
        assert_eq!(duty(Listening::Recording, issued(&at(number)).places), expected, "{number}");
    }
}

#[test]
fn section_7_listening_without_keeping_is_a_switch_of_its_own() {
    // A vendor who could use what it hears may be an eavesdropper, whatever is recorded.
    let places = ["US-CA".parse().unwrap()];
    let rules = Rules::default();
    let now = Sim::new().now;
    let standing = |enabled| Standing { enabled, ..Standing::default() };
    let may = |what, standing| permit(&asked(what, &places, &rules, now), standing);
    assert_eq!(may(Listening::Recording, standing(false)), Permit::Never { reason: "off" });
    for what in [Listening::Transcription, Listening::AiListening] {
        assert!(matches!(may(what, standing(true)), Permit::Ask { .. }), "{what:?}");
        let refused = Standing { answer: Some(false), ..standing(true) };
        assert_eq!(may(what, refused), Permit::Never { reason: "refused" }, "the call goes on without");
        let agreed = Standing { answer: Some(true), ..standing(true) };
        assert_eq!(may(what, agreed), Permit::Begin);
    }
}

#[test]
fn section_7_where_notice_suffices_it_is_played_to_its_end_first() {
    let places = ["US-NY".parse().unwrap()];
    let asked = asked(Listening::Recording, &places, &Rules::default(), Sim::new().now);
    let enabled = Standing { enabled: true, ..Standing::default() };
    assert!(matches!(permit(&asked, enabled), Permit::Tell { .. }));
    assert_eq!(permit(&asked, Standing { told: true, ..enabled }), Permit::Begin);
    assert!(!asked.rule.version.is_empty(), "and the rule is on record with its version");
    let policy = Sim::new().policy;
    for (text, part) in [(asked.notice_text, "is recorded"), (asked.consent_text, "say yes or press 1")] {
        let id = TextId::named(&text).unwrap();
        let said = render(id, &Args::default(), &policy, &"en".parse().unwrap(), Medium::Unicode).text;
        assert!(said.contains("Acme") && said.contains(part), "{said}");
    }
}
