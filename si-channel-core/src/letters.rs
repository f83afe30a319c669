//! How letters are compared: case, width, accents and what cannot be seen do not matter.
//!
//! Compatibility forms are opened (`ｓ`, `𝐒` and `Ⓢ` are `s`), capitals made small, accents of Latin, Greek, Cyrillic,
//! Arabic and Hebrew letters dropped. Marks that are vowels, as in Hindi or Thai, stay: without them words would change.

use std::sync::LazyLock;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// What a character is to whoever compares texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A letter, digit or mark of a letter, folded.
    Letter(char),
    /// An apostrophe, which parts no words: `don't` is one.
    Apostrophe,
    /// White space.
    Space,
    /// The end of a line.
    Line,
    /// A comma.
    Comma,
    /// The end of a sentence.
    Stop,
    /// Any other punctuation, symbol or emoji.
    Other,
}

/// Gives the signs of a text in order, until one is not wanted any more. What cannot be seen is none.
pub(crate) fn signs(text: &str, mut each: impl FnMut(Sign) -> bool) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let going_on = match c {
            'a'..='z' => each(Sign::Letter(c)),
            'A'..='Z' => each(Sign::Letter(c.to_ascii_lowercase())),
            c if is_picture(c) && chars.peek() == Some(&AS_PICTURE) => each(Sign::Other),
            '0'..='9' => each(Sign::Letter(c)),
            c if c.is_ascii() => is_unseen(c) || each(mark(c)),
            c => match folded(c) {
                Folded::Unseen => true,
                Folded::One(sign) => each(sign),
                Folded::Several => fold(c, &mut each),
            },
        };
        if !going_on {
            return;
        }
    }
}

/// The letters and digits of a text, folded, and nothing between them.
pub(crate) fn letters(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    signs(text, |sign| {
        if let Sign::Letter(c) = sign {
            letters.push(c);
        }
        true
    });
    letters
}

/// Asks for the character before it as a picture.
const AS_PICTURE: char = '\u{fe0f}';

/// Letters and digits that are pictures when asked for as such: `ℹ️`, `1️⃣`.
fn is_picture(c: char) -> bool {
    matches!(c, '0'..='9' | 'ℹ' | 'Ⓜ' | '🅰' | '🅱' | '🅾' | '🅿' | '㊗' | '㊙')
}

/// What becomes of a character.
#[derive(Clone, Copy, Debug)]
enum Folded {
    Unseen,
    One(Sign),
    Several,
}

/// The characters of most scripts that have letters, looked up rather than folded each time.
const SCRIPTS: u32 = 0x3100;

fn folded(c: char) -> Folded {
    static TABLE: LazyLock<Vec<Folded>> = LazyLock::new(|| {
        (0..SCRIPTS).map(|code| char::from_u32(code).map_or(Folded::Unseen, alone)).collect()
    });
    match u32::from(c) {
        code @ 0..SCRIPTS => TABLE[code as usize],
        // Ideographs are as they are.
        0x4e00..=0x9fff => Folded::One(Sign::Letter(c)),
        _ => Folded::Several,
    }
}

fn alone(c: char) -> Folded {
    let mut folded = Folded::Unseen;
    fold(c, &mut |sign| {
        folded = if matches!(folded, Folded::Unseen) { Folded::One(sign) } else { Folded::Several };
        true
    });
    folded
}

fn fold(c: char, each: &mut impl FnMut(Sign) -> bool) -> bool {
    if is_unseen(c) {
        return true;
    }
    if !is_written(c) {
        return each(mark(c));
    }
    let mut going_on = true;
    decompose_compatible(c, |c| {
        for c in c.to_lowercase().filter(|&c| is_written(c) && !is_accent(c) && !is_unseen(c)) {
            going_on = going_on
                && match c {
                    'ß' => each(Sign::Letter('s')) && each(Sign::Letter('s')),
                    c => each(Sign::Letter(plain(c))),
                };
        }
    });
    going_on
}

