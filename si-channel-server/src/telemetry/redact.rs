//! What may stand in a log line of texts that come from outside.

use std::fmt;

/// Characters of a quoted text, at most.
const LONGEST: usize = 200;

/// An address as a log shows it: the channel, the country code's first digit and the last two digits.
///
/// `whatsapp:+15551234567` is written `whatsapp:+1…67`; what is not a number keeps its channel alone.
pub fn address(address: &str) -> String {
    let (channel, value) = match address.split_once(':') {
        Some((channel, value)) if is_channel(channel) => (format!("{channel}:"), value),
        _ => (String::new(), address),
    };
    let digits = value.strip_prefix('+').unwrap_or_default();
    if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        format!("{channel}+{}…{}", &digits[..1], &digits[digits.len() - 2..])
    } else {
        format!("{channel}…")
    }
}

fn is_channel(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase())
}

/// A text from outside that is not personal, such as an error of another server: control characters escaped, so
/// that it cannot begin a line or colour a terminal, and cut after 200 characters.
#[derive(Debug, Clone, Copy)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, c) in self.0.chars().enumerate() {
            if position == LONGEST {
                return f.write_str("…");
            }
            if c.is_control() || is_unseen(c) {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

/// Line and paragraph separators, marks of direction and characters without width: they reorder or hide a line.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_country_and_two_digits() {
        for (given, shown) in [
            ("+15551234567", "+1…67"),
            ("whatsapp:+4915112345678", "whatsapp:+4…78"),
            ("messenger:123456", "messenger:…"),
            ("jane@example.org", "…"),
            ("Jane:+15551234567", "…"),
            ("+1555", "…"),
            ("+1555123456é", "…"),
            ("", "…"),
        ] {
            assert_eq!(address(given), shown, "{given}");
        }
    }

    #[test]
    fn f57_a_quoted_text_cannot_leave_its_place() {
        assert_eq!(
            Quoted("a\r\nERROR b\u{1b}[31m\u{202e}").to_string(),
            r"a\u{d}\u{a}ERROR b\u{1b}[31m\u{202e}"
        );
        assert_eq!(Quoted("grüße 🌍").to_string(), "grüße 🌍");
        let long = "x".repeat(201);
        assert_eq!(Quoted(&long).to_string(), format!("{}…", &long[..200]));
    }
}
