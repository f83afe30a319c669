//! Checks a JSON object against a table of its fields.

use serde_json::{Map, Value};

use super::placeholder;

/// A field of an object.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// What a field holds.
pub(super) enum Kind {
    /// At most that many characters.
    Text(usize),
    /// A number, or a text with a placeholder that becomes one.
    Number,
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// At most that many texts.
    Texts(usize),
    /// From so many to so many objects.
    Objects(&'static [Field], usize, usize),
}

/// The object without its nulls, or what is wrong with it and where.
pub(super) fn check(at: &str, value: &Value, fields: &[Field]) -> Result<Map<String, Value>, String> {
    let Value::Object(given) = value else { return Err(format!("{at} must be an object")) };
    let mut checked = Map::new();
    // The official clients write every field they know of, null when unset.
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            return Err(format!("{at} has no field {name}"));
        };
        checked.insert(name.clone(), one(&format!("{at}.{name}"), value, &field.kind)?);
    }
    match fields.iter().find(|field| field.required && !checked.contains_key(field.name)) {
        Some(field) => Err(format!("{at}.{} is required", field.name)),
        None => Ok(checked),
    }
}

fn one(at: &str, value: &Value, kind: &Kind) -> Result<Value, String> {
    match kind {
        Kind::Text(limit) => text(at, value, *limit)?,
        Kind::Number => {
            let becomes = |text: &str| text.parse::<f64>().is_ok() || text.contains("{{");
            if !value.is_number() && !value.as_str().is_some_and(becomes) {
                return Err(format!("{at} must be a number"));
            }
        }
        Kind::Flag if !value.is_boolean() => return Err(format!("{at} must be true or false")),
        Kind::Word(words) if !value.as_str().is_some_and(|word| words.contains(&word)) => {
            return Err(format!("{at} must be one of {}", words.join(", ")));
        }
        Kind::Flag | Kind::Word(_) => {}
        Kind::Texts(most) => {
            for (position, item) in items(at, value, 0, *most)?.iter().enumerate() {
                text(&format!("{at}[{position}]"), item, usize::MAX)?;
            }
        }
        Kind::Objects(fields, least, most) => {
            let objects = items(at, value, *least, *most)?
                .iter()
                .enumerate()
                .map(|(position, item)| check(&format!("{at}[{position}]"), item, fields).map(Value::Object));
            return objects.collect::<Result<_, _>>().map(Value::Array);
        }
    }
    Ok(value.clone())
}

fn text(at: &str, value: &Value, limit: usize) -> Result<(), String> {
    let Value::String(text) = value else { return Err(format!("{at} must be a text")) };
    if text.chars().count() > limit {
        return Err(format!("{at} is longer than {limit} characters"));
    }
    placeholder::pieces(text).map(drop).map_err(|why| format!("{at}: {why}"))
}

fn items<'a>(at: &str, value: &'a Value, least: usize, most: usize) -> Result<&'a [Value], String> {
    match value {
        Value::Array(items) if (least..=most).contains(&items.len()) => Ok(items),
        Value::Array(items) => Err(format!("{at} has {} items; {least} to {most} are allowed", items.len())),
        _ => Err(format!("{at} must be a list")),
    }
}
