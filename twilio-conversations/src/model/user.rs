use super::{ConversationState, ConversationTimers, Links};
use crate::{
    Attributes, Timestamp,
    sid::{AccountSid, ConversationSid, ParticipantSid, RoleSid, ServiceSid, UserSid},
};
use serde::{Deserialize, Serialize};

/// A user: <https://www.twilio.com/docs/conversations-classic/api/user-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Their SID.
    pub sid: UserSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The role in the service.
    pub role_sid: Option<RoleSid>,
    /// The identity, case-sensitive.
    pub identity: Option<String>,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// Free JSON, `{}` when unset.
    #[serde(default)]
    pub attributes: Attributes,
    /// Whether they are connected; `None` in lists and where reachability is off.
    pub is_online: Option<bool>,
    /// Whether a push notification could reach them; `None` in lists and where reachability is off.
    pub is_notifiable: Option<bool>,
    /// When they were made.
    pub date_created: Option<Timestamp>,
    /// When they were last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// The URLs of what belongs to it.
    pub links: Option<Links>,
}

/// A conversation as a user sees it:
/// <https://www.twilio.com/docs/conversations-classic/api/user-conversation-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserConversation {
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// How many messages the user has not read; `None` until one was read.
    pub unread_messages_count: Option<u64>,
    /// The last message the user has read.
    pub last_read_message_index: Option<u64>,
    /// The user among the participants.
    pub participant_sid: Option<ParticipantSid>,
    /// The user.
    pub user_sid: Option<UserSid>,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// Where it is in its life.
    pub conversation_state: ConversationState,
    /// When its timers run out.
    pub timers: Option<ConversationTimers>,
    /// The conversation's free JSON, `{}` when unset.
    #[serde(default)]
    pub attributes: Attributes,
    /// When it was created.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// Who created it.
    pub created_by: Option<String>,
    /// Whether push notifications are sent.
    pub notification_level: Option<NotificationLevel>,
    /// The name the application gave it.
    pub unique_name: Option<String>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// The URLs of the participant and the conversation.
    pub links: Option<Links>,
}

debug_shows! {
    User { sid, chat_service_sid, role_sid, attributes, is_online, is_notifiable }
    UserConversation {
        conversation_sid, participant_sid, user_sid, conversation_state, unread_messages_count, notification_level,
    }
}

open_enum! {
    /// Whether a user is told of messages.
    NotificationLevel {
        /// By push notifications.
        Default = "default",
        /// Not at all.
        Muted = "muted",
    }
}
