use super::BindingType;
use crate::{
    Attributes, Timestamp,
    sid::{AccountSid, ConversationSid, ParticipantSid, RoleSid, ServiceSid},
};
use serde::{Deserialize, Serialize};

/// A participant: <https://www.twilio.com/docs/conversations-classic/api/conversation-participant-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Participant {
    /// Their SID.
    pub sid: ParticipantSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service it belongs to; in answers below a service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// The chat identity; `None` for somebody reached by address.
    pub identity: Option<String>,
    /// Free JSON, `{}` when unset.
    #[serde(default)]
    pub attributes: Attributes,
    /// How they are reached; `None` for chat.
    pub messaging_binding: Option<MessagingBinding>,
    /// The role in the conversation.
    pub role_sid: Option<RoleSid>,
    /// When they joined.
    pub date_created: Option<Timestamp>,
    /// When they were last changed.
    pub date_updated: Option<Timestamp>,
    /// The last message they have read.
    pub last_read_message_index: Option<u64>,
    /// When they read it.
    pub last_read_timestamp: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

/// How a participant is reached.
///
/// By phone both `address` and `proxy_address` are set. In Group MMS a phone has an `address` alone and a chat identity
/// a `projected_address` alone.
#[serde_with::skip_serializing_none]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessagingBinding {
    /// The channel.
    #[serde(rename = "type")]
    pub binding_type: Option<BindingType>,
    /// The person's address: E.164, or with the channel before it (`whatsapp:+…`).
    pub address: Option<String>,
    /// The Twilio number or sender the person sees.
    pub proxy_address: Option<String>,
    /// The Twilio number that stands for a chat identity.
    pub projected_address: Option<String>,
    /// The name, for email.
    pub name: Option<String>,
    /// `to` or `cc`, for email.
    pub level: Option<String>,
}

debug_shows! {
    Participant { sid, conversation_sid, attributes, messaging_binding, role_sid, last_read_message_index }
    MessagingBinding { binding_type }
}
