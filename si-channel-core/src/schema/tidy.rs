//! What the types say of themselves, put for readers of the wire.

use serde_json::{Map, Value};

/// Rewrites a schema and all within it:
///
/// - an optional field is left out when there is nothing to say, so it is not null;
/// - fields may be added later, so none is forbidden;
/// - of a description its first paragraph stays, without links into the code;
/// - formats that JSON Schema does not know, and defaults for readers of Rust, go.
pub(super) fn tidy(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    keywords(fields);
    for (keyword, value) in fields {
        match (keyword.as_str(), value) {
            ("properties" | "$defs", Value::Object(named)) => named.values_mut().for_each(tidy),
            ("anyOf" | "oneOf" | "allOf", Value::Array(choices)) => choices.iter_mut().for_each(tidy),
            ("items" | "additionalProperties", one) => tidy(one),
            _ => {}
        }
    }
}

fn keywords(fields: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = fields.get_mut("description") {
        *text = words(text);
    }
    if fields.get("additionalProperties") == Some(&Value::Bool(false)) {
        fields.remove("additionalProperties");
    }
    if fields.get("format").and_then(Value::as_str).is_some_and(|format| format.contains("int")) {
        fields.remove("format");
    }
    fields.remove("default");
    let required = fields.get("required").cloned().unwrap_or_default();
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        for (name, property) in properties {
            let optional = !required.as_array().is_some_and(|names| names.iter().any(|one| one == name));
            if let Value::Object(property) = property
                && optional
            {
                without_null(property);
            }
        }
    }
}

fn without_null(property: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = property.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            property.remove("anyOf");
            for (name, value) in only {
                property.entry(name).or_insert(value);
            }
        }
    }
}

fn words(text: &str) -> String {
    let first = text.split("\n\n").next().unwrap_or_default();
    first.replace('\n', " ").replace("[`", "`").replace("`]", "`")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_is_put_for_readers_of_the_wire() {
        let mut schema = json!({
            "description": "One [`Thing`],\ntwo lines.\n\nFor Rust alone.",
            "additionalProperties": false,
            "required": ["here"],
            "properties": {
                "here": { "type": ["string", "null"] },
                "maybe": { "type": ["integer", "null"], "format": "uint32", "minimum": 0 },
                "other": { "anyOf": [{ "$ref": "#/$defs/X" }, { "type": "null" }], "description": "O." },
                "at": { "type": "string", "format": "date-time" },
                "list": { "type": "array", "default": [], "items": { "additionalProperties": false } },
                "map": { "type": "object", "additionalProperties": { "type": "string" } },
                "default": { "type": "string" },
            },
        });
        tidy(&mut schema);
        let expected = json!({
            "description": "One `Thing`, two lines.",
            "required": ["here"],
            "properties": {
                "here": { "type": ["string", "null"] },
                "maybe": { "type": "integer", "minimum": 0 },
                "other": { "$ref": "#/$defs/X", "description": "O." },
                "at": { "type": "string", "format": "date-time" },
                "list": { "type": "array", "items": {} },
                "map": { "type": "object", "additionalProperties": { "type": "string" } },
                "default": { "type": "string" },
            },
        });
        assert_eq!(schema, expected);
    }
}
