//! What may change within a version of a type.
//!
//! A schema is a promise to two: whoever reads new events relies on it, and what was stored under it must still fit.
//! So within a version
//!
//! - an optional field may be added,
//! - a named value, or an alternative with a named tag, may be added (readers take those they do not know),
//! - words may change.
//!
//! Everything else breaks somebody and needs a new version, also what looks like a loosening.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Map, Value};

/// Whom a change hurts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nobody who reads as the page about events says.
    Compatible,
    /// Somebody.
    Breaking,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The schema and the place in it: `si.channel.message.read.v1 at`.
    pub(super) place: String,
    pub(super) effect: Effect,
    pub(super) what: String,
}

impl Change {
    pub(super) fn new(place: &str, effect: Effect, what: impl Into<String>) -> Self {
        Self { place: place.to_owned(), effect, what: what.into() }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Keywords that are words for readers.
const WORDS: &[&str] = &["$id", "$schema", "$comment", "$defs", "$ref", "title", "description", "examples"];
/// Keywords that are compared below, by meaning.
const READ: &[&str] =
    &["properties", "required", "items", "additionalProperties", "const", "enum", "oneOf", "anyOf", "allOf"];

/// How a schema differs from an earlier one of the same name.
pub(super) fn compare(name: &str, old: &Value, new: &Value) -> Vec<Change> {
    let mut work = Work { old_root: old, new_root: new, seen: BTreeSet::new(), changes: Vec::new() };
    work.schema(name, old, new);
    work.changes
}

struct Work<'a> {
    old_root: &'a Value,
    new_root: &'a Value,
    /// Pairs of references that were followed: what many places share is told of at the first, and a type may hold
    /// itself.
    seen: BTreeSet<(String, String)>,
    changes: Vec<Change>,
}

impl Work<'_> {
    fn breaks(&mut self, place: &str, what: impl Into<String>) {
        self.changes.push(Change::new(place, Effect::Breaking, what));
    }

    fn allowed(&mut self, place: &str, what: impl Into<String>) {
        self.changes.push(Change::new(place, Effect::Compatible, what));
    }

    fn schema(&mut self, place: &str, old: &Value, new: &Value) {
        let (old_name, new_name) = (reference(old), reference(new));
        if (old_name, new_name) != ("", "") && !self.seen.insert((old_name.to_owned(), new_name.to_owned())) {
            return;
        }
        let old = resolved(old, self.old_root);
        let new = resolved(new, self.new_root);
        self.values(place, &old, &new);
        self.fields(place, &old, &new);
        self.alternatives(place, &old, &new);
        for keyword in ["items", "additionalProperties"] {
            match (old.get(keyword), new.get(keyword)) {
                (Some(old), Some(new)) => self.schema(&format!("{place}[]"), old, new),
                (None, None) => {}
                _ => self.breaks(place, format!("{keyword} came or went")),
            }
        }
        let other = |schema: &Map<String, Value>| -> BTreeSet<String> {
            let known = |name: &&String| !WORDS.contains(&name.as_str()) && !READ.contains(&name.as_str());
            schema.keys().filter(known).cloned().collect()
        };
        for keyword in other(&old).union(&other(&new)) {
            let (before, now) = (old.get(keyword), new.get(keyword));
            if before != now {
                self.breaks(place, format!("{keyword} was {} and is {}", shown(before), shown(now)));
            }
        }
    }

    fn fields(&mut self, place: &str, old: &Map<String, Value>, new: &Map<String, Value>) {
        let (before, now) = (fields(old), fields(new));
        let (needed_before, needed_now) = (required(old), required(new));
        for (name, schema) in &before {
            let at = format!("{place} {name}");
            let Some(now) = now.get(name) else {
                self.breaks(&at, "the field is gone");
                continue;
            };
            match (needed_before.contains(name), needed_now.contains(name)) {
                (true, false) => self.breaks(&at, "was always there and is optional now"),
                (false, true) => {
                    self.breaks(&at, "was optional and is required now: what is stored may lack it");
                }
                _ => {}
            }
            self.schema(&at, schema, now);
        }
        for name in now.keys().filter(|name| !before.contains_key(*name)) {
            let at = format!("{place} {name}");
            if needed_now.contains(name) {
                self.breaks(&at, "a required field is new: what is stored lacks it");
            } else {
                self.allowed(&at, "an optional field is new");
            }
        }
    }

