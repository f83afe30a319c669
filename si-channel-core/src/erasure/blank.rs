//! Blanking a record: what people said goes, what happened stays.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::address::Address;
use crate::erasure::Token;

/// Fields whose text is one of our own words, a rule, a proof or an address. Everything else is blanked unless it
/// reads as an id or a time.
const KEPT: &[&str] = &[
    "action",
    "address",
    "author",
    "basis",
    "before",
    "ceiling",
    "channel",
    "class",
    "close_reason",
    "command",
    "content_type",
    "datacontenttype",
    "dataschema",
    "event",
    "exemption",
    "heard",
    "identity",
    "keyword",
    "kind",
    "language",
    "leaving",
    "limit",
    "locale",
    "method",
    "only",
    "origin",
    "presence",
    "reason",
    "recipient",
    "rule",
    "scope",
    "sender",
    "source",
    "specversion",
    "state",
    "status",
    "subject",
    "text_id",
    "text_shown",
    "to",
    "transport",
    "type",
    "used",
    "wanted",
];
/// Fields that hold whatever others put there.
const OPEN: [&str; 4] = ["attributes", "extra", "parameters", "variables"];
/// Fields that need not be there.
const OPTIONAL: &[&str] = &[
    "correlation_id",
    "correlationid",
    "details",
    "filename",
    "label",
    "last_purpose",
    "omitted",
    "place",
    "prefix",
    "purpose",
    "service_sid",
    "shown",
    "time_zone",
    "zones",
];

/// How a record is blanked.
#[derive(Debug, Clone, Copy)]
pub struct Blanking {
    /// The names of people go too.
    pub names: bool,
    /// What stands in the place of a text.
    pub placeholder: &'static str,
}

/// Blanks a record down to ids, times, numbers and words of ours. Done again it changes nothing.
pub fn blank(record: &mut Value, how: &Blanking) {
    walk("", record, how);
}

fn walk(key: &str, value: &mut Value, how: &Blanking) {
    match value {
        Value::Object(fields) => object(fields, how),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(key, item, how)),
        Value::String(text) if !is_kept(key, text, how) => {
            let spoken = key == "text" && !text.is_empty();
            how.placeholder[..if spoken { how.placeholder.len() } else { 0 }].clone_into(text);
        }
        _ => {}
    }
}

fn object(fields: &mut Map<String, Value>, how: &Blanking) {
    // A message is a text, a file or a template; what is left of any is a text.
    let carried = ["file", "template"].map(|name| fields.remove(name)).into_iter().flatten().count() > 0;
    if carried {
        fields.insert("text".to_owned(), Value::from(how.placeholder));
    }
    for name in OPEN {
        if let Some(open) = fields.get_mut(name) {
            *open = Value::Object(Map::new());
        }
    }
    for &name in OPTIONAL {
        let is_said = |value: &Value| !value.is_null() && value.as_str().is_none_or(|text| !is_machine(text));
        if fields.get(name).is_some_and(is_said) {
            fields.remove(name);
        }
    }
    let is_person = fields.contains_key("address") || fields.contains_key("author");
    if is_person && how.names && fields.get("name").is_some_and(|name| !name.is_null()) {
        fields.remove("name");
    }
    for (key, value) in fields.iter_mut() {
        if !(is_person && key == "name") {
            walk(key, value, how);
        }
    }
}

fn is_kept(key: &str, text: &str, how: &Blanking) -> bool {
    if key == "text" {
        // An event's entry in a transcript has the event's type for a text.
        return text == how.placeholder || is_type(text);
    }
    // The last three are the audit log's, which names nobody.
    KEPT.contains(&key) || matches!(key, "version" | "hash" | "public_key" | "signature") || is_machine(text)
}

fn is_type(text: &str) -> bool {
    text.starts_with("si.channel.") && !text.contains(char::is_whitespace)
}

/// Whether a text reads as an id, an address, a time or a place in our API, and so as nothing that somebody said.
fn is_machine(text: &str) -> bool {
    let alphanumeric = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_sid = text.len() == 34
        && text.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && text.bytes().skip(2).all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let bare = text.strip_prefix("/v1/media/").unwrap_or(text);
    let is_ours = ["ses_", "out_", "trn_", "evt_", "med_"]
        .iter()
        .any(|prefix| bare.strip_prefix(prefix).is_some_and(alphanumeric));
    // Whose address it is, is looked at elsewhere.
    let is_address = text.contains('+') && text.parse::<Address>().is_ok();
    is_sid || is_ours || is_address || Token::is(text) || text.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOW: Blanking = Blanking { names: true, placeholder: "[gone]" };

    #[test]
    fn what_was_said_goes_and_what_happened_stays() {
        let sid = "IM00000000000000000000000000000001";
        for (record, blanked) in [
            (json!({ "text": "Hello", "message_sid": sid }), json!({ "text": "[gone]", "message_sid": sid })),
            (json!({ "text": "" }), json!({ "text": "" })),
            (
                json!({ "text": "si.channel.session.closed.v1" }),
                json!({ "text": "si.channel.session.closed.v1" }),
            ),
            (json!({ "text": "si.channel. of love" }), json!({ "text": "[gone]" })),
            (json!({ "address": "+15551110001", "name": "Ann" }), json!({ "address": "+15551110001" })),
            (json!({ "attributes": { "a": "b" }, "n": 7 }), json!({ "attributes": {}, "n": 7 })),
            (json!({ "file": { "url": "https://a.example/x" } }), json!({ "text": "[gone]" })),
            (
                json!({ "template": { "content_sid": sid }, "class": "reply" }),
                json!({ "text": "[gone]", "class": "reply" }),
            ),
            (json!({ "a_new_field": "what they said" }), json!({ "a_new_field": "" })),
            (json!({ "many": ["out_1", "my love"] }), json!({ "many": ["out_1", ""] })),
            (json!({ "purpose": "call Ann", "correlation_id": "Ann's order" }), json!({})),
            (json!({ "correlation_id": sid }), json!({ "correlation_id": sid })),
            (json!({ "at": "2026-11-21T10:00:00Z" }), json!({ "at": "2026-11-21T10:00:00Z" })),
        ] {
            let mut value = record.clone();
            blank(&mut value, &HOW);
            assert_eq!(value, blanked, "{record}");
            blank(&mut value, &HOW);
            assert_eq!(value, blanked, "again: {record}");
        }
    }

    #[test]
    fn names_stay_where_texts_alone_go() {
        let mut value = json!({ "author": { "address": "+15551110001", "name": "Ann" }, "text": "Hello" });
        blank(&mut value, &Blanking { names: false, ..HOW });
        assert_eq!(
            value,
            json!({ "author": { "address": "+15551110001", "name": "Ann" }, "text": "[gone]" })
        );
    }
}
