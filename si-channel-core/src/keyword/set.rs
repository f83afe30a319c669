//! The words, as data: those that come with the channel, an operator's changes, and the table made of both.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use crate::keyword::written::{LONGEST, Written};
use crate::keyword::{Keyword, rank};
use crate::letters::look_alike;

/// What 47 CFR 64.1200(a)(10) names as revocations in any case; no configuration makes them ordinary words.
const PER_SE: [&str; 7] = ["stop", "quit", "end", "revoke", "optout", "cancel", "unsubscribe"];

/// The words of one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Words {
    /// Whether somebody who speaks the language has gone through them.
    pub reviewed: bool,
    /// Where they come from.
    pub source: String,
    /// For [`Keyword::Stop`].
    pub stop: Vec<String>,
    /// For [`Keyword::Start`].
    pub start: Vec<String>,
    /// For [`Keyword::Yes`].
    pub yes: Vec<String>,
    /// For [`Keyword::Help`].
    pub help: Vec<String>,
}

impl Words {
    fn all(&self) -> impl Iterator<Item = (Keyword, &str)> {
        let lists = [
            (Keyword::Stop, &self.stop),
            (Keyword::Help, &self.help),
            (Keyword::Start, &self.start),
            (Keyword::Yes, &self.yes),
        ];
        lists.into_iter().flat_map(|(keyword, words)| words.iter().map(move |word| (keyword, word.as_str())))
    }
}

/// What an operator changes of the words of a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordsChange {
    /// Whether the language counts at all.
    pub on: bool,
    /// The lists that are given stand in place of the language's own; else they are added to them.
    pub replace: bool,
    /// That somebody has gone through the language's words.
    pub reviewed: bool,
    /// For [`Keyword::Stop`].
    pub stop: Vec<String>,
    /// For [`Keyword::Start`].
    pub start: Vec<String>,
    /// For [`Keyword::Yes`].
    pub yes: Vec<String>,
    /// For [`Keyword::Help`].
    pub help: Vec<String>,
}

impl Default for WordsChange {
    fn default() -> Self {
        let none = Vec::new;
        Self {
            on: true,
            replace: false,
            reviewed: false,
            stop: none(),
            start: none(),
            yes: none(),
            help: none(),
        }
    }
}

impl WordsChange {
    fn make(&self, words: &mut Words) {
        words.reviewed |= self.reviewed;
        let lists = [
            (&mut words.stop, &self.stop),
            (&mut words.start, &self.start),
            (&mut words.yes, &self.yes),
            (&mut words.help, &self.help),
        ];
        for (own, given) in lists {
            if self.replace && !given.is_empty() {
                own.clear();
            }
            own.extend(given.iter().cloned());
        }
    }
}

/// Words that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeywordError {
    /// A change of a language that there is not.
    #[error("keywords.{0}: there are no words of this language to change; give some, or correct the tag")]
    UnknownLanguage(String),
    /// A word that no message could be.
    #[error("keywords.{language}: {word:?} has {letters} letters; a keyword has 1 to 40")]
    Unfit {
        /// The language's tag.
        language: String,
        /// The word.
        word: String,
        /// Its letters and digits.
        letters: usize,
    },
    /// A word that the law makes an opt-out would be none.
    #[error(
        "keywords: {0:?} must stay a stop word (47 CFR 64.1200(a)(10)); add words to en, or leave it as it is"
    )]
    PerSe(&'static str),
}

/// The words recognised; every language counts for everyone.
///
/// Read from an operator's changes by language tag (BCP 47), none by default: `{"fr":{"on":false}}` switches a language
/// off, `{"es":{"stop":["basta"]}}` adds a word, with `"replace":true` the lists that are given replace the language's
/// own. The table that messages are looked up in is made once, when it is read.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, WordsChange>", into = "BTreeMap<String, WordsChange>")]
pub struct KeywordSet {
    changes: BTreeMap<String, WordsChange>,
    table: Arc<Table>,
}

impl KeywordSet {
    /// The words of every language that counts, by tag.
    pub fn languages(&self) -> &BTreeMap<String, Words> {
        &self.table.languages
    }

    /// The version of the words that come with the channel: the date of their last change.
    pub fn version(&self) -> &str {
        &SHIPPED.version
    }

