//! Where URLs are, so that no cut falls inside one.

use std::ops::Range;

/// The URLs of a text in order: from a scheme or `www.` to white space or a mark that URLs do not hold.
pub(super) fn spans(text: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut seen = 0;
    while let Some(at) = text[seen..].find([':', 'w', 'W']).map(|offset| seen + offset) {
        let rest = &text[at..];
        let begun = spans.last().map_or(0, |span| span.end);
        let start = if rest.starts_with("://") {
            let scheme = text.as_bytes()[begun..at].iter().rev().take_while(|byte| in_scheme(**byte)).count();
            (scheme > 0).then_some(at - scheme)
        } else {
            let prefix = rest.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("www."));
            let in_word = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
            (prefix && !in_word).then_some(at)
        };
        let Some(start) = start else {
            seen = at + 1;
            continue;
        };
        let end = text[at..].find(ends_url).map_or(text.len(), |offset| at + offset);
        // What closes the sentence around the URL is not of it.
        let closers = ['.', ',', ';', ':', '!', '?', '\'', ')', ']', '}', '*', '_'];
        spans.push(start..start + text[start..end].trim_end_matches(closers).len());
        seen = end;
    }
    spans
}

/// The URL that `at` falls inside of, not at an end of it.
pub(super) fn around(spans: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    let candidate = spans.get(spans.partition_point(|span| span.end <= at))?;
    (candidate.start < at).then_some(candidate)
}

fn in_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

fn ends_url(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '<' | '>' | '"' | '\u{3000}'..='\u{301f}' | '\u{ff01}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0c}'
        )
        || matches!(c, '\u{ff1a}' | '\u{ff1b}' | '\u{ff1f}' | '\u{ff61}'..='\u{ff64}' | '“' | '”' | '«' | '»')
}
