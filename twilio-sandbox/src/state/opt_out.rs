//! Advanced Opt-Out: the keywords of a Messaging Service and what it answers, per country.
//!
//! <https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::carrier::keyword::Keyword;

/// A service's own keywords. Twilio's Console sets them; here a control does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AdvancedOptOut {
    /// For phones of countries that have none of their own.
    pub(crate) default: KeywordRules,
    /// By country (ISO 3166-1), in place of the default.
    pub(crate) countries: BTreeMap<String, KeywordRules>,
}

/// The three kinds of keywords.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct KeywordRules {
    pub(crate) stop: KeywordRule,
    pub(crate) start: KeywordRule,
    pub(crate) help: KeywordRule,
}

/// Keywords of one kind and the answer to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct KeywordRule {
    /// In place of Twilio's own; the kind's own name (`STOP`, `START`, `HELP`) is always one.
    pub(crate) keywords: Option<Vec<String>>,
    /// In place of Twilio's own; an empty one sends none.
    pub(crate) reply: Option<String>,
}

impl AdvancedOptOut {
    /// The rules for phones of a country.
    pub(crate) fn rules(&self, country: Option<&str>) -> &KeywordRules {
        country.and_then(|country| self.countries.get(country)).unwrap_or(&self.default)
    }
}

impl KeywordRules {
    fn rule(&self, keyword: Keyword) -> &KeywordRule {
        match keyword {
            Keyword::Stop => &self.stop,
            Keyword::Start => &self.start,
            Keyword::Help => &self.help,
        }
    }

    /// The keyword a body consists of: the whole of it, surrounding whitespace and case ignored.
    pub(crate) fn keyword(&self, body: &str) -> Option<Keyword> {
        let word = body.trim().to_lowercase();
        Keyword::ALL.into_iter().find(|keyword| {
            let is = |one: &str| one.trim().to_lowercase() == word;
            is(keyword.opt_out_type())
                || match &self.rule(*keyword).keywords {
                    Some(own) => own.iter().any(|one| is(one)),
                    None => keyword.words().iter().any(|one| is(one)),
                }
        })
    }

    /// What the phone is told; `None` for nothing.
    pub(crate) fn reply(&self, keyword: Keyword) -> Option<&str> {
        let reply = self.rule(keyword).reply.as_deref().unwrap_or(keyword.reply());
        Some(reply).filter(|reply| !reply.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_keywords_replace_twilios_but_never_the_three_names() {
        let rules = KeywordRules {
            stop: KeywordRule { keywords: Some(vec!["Baja".to_owned(), "no más".to_owned()]), reply: None },
            help: KeywordRule { keywords: Some(Vec::new()), reply: Some(String::new()) },
            ..KeywordRules::default()
        };
        for (body, expected) in [
            (" BAJA ", Some(Keyword::Stop)),
            ("NO MÁS", Some(Keyword::Stop)),
            ("stop", Some(Keyword::Stop)),
            ("unsubscribe", None),
            ("yes", Some(Keyword::Start)),
            ("help", Some(Keyword::Help)),
            ("info", None),
            ("baja ya", None),
            ("", None),
        ] {
            assert_eq!(rules.keyword(body), expected, "{body:?}");
        }
        assert_eq!(rules.reply(Keyword::Help), None);
        assert_eq!(rules.reply(Keyword::Stop), Some(Keyword::Stop.reply()));
    }

    #[test]
    fn a_country_has_its_own_rules_or_the_default() {
        let spanish =
            KeywordRule { keywords: Some(vec!["baja".to_owned()]), reply: Some("Adiós".to_owned()) };
        let mexico = KeywordRules { stop: spanish, ..KeywordRules::default() };
        let service = AdvancedOptOut {
            countries: BTreeMap::from([("MX".to_owned(), mexico)]),
            ..AdvancedOptOut::default()
        };
        assert_eq!(service.rules(Some("MX")).keyword("baja"), Some(Keyword::Stop));
        assert_eq!(service.rules(Some("US")).keyword("baja"), None);
        assert_eq!(service.rules(None).keyword("quit"), Some(Keyword::Stop));
    }
}
