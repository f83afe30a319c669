//! Twilio's Smart Encoding: typographic characters replaced by GSM-7 look-alikes.
//!
//! Twilio does this when a message is sent with `SmartEncoded` or by a Messaging Service with the setting on
//! (<https://www.twilio.com/docs/messaging/services#smart-encoding>). The production table is not published; this one
//! is that of Twilio's segment calculator, whose surprises are kept (a no-break space becomes two spaces, a combining
//! tilde a `~`), since a count made from it should be the calculator's.

use std::borrow::Cow;

/// The text as Smart Encoding sends it, character by character; borrowed when nothing changes.
///
/// ```
/// use si_channel_core::segment::smart;
///
/// assert_eq!(smart::encode("\u{201c}So\u{2026}\u{201d}"), "\"So...\"");
/// ```
pub fn encode(text: &str) -> Cow<'_, str> {
    let Some(first) = text.char_indices().find_map(|(at, c)| replacement(c).map(|_| at)) else {
        return Cow::Borrowed(text);
    };
    let (unchanged, rest) = text.split_at(first);
    let mut encoded = String::with_capacity(text.len());
    encoded.push_str(unchanged);
    for c in rest.chars() {
        match replacement(c) {
            Some(instead) => encoded.push_str(instead),
            None => encoded.push(c),
        }
    }
    Cow::Owned(encoded)
}

const DIGITS: &str = "0123456789";
const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// What stands for the character; `None` leaves it as it is, an empty text removes it.
#[expect(clippy::too_many_lines, reason = "a table")]
fn replacement(c: char) -> Option<&'static str> {
    if ('\u{20}'..'\u{80}').contains(&c) && c != '`' {
        return None;
    }
    Some(match c {
        '\u{ff10}'..='\u{ff19}' => nth(DIGITS, u32::from(c) - 0xff10),
        '\u{ff21}'..='\u{ff3a}' => nth(CAPITALS, u32::from(c) - 0xff21),
        '\u{ab}'
        | '\u{bb}'
        | '\u{201c}'..='\u{201f}'
        | '\u{2ba}'
        | '\u{2ee}'
        | '\u{275d}'
        | '\u{275e}'
        | '\u{301d}'
        | '\u{301e}'
        | '\u{ff02}' => "\"",
        '\u{60}'
        | '\u{b4}'
        | '\u{2b9}'
        | '\u{2bb}'..='\u{2bd}'
        | '\u{2c8}'
        | '\u{2ca}'
        | '\u{2cb}'
        | '\u{313}'
        | '\u{314}'
        | '\u{2018}'
        | '\u{2019}'
        | '\u{201b}'
        | '\u{275b}'
        | '\u{275c}'
        | '\u{fe10}'
        | '\u{fe11}'
        | '\u{ff07}' => "'",
        '\u{f7}' | '\u{337}' | '\u{338}' | '\u{2044}' | '\u{2215}' | '\u{29f8}' | '\u{ff0f}' => "/",
        '\u{20e5}' | '\u{29f5}' | '\u{29f9}' | '\u{fe68}' | '\u{ff3c}' => "\\",
        '\u{bc}' => "1/4",
        '\u{bd}' => "1/2",
        '\u{be}' => "3/4",
        '\u{332}' | '\u{2017}' | '\u{ff3f}' => "_",
        '\u{20d2}' | '\u{20d3}' | '\u{2223}' | '\u{239c}' | '\u{239f}' | '\u{23b8}' | '\u{23b9}'
        | '\u{23d0}' | '\u{ff5c}' => "|",
        '\u{2010}'
        | '\u{2013}'..='\u{2015}'
        | '\u{2022}'
        | '\u{2043}'
        | '\u{23bc}'
        | '\u{23bd}'
        | '\u{fe63}'
        | '\u{ff0d}' => "-",
        '\u{fe6b}' | '\u{ff20}' => "@",
        '\u{fe69}' | '\u{ff04}' => "$",
        '\u{1c3}' | '\u{fe15}' | '\u{fe57}' | '\u{ff01}' => "!",
        '\u{203c}' => "!!",
        '\u{fe5f}' | '\u{ff03}' => "#",
        '\u{fe6a}' | '\u{ff05}' => "%",
        '\u{fe60}' | '\u{ff06}' => "&",
        '\u{201a}' | '\u{326}' | '\u{3001}' | '\u{fe50}' | '\u{fe51}' | '\u{ff0c}' | '\u{ff64}' => ",",
        '\u{2768}' | '\u{276a}' | '\u{27ee}' | '\u{2985}' | '\u{fe59}' | '\u{ff08}' => "(",
        '\u{2769}' | '\u{276b}' | '\u{27ef}' | '\u{2986}' | '\u{fe5a}' | '\u{ff09}' => ")",
        '\u{204e}'
        | '\u{2217}'
        | '\u{229b}'
        | '\u{2722}'..='\u{2725}'
        | '\u{2731}'..='\u{2733}'
        | '\u{273a}'..='\u{273d}'
        | '\u{2743}'
        | '\u{2749}'..='\u{274b}'
        | '\u{29c6}'
        | '\u{fe61}'
        | '\u{ff0a}' => "*",
        '\u{2d6}' | '\u{fe62}' | '\u{ff0b}' => "+",
        '\u{3002}' | '\u{fe52}' | '\u{ff0e}' | '\u{ff61}' => ".",
        '\u{2026}' => "...",
        '\u{2d0}' | '\u{2f8}' | '\u{2982}' | '\u{a789}' | '\u{fe13}' | '\u{ff1a}' => ":",
        '\u{204f}' | '\u{fe14}' | '\u{fe54}' | '\u{ff1b}' => ";",
        '\u{2039}' | '\u{fe64}' | '\u{ff1c}' => "<",
        '\u{347}' | '\u{a78a}' | '\u{fe66}' | '\u{ff1d}' => "=",
        '\u{203a}' | '\u{fe65}' | '\u{ff1e}' => ">",
        '\u{fe16}' | '\u{fe56}' | '\u{ff1f}' => "?",
        '\u{2c6}' | '\u{302}' | '\u{1dcd}' | '\u{ff3e}' => "^",
        '\u{2774}' | '\u{fe5b}' | '\u{ff5b}' => "{",
        '\u{2775}' | '\u{fe5c}' | '\u{ff5d}' => "}",
        '\u{ff3b}' => "[",
        '\u{ff3d}' => "]",
        '\u{2dc}' | '\u{2f7}' | '\u{303}' | '\u{330}' | '\u{334}' | '\u{223c}' | '\u{ff5e}' => "~",
        '\t' => "       ",
        '\u{80}'
        | '\u{8d}'
        | '\u{90}'
        | '\u{9b}'
        | '\u{9f}'
        | '\u{a0}'
        | '\u{2000}'
        | '\u{2002}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => "  ",
        '\u{2001}' | '\u{2028}' | '\u{2029}' => " ",
        '\0'
        | '\u{3}'
        | '\u{4}'
        | '\u{10}'..='\u{14}'
        | '\u{17}'
        | '\u{19}'
        | '\u{200b}'
        | '\u{200c}'
        | '\u{2060}'
        | '\u{feff}' => "",
        _ => return small_capital(c),
    })
}

