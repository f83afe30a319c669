//! `ContentVariables`: what a message puts in place of a template's placeholders.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::placeholder::NAME;

/// Placeholders of a message.
const MOST: usize = 100;

/// Values by placeholder.
pub(crate) type Values = BTreeMap<String, String>;

/// What is wrong with `ContentVariables`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Invalid {
    /// No JSON object of texts, or one of them empty.
    Form(String),
    /// More than 100.
    Count,
    /// A name above 16 characters.
    Name(String),
    /// A value above the limit; its name.
    Length(String),
}

/// Reads the parameter; `limit` is in characters of a value.
pub(crate) fn read(text: Option<&str>, limit: usize) -> Result<Values, Invalid> {
    let Some(text) = text else { return Ok(Values::new()) };
    let form = |why: &str| Invalid::Form(why.to_owned());
    let given: Map<String, Value> =
        serde_json::from_str(text).map_err(|_| form("ContentVariables is not a JSON object"))?;
    if given.len() > MOST {
        return Err(Invalid::Count);
    }
    let values = given.into_iter().map(|(name, value)| {
        if name.is_empty() || name.contains(['{', '}', ' ']) {
            return Err(form("ContentVariables has a malformed name"));
        }
        if name.chars().count() > NAME {
            return Err(Invalid::Name(name));
        }
        let value = match value {
            Value::String(text) if !text.is_empty() => text,
            Value::Number(number) => number.to_string(),
            _ => return Err(form("ContentVariables has a value that is empty or no text")),
        };
        if value.chars().count() > limit { Err(Invalid::Length(name)) } else { Ok((name, value)) }
    });
    values.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_texts_within_limits() {
        let values = |text: &str| read(Some(text), 256);
        assert_eq!(values(r#"{"1":"a","name":2}"#).unwrap().into_values().collect::<Vec<_>>(), ["a", "2"]);
        assert!(read(None, 256).unwrap().is_empty());
        for bad in
            ["", "a", "[]", r#"{"1":null}"#, r#"{"1":""}"#, r#"{"1":{}}"#, r#"{"{1":"a"}"#, r#"{"":"a"}"#]
        {
            assert!(matches!(values(bad), Err(Invalid::Form(_))), "{bad}");
        }
        let many: Map<String, Value> = (0..101).map(|n| (n.to_string(), Value::from("a"))).collect();
        assert_eq!(values(&Value::Object(many).to_string()), Err(Invalid::Count));
        assert_eq!(values(r#"{"12345678901234567":"a"}"#), Err(Invalid::Name("12345678901234567".into())));
        let long = format!(r#"{{"1":"{}"}}"#, "a".repeat(257));
        assert_eq!(values(&long), Err(Invalid::Length("1".into())));
    }
}
