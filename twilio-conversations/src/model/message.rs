use super::Links;
use crate::{
    Attributes, Timestamp,
    sid::{AccountSid, ContentSid, ConversationSid, MediaSid, MessageSid, ParticipantSid, ServiceSid},
};
use serde::{Deserialize, Serialize};

/// A message of a conversation:
/// <https://www.twilio.com/docs/conversations-classic/api/conversation-message-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// Its SID.
    pub sid: MessageSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service it belongs to; in answers below a service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// Its place in the conversation, from zero; grows, but may skip.
    pub index: u64,
    /// An address, an identity, or `system`.
    pub author: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// The files.
    pub media: Option<Vec<MessageMedia>>,
    /// Free JSON, `{}` when unset.
    #[serde(default)]
    pub attributes: Attributes,
    /// The author among the participants; `None` for `system`.
    pub participant_sid: Option<ParticipantSid>,
    /// When it was posted.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// What became of it, over all recipients but chat.
    pub delivery: Option<Delivery>,
    /// The template it was made from.
    pub content_sid: Option<ContentSid>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// The URLs of what belongs to it.
    pub links: Option<Links>,
}

/// A file of a message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageMedia {
    /// The media object to fetch.
    pub sid: MediaSid,
    /// The MIME type.
    pub content_type: Option<String>,
    /// The file's name.
    pub filename: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
}

debug_shows! {
    Message { sid, conversation_sid, index, media, attributes, participant_sid, date_created, delivery, content_sid }
    MessageMedia { sid, content_type, size }
}

/// Deliveries added up. The extents are cumulative: what is read is also delivered and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delivery {
    /// How many recipients there are, chat apart.
    pub total: u32,
    /// Handed to the channel.
    pub sent: DeliveryExtent,
    /// Arrived.
    pub delivered: DeliveryExtent,
    /// Opened.
    pub read: DeliveryExtent,
    /// Never handed over.
    pub failed: DeliveryExtent,
    /// Refused by the channel or the carrier.
    pub undelivered: DeliveryExtent,
}

open_enum! {
    /// How many of the recipients.
    DeliveryExtent {
        /// Nobody.
        None = "none",
        /// At least one, but not all.
        Some = "some",
        /// Everybody.
        All = "all",
    }
}
