//! The feed as an `AsyncAPI` 3.0 document: <https://www.asyncapi.com/docs/reference/specification/v3.0.0>.

use serde_json::{Map, Value, json};

use crate::event::examples;
use crate::schema::{ENVELOPE, schemas};

/// The document: two channels with the same messages, every message with its schema and an example.
///
/// Schemas are in `AsyncAPI`'s own format, a superset of JSON Schema draft 7, since its tools do not all read 2020-12.
pub fn asyncapi() -> Value {
    let mut messages = Map::new();
    for example in examples() {
        let published = example.published();
        let kind = published.kind.clone();
        let narrowed = json!({
            "type": "object",
            "properties": { "type": { "const": kind }, "data": { "$ref": component(&kind) } },
        });
        let message = json!({
            "name": kind,
            "title": kind,
            "summary": example.says,
            "contentType": "application/cloudevents+json",
            "payload": { "allOf": [{ "$ref": component(ENVELOPE) }, narrowed] },
            "examples": [{ "name": "example", "payload": published }],
        });
        messages.insert(kind, message);
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events of Si's Twilio channel",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every event at least once; those of one `subject` in the order of `sequence`, without gaps. \
                            Drop what has an `id` that you have seen, and ignore fields that you do not know.",
            "license": { "name": "MIT" },
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "events": channel(
                &messages,
                "/v1/events",
                "Pages of events: `?after=` a position, `wait=` seconds for a long poll, `session=` for one session.",
            ),
            "stream": channel(
                &messages,
                "/v1/events/stream",
                "The same as server-sent events; `Last-Event-ID` continues after an interruption.",
            ),
        },
        "operations": {
            "poll": operation("events", "The server answers with the events after a position."),
            "follow": operation("stream", "The server sends events as they happen."),
        },
        "components": { "messages": messages, "schemas": components() },
    })
}

fn channel(messages: &Map<String, Value>, address: &str, says: &str) -> Value {
    let listed: Map<String, Value> = messages
        .keys()
        .map(|kind| (kind.clone(), json!({ "$ref": format!("#/components/messages/{kind}") })))
        .collect();
    json!({ "address": address, "description": says, "messages": listed })
}

fn operation(channel: &str, says: &str) -> Value {
    json!({
        "action": "send",
        "summary": says,
        "channel": { "$ref": format!("#/channels/{channel}") },
        "bindings": { "http": { "method": "GET", "bindingVersion": "0.3.0" } },
    })
}

fn component(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// Every schema, and what they share, under names of the document.
fn components() -> Map<String, Value> {
    let mut all = Map::new();
    for (name, schema) in schemas() {
        let Value::Object(mut schema) = schema.clone() else { continue };
        schema.remove("$schema");
        schema.remove("$id");
        if let Some(Value::Object(shared)) = schema.remove("$defs") {
            all.extend(shared);
        }
        all.insert(name.clone(), Value::Object(schema));
    }
    all.values_mut().for_each(relocate);
    all
}

fn relocate(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && let Some(name) = reference.strip_prefix("#/$defs/")
            {
                *reference = component(name);
            }
            fields.values_mut().for_each(relocate);
        }
        Value::Array(items) => items.iter_mut().for_each(relocate),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::TYPES;

    #[test]
    fn every_type_is_a_message_of_both_channels_and_every_reference_leads_somewhere() {
        let document = asyncapi();
        for channel in ["events", "stream"] {
            assert_eq!(document["channels"][channel]["messages"].as_object().unwrap().len(), TYPES.len());
        }
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
        assert!(!text.contains("$defs"));
    }
}
