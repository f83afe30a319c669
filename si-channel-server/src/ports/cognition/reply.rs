//! What a cognition answers: texts, templates and files, and actions.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use si_channel_core::content::{File, MAX_FILES, Template, Utterance};
use si_channel_core::guidance::{MAX_KEPT, Written};
use si_channel_core::language::Language;

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was sent; it may have been nothing.
    Done,
    /// The answer comes later, by `POST /v1/sessions/{id}/messages` with the turn id as `in_reply_to`.
    Later,
}

/// A part of an answer: at least one message of its own. `Debug` shows its size, not its text.
#[derive(Clone, Default, PartialEq)]
pub struct ReplyPart {
    /// What is said; `None` when the part is actions alone.
    pub utterance: Option<Utterance>,
    /// What is to be done after it.
    pub actions: Vec<Action>,
    /// The language that the person speaks, as the cognition has it.
    pub language: Option<Language>,
}

impl ReplyPart {
    /// A part of text alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self::saying(Utterance::text(text), Vec::new())
    }

    /// A text of white space says nothing.
    fn saying(utterance: Utterance, actions: Vec<Action>) -> Self {
        let says_nothing = matches!(&utterance, Utterance::Text { text, .. } if text.trim().is_empty());
        Self { utterance: (!says_nothing).then_some(utterance), actions, language: None }
    }

    /// Nothing is said or done.
    pub fn is_empty(&self) -> bool {
        self.utterance.is_none() && self.actions.is_empty() && self.language.is_none()
    }
}

impl fmt::Debug for ReplyPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyPart")
            .field("text_bytes", &self.utterance.as_ref().map_or(0, |said| said.words().len()))
            .field("actions", &self.actions)
            .finish_non_exhaustive()
    }
}

/// Something that the cognition wants done.
///
/// Written `{"type":"close","reason":"done"}`, or `"close"` alone.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Close the conversation after the answer.
    Close {
        /// Why, for the event; not shown to the person.
        reason: Option<String>,
    },
    /// An action that this version does not know, kept as it came. It has no effect and is reported.
    Unknown(Value),
}

impl Action {
    /// The name of the action, of at most 64 plain characters, fit for logs.
    pub fn name(&self) -> String {
        match self {
            Self::Close { .. } => "close".to_owned(),
            Self::Unknown(value) => {
                let name = value.as_str().or_else(|| value.get("type")?.as_str()).unwrap_or("unnamed");
                let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
                name.chars().filter(plain).take(64).collect()
            }
        }
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Close { .. } => f.write_str("Close"),
            Self::Unknown(_) => write!(f, "Unknown({})", self.name()),
        }
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let name = value.as_str().or_else(|| value.get("type")?.as_str());
        Ok(match name {
            Some("close") => {
                let reason = value.get("reason").and_then(Value::as_str).map(str::to_owned);
                Self::Close { reason }
            }
            _ => Self::Unknown(value),
        })
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Close { reason: None } => json!({"type": "close"}).serialize(serializer),
            Self::Close { reason } => json!({"type": "close", "reason": reason}).serialize(serializer),
            Self::Unknown(value) => value.serialize(serializer),
        }
    }
}

/// The shape of an object that a cognition server answers with, whole or as one line of a stream.
#[derive(Default)]
pub(super) struct Shape {
    /// Complete messages.
    pub(super) messages: Vec<ReplyPart>,
    /// A piece of a message that is not complete.
    pub(super) delta: Option<String>,
    /// The message that the pieces make is complete.
    pub(super) end: bool,
    /// The server could not answer.
    pub(super) failed: bool,
}

/// The members of a [`Shape`], at least one of which is there.
const KNOWN: [&str; 9] =
    ["messages", "text", "template", "media", "delta", "actions", "language", "end", "error"];
/// The members of a message, at least one of which is there.
const OF_MESSAGE: [&str; 5] = ["text", "template", "media", "actions", "language"];

/// Reads `{"messages":[…],"text":…,"template":…,"media":[…],"delta":…,"actions":[…],"language":…,"end":true,"error":…}`;
/// `None` when it has another shape. Members beyond these are allowed and have no effect.
pub(super) fn shape(value: Value) -> Option<Shape> {
    let Value::Object(object) = value else { return None };
    if !KNOWN.iter().any(|name| object.contains_key(*name)) {
        return None;
    }
    let mut shape =
        Shape { failed: object.get("error").is_some_and(|error| !error.is_null()), ..Shape::default() };
    shape.end = match object.get("end") {
        None => false,
        Some(end) => end.as_bool()?,
    };
    shape.delta = match object.get("delta") {
        None => None,
        Some(delta) => Some(delta.as_str()?.to_owned()),
    };
    if let Some(messages) = object.get("messages") {
        for message in messages.as_array()? {
            let part = match message {
                Value::String(text) => ReplyPart::text(text),
                Value::Object(message) if OF_MESSAGE.iter().any(|name| message.contains_key(*name)) => {
                    part(message)?
                }
                _ => return None,
            };
            shape.messages.push(part);
        }
    }
    let own = part(&object)?;
    // Actions beside messages come after them: a conversation is closed after the last word.
    if !own.is_empty() {
        shape.messages.push(own);
    }
    shape.messages.retain(|part| !part.is_empty());
    Some(shape)
}

