//! Push notifications: credentials of an account, bindings and texts of a service. Nothing is pushed by the
//! sandbox; it keeps what Twilio keeps.
//!
//! <https://www.twilio.com/docs/conversations-classic/push-notification-configuration>

use serde::{Deserialize, Serialize};

/// The kinds of message a binding can be subscribed to.
pub(crate) const MESSAGE_TYPES: [&str; 3] =
    ["removed_from_conversation", "new_message", "added_to_conversation"];

/// Access to a push service. The keys themselves are not kept: nothing ever reads them again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Credential {
    pub(crate) sid: String,
    pub(crate) friendly_name: Option<String>,
    pub(crate) kind: PushType,
    pub(crate) sandbox: bool,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// A push service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PushType {
    Apn,
    Gcm,
    Fcm,
}

impl PushType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Apn => "apn",
            Self::Gcm => "gcm",
            Self::Fcm => "fcm",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Apn, Self::Gcm, Self::Fcm].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One device of a user, registered by its chat client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Binding {
    pub(crate) sid: String,
    pub(crate) identity: String,
    pub(crate) kind: BindingType,
    pub(crate) endpoint: String,
    pub(crate) credential_sid: Option<String>,
    pub(crate) message_types: Vec<String>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// How a device is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BindingType {
    Apn,
    Gcm,
    Fcm,
    /// The open connection of a chat client.
    Twilsock,
}

impl BindingType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Apn => "apn",
            Self::Gcm => "gcm",
            Self::Fcm => "fcm",
            Self::Twilsock => "twilsock",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Apn, Self::Gcm, Self::Fcm, Self::Twilsock].into_iter().find(|kind| kind.as_str() == text)
    }

    /// The push service behind it; none for a connection.
    pub(crate) fn push(self) -> Option<PushType> {
        PushType::parse(self.as_str())
    }
}

/// What a service pushes, and in which words.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Notifications {
    pub(crate) log_enabled: bool,
    pub(crate) new_message: Notice,
    pub(crate) badge_count_enabled: bool,
    /// Its sound is that of `new_message`.
    pub(crate) with_media: Notice,
    pub(crate) added: Notice,
    pub(crate) removed: Notice,
}

/// One kind of notification.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Notice {
    pub(crate) enabled: bool,
    pub(crate) template: Option<String>,
    pub(crate) sound: Option<String>,
}
