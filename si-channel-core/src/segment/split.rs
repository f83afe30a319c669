//! Splitting a long answer into several messages that read well.
//!
//! A message may have 1600 characters (<https://www.twilio.com/docs/api/errors/21617>). Longer answers are cut where a
//! person would: where the cognition layer says, else between paragraphs, lines, sentences, words. A grapheme cluster is
//! cut only if it alone exceeds a part, as are a URL, a word, a placeholder such as `{name}`, code, a number with its unit,
//! and what the cognition layer wants kept together.

mod atoms;
mod breaks;
mod url;
mod window;

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use self::breaks::{Break, Rank};
use super::{cluster, count, ucs2};

/// How large a message may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SplitPolicy {
    /// UTF-16 code units of a message at most, 1600 by default; less than 2 is read as 2.
    ///
    /// Twilio limits "characters" without saying which. UTF-16 counts the most of the usual readings, so what passes
    /// here passes there.
    pub max_units: usize,
    /// SMS segments of a message at most, as [`count`](super::count) has them; no limit by default.
    ///
    /// Apply [`smart::encode`](super::smart::encode) first where Twilio will, since it changes the count.
    pub max_segments: Option<usize>,
}

impl Default for SplitPolicy {
    fn default() -> Self {
        Self { max_units: 1600, max_segments: None }
    }
}

/// Where a text is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Where the cognition layer says, else between paragraphs, lines, sentences, words, when it is too long.
    #[default]
    Paragraph,
    /// After the last sentence that a message can hold: fewer messages.
    Sentence,
    /// Wherever the cognition layer says, long or not.
    Manual,
    /// Nowhere: it is one message, and what that cannot hold is left out.
    None,
}

/// What is known of where to cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Places that the cognition layer names: byte offsets, in any order.
    pub breaks: Vec<usize>,
    /// What is not cut while a message can hold it: byte ranges.
    pub keep: Vec<Range<usize>>,
    /// Where to cut.
    pub strategy: Strategy,
    /// Units of each message that are for something else: a number before it.
    pub reserve: usize,
}

/// Splits a text into messages, in order, none empty and each within the policy.
///
/// White space at the ends and at the cuts is dropped; nothing else is. A text of nothing but white space gives none.
/// Time is linear in the text.
///
/// ```
/// use si_channel_core::segment::split::{SplitPolicy, split};
///
/// let policy = SplitPolicy { max_units: 24, max_segments: None };
/// assert_eq!(split("It is raining. Take an umbrella.", &policy), ["It is raining.", "Take an umbrella."]);
/// ```
pub fn split(text: &str, policy: &SplitPolicy) -> Vec<String> {
    split_at(text, &[], policy)
}

/// As [`split`], preferring the cuts the cognition layer names: byte offsets into `text`, in any order.
///
/// An offset is used only when a cut is needed. One outside the text, inside a character, a cluster or a URL is not used.
pub fn split_at(text: &str, guidance: &[usize], policy: &SplitPolicy) -> Vec<String> {
    ranges(text, guidance, policy).into_iter().map(|range| text[range].to_owned()).collect()
}

/// The messages of [`split_at`] as byte ranges of `text`.
pub fn ranges(text: &str, guidance: &[usize], policy: &SplitPolicy) -> Vec<Range<usize>> {
    guided(text, &Cuts { breaks: guidance.to_vec(), ..Cuts::default() }, policy)
}

