//! Whom the channel speaks to in which language.

use std::collections::BTreeMap;

use si_channel_core::event::{ConsentState, Event, Evidence};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::language::{Language, LanguageBasis, Spoken};
use si_channel_core::policy::CarrierKeywords;
use si_channel_core::rejection::Rejection;
use si_channel_core::text::Locales;

use crate::support::{ANN, BOB, SMS, Sim, at, plain};

const FRENCH: &str = "whatsapp:+33600000001";
const SPANISH: &str = "+34600000001";

fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}

/// Nobody but the channel answers keywords.
fn alone() -> Sim {
    let mut sim = Sim::new();
    sim.policy.carrier_keywords.insert(at(SMS), CarrierKeywords::None);
    sim
}

fn told(sim: &Sim, person: &str, tag: &str, basis: LanguageBasis) -> Input {
    let spoken = Spoken { language: language(tag), basis };
    Input::LanguageTold { session_id: sim.session(person).id, address: at(person), spoken }
}

fn fell_back(sim: &Sim) -> Vec<(String, String, String)> {
    sim.store
        .events
        .iter()
        .filter_map(|event| match Event::read(&event.kind, event.data.clone()) {
            Some(Event::TextFellBack { text_id, wanted, used }) => {
                Some((text_id.as_str().to_owned(), wanted.to_string(), used.to_string()))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn a_number_from_abroad_is_welcomed_in_its_language() {
    let mut sim = alone();
    sim.text(FRENCH, "Bonjour");
    assert!(sim.heard(FRENCH)[0].starts_with("Bienvenue chez Acme"));
    sim.text(SPANISH, "Hola");
    assert!(sim.heard(SPANISH)[0].starts_with("Bienvenido a Acme"));
    sim.text(ANN, "Hello");
    assert!(sim.heard(ANN)[0].starts_with("Welcome to Acme"));
}

#[test]
fn the_language_of_a_keyword_answers_it_and_stays_into_the_next_session() {
    let mut sim = alone();
    sim.text(ANN, "Hi");
    sim.heard(ANN);
    sim.text(ANN, "ARRÊT !");
    let heard = sim.heard(ANN);
    assert_eq!(heard, ["Acme : vous êtes désinscrit et ne recevrez plus de messages."]);
    assert_eq!(sim.session(ANN).spoken(&at(ANN)).unwrap().basis, LanguageBasis::Keyword);
    sim.text(ANN, "START");
    assert!(sim.heard(ANN)[0].contains("inscrit et recevrez"), "English keywords are everybody's");
    sim.minutes(60 * 24);
    let before = sim.heard(ANN);
    assert!(before.iter().any(|text| text.contains("Cette conversation est close")), "{before:?}");
    sim.text(ANN, "close");
    sim.heard(ANN);
    sim.text(ANN, "aide");
    assert!(sim.heard(ANN).iter().any(|text| text.contains("pour de l'aide")));
    assert_eq!(sim.session(ANN).language_of(&at(ANN), &sim.policy), language("fr"));
    assert_eq!(sim.count("participant.language_known"), sim.sessions(ANN).len(), "carried, once a session");
}

#[test]
fn an_english_stop_says_nothing_about_the_language() {
    let mut sim = alone();
    sim.text(SPANISH, "Hola");
    sim.heard(SPANISH);
    sim.text(SPANISH, "STOP");
    assert_eq!(sim.heard(SPANISH), ["Acme: Se ha dado de baja y no recibirá más mensajes."]);
    assert_eq!(sim.session(SPANISH).spoken(&at(SPANISH)), None);
}

#[test]
fn what_the_cognition_says_gives_way_to_a_keyword_and_both_to_a_choice() {
    let mut sim = alone();
    sim.text(ANN, "Hi");
    sim.heard(ANN);
    for (tag, basis, taken) in [
        ("de", LanguageBasis::Answer, true),
        ("it", LanguageBasis::Answer, true),
        ("nl", LanguageBasis::Choice, true),
        ("de", LanguageBasis::Answer, false),
        ("nl", LanguageBasis::Choice, false),
    ] {
        let input = told(&sim, ANN, tag, basis);
        let outcome = sim.input(&input);
        assert_eq!(outcome.is_ok(), taken, "{tag}");
        assert!(taken || outcome == Err(Rejection::AlreadySo));
    }
    sim.text(ANN, "ayuda");
    assert!(sim.heard(ANN)[0].starts_with("Acme: Hulp krijgt u via"));
    let stranger = Input::LanguageTold {
        session_id: sim.session(ANN).id,
        address: at(BOB),
        spoken: Spoken { language: language("fr"), basis: LanguageBasis::Choice },
    };
    assert!(matches!(sim.input(&stranger), Err(Rejection::NotFound(_))));
}

#[test]
fn in_a_group_everybody_has_their_own_language_and_all_have_the_owners() {
    let mut sim = alone();
    for person in [FRENCH, SPANISH] {
        sim.text(person, "hi");
        sim.heard(person);
    }
    let code = sim.code(FRENCH);
    sim.text(SPANISH, &format!("join {code} Ana"));
    assert!(sim.heard(FRENCH).iter().any(|text| text.contains("Ana a rejoint la conversation")));
    sim.heard(SPANISH);
    sim.text(SPANISH, "name Anita");
    let heard = sim.heard(SPANISH);
    assert!(heard.iter().any(|text| text.contains("Los demás le ven ahora como Anita")), "{heard:?}");
    sim.text(FRENCH, "close");
    assert!(sim.heard(SPANISH).iter().any(|text| text.contains("Cette conversation est close")));
}

#[test]
fn a_language_goes_along_into_the_session_that_somebody_joins() {
    let mut sim = Sim::with(&[ANN, BOB]);
    sim.policy.carrier_keywords.insert(at(SMS), CarrierKeywords::None);
    let input = told(&sim, BOB, "de", LanguageBasis::Choice);
    sim.input(&input).unwrap();
    let code = sim.code(ANN);
    sim.text(BOB, &format!("join {code}"));
    sim.heard(BOB);
    assert_eq!(sim.session(BOB).id, sim.session(ANN).id);
    sim.text(BOB, "help");
    assert!(sim.heard(BOB).iter().any(|text| text.contains("Hilfe erhalten Sie")));
}

#[test]
fn f55_a_missing_translation_falls_back_raises_a_finding_and_never_blocks_an_opt_out() {
    let mut sim = alone();
    sim.text(ANN, "Hi");
    sim.heard(ANN);
    let input = told(&sim, ANN, "sv", LanguageBasis::Choice);
    sim.input(&input).unwrap();
    sim.text(ANN, "avsluta");
    assert_eq!(sim.heard(ANN), ["Acme: You have opted out and will get no further messages."]);
    assert_eq!(sim.store.ledgers[&at(ANN)].state(), ConsentState::Revoked);
    let told = ("opt_out_confirmation".to_owned(), "sv".to_owned(), "en".to_owned());
    assert_eq!(fell_back(&sim), [told]);

    let mut sim = alone();
    let own = "opt_out_confirmation = { $brand }: Du får inga fler meddelanden.";
    let sources = BTreeMap::from([(language("sv"), own.to_owned())]);
    sim.policy.locales = Locales::try_from(sources).unwrap();
    sim.text(ANN, "Hi");
    sim.heard(ANN);
    sim.text(ANN, "avsluta");
    assert_eq!(sim.heard(ANN), ["Acme: Du får inga fler meddelanden."]);
    assert_eq!(fell_back(&sim), []);
}

#[test]
fn the_language_of_a_message_is_what_the_channel_speaks_to_its_one_recipient_from_then_on() {
    let mut sim = alone();
    sim.text(ANN, "Hello");
    sim.heard(ANN);
    sim.send_with(ANN, SendMessage { locale: Some(language("fr")), ..plain("Votre colis arrive.") }).unwrap();
    assert_eq!(sim.outbound("Votre colis").queued.language, Some(language("fr")));
    let spoken = Spoken { language: language("fr"), basis: LanguageBasis::Choice };
    assert_eq!(sim.session(ANN).spoken(&at(ANN)), Some(&spoken));
    sim.text(ANN, "HELP");
    assert!(sim.heard(ANN)[1].starts_with("Acme : pour de l'aide"));

    // A language that nobody wrote for the channel falls back, as anywhere.
    sim.send_with(ANN, SendMessage { locale: Some(language("sv")), ..plain("Ditt paket") }).unwrap();
    sim.heard(ANN);
    sim.text(ANN, "STOP");
    assert!(sim.heard(ANN)[0].contains("You have opted out"));
    assert!(!fell_back(&sim).is_empty());
}

#[test]
fn the_language_of_a_message_to_a_group_is_that_message_s_alone() {
    let mut sim = Sim::group(&[ANN, BOB]);
    let session_id = sim.session(ANN).id;
    let send = SendMessage { locale: Some(language("fr")), ..plain("Bonjour") };
    sim.input(&Input::SendToSession { session_id, send, correlation_id: None }).unwrap();
    assert_eq!(sim.outbound("Bonjour").queued.language, Some(language("fr")));
    assert!([ANN, BOB].into_iter().all(|who| sim.session(ANN).spoken(&at(who)).is_none()));
}

#[test]
fn a_session_is_begun_in_a_language_and_its_first_texts_are_in_it() {
    let mut sim = alone();
    sim.input(&Input::told(at(ANN), true, Evidence::default())).unwrap();
    let open = |tag: &str| Input::OpenSession {
        address: at(ANN),
        name: None,
        language: Some(language(tag)),
        attributes: serde_json::json!({}),
    };
    sim.input(&open("de")).unwrap();
    sim.text(ANN, "hello");
    let heard = sim.heard(ANN);
    assert!(heard[0].contains("KI"), "the disclosure: {heard:?}");
    // The session that is open already learns of another choice, and is no new one.
    let again = sim.input(&open("es")).unwrap();
    assert_eq!(again.session_id, Some(sim.session(ANN).id));
    assert_eq!((sim.session_count(ANN), sim.count("participant.language_known")), (1, 2));
}
