//! Typed reading of settings, gathering what is wrong instead of stopping at it.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use toml::Value;

use super::problem::{Problem, Source};
use super::secret;
use super::source::{Entry, Layer, PREFIX, merge};
use crate::nearest::nearest;
use crate::telemetry::redact::Quoted;

/// Takes settings out of the layers. A key that was never asked for is unknown.
pub(super) struct Reader {
    layers: Vec<Layer>,
    known: BTreeSet<String>,
    /// `…_file` and `…_command` of the secrets.
    forms: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Reader {
    /// Reads from `layers`, the strongest last.
    pub(super) fn new(layers: Vec<Layer>, problems: Vec<Problem>) -> Self {
        Self { layers, known: BTreeSet::new(), forms: BTreeSet::new(), problems }
    }

    /// Notes a problem.
    pub(super) fn problem(
        &mut self,
        key: &str,
        source: Source,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.problems.push(Problem { key: key.to_owned(), source, what: what.into(), remedy: remedy.into() });
    }

    /// Whether something is wrong with the key already.
    pub(super) fn has_problem(&self, key: &str) -> bool {
        let forms = [key.to_owned(), format!("{key}_file"), format!("{key}_command")];
        self.problems.iter().any(|problem| forms.contains(&problem.key))
    }

    /// The setting of the strongest layer that has it; an empty environment variable is not set.
    fn take(&mut self, key: &str) -> Option<Entry> {
        self.known.insert(key.to_owned());
        let found = self.layers.iter_mut().rev().filter_map(|layer| layer.remove(key));
        let mut found = found.filter(|entry| !is_blank(entry)).collect::<Vec<_>>().into_iter();
        found.next()
    }

    /// A text setting through `parse`, whose error says what is wrong with the text; and where it came from.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        remedy: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let Entry { value, source } = self.take(key)?;
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Boolean(flag) => flag.to_string(),
            other => {
                self.problem(key, source, format!("is a {}, not a text", other.type_str()), remedy);
                return None;
            }
        };
        parse(&text).map_err(|what| self.problem(key, source, what, remedy)).ok()
    }

    /// A text as it stands.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.parsed(key, "write a text", |text| Ok(text.to_owned()))
    }

    /// One of the named choices.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, default: T, choices: &[(&str, T)]) -> T {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let remedy = format!("write one of {}", names.join(", "));
        let found = self.parsed(key, &remedy, |text| {
            let choice = choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
            choice.ok_or_else(|| match nearest(text, names.iter().copied()) {
                Some(meant) => format!("{} is not known, perhaps {meant} is meant", quote(text)),
                None => format!("{} is not known", quote(text)),
            })
        });
        found.unwrap_or(default)
    }

    /// `true` or `false`, in the environment also 1, 0, yes, no, on, off.
    pub(super) fn flag(&mut self, key: &str, default: bool) -> bool {
        let parse = |text: &str| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(format!("{} is neither true nor false", quote(text))),
        };
        self.parsed(key, "write true or false", parse).unwrap_or(default)
    }

    /// A whole number within the range.
    pub(super) fn number(&mut self, key: &str, default: usize, range: RangeInclusive<usize>) -> usize {
        let remedy = format!("write a whole number from {} to {}", range.start(), range.end());
        let parse = |text: &str| within(text, text.parse().ok(), &range);
        self.parsed(key, &remedy, parse).unwrap_or(default)
    }

    /// A duration such as `10s`, `500ms` or `PT1M` within the range.
    pub(super) fn duration(
        &mut self,
        key: &str,
        default: Duration,
        range: RangeInclusive<Duration>,
    ) -> Duration {
        let remedy = format!(
            "write a duration such as 10s, 500ms or 2m, from {:?} to {:?}",
            range.start(),
            range.end()
        );
        let parse = |text: &str| {
            let duration = text.parse::<SignedDuration>().ok().and_then(|signed| signed.try_into().ok());
            within(text, duration, &range)
        };
        self.parsed(key, &remedy, parse).unwrap_or(default)
    }

    /// A secret from `key`, `key_file` or `key_command`, whichever the strongest layer has.
    pub(super) fn secret(&mut self, key: &str) -> Option<SecretString> {
        self.found_secret(key).map(|(_, secret)| secret)
    }

    /// A secret through `parse`, whose error says what is wrong without it.
    pub(super) fn parsed_secret<T>(
        &mut self,
        key: &str,
        remedy: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (source, secret) = self.found_secret(key)?;
        parse(secret.expose_secret()).map_err(|what| self.problem(key, source, what, remedy)).ok()
    }

    fn found_secret(&mut self, key: &str) -> Option<(Source, SecretString)> {
        self.known.insert(key.to_owned());
        let forms = [key.to_owned(), format!("{key}_file"), format!("{key}_command")];
        self.forms.extend(forms[1..].iter().cloned());
        let mut strongest = None;
        for layer in self.layers.iter_mut().rev() {
            let given = forms.each_ref().map(|form| layer.remove(form).filter(|entry| !is_blank(entry)));
            if strongest.is_none() && given.iter().any(Option::is_some) {
                strongest = Some(given);
            }
        }
        let given = strongest?;
        let mut sources = given.iter().flatten().map(|entry| entry.source.clone());
        if let (Some(first), Some(second)) = (sources.next(), sources.next()) {
            let what = format!("is also set by {second}");
            self.problem(key, first, what, "keep one of the value, the file and the command");
            return None;
        }
        let [value, file, command] = given;
        let (source, read) = match (value, file, command) {
            (Some(entry), ..) => (entry.source, secret::plain(&entry.value)),
            (_, Some(entry), _) => (entry.source, secret::from_file(&entry.value)),
            (.., Some(entry)) => (entry.source, secret::from_command(&entry.value)),
            _ => return None,
        };
        match read {
            Ok(secret) => Some((source, secret)),
            Err(wrong) => {
                self.problem(key, source, wrong.what, wrong.remedy);
                None
            }
        }
    }

    /// As [`Reader::secret`], several of them: a list, or a text parted by white space or commas.
    pub(super) fn secrets(&mut self, key: &str) -> Vec<SecretString> {
        self.secret(key).map(|all| secret::parts(&all)).unwrap_or_default()
    }

    /// A table as it stands, the layers laid over each other.
    pub(super) fn table(&mut self, key: &str) -> toml::Table {
        self.known.insert(key.to_owned());
        let mut whole = toml::Table::new();
        let taken: Vec<Entry> = self.layers.iter_mut().filter_map(|layer| layer.remove(key)).collect();
        for entry in taken {
            match entry.value {
                Value::Table(table) => merge(&mut whole, table),
                other => {
                    let what = format!("is a {}, not a table", other.type_str());
                    self.problem(key, entry.source, what, format!("write a table [{key}]"));
                }
            }
        }
        whole
    }

    /// Every key that was asked for.
    #[cfg(test)]
    pub(super) fn known(&self) -> &BTreeSet<String> {
        &self.known
    }

    /// What was wrong, with every setting that nobody asked for.
    pub(super) fn finish(self) -> Vec<Problem> {
        let Self { layers, known, forms, mut problems } = self;
        let is_section = |key: &str| known.iter().any(|name| name.starts_with(&format!("{key}.")));
        for (key, entry) in layers.into_iter().flatten() {
            if matches!(&entry.value, Value::Table(table) if table.is_empty()) && is_section(&key) {
                continue;
            }
            let names = known.iter().chain(&forms).map(String::as_str);
            let remedy = match (nearest(&key, names), &entry.source) {
                (Some(meant), Source::Environment(_)) => format!("did you mean {}?", variable(meant)),
                (Some(meant), _) => format!("did you mean {meant}?"),
                (None, _) => "remove it, or see the default configuration for the known keys".to_owned(),
            };
            problems.push(Problem {
                key,
                source: entry.source,
                what: "is not a known key".to_owned(),
                remedy,
            });
        }
        problems
    }
}

/// The environment variable of a key.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
}

fn is_blank(entry: &Entry) -> bool {
    matches!(entry.source, Source::Environment(_)) && entry.value.as_str().is_some_and(str::is_empty)
}

fn within<T: PartialOrd>(text: &str, value: Option<T>, range: &RangeInclusive<T>) -> Result<T, String> {
    match value {
        Some(value) if range.contains(&value) => Ok(value),
        Some(_) => Err(format!("{} is out of range", quote(text))),
        None => Err(format!("{} cannot be read", quote(text))),
    }
}

/// A value as an error shows it.
pub(super) fn quote(text: impl Display) -> String {
    format!("\"{}\"", Quoted(&text.to_string()))
}
