//! Languages and what they cost: §11.

use si_channel_core::language::Language;
use si_channel_core::segment::{Encoding, count, gsm7};
use si_channel_core::text::{Args, Medium, TextId, render};

use crate::support::{ANN, CAT, Sim};

fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}

#[test]
fn section_11_a_segment_holds_160_or_153_septets_and_70_or_67_units() {
    for (text, units, segments) in [
        ("a".repeat(160), 160, 1),
        ("a".repeat(161), 161, 2),
        ("a".repeat(306), 306, 2),
        ("a".repeat(307), 307, 3),
        ("я".repeat(70), 70, 1),
        ("я".repeat(71), 71, 2),
        ("я".repeat(134), 134, 2),
        ("я".repeat(135), 135, 3),
        // One character turns the whole message.
        (format!("{}я", "a".repeat(70)), 71, 2),
    ] {
        let cost = count(&text);
        assert_eq!((cost.units, cost.segments), (units, segments), "{text:.8}");
    }
}

#[test]
fn section_11_letters_that_gsm_has_and_has_not() {
    for (tag, has, has_not) in [
        ("es", "éñü¿¡", "áíóú"),
        ("fr", "àéèù", "âçêëîïôûœ"),
        ("pt", "éàü", "ãõáíóúâêôç"),
        ("nl", "éèü", "ëï"),
        ("pl", "", "ąćęłńóśźż"),
        ("tr", "öü", "çğış"),
        ("de", "äöüß", ""),
        ("it", "àèéìòù", ""),
        ("sv", "åäö", ""),
        ("da", "æøå", ""),
        ("no", "æøå", ""),
    ] {
        assert!(has.chars().all(|c| gsm7::septets(c).is_some()), "{tag} {has}");
        assert!(has_not.chars().all(|c| gsm7::septets(c).is_none()), "{tag} {has_not}");
    }
}

/// Ours are as short as those that were measured, or shorter.
#[test]
fn section_11_the_confirmation_of_an_opt_out_costs_one_segment_and_two_where_the_script_asks_for_it() {
    let policy = Sim::new().policy;
    for (tag, most) in [
        ("en", 1),
        ("de", 1),
        ("it", 1),
        ("nl", 1),
        ("es", 1),
        ("fr", 1),
        ("pt", 1),
        ("pl", 1),
        ("tr", 1),
        ("ar", 2),
        ("hi", 2),
        ("ja", 1),
        ("zh", 1),
    ] {
        let said = render(TextId::OptOutConfirmation, &Args::default(), &policy, &language(tag), Medium::Sms);
        assert_eq!(said.language, language(tag));
        let cost = count(&said.text);
        assert!(cost.segments <= most, "{tag}: {cost:?} {:?}", said.text);
    }
}

#[test]
fn section_11_no_mark_of_isolation_nor_typographic_character_makes_an_sms_ucs2() {
    let mut sim = Sim::new();
    let own = "{brand}: it’s 3:00\u{202f}PM – “welcome”\u{a0}… {{}}";
    sim.policy.texts = serde_json::from_value(serde_json::json!({ "welcome": own })).unwrap();
    sim.text(ANN, "hi");
    let welcome = sim.heard(ANN).remove(0);
    assert_eq!(welcome, "Acme: it's 3:00 PM - \"welcome\" ... {}");
    assert_eq!(count(&welcome).encoding, Encoding::Gsm7);
}

#[test]
fn section_11_where_the_channel_is_unicode_right_to_left_texts_isolate_what_is_not() {
    let policy = Sim::new().policy;
    let said = |tag, medium| render(TextId::Welcome, &Args::default(), &policy, &language(tag), medium).text;
    let isolated = said("ar", Medium::Unicode);
    assert!(
        isolated.contains("\u{2068}Acme\u{2069}") || isolated.contains("\u{2066}Acme\u{2069}"),
        "{isolated}"
    );
    assert!(["STOP", "HELP"].iter().all(|word| isolated.contains(word)));
    assert!(!said("en", Medium::Sms).contains('\u{2068}'));
}

#[test]
fn section_11_a_text_falls_back_to_the_parent_the_default_and_english_and_is_never_empty() {
    let mut policy = Sim::new().policy;
    policy.language.default = language("es");
    for (wanted, used) in [("pt-BR", "pt"), ("fr-CA", "fr"), ("sw", "es"), ("zh-TW", "zh")] {
        let said =
            render(TextId::OptOutConfirmation, &Args::default(), &policy, &language(wanted), Medium::Sms);
        assert_eq!(said.language, language(used), "{wanted}");
        assert!(said.text.contains("Acme"), "{wanted}");
    }
    policy.language.enabled = Some([language("en")].into());
    for id in TextId::ALL {
        assert!(
            !render(id, &Args::default(), &policy, &language("hi"), Medium::Sms).text.is_empty(),
            "{id:?}"
        );
    }
}

#[test]
fn section_11_a_text_that_a_persons_language_lacks_is_told_of() {
    let mut sim = Sim::with(&[CAT]);
    sim.text(CAT, "avsluta");
    assert_eq!(sim.heard(CAT), ["Acme: You have opted out and will get no further messages."]);
    assert_eq!(sim.count("message.fell_back"), 1, "there are no Swedish texts");
}

#[test]
fn section_11_the_language_is_the_one_chosen_then_detected_then_the_countrys_then_the_default() {
    let mut sim = Sim::new();
    sim.policy.language.default = language("fr");
    for (number, word) in [("+4915112345678", "KI-Assistent"), ("whatsapp:US.1234", "assistant IA")] {
        sim.text(number, "hi");
        let welcome = sim.heard(number).remove(0);
        assert!(welcome.contains(word), "{number}: {welcome}");
    }
    // A keyword tells the language, and needs none to be recognised.
    sim.text(CAT, "hello");
    sim.heard(CAT);
    sim.text(CAT, "aiuto");
    assert!(sim.heard(CAT)[0].contains("assistenza") || sim.count("participant.language_known") == 1);
}
