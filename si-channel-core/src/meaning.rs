//! What a text means beyond keywords: that its author wants no more messages, in words of their own.
//!
//! Anything that a reasonable person would take for a revocation is one, 47 CFR 64.1200(a)(10). What counts is data,
//! `rules/opt_out_phrases.toml`, which tells how texts are read. A text either opts out, or its author is asked once
//! whether they mean to, or it is on record as considered when it only holds a word such as "stop". Nothing here ever
//! opts anybody in.

mod pattern;
mod phrases;
mod words;

pub use self::phrases::{PhraseError, Phrases, PhrasesChange};

use std::borrow::Cow;

use self::pattern::bits;
use self::phrases::{Effect, Language, Phrase, Within};
use self::words::{COMMA, END, Text, Word};

/// What a text means to the consent of its author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning<'p> {
    /// Nothing.
    Nothing,
    /// It holds a word such as "stop", and means nothing of the kind.
    Considered,
    /// It may mean an opt-out, by this rule.
    Unsure(Rule<'p>),
    /// It is an opt-out, by this rule.
    OptOut(Rule<'p>),
}

/// The rule by which a text means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule<'p> {
    /// Its id: `en.stop-texting`.
    pub id: &'p str,
    /// The language of the phrase that was said.
    pub language: &'p str,
    /// The version of the rules.
    pub version: &'p str,
}

impl std::fmt::Display for Rule<'_> {
    /// Id and version, as evidence: `en.stop-texting@2026-11-21`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.id, self.version)
    }
}

/// What a text means; keywords alone are not looked for, see [`crate::keyword::recognise`].
///
/// ```
/// use si_channel_core::meaning::{Meaning, Phrases, read};
///
/// let phrases = Phrases::default();
/// assert!(matches!(read("Hi, please stop texting me!", &phrases), Meaning::OptOut(rule) if rule.id == "en.stop-texting"));
/// assert_eq!(read("Where is the bus stop?", &phrases), Meaning::Considered);
/// assert_eq!(read("What does it cost?", &phrases), Meaning::Nothing);
/// ```
pub fn read<'p>(body: &str, phrases: &'p Phrases) -> Meaning<'p> {
    if !phrases.is_on() {
        return Meaning::Nothing;
    }
    let table = &phrases.table;
    let text = table.vocabulary.read(body);
    let mut unsure = None;
    for place in bits(text.triggers) {
        let language = &table.languages[place];
        let rule = |id| Rule { id, language: &language.tag, version: phrases.version() };
        match language.meant(&text) {
            Some((Effect::Stop, id)) => return Meaning::OptOut(rule(id)),
            Some((_, id)) if phrases.may_ask() => unsure = unsure.or(Some(rule(id))),
            _ => {}
        }
    }
    match unsure {
        Some(rule) => Meaning::Unsure(rule),
        None if text.watched => Meaning::Considered,
        None => Meaning::Nothing,
    }
}

/// Whether a text opts out in its author's words and says nothing else, so that nobody misses anything who does not
/// read it.
///
/// ```
/// use si_channel_core::meaning::{Phrases, is_bare};
///
/// let phrases = Phrases::default();
/// assert!(is_bare("Hi, please stop texting me!", &phrases));
/// assert!(!is_bare("Dinner is at eight. And please stop texting me!", &phrases));
/// ```
pub fn is_bare(body: &str, phrases: &Phrases) -> bool {
    if !phrases.is_on() {
        return false;
    }
    let table = &phrases.table;
    let text = table.vocabulary.read(body);
    let mut languages = bits(text.triggers).map(|place| &table.languages[place]);
    // The language that opts out is the one that what else is said counts in, as in `read`.
    let opting = languages.find(|language| matches!(language.meant(&text), Some((Effect::Stop, _))));
    opting.is_some_and(|language| language.says_no_more(&text))
}

impl Text {
    /// Whether it holds what a phrase needs.
    fn may_say(&self, phrase: &Phrase) -> bool {
        phrase.needs.is_empty() || phrase.needs.iter().any(|word| self.trigger_words.contains(word))
    }
}

/// A part of a text that may say something.
struct Clause<'w> {
    words: Cow<'w, [Word]>,
    kind: Kind,
}

/// How a clause stands in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It is a sentence whose commas are left out; its parts come after it.
    Joined,
    /// It stands between punctuation.
    Part,
    /// It was parted from others by words alone.
    Broken,
}

impl Language {
    /// What the words say, and by which rule; the first clause that opts out counts before any that may mean to.
    fn meant(&self, text: &Text) -> Option<(Effect, &str)> {
        let clauses = self.clauses(&text.words);
        let mut unsure = None;
        let mut negated = false;
        for (place, clause) in clauses.iter().enumerate() {
            let before = negated;
            let ends = clause.words.last().is_some_and(|word| self.negations.contains(word));
            negated = clause.kind != Kind::Joined && ends;
            if before {
                continue;
            }
            let alone = || {
                let others = clauses.iter().enumerate().filter(|(other, _)| *other != place);
                others
                    .into_iter()
                    .all(|(_, clause)| clause.kind == Kind::Joined || self.is_polite(&clause.words))
            };
            match self.clause(text, clause, alone) {
                Some(found @ (Effect::Stop, _)) => return Some(found),
                found => unsure = unsure.or(found),
            }
        }
        unsure
    }

