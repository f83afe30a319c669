use super::*;
use crate::guard::asked_words;
use crate::keyword::KeywordSet;
use crate::language::FoldAccents;
use crate::segment::{Encoding, count};

fn brand() -> Brand {
    Brand { name: "Acme Support".to_owned(), contact: "+1 800 555 0100".to_owned(), ..Brand::default() }
}

/// Every argument at its longest usual.
fn args() -> Args {
    Args::default()
        .name("Maximilian Mustermann")
        .code("7KQ2M9XDAB")
        .number("+15550001111")
        .minutes(1440)
        .received(120)
        .purpose("delivery")
        .sent(240)
}

fn policy(texts: Texts) -> Policy {
    Policy { brand: brand(), texts, ..Policy::default() }
}

fn said(id: TextId, policy: &Policy, language: &str, medium: Medium) -> Rendered {
    render(id, &args(), policy, &language.parse().unwrap(), medium)
}

fn default(id: TextId) -> String {
    said(id, &policy(Texts::default()), "en", Medium::Sms).text
}

fn texts(json: &str) -> Result<Texts, serde_json::Error> {
    serde_json::from_str(json)
}

fn locales(language: &str, source: &str) -> Result<Locales, String> {
    let sources = BTreeMap::from([(language.parse().unwrap(), source.to_owned())]);
    Locales::try_from(sources).map_err(|error| error.to_string())
}

#[test]
fn english_is_gsm_within_two_segments_and_completely_filled() {
    for id in TextId::ALL {
        let text = default(id);
        let cost = count(&text);
        assert_eq!(cost.encoding, Encoding::Gsm7, "{id:?}: {text}");
        assert!(cost.segments <= 2, "{id:?} has {} units: {text}", cost.units);
        assert!(!text.contains(['{', '}', '$']) && !text.contains("  "), "{id:?}: {text}");
    }
}

