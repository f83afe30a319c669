use super::{ConversationState, ConversationTimers, Links, MessagingBinding};
use crate::{
    Attributes, Timestamp,
    sid::{AccountSid, ConversationSid, ParticipantSid, ServiceSid, UserSid},
};
use serde::{Deserialize, Serialize};

/// A conversation that a person is in, closed ones included:
/// <https://www.twilio.com/docs/conversations-classic/api/participant-conversation-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParticipantConversation {
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The participant.
    pub participant_sid: ParticipantSid,
    /// The user, for chat.
    pub participant_user_sid: Option<UserSid>,
    /// The chat identity.
    pub participant_identity: Option<String>,
    /// How the person is reached.
    pub participant_messaging_binding: Option<MessagingBinding>,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// The name the application gave it.
    pub conversation_unique_name: Option<String>,
    /// The name people see.
    pub conversation_friendly_name: Option<String>,
    /// Free JSON, `{}` when unset.
    #[serde(default)]
    pub conversation_attributes: Attributes,
    /// When it was created.
    pub conversation_date_created: Option<Timestamp>,
    /// When it was last changed.
    pub conversation_date_updated: Option<Timestamp>,
    /// Who created it.
    pub conversation_created_by: Option<String>,
    /// Where it is in its life.
    pub conversation_state: ConversationState,
    /// When its timers run out.
    pub conversation_timers: Option<ConversationTimers>,
    /// The URLs of what belongs to it.
    pub links: Option<Links>,
}

debug_shows! {
    ParticipantConversation { participant_sid, participant_messaging_binding, conversation_sid, conversation_state }
}
