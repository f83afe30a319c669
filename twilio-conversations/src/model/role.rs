use crate::{
    Timestamp,
    sid::{AccountSid, RoleSid, ServiceSid},
};
use serde::{Deserialize, Serialize};

/// A role: <https://www.twilio.com/docs/conversations-classic/api/role-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Role {
    /// Its SID.
    pub sid: RoleSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// Where it holds.
    #[serde(rename = "type")]
    pub role_type: RoleType,
    /// What it allows: `sendMessage`, `leaveConversation` …
    pub permissions: Option<Vec<String>>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

open_enum! {
    /// Where a role holds.
    RoleType {
        /// For participants, in their conversation.
        Conversation = "conversation",
        /// For users, in the whole service.
        Service = "service",
    }
}
