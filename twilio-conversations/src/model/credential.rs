use crate::{
    Timestamp,
    sid::{AccountSid, CredentialSid},
};
use serde::{Deserialize, Serialize};

/// A credential for push notifications; its secrets are never answered:
/// <https://www.twilio.com/docs/conversations-classic/api/credential-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Credential {
    /// Its SID.
    pub sid: CredentialSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// The push service.
    #[serde(rename = "type")]
    pub push_type: PushType,
    /// Whether Apple's sandbox is meant: Twilio writes `True` or `False`.
    pub sandbox: Option<String>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

open_enum! {
    /// A push service.
    PushType {
        /// Apple's push notifications.
        Apn = "apn",
        /// Google Cloud Messaging.
        Gcm = "gcm",
        /// Firebase Cloud Messaging.
        Fcm = "fcm",
    }
}