    /// Named values: `const`, `enum`, or alternatives that are each of these.
    fn values(&mut self, place: &str, old: &Map<String, Value>, new: &Map<String, Value>) {
        let (before, now) = (values(old), values(new));
        match (&before, &now) {
            (None, None) => {}
            (Some(_), None) => self.breaks(place, "the list of values is gone"),
            (None, Some(_)) => self.breaks(place, "any value was allowed and only some are now"),
            (Some(before), Some(now)) => {
                for gone in before.difference(now) {
                    self.breaks(place, format!("the value {gone} is gone"));
                }
                for added in now.difference(before) {
                    if old.contains_key("const") {
                        self.breaks(place, format!("had one value and may be {added} now"));
                    } else {
                        self.allowed(place, format!("the value {added} is new"));
                    }
                }
            }
        }
    }

    fn alternatives(&mut self, place: &str, old: &Map<String, Value>, new: &Map<String, Value>) {
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let (old_ones, new_ones) = (list(old, keyword), list(new, keyword));
            if values(old).is_some() || values(new).is_some() {
                continue;
            }
            let (before, now) = (named(&old_ones, self.old_root), named(&new_ones, self.new_root));
            for (name, one) in &before {
                match now.get(name) {
                    Some(now) => self.schema(&format!("{place} ({name})"), one, now),
                    None => self.breaks(place, format!("the alternative {name} is gone")),
                }
            }
            for name in now.keys().filter(|name| !before.contains_key(*name)) {
                // Readers know a tag that they do not know; a shape without a tag they may take for another.
                if keyword == "oneOf" && name.contains('=') && !before.is_empty() {
                    self.allowed(place, format!("the alternative {name} is new"));
                } else {
                    self.breaks(place, format!("the alternative {name} of {keyword} is new"));
                }
            }
        }
    }
}

fn reference(schema: &Value) -> &str {
    schema.get("$ref").and_then(Value::as_str).unwrap_or_default()
}

/// The schema with what its reference leads to; what it says itself comes first.
fn resolved(schema: &Value, root: &Value) -> Map<String, Value> {
    let mut found = schema.as_object().cloned().unwrap_or_default();
    // `false` forbids everything, `true` allows it as an empty schema does.
    if schema == &Value::Bool(false) {
        found.insert("not".to_owned(), Value::Object(Map::new()));
    }
    if let Some(target) = reference(schema).strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
        for (name, value) in resolved(target, root) {
            found.entry(name).or_insert(value);
        }
    }
    found
}

fn fields(schema: &Map<String, Value>) -> BTreeMap<String, Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.map(|all| all.clone().into_iter().collect()).unwrap_or_default()
}

fn required(schema: &Map<String, Value>) -> BTreeSet<String> {
    list(schema, "required").iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn list(schema: &Map<String, Value>, keyword: &str) -> Vec<Value> {
    schema.get(keyword).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn values(schema: &Map<String, Value>) -> Option<BTreeSet<String>> {
    if let Some(only) = schema.get("const") {
        return Some([only.to_string()].into());
    }
    if schema.contains_key("enum") {
        return Some(list(schema, "enum").iter().map(Value::to_string).collect());
    }
    let choices = list(schema, "oneOf");
    let each: Option<Vec<_>> = choices.iter().map(|choice| values(choice.as_object()?)).collect();
    each.filter(|each| !each.is_empty()).map(|each| each.into_iter().flatten().collect())
}

/// Alternatives by what tells them apart: a tag (`to="person"`), what they refer to, or else what they require.
fn named(choices: &[Value], root: &Value) -> BTreeMap<String, Value> {
    let name = |choice: &Value| {
        let whole = resolved(choice, root);
        let tag = fields(&whole)
            .into_iter()
            .find_map(|(name, field)| Some(format!("{name}={}", field.get("const")?)));
        let kind = || shown(whole.get("type"));
        tag.unwrap_or_else(|| match (reference(choice), required(&whole)) {
            ("", needs) if needs.is_empty() => kind(),
            ("", needs) => format!("with {}", Vec::from_iter(needs).join(", ")),
            (reference, _) => reference.to_owned(),
        })
    };
    choices.iter().map(|choice| (name(choice), choice.clone())).collect()
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests;