/// The messages of a text, cut as it is wanted, as byte ranges.
pub fn guided(text: &str, cuts: &Cuts, policy: &SplitPolicy) -> Vec<Range<usize>> {
    let text = text.trim_end();
    // What no message can hold is cut as if it were nothing special.
    let fits = |span: &str| {
        span.encode_utf16().count() <= policy.max_units.saturating_sub(cuts.reserve)
            && policy.max_segments.is_none_or(|most| count(span).segments <= most.max(1))
    };
    let atoms = atoms::find(text, &cuts.keep, url::spans(text), fits);
    let ranked = breaks::find(text, &cuts.breaks, &atoms);
    let ranks: &[&[Rank]] = match cuts.strategy {
        Strategy::Sentence => {
            &[&[Rank::Guided], &[Rank::Paragraph, Rank::Line, Rank::Sentence], &[Rank::Word]]
        }
        _ => &EACH,
    };
    let mut parts = Vec::new();
    let mut start = cluster::skip_blank(text, 0);
    while start < text.len() {
        let ahead = ranked.iter().skip(ranked.partition_point(|found| found.at <= start));
        let forced =
            ahead.filter(|_| cuts.strategy == Strategy::Manual).find(|found| found.rank == Rank::Guided);
        let end = forced.map_or(text.len(), |found| found.at);
        let rest = &text[start..];
        let longest = window::longest(rest, policy, cuts.reserve);
        let size = if longest >= end - start {
            end - start
        } else {
            best(rest, start, 0, longest, &ranked, ranks)
                .unwrap_or_else(|| within_word(rest, start, longest, &atoms))
        };
        let end = start + size;
        parts.push(start..start + rest[..size].trim_end().len());
        start = cluster::skip_blank(text, end);
    }
    parts
}

/// Takes the cognition layer's break marks out of a text: the text without them, and where they were, for [`split_at`].
///
/// An empty mark marks nothing.
pub fn take_marks(text: &str, mark: &str) -> (String, Vec<usize>) {
    if mark.is_empty() {
        return (text.to_owned(), Vec::new());
    }
    let mut clean = String::with_capacity(text.len());
    let mut marks = Vec::new();
    for piece in text.split(mark) {
        clean.push_str(piece);
        marks.push(clean.len());
    }
    marks.pop();
    (clean, marks)
}

/// The beginning of a text that is to be kept, of at most `max_units` UTF-16 code units, and the rest.
///
/// The cut is at the best place in the last quarter of what may be kept, so that little is lost for it.
pub fn cut(text: &str, max_units: usize) -> (&str, &str) {
    if max_units < 2 {
        return if text.encode_utf16().nth(max_units).is_none() { (text, "") } else { ("", text) };
    }
    let longest = ucs2::prefix(text, max_units);
    if longest == text.len() {
        return (text, "");
    }
    let urls = url::spans(text);
    let breaks = breaks::find(text, &[], &urls);
    let size = best(text, 0, longest - longest / 4, longest, &breaks, &EACH)
        .or_else(|| best(text, 0, 0, longest, &breaks, &EACH))
        .unwrap_or_else(|| within_word(text, 0, longest, &urls));
    text.split_at(size)
}

/// Each rank by itself, best first.
const EACH: [&[Rank]; 5] =
    [&[Rank::Guided], &[Rank::Paragraph], &[Rank::Line], &[Rank::Sentence], &[Rank::Word]];

/// Where the URLs of a text are.
pub(crate) fn url_spans(text: &str) -> Vec<Range<usize>> {
    url::spans(text)
}

/// The last break of the best ranks among those that make the part longer than `least` and at most `longest`.
fn best(
    rest: &str,
    start: usize,
    least: usize,
    longest: usize,
    breaks: &[Break],
    ranks: &[&[Rank]],
) -> Option<usize> {
    let from = breaks.partition_point(|found| found.at <= start + least);
    let to = breaks.partition_point(|found| found.at <= start + longest);
    let reached = &breaks[from..to];
    ranks.iter().find_map(|ranks| {
        let mut sizes =
            reached.iter().rev().filter(|found| ranks.contains(&found.rank)).map(|found| found.at - start);
        sizes.find(|&size| cluster::is_boundary(rest, size))
    })
}

/// Where to cut when the part reaches no break: before a URL, else between words that no space parts, else anywhere.
fn within_word(rest: &str, start: usize, longest: usize, urls: &[Range<usize>]) -> usize {
    /// Bytes after the part that may tell whether a word ends there.
    const CONTEXT: usize = 64;

    if let Some(url) = url::around(urls, start + longest) {
        let before = cluster::floor(rest, url.start.saturating_sub(start));
        return if before > 0 { before } else { longest };
    }
    let seen = &rest[..rest.floor_char_boundary(longest + CONTEXT)];
    let between_words = |size: &usize| {
        let outside_urls = url::around(urls, start + size).is_none();
        (1..=longest).contains(size) && outside_urls && cluster::is_boundary(rest, *size)
    };
    seen.split_word_bound_indices().map(|(size, _)| size).rfind(between_words).unwrap_or(longest)
}

#[cfg(test)]
mod tests;
