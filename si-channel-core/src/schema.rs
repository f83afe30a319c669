//! JSON Schemas (2020-12) of what the channel publishes, made from the types, and the `AsyncAPI` document of the feed.
//!
//! A schema says what the channel writes: whoever reads must ignore fields that it does not name, and a value that is
//! not there is left out, never null.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::cloudevent::CloudEvent;
use crate::event::{Event, TYPES, examples};

mod asyncapi;
mod tidy;

pub use asyncapi::asyncapi;

/// The name of the envelope's schema.
pub const ENVELOPE: &str = "si.channel.cloudevent.v1";

/// Families of types whose events always belong to a session.
const OF_SESSIONS: &[&str] = &["command", "help", "media", "message", "participant", "session", "turn"];

/// The schema of every type's `data` by the type's name, and that of the envelope under [`ENVELOPE`].
pub fn schemas() -> &'static BTreeMap<String, Value> {
    static SCHEMAS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
        let whole = root::<Event>();
        let mut all: BTreeMap<String, Value> = TYPES
            .iter()
            .filter_map(|(kind, tag)| Some(((*kind).to_owned(), data(&whole, kind, tag)?)))
            .collect();
        all.insert(ENVELOPE.to_owned(), envelope());
        all
    });
    &SCHEMAS
}

/// Where a schema is served, relative to the server; it is the schema's `$id` too.
pub fn path(name: &str) -> String {
    format!("/schemas/{name}.json")
}

fn root<T: JsonSchema>() -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    tidy::tidy(&mut schema);
    schema
}

/// The schema of a type's data: the variant of its tag, without the tag, with what the envelope's maker adds.
fn data(whole: &Value, kind: &str, tag: &str) -> Option<Value> {
    let variant = whole["oneOf"].as_array()?.iter().find(|one| one["properties"]["event"]["const"] == tag)?;
    let mut schema = variant.as_object()?.clone();
    // A variant that is a type of its own is here by reference: its fields are the data's.
    if let Some(reference) = schema.remove("$ref") {
        let own = whole.pointer(reference.as_str()?.strip_prefix('#')?)?;
        merge(&mut schema, own.as_object()?);
    }
    let properties = schema.entry("properties").or_insert_with(|| json!({})).as_object_mut()?;
    properties.remove("event");
    if tag == "message_status" {
        // One tag, a type for each status.
        properties.insert("status".to_owned(), json!({ "const": kind.split('.').nth(3)? }));
    }
    added(properties, kind);
    let required = schema.entry("required").or_insert_with(|| json!([])).as_array_mut()?;
    required.retain(|name| name != "event");
    if OF_SESSIONS.contains(&kind.split('.').nth(2)?) && !required.contains(&json!("session_id")) {
        required.push(json!("session_id"));
    }
    required.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    let says =
        examples().iter().find(|example| example.event.type_name() == kind).map(|example| example.says);
    schema.insert("description".to_owned(), json!(says.unwrap_or_default()));
    Some(titled(schema, kind, whole.get("$defs")))
}

/// What every event of a session carries, and what a received message says of its way.
fn added(properties: &mut Map<String, Value>, kind: &str) {
    let mut add = |name: &str, schema: Value| {
        properties.entry(name.to_owned()).or_insert(schema);
    };
    add(
        "session_id",
        json!({ "type": "string", "description": "The session, where the event belongs to one." }),
    );
    add(
        "conversation_sid",
        json!({
            "type": "string",
            "pattern": "^CH[0-9a-fA-F]{32}$",
            "description": "Its conversation at Twilio, once known.",
        }),
    );
    if kind == "si.channel.message.received.v1" {
        add(
            "channel",
            json!({
                "enum": ["sms", "whatsapp", "rcs", "messenger", "chat"],
                "description": "The way a person's message came.",
            }),
        );
    }
}

fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(name), value) {
            (Some(Value::Object(into)), Value::Object(from)) => merge(into, from),
            (Some(Value::Array(into)), Value::Array(from)) => into.extend(from.iter().cloned()),
            (Some(_), _) => {}
            (None, value) => drop(into.insert(name.clone(), value.clone())),
        }
    }
}

