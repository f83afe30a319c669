//! The ways a number is written.

use std::ops::Range;

use crate::address::Address;

/// Fewer digits are not taken for a number: too much else is written in digits.
const FEWEST: usize = 8;
/// So many signs may stand between two digits of a number: `) `, ` - `.
const BETWEEN: usize = 3;

/// The digits of a person's number, or their identity, in all the ways they are looked for.
#[derive(Clone)]
pub(super) enum Spellings {
    /// Digits: international, with the prefixes that dial it, and national; longest first.
    Digits(Vec<Vec<u8>>),
    /// An identity, as it is.
    Text(String),
}

impl Spellings {
    pub(super) fn of(address: &Address) -> Self {
        let Some(digits) = address.value().strip_prefix('+') else {
            return Self::Text(address.value().to_owned());
        };
        let mut all = vec![format!("00{digits}"), format!("011{digits}"), digits.to_owned()];
        // Country codes have one to three digits; which, is no matter as long as enough is left.
        for code in 1..=3 {
            let national = digits.get(code..).unwrap_or_default();
            if national.len() >= FEWEST {
                all.push(format!("0{national}"));
                all.push(national.to_owned());
            }
        }
        all.sort_by_key(|digits| std::cmp::Reverse(digits.len()));
        Self::Digits(all.into_iter().map(String::into_bytes).collect())
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Digits(_) => self.next(text, 0).is_some(),
            Self::Text(identity) => text.contains(identity.as_str()),
        }
    }

    /// The text with `token` in place of the number; `None` when it is not in it.
    pub(super) fn replaced(&self, text: &str, token: &str) -> Option<String> {
        if let Self::Text(identity) = self {
            return text.contains(identity.as_str()).then(|| text.replace(identity.as_str(), token));
        }
        let mut clean = String::new();
        let mut done = 0;
        while let Some(found) = self.next(text, done) {
            clean.push_str(&text[done..found.start]);
            clean.push_str(token);
            done = found.end;
        }
        if done == 0 {
            return None;
        }
        clean.push_str(&text[done..]);
        Some(clean)
    }

    /// Where the number is next, from a place on.
    fn next(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let Self::Digits(spellings) = self else { return None };
        let bytes = text.as_bytes();
        let mut at = from;
        while at < bytes.len() {
            let begins =
                bytes[at].is_ascii_digit() && !at.checked_sub(1).is_some_and(|b| bytes[b].is_ascii_digit());
            if begins {
                // The 2 of an escaped plus, %2B, is no digit of a number.
                let start = if text[..at].ends_with('%') && is_plus(&text[at..]) { at + 2 } else { at };
                for digits in spellings {
                    if let Some(end) = matched(text, start, digits) {
                        return Some(prefixed(text, from, start)..end);
                    }
                }
            }
            at += 1;
        }
        None
    }
}

fn is_plus(rest: &str) -> bool {
    rest.starts_with("2B") || rest.starts_with("2b")
}

/// The end of the digits when they stand at `start`, with signs between them, and no further digit follows.
fn matched(text: &str, start: usize, digits: &[u8]) -> Option<usize> {
    let mut rest = text[start..].char_indices();
    let mut wanted = digits.iter();
    let mut want = wanted.next()?;
    let mut between = 0;
    loop {
        let (at, c) = rest.next()?;
        if c == char::from(*want) {
            between = 0;
            let Some(next) = wanted.next() else {
                let end = start + at + 1;
                return (!text[end..].starts_with(|c: char| c.is_ascii_digit())).then_some(end);
            };
            want = next;
        } else if " -./()\u{a0}\u{202f}\u{2011}\u{2013}".contains(c) && between < BETWEEN {
            between += 1;
        } else {
            return None;
        }
    }
}

/// Where the number begins with its plus, written or escaped, or the bracket before it.
fn prefixed(text: &str, from: usize, start: usize) -> usize {
    let head = &text[from..start];
    let shorter =
        ["+", "%2B", "%2b", "(", "+("].iter().filter_map(|prefix| head.strip_suffix(prefix)).map(str::len);
    shorter.min().map_or(start, |len| from + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spellings(address: &str) -> Spellings {
        Spellings::of(&address.parse().unwrap())
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for (address, text, clean) in [
            ("+15551234567", "+15551234567", "T"),
            ("whatsapp:+15551234567", "whatsapp:+15551234567|+15550001111", "whatsapp:T|+15550001111"),
            ("+15551234567", "sms_15551234567", "sms_T"),
            ("+15551234567", "/v1/people/%2B15551234567/hold", "/v1/people/T/hold"),
            ("+15551234567", "/v1/people/whatsapp%3A%2B15551234567", "/v1/people/whatsapp%3AT"),
            ("+15551234567", "call (555) 123-4567 now", "call T now"),
            ("+15551234567", "+1 (555) 123-4567, or 555.123.4567", "T, or T"),
            ("+15551234567", "0015551234567 01115551234567", "T T"),
            ("+15551234567", "flat 7, 1 555 123 4567", "flat 7, T"),
            ("+4915112345678", "0151 / 12345678", "T"),
            ("+34612345678", "612 345 678", "T"),
            ("+15551234567", "1\u{a0}555\u{a0}123\u{a0}4567", "T"),
        ] {
            assert_eq!(spellings(address).replaced(text, "T").as_deref(), Some(clean), "{text}");
            assert!(spellings(address).is_in(text));
        }
    }

    #[test]
    fn other_digits_are_left_alone() {
        for text in [
            "+15551234568",
            "155512345678",
            "215551234567",
            "5551 234",
            "123-4567",
            "%2B1555123456",
            "555 --- 123 ---- 4567",
            "",
        ] {
            assert_eq!(spellings("+15551234567").replaced(text, "T"), None, "{text}");
        }
    }

    #[test]
    fn an_identity_is_found_as_it_is() {
        assert_eq!(
            spellings("messenger:1234567").replaced("messenger:1234567", "T").as_deref(),
            Some("messenger:T")
        );
        assert!(!spellings("messenger:1234567").is_in("messenger:123456"));
    }
}
