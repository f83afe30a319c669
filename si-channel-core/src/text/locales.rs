//! Texts by language: those that are built in, and the operator's own.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::locale::{Locale, LocaleError};
use crate::language::Language;

const FILES: [(&str, &str); 13] = [
    ("en", include_str!("../../locales/en.ftl")),
    ("es", include_str!("../../locales/es.ftl")),
    ("fr", include_str!("../../locales/fr.ftl")),
    ("de", include_str!("../../locales/de.ftl")),
    ("pt", include_str!("../../locales/pt.ftl")),
    ("it", include_str!("../../locales/it.ftl")),
    ("nl", include_str!("../../locales/nl.ftl")),
    ("pl", include_str!("../../locales/pl.ftl")),
    ("tr", include_str!("../../locales/tr.ftl")),
    ("ar", include_str!("../../locales/ar.ftl")),
    ("hi", include_str!("../../locales/hi.ftl")),
    ("zh", include_str!("../../locales/zh.ftl")),
    ("ja", include_str!("../../locales/ja.ftl")),
];

/// English, after which the others are made.
static ENGLISH: LazyLock<Locale> = LazyLock::new(|| embedded(&Language::english(), FILES[0].1, None));

static OTHERS: LazyLock<BTreeMap<Language, Locale>> = LazyLock::new(|| {
    let read = |(tag, source): &(&str, &str)| {
        let language: Language = tag.parse().ok()?;
        let locale = embedded(&language, source, Some(&ENGLISH));
        Some((language, locale))
    };
    FILES[1..].iter().filter_map(read).collect()
});

fn embedded(language: &Language, source: &str, model: Option<&Locale>) -> Locale {
    match Locale::read(language, source, model) {
        Ok(locale) => locale,
        Err(errors) => unreachable!("the built-in texts in {language}: {errors:?}"),
    }
}

/// English, which has every text.
pub(super) fn english() -> &'static Locale {
    &ENGLISH
}

/// The built-in texts of exactly this language.
pub(super) fn embedded_in(language: &Language) -> Option<&'static Locale> {
    if language.is_english() { Some(&ENGLISH) } else { OTHERS.get(language) }
}

/// The languages that texts are built in for, English first.
pub fn builtin() -> impl Iterator<Item = Language> {
    FILES.iter().filter_map(|(tag, _)| tag.parse().ok())
}

/// The built-in file of texts of a language, to be translated or overridden after.
pub fn builtin_source(language: &Language) -> Option<&'static str> {
    let tag = language.to_string();
    FILES.iter().find(|(known, _)| *known == tag).map(|(_, source)| *source)
}

/// The operator's own texts by language, each in Fluent, checked when they are read; they stand before the built-in
/// ones, text by text. None by default.
///
/// A map from a language's tag to a file's content.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Language, String>", into = "BTreeMap<Language, String>")]
pub struct Locales {
    sources: BTreeMap<Language, String>,
    read: Arc<BTreeMap<Language, Locale>>,
}

/// What is wrong with the operator's texts in a language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the texts in {language}, {}", shown(errors))]
pub struct LocalesError {
    /// Which language.
    pub language: Language,
    /// What is wrong.
    pub errors: Vec<LocaleError>,
}

fn shown(errors: &[LocaleError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Locales {
    /// Checks one file of texts, without keeping it.
    pub fn check(language: &Language, source: &str) -> Result<(), Vec<LocaleError>> {
        Locale::read(language, source, Some(&ENGLISH)).map(drop)
    }

    /// The languages there are texts in.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.sources.keys()
    }

    pub(super) fn own_in(&self, language: &Language) -> Option<&Locale> {
        self.read.get(language)
    }
}

impl TryFrom<BTreeMap<Language, String>> for Locales {
    type Error = LocalesError;

    fn try_from(sources: BTreeMap<Language, String>) -> Result<Self, LocalesError> {
        let read = |(language, source): (&Language, &String)| {
            Locale::read(language, source, Some(&ENGLISH))
                .map(|locale| (language.clone(), locale))
                .map_err(|errors| LocalesError { language: language.clone(), errors })
        };
        let read: BTreeMap<_, _> = sources.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { sources, read: Arc::new(read) })
    }
}

impl From<Locales> for BTreeMap<Language, String> {
    fn from(locales: Locales) -> Self {
        locales.sources
    }
}

impl PartialEq for Locales {
    fn eq(&self, other: &Self) -> bool {
        self.sources == other.sources
    }
}

impl Eq for Locales {}

impl fmt::Debug for Locales {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.sources.keys()).finish()
    }
}
