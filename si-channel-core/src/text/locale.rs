//! The texts of one language, read from a Fluent file (<https://projectfluent.org>).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::{Placeholder, TextId};
use crate::language::Language;

/// The message that says how often messages come, where the operator does not.
const FREQUENCY: &str = "frequency";

/// What is wrong with a file of texts, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}; {mend}")]
pub struct LocaleError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub mend: String,
}

/// The texts of one language.
pub(super) struct Locale {
    bundle: FluentBundle<FluentResource>,
    holds: BTreeMap<TextId, BTreeSet<Placeholder>>,
    /// Its head says that nobody has read it yet.
    pub(super) unreviewed: bool,
}

impl Locale {
    /// Reads a file. What a text must hold is what `model` has there: nothing more is asked of a file without a model.
    pub(super) fn read(
        language: &Language,
        source: &str,
        model: Option<&Self>,
    ) -> Result<Self, Vec<LocaleError>> {
        if let Some(at) = broken_escape(source) {
            return Err(vec![LocaleError {
                line: line_at(source, at),
                what: "`\\u` stands before something that is no hexadecimal number".to_owned(),
                mend: "write the character itself; a backslash is `{ \"\\\\\" }`".to_owned(),
            }]);
        }
        let mut errors = Vec::new();
        let unreviewed =
            source.lines().take_while(|line| line.starts_with('#')).any(|line| line.contains("Unreviewed"));
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => resource,
            Err((resource, mistakes)) => {
                errors.extend(mistakes.into_iter().map(|mistake| LocaleError {
                    line: line_at(source, mistake.pos.start),
                    what: format!("this is not Fluent: {}", lower(&mistake.kind.to_string())),
                    mend: "write each text as `name = text`, and placeholders as `{ $brand }`".to_owned(),
                }));
                resource
            }
        };
        let mut holds = BTreeMap::new();
        let mut names = BTreeSet::new();
        for entry in resource.entries() {
            let Entry::Message(message) = entry else { continue };
            let name = message.id.name;
            let mut wrong = |what: String, mend: String| {
                errors.push(LocaleError { line: line_of(source, name), what, mend });
            };
            if !names.insert(name) {
                wrong(format!("`{name}` is there twice"), "remove one".to_owned());
            }
            let Some(pattern) = message.value.as_ref().filter(|_| message.attributes.is_empty()) else {
                wrong(format!("`{name}` has attributes or no text"), "write `name = text` alone".to_owned());
                continue;
            };
            let mut found = BTreeSet::new();
            if let Err(what) = placeholders(pattern, &mut found) {
                wrong(format!("`{name}` refers to {what}"), "write the words themselves".to_owned());
            }
            if name == FREQUENCY {
                continue;
            }
            let Some(id) = TextId::named(name) else {
                wrong(
                    format!("there is no text `{name}`"),
                    "the names are listed by `si-channel-server texts list`".to_owned(),
                );
                continue;
            };
            let mut known = BTreeSet::new();
            for word in found {
                if let Some(placeholder) = id.placeholders().find(|p| p.as_str() == word) {
                    known.insert(placeholder);
                } else {
                    let has: Vec<_> = id.placeholders().map(|p| format!("${}", p.as_str())).collect();
                    wrong(format!("`{name}` has no ${word}"), format!("it has {}", has.join(", ")));
                }
            }
            let needed = model.and_then(|model| model.holds.get(&id));
            for missing in needed.into_iter().flatten().filter(|needed| !known.contains(*needed)) {
                let missing = missing.as_str();
                wrong(format!("`{name}` lacks ${missing}"), format!("put {{ ${missing} }} into it"));
            }
            holds.insert(id, known);
        }
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier().clone()]);
        // Its marks would turn an SMS into UCS-2, and stand where they are not needed; see `wire`.
        bundle.set_use_isolating(false);
        // What it could complain about is found above.
        bundle.add_resource_overriding(resource);
        let locale = Self { bundle, holds, unreviewed };
        if errors.is_empty() {
            for id in locale.holds.keys() {
                if locale.say(*id, &FluentArgs::new()).is_none() {
                    errors.push(LocaleError {
                        line: line_of(source, id.as_str()),
                        what: format!("`{}` says nothing", id.as_str()),
                        mend: "write words, or leave it out to have the default".to_owned(),
                    });
                }
            }
        }
        if errors.is_empty() { Ok(locale) } else { Err(errors) }
    }

    /// Whether it has the text.
    pub(super) fn has(&self, id: TextId) -> bool {
        self.holds.contains_key(&id)
    }

    /// Whether the text refers to something.
    pub(super) fn refers(&self, id: TextId, placeholder: Placeholder) -> bool {
        self.holds.get(&id).is_some_and(|held| held.contains(&placeholder))
    }

    /// The text; `None` when it has none.
    pub(super) fn say(&self, id: TextId, args: &FluentArgs<'_>) -> Option<String> {
        self.format(id.as_str(), args)
    }

    /// How often messages come.
    pub(super) fn frequency(&self) -> Option<String> {
        self.format(FREQUENCY, &FluentArgs::new())
    }

    fn format(&self, name: &str, args: &FluentArgs<'_>) -> Option<String> {
        let message = self.bundle.get_message(name)?;
        let said = self.bundle.format_pattern(message.value()?, Some(args), &mut Vec::new());
        (!said.trim().is_empty()).then(|| said.into_owned())
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locale")
            .field("texts", &self.holds.len())
            .field("unreviewed", &self.unreviewed)
            .finish_non_exhaustive()
    }
}

/// Collects the variables of a text; what else it refers to is an error.
fn placeholders<'a>(pattern: &Pattern<&'a str>, found: &mut BTreeSet<&'a str>) -> Result<(), &'static str> {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, found)?;
        }
    }
    Ok(())
}

fn of_expression<'a>(
    expression: &Expression<&'a str>,
    found: &mut BTreeSet<&'a str>,
) -> Result<(), &'static str> {
    let inline = match expression {
        Expression::Inline(inline) => inline,
        Expression::Select { selector, variants } => {
            for variant in variants {
                placeholders(&variant.value, found)?;
            }
            selector
        }
    };
    match inline {
        InlineExpression::VariableReference { id } => drop(found.insert(id.name)),
        InlineExpression::Placeable { expression } => of_expression(expression, found)?,
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        InlineExpression::FunctionReference { .. } => return Err("a function, and there are none"),
        InlineExpression::MessageReference { .. } => return Err("another text"),
        InlineExpression::TermReference { .. } => return Err("a term"),
    }
    Ok(())
}

/// Where an escape begins, `\u` with four digits or `\U` with six, that ends at a character of several bytes: fluent-syntax
/// 0.12 cuts there and panics.
fn broken_escape(source: &str) -> Option<usize> {
    let escapes = source.match_indices("\\u").map(|(at, _)| (at, 4));
    let long = source.match_indices("\\U").map(|(at, _)| (at, 6));
    let is_broken = |(at, digits): &(usize, usize)| {
        let mut rest = source[at + 2..].chars().take(*digits);
        rest.find(|c| !c.is_ascii_hexdigit()).is_some_and(|c| !c.is_ascii())
    };
    escapes.chain(long).filter(is_broken).map(|(at, _)| at).min()
}

fn line_at(source: &str, byte: usize) -> usize {
    let before = source.as_bytes().iter().take(byte);
    1 + before.filter(|byte| **byte == b'\n').count()
}

fn line_of(source: &str, name: &str) -> usize {
    let is_it = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='));
    1 + source.lines().position(is_it).unwrap_or_default()
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
