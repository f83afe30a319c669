//! Texts without characters that no phone shows: NUL and the other controls.
//!
//! What comes keeps its line breaks and tabs; everything else that Unicode calls a control is dropped, since stores and
//! readers of events may choke on it. What goes out loses them too, and the two marks that turn the direction of what
//! follows over by force, which make a link look like another. Markup is nothing special: it goes out as it is written.

use std::ops::Range;

/// A text that came, without controls.
pub(crate) fn received(text: &str) -> String {
    text.chars().filter(|c| !is_control(*c)).collect()
}

/// What is done to a text that goes out: pieces of it, and what stands in their place.
pub(crate) fn mend(text: &str) -> impl Iterator<Item = (Range<usize>, &'static str)> {
    text.char_indices().filter_map(move |(at, c)| {
        let instead = match c {
            // Twilio takes a carriage return for a character of its own.
            '\r' if text[at + 1..].starts_with('\n') => "",
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "\n",
            '\u{202d}' | '\u{202e}' => "",
            c if is_control(c) => "",
            _ => return None,
        };
        Some((at..at + c.len_utf8(), instead))
    })
}

/// A control other than line breaks and tabs, or a place in Unicode where no character will ever be.
fn is_control(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}'))
        || matches!(u32::from(c) & 0xffff, 0xfffe..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f56_controls_are_dropped_on_the_way_in_and_line_breaks_kept() {
        for (text, expected) in [
            ("a\0b\u{7}c\u{1b}[31md\u{7f}\u{9b}e\u{fffe}", "abc[31mde"),
            ("a\r\nb\tc\u{202e}d\u{200d}", "a\r\nb\tc\u{202e}d\u{200d}"),
            ("\0\0", ""),
        ] {
            assert_eq!(received(text), expected);
        }
    }

    #[test]
    fn f56_what_goes_out_has_plain_line_breaks_and_no_controls() {
        let mended = |text: &str| {
            let mut mended = text.to_owned();
            for (at, instead) in mend(text).collect::<Vec<_>>().into_iter().rev() {
                mended.replace_range(at, instead);
            }
            mended
        };
        for (text, expected) in [
            ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
            ("a\0b\u{1b}[0m\u{202e}c", "ab[0mc"),
            ("</Say><Dial>+1</Dial> ]]> & {x}", "</Say><Dial>+1</Dial> ]]> & {x}"),
            ("\u{2066}שלום\u{2069}", "\u{2066}שלום\u{2069}"),
        ] {
            assert_eq!(mended(text), expected);
        }
    }
}