fn is_written(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Letters that are another with a stroke or in another form. `đ` is a letter of its own: Vietnamese `đúng` says yes,
/// `dừng` says stop.
fn plain(c: char) -> char {
    match c {
        'ł' => 'l',
        'ø' => 'o',
        'ı' => 'i',
        'ς' => 'σ',
        'ى' => 'ي',
        'ة' => 'ه',
        other => other,
    }
}

fn mark(c: char) -> Sign {
    match c {
        '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '＇' => Sign::Apostrophe,
        ',' | '，' | '、' | '،' => Sign::Comma,
        '.' | '!' | '?' | ';' | '。' | '！' | '？' | '；' | '．' | '؟' | '؛' | '।' | '¡' | '¿' | '…' => {
            Sign::Stop
        }
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Sign::Line,
        c if c.is_whitespace() => Sign::Space,
        _ => Sign::Other,
    }
}

/// Marks that are dropped: those of Latin, Greek and Cyrillic letters, and Arabic and Hebrew vowels.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// Characters without a form of their own: controls, marks of direction, joining and variation, fillers.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}' | '\u{34f}'
        | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20f0}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The Latin letter that a folded letter of another script, or a digit, is taken for at a glance.
pub(crate) fn look_alike(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'ɗ' => 'd',
        'е' | 'ε' | 'є' => 'e',
        'һ' | 'н' | 'η' | 'հ' => 'h',
        'і' | 'ι' | 'ɩ' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' | 'ⅼ' => 'l',
        'м' | 'μ' => 'm',
        'ո' | 'ν' | 'ռ' => 'n',
        'о' | 'ο' | 'օ' | '0' | 'ᴏ' => 'o',
        'р' | 'ρ' | 'ᴘ' => 'p',
        'ԛ' => 'q',
        'ѕ' | 'ꜱ' | 'ʂ' => 's',
        'т' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ս' => 'u',
        'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        // White letters on black, round and square, stand for capitals.
        '🅐'..='🅩' => latin(c, '🅐'),
        '🅰'..='🆉' => latin(c, '🅰'),
        other => other,
    }
}

fn latin(c: char, first: char) -> char {
    let place = u8::try_from(u32::from(c) - u32::from(first)).unwrap_or_default();
    char::from(b'a' + place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_that_are_read() {
        for (text, read) in [
            ("ARRÊT", "arret"),
            ("ARRE\u{302}T", "arret"),
            ("não", "nao"),
            ("Ｓｔｏｐ ①", "stop1"),
            ("𝓢𝓽𝓸𝓹", "stop"),
            ("s\u{200b}t\u{ad}o\u{0}p\u{202e}", "stop"),
            ("QU\u{130}T q\u{131}", "quitqi"),
            ("STRASSE straße", "strassestrasse"),
            ("Łódź, Tromsø", "lodztromso"),
            ("đúng", "đung"),
            ("ﾌﾟ プ", "フ\u{309a}フ\u{309a}"),
            ("إيقاف", "ايقاف"),
            ("ΣΤΟΠ στοπ", "στοπστοπ"),
            ("रोकें", "रोकें"),
            ("1\u{fe0f}\u{20e3} ℹ\u{fe0f} 🅿\u{fe0f} 🇺🇸 👩\u{200d}👩\u{200d}👧", ""),
            ("1 ℹ", "1i"),
            ("", ""),
        ] {
            assert_eq!(letters(text), read, "{text:?}");
        }
    }

    #[test]
    fn a_text_is_read_no_further_than_wanted() {
        let mut read = 0;
        signs("ﷺ and so on", |_| {
            read += 1;
            read < 3
        });
        assert_eq!(read, 3);
    }

    #[test]
    fn white_letters_on_black_are_latin_ones() {
        assert_eq!("🅂🅣🅞🅟🆂🆃🅾🅿🆉".chars().map(look_alike).collect::<String>(), "🅂topstopz");
    }
}