    /// What letters mean that are written as the word is.
    pub(super) fn exact(&self, letters: &str) -> Option<&Meant> {
        self.table.exact.get(letters)
    }

    /// What letters mean when each stands for a Latin one where it looks like one.
    pub(super) fn alike(&self, letters: &str) -> Option<&Meant> {
        self.table.alike.get(letters)
    }
}

impl Default for KeywordSet {
    fn default() -> Self {
        static TABLE: LazyLock<Arc<Table>> = LazyLock::new(|| Arc::new(Table::of(SHIPPED.languages.clone())));
        Self { changes: BTreeMap::new(), table: TABLE.clone() }
    }
}

impl TryFrom<BTreeMap<String, WordsChange>> for KeywordSet {
    type Error = KeywordError;

    fn try_from(changes: BTreeMap<String, WordsChange>) -> Result<Self, KeywordError> {
        if changes.is_empty() {
            return Ok(Self::default());
        }
        let mut languages = SHIPPED.languages.clone();
        for (tag, change) in &changes {
            let words = languages.entry(tag.clone()).or_default();
            change.make(words);
            if words.all().next().is_none() {
                return Err(KeywordError::UnknownLanguage(tag.clone()));
            }
            if !change.on {
                languages.remove(tag);
            }
        }
        for (language, words) in &languages {
            for (_, word) in words.all() {
                let letters = Written::of(word).count;
                if !(1..=LONGEST).contains(&letters) {
                    return Err(KeywordError::Unfit {
                        language: language.clone(),
                        word: word.to_owned(),
                        letters,
                    });
                }
            }
        }
        let table = Table::of(languages);
        let kept = |word: &&str| table.exact.get(*word).is_some_and(|meant| meant.keyword == Keyword::Stop);
        match PER_SE.iter().find(|word| !kept(word)) {
            Some(word) => Err(KeywordError::PerSe(word)),
            None => Ok(Self { changes, table: Arc::new(table) }),
        }
    }
}

impl From<KeywordSet> for BTreeMap<String, WordsChange> {
    fn from(set: KeywordSet) -> Self {
        set.changes
    }
}

/// Two sets are the same when they were made by the same changes.
impl PartialEq for KeywordSet {
    fn eq(&self, other: &Self) -> bool {
        self.changes == other.changes
    }
}

impl Eq for KeywordSet {}

impl std::fmt::Debug for KeywordSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeywordSet").field("changes", &self.changes).finish_non_exhaustive()
    }
}

/// The words that come with the channel.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    version: String,
    languages: BTreeMap<String, Words>,
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
    // The file is part of the program, and a test reads it.
    toml::from_str(include_str!("../../rules/keywords.toml")).expect("rules/keywords.toml is well-formed")
});

/// What some letters mean as a whole message.
#[derive(Clone, Debug)]
pub(super) struct Meant {
    pub(super) keyword: Keyword,
    /// The languages in which they mean it.
    pub(super) languages: Vec<String>,
    /// Where the word may have spaces: bit `n` before the letter at `n`.
    pub(super) gaps: u64,
}

/// Words by their letters.
struct Table {
    languages: BTreeMap<String, Words>,
    exact: HashMap<String, Meant>,
    alike: HashMap<String, Meant>,
}

impl Table {
    fn of(languages: BTreeMap<String, Words>) -> Self {
        let mut table = Self { languages: BTreeMap::new(), exact: HashMap::new(), alike: HashMap::new() };
        for (tag, words) in &languages {
            for (keyword, word) in words.all() {
                let Written { letters, gaps, .. } = Written::of(word);
                enter(&mut table.alike, letters.chars().map(look_alike).collect(), keyword, tag, gaps);
                enter(&mut table.exact, letters, keyword, tag, gaps);
            }
        }
        Self { languages, ..table }
    }
}

fn enter(table: &mut HashMap<String, Meant>, letters: String, keyword: Keyword, tag: &str, gaps: u64) {
    let new = Meant { keyword, languages: Vec::new(), gaps };
    let meant = table.entry(letters).or_insert_with(|| new.clone());
    meant.gaps |= gaps;
    if rank(keyword) < rank(meant.keyword) {
        *meant = Meant { gaps: meant.gaps, ..new };
    }
    if meant.keyword == keyword && !meant.languages.iter().any(|known| known == tag) {
        meant.languages.push(tag.to_owned());
    }
}
