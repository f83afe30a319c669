//! Which languages the channel speaks, as the operator has it.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Language, country};
use crate::address::Address;

/// Which languages the channel speaks, and what takes the place of one that it does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LanguagePolicy {
    /// The language of those about whom nothing is known; `en`.
    pub default: Language,
    /// The languages spoken beside English; every one that has texts when not set.
    pub enabled: Option<BTreeSet<Language>>,
    /// What takes the place of a language, before its parent does: `{"ca":"es"}`. A circle is refused.
    #[serde(deserialize_with = "straight")]
    pub fallback: BTreeMap<Language, Language>,
    /// Whether the country of a number tells its language, where nothing better is known; `true`.
    pub by_country: bool,
    /// The language of countries, or of parts of them, by the first digits of a number: `{"41":"de"}`.
    #[serde(deserialize_with = "prefixes")]
    pub countries: BTreeMap<String, Language>,
    /// Whether accents give way in SMS where that saves a segment.
    pub fold_accents: FoldAccents,
}

/// Whether accented letters that GSM-7 lacks give way to plain ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoldAccents {
    /// In SMS, where it saves a segment.
    #[default]
    SmsOnly,
    /// Never.
    Never,
}

impl Default for LanguagePolicy {
    fn default() -> Self {
        Self {
            default: Language::english(),
            enabled: None,
            fallback: BTreeMap::new(),
            by_country: true,
            countries: BTreeMap::new(),
            fold_accents: FoldAccents::default(),
        }
    }
}

impl LanguagePolicy {
    /// The languages in which a text is looked for, in order, each once: the one wanted, what takes its place or its
    /// parent and so on, the operator's default with its own, English. Only those that are spoken.
    pub fn chain(&self, wanted: &Language) -> Vec<Language> {
        let mut chain = Vec::with_capacity(3);
        for start in [wanted, &self.default, &Language::english()] {
            self.follow(start, &mut chain);
        }
        chain
    }

    /// As [`LanguagePolicy::chain`] without the default and English: where a text is still in what was wanted, or in
    /// what the operator put in its place.
    pub fn own_chain(&self, wanted: &Language) -> Vec<Language> {
        let mut chain = Vec::with_capacity(2);
        self.follow(wanted, &mut chain);
        chain
    }

    fn follow(&self, start: &Language, chain: &mut Vec<Language>) {
        let mut passed = Vec::with_capacity(2);
        let mut next = Some(start.clone());
        // A circle that was put together in code ends here.
        while let Some(language) = next.take().filter(|language| !passed.contains(language)) {
            next = self.fallback.get(&language).cloned().or_else(|| language.parent());
            if self.speaks(&language) && !chain.contains(&language) {
                chain.push(language.clone());
            }
            passed.push(language);
        }
    }

    /// The language of somebody of whom only the address is known: that of their number's country, where that speaks
    /// one language far more than others, else the default.
    pub fn of(&self, address: &Address) -> Language {
        self.of_number(address.value()).unwrap_or_else(|| self.default.clone())
    }

    fn of_number(&self, number: &str) -> Option<Language> {
        let digits = number.strip_prefix('+').filter(|_| self.by_country)?;
        let own = self.countries.iter().filter(|(prefix, _)| digits.starts_with(prefix.as_str()));
        match own.max_by_key(|(prefix, _)| prefix.len()) {
            Some((_, language)) => Some(language.clone()),
            None => country::language(digits)?.parse().ok(),
        }
    }

    /// Whether texts are given in exactly this language, if there are any in it.
    pub fn speaks(&self, language: &Language) -> bool {
        self.enabled.as_ref().is_none_or(|enabled| enabled.contains(language)) || language.is_english()
    }
}

fn straight<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Language, Language>, D::Error> {
    let fallback = BTreeMap::<Language, Language>::deserialize(from)?;
    for start in fallback.keys() {
        let mut passed = BTreeSet::new();
        let mut at = Some(start);
        while let Some(language) = at {
            if !passed.insert(language) {
                return Err(D::Error::custom(format!(
                    "the fallback of {start} goes round in a circle; every chain must come to an end: remove one of \
                     its entries"
                )));
            }
            at = fallback.get(language);
        }
    }
    Ok(fallback)
}

fn prefixes<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Language>, D::Error> {
    let countries = BTreeMap::<String, Language>::deserialize(from)?;
    match countries.keys().find(|prefix| prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_digit())) {
        Some(prefix) => Err(D::Error::custom(format!(
            "{prefix:?} is not the beginning of a number; write digits alone, such as 41"
        ))),
        None => Ok(countries),
    }
}
