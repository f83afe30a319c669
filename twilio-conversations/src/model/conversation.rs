use super::{ConversationState, Links};
use crate::{
    Attributes, Timestamp,
    sid::{AccountSid, ConversationSid, MessagingServiceSid, ServiceSid},
};
use serde::{Deserialize, Serialize};

/// A conversation: <https://www.twilio.com/docs/conversations-classic/api/conversation-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conversation {
    /// Its SID.
    pub sid: ConversationSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service it belongs to.
    pub chat_service_sid: Option<ServiceSid>,
    /// The messaging service that sends for it.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// The name the application gave it; unique in the service, and usable in place of the SID.
    pub unique_name: Option<String>,
    /// Free JSON, `{}` when unset.
    #[serde(default)]
    pub attributes: Attributes,
    /// Where it is in its life.
    pub state: ConversationState,
    /// When it was created.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// When its timers run out.
    #[serde(default)]
    pub timers: Option<ConversationTimers>,
    /// Its default senders.
    #[serde(default)]
    pub bindings: Option<ConversationBindings>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// The URLs of what belongs to it.
    pub links: Option<Links>,
}

debug_shows! {
    Conversation { sid, chat_service_sid, attributes, state, date_created, date_updated, timers }
    EmailBinding {}
}

/// When a conversation's timers run out: points in time, though they are set as durations.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConversationTimers {
    /// When it becomes inactive.
    pub date_inactive: Option<Timestamp>,
    /// When it closes.
    pub date_closed: Option<Timestamp>,
}

/// A conversation's default senders.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConversationBindings {
    /// For email.
    pub email: Option<EmailBinding>,
}

/// A default sender of email.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmailBinding {
    /// The address that email comes from.
    pub projected_address: Option<String>,
    /// The name beside it.
    pub name: Option<String>,
}
