//! Payloads about users of a conversation service.

use super::conversation::take_attributes;
use crate::{
    Attributes,
    sid::{RoleSid, UserSid},
    timestamp::Timestamp,
    webhook::{PayloadError, fields::Fields},
};

/// A user who was created, is about to be changed, or was changed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserChange {
    /// Who.
    pub user_sid: UserSid,
    /// The identity the application gave them.
    pub identity: Option<String>,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// The role in the service.
    pub role_sid: Option<RoleSid>,
    /// Free JSON.
    pub attributes: Attributes,
    /// Whether a client is connected (`onUserUpdated` alone).
    pub is_online: Option<bool>,
    /// Whether push notifications reach them (`onUserUpdated` alone).
    pub is_notifiable: Option<bool>,
    /// When they were created.
    pub date_created: Option<Timestamp>,
    /// When they were last changed.
    pub date_updated: Option<Timestamp>,
}

debug_shows! { UserChange { user_sid, role_sid, attributes, is_online, is_notifiable } }

impl UserChange {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            user_sid: fields.required_sid("UserSid")?,
            identity: fields.filled("Identity")?,
            friendly_name: fields.filled("FriendlyName")?,
            role_sid: fields.parsed("RoleSid")?,
            attributes: take_attributes(fields)?,
            is_online: fields.parsed("isOnline")?,
            is_notifiable: fields.parsed("isNotifiable")?,
            date_created: fields.choice("DateCreated")?,
            date_updated: fields.choice("DateUpdated")?,
        })
    }
}
