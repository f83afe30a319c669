//! Splitting a long answer into several messages that read well.
//!
//! A message may have 1600 characters (<https://www.twilio.com/docs/api/errors/21617>). Longer answers are cut where a
//! person would: where the cognition layer says, else between paragraphs, lines, sentences, words. A grapheme cluster is
//! cut only if it alone exceeds a part, as are a URL and a word.

mod breaks;
mod url;
mod window;

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use self::breaks::{Break, Rank};
use super::{cluster, ucs2};

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
    let text = text.trim_end();
    let urls = url::spans(text);
    let breaks = breaks::find(text, guidance, &urls);
    let mut parts = Vec::new();
    let mut start = cluster::skip_blank(text, 0);
    while start < text.len() {
        let rest = &text[start..];
        let longest = window::longest(rest, policy);
        let size = if longest == rest.len() {
            longest
        } else {
            best(rest, start, 0, longest, &breaks).unwrap_or_else(|| within_word(rest, start, longest, &urls))
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
    let size = best(text, 0, longest - longest / 4, longest, &breaks)
        .or_else(|| best(text, 0, 0, longest, &breaks))
        .unwrap_or_else(|| within_word(text, 0, longest, &urls));
    text.split_at(size)
}

/// The last break of the highest rank among those that make the part longer than `least` and at most `longest`.
fn best(rest: &str, start: usize, least: usize, longest: usize, breaks: &[Break]) -> Option<usize> {
    let from = breaks.partition_point(|found| found.at <= start + least);
    let to = breaks.partition_point(|found| found.at <= start + longest);
    let reached = &breaks[from..to];
    let ranks = [Rank::Guided, Rank::Paragraph, Rank::Line, Rank::Sentence, Rank::Word];
    ranks.into_iter().find_map(|rank| {
        let mut sizes = reached.iter().rev().filter(|found| found.rank == rank).map(|found| found.at - start);
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
