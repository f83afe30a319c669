use super::Keyword::{Help, Start, Stop, Yes};
use super::*;

fn said(body: &str, words: &KeywordSet) -> Option<Keyword> {
    recognise(body, words).map(|said| said.keyword)
}

#[track_caller]
fn all_are(expected: Option<Keyword>, bodies: &[&str]) {
    let words = KeywordSet::default();
    for body in bodies {
        assert_eq!(said(body, &words), expected, "{body:?}");
    }
}

#[track_caller]
fn all_are_stops(exact: bool, bodies: &[&str]) {
    let words = KeywordSet::default();
    for body in bodies {
        let said = recognise(body, &words);
        assert_eq!(said.map(|said| (said.keyword, said.exact)), Some((Stop, exact)), "{body:?}");
    }
}

fn set(json: &str) -> Result<KeywordSet, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn every_english_stop_word_stops() {
    all_are_stops(
        true,
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
    all_are(Some(Start), &["start", "START!", "unstop", "Un-stop", "Subscribe"]);
    all_are(Some(Yes), &["yes", "YES", "Yes!", " yes. "]);
    all_are(Some(Help), &["help", "HELP?", "info", "Info."]);
}

#[test]
fn f43_stop_is_recognised_however_it_was_typed() {
    all_are_stops(
        true,
        &[
            "Stop.",
            "  stop\r\n",
            "\u{a0}STOP\u{3000}",
            "stop!!! 🛑",
            "🛑🛑 stop",
            "🛑\u{fe0f}stop\u{fe0f}",
            "stop 🅿\u{fe0f} 🇺🇸 👩\u{200d}👩\u{200d}👧 1\u{fe0f}\u{20e3}",
            "ｓｔｏｐ",
            "ＳＴＯＰ！",
            "𝐒𝐓𝐎𝐏",
            "Ⓢⓣⓞⓟ",
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
            "stöp",
            "QU\u{130}T",
            "qu\u{131}t",
            "ARRÊT",
            "ARRE\u{302}T",
            "arre\u{200b}\u{302}t.",
        ],
    );
}

#[test]
fn f43_spaced_letters_and_look_alikes_stop_too_but_are_not_exact() {
    all_are_stops(
        false,
        &[
            "s t o p",
            "S  T\nO P",
            "s. t. o. p.",
            "st op",
            "e n d",
            "ѕтор",
            "ЅТОР",
            "stоp",
            "SΤΟΡ",
            "еnd",
            "саnсеl",
            "ѕtօр",
            "st0p",
            "🆂🆃🅾🅿",
            "🅢🅣🅞🅟",
            "ѕ т о р",
            "cтoп",
            "αrrεt",
        ],
    );
}

#[test]
fn nothing_starts_by_spaced_letters_or_look_alikes() {
    all_are(None, &["s t a r t", "ѕtаrt", "ѕта rt", "y e s", "уеs", "un stop ped", "sub scribe"]);
    all_are(Some(Help), &["h e l p", "неlр"]);
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
            "en d",
            "du r",
            "",
            " ",
            "!!!",
            "🛑",
            "🇸🇹🇴🇵",
        ],
    );
}

#[test]
fn f44_a_long_text_that_holds_stop_is_no_keyword() {
    let long = format!("{} stop {}", "word ".repeat(160), "word ".repeat(160));
    all_are(None, &[&long, &"stop".repeat(400), &" ".repeat(1600), &"\u{301}".repeat(1600)]);
}

#[test]
fn every_language_of_the_list_is_on_and_says_where_it_comes_from() {
    let words = KeywordSet::default();
    assert_eq!(words.languages().len(), 30);
    for (tag, list) in words.languages() {
        assert!(!list.source.is_empty() && !list.stop.is_empty() && !list.yes.is_empty(), "{tag}");
        assert!(!list.start.is_empty() && !list.help.is_empty(), "{tag}");
        assert_eq!(list.reviewed, tag == "en", "{tag}");
        for word in &list.stop {
            let said = recognise(word, &words).unwrap_or_else(|| panic!("{tag}: {word}"));
            assert!(said.keyword == Stop && said.exact, "{tag}: {word}");
            assert!(said.languages.contains(tag), "{tag}: {word}");
        }
        for (keyword, list) in [(Start, &list.start), (Yes, &list.yes), (Help, &list.help)] {
            for word in list {
                assert_eq!(said(word, &words), Some(keyword), "{tag}: {word}");
            }
        }
    }
    assert!(words.version() >= "2026-11-21");
}

#[test]
fn words_of_compliance_are_recognised_without_their_accents() {
    let cases = [
        ("fr", "arret arrete arrett desabonner desinscription"),
        ("zh", "TD 退订 退訂 停止"),
        ("no", "stopp avslutt"),
        ("es", "parar alto baja cancelar detener salir NO-MÁS nomas"),
        ("pt", "sair pare remover"),
        ("de", "Abmelden ENDE"),
        ("it", "ferma annulla cancella disiscrivi"),
        ("nl", "afmelden uitschrijven"),
        ("sv", "avsluta"),
        ("da", "afmeld"),
        ("fi", "lopeta"),
        ("pl", "wypisz rezygnuje"),
        ("cs", "odhlasit"),
        ("hu", "leiratkozas"),
        ("ro", "dezabonare"),
        ("tr", "dur İPTAL iptal ret"),
        ("ru", "стоп ОТПИСАТЬСЯ"),
        ("uk", "відписатися"),
        ("ar", "توقف ايقاف الغاء"),
        ("he", "הסר עצור"),
        ("hi", "बंद रोकें स्टॉप"),
        ("bn", "বন্ধ"),
        ("ja", "停止 配信停止 ストップ ｽﾄｯﾌﾟ"),
        ("ko", "수신거부 중지"),
        ("id", "berhenti"),
        ("vi", "dung huy DỪNG"),
        ("th", "หยุด ยกเลิก"),
        ("el", "στοπ ΣΤΟΠ διακοπη"),
    ];
    let words = KeywordSet::default();
    for (tag, list) in cases {
        for word in list.split(' ') {
            let said = recognise(word, &words).unwrap_or_else(|| panic!("{tag}: {word}"));
            assert_eq!((said.keyword, said.exact), (Stop, true), "{tag}: {word}");
            assert!(said.languages.iter().any(|known| known == tag), "{tag}: {word}");
        }
    }
    assert_eq!(said("no más", &words), Some(Stop));
    assert_eq!(said("tu choi", &words), Some(Stop));
    assert_eq!(said("đúng", &words), None, "yes in Vietnamese");
}

