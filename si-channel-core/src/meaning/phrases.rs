//! The phrases, as data: those that come with the channel, an operator's changes, and the table made of both.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use crate::meaning::pattern::{Groups, Pattern};
use crate::meaning::words::{Vocabulary, Word};

/// What an operator changes of the phrases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhrasesChange {
    /// Whether texts are looked at for what they mean at all.
    pub on: bool,
    /// Whether somebody who may mean to opt out is asked, once a session.
    pub ask: bool,
    /// Languages by tag (`de`) and rules by id (`en.enough`) that do not count.
    pub off: Vec<String>,
    /// Further phrases by language, each an opt-out when it is all that a clause says; `rules/opt_out_phrases.toml`
    /// tells how they are written.
    pub add: BTreeMap<String, Vec<String>>,
}

impl Default for PhrasesChange {
    fn default() -> Self {
        Self { on: true, ask: true, off: Vec::new(), add: BTreeMap::new() }
    }
}

/// A phrase, or a change, that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// A phrase that cannot be read.
    #[error("opt_out_phrases: {rule}: {phrase:?}: {problem}")]
    Phrase {
        /// The rule it stands in.
        rule: String,
        /// The phrase.
        phrase: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Something is to be switched off that there is not.
    #[error("opt_out_phrases.off: {0:?} is neither a language nor a rule, such as de or en.enough")]
    UnknownRule(String),
    /// Phrases are added to a language that there is not.
    #[error(
        "opt_out_phrases.add.{0}: there are no phrases of this language yet; add them to en, or another that there is"
    )]
    UnknownLanguage(String),
}

/// The phrases that mean an opt-out.
///
/// Read from an operator's [`PhrasesChange`], none by default.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "PhrasesChange", into = "PhrasesChange")]
pub struct Phrases {
    change: PhrasesChange,
    pub(super) table: Arc<Table>,
}

impl Phrases {
    /// Whether texts are looked at for what they mean.
    pub fn is_on(&self) -> bool {
        self.change.on
    }

    /// Whether somebody who may mean to opt out is asked.
    pub fn may_ask(&self) -> bool {
        self.change.ask
    }

    /// The version of the phrases that come with the channel: the date of their last change.
    pub fn version(&self) -> &str {
        &SHIPPED.version
    }

    /// Tag, whether somebody has reviewed it, and number of phrases of every language that counts.
    pub fn languages(&self) -> impl Iterator<Item = (&str, bool, usize)> {
        self.table.languages.iter().map(|language| {
            (language.tag.as_str(), language.reviewed, language.rules.iter().map(|rule| rule.phrases).sum())
        })
    }
}

impl Default for Phrases {
    fn default() -> Self {
        static TABLE: LazyLock<Arc<Table>> = LazyLock::new(|| {
            // The file is part of the program, and a test reads it.
            Arc::new(
                Table::of(&SHIPPED, &PhrasesChange::default())
                    .expect("rules/opt_out_phrases.toml is in order"),
            )
        });
        Self { change: PhrasesChange::default(), table: TABLE.clone() }
    }
}

impl TryFrom<PhrasesChange> for Phrases {
    type Error = PhraseError;

    fn try_from(change: PhrasesChange) -> Result<Self, PhraseError> {
        if change.off.is_empty() && change.add.is_empty() {
            return Ok(Self { change, table: Self::default().table });
        }
        let table = Table::of(&SHIPPED, &change)?;
        Ok(Self { change, table: Arc::new(table) })
    }
}

impl From<Phrases> for PhrasesChange {
    fn from(phrases: Phrases) -> Self {
        phrases.change
    }
}

/// Two sets are the same when they were made by the same changes.
impl PartialEq for Phrases {
    fn eq(&self, other: &Self) -> bool {
        self.change == other.change
    }
}

impl Eq for Phrases {}

impl std::fmt::Debug for Phrases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Phrases").field("change", &self.change).finish_non_exhaustive()
    }
}

/// What follows from a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Effect {
    Stop,
    Ask,
    None,
}

/// How much of a text must say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Within {
    #[default]
    Clause,
    Sentence,
    Message,
    Anywhere,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    version: String,
    languages: BTreeMap<String, ShippedLanguage>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShippedLanguage {
    reviewed: bool,
    #[expect(dead_code, reason = "it is for those who review the file")]
    source: String,
    triggers: Vec<String>,
    watch: Vec<String>,
    breaks: Vec<String>,
    negations: Vec<String>,
    guards: Vec<String>,
    polite: Vec<String>,
    #[serde(default)]
    groups: Groups,
    rules: Vec<ShippedRule>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShippedRule {
    id: String,
    effect: Effect,
    #[serde(default)]
    within: Within,
    phrases: Vec<String>,
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
    // The file is part of the program, and a test reads it.
    toml::from_str(include_str!("../../rules/opt_out_phrases.toml"))
        .expect("rules/opt_out_phrases.toml is well-formed")
});

/// Phrases by the words they begin with.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) vocabulary: Vocabulary,
    pub(super) languages: Vec<Language>,
}

#[derive(Debug)]
pub(super) struct Language {
    pub(super) tag: String,
    reviewed: bool,
    pub(super) breaks: Vec<Word>,
    pub(super) negations: Vec<Word>,
    pub(super) guards: Vec<Word>,
    pub(super) polite: ByFirst<Pattern>,
    pub(super) rules: Vec<Rule>,
    pub(super) patterns: ByFirst<Phrase>,
}

