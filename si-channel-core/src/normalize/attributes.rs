//! What the channel writes into a Twilio message's attributes, under the key `si`.

use serde_json::{Map, Value, json};

use crate::id::OutboundId;

const KEY: &str = "si";
/// Twilio's limit on a message's attributes, bytes.
/// <https://www.twilio.com/docs/conversations-classic/conversations-limits>
const LIMIT: usize = 4096;

/// What a message's attributes say about our part in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// We wrote it; this is its id.
    pub outbound_id: Option<OutboundId>,
    /// The text before the author's name was put before it.
    pub original: Option<String>,
    /// How many characters were put before the text, where the text itself did not fit.
    pub prefix_chars: Option<usize>,
}

impl Mark {
    /// Takes our mark out of the attributes; the rest is what others wrote.
    pub fn take(attributes: &str) -> (Self, Value) {
        let Ok(Value::Object(mut fields)) = serde_json::from_str(attributes) else {
            return (Self::default(), Value::Object(Map::new()));
        };
        let ours = fields.remove(KEY).unwrap_or_default();
        let text = |name: &str| ours.get(name).and_then(Value::as_str).map(str::to_owned);
        let mark = Self {
            outbound_id: text("id").map(OutboundId::from_text),
            original: text("original"),
            prefix_chars: ours.get("prefix").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()),
        };
        (mark, Value::Object(fields))
    }

    /// The text as its author wrote it.
    pub fn restore(&self, body: &str) -> String {
        match (&self.original, self.prefix_chars) {
            (Some(original), _) => original.clone(),
            (None, Some(prefix)) => body.chars().skip(prefix).collect(),
            (None, None) => body.to_owned(),
        }
    }
}

/// The attributes of a message of ours: its id travels with it.
pub fn mark_outbound(id: &OutboundId) -> String {
    json!({ KEY: { "id": id } }).to_string()
}

/// The attributes of a text that gets its author's name put before it: the original stays with it, or, where
/// Twilio's limit leaves no room, the length of what was put before. `None` when neither fits.
pub fn mark_relayed(attributes: &str, original: &str, prefix: &str) -> Option<String> {
    let mut fields = match serde_json::from_str(attributes) {
        Ok(Value::Object(fields)) => fields,
        Ok(Value::Null) | Err(_) if attributes.trim().is_empty() => Map::new(),
        // Somebody else's attributes that are no object cannot carry ours.
        _ => return None,
    };
    let whole = json!({ "original": original });
    let short = json!({ "prefix": prefix.chars().count() });
    for mark in [whole, short] {
        fields.insert(KEY.to_owned(), mark);
        let text = Value::Object(fields.clone()).to_string();
        if text.len() <= LIMIT {
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_and_the_rest_stays() {
        let text = mark_relayed(r#"{"a":1}"#, "hello", "Ann: ").unwrap();
        let (mark, rest) = Mark::take(&text);
        assert_eq!(mark.restore("Ann: hello"), "hello");
        assert_eq!(rest, json!({ "a": 1 }));
    }

    #[test]
    fn a_long_text_is_restored_from_the_prefix_length() {
        let long = "é".repeat(3000);
        let text = mark_relayed("{}", &long, "Ann: ").unwrap();
        assert!(text.len() <= LIMIT);
        let (mark, _) = Mark::take(&text);
        assert_eq!(mark.restore(&format!("Ann: {long}")), long);
    }

    #[test]
    fn full_or_foreign_attributes_are_left_alone() {
        assert_eq!(mark_relayed("[1]", "x", "A: "), None);
        let full = json!({ "a": "x".repeat(LIMIT) }).to_string();
        assert_eq!(mark_relayed(&full, "x", "A: "), None);
    }

    #[test]
    fn nonsense_attributes_are_no_mark() {
        assert_eq!(Mark::take("not json").0, Mark::default());
        assert_eq!(Mark::take(r#"{"si":"x"}"#).0, Mark::default());
    }
}
