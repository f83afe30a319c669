use crate::{
    Timestamp,
    sid::{AccountSid, BindingSid, CredentialSid, ServiceSid},
};
use serde::{Deserialize, Serialize};

/// A device or chat connection of a user:
/// <https://www.twilio.com/docs/conversations-classic/api/service-binding-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Binding {
    /// Its SID.
    pub sid: BindingSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The credential it is reached with.
    pub credential_sid: Option<CredentialSid>,
    /// The device as the push service knows it.
    pub endpoint: Option<String>,
    /// The user.
    pub identity: Option<String>,
    /// The push service, or the chat connection.
    pub binding_type: Option<PushBindingType>,
    /// What it is notified of.
    pub message_types: Option<Vec<String>>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

debug_shows! { Binding { sid, chat_service_sid, credential_sid, binding_type, message_types } }

open_enum! {
    /// How a user's device is reached.
    PushBindingType {
        /// Apple's push notifications.
        Apn = "apn",
        /// Google Cloud Messaging.
        Gcm = "gcm",
        /// Firebase Cloud Messaging.
        Fcm = "fcm",
        /// The connection of a chat SDK.
        Twilsock = "twilsock",
    }
}
