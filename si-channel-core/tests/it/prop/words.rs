use proptest::prelude::*;
use si_channel_core::command;
use si_channel_core::keyword::{KeywordSet, carrier_would_match, recognise};

use super::split::text;

proptest! {
    #[test]
    fn what_the_carrier_takes_we_take_too(body in "\\PC{0,12}", word in "(?i-u)(stop|end|quit|start|yes|help|info)", pad in "[ \t\r\n]{0,3}") {
        let set = KeywordSet::default();
        let padded = format!("{pad}{word}{pad}");
        prop_assert_eq!(carrier_would_match(&padded), recognise(&padded, &set));
        prop_assert!(carrier_would_match(&padded).is_some());
        if let Some(keyword) = carrier_would_match(&body) {
            prop_assert_eq!(recognise(&body, &set), Some(keyword));
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
    fn any_text_is_read_without_panic_and_names_are_clean(body in text()) {
        for body in [body.clone(), format!("name {body}"), format!("join ABCDE-FGH12 {body}")] {
            if let Some(command::Command::Name(name)) = command::parse(&body) {
                prop_assert!(!name.is_empty() && !name.chars().any(char::is_control));
            }
        }
    }
}
