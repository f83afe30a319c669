use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;
use si_channel_core::segment::count;
use si_channel_core::segment::split::{SplitPolicy, ranges, split_at};
use unicode_segmentation::UnicodeSegmentation;

const PIECES: [&str; 40] = [
    "a",
    "word",
    "Sentence.",
    "Really?! ",
    "\"quoted.\" ",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\r\n\r\n",
    "\t",
    "\u{a0}",
    "€",
    "[",
    "é",
    "e\u{301}",
    "\u{301}",
    "ж",
    "界",
    "。",
    "，",
    "नि",
    "क्षि",
    "한",
    "\u{1112}\u{1161}",
    "😀",
    "👍🏽",
    "👨‍👩‍👧‍👦",
    "🇩🇪",
    "🇷",
    "1️⃣",
    "\u{200d}",
    "\u{fe0f}",
    "https://example.com/a?b=c.d",
    "www.example.com",
    "://",
    "e.g. ",
    "-",
    "\u{200b}",
];

/// Texts of every class, short and of several parts, and any string at all.
pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(select(&PIECES[..]), 0..120).prop_map(|pieces| pieces.concat()),
        1 => (select(&["a", "[", "я", "😀"][..]), 0..320_usize, select(&PIECES[..])).prop_map(|(c, n, end)| c.repeat(n) + end),
        1 => any::<String>(),
    ]
}

fn policy() -> impl Strategy<Value = SplitPolicy> {
    (prop_oneof![2..200_usize, Just(1600)], prop::option::of(1..4_usize))
        .prop_map(|(max_units, max_segments)| SplitPolicy { max_units, max_segments })
}

pub(super) fn without_blank(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #[test]
    fn nothing_but_white_space_is_lost_and_order_is_kept(
        text in text(), guidance in prop::collection::vec(0..400_usize, 0..6), policy in policy(),
    ) {
        let parts = split_at(&text, &guidance, &policy);
        prop_assert_eq!(without_blank(&parts.concat()), without_blank(&text));
    }

    #[test]
    fn every_part_fits_and_none_is_blank(
        text in text(), guidance in prop::collection::vec(0..400_usize, 0..6), policy in policy(),
    ) {
        for part in split_at(&text, &guidance, &policy) {
            prop_assert!(part.encode_utf16().count() <= policy.max_units, "{part:?}");
            prop_assert!(policy.max_segments.is_none_or(|limit| count(&part).segments <= limit), "{part:?}");
            prop_assert!(!part.trim().is_empty());
        }
    }

    #[test]
    fn no_cluster_is_cut_while_every_cluster_fits(
        text in text(), guidance in prop::collection::vec(0..400_usize, 0..6), policy in policy(),
    ) {
        let fits = |cluster: &str| cluster.encode_utf16().count() <= policy.max_units.min(67);
        prop_assume!(text.graphemes(true).all(fits));
        let boundaries: BTreeSet<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
        for part in ranges(&text, &guidance, &policy) {
            let end = part.end;
            let dropped = text[end..].chars().next().is_none_or(char::is_whitespace);
            prop_assert!(boundaries.contains(&part.start), "{part:?} of {text:?}");
            prop_assert!(boundaries.contains(&end) || dropped, "{part:?} of {text:?}");
        }
    }
}

#[test]
fn text_of_a_hundred_kilobytes_is_split_whatever_it_is_made_of() {
    for piece in PIECES.iter().chain(&["a. b\n\nc ", "  a", "A.\n\n\u{a0}", "https://a "]) {
        let text = piece.repeat(100_000 / piece.len());
        let guidance: Vec<usize> = (0..text.len()).step_by(7).collect();
        let policy = SplitPolicy { max_units: 70, max_segments: Some(1) };
        let parts = split_at(&text, &guidance, &policy);
        assert_eq!(without_blank(&parts.concat()), without_blank(&text), "{piece:?}");
    }
}
