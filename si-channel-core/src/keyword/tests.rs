use super::Keyword::{Help, Start, Stop, Yes};
use super::*;

#[track_caller]
fn all_are(expected: Option<Keyword>, bodies: &[&str]) {
    let words = KeywordSet::default();
    for body in bodies {
        assert_eq!(recognise(body, &words), expected, "{body:?}");
    }
}

#[test]
fn every_stop_word_stops() {
    all_are(
        Some(Stop),
        &[
            "stop",
            "STOP",
            "Stop",
            "stopall",
            "STOP ALL",
            "unsubscribe",
            "Unsubscribe",
            "end",
            "QUIT",
            "cancel",
            "Revoke",
            "optout",
            "opt out",
            "OPT-OUT",
            "opt\u{2011}out",
            "remove",
        ],
    );
}

#[test]
fn the_other_words_are_theirs() {
    all_are(Some(Start), &["start", "START!", "unstop", "Un-stop"]);
    all_are(Some(Yes), &["yes", "YES", "Yes!", " yes. "]);
    all_are(Some(Help), &["help", "HELP?", "info", "Info."]);
}

#[test]
fn stop_is_recognised_however_it_was_typed() {
    all_are(
        Some(Stop),
        &[
            "Stop.",
            "  stop\r\n",
            "\u{a0}STOP\u{3000}",
            "stop!!! 🛑",
            "🛑🛑 stop",
            "🛑\u{fe0f}stop\u{fe0f}",
            "ｓｔｏｐ",
            "ＳＴＯＰ！",
            "𝐒𝐓𝐎𝐏",
            "Ⓢⓣⓞⓟ",
            "s t o p",
            "S.T.O.P.",
            "s-t-o-p",
            "st\u{200b}op",
            "\u{feff}stop",
            "s\u{200d}t\u{ad}o\u{2060}p",
            "\u{200f}stop\u{200f}",
            "\u{202e}stop\u{202c}",
            "\u{2066}stop\u{2069}",
            "\"STOP\"",
            "“Stop”",
            "*stop*",
            "stop\u{0}",
            "QU\u{130}T",
            "qu\u{131}t",
        ],
    );
}

#[test]
fn letters_that_only_look_latin_stop_too() {
    all_are(Some(Stop), &["ѕтор", "ЅТОР", "stоp", "ΣΤΟΡ".replace('Σ', "S").as_str(), "еnd", "саnсеl"]);
}

#[test]
fn message_that_says_more_is_no_keyword() {
    all_are(
        None,
        &[
            "Don't stop",
            "where is the bus stop",
            "Stop by later?",
            "stop it please",
            "The end",
            "endless",
            "nonstop",
            "stop stop",
            "quit smoking plan",
            "cancel my appointment",
            "yes please",
            "start over",
            "helpful",
            "information",
            "STOP\nSent from my phone",
            "stop1",
            "стоп",
            "",
            " ",
            "!!!",
            "🛑",
            "stöp",
        ],
    );
    let long = format!("{} stop {}", "word ".repeat(160), "word ".repeat(160));
    all_are(None, &[&long, &"stop".repeat(400), &" ".repeat(1600), &"\u{301}".repeat(1600)]);
}

#[test]
fn other_languages_are_data() {
    let words: KeywordSet = serde_json::from_str(
        r#"{"en":{"stop":["stop"]},"fr":{"stop":["arrêt"],"help":["aide"]},"es":{"stop":["no más"],"yes":["sí"]}}"#,
    )
    .unwrap();
    let cases = [
        ("ARRÊT", Some(Stop)),
        ("ARRE\u{302}T", Some(Stop)),
        ("arre\u{200b}\u{302}t.", Some(Stop)),
        ("Aide !", Some(Help)),
        ("¡No más!", Some(Stop)),
        ("Sí", Some(Yes)),
        ("stop", Some(Stop)),
        ("help", None),
    ];
    for (body, expected) in cases {
        assert_eq!(recognise(body, &words), expected, "{body:?}");
    }
}

#[test]
fn word_listed_twice_is_what_sends_least() {
    let words: KeywordSet = serde_json::from_str(
        r#"{"aa":{"start":["x"],"help":["y"],"yes":["z"]},"bb":{"stop":["x","y"],"start":["z"]}}"#,
    )
    .unwrap();
    assert_eq!(recognise("x", &words), Some(Stop));
    assert_eq!(recognise("y", &words), Some(Stop));
    assert_eq!(recognise("z", &words), Some(Yes));
}

#[test]
fn twilio_takes_only_the_bare_word() {
    let cases = [
        ("STOP", Some(Stop)),
        (" stop \n", Some(Stop)),
        ("StopAll", Some(Stop)),
        ("revoke", Some(Stop)),
        ("OPTOUT", Some(Stop)),
        ("unstop", Some(Start)),
        ("yes", Some(Yes)),
        ("Info", Some(Help)),
        ("stop all", None),
        ("opt out", None),
        ("remove", None),
        ("stop.", None),
        ("stop please", None),
        ("ｓｔｏｐ", None),
        ("", None),
    ];
    for (body, expected) in cases {
        assert_eq!(carrier_would_match(body), expected, "{body:?}");
    }
}

#[test]
fn unknown_keys_in_the_words_are_refused() {
    assert!(serde_json::from_str::<KeywordSet>(r#"{"en":{"stopp":["stop"]}}"#).is_err());
}
