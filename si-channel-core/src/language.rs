//! Which language a person is spoken to in, as far as the channel itself speaks.
//!
//! What is known of a person, the strongest first: what was chosen for them, the keyword they used, what the cognition
//! layer made of their texts. Else the country of their number speaks, then the operator's default. A text that a
//! language lacks is taken from the next of its [chain](LanguagePolicy::chain), which ends in English.

mod country;
mod policy;

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};
use unic_langid::LanguageIdentifier;

pub use self::policy::{FoldAccents, LanguagePolicy};
use crate::address::Address;

/// A language tag of BCP 47 in canonical form: `fr`, `pt-BR`, `zh-Hant`. No extensions, no private use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct Language(LanguageIdentifier);

impl JsonSchema for Language {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Language".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "A language, BCP 47." })
    }
}

/// A text is no language tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag: write one such as fr, pt-BR or zh-Hant")]
pub struct LanguageError;

impl Language {
    /// Longer than any tag in use.
    const LONGEST: usize = 35;

    /// English, which has every text.
    pub fn english() -> Self {
        Self(LanguageIdentifier::from_bytes(b"en").unwrap_or_default())
    }

    /// Whether it is English, of nowhere in particular.
    pub fn is_english(&self) -> bool {
        self.primary() == "en" && self.parent().is_none()
    }

    /// The language without its last subtag: `pt` of `pt-BR`; `None` for `pt`.
    pub fn parent(&self) -> Option<Self> {
        let mut parent = self.0.clone();
        if parent.variants().next().is_some() {
            parent.clear_variants();
        } else if parent.region.is_some() {
            parent.region = None;
        } else if parent.script.is_some() {
            parent.script = None;
        } else {
            return None;
        }
        Some(Self(parent))
    }

    /// Whether the other is this language or one of its parents.
    pub fn is_a(&self, other: &Self) -> bool {
        std::iter::successors(Some(self.clone()), Self::parent).any(|own| own == *other)
    }

    /// The language itself: `pt` of `pt-BR`.
    pub fn primary(&self) -> &str {
        self.0.language.as_str()
    }

    /// Whether it is written from right to left.
    pub fn is_right_to_left(&self) -> bool {
        match self.0.script {
            Some(script) => matches!(script.as_str(), "Arab" | "Hebr" | "Syrc" | "Thaa" | "Nkoo" | "Adlm"),
            None => matches!(self.primary(), "ar" | "he" | "fa" | "ur" | "ps" | "yi" | "sd" | "ug" | "dv"),
        }
    }

    pub(crate) fn identifier(&self) -> &LanguageIdentifier {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(tag: &str) -> Result<Self, LanguageError> {
        let tag = tag.trim();
        if tag.len() > Self::LONGEST {
            return Err(LanguageError);
        }
        let known: LanguageIdentifier = tag.parse().map_err(|_| LanguageError)?;
        // The longer ones that BCP 47 would allow are none that exist; `und` says nothing.
        match known.language.as_str() {
            language if language.len() > 3 || language == "und" => Err(LanguageError),
            _ => Ok(Self(known)),
        }
    }
}

/// The language that a keyword shows somebody to speak, by the languages that have the word. Nothing new is learned
/// from a word of the language they are taken to speak, nor from an English one: everybody uses those.
pub fn shown_by<'w>(
    languages: impl IntoIterator<Item = &'w str>,
    taken_to_speak: &Language,
) -> Option<Language> {
    let mut first = None;
    for language in languages.into_iter().filter_map(|tag| tag.parse::<Language>().ok()) {
        if language.is_english() || taken_to_speak.is_a(&language) {
            return None;
        }
        first.get_or_insert(language);
    }
    first
}

/// Why somebody is taken to speak a language; the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LanguageBasis {
    /// The cognition layer says so.
    Answer,
    /// They used a keyword of it.
    Keyword,
    /// They, or an application for them, chose it.
    Choice,
}

/// The language of a person of a session, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speaker {
    /// Who.
    pub address: Address,
    /// What they speak.
    #[serde(flatten)]
    pub spoken: Spoken,
}

/// The language of a person, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Spoken {
    /// The language.
    pub language: Language,
    /// How it is known.
    pub basis: LanguageBasis,
}

impl Spoken {
    /// Whether this takes the place of what was known: news of the same or a better kind that says something else.
    pub fn replaces(&self, known: Option<&Self>) -> bool {
        known.is_none_or(|known| self.basis >= known.basis && self != known)
    }
}

#[cfg(test)]
mod tests;
