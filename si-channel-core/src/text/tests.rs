use super::*;
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

fn default(id: TextId) -> String {
    render(id, &args(), &brand(), &Texts::default())
}

fn texts(json: &str) -> Result<Texts, serde_json::Error> {
    serde_json::from_str(json)
}

#[test]
fn every_default_is_gsm_within_two_segments_and_completely_filled() {
    for id in TextId::ALL {
        let text = default(id);
        let cost = count(&text);
        assert_eq!(cost.encoding, Encoding::Gsm7, "{id:?}: {text}");
        assert!(cost.segments <= 2, "{id:?} has {} units: {text}", cost.units);
        assert!(!text.contains(['{', '}']) && !text.contains("  "), "{id:?}: {text}");
        assert_eq!(Template::parse(id, id.default_template()).map(|_| ()), Ok(()), "{id:?}");
    }
}

#[test]
fn every_argument_of_a_text_stands_in_its_default() {
    for id in TextId::ALL {
        for placeholder in id.arguments() {
            let written = format!("{{{}}}", placeholder.as_str());
            assert!(id.default_template().contains(&written), "{id:?} lacks {written}");
        }
    }
}

#[test]
fn opt_in_texts_have_what_carriers_ask_for() {
    for id in [TextId::Welcome, TextId::ConsentRequest, TextId::OptInConfirmation] {
        let text = default(id);
        for part in ["Acme Support", "Message frequency varies", "Msg & data rates may apply", "HELP", "STOP"]
        {
            assert!(text.contains(part), "{id:?} lacks {part:?}: {text}");
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
fn own_wording_takes_the_place_of_the_default() {
    let texts =
        texts(r#"{"help":"{brand} helps: {contact} {{now}}","join_announcement":"+ {name}"}"#).unwrap();
    assert_eq!(render(TextId::Help, &args(), &brand(), &texts), "Acme Support helps: +1 800 555 0100 {now}");
    assert_eq!(render(TextId::JoinAnnouncement, &args(), &brand(), &texts), "+ Maximilian Mustermann");
    assert_eq!(render(TextId::Welcome, &args(), &brand(), &texts), default(TextId::Welcome));
}

#[test]
fn value_is_not_read_as_a_template() {
    let texts = Texts::default();
    let text = render(TextId::NameSet, &Args::default().name("{contact}"), &brand(), &texts);
    assert_eq!(text, "The others now see you as {contact}.");
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
