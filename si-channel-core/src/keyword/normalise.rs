//! Messages reduced to what keywords are compared by.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters and digits of a text, folded; nothing between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Compact(String);

impl Compact {
    /// Longer than any keyword; a message with more letters is none, and is not read to its end.
    const LONGEST: usize = 40;

    /// `None` for a text without letters or with too many.
    pub(super) fn of(text: &str) -> Option<Self> {
        // Lower case first and last: some compatibility forms are capitals, some capitals have two letters below.
        let folded = text.chars().flat_map(char::to_lowercase).nfkc().flat_map(char::to_lowercase);
        let kept: String = folded.filter(|&c| is_written(c)).take(Self::LONGEST + 1).collect();
        // Composed again, since what stood between a letter and its accent may have gone.
        let kept: String = kept.nfc().collect();
        (!kept.is_empty() && kept.chars().count() <= Self::LONGEST).then_some(Self(kept))
    }

    /// The same with letters that only look Latin made so; `None` when there are none.
    pub(super) fn latin(&self) -> Option<Self> {
        let latin: String = self.0.chars().map(look_alike).collect();
        (latin != self.0).then_some(Self(latin))
    }
}

/// Letters, digits and the marks of letters; not punctuation, symbols, emoji or what cannot be seen.
fn is_written(c: char) -> bool {
    let selector = matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    let enclosing = matches!(c, '\u{20dd}'..='\u{20e4}');
    // What lower case leaves of the Turkish capital dotted I.
    let dot = c == '\u{307}';
    // Hangul fillers are letters that show nothing.
    let filler = matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    let tag = matches!(c, '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{17b4}' | '\u{17b5}');
    (c.is_alphanumeric() || is_combining_mark(c)) && !(selector || enclosing || dot || filler || tag)
}

/// The Latin letter that a small Cyrillic or Greek letter, or the dotless i, is taken for at a glance.
fn look_alike(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' | 'н' | 'η' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' | 'μ' => 'm',
        'ո' | 'ν' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        other => other,
    }
}