/// A phrase of a rule.
#[derive(Debug)]
pub(super) struct Phrase {
    /// The rule's place.
    pub(super) rule: usize,
    /// A text without any of these does not say it, when there are any.
    pub(super) needs: Vec<Word>,
    pub(super) pattern: Pattern,
}

#[derive(Debug)]
pub(super) struct Rule {
    /// Language and name: `en.stop-texting`.
    pub(super) id: String,
    pub(super) effect: Effect,
    pub(super) within: Within,
    phrases: usize,
}

/// Patterns that may begin with a word.
#[derive(Debug)]
pub(super) struct ByFirst<T> {
    all: Vec<T>,
    /// Places in `all`, by word.
    by_first: Vec<Vec<usize>>,
}

impl<T> ByFirst<T> {
    fn new() -> Self {
        Self { all: Vec::new(), by_first: Vec::new() }
    }

    fn push(&mut self, first: impl Iterator<Item = Word>, item: T) {
        for word in first {
            let word = usize::from(word);
            if self.by_first.len() <= word {
                self.by_first.resize(word + 1, Vec::new());
            }
            let places = &mut self.by_first[word];
            if places.last() != Some(&self.all.len()) {
                places.push(self.all.len());
            }
        }
        self.all.push(item);
    }

    pub(super) fn beginning_with(&self, word: Word) -> impl Iterator<Item = &T> {
        self.by_first.get(usize::from(word)).into_iter().flatten().map(|place| &self.all[*place])
    }
}

impl Table {
    fn of(shipped: &Shipped, change: &PhrasesChange) -> Result<Self, PhraseError> {
        let mut languages = shipped.languages.clone();
        for (tag, phrases) in &change.add {
            let language = languages.get_mut(tag).ok_or_else(|| PhraseError::UnknownLanguage(tag.clone()))?;
            language.rules.push(ShippedRule {
                id: "own".to_owned(),
                effect: Effect::Stop,
                within: Within::Clause,
                phrases: phrases.clone(),
            });
        }
        for off in &change.off {
            let known = languages.remove(off).is_some()
                || off
                    .split_once('.')
                    .and_then(|(tag, id)| {
                        let rules = &mut languages.get_mut(tag)?.rules;
                        let place = rules.iter().position(|rule| rule.id == id)?;
                        Some(rules.remove(place))
                    })
                    .is_some();
            if !known {
                return Err(PhraseError::UnknownRule(off.clone()));
            }
        }
        let mut table = Self { vocabulary: Vocabulary::new(), languages: Vec::new() };
        for (tag, language) in &languages {
            table.add(tag, language)?;
        }
        Ok(table)
    }

    fn add(&mut self, tag: &str, given: &ShippedLanguage) -> Result<(), PhraseError> {
        let bit = 1 << self.languages.len();
        for word in given.triggers.iter().flat_map(|word| self.vocabulary.enter(word)).collect::<Vec<_>>() {
            self.vocabulary.known(word).triggers |= bit;
        }
        for word in given.watch.iter().flat_map(|word| self.vocabulary.enter(word)).collect::<Vec<_>>() {
            self.vocabulary.known(word).watched = true;
        }
        let mut words = |list: &[String]| list.iter().flat_map(|word| self.vocabulary.enter(word)).collect();
        let mut language = Language {
            tag: tag.to_owned(),
            reviewed: given.reviewed,
            breaks: words(&given.breaks),
            negations: words(&given.negations),
            guards: words(&given.guards),
            polite: ByFirst::new(),
            rules: Vec::new(),
            patterns: ByFirst::new(),
        };
        let read = |rule: &str, phrase: &str, vocabulary: &mut Vocabulary| {
            let problem = |problem| PhraseError::Phrase {
                rule: format!("{tag}.{rule}"),
                phrase: phrase.to_owned(),
                problem,
            };
            Pattern::parse(phrase, &given.groups, vocabulary).map_err(problem)
        };
        for phrase in &given.polite {
            let pattern = read("polite", phrase, &mut self.vocabulary)?;
            language.polite.push(pattern.first().collect::<Vec<_>>().into_iter(), pattern);
        }
        for (place, rule) in given.rules.iter().enumerate() {
            for phrase in &rule.phrases {
                let pattern = read(&rule.id, phrase, &mut self.vocabulary)?;
                let needs = pattern.needs(|word| self.vocabulary.triggers(word) & bit != 0);
                if needs.is_empty() {
                    // An operator's phrase is looked for wherever the word is that it begins with.
                    if rule.id != "own" {
                        let problem = "it may be said without any of the language's triggers".to_owned();
                        let rule = format!("{tag}.{}", rule.id);
                        return Err(PhraseError::Phrase { rule, phrase: phrase.clone(), problem });
                    }
                    for word in pattern.first() {
                        self.vocabulary.known(word).triggers |= bit;
                    }
                }
                let first: Vec<_> = pattern.first().collect();
                language.patterns.push(first.into_iter(), Phrase { rule: place, needs, pattern });
            }
            language.rules.push(Rule {
                id: format!("{tag}.{}", rule.id),
                effect: rule.effect,
                within: rule.within,
                phrases: rule.phrases.len(),
            });
        }
        self.languages.push(language);
        Ok(())
    }
}