fn envelope() -> Value {
    let mut schema = root::<CloudEvent>();
    let defs = schema.get("$defs").cloned();
    let Some(schema) = schema.as_object_mut() else { return Value::Null };
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, fixed) in [("specversion", "1.0"), ("datacontenttype", "application/json")] {
            properties.insert(name.to_owned(), json!({ "const": fixed }));
        }
        let mut narrow = |name: &str, rule: &str, value: Value| {
            if let Some(property) = properties.get_mut(name).and_then(Value::as_object_mut) {
                property.insert(rule.to_owned(), value);
            }
        };
        narrow("source", "pattern", json!("^/twilio/AC[0-9a-fA-F]{32}$"));
        narrow("type", "pattern", json!(r"^si\.channel\.[a-z_]+\.[a-z_]+\.v[1-9][0-9]*$"));
        narrow("dataschema", "pattern", json!(r"^/schemas/si\.channel\.[a-z_.]+\.v[1-9][0-9]*\.json$"));
        narrow("sequence", "minimum", json!(1));
        narrow("data", "type", json!("object"));
    }
    let says = "An event as it is published: CloudEvents 1.0, structured JSON. The schema of `data` is the one that \
                `dataschema` names.";
    schema.insert("description".to_owned(), json!(says));
    titled(schema.clone(), ENVELOPE, defs.as_ref())
}

/// With what a document of its own needs: its names, and those of the definitions that it uses.
fn titled(mut schema: Map<String, Value>, name: &str, defs: Option<&Value>) -> Value {
    schema.remove("$defs");
    let mut used = BTreeMap::new();
    if let Some(defs) = defs.and_then(Value::as_object) {
        gather(&Value::Object(schema.clone()), defs, &mut used);
    }
    if !used.is_empty() {
        schema.insert("$defs".to_owned(), json!(used));
    }
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("$id".to_owned(), json!(path(name)));
    schema.insert("title".to_owned(), json!(name));
    Value::Object(schema)
}

fn gather(schema: &Value, defs: &Map<String, Value>, used: &mut BTreeMap<String, Value>) {
    match schema {
        Value::Object(fields) => {
            if let Some(name) =
                fields.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix("#/$defs/"))
                && let Some(found) = defs.get(name)
                && !used.contains_key(name)
            {
                used.insert(name.to_owned(), found.clone());
                gather(found, defs, used);
            }
            fields.values().for_each(|value| gather(value, defs, used));
        }
        Value::Array(items) => items.iter().for_each(|value| gather(value, defs, used)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_schema_that_describes_it_and_names_all_that_its_example_holds() {
        assert_eq!(schemas().len(), TYPES.len() + 1);
        for example in examples() {
            let published = example.published();
            let schema = &schemas()[&published.kind];
            assert_eq!(schema["$id"], published.dataschema, "an event names its own schema");
            assert_eq!(schema["description"], example.says);
            let known = schema["properties"].as_object().unwrap();
            let told = published.data.as_object().unwrap();
            if schema.get("anyOf").is_none() {
                for name in told.keys() {
                    assert!(known.contains_key(name), "{}: {name} is not in the schema", published.kind);
                }
            }
            for name in schema["required"].as_array().unwrap() {
                assert!(told.contains_key(name.as_str().unwrap()), "{}: {name}", published.kind);
            }
        }
    }

    #[test]
    fn a_status_has_a_type_of_its_own_and_the_tag_is_not_published() {
        let read = &schemas()["si.channel.message.read.v1"];
        assert_eq!(read["properties"]["status"], json!({ "const": "read" }));
        assert_eq!(read["properties"].get("event"), None);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        for (name, schema) in schemas() {
            let text = schema.to_string();
            for reference in text.split("\"$ref\":\"#").skip(1) {
                let pointer = reference.split('"').next().unwrap();
                assert!(schema.pointer(pointer).is_some(), "{name}: {pointer}");
            }
        }
    }
}