/// A message: `text` with `breaks` (counted in Unicode code points), `template`, or `media` with a `text` or without;
/// and `actions`.
fn part(object: &Map<String, Value>) -> Option<ReplyPart> {
    let text = match object.get("text") {
        None | Some(Value::Null) => String::new(),
        Some(text) => text.as_str()?.to_owned(),
    };
    let given = |name: &str| object.get(name).filter(|value| !value.is_null());
    let actions = match object.get("actions") {
        None | Some(Value::Null) => Vec::new(),
        Some(actions) => {
            actions.as_array()?.iter().filter_map(|action| Action::deserialize(action).ok()).collect()
        }
    };
    let utterance = match (given("template"), given("media")) {
        (None, None) => {
            let written = Written::deserialize(Value::Object(object.clone())).ok()?;
            if written.keep.as_ref().is_some_and(|keep| keep.len() > MAX_KEPT) {
                return None;
            }
            written.with(text)
        }
        (Some(template), None) if text.is_empty() => {
            Utterance::Template { template: Template::deserialize(template).ok()? }
        }
        (None, Some(media)) => {
            let media = Vec::<File>::deserialize(media).ok()?;
            if !(1..=MAX_FILES).contains(&media.len()) {
                return None;
            }
            Utterance::Media { media, text: if text.trim().is_empty() { String::new() } else { text } }
        }
        _ => return None,
    };
    // A language that is none is no reason to lose the answer.
    let language = object.get("language").and_then(Value::as_str).and_then(|tag| tag.parse().ok());
    Some(ReplyPart { language, ..ReplyPart::saying(utterance, actions) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HX: &str = "HX0123456789abcdef0123456789abcdef";
    const FILE: &str = "https://example.com/a.png";

    fn texts(value: Value) -> Option<Vec<String>> {
        let said = |part: ReplyPart| part.utterance.map(|said| said.described()).unwrap_or_default();
        Some(shape(value)?.messages.into_iter().map(said).collect())
    }

    #[test]
    fn every_documented_shape_is_read() {
        for (value, expected) in [
            (json!({"text": "a"}), vec!["a"]),
            (json!({"messages": ["a", {"text": "b", "id": 7}]}), vec!["a", "b"]),
            (json!({"messages": []}), vec![]),
            (json!({"messages": ["", "  ", "a"]}), vec!["a"]),
            (json!({"text": null, "messages": ["a"], "usage": {}}), vec!["a"]),
            (json!({"template": {"content_sid": HX}}), vec!["[template HX0123456789abcdef0123456789abcdef]"]),
            (json!({"messages": [{"media": [{"url": FILE}], "text": "Look"}, "a"]}), vec!["Look", "a"]),
            (
                json!({"media": [{"url": FILE, "content_type": "image/png"}], "text": null}),
                vec!["[image/png]"],
            ),
            (json!({"end": true}), vec![]),
        ] {
            assert_eq!(texts(value.clone()).unwrap(), expected, "{value}");
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        for value in [
            json!({}),
            json!([]),
            json!("a"),
            json!({"reply": "a"}),
            json!({"text": 1}),
            json!({"messages": "a"}),
            json!({"messages": [1]}),
            json!({"messages": [{}]}),
            json!({"text": "a", "actions": "close"}),
            json!({"text": "a", "breaks": [-1]}),
            json!({"language": ["fr"], "text": 1}),
            json!({"template": {"content_sid": HX}, "text": "a"}),
            json!({"template": {"content_sid": "HX1"}}),
            json!({"template": {"content_sid": HX}, "media": [{"url": FILE}]}),
            json!({"media": []}),
            json!({"media": [{"url": "a.png"}]}),
            json!({"delta": ["a"]}),
            json!({"delta": "a", "end": "yes"}),
        ] {
            assert!(shape(value.clone()).is_none(), "{value}");
        }
    }

    #[test]
    fn the_language_is_read_and_a_wrong_one_costs_nothing() {
        for (tag, read) in [("fr", Some("fr")), ("pt_br", Some("pt-BR")), ("French", None), ("", None)] {
            let shape = shape(json!({"text": "a", "language": tag})).unwrap();
            let language = shape.messages[0].language.as_ref().map(ToString::to_string);
            assert_eq!((language.as_deref(), shape.messages.len()), (read, 1), "{tag}");
        }
        assert_eq!(texts(json!({"messages": ["a"], "language": "fr"})).unwrap(), ["a", ""]);
    }

    #[test]
    fn actions_beside_messages_come_after_them() {
        let shape = shape(json!({"messages": ["bye"], "actions": ["close"]})).unwrap();
        assert_eq!(shape.messages[0], ReplyPart::text("bye"));
        assert_eq!(shape.messages[1].actions, [Action::Close { reason: None }]);
    }

    #[test]
    fn breaks_count_code_points_and_become_bytes() {
        let shape = shape(json!({"text": "é🌍a", "breaks": [2, 1, 1, 9]})).unwrap();
        let said =
            Utterance::Text { text: "é🌍a".to_owned(), breaks: vec![2, 6], guidance: Box::default() };
        assert_eq!(shape.messages[0].utterance, Some(said));
    }

    #[test]
    fn actions_round_trip_and_unknown_ones_are_kept_as_they_came() {
        for value in [
            json!({"type": "close"}),
            json!({"type": "close", "reason": "done"}),
            json!({"type": "dance", "partner": "Jane"}),
            json!(7),
        ] {
            let action: Action = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(serde_json::to_value(&action).unwrap(), value);
        }
    }

    #[test]
    fn debug_hides_what_people_may_read() {
        let part = ReplyPart {
            actions: vec![
                Action::Close { reason: Some("Jane is done".into()) },
                Action::Unknown(json!({"type": "dance\n", "partner": "Jane"})),
            ],
            ..ReplyPart::text("dear Jane")
        };
        assert_eq!(format!("{part:?}"), "ReplyPart { text_bytes: 9, actions: [Close, Unknown(dance)], .. }");
    }
}