#[test]
fn every_language_has_every_text_with_its_placeholders_in_as_many_segments_as_it_may() {
    let policy = policy(Texts::default());
    let mut long = Vec::new();
    for language in builtin() {
        for id in TextId::ALL {
            let said = render(id, &args(), &policy, &language, Medium::Sms);
            assert_eq!((&said.language, said.as_wanted), (&language, true), "{id:?}");
            assert!(!said.text.contains(['{', '}', '$']), "{language} {id:?}: {}", said.text);
            let english = said.language.is_english();
            assert!(english || said.text != default(id), "{language} {id:?} is not translated");
            assert!(!said.text.contains("Message frequency") || english, "{language} {id:?}");
            for placeholder in id.arguments() {
                let value = args().get(*placeholder).to_owned();
                assert!(said.text.contains(&value), "{language} {id:?} lacks {value}: {}", said.text);
            }
            let cost = count(&said.text);
            if id.max_segments().is_some_and(|most| cost.segments > most) {
                long.push(format!("{language} {id:?}: {} units in {} segments", cost.units, cost.segments));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn the_latin_languages_stay_in_gsm_where_that_is_cheaper() {
    let policy = policy(Texts::default());
    for language in ["en", "es", "fr", "de", "pt", "it", "nl", "pl", "tr"] {
        for id in TextId::ALL.into_iter().filter(|id| id.is_compliance()) {
            let text = said(id, &policy, language, Medium::Sms).text;
            let cost = count(&text);
            assert!(
                cost.encoding == Encoding::Gsm7 || cost.segments == 1,
                "{language} {id:?} takes {} segments: {text}",
                cost.segments
            );
        }
    }
    let spanish = |medium| said(TextId::Welcome, &policy, "es", medium).text;
    assert!(spanish(Medium::Sms).contains("Aqui") && spanish(Medium::Unicode).contains("Aquí"));
    let mut kept = policy.clone();
    kept.language.fold_accents = FoldAccents::Never;
    assert!(said(TextId::Welcome, &kept, "es", Medium::Sms).text.contains("Aquí"));
}

#[test]
fn opt_in_texts_have_what_carriers_ask_for() {
    for id in [TextId::Welcome, TextId::ConsentRequest, TextId::OptInConfirmation] {
        let text = default(id);
        for part in ["Message frequency varies", "Msg & data rates may apply"] {
            assert!(text.contains(part), "{id:?} lacks {part:?}: {text}");
        }
        for language in builtin() {
            let text = render(id, &args(), &policy(Texts::default()), &language, Medium::Unicode).text;
            for part in ["Acme Support", "HELP", "STOP"] {
                assert!(text.contains(part), "{language} {id:?} lacks {part:?}: {text}");
            }
        }
    }
    for id in [TextId::Welcome, TextId::ConsentRequest] {
        assert!(default(id).contains("AI assistant"), "{id:?} does not disclose that an AI answers");
    }
}

#[test]
fn help_has_brand_contact_and_the_way_out() {
    let text = default(TextId::Help);
    for part in ["Acme Support", "+1 800 555 0100", "STOP"] {
        assert!(text.contains(part), "{part:?}: {text}");
    }
}

#[test]
fn opt_out_confirmation_says_only_that_it_is_done() {
    let text = default(TextId::OptOutConfirmation);
    assert_eq!(text, "Acme Support: You have opted out and will get no further messages.");
}

#[test]
fn no_text_asks_for_a_reserved_word_unless_it_is_about_consent() {
    for language in builtin() {
        for id in TextId::ALL {
            let text = render(id, &args(), &policy(Texts::default()), &language, Medium::Sms).text;
            let asked = asked_words(&text, &KeywordSet::default());
            assert!(asked.is_empty() || id.may_name_reserved_words(), "{language} {id:?}: {asked:?}");
        }
    }
    assert_eq!(asked_words("Reply \"STOP\".", &KeywordSet::default()), ["STOP"]);
    assert_eq!(asked_words("Please stop, UNSTOPPABLE", &KeywordSet::default()), [""; 0]);
}

#[test]
fn own_wording_takes_the_place_of_the_default_in_every_language() {
    let texts =
        texts(r#"{"help":"{brand} helps: {contact} {{now}}","join_announcement":"+ {name}"}"#).unwrap();
    let policy = policy(texts);
    for language in ["en", "fr", "sv"] {
        let help = said(TextId::Help, &policy, language, Medium::Sms);
        assert_eq!((help.text.as_str(), help.as_wanted), ("Acme Support helps: +1 800 555 0100 {now}", true));
    }
    let joined = said(TextId::JoinAnnouncement, &policy, "en", Medium::Sms).text;
    assert_eq!(joined, "+ Maximilian Mustermann");
    assert_eq!(said(TextId::Welcome, &policy, "en", Medium::Sms).text, default(TextId::Welcome));
}

#[test]
fn own_files_come_before_everything_text_by_text() {
    let mut policy = policy(texts(r#"{"help":"any {contact}"}"#).unwrap());
    let source = "help = Aide : { $contact }, { $brand }, { $frequency }\nfrequency = 3 par mois\n";
    policy.locales = locales("fr", source).unwrap();
    let text = |id, language| said(id, &policy, language, Medium::Sms).text;
    assert_eq!(text(TextId::Help, "fr-CA"), "Aide : +1 800 555 0100, Acme Support, 3 par mois");
    assert_eq!(text(TextId::Help, "es"), "any +1 800 555 0100");
    assert!(text(TextId::NameSet, "fr").starts_with("Les autres"));
    let swedish = locales("sv", "name_set = De andra ser dig som { $name }.").unwrap();
    policy.locales = swedish;
    let set = said(TextId::NameSet, &policy, "sv", Medium::Sms);
    assert_eq!((set.text.as_str(), set.as_wanted), ("De andra ser dig som Maximilian Mustermann.", true));
}

#[test]
fn f55_a_missing_text_falls_back_and_is_never_empty() {
    let mut policy = policy(Texts::default());
    for (wanted, enabled, default, used) in [
        ("pt-BR", None, "en", "pt"),
        ("sv", None, "en", "en"),
        ("sv", None, "fr", "fr"),
        ("es", Some("fr"), "fr", "fr"),
        ("es", Some("sv"), "sv", "en"),
    ] {
        policy.language.enabled = enabled.map(|tag| [tag.parse().unwrap()].into());
        policy.language.default = default.parse().unwrap();
        for id in TextId::ALL {
            let said = said(id, &policy, wanted, Medium::Sms);
            assert_eq!(said.language.to_string(), used, "{wanted}");
            assert_eq!(said.as_wanted, wanted == "pt-BR");
            assert!(!said.text.trim().is_empty());
        }
    }
}

#[test]
fn files_that_cannot_be_used_are_refused_by_line_with_what_to_do() {
    for (source, told) in [
        ("help = { $contact }\n", "line 1: `help` lacks $brand; put { $brand } into it"),
        (
            "\n\nname_set = { $nmae }",
            "line 3: `name_set` has no $nmae; it has $brand, $contact, $frequency, $name",
        ),
        ("welcom = x", "line 1: there is no text `welcom`"),
        ("# x\nleft_group = a\nleft_group = b", "line 2: `left_group` is there twice"),
        ("left_group = a\nhelp { $brand }", "line 2: this is not Fluent: expected a token starting with"),
        ("left_group = { $brand", "line 1: this is not Fluent"),
        ("left_group =\n    .title = x", "`left_group` has attributes or no text"),
        ("left_group = { join_failed }", "`left_group` refers to another text"),
        ("left_group = { -brand }", "`left_group` refers to a term"),
        ("left_group = { NUMBER(1) }", "`left_group` refers to a function"),
        ("left_group = { \" \" }", "`left_group` says nothing"),
        ("name_set = { $name ->\n [a] x\n *[b] y\n }", "line 1: "),
    ] {
        match locales("sv", source) {
            Err(error) => assert!(error.contains(told), "{source:?}: {error}"),
            Ok(_) => assert_eq!(told, "line 1: ", "{source:?} was taken"),
        }
    }
    let both = locales("sv", "welcom = x\nhlep = y").unwrap_err();
    assert!(both.contains("line 1: ") && both.contains("line 2: "), "{both}");
}

#[test]
fn plurals_follow_the_language() {
    let policy = policy(Texts::default());
    let minutes = |language: &str, minutes: u32| {
        let args = Args::default().minutes(minutes);
        let language = language.parse().unwrap();
        render(TextId::InactivityWarning, &args, &policy, &language, Medium::Unicode).text
    };
    for (language, count, word) in [
        ("es", 1, "1 minuto."),
        ("es", 10, "10 minutos."),
        ("pl", 1, "1 minutę"),
        ("pl", 3, "3 minuty"),
        ("pl", 12, "12 minut."),
        ("pl", 22, "22 minuty"),
        ("fr", 0, "0 minute."),
        ("ar", 2, "دقيقتين"),
        ("ar", 5, "دقائق"),
    ] {
        let text = minutes(language, count);
        assert!(text.contains(word), "{language} {count}: {text}");
    }
}

#[test]
fn marks_for_direction_stand_on_unicode_channels_alone() {
    let policy = policy(Texts::default());
    let arabic = |id, medium| said(id, &policy, "ar", medium).text;
    let whatsapp = arabic(TextId::OptInConfirmation, Medium::Unicode);
    for part in ["\u{2066}Acme Support\u{2069}", "\u{2066}HELP\u{2069}", "\u{2066}STOP\u{2069}"] {
        assert!(whatsapp.contains(part), "{part}: {whatsapp}");
    }
    let invitation = arabic(TextId::Invitation, Medium::Unicode);
    for part in ["\u{2066}JOIN 7KQ2M9XDAB\u{2069}", "\u{2066}+15550001111\u{2069}"] {
        assert!(invitation.contains(part), "{part}: {invitation}");
    }
    for id in TextId::ALL {
        let sms = arabic(id, Medium::Sms);
        assert!(!sms.contains(['\u{2066}', '\u{2068}', '\u{2069}']), "{id:?}");
    }
    let named = |language: &str, medium| {
        render(TextId::NameSet, &Args::default().name("مها"), &policy, &language.parse().unwrap(), medium)
    };
    assert!(named("en", Medium::Unicode).text.contains("\u{2068}مها\u{2069}"));
    assert_eq!(named("en", Medium::Sms).text, "The others now see you as مها.");
}

#[test]
fn value_is_not_read_as_a_template() {
    let args = Args::default().name("{ $contact }");
    let english = Language::english();
    let text = render(TextId::NameSet, &args, &policy(Texts::default()), &english, Medium::Sms).text;
    assert_eq!(text, "The others now see you as { $contact }.");
}

#[test]
fn wording_that_cannot_be_filled_is_refused_by_name() {
    for (json, told) in [
        (
            r#"{"help":"{brnad}"}"#,
            "the text `help` has no placeholder {brnad}; it has {brand}, {contact}, {frequency}",
        ),
        (r#"{"help":"{name}"}"#, "has no placeholder {name}"),
        (r#"{"welcome":"{}"}"#, "has no placeholder {}"),
        (r#"{"welcome":"{ brand }"}"#, "has no placeholder { brand }"),
        (r#"{"welcome":"{brand"}"#, "has a `{` without its other half"),
        (r#"{"welcome":"a {b {brand}"}"#, "has a `{` without its other half"),
        (r#"{"welcome":"brand}"}"#, "has a `}` without its other half"),
        (r#"{"welcome":" "}"#, "the text `welcome` is empty"),
        (r#"{"welcom":"x"}"#, "unknown variant `welcom`"),
    ] {
        let error = texts(json).unwrap_err().to_string();
        assert!(error.contains(told), "{json}: {error}");
    }
}

#[test]
fn names_and_wording_survive_storage() {
    for id in TextId::ALL {
        assert_eq!(serde_json::to_value(id).unwrap(), id.as_str());
    }
    let json = r#"{"help":"{brand} {{}} x"}"#;
    assert_eq!(serde_json::to_string(&texts(json).unwrap()).unwrap(), json);
    let stored = serde_json::to_string(&args()).unwrap();
    assert_eq!(serde_json::from_str::<Args>(&stored).unwrap(), args());
    let own = locales("sv", "left_group = Hej").unwrap();
    let stored = serde_json::to_string(&own).unwrap();
    assert_eq!(serde_json::from_str::<Locales>(&stored).unwrap(), own);
}

#[test]
fn debug_of_the_values_names_them_only() {
    let shown = format!("{:?}", args());
    assert!(shown.contains("Name") && !shown.contains("Max") && !shown.contains("7KQ2"), "{shown}");
}

#[test]
fn default_brand_has_yet_to_be_completed() {
    assert!(!Brand::default().is_complete());
    assert!(brand().is_complete());
}

#[test]
fn an_escape_that_is_cut_within_a_letter_is_refused_with_its_line() {
    let french = "fr".parse().unwrap();
    for source in ["help = {\"\\Uabçdef\"}", "help = {\"\\u00é\"}"] {
        let errors = Locales::check(&french, &format!("# Texts\n{source}\n")).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].to_string().starts_with("line 2: `\\u` stands before"), "{}", errors[0]);
    }
    let kept = Locales::check(&french, "help = {\"\\u00E9\"} { $brand }\n").unwrap_err();
    assert!(kept.iter().all(|error| !error.what.contains("\\u")), "{kept:?}");
}
