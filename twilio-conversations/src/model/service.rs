use super::Links;
use crate::{
    Timestamp,
    sid::{AccountSid, RoleSid, ServiceSid},
};
use serde::{Deserialize, Serialize};

/// A conversation service: <https://www.twilio.com/docs/conversations-classic/api/service-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Service {
    /// Its SID.
    pub sid: ServiceSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// The URLs of what belongs to it.
    pub links: Option<Links>,
}

/// A service's defaults: <https://www.twilio.com/docs/conversations-classic/api/service-configuration-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServiceConfiguration {
    /// The service.
    pub chat_service_sid: ServiceSid,
    /// The role of whoever creates a conversation.
    pub default_conversation_creator_role_sid: Option<RoleSid>,
    /// The role of whoever joins one.
    pub default_conversation_role_sid: Option<RoleSid>,
    /// The role of new users.
    pub default_chat_service_role_sid: Option<RoleSid>,
    /// Whether Twilio tells who is online.
    pub reachability_enabled: Option<bool>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// The URLs of what belongs to it.
    pub links: Option<Links>,
}