    /// Whether every sentence opts out or is polite.
    fn says_no_more(&self, text: &Text) -> bool {
        text.words.split(|word| *word == END).all(|sentence| {
            let clauses = self.clauses(sentence);
            let stops =
                |clause: &Clause<'_>| matches!(self.clause(text, clause, || true), Some((Effect::Stop, _)));
            let (joined, parts): (Vec<_>, Vec<_>) =
                clauses.iter().partition(|clause| clause.kind == Kind::Joined);
            joined.into_iter().any(stops)
                || parts.into_iter().all(|clause| self.is_polite(&clause.words) || stops(clause))
        })
    }

    fn clauses<'w>(&self, words: &'w [Word]) -> Vec<Clause<'w>> {
        let mut clauses = Vec::new();
        for sentence in words.split(|word| *word == END) {
            if sentence.contains(&COMMA) {
                let words = sentence.iter().copied().filter(|word| *word != COMMA).collect();
                clauses.push(Clause { words: Cow::Owned(words), kind: Kind::Joined });
            }
            for part in sentence.split(|word| *word == COMMA) {
                let whole = !part.iter().any(|word| self.breaks.contains(word));
                let kind = if whole { Kind::Part } else { Kind::Broken };
                let pieces = part.split(|word| self.breaks.contains(word)).filter(|piece| !piece.is_empty());
                clauses.extend(pieces.map(|words| Clause { words: Cow::Borrowed(words), kind }));
            }
        }
        clauses
    }

    fn clause(&self, text: &Text, clause: &Clause<'_>, alone: impl Fn() -> bool) -> Option<(Effect, &str)> {
        let words = &clause.words[..];
        let ends = self.polite_ends(words);
        let mut unsure = None;
        let mut stop = None;
        for start in bits(self.polite_starts(words)) {
            let Some(first) = words.get(start) else { continue };
            for phrase in self.patterns.beginning_with(*first).filter(|phrase| text.may_say(phrase)) {
                let rule = &self.rules[phrase.rule];
                let reaches = match rule.within {
                    Within::Clause => true,
                    Within::Sentence => clause.kind == Kind::Part,
                    Within::Message => clause.kind != Kind::Joined && alone(),
                    Within::Anywhere => false,
                };
                if reaches && bits(phrase.pattern.ends(&words[start..])).any(|end| ends[start + end]) {
                    match rule.effect {
                        Effect::None => return None,
                        Effect::Stop => stop = stop.or(Some((Effect::Stop, rule.id.as_str()))),
                        Effect::Ask => unsure = unsure.or(Some((Effect::Ask, rule.id.as_str()))),
                    }
                }
            }
        }
        let anywhere = || (clause.kind != Kind::Joined).then(|| self.anywhere(text, words)).flatten();
        stop.or(unsure).or_else(anywhere)
    }

    fn anywhere(&self, text: &Text, clause: &[Word]) -> Option<(Effect, &str)> {
        let before = clause.iter().take_while(|word| !self.guards.contains(word)).count();
        (0..before).find_map(|start| {
            let mut candidates = self.patterns.beginning_with(clause[start]).filter(|it| text.may_say(it));
            candidates.find_map(|phrase| {
                let rule = &self.rules[phrase.rule];
                let said = rule.within == Within::Anywhere && phrase.pattern.ends(&clause[start..]) != 0;
                said.then_some((rule.effect, rule.id.as_str()))
            })
        })
    }

    /// Where a phrase may begin when polite words come before it.
    fn polite_starts(&self, clause: &[Word]) -> u64 {
        let mut starts: u64 = 1;
        for place in 0..clause.len().min(pattern::LONGEST / 2) {
            if starts & (1 << place) != 0 {
                for pattern in self.polite.beginning_with(clause[place]) {
                    for end in bits(pattern.ends(&clause[place..])).filter(|end| place + end < 64) {
                        starts |= 1 << (place + end);
                    }
                }
            }
        }
        starts
    }

    /// Whether nothing but polite words comes after each place.
    fn polite_ends(&self, clause: &[Word]) -> Vec<bool> {
        let mut ends = vec![false; clause.len() + 1];
        ends[clause.len()] = true;
        for place in (clause.len().saturating_sub(pattern::LONGEST / 2)..clause.len()).rev() {
            ends[place] = self
                .polite
                .beginning_with(clause[place])
                .any(|pattern| bits(pattern.ends(&clause[place..])).any(|end| ends[place + end]));
        }
        ends
    }

    fn is_polite(&self, clause: &[Word]) -> bool {
        self.polite_ends(clause)[0]
    }
}

#[cfg(test)]
mod tests;
