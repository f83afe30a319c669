//! Payloads about messages and their delivery.

use super::conversation::take_attributes;
use crate::{
    Attributes,
    model::DeliveryStatus,
    sid::{ChannelMessageSid, ConversationSid, MediaSid, MessageSid, ParticipantSid, ReceiptSid},
    timestamp::Timestamp,
    webhook::{PayloadError, fields::Fields},
};
use serde::Deserialize;

/// A file of a message. The `Media` field is JSON text; its keys start with capitals, unlike those of the REST API.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Media {
    /// The media object to fetch; Event Streams call it `MediaSid`.
    #[serde(alias = "sid", alias = "MediaSid")]
    pub sid: MediaSid,
    /// The file's name, where the channel has one.
    #[serde(alias = "filename", alias = "FileName", default)]
    pub filename: Option<String>,
    /// The MIME type the channel claims.
    #[serde(alias = "content_type", default)]
    pub content_type: Option<String>,
    /// Bytes.
    #[serde(alias = "size", default)]
    pub size: Option<u64>,
}

debug_shows! { Media { sid, content_type, size } }

/// The files of a message. A field that cannot be read stays among the left-overs.
pub(super) fn take_media(fields: &mut Fields<'_>) -> Result<Vec<Media>, PayloadError> {
    let Some(text) = fields.filled("Media")? else { return Ok(Vec::new()) };
    Ok(serde_json::from_str(&text).unwrap_or_else(|_| {
        fields.put_back("Media", text);
        Vec::new()
    }))
}

/// A message that is about to be posted (`onMessageAdd`); it has no SID and no index yet.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewMessage {
    /// Where it is to be posted.
    pub conversation_sid: ConversationSid,
    /// The text; empty for media alone.
    pub body: String,
    /// An address, an identity, or `system`.
    pub author: String,
    /// The author among the participants.
    pub participant_sid: Option<ParticipantSid>,
    /// Free JSON.
    pub attributes: Attributes,
    /// Its files.
    pub media: Vec<Media>,
}

debug_shows! { NewMessage { conversation_sid, participant_sid, attributes, media } }

impl NewMessage {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            conversation_sid: fields.required_sid("ConversationSid")?,
            body: fields.once("Body")?.unwrap_or_default(),
            author: fields.once("Author")?.unwrap_or_default(),
            participant_sid: fields.parsed("ParticipantSid")?,
            attributes: take_attributes(fields)?,
            media: take_media(fields)?,
        })
    }
}

/// A message that exists: posted, or about to be changed or deleted, or changed or deleted.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageChange {
    /// Where it is.
    pub conversation_sid: ConversationSid,
    /// Which one.
    pub message_sid: MessageSid,
    /// Its place in the conversation, from zero; grows, but may skip.
    pub index: Option<u64>,
    /// The text; empty for media alone.
    pub body: String,
    /// An address, an identity, or `system`.
    pub author: String,
    /// The author among the participants.
    pub participant_sid: Option<ParticipantSid>,
    /// Free JSON.
    pub attributes: Attributes,
    /// Its files.
    pub media: Vec<Media>,
    /// When it was posted.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// When it was deleted (`onMessageRemoved` alone).
    pub date_removed: Option<Timestamp>,
}

debug_shows! { MessageChange { conversation_sid, message_sid, index, participant_sid, attributes, media } }

impl MessageChange {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            conversation_sid: fields.required_sid("ConversationSid")?,
            message_sid: fields.required_sid("MessageSid")?,
            index: fields.parsed("Index")?,
            body: fields.once("Body")?.unwrap_or_default(),
            author: fields.once("Author")?.unwrap_or_default(),
            participant_sid: fields.parsed("ParticipantSid")?,
            attributes: take_attributes(fields)?,
            media: take_media(fields)?,
            date_created: fields.choice("DateCreated")?,
            date_updated: fields.choice("DateUpdated")?,
            date_removed: fields.choice("DateRemoved")?,
        })
    }
}

/// What became of a message at one participant (`onDeliveryUpdated`). Arrives in any order, and may arrive twice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryUpdated {
    /// Where the message is.
    pub conversation_sid: ConversationSid,
    /// Which message.
    pub message_sid: MessageSid,
    /// The receipt, one for each participant and message.
    pub delivery_receipt_sid: ReceiptSid,
    /// The message that the channel carried.
    pub channel_message_sid: Option<ChannelMessageSid>,
    /// Who it was for.
    pub participant_sid: Option<ParticipantSid>,
    /// What became of it.
    pub status: DeliveryStatus,
    /// A code of <https://www.twilio.com/docs/api/errors>; zero counts as none.
    pub error_code: Option<u32>,
    /// When the receipt was made.
    pub date_created: Option<Timestamp>,
    /// When it last changed.
    pub date_updated: Option<Timestamp>,
}

impl DeliveryUpdated {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            conversation_sid: fields.required_sid("ConversationSid")?,
            message_sid: fields.required_sid("MessageSid")?,
            delivery_receipt_sid: fields.required_sid("DeliveryReceiptSid")?,
            channel_message_sid: fields.parsed("ChannelMessageSid")?,
            participant_sid: fields.parsed("ParticipantSid")?,
            // Twilio's own samples do not agree on the name; the reference says `Status`.
            status: match fields.choice("Status")? {
                Some(status) => status,
                None => fields.choice("DeliveryStatus")?.ok_or(PayloadError::Missing { field: "Status" })?,
            },
            error_code: fields.parsed("ErrorCode")?.filter(|code| *code != 0),
            date_created: fields.choice("DateCreated")?,
            date_updated: fields.choice("DateUpdated")?,
        })
    }
}
