//! Roles: what chat users may do in a service or in a conversation.
//!
//! The sandbox keeps roles and hands them out, but never asks them: REST callers may do everything, and only chat
//! clients with tokens are held to a role.
//!
//! <https://www.twilio.com/docs/conversations-classic/api/role-resource>

use serde::{Deserialize, Serialize};

/// A role of a service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) sid: String,
    pub(crate) friendly_name: String,
    pub(crate) kind: RoleType,
    pub(crate) permissions: Vec<String>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// Whom a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RoleType {
    /// Participants of a conversation.
    Conversation,
    /// Users of a service.
    Service,
}

impl RoleType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Service => "service",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Conversation, Self::Service].into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a role of this type can hold the permission. A service role speaks for every conversation as well.
    pub(crate) fn knows(self, permission: &str) -> bool {
        IN_A_CONVERSATION.contains(&permission)
            || (self == Self::Service && IN_A_SERVICE.contains(&permission))
    }
}

/// Permissions inside a conversation.
const IN_A_CONVERSATION: [&str; 18] = [
    "addNonChatParticipant",
    "addParticipant",
    "deleteAnyMessage",
    "deleteConversation",
    "deleteOwnMessage",
    "editAnyMessage",
    "editAnyMessageAttributes",
    "editAnyParticipantAttributes",
    "editConversationAttributes",
    "editConversationName",
    "editNotificationLevel",
    "editOwnMessage",
    "editOwnMessageAttributes",
    "editOwnParticipantAttributes",
    "leaveConversation",
    "removeParticipant",
    "sendMediaMessage",
    "sendMessage",
];

/// Permissions that only make sense for a whole service.
const IN_A_SERVICE: [&str; 4] =
    ["createConversation", "editAnyUserInfo", "editOwnUserInfo", "joinConversation"];

/// A role that every new service has.
#[derive(Debug)]
pub(crate) struct BuiltIn {
    pub(crate) friendly_name: &'static str,
    pub(crate) kind: RoleType,
    pub(crate) permissions: &'static [&'static str],
}

/// Who may do everything in a service.
pub(crate) const SERVICE_ADMIN: BuiltIn = BuiltIn {
    friendly_name: "service admin",
    kind: RoleType::Service,
    permissions: &[
        "addParticipant",
        "createConversation",
        "deleteAnyMessage",
        "deleteConversation",
        "editAnyMessage",
        "editAnyMessageAttributes",
        "editAnyUserInfo",
        "editConversationAttributes",
        "editConversationName",
        "joinConversation",
        "removeParticipant",
    ],
};

/// What users get.
pub(crate) const SERVICE_USER: BuiltIn = BuiltIn {
    friendly_name: "service user",
    kind: RoleType::Service,
    permissions: &["createConversation", "editOwnUserInfo", "joinConversation"],
};

/// What a chat client gets in the conversation it has created.
pub(crate) const CHANNEL_ADMIN: BuiltIn = BuiltIn {
    friendly_name: "channel admin",
    kind: RoleType::Conversation,
    permissions: &[
        "addParticipant",
        "deleteAnyMessage",
        "deleteConversation",
        "editAnyMessage",
        "editAnyMessageAttributes",
        "editAnyParticipantAttributes",
        "editConversationAttributes",
        "editConversationName",
        "editNotificationLevel",
        "leaveConversation",
        "removeParticipant",
        "sendMediaMessage",
        "sendMessage",
    ],
};

/// What participants get.
pub(crate) const CHANNEL_USER: BuiltIn = BuiltIn {
    friendly_name: "channel user",
    kind: RoleType::Conversation,
    permissions: &[
        "deleteOwnMessage",
        "editNotificationLevel",
        "editOwnMessage",
        "editOwnMessageAttributes",
        "leaveConversation",
        "sendMediaMessage",
        "sendMessage",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_in_role_only_holds_permissions_its_type_knows() {
        for role in [SERVICE_ADMIN, SERVICE_USER, CHANNEL_ADMIN, CHANNEL_USER] {
            for permission in role.permissions {
                assert!(role.kind.knows(permission), "{permission} of {}", role.friendly_name);
            }
        }
    }

    #[test]
    fn a_service_permission_is_unknown_to_a_conversation_role() {
        assert!(RoleType::Service.knows("joinConversation"));
        assert!(!RoleType::Conversation.knows("joinConversation"));
        assert!(RoleType::Service.knows("sendMessage"));
        assert!(!RoleType::Service.knows("createChannel"));
    }
}
