//! What a cut spoils: placeholders, code, numbers with their units, and what the cognition layer wants kept together.

use std::ops::Range;

/// Bytes that a placeholder, or code on one line, may have.
const SHORT: usize = 200;
/// Characters of a unit.
const UNIT: usize = 4;

/// The spans of a text that are not cut, in order and without overlaps, as far as each fits.
pub(super) fn find(
    text: &str,
    keep: &[Range<usize>],
    urls: Vec<Range<usize>>,
    fits: impl Fn(&str) -> bool,
) -> Vec<Range<usize>> {
    let mut spans = urls;
    spans.extend(keep.iter().filter(|span| text.get(span.start..span.end).is_some()).cloned());
    pairs(text, &mut spans);
    fences(text, &mut spans);
    numbers(text, &mut spans);
    spans.retain(|span| !span.is_empty() && fits(&text[span.clone()]));
    spans.sort_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            // Together too long, the earlier one is kept.
            Some(last) if span.start < last.end => {
                if span.end > last.end && fits(&text[last.start..span.end]) {
                    last.end = span.end;
                }
            }
            _ => merged.push(span),
        }
    }
    merged
}

/// `{name}`, `{{name}}` and `` `code` ``, each on one line.
fn pairs(text: &str, spans: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while let Some(start) = text[at..].find(['{', '`']).map(|offset| at + offset) {
        let (open, close) = if text[start..].starts_with("{{") {
            ("{{", "}}")
        } else if text[start..].starts_with('{') {
            ("{", "}")
        } else {
            ("`", "`")
        };
        let inside = start + open.len();
        let within = &text[inside..text.floor_char_boundary((inside + SHORT).min(text.len()))];
        let line = &within[..within.find('\n').unwrap_or(within.len())];
        at = inside;
        if let Some(length) = line.find(close).filter(|length| *length > 0) {
            at = inside + length + close.len();
            spans.push(start..at);
        }
    }
}

/// Code between lines of three backticks.
fn fences(text: &str, spans: &mut Vec<Range<usize>>) {
    let mut marks =
        text.match_indices("```").map(|(at, _)| at).filter(|&at| at == 0 || text[..at].ends_with('\n'));
    while let (Some(open), Some(close)) = (marks.next(), marks.next()) {
        spans.push(open..close + 3);
    }
}

/// `10 km`, `€ 20`, `5 p.m.`: the number, one space, and what it counts.
fn numbers(text: &str, spans: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices(' ') {
        let before = text[..at].chars().next_back();
        let mut after = text[at + 1..].chars();
        let next = after.next();
        let (Some(before), Some(next)) = (before, next) else { continue };
        if before.is_ascii_digit() && (next.is_alphabetic() || is_sign(next)) {
            let start = number_before(text, at);
            let unit = text[at + 1..].find(|c: char| !(c.is_alphabetic() || is_sign(c) || c == '/'));
            let end = unit.map_or(text.len(), |length| at + 1 + length);
            // `word213` is neither a number nor a unit.
            let apart = !text[..start].ends_with(char::is_alphanumeric)
                && !text[end..].starts_with(char::is_alphanumeric);
            if apart && text[at + 1..end].chars().count() <= UNIT {
                spans.push(start..end);
            }
        } else if is_sign(before) && next.is_ascii_digit() {
            let length = text[at + 1..].find(|c: char| !is_digit(c)).unwrap_or(text.len() - at - 1);
            spans.push(at - before.len_utf8()..at + 1 + length);
        }
    }
}

fn number_before(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let digits = bytes[..at].iter().rev().take(SHORT).take_while(|byte| is_digit(char::from(**byte)));
    at - digits.count()
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | ',' | ':' | '-')
}

fn is_sign(c: char) -> bool {
    matches!(c, '%' | '°' | '€' | '£' | '$' | '¥' | '₹' | '²' | '³' | 'µ')
}
