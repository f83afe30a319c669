//! What every text looks like in every language that is spoken, and what is wrong with it: for operators and reviewers.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Args, Medium, Source, TextId, builtin, find, render};
use crate::guard::asked_words;
use crate::language::Language;
use crate::policy::Policy;
use crate::segment::{self, Segmentation};

/// Where a wording comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The channel's own.
    BuiltIn,
    /// The operator's, for the language.
    Own,
    /// The operator's, for every language.
    Everywhere,
}

/// A text in a language, as an SMS with arguments of their usual length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which text.
    pub text_id: TextId,
    /// The language that it is wanted in.
    pub language: Language,
    /// The language that it is in; another where there is a gap.
    pub used: Language,
    /// Where the wording comes from.
    pub origin: Origin,
    /// Nobody who speaks the language has read it yet.
    pub unreviewed: bool,
    /// What it costs as an SMS; what is spoken is none.
    #[serde(flatten)]
    pub cost: Option<Segmentation>,
    /// The text.
    pub text: String,
    /// What is wrong, in words.
    pub findings: Vec<String>,
}

/// Every text in every language that is spoken: English first, then by tag.
pub fn lines(policy: &Policy) -> Vec<Line> {
    let languages = spoken(policy);
    let of_language = |language: &Language| TextId::ALL.map(|id| line(id, language, policy));
    languages.iter().flat_map(of_language).collect()
}

/// The languages that are spoken: those set, or all that have texts; English and the default in any case.
pub fn spoken(policy: &Policy) -> Vec<Language> {
    let mut others: BTreeSet<Language> = match &policy.language.enabled {
        Some(enabled) => enabled.clone(),
        None => builtin().chain(policy.locales.languages().cloned()).collect(),
    };
    others.insert(policy.language.default.clone());
    let english = Language::english();
    others.remove(&english);
    std::iter::once(english).chain(others).collect()
}

/// A person, a code and counts as they usually are.
fn sample() -> Args {
    Args::default()
        .name("Maria Schmidt")
        .code("7KQ2M9XDAB")
        .number("+15550001111 (SMS) or +15550002222 (WhatsApp)")
        .minutes(10)
        .received(12)
        .sent(24)
        .purpose("appointments")
}

fn line(id: TextId, language: &Language, policy: &Policy) -> Line {
    let said = render(id, &sample(), policy, language, Medium::Sms);
    let (origin, unreviewed) = match find(id, policy, language).0 {
        Source::Own(locale) => (Origin::Own, locale.unreviewed),
        Source::Everywhere(_) => (Origin::Everywhere, false),
        Source::BuiltIn(locale) => (Origin::BuiltIn, locale.unreviewed),
    };
    let cost = (!id.is_spoken()).then(|| segment::count(&said.text));
    let mut findings = Vec::new();
    if !said.as_wanted {
        findings.push(format!("missing: said in {}", said.language));
    } else if origin == Origin::Everywhere && *language != policy.language.default {
        findings.push("said in the words of policy.texts, whatever the language".to_owned());
    }
    if let (Some(cost), Some(most)) = (cost, id.max_segments())
        && cost.segments > most
    {
        findings.push(format!("{} segments; at most {most} are meant", cost.segments));
    }
    if !id.may_name_reserved_words() {
        let asked = asked_words(&said.text, &policy.keywords);
        let told = |word| format!("asks for {word}, which opts people out or in when they send it back");
        findings.extend(asked.into_iter().map(told));
    }
    Line {
        text_id: id,
        language: language.clone(),
        used: said.language,
        origin,
        unreviewed,
        cost,
        text: said.text,
        findings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Locales, Texts};

    fn texts(json: &str) -> Texts {
        serde_json::from_str(json).unwrap()
    }

    fn findings(policy: &Policy) -> Vec<String> {
        let of_line = |line: Line| {
            let at = format!("{} {}", line.language, line.text_id.as_str());
            line.findings.into_iter().map(move |finding| format!("{at}: {finding}"))
        };
        lines(policy).into_iter().flat_map(of_line).collect()
    }

    #[test]
    fn what_is_built_in_has_no_findings_and_only_english_is_reviewed() {
        let policy = Policy::default();
        assert_eq!(findings(&policy), Vec::<String>::new());
        let lines = lines(&policy);
        assert_eq!(lines.len(), 13 * TextId::ALL.len());
        assert!(lines.iter().all(|line| line.unreviewed != line.language.is_english()));
        assert_eq!(lines[0].language, Language::english());
    }

    #[test]
    fn f55_gaps_lengths_and_reserved_words_are_found() {
        let mut policy = Policy::default();
        policy.language.enabled = Some(["sv".parse().unwrap()].into());
        let own = "left_group = Reply END now.\nname_set = { $name }";
        let sources = std::collections::BTreeMap::from([("sv".parse().unwrap(), own.to_owned())]);
        policy.locales = Locales::try_from(sources).unwrap();
        policy.texts = texts(&format!(r#"{{"help":"{}"}}"#, "long ".repeat(100)));
        let found = findings(&policy);
        for told in [
            "sv welcome: missing: said in en",
            "sv left_group: asks for END, which opts people out",
            "sv help: said in the words of policy.texts",
            "en help: 4 segments; at most 2 are meant",
        ] {
            assert!(found.iter().any(|finding| finding.starts_with(told)), "{told}: {found:#?}");
        }
        assert!(!found.iter().any(|finding| finding.contains("name_set")));
    }
}
