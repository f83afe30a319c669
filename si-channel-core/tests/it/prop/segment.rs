use proptest::prelude::*;
use si_channel_core::segment::{Encoding, count, gsm7, parts, smart};

use super::split::text;

proptest! {
    #[test]
    fn parts_joined_are_the_text_and_as_many_as_counted(text in text()) {
        let parts = parts(&text);
        prop_assert_eq!(parts.concat(), text.as_str());
        prop_assert_eq!(parts.len(), count(&text).segments);
    }

    #[test]
    fn each_part_holds_what_a_carrier_can_carry(text in text()) {
        let cost = count(&text);
        let limit = if cost.segments == 1 { cost.encoding.alone() } else { cost.encoding.per_part() };
        let mut total = 0;
        for part in parts(&text) {
            let units: usize = match cost.encoding {
                Encoding::Gsm7 => part.chars().map(|c| gsm7::septets(c).expect("a GSM-7 text has no other")).sum(),
                Encoding::Ucs2 => part.encode_utf16().count(),
            };
            prop_assert!(units <= limit, "{units} in {part:?}");
            total += units;
        }
        prop_assert_eq!(total, cost.units);
    }

    #[test]
    fn encoding_is_gsm_when_every_character_is(text in text()) {
        let gsm = text.chars().all(|c| gsm7::septets(c).is_some());
        prop_assert_eq!(count(&text).encoding == Encoding::Gsm7, gsm);
        prop_assert_eq!(gsm7::fits(&text), gsm);
    }

    #[test]
    fn smart_encoding_twice_is_smart_encoding_once(text in text()) {
        let once = smart::encode(&text);
        prop_assert_eq!(smart::encode(&once), once.as_ref());
    }
}
