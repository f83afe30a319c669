use super::*;
use Encoding::{Gsm7, Ucs2};

#[track_caller]
fn assert_count(text: &str, encoding: Encoding, units: usize, segments: usize) {
    assert_eq!(count(text), Segmentation { encoding, units, segments }, "{text:?}");
    assert_eq!(parts(text).len(), segments, "{text:?}");
    assert_eq!(parts(text).concat(), text);
}

#[test]
fn gsm_text_has_160_septets_alone_and_153_in_each_part() {
    for (length, segments) in
        [(0, 1), (1, 1), (152, 1), (153, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4)]
    {
        assert_count(&"a".repeat(length), Gsm7, length, segments);
        assert_count(&"é".repeat(length), Gsm7, length, segments);
    }
}

#[test]
fn ucs2_text_has_70_units_alone_and_67_in_each_part() {
    for (length, segments) in [(1, 1), (66, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)] {
        assert_count(&"я".repeat(length), Ucs2, length, segments);
    }
}

#[test]
fn extension_character_takes_two_septets_and_is_never_parted() {
    assert_count(&"€".repeat(80), Gsm7, 160, 1);
    assert_count(&"€".repeat(81), Gsm7, 162, 2);
    // 76 of them fill 152 septets, and the 153rd stays empty.
    assert_eq!(parts(&"€".repeat(81))[0], "€".repeat(76));
    let across = "a".repeat(152) + "[" + &"b".repeat(152);
    assert_count(&across, Gsm7, 306, 3);
    assert_eq!(parts(&across).iter().map(|part| part.len()).collect::<Vec<_>>(), [152, 152, 1]);
}

#[test]
fn one_character_outside_gsm_makes_all_of_it_ucs2() {
    for outside in ["`", "ç", "“", "—", "…", "\u{a0}", "\t", "е", "中", "\u{7f}", "\0"] {
        assert_count(&("a".repeat(69) + outside), Ucs2, 70, 1);
        assert_count(&("[".repeat(70) + outside), Ucs2, 71, 2);
    }
}

#[test]
fn decomposed_letter_is_ucs2_and_precomposed_is_not() {
    assert_count("caf\u{e9}", Gsm7, 4, 1);
    assert_count("cafe\u{301}", Ucs2, 5, 1);
}

#[test]
fn line_break_of_windows_is_two_characters_and_may_be_parted() {
    assert_count("a\r\nb", Gsm7, 4, 1);
    assert_count(&("a".repeat(152) + "\r\n" + &"b".repeat(152)), Gsm7, 306, 2);
    let parted = "я".repeat(66) + "\r\n" + &"я".repeat(66);
    assert_count(&parted, Ucs2, 134, 2);
    assert!(parts(&parted)[1].starts_with('\n'));
}

#[test]
fn character_past_the_basic_plane_takes_two_units() {
    assert_count("😀", Ucs2, 2, 1);
    assert_count(&"😀".repeat(35), Ucs2, 70, 1);
    // 33 of them fill 66 units; half of the next would not do.
    assert_count(&"😀".repeat(67), Ucs2, 134, 3);
}

#[test]
fn cluster_moves_whole_to_the_next_part() {
    for cluster in [
        "👨‍👩‍👧‍👦",
        "🇩🇪",
        "1️⃣",
        "👍🏽",
        "e\u{301}",
        "\u{1112}\u{1161}\u{11ab}",
        "नि",
        "🏴\u{e0067}\u{e0062}\u{e007f}",
    ] {
        let text = "я".repeat(66) + cluster + &"я".repeat(60);
        assert_eq!(parts(&text)[0], "я".repeat(66), "{cluster:?}");
        assert!(parts(&text)[1].starts_with(cluster), "{cluster:?}");
    }
}

#[test]
fn cluster_longer_than_a_part_is_cut_between_characters() {
    let text = "o".to_owned() + &"\u{301}".repeat(99);
    assert_count(&text, Ucs2, 100, 2);
    assert_eq!(parts(&text)[0].chars().count(), 67);
}

#[test]
fn f54_an_emoji_at_the_edge_of_a_segment_goes_whole_into_the_next() {
    // 70 units alone; with one more unit each part has 67.
    assert_count(&("a".repeat(68) + "😀"), Ucs2, 70, 1);
    assert_count(&("a".repeat(69) + "😀"), Ucs2, 71, 2);
    for (before, first) in [(65, 67), (66, 66), (67, 67)] {
        let text = "a".repeat(before) + "😀" + &"b".repeat(20);
        assert_eq!(parts(&text)[0].encode_utf16().count(), first, "{before}");
    }
    // What stands for half an emoji is one unit, as the half is to Twilio's calculator.
    assert_count(&("a".repeat(69) + "\u{fffd}"), Ucs2, 70, 1);
}

#[test]
fn empty_text_is_one_empty_segment() {
    assert_count("", Gsm7, 0, 1);
    assert_eq!(parts(""), [""]);
}

#[test]
fn alphabet_has_127_single_and_10_double_characters() {
    let of = |wanted| ('\0'..=char::MAX).filter(|&c| gsm7::septets(c) == Some(wanted)).collect::<String>();
    assert_eq!(of(1).chars().count(), 127);
    assert_eq!(of(2), "\u{c}[\\]^{|}~€");
}

#[test]
fn encodings_have_twilios_names() {
    let cost = serde_json::to_string(&count("ж")).unwrap();
    assert_eq!(cost, r#"{"encoding":"UCS-2","units":1,"segments":1}"#);
    assert_eq!(serde_json::to_string(&Gsm7).unwrap(), r#""GSM-7""#);
}
