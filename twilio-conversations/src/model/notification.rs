use crate::sid::{AccountSid, ServiceSid};
use serde::{Deserialize, Serialize};

/// When and how a service notifies:
/// <https://www.twilio.com/docs/conversations-classic/api/service-notification-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Notification {
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub chat_service_sid: ServiceSid,
    /// For messages.
    pub new_message: Option<NewMessageNotification>,
    /// For being added to a conversation.
    pub added_to_conversation: Option<EventNotification>,
    /// For being removed from one.
    pub removed_from_conversation: Option<EventNotification>,
    /// Whether notifications are logged.
    pub log_enabled: Option<bool>,
    /// The URL of this resource.
    pub url: Option<String>,
}

/// The notification of a message.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewMessageNotification {
    /// Whether it is sent.
    #[serde(default)]
    pub enabled: bool,
    /// Its text.
    pub template: Option<String>,
    /// Its sound.
    pub sound: Option<String>,
    /// Whether the badge counts conversations with unread messages.
    pub badge_count_enabled: Option<bool>,
    /// For messages with files.
    pub with_media: Option<MediaNotification>,
}

/// The notification of a message with files.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MediaNotification {
    /// Whether it has a text of its own.
    #[serde(default)]
    pub enabled: bool,
    /// Its text.
    pub template: Option<String>,
}

/// The notification of a change in who takes part.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventNotification {
    /// Whether it is sent.
    #[serde(default)]
    pub enabled: bool,
    /// Its text.
    pub template: Option<String>,
    /// Its sound.
    pub sound: Option<String>,
}
