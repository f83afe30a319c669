//! Phrases as they are written in the rules, and whether words say them.

use std::collections::BTreeMap;

use crate::meaning::words::{Vocabulary, Word};

/// Groups of words by name.
pub(super) type Groups = BTreeMap<String, Vec<String>>;

/// The most words that a phrase may match.
pub(super) const LONGEST: usize = 40;

/// A phrase.
#[derive(Debug)]
pub(super) struct Pattern {
    elements: Vec<Element>,
}

#[derive(Debug)]
struct Element {
    /// What may stand there, each one word or more.
    ways: Vec<Vec<Word>>,
    optional: bool,
}

impl Pattern {
    /// Reads a phrase; what is wrong with it, when it cannot be read.
    pub(super) fn parse(phrase: &str, groups: &Groups, vocabulary: &mut Vocabulary) -> Result<Self, String> {
        let mut elements = Vec::new();
        let mut rest = phrase.trim_start();
        while !rest.is_empty() {
            let (piece, after) = match rest.as_bytes()[0] {
                b'(' => closed(rest, ')')?,
                b'<' => closed(rest, '>')?,
                _ => rest.split_at(rest.find(|c: char| c.is_whitespace() || c == '?').unwrap_or(rest.len())),
            };
            let optional = after.starts_with('?');
            let after = after.strip_prefix('?').unwrap_or(after);
            if !after.is_empty() && !after.starts_with(char::is_whitespace) {
                return Err(format!("expected a space before {after:?}"));
            }
            let piece = piece.strip_prefix('(').and_then(|p| p.strip_suffix(')')).unwrap_or(piece);
            let mut ways = Vec::new();
            for way in piece.split('|') {
                let name = way.strip_prefix('<').and_then(|name| name.strip_suffix('>'));
                let own = [way.to_owned()];
                let words = match name {
                    Some(name) => groups.get(name).ok_or_else(|| format!("there is no group {name:?}"))?,
                    None => own.as_slice(),
                };
                ways.extend(words.iter().map(|words| vocabulary.enter(words)));
            }
            if ways.iter().any(Vec::is_empty) {
                return Err(format!("{piece:?} holds something that is no word"));
            }
            elements.push(Element { ways, optional });
            rest = after.trim_start();
        }
        if elements.iter().all(|element| element.optional) {
            return Err("nothing in it must be there".to_owned());
        }
        Ok(Self { elements })
    }

    /// The words that it may begin with.
    pub(super) fn first(&self) -> impl Iterator<Item = Word> {
        let must = self.elements.iter().position(|element| !element.optional).unwrap_or_default();
        self.elements[..=must].iter().flat_map(|element| element.ways.iter().map(|way| way[0]))
    }

    /// Words that are triggers, without one of which nothing can say it; none when it can be said without.
    pub(super) fn needs(&self, is_trigger: impl Fn(Word) -> bool) -> Vec<Word> {
        let trigger = |way: &Vec<Word>| way.iter().copied().find(|word| is_trigger(*word));
        let mut must = self.elements.iter().filter(|element| !element.optional);
        must.find_map(|element| element.ways.iter().map(trigger).collect::<Option<Vec<_>>>())
            .unwrap_or_default()
    }

    /// After how many of the words it may be said: bit `n` after `n`.
    pub(super) fn ends(&self, words: &[Word]) -> u64 {
        let words = &words[..words.len().min(LONGEST)];
        let mut places: u64 = 1;
        for element in &self.elements {
            let mut next = if element.optional { places } else { 0 };
            for place in bits(places) {
                for way in &element.ways {
                    if words[place..].starts_with(way) {
                        next |= 1 << (place + way.len());
                    }
                }
            }
            if next == 0 {
                return 0;
            }
            places = next;
        }
        places & !1
    }
}

/// The bits that are set.
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let next = (mask != 0).then(|| mask.trailing_zeros() as usize)?;
        mask &= mask - 1;
        Some(next)
    })
}

fn closed(text: &str, end: char) -> Result<(&str, &str), String> {
    let end = text.find(end).ok_or_else(|| format!("expected {end:?} after {text:?}"))?;
    Ok(text.split_at(end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(phrase: &str, text: &str) -> Vec<usize> {
        let mut vocabulary = Vocabulary::new();
        let groups = Groups::from([("me".to_owned(), vec!["me".to_owned(), "the two of us".to_owned()])]);
        let pattern = Pattern::parse(phrase, &groups, &mut vocabulary).unwrap();
        bits(pattern.ends(&vocabulary.read(text).words)).collect()
    }

    #[test]
    fn a_phrase_is_said_by_its_words_in_their_order() {
        for (phrase, text, expected) in [
            ("stop it", "stop it now", vec![2]),
            ("stop (it|that)?", "stop that", vec![1, 2]),
            ("stop (it|all of that)", "stop all of that", vec![4]),
            ("leave <me>? (alone|<me>)", "leave the two of us alone", vec![5, 6]),
            ("leave <me>? (alone|<me>)", "leave me me", vec![2, 3]),
            ("stop it", "it stop", vec![]),
            ("stop it", "", vec![]),
        ] {
            assert_eq!(ends(phrase, text), expected, "{phrase:?} {text:?}");
        }
    }

    #[test]
    fn a_phrase_that_cannot_be_read_says_why() {
        let parse = |phrase| Pattern::parse(phrase, &Groups::new(), &mut Vocabulary::new()).unwrap_err();
        for (phrase, says) in [
            ("stop (it", "expected ')'"),
            ("stop <it>", "no group \"it\""),
            ("(stop)it", "expected a space"),
            ("stop? it?", "nothing in it must"),
            ("", "nothing in it must"),
            ("stop (|it)", "no word"),
            ("stop !", "no word"),
        ] {
            assert!(parse(phrase).contains(says), "{phrase}: {}", parse(phrase));
        }
    }
}
