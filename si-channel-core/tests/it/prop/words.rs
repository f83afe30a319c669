use proptest::prelude::*;
use si_channel_core::command;
use si_channel_core::keyword::{Keyword, KeywordSet, carrier_would_match, recognise};
use si_channel_core::meaning::{self, Meaning, Phrases};

use super::split::text;

fn said(body: &str, words: &KeywordSet) -> Option<Keyword> {
    recognise(body, words).map(|said| said.keyword)
}

proptest! {
    #[test]
    fn what_the_carrier_takes_we_take_too(body in "\\PC{0,12}", word in "(?i-u)(stop|end|quit|start|yes|help|info)", pad in "[ \t\r\n]{0,3}") {
        let set = KeywordSet::default();
        let padded = format!("{pad}{word}{pad}");
        prop_assert_eq!(carrier_would_match(&padded), said(&padded, &set));
        prop_assert!(carrier_would_match(&padded).is_some());
        if let Some(keyword) = carrier_would_match(&body) {
            prop_assert_eq!(said(&body, &set), Some(keyword));
        }
    }

    #[test]
    fn keyword_inside_other_words_is_no_keyword(before in "[a-z]{3,9}", after in "[a-z]{3,9}") {
        let set = KeywordSet::default();
        for body in [format!("{before} stop {after}"), format!("please do not stop {after}")] {
            prop_assert_eq!(recognise(&body, &set), None);
        }
    }

    #[test]
    fn however_a_keyword_is_dressed_it_is_recognised(
        place in any::<prop::sample::Index>(),
        dress in prop::collection::vec(("[!?.,*\"🛑👍🇺🇸\u{200b}\u{ad}\u{202e}\u{2066}\u{feff}\u{0}]{0,2}", 0..3_u8), 41),
    ) {
        let set = KeywordSet::default();
        let words: Vec<_> = set.languages().values().flat_map(|words| [&words.stop, &words.help]).flatten().collect();
        let word = place.get(&words);
        let plain = recognise(word, &set).unwrap();
        let dressed: String = word.chars().zip(&dress).flat_map(|(c, (around, how))| {
            let c: String = match how {
                // Some capitals have no single small letter, and the other way round.
                0 => c.to_uppercase().collect(),
                1 if c.is_ascii_alphanumeric() => char::from_u32(u32::from(c) + 0xfee0).into_iter().collect(),
                _ => c.to_string(),
            };
            [around.clone(), c]
        }).collect();
        prop_assert_eq!(recognise(&dressed, &set), Some(plain), "{:?}", dressed);
    }

    #[test]
    fn any_text_is_recognised_or_not_without_panic(body in text(), any in ".{0,60}") {
        let set = KeywordSet::default();
        for body in [&body, &any] {
            let said = recognise(body, &set);
            prop_assert!(said.is_none_or(|said| !said.languages.is_empty()));
            prop_assert!(said.is_none_or(|said| said.exact || matches!(said.keyword, Keyword::Stop | Keyword::Help)));
        }
    }

    #[test]
    fn any_text_is_read_without_panic_and_names_are_clean(body in text()) {
        for body in [body.clone(), format!("name {body}"), format!("join ABCDE-FGH12 {body}")] {
            if let Some(command::Command::Name(name)) = command::parse(&body) {
                prop_assert!(!name.is_empty() && !name.chars().any(char::is_control));
            }
        }
    }
}

/// Words that say nothing about messages.
const IDLE: [&str; 12] =
    ["hello", "what", "the", "weather", "tomorrow", "please", "me", "texts", "my", "sending", "you", "again"];

proptest! {
    #[test]
    fn no_text_without_a_trigger_means_anything(
        picks in prop::collection::vec((any::<prop::sample::Index>(), "[ ,.!?\n]{1,2}"), 0..40),
    ) {
        let text: String = picks.iter().flat_map(|(word, space)| [*word.get(&IDLE), space.as_str()]).collect();
        let phrases = Phrases::default();
        prop_assert_eq!(meaning::read(&text, &phrases), Meaning::Nothing, "{:?}", text);
    }

    #[test]
    fn any_text_is_read_for_its_meaning_without_panic(body in text(), any in ".{0,80}") {
        for body in [&body, &any] {
            let _ = meaning::read(body, &Phrases::default());
        }
    }

    #[test]
    fn what_is_negated_is_no_opt_out(negation in "(?i-u)(don't|do not|never|please don’t|dont)", rest in "( ever)?", what in "(stop texting me|stop messaging us|unsubscribe me|stop)") {
        let text = format!("{negation}{rest} {what}");
        let phrases = Phrases::default();
        let meant = meaning::read(&text, &phrases);
        prop_assert!(!matches!(meant, Meaning::OptOut(_) | Meaning::Unsure(_)), "{}", text);
    }
}
