//! Numbers of payment cards: 13 to 19 digits with a check digit after Luhn (ISO/IEC 7812-1), alone or in groups.

use std::ops::Range;

use crate::letters::is_unseen;

/// Digits that stand together.
struct Group {
    digits: Vec<u32>,
    at: Range<usize>,
    /// One separator and nothing else parts it from the group before it.
    joined: bool,
}

/// Where the numbers are, and the last four digits of each.
pub(super) fn find(text: &str) -> Vec<(Range<usize>, String)> {
    let groups = groups(text);
    let mut found = Vec::new();
    let mut first = 0;
    while first < groups.len() {
        match card_from(&groups, first) {
            Some(last) => {
                let digits: String =
                    groups[first..=last].iter().flat_map(|g| &g.digits).map(ToString::to_string).collect();
                let tail = digits[digits.len() - 4..].to_owned();
                found.push((groups[first].at.start..groups[last].at.end, tail));
                first = last + 1;
            }
            None => first += 1,
        }
    }
    found
}

/// The last of the groups that are a card's number together.
fn card_from(groups: &[Group], first: usize) -> Option<usize> {
    let mut digits = Vec::new();
    let mut found = None;
    for (place, group) in groups.iter().enumerate().skip(first).take(6) {
        // Cards are printed in groups of four to six; smaller ones are other numbers.
        if place > first && (!group.joined || group.digits.len() < 3 || groups[first].digits.len() < 4) {
            break;
        }
        digits.extend(&group.digits);
        if digits.len() > 19 {
            break;
        }
        if digits.len() >= 13 && is_issued(&digits) && luhn(&digits) {
            found = Some(place);
        }
    }
    found
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut before = ' ';
    let mut separators = 2;
    for (at, c) in text.char_indices().filter(|(_, c)| !is_unseen(*c)) {
        let end = at + c.len_utf8();
        match digit(c) {
            Some(digit) if separators == 0 => {
                if let Some(group) = groups.last_mut() {
                    group.digits.push(digit);
                    group.at.end = end;
                }
            }
            // After a letter or a plus it is a name, a reference or a phone number.
            Some(digit) => {
                let alone = before.is_alphabetic() || before == '+';
                let digits = if alone { Vec::new() } else { vec![digit] };
                groups.push(Group { digits, at: at..end, joined: separators == 1 && !alone });
                separators = 0;
            }
            None if matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '–') => {
                separators += 1;
            }
            None => separators = 2,
        }
        before = c;
    }
    groups
}

/// A digit in its usual or its full width.
fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        c => c.to_digit(10),
    }
}

/// Whether a card of one of the large networks may begin so: 2221–2720, 3, 4, 5, 6.
fn is_issued(digits: &[u32]) -> bool {
    let head = digits[..4].iter().fold(0, |head, digit| head * 10 + digit);
    (2221..=2720).contains(&head) || (3000..=6999).contains(&head)
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double @ 0..=9) => double,
            (_, double) => double - 9,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_found_however_they_are_written() {
        for (text, expected) in [
            ("4111111111111111", vec!["1111"]),
            ("4111 1111 1111 1111", vec!["1111"]),
            ("4111-1111-1111-1111.", vec!["1111"]),
            ("378282246310005", vec!["0005"]),
            ("3782 822463 10005", vec!["0005"]),
            ("５５５５５５５５５５５５４４４４", vec!["4444"]),
            ("41\u{200b}11 1111 1111 1111", vec!["1111"]),
            ("4111 1111 1111 1111 5555 5555 5555 4444", vec!["1111", "4444"]),
            ("4111 1111 1111 1112", vec![]),
            ("+4111111111111111", vec![]),
            ("IDX4111111111111111", vec![]),
            ("call 555 123 4567 or 555 987 6543", vec![]),
            ("2026-11-21 17:08:15", vec![]),
            ("0000000000000000", vec![]),
            ("41111111111111111111111", vec![]),
        ] {
            let found: Vec<_> = find(text).into_iter().map(|(_, tail)| tail).collect();
            assert_eq!(found, expected, "{text:?}");
        }
        assert_eq!(find("pay 4111 1111 1111 1111!")[0].0, 4..23);
    }
}
