//! The account's own senders.

use super::address::Channel;

/// A sender: an incoming phone number, or a WhatsApp sender.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Number {
    pub(crate) sid: String,
    pub(crate) address: String,
    pub(crate) channel: Channel,
    pub(crate) friendly_name: String,
    pub(crate) sms: Hook,
    pub(crate) sms_fallback: Hook,
    pub(crate) status_callback: Hook,
    pub(crate) voice: Hook,
    pub(crate) voice_fallback: Hook,
    pub(crate) keywords: KeywordHandling,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// An address to call and how.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Hook {
    pub(crate) url: String,
    #[serde(with = "super::method")]
    pub(crate) method: http::Method,
}

impl Default for Hook {
    fn default() -> Self {
        Self { url: String::new(), method: http::Method::POST }
    }
}

/// How opt-out keywords on a number are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeywordHandling {
    /// Twilio's default: block, unblock, reply.
    #[default]
    Default,
    /// As default, and the inbound webhook carries `OptOutType`.
    Advanced,
    /// Keywords are ordinary texts.
    None,
}
