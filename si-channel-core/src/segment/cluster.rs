//! Grapheme clusters (UAX #29, extended), looked at only where a cut is considered.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// The last cluster boundary at or before `at`, a character boundary of `text`; `text` itself begins at one.
///
/// CR and LF may be parted, as SMS does.
pub(super) fn floor(text: &str, at: usize) -> usize {
    if is_boundary(text, at) {
        return at;
    }
    // With the whole text at hand the cursor never lacks context.
    GraphemeCursor::new(at, text.len(), true).prev_boundary(text, 0).ok().flatten().unwrap_or(0)
}

pub(super) fn is_boundary(text: &str, at: usize) -> bool {
    let crlf = text[..at].ends_with('\r') && text[at..].starts_with('\n');
    crlf || GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true)
}

/// Where the first cluster that is not white space begins, at or after `at`.
pub(super) fn skip_blank(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    // Most often there is nothing to skip, and a cluster may be as long as the text.
    if !rest.starts_with(char::is_whitespace) {
        return at;
    }
    rest.grapheme_indices(true)
        .find(|(_, cluster)| !cluster.chars().all(char::is_whitespace))
        .map_or(text.len(), |(offset, _)| at + offset)
}
