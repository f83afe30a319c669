use super::*;
use crate::address::Address;

fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}

fn policy(json: &str) -> Result<LanguagePolicy, serde_json::Error> {
    serde_json::from_str(json)
}

fn chain(policy: &LanguagePolicy, wanted: &str) -> Vec<String> {
    policy.chain(&language(wanted)).iter().map(ToString::to_string).collect()
}

#[test]
fn tags_are_read_in_any_case_and_written_in_one() {
    for (given, written) in [
        ("fr", "fr"),
        ("PT_br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        (" es-419 ", "es-419"),
        ("de-DE-1996", "de-DE-1996"),
    ] {
        assert_eq!(language(given).to_string(), written);
    }
    for wrong in ["", "f", "french language", "fr-", "und", "en-u-nu-arab", &"a".repeat(1000)] {
        assert_eq!(wrong.parse::<Language>(), Err(LanguageError), "{wrong}");
    }
}

#[test]
fn a_parent_has_one_subtag_less() {
    for (child, parent) in
        [("de-DE-1996", Some("de-DE")), ("zh-Hant-TW", Some("zh-Hant")), ("pt-BR", Some("pt")), ("pt", None)]
    {
        assert_eq!(language(child).parent(), parent.map(language), "{child}");
    }
    assert!(language("pt-BR").is_a(&language("pt")) && !language("pt").is_a(&language("pt-BR")));
}

#[test]
fn the_chain_goes_from_what_is_wanted_over_the_default_to_english() {
    let plain = LanguagePolicy::default();
    assert_eq!(chain(&plain, "pt-BR"), ["pt-BR", "pt", "en"]);
    assert_eq!(chain(&plain, "en-GB"), ["en-GB", "en"]);
    let own = policy(r#"{"default":"de-AT","fallback":{"ca":"es","gsw":"de"}}"#).unwrap();
    assert_eq!(chain(&own, "ca"), ["ca", "es", "de-AT", "de", "en"]);
    assert_eq!(chain(&own, "gsw"), ["gsw", "de", "de-AT", "en"]);
    let few = policy(r#"{"enabled":["fr"]}"#).unwrap();
    assert_eq!(chain(&few, "fr-CA"), ["fr", "en"]);
    assert_eq!(chain(&few, "es"), ["en"]);
}

#[test]
fn f55_a_circle_of_fallbacks_is_refused_and_one_made_in_code_comes_to_an_end() {
    for circle in [r#"{"fallback":{"ca":"es","es":"ca"}}"#, r#"{"fallback":{"ca":"ca"}}"#] {
        let error = policy(circle).unwrap_err().to_string();
        assert!(error.contains("the fallback of ca goes round in a circle"), "{error}");
    }
    let fallback = [(language("ca"), language("es")), (language("es"), language("ca"))].into();
    let made = LanguagePolicy { fallback, ..LanguagePolicy::default() };
    assert_eq!(chain(&made, "ca"), ["ca", "es", "en"]);
}

#[test]
fn a_policy_survives_storage_and_says_what_is_wrong_with_it() {
    let plain = LanguagePolicy::default();
    assert_eq!(policy(&serde_json::to_string(&plain).unwrap()).unwrap(), plain);
    for (json, told) in [
        (r#"{"default":"english"}"#, "write one such as fr, pt-BR"),
        (r#"{"countries":{"+41":"de"}}"#, "write digits alone"),
        (r#"{"fold_accents":"always"}"#, "unknown variant `always`"),
        (r#"{"defualt":"en"}"#, "unknown field `defualt`"),
    ] {
        let error = policy(json).unwrap_err().to_string();
        assert!(error.contains(told), "{json}: {error}");
    }
}

#[test]
fn numbers_tell_a_language_where_a_country_speaks_one() {
    let of = |number: &str, policy: &LanguagePolicy| {
        policy.of(&number.parse().unwrap_or_else(|_| Address::chat(number).unwrap())).to_string()
    };
    let plain = LanguagePolicy::default();
    for (number, expected) in [
        ("+34600000001", "es"),
        ("+33600000001", "fr"),
        ("+4915100000001", "de"),
        ("+819000000001", "ja"),
        ("+966500000001", "ar"),
        ("+5511900000001", "pt-BR"),
        ("+351910000001", "pt"),
        ("+17875550001", "es"),
        ("+15551110001", "en"),
        ("+41790000001", "en"),
        ("+919000000001", "en"),
        ("alice", "en"),
    ] {
        assert_eq!(of(number, &plain), expected, "{number}");
    }
    let own = policy(r#"{"countries":{"41":"de","4122":"fr","33":"br"}}"#).unwrap();
    for (number, expected) in [("+41790000001", "de"), ("+41220000001", "fr"), ("+33600000001", "br")] {
        assert_eq!(of(number, &own), expected, "{number}");
    }
    let silent = policy(r#"{"by_country":false,"default":"it"}"#).unwrap();
    assert_eq!(of("+33600000001", &silent), "it");
    assert_eq!(of("whatsapp:+33600000001", &plain), "fr");
}

#[test]
fn what_is_chosen_stands_against_what_is_guessed() {
    let spoken = |tag: &str, basis| Spoken { language: language(tag), basis };
    let (chosen, word, guess) = (
        spoken("fr", LanguageBasis::Choice),
        spoken("es", LanguageBasis::Keyword),
        spoken("de", LanguageBasis::Answer),
    );
    assert!(guess.replaces(None) && word.replaces(Some(&guess)) && chosen.replaces(Some(&word)));
    assert!(!guess.replaces(Some(&word)) && !word.replaces(Some(&chosen)));
    assert!(spoken("it", LanguageBasis::Choice).replaces(Some(&chosen)));
    assert!(!chosen.replaces(Some(&chosen.clone())));
}
