//! Shapes: names and kinds of values, without a word of the documents' prose.
//!
//! A shape is JSON: an object of shapes, a list of one shape, or a kind as text: `text`, `time`, `date-rfc-2822`, `uri`,
//! `int`, `int<=100`, `number`, `bool`, the prefix of a SID such as `CH`, `=a|b` for one of these values, `any` for what the
//! document leaves open, and `map` for names that the application chooses.

use serde_json::{Map, Value, json};

/// What `$ref` leads to, or the value itself.
pub(super) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|pointer| document.pointer(pointer.trim_start_matches('#'))) {
        Some(target) => resolved(document, target),
        None => value,
    }
}

/// The name that `$ref` ends with.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// The shape of a schema.
pub(super) fn of(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        return if values.iter().all(|value| matches!(*value, "true" | "false")) {
            json!("bool")
        } else {
            json!(format!("={}", values.join("|")))
        };
    }
    if let Some(properties) = schema["properties"].as_object() {
        return properties.iter().map(|(name, value)| (name.clone(), of(document, value))).collect();
    }
    match schema["type"].as_str() {
        Some("array") => json!([of(document, &schema["items"])]),
        Some("object") if schema["additionalProperties"].is_object() => json!("map"),
        Some("string") => json!(text_kind(schema)),
        Some("integer") => match schema["maximum"].as_u64() {
            Some(most) => json!(format!("int<={most}")),
            None => json!("int"),
        },
        Some("number") => json!("number"),
        Some("boolean") => json!("bool"),
        _ => json!("any"),
    }
}

fn text_kind(schema: &Value) -> String {
    match (schema["format"].as_str(), schema["pattern"].as_str()) {
        (Some("date-time"), _) => "time".into(),
        (Some(format @ ("date-time-rfc-2822" | "uri")), _) => format.into(),
        (_, Some(pattern)) if pattern.contains("{32}") => sid_prefix(pattern.trim_start_matches('^')),
        _ => "text".into(),
    }
}

/// `CH` of `CH[0-9a-f]{32}`; of several prefixes the first.
fn sid_prefix(pattern: &str) -> String {
    let letters: String = pattern.trim_start_matches('(').chars().take(2).collect();
    if letters.len() == 2 && letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
        letters
    } else {
        "text".into()
    }
}

/// Fills in from an example what the schema leaves open.
pub(super) fn refine(shape: &mut Value, example: &Value) {
    match (&mut *shape, example) {
        (Value::String(kind), _) if kind == "any" && !example.is_null() => *shape = of_example(example),
        (Value::Object(shapes), Value::Object(values)) => {
            for (name, value) in values {
                // Examples also show what schemas forget.
                refine(shapes.entry(name.clone()).or_insert_with(|| json!("any")), value);
            }
        }
        (Value::Array(shapes), Value::Array(values)) => {
            for value in values {
                if let Some(shape) = shapes.first_mut() {
                    refine(shape, value);
                }
            }
        }
        _ => {}
    }
}

fn of_example(example: &Value) -> Value {
    match example {
        Value::Null => json!("any"),
        Value::Bool(_) => json!("bool"),
        Value::Number(number) if number.is_f64() => json!("number"),
        Value::Number(_) => json!("int"),
        Value::String(text) if text.len() == 34 && sid_prefix(text) != "text" => json!(sid_prefix(text)),
        Value::String(text) if text.starts_with("https://") => json!("uri"),
        Value::String(text) if text.len() == 20 && text.ends_with('Z') => json!("time"),
        Value::String(_) => json!("text"),
        Value::Array(values) => {
            let mut shape = json!("any");
            for value in values {
                refine(&mut shape, value);
            }
            json!([shape])
        }
        Value::Object(values) => {
            values.iter().map(|(name, value)| (name.clone(), of_example(value))).collect::<Map<_, _>>().into()
        }
    }
}

/// Puts in what Twilio's reference pages tell and the documents do not; `null` takes a name out.
/// `$ref` names a schema of the document.
pub(super) fn supplement(document: &Value, shape: &mut Value, known: &Value) {
    match (&mut *shape, known) {
        _ if reference(known).is_some() => *shape = of(document, known),
        (Value::Object(shapes), Value::Object(values)) => {
            for (name, value) in values {
                if value.is_null() {
                    shapes.remove(name);
                } else {
                    supplement(document, shapes.entry(name.clone()).or_insert_with(|| json!("any")), value);
                }
            }
        }
        (Value::Array(shapes), Value::Array(values)) if !shapes.is_empty() && !values.is_empty() => {
            supplement(document, &mut shapes[0], &values[0]);
        }
        _ if !known.is_null() => known.clone_into(shape),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_becomes_names_and_kinds() {
        let document = json!({"components": {"schemas": {
            "state": {"type": "string", "enum": ["on", "off"]},
            "flag": {"type": "string", "enum": ["true", "false"]},
        }}});
        let schema = json!({"type": "object", "properties": {
            "sid": {"type": "string", "pattern": "^CH[0-9a-fA-F]{32}$"},
            "state": {"$ref": "#/components/schemas/state"},
            "flag": {"$ref": "#/components/schemas/flag"},
            "made": {"type": "string", "format": "date-time"},
            "open": {"description": "words"},
            "list": {"type": "array", "items": {"type": "integer"}},
        }});
        let expected = json!({"sid": "CH", "state": "=on|off", "flag": "bool", "made": "time", "open": "any", "list": ["int"]});
        assert_eq!(of(&document, &schema), expected);
    }

    #[test]
    fn examples_and_supplements_fill_what_is_open() {
        let mut shape = json!({"open": "any", "list": ["any"], "sid": "CH"});
        refine(&mut shape, &json!({"open": null, "sid": "anything"}));
        refine(
            &mut shape,
            &json!({"open": {"total": 2, "url": "https://h"}, "list": [{"a": true}], "new": "x"}),
        );
        let expected = json!({"open": {"total": "int", "url": "uri"}, "list": [{"a": "bool"}], "sid": "CH", "new": "text"});
        assert_eq!(shape, expected);
        supplement(&Value::Null, &mut shape, &json!({"open": {"level": "=a|b"}, "list": "map", "new": null}));
        let expected =
            json!({"open": {"total": "int", "url": "uri", "level": "=a|b"}, "list": "map", "sid": "CH"});
        assert_eq!(shape, expected);
    }
}
