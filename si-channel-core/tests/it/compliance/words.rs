//! The words that stop, start and ask for help, by language: §9. Every one is written from a phone.

use si_channel_core::event::{ConsentMethod, ConsentState};

use super::script::{Row, Stage, Step, play, row};
use crate::support::{ANN, BOB, CAT, Sim, at};

use ConsentState::{Granted, Pending, Revoked};
use Step::{By, Hears, Known, Policy, Says, Stands, With};

const STOPS: [(&str, &[&str]); 30] = [
    (
        "en",
        &[
            "stop",
            "stopall",
            "stop all",
            "unsubscribe",
            "end",
            "quit",
            "cancel",
            "revoke",
            "optout",
            "opt out",
            "opt-out",
            "remove",
        ],
    ),
    ("fr", &["arret", "arrêt", "arrete", "arrett", "stop", "desabonner", "desinscription"]),
    ("zh", &["TD", "退订", "退訂", "停止"]),
    ("no", &["stopp", "stop", "avslutt"]),
    ("es", &["parar", "alto", "baja", "cancelar", "detener", "no mas", "salir", "stop"]),
    ("pt", &["parar", "pare", "sair", "cancelar", "remover", "stop"]),
    ("de", &["stopp", "stop", "abmelden", "ende", "abbestellen"]),
    ("it", &["stop", "ferma", "annulla", "cancella", "disiscrivi"]),
    ("nl", &["stop", "afmelden", "uitschrijven"]),
    ("sv", &["stopp", "avsluta"]),
    ("da", &["stop", "afmeld"]),
    ("fi", &["lopeta", "stop"]),
    ("pl", &["stop", "wypisz", "rezygnuje"]),
    ("cs", &["stop", "odhlasit"]),
    ("hu", &["stop", "leiratkozas"]),
    ("ro", &["stop", "dezabonare"]),
    ("tr", &["dur", "iptal", "ret", "stop"]),
    ("ru", &["стоп", "отписаться"]),
    ("uk", &["стоп", "відписатися"]),
    ("ar", &["توقف", "ايقاف", "الغاء"]),
    ("he", &["הסר", "עצור"]),
    ("hi", &["बंद", "रोकें", "स्टॉप"]),
    ("bn", &["বন্ধ"]),
    ("ja", &["停止", "配信停止", "ストップ"]),
    ("ko", &["수신거부", "중지"]),
    ("id", &["berhenti", "stop"]),
    ("ms", &["berhenti", "stop"]),
    ("vi", &["dung", "huy", "tu choi"]),
    ("th", &["หยุด", "ยกเลิก"]),
    ("el", &["στοπ", "διακοπη"]),
];
const STARTS: [&str; 3] = ["start", "unstop", "subscribe"];
const HELPS: [&str; 7] = ["help", "info", "aide", "ayuda", "ajuda", "hilfe", "aiuto"];

#[test]
fn section_9_each_stop_word_of_each_language_ends_it_and_is_confirmed_once() {
    let words = Sim::new().policy.keywords;
    for (language, stops) in STOPS {
        assert!(words.languages().contains_key(language), "{language} is on");
        for word in stops {
            let mut sim = Sim::with(&[CAT]);
            sim.text(CAT, word);
            let ledger = &sim.store.ledgers[&at(CAT)];
            assert_eq!(ledger.state(), Revoked, "{language} {word}");
            assert_eq!(ledger.standing.method, Some(ConsentMethod::Keyword), "{language} {word}");
            assert_eq!(sim.heard(CAT).len(), 1, "{language} {word}");
        }
    }
}

#[test]
fn section_9_each_start_word_opens_again_and_each_help_word_is_answered() {
    for word in STARTS {
        let mut sim = Sim::with(&[CAT]);
        sim.text(CAT, "stop");
        sim.text(CAT, word);
        assert_eq!(sim.store.ledgers[&at(CAT)].state(), Granted, "{word}");
    }
    for word in HELPS {
        let mut sim = Sim::with(&[CAT]);
        sim.text(CAT, word);
        assert_eq!(sim.count("help.requested"), 1, "{word}");
        let heard = sim.heard(CAT);
        assert!(heard.len() == 1 && heard[0].contains("Acme"), "{word}: {heard:?}");
    }
}

const ROWS: &[Row] = &[
    row(
        "only a message that is nothing else is a keyword",
        ANN,
        &[
            Known,
            Says("I will stop by at noon"),
            Says("cancel my order please"),
            Says("the end of the story"),
            Stands(Granted),
        ],
    ),
    row("width does not matter", CAT, &[Known, Says("ＳＴＯＰ"), Stands(Revoked)]),
    row("nor case", CAT, &[Known, Says("sToP"), Stands(Revoked)]),
    row("nor accents, written or left out", CAT, &[Known, Says("ARRE\u{302}T"), Stands(Revoked)]),
    row("nor punctuation", CAT, &[Known, Says("\"Stop!!!\""), Stands(Revoked)]),
    row("nor emoji", CAT, &[Known, Says("stop 🛑🙏🏽"), Stands(Revoked)]),
    row(
        "nor what cannot be seen",
        CAT,
        &[Known, Says("s\u{200b}t\u{ad}o\u{2066}p\u{feff}"), Stands(Revoked)],
    ),
    row("nor white space", CAT, &[Known, Says("  \n stop\u{a0}\t"), Stands(Revoked)]),
    row(
        "a word of any language counts, whatever is spoken",
        "+4915112345678",
        &[Known, Says("退订"), Stands(Revoked)],
    ),
    row(
        "an everyday answer that the network takes for a stop is one: cancel",
        ANN,
        &[Known, Says("cancel"), Stands(Revoked)],
    ),
    row("… end", ANN, &[Known, Says("End."), Stands(Revoked)]),
    row("… alto", CAT, &[Known, Says("Alto"), Stands(Revoked)]),
    row("… ende", CAT, &[Known, Says("Ende"), Stands(Revoked)]),
    row("… dur", CAT, &[Known, Says("dur"), Stands(Revoked)]),
    row("a phrase stops", CAT, &[Known, Says("leave me alone"), Stands(Revoked), By(ConsentMethod::Phrase)]),
    row(
        "… what may mean it has its author asked once",
        CAT,
        &[
            Known,
            Says("not interested"),
            Hears(&["Do you want us to stop all messages?", "You said"]),
            Stands(Granted),
            Says("wrong number"),
            Hears(&["You said"]),
        ],
    ),
    row(
        "nothing but an exact word opens again: no phrase",
        CAT,
        &[
            Known,
            Says("stop"),
            Says("please text me again"),
            Says("s t a r t"),
            Says("I want to start"),
            Stands(Revoked),
            Says("START"),
            Stands(Granted),
        ],
    ),
    row(
        "… and only from the same phone",
        ANN,
        &[Known, Says("Stop."), With(BOB), Says("START"), With(ANN), Stands(Revoked)],
    ),
    row(
        "YES opens where it was asked for",
        CAT,
        &[Policy(r#"{"opt_in":"double"}"#), Says("hello"), Stands(Pending), Says("YES"), Stands(Granted)],
    ),
    row(
        "… and is an answer where it was not",
        CAT,
        &[Known, Says("yes"), Hears(&["You said: yes"]), Stands(Granted)],
    ),
];

#[test]
fn section_9_how_words_are_read() {
    play(ROWS);
}

#[test]
fn section_9_no_word_of_an_unreviewed_language_says_that_it_was_reviewed() {
    let stage = Stage::new(CAT);
    for (tag, words) in stage.sim.policy.keywords.languages() {
        assert_eq!(words.reviewed, tag == "en", "{tag}");
    }
}
