//! What becomes of a text on its way: cheap in SMS, readable where writing runs from right to left.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::address::Channel;
use crate::language::{FoldAccents, Language};
use crate::segment::{self, gsm7};

/// What a text travels by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// SMS: one character outside GSM-7 more than halves what a segment holds.
    Sms,
    /// A channel that takes any character at the same price.
    Unicode,
}

impl Medium {
    /// That of a channel.
    pub fn of(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::Sms,
            _ => Self::Unicode,
        }
    }
}

/// The text as SMS: what is only typography gives way when the rest is GSM-7, accents when that saves a segment.
pub(super) fn sms(text: String, fold: FoldAccents) -> String {
    if gsm7::fits(&text) {
        return text;
    }
    let plain = typewritten(&text);
    if gsm7::fits(&plain) {
        return plain;
    }
    if fold == FoldAccents::Never {
        return text;
    }
    let folded: String = plain.chars().map(Folded::of).fold(String::new(), |mut all, folded| {
        folded.push_to(&mut all);
        all
    });
    let saves = || segment::count(&folded).segments < segment::count(&text).segments;
    if gsm7::fits(&folded) && saves() { folded } else { text }
}

/// Spaces, quotes, dashes and dots as a typewriter has them.
fn typewritten(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => plain.push(' '),
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' => plain.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => plain.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            '\u{2026}' => plain.push_str("..."),
            // Joiners, isolates and the like show nothing.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {}
            c => plain.push(c),
        }
    }
    plain
}

/// A letter without what GSM-7 does not have of it.
enum Folded {
    One(char),
    Two(&'static str),
}

impl Folded {
    fn of(c: char) -> Self {
        if gsm7::septets(c).is_some() {
            return Self::One(c);
        }
        // Letters that are not a plain one with a mark: Polish ł, Turkish ı and so on.
        match c {
            'ł' => Self::One('l'),
            'Ł' => Self::One('L'),
            'ı' => Self::One('i'),
            'đ' | 'ð' => Self::One('d'),
            'Đ' | 'Ð' => Self::One('D'),
            'ħ' => Self::One('h'),
            'œ' => Self::Two("oe"),
            'Œ' => Self::Two("OE"),
            'þ' => Self::Two("th"),
            'ẞ' => Self::Two("SS"),
            c => {
                let mut letters = std::iter::once(c).nfd();
                match (letters.next(), letters.all(is_combining_mark)) {
                    (Some(plain), true) => Self::One(plain),
                    _ => Self::One(c),
                }
            }
        }
    }

    fn push_to(self, text: &mut String) {
        match self {
            Self::One(c) if is_combining_mark(c) => {}
            Self::One(c) => text.push(c),
            Self::Two(letters) => text.push_str(letters),
        }
    }
}

const LEFT_TO_RIGHT: char = '\u{2066}';
const FIRST_STRONG: char = '\u{2068}';
const END: char = '\u{2069}';

/// Something that is put into a text, kept from turning the text around it.
pub(super) fn inserted(value: &str, language: &Language) -> Option<String> {
    let turns = !language.is_right_to_left() && value.chars().any(is_right_to_left);
    turns.then(|| format!("{FIRST_STRONG}{value}{END}"))
}

/// The text with every number, URL, keyword and name that runs the other way in an isolate (UAX #9).
pub(super) fn isolated(text: &str, language: &Language) -> String {
    if !language.is_right_to_left() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 24);
    let mut rest = text;
    while let Some(start) = rest.find(begins) {
        let run = &rest[start..];
        let over = run.find(|c: char| !goes_on(c)).unwrap_or(run.len());
        // A full stop or a space after it belongs to the sentence.
        let length = run[..over].trim_end_matches(|c: char| !ends(c)).len();
        if length == 0 {
            // A sign that nothing follows.
            let sign = run.chars().next().map_or(run.len(), char::len_utf8);
            out.push_str(&rest[..start + sign]);
            rest = &run[sign..];
            continue;
        }
        out.push_str(&rest[..start]);
        out.push(LEFT_TO_RIGHT);
        out.push_str(&run[..length]);
        out.push(END);
        rest = &run[length..];
    }
    out.push_str(rest);
    out
}

fn begins(c: char) -> bool {
    is_left_to_right(c) || matches!(c, '+' | '#' | '@')
}

fn goes_on(c: char) -> bool {
    is_left_to_right(c) || c.is_ascii_graphic() || c == ' '
}

fn ends(c: char) -> bool {
    is_left_to_right(c) || c == '/'
}

fn is_left_to_right(c: char) -> bool {
    c.is_ascii_digit() || (c.is_alphabetic() && !is_right_to_left(c))
}

fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typography_gives_way_and_letters_of_gsm_stay() {
        for (given, sent) in [
            ("plain", "plain"),
            ("3:00\u{202f}PM \u{201c}so\u{201d}\u{2026} it\u{2019}s", "3:00 PM \"so\"... it's"),
            ("Größe è é ù ñ", "Größe è é ù ñ"),
            // It saves no segment, so nothing is lost.
            ("María", "María"),
            ("日本\u{a0}語", "日本\u{a0}語"),
        ] {
            assert_eq!(sms(given.to_owned(), FoldAccents::SmsOnly), sent);
        }
    }

    #[test]
    fn accents_give_way_where_that_saves_a_segment() {
        let pad = "a".repeat(70);
        for (given, sent) in [
            ("áíóúâêôçãõë", "aiouaeocaoe"),
            ("œŒ", "oeOE"),
            ("ąćęłńóśźżŁ", "acelnoszzL"),
            ("çğışİŞ", "cgisIS"),
            ("o\u{301}", "o"),
        ] {
            assert_eq!(sms(format!("{pad}{given}"), FoldAccents::SmsOnly), format!("{pad}{sent}"));
            assert_eq!(sms(format!("{pad}{given}"), FoldAccents::Never), format!("{pad}{given}"));
        }
        let mixed = format!("{pad}á日");
        assert_eq!(sms(mixed.clone(), FoldAccents::SmsOnly), mixed);
    }

    #[test]
    fn what_runs_the_other_way_is_isolated() {
        let arabic: Language = "ar".parse().unwrap();
        for (given, sent) in [
            ("أرسل STOP.", "أرسل \u{2066}STOP\u{2069}."),
            (
                "أرسل JOIN 7KQ2 إلى +1 555 000",
                "أرسل \u{2066}JOIN 7KQ2\u{2069} إلى \u{2066}+1 555 000\u{2069}",
            ),
            ("زر https://a.example/help/ الآن", "زر \u{2066}https://a.example/help/\u{2069} الآن"),
            ("بعد 24 ساعة", "بعد \u{2066}24\u{2069} ساعة"),
            ("نعم + لا", "نعم + لا"),
        ] {
            assert_eq!(isolated(given, &arabic), sent);
        }
        assert_eq!(isolated("Text STOP", &Language::english()), "Text STOP");
        assert_eq!(inserted("مها", &Language::english()).unwrap(), "\u{2068}مها\u{2069}");
        assert_eq!(inserted("Ann", &Language::english()), None);
        assert_eq!(inserted("مها", &arabic), None);
    }
}
