//! What a cognition is given: one turn of a conversation, as JSON.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use si_channel_core::media::MediaState;

/// What is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnKind {
    /// An answer to the message.
    #[default]
    Turn,
    /// A summary of the conversation, which is about to be closed; the message is its last one.
    Summary,
}

/// One turn. `Debug` shows ids and counts alone.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnRequest {
    /// Identifies the turn; the same for every attempt.
    pub turn_id: String,
    /// The session.
    pub session_id: String,
    /// Twilio's conversation, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_sid: Option<String>,
    /// The chain of events that the turn belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// What is asked for.
    #[serde(default)]
    pub kind: TurnKind,
    /// The message to answer.
    pub message: TurnMessage,
    /// The people of the conversation.
    #[serde(default)]
    pub participants: Vec<Person>,
    /// Earlier texts, oldest first.
    #[serde(default)]
    pub history: Vec<HistoryEntry>,
    /// The session's attributes.
    #[serde(default)]
    pub attributes: Map<String, Value>,
    /// The language to answer in, as a BCP 47 tag, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// What an answer may be.
    pub limits: ReplyLimits,
    /// Parts of an answer to this turn that were sent in an earlier attempt.
    #[serde(default)]
    pub already_sent: Vec<String>,
}

/// The message of a turn.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnMessage {
    /// Its id, Twilio's where it has one.
    pub id: String,
    /// Who wrote it.
    pub author: Person,
    /// The text; empty when it has media alone.
    pub text: String,
    /// Its media.
    #[serde(default)]
    pub media: Vec<Media>,
    /// When it was written.
    pub at: Timestamp,
}

/// Somebody in the conversation.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The address in Twilio's form, such as `whatsapp:+15551234567`.
    pub address: String,
    /// The name, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The channel, such as `sms`.
    pub channel: String,
    /// The application's id of the account that the address belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The visitor that the address is while it belongs to no account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor_id: Option<String>,
}

/// A reference to a file; its bytes are not sent, but served by the API.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Media {
    /// Its id.
    pub id: String,
    /// The media type, such as `image/jpeg`.
    pub content_type: String,
    /// The file's name, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// The size, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// The path of the API that serves it.
    #[serde(default)]
    pub url: String,
    /// How far it has come; it is served when it is stored.
    #[serde(default)]
    pub state: MediaState,
    /// Stands for it in a text, such as `[image, 240 KB]`.
    #[serde(default)]
    pub placeholder: String,
}

/// Who wrote an earlier text, as language models divide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A person.
    User,
    /// Si.
    Assistant,
}

/// An earlier text.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The name or address of who wrote it.
    pub author: String,
    /// A person or Si.
    pub role: Role,
    /// The text.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
}

/// What an answer may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyLimits {
    /// Characters that one message of the channel holds; a longer part is split.
    pub max_part_chars: usize,
    /// The channel of the person who wrote.
    pub channel: String,
}

impl fmt::Debug for TurnRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnRequest")
            .field("turn_id", &self.turn_id)
            .field("session_id", &self.session_id)
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("participants", &self.participants.len())
            .field("history", &self.history.len())
            .field("already_sent", &self.already_sent.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TurnMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnMessage")
            .field("id", &self.id)
            .field("media", &self.media)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Media")
            .field("id", &self.id)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HistoryEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryEntry").field("role", &self.role).field("at", &self.at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::ports::cognition::testing::turn;

    use super::*;

    #[test]
    fn a_turn_is_written_with_the_documented_names() {
        let mut turn = turn("hello");
        turn.locale = Some("en".into());
        turn.message.media = vec![Media {
            id: "med_1".into(),
            content_type: "image/png".into(),
            url: "/v1/media/med_1".into(),
            state: MediaState::Stored,
            placeholder: "[image]".into(),
            ..Media::default()
        }];
        assert_eq!(
            serde_json::to_value(&turn).unwrap(),
            json!({
                "turn_id": "turn-1",
                "session_id": "session-1",
                "kind": "turn",
                "message": {
                    "id": "IM1",
                    "author": {"address": "+15551234567", "name": "Jane", "channel": "sms"},
                    "text": "hello",
                    "media": [{
                        "id": "med_1",
                        "content_type": "image/png",
                        "url": "/v1/media/med_1",
                        "state": "stored",
                        "placeholder": "[image]",
                    }],
                    "at": "2026-11-21T10:00:00Z",
                },
                "participants": [{"address": "+15551234567", "name": "Jane", "channel": "sms"}],
                "history": [{"author": "system", "role": "assistant", "text": "Welcome", "at": "2026-11-21T09:59:00Z"}],
                "attributes": {},
                "locale": "en",
                "limits": {"max_part_chars": 1600, "channel": "sms"},
                "already_sent": [],
            })
        );
    }

    #[test]
    fn debug_shows_neither_texts_nor_people() {
        let mut turn = turn("my secret");
        turn.already_sent.push("secret".into());
        let shown = format!("{turn:?} {:?} {:?}", turn.history, turn.participants);
        for personal in ["secret", "Jane", "1555", "Welcome"] {
            assert!(!shown.contains(personal), "{personal} in {shown}");
        }
    }
}
