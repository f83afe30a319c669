//! Texts as words that phrases know, and where their clauses end.

use std::collections::HashMap;

use crate::letters::{Sign, signs};

/// A word's place in the vocabulary.
pub(super) type Word = u16;

/// A word that no phrase has.
const UNKNOWN: Word = 0;
/// The end of a sentence.
pub(super) const END: Word = Word::MAX;
/// A comma.
pub(super) const COMMA: Word = Word::MAX - 1;

/// Characters of a text that are looked at; Twilio carries no longer ones.
const LONGEST: usize = 32_768;

/// What is known about a word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// The languages for which it makes a text worth looking at, a bit for each.
    pub(super) triggers: u64,
    /// Whether a text with it is on record as considered.
    pub(super) watched: bool,
}

/// Every word of every phrase.
#[derive(Debug)]
pub(super) struct Vocabulary {
    places: HashMap<String, Word>,
    known: Vec<Known>,
}

impl Vocabulary {
    pub(super) fn new() -> Self {
        Self { places: HashMap::new(), known: vec![Known::default()] }
    }

    /// The words of a piece of a phrase.
    pub(super) fn enter(&mut self, piece: &str) -> Vec<Word> {
        let mut words = Vec::new();
        for_each(piece, |piece| {
            if let Piece::Word(word) = piece {
                let next = Word::try_from(self.known.len()).unwrap_or(UNKNOWN);
                let place = *self.places.entry(word.to_owned()).or_insert(next);
                if place == next {
                    self.known.push(Known::default());
                }
                words.push(place);
            }
        });
        words
    }

    pub(super) fn known(&mut self, word: Word) -> &mut Known {
        &mut self.known[usize::from(word)]
    }

    pub(super) fn triggers(&self, word: Word) -> u64 {
        self.known[usize::from(word)].triggers
    }

    fn place(&self, word: &str) -> Word {
        if let Some(place) = self.places.get(word) {
            return *place;
        }
        // "stooop" is stop; no word has a letter three times in a row.
        calmed(word).and_then(|calm| self.places.get(&calm).copied()).unwrap_or(UNKNOWN)
    }

    /// A text as words.
    pub(super) fn read(&self, text: &str) -> Text {
        let mut read = Text {
            words: Vec::with_capacity(text.len() / 5 + 2),
            triggers: 0,
            trigger_words: Vec::new(),
            watched: false,
        };
        for_each(text, |piece| match piece {
            Piece::Word(word) => {
                let place = self.place(word);
                let known = self.known[usize::from(place)];
                if known.triggers != 0 && !read.trigger_words.contains(&place) {
                    read.trigger_words.push(place);
                }
                read.triggers |= known.triggers;
                read.watched |= known.watched;
                read.words.push(place);
            }
            Piece::Comma => read.words.push(COMMA),
            Piece::End => read.words.push(END),
        });
        read
    }
}

/// A text as words.
pub(super) struct Text {
    /// Its words, and the ends of its clauses as far as punctuation shows them.
    pub(super) words: Vec<Word>,
    /// The languages for which it is worth looking at.
    pub(super) triggers: u64,
    /// The words that make it so, each once.
    pub(super) trigger_words: Vec<Word>,
    /// Whether it holds a watched word.
    pub(super) watched: bool,
}

/// A piece of a text.
enum Piece<'a> {
    /// A word, folded and without apostrophes.
    Word(&'a str),
    Comma,
    /// The end of a sentence or line.
    End,
}

fn for_each(text: &str, mut each: impl FnMut(Piece<'_>)) {
    let mut word = String::with_capacity(32);
    let mut left = LONGEST;
    signs(text, |sign| {
        if let Sign::Letter(c) = sign {
            word.push(c);
        } else if sign != Sign::Apostrophe {
            if !word.is_empty() {
                each(Piece::Word(&word));
                word.clear();
            }
            match sign {
                Sign::Comma => each(Piece::Comma),
                Sign::Stop | Sign::Line => each(Piece::End),
                _ => {}
            }
        }
        left -= 1;
        left > 0
    });
    if !word.is_empty() {
        each(Piece::Word(&word));
    }
}

/// A word with letters that stand three times or more in a row written once; `None` when it has none.
fn calmed(word: &str) -> Option<String> {
    let mut calm = String::with_capacity(word.len());
    let mut run = 0;
    let mut changed = false;
    for c in word.chars() {
        run = if calm.ends_with(c) { run + 1 } else { 0 };
        if run < 2 {
            calm.push(c);
        } else if run == 2 {
            calm.pop();
            changed = true;
        }
    }
    changed.then_some(calm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart_by_space_and_marks_and_sentences_by_punctuation() {
        let mut words = Vec::new();
        for_each("Don’t text-me, ÇA va?\nSTOP🛑now", |piece| {
            words.push(match piece {
                Piece::Word(word) => word.to_owned(),
                Piece::Comma => ",".to_owned(),
                Piece::End => ".".to_owned(),
            });
        });
        assert_eq!(words, ["dont", "text", "me", ",", "ca", "va", ".", ".", "stop", "now"]);
    }

    #[test]
    fn letters_drawn_out_are_written_once() {
        for (word, calm) in [("stooop", Some("stop")), ("stopppp", Some("stop")), ("ssstttop", Some("stop"))]
        {
            assert_eq!(calmed(word).as_deref(), calm);
        }
        assert_eq!(calmed("stoop"), None);
        assert_eq!(calmed("111"), Some("1".to_owned()));
    }
}