#[test]
fn languages_of_a_word_are_those_that_have_it() {
    let words = KeywordSet::default();
    let of = |body| recognise(body, &words).unwrap().languages.to_vec();
    assert_eq!(of("ARRÊT"), ["fr"]);
    assert_eq!(of("стоп"), ["ru", "uk"]);
    assert_eq!(of("Unsubscribe"), ["en"]);
    assert!(of("stop").contains(&"en".to_owned()) && of("stop").contains(&"de".to_owned()));
}

#[test]
fn an_operator_adds_replaces_and_switches_off() {
    let words = set(
        r#"{"es":{"stop":["basta"],"reviewed":true},"de":{"replace":true,"stop":["halt"]},"vi":{"on":false},
            "eo":{"stop":["ĉesu"]}}"#,
    )
    .unwrap();
    for (body, expected) in [
        ("BASTA!", Some(Stop)),
        ("baja", Some(Stop)),
        ("Halt", Some(Stop)),
        ("Abmelden", None),
        ("Hilfe", Some(Help)),
        ("huy", None),
        ("cesu", Some(Stop)),
        ("stop", Some(Stop)),
    ] {
        assert_eq!(said(body, &words), expected, "{body:?}");
    }
    assert!(words.languages()["es"].reviewed && !words.languages()["de"].reviewed);
    let written = serde_json::to_string(&words).unwrap();
    assert_eq!(set(&written).unwrap(), words);
    assert_ne!(words, KeywordSet::default());
}

#[test]
fn changes_that_cannot_be_meant_are_refused() {
    for (json, says) in [
        (r#"{"en":{"stopp":["stop"]}}"#, "stopp"),
        (r#"{"ens":{"on":false}}"#, "keywords.ens"),
        (r#"{"es":{"stop":["!!"]}}"#, "0 letters"),
        (r#"{"es":{"stop":["aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeee"]}}"#, "1 to 40"),
        (r#"{"en":{"replace":true,"stop":["stop"]}}"#, "\"quit\" must stay"),
        (r#"{"en":{"on":false}}"#, "must stay"),
    ] {
        let error = set(json).unwrap_err();
        assert!(error.contains(says), "{json}: {error}");
    }
}

#[test]
fn word_listed_twice_is_what_sends_least() {
    let words =
        set(r#"{"aa":{"start":["x"],"help":["y"],"yes":["z"]},"bb":{"stop":["x","y"],"start":["z"]}}"#)
            .unwrap();
    assert_eq!(said("x", &words), Some(Stop));
    assert_eq!(said("y", &words), Some(Stop));
    assert_eq!(said("z", &words), Some(Yes));
    assert_eq!(recognise("x", &words).unwrap().languages, ["bb"]);
}

#[test]
fn rock_6399_twilio_takes_the_bare_word_and_revoke_and_optout_are_among_them() {
    let cases = [
        ("STOP", Some(Stop)),
        (" stop \n", Some(Stop)),
        ("StopAll", Some(Stop)),
        ("unsubscribe", Some(Stop)),
        ("End", Some(Stop)),
        ("quit", Some(Stop)),
        ("cancel", Some(Stop)),
        ("revoke", Some(Stop)),
        ("OPTOUT", Some(Stop)),
        ("start", Some(Start)),
        ("unstop", Some(Start)),
        ("yes", Some(Yes)),
        ("Help", Some(Help)),
        ("Info", Some(Help)),
        ("stop all", None),
        ("opt out", None),
        ("remove", None),
        ("subscribe", None),
        ("arret", None),
        ("stop.", None),
        ("stop please", None),
        ("ｓｔｏｐ", None),
        ("", None),
    ];
    for (body, expected) in cases {
        assert_eq!(carrier_would_match(body), expected, "{body:?}");
        if expected.is_some() {
            assert_eq!(said(body, &KeywordSet::default()), expected, "{body:?}");
        }
    }
}

#[test]
fn toll_free_numbers_are_known_by_their_area_codes() {
    for (sender, expected) in [
        ("+18005550100", true),
        ("+18335550100", true),
        ("+18885550100", true),
        ("+18225550100", false),
        ("+15558005550", false),
        ("+448005550100", false),
        ("whatsapp:+18005550100", false),
    ] {
        assert_eq!(is_toll_free(&sender.parse().unwrap()), expected, "{sender}");
    }
}

#[test]
fn two_letters_are_a_keyword_together_and_none_apart() {
    let words = KeywordSet::default();
    assert_eq!(recognise("td", &words).map(|said| said.keyword), Some(Stop));
    for apart in ["t d", "T  D"] {
        assert_eq!(recognise(apart, &words), None, "{apart:?}");
    }
    assert_eq!(recognise("e n d", &words).map(|said| said.keyword), Some(Stop), "three are");
}
