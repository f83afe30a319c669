//! Messages made of a text as the cognition layer wants them cut: numbered, kept together, at most so many.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::select;
use si_channel_core::formatting::Style;
use si_channel_core::guidance::{Guidance, Messages, messages};
use si_channel_core::segment::count;
use si_channel_core::segment::split::{SplitPolicy, Strategy as Cutting};

use super::split::{text, without_blank};

const STRATEGIES: [Cutting; 4] = [Cutting::Paragraph, Cutting::Sentence, Cutting::Manual, Cutting::None];

/// Nothing that is too small for a number before a word.
fn policy() -> impl Strategy<Value = SplitPolicy> {
    (prop_oneof![40..200_usize, Just(1600)], prop::option::of(1..4_usize))
        .prop_map(|(max_units, max_segments)| SplitPolicy { max_units, max_segments })
}

/// Spans as a cognition layer may name them: backwards, beyond the text, inside characters.
fn spans() -> impl Strategy<Value = Vec<Range<usize>>> {
    prop::collection::vec((0..400_usize, 0..60_usize).prop_map(|(from, size)| from..from + size), 0..4)
}

fn guidance() -> impl Strategy<Value = Guidance> {
    (select(&STRATEGIES[..]), any::<bool>(), spans()).prop_map(|(split, numbering, keep)| Guidance {
        split,
        numbering,
        keep,
        ..Guidance::default()
    })
}

fn breaks() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..400_usize, 0..6)
}

fn made(text: &str, breaks: &[usize], guidance: &Guidance, policy: &SplitPolicy) -> Messages {
    messages(text, breaks, guidance, Style::AsIs, usize::MAX, policy)
}

fn fits(said: &str, policy: &SplitPolicy) -> bool {
    said.encode_utf16().count() <= policy.max_units
        && policy.max_segments.is_none_or(|most| count(said).segments <= most)
}

/// The messages without their numbers, which must be right.
fn unnumbered(texts: &[String], numbering: bool) -> Result<Vec<&str>, TestCaseError> {
    let mut bare = Vec::new();
    for (nth, said) in texts.iter().enumerate() {
        let number = format!("({}/{}) ", nth + 1, texts.len());
        bare.push(match said.strip_prefix(&number) {
            Some(rest) if numbering && texts.len() > 1 => rest,
            _ if numbering && texts.len() > 1 => {
                return Err(TestCaseError::fail(format!("{said:?} does not begin with {number:?}")));
            }
            _ => said,
        });
    }
    Ok(bare)
}

proptest! {
    #[test]
    fn however_a_text_is_cut_and_numbered_joined_it_is_the_text_and_each_message_fits(
        text in text(), breaks in breaks(), guidance in guidance(), policy in policy(),
    ) {
        let made = made(&text, &breaks, &guidance, &policy);
        for said in &made.texts {
            prop_assert!(fits(said, &policy), "{said:?} of {made:?}");
        }
        let bare = unnumbered(&made.texts, guidance.numbering)?;
        if guidance.split == Cutting::None {
            prop_assert!(made.texts.len() <= 1);
            prop_assert_eq!(made.omitted.is_none(), fits(text.trim(), &policy));
        }
        let mut joined = bare.concat();
        if let Some(omitted) = &made.omitted {
            prop_assert_eq!(guidance.split, Cutting::None, "nothing else leaves anything out");
            joined = format!("{}{omitted}", joined.strip_suffix(" (...)").unwrap());
        }
        prop_assert_eq!(without_blank(&joined), without_blank(&text));
    }

    #[test]
    fn of_a_text_for_too_many_messages_the_beginning_is_said_and_the_rest_is_what_is_left_out(
        text in text(), breaks in breaks(), guidance in guidance(), policy in policy(), most in 1..5_usize,
        link in prop::option::of(Just("https://e.example/a".to_owned())),
    ) {
        let guidance = Guidance { max_parts: Some(most), link, ..guidance };
        let made = made(&text, &breaks, &guidance, &policy);
        prop_assert!(made.texts.len() <= most);
        for said in &made.texts {
            prop_assert!(fits(said, &policy), "{said:?} of {made:?}");
        }
        let mut joined = unnumbered(&made.texts, guidance.numbering)?.concat();
        if let Some(omitted) = &made.omitted {
            let tail = guidance.link.iter().fold(" (...)".to_owned(), |tail, link| format!("{tail}\n{link}"));
            joined = format!("{}{omitted}", joined.strip_suffix(&tail).unwrap());
        }
        prop_assert_eq!(without_blank(&joined), without_blank(&text));
    }
}
