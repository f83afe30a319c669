use super::*;
use crate::keyword::{Keyword, KeywordSet, recognise};

fn corpus() -> Vec<(&'static str, String)> {
    let lines = include_str!("../../tests/opt_out_corpus.txt").lines();
    let texts = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    texts
        .map(|line| line.split_once(' ').unwrap())
        .map(|(verdict, text)| (verdict, text.replace("\\n", "\n")))
        .collect()
}

/// What becomes of a text: keywords first, then meaning.
fn verdict(text: &str) -> &'static str {
    let stop = recognise(text, &KeywordSet::default()).is_some_and(|said| said.keyword == Keyword::Stop);
    match read(text, &Phrases::default()) {
        Meaning::OptOut(_) => "stop",
        _ if stop => "stop",
        Meaning::Unsure(_) => "ask",
        Meaning::Considered | Meaning::Nothing => "none",
    }
}

fn set(json: &str) -> Result<Phrases, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn f44_every_text_of_the_corpus_means_what_it_says() {
    let corpus = corpus();
    let wrong: Vec<String> = corpus
        .iter()
        .filter(|(expected, text)| verdict(text) != *expected)
        .map(|(expected, text)| format!("{text:?} is {} and should be {expected}", verdict(text)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), corpus.len(), wrong.join("\n"));
    let count = |verdict| corpus.iter().filter(|(expected, _)| *expected == verdict).count();
    assert!(count("stop") >= 150 && count("none") >= 150, "the corpus has shrunk");
}

#[test]
fn the_rule_that_was_said_is_named_with_its_language_and_version() {
    let phrases = Phrases::default();
    let Meaning::OptOut(rule) = read("Bitte keine Nachrichten mehr", &phrases) else { panic!("an opt-out") };
    assert_eq!((rule.id, rule.language), ("de.keine-mehr", "de"));
    assert_eq!(rule.to_string(), format!("de.keine-mehr@{}", phrases.version()));
    assert!(matches!(read("not interested", &phrases), Meaning::Unsure(rule) if rule.id == "en.enough"));
    assert_eq!(read("where is the bus stop", &phrases), Meaning::Considered);
    assert_eq!(read("hello", &phrases), Meaning::Nothing);
}

#[test]
fn f44_a_long_text_opts_out_only_by_a_sentence_of_its_own() {
    let filler = "We talked about the garden and the old fence behind the house. ".repeat(25);
    let long = format!("{filler} The last stop was at the mill. {filler}");
    assert!(long.chars().count() >= 1600);
    assert_eq!(read(&long, &Phrases::default()), Meaning::Considered);
    assert!(matches!(
        read(&format!("{long} Please stop texting me."), &Phrases::default()),
        Meaning::OptOut(_)
    ));
    let endless = format!("{} stop {}", "word ".repeat(160), "word ".repeat(160));
    assert_eq!(read(&endless, &Phrases::default()), Meaning::Considered);
}

#[test]
fn only_a_text_that_says_nothing_else_is_a_bare_opt_out() {
    let phrases = Phrases::default();
    for (text, bare) in [
        ("please stop texting me", true),
        ("Hi, please, stop texting me! Thanks.", true),
        ("STOP TEXTING ME. Take me off your list!", true),
        ("Bitte keine Nachrichten mehr", true),
        ("take me off your list", true),
        ("Dinner at eight? And please stop texting me.", false),
        ("Please stop texting me, the key is under the mat", false),
        ("where is the bus stop", false),
        ("not interested", false),
        ("hello", false),
        ("", false),
    ] {
        assert_eq!(is_bare(text, &phrases), bare, "{text}");
        assert!(!bare || verdict(text) == "stop", "{text}");
    }
    assert!(!is_bare("please stop texting me", &set(r#"{"on":false}"#).unwrap()));
}

#[test]
fn every_language_has_phrases_and_none_is_called_reviewed() {
    let languages: Vec<_> = Phrases::default().languages().map(|(tag, ..)| tag.to_owned()).collect();
    assert_eq!(languages, ["de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv", "zh"]);
    assert!(Phrases::default().languages().all(|(_, reviewed, phrases)| !reviewed && phrases > 0));
}

#[test]
fn an_operator_switches_off_and_adds() {
    let phrases = set(
        r#"{"off":["de","en.leave-me-alone","en.somewhere"],"add":{"en":["(forget|drop) it","adios amigos"]}}"#,
    )
    .unwrap();
    for (text, stops) in [
        ("Bitte keine Nachrichten mehr", false),
        ("leave me alone", false),
        ("please stop texting me", true),
        ("Please forget it!", true),
        ("Adios, amigos", true),
        ("adios", false),
    ] {
        assert_eq!(matches!(read(text, &phrases), Meaning::OptOut(_)), stops, "{text}");
    }
    assert!(matches!(read("drop it", &phrases), Meaning::OptOut(rule) if rule.id == "en.own"));
    assert_eq!(set(&serde_json::to_string(&phrases).unwrap()).unwrap(), phrases);

    let silent = set(r#"{"ask":false}"#).unwrap();
    assert_eq!(read("not interested", &silent), Meaning::Nothing);
    assert_eq!(read("stop it", &silent), Meaning::Considered);
    assert!(matches!(read("please stop texting me", &silent), Meaning::OptOut(_)));
    assert_eq!(read("please stop texting me", &set(r#"{"on":false}"#).unwrap()), Meaning::Nothing);
}

#[test]
fn changes_that_cannot_be_meant_are_refused() {
    for (json, says) in [
        (r#"{"of":[]}"#, "unknown field"),
        (r#"{"off":["xx"]}"#, "neither a language nor a rule"),
        (r#"{"off":["en.xx"]}"#, "neither a language nor a rule"),
        (r#"{"add":{"xx":["a"]}}"#, "no phrases of this language"),
        (r#"{"add":{"en":["(a"]}}"#, "en.own: \"(a\""),
        (r#"{"add":{"en":["a?"]}}"#, "nothing in it must be there"),
    ] {
        let error = set(json).unwrap_err();
        assert!(error.contains(says), "{json}: {error}");
    }
}
