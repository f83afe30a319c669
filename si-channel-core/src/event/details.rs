//! What a message is beside its text and files: a place, a choice, a reaction, where it came from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;

/// What a message's channel tells of it. Nothing of it is promised by any channel.
///
/// Parameters as of <https://www.twilio.com/docs/messaging/guides/webhook-request>. Conversations' own webhooks do not
/// name them; where Twilio sends them there too, they are read in the same way.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Details {
    /// A place that was shared.
    pub location: Option<Location>,
    /// A button that was pressed, a list's row that was picked, a form that was filled in.
    pub choice: Option<Choice>,
    /// The message that this one answers.
    pub reply_to: Option<ReplyTo>,
    /// A reaction to a message; the text then is the emoji.
    pub reaction: Option<Reaction>,
    /// The advertisement or post that led here.
    pub referral: Option<Referral>,
    /// That somebody else wrote it first.
    pub forwarded: Option<Forwarded>,
    /// How the channel knows its author.
    pub profile: Option<Profile>,
    /// The channel's word for what it is: `text`, `image`, `sticker`, `contacts`, `reaction` …
    pub message_type: Option<String>,
    /// What else the channel tells, in its own shape (`ChannelMetadata`).
    pub metadata: Option<Value>,
}

impl Details {
    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A place on Earth.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Degrees north, from -90 to 90.
    pub latitude: f64,
    /// Degrees east, from -180 to 180.
    pub longitude: f64,
    /// Its name.
    pub label: Option<String>,
    /// Its address.
    pub address: Option<String>,
}

/// What somebody chose in place of writing.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Choice {
    /// A quick reply, a template's button, a suggestion of RCS.
    Button {
        /// What it says.
        title: Option<String>,
        /// What it means to whoever made it.
        payload: Option<String>,
    },
    /// A row of a list.
    List {
        /// What it says.
        title: Option<String>,
        /// What it means to whoever made it.
        id: Option<String>,
    },
    /// A form, such as a flow of WhatsApp.
    Form {
        /// What was filled in, as the channel tells it.
        data: Value,
    },
}

/// A message that another one answers.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReplyTo {
    /// Its SID, as Twilio tells it.
    pub message_sid: String,
    /// Who wrote it, as Twilio tells it.
    pub author: Option<String>,
}

/// A reaction to a message.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reaction {
    /// The emoji; left out when the reaction was taken back.
    pub emoji: Option<String>,
    /// The message, as Twilio tells it.
    pub message_sid: Option<String>,
}

/// The advertisement or post that led to a conversation (click to `WhatsApp`).
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Referral {
    /// `ad`, `post`.
    pub source_type: Option<String>,
    /// Its id.
    pub source_id: Option<String>,
    /// Where it is.
    pub source_url: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// The click's id.
    pub click_id: Option<String>,
    /// Where its picture or film is.
    pub media_url: Option<String>,
    /// The MIME type of that.
    pub media_content_type: Option<String>,
}

/// How a message came to its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Forwarded {
    /// From somebody else.
    Once,
    /// Through many hands.
    Often,
}

/// How a channel knows somebody.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// The name that they gave the channel.
    pub name: Option<String>,
    /// `WhatsApp`'s id of them: their number without `+`, as a rule.
    pub wa_id: Option<String>,
}