/// The capital that a small-capital letter stands for.
fn small_capital(c: char) -> Option<&'static str> {
    let capital = match c {
        '\u{1d00}' => 'A',
        '\u{299}' => 'B',
        '\u{1d04}' => 'C',
        '\u{1d05}' => 'D',
        '\u{1d07}' => 'E',
        '\u{a730}' => 'F',
        '\u{262}' => 'G',
        '\u{29c}' => 'H',
        '\u{26a}' => 'I',
        '\u{1d0a}' => 'J',
        '\u{1d0b}' => 'K',
        '\u{29f}' => 'L',
        '\u{1d0d}' => 'M',
        '\u{274}' => 'N',
        '\u{1d0f}' => 'O',
        '\u{1d18}' => 'P',
        '\u{280}' => 'R',
        '\u{a731}' => 'S',
        '\u{1d1b}' => 'T',
        '\u{1d1c}' => 'U',
        '\u{1d20}' => 'V',
        '\u{1d21}' => 'W',
        '\u{28f}' => 'Y',
        '\u{1d22}' => 'Z',
        _ => return None,
    };
    Some(nth(CAPITALS, u32::from(capital) - u32::from('A')))
}

fn nth(characters: &'static str, index: u32) -> &'static str {
    let at = index as usize;
    &characters[at..=at]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::{Encoding, count};

    #[test]
    fn typographic_characters_become_gsm() {
        let cases = [
            ("“It’s — well…”", "\"It's - well...\""),
            ("½ ÷ 2 • ok\u{200b}", "1/2 / 2 - ok"),
            ("a\u{a0}b\tc", "a  b       c"),
            ("ＡＺ０９ ᴀʙ", "AZ09 AB"),
            ("‹x›‼", "<x>!!"),
            ("cafe\u{302}", "cafe^"),
            ("`q`", "'q'"),
        ];
        for (text, expected) in cases {
            assert_eq!(encode(text), expected);
            assert_eq!(count(&encode(text)).encoding, Encoding::Gsm7, "{text}");
        }
    }

    #[test]
    fn text_without_them_is_borrowed_as_it_is() {
        for text in ["", "Plain [text] ~ €5 é\r\n", "Привет 👋🏽", "ça"] {
            assert!(matches!(encode(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn table_has_the_calculators_271_characters() {
        assert_eq!(('\0'..=char::MAX).filter(|&c| replacement(c).is_some()).count(), 271);
    }
}
