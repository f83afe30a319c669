//! The account's own senders.

use super::address::Channel;
use super::sender::{SenderProfile, SenderType};

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
    /// The Messaging Service that has it in its pool.
    pub(crate) messaging_service_sid: Option<String>,
    /// Whether a control holds back what leaves from it, as a full queue would.
    pub(crate) held: bool,
    pub(crate) settings: NumberSettings,
    pub(crate) profile: SenderProfile,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

impl Number {
    /// What a control said it is, or else its digits.
    pub(crate) fn kind(&self) -> SenderType {
        self.profile.kind.unwrap_or_else(|| SenderType::of(&self.address))
    }
}

/// What else can be set on an incoming phone number; kept as it was given.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct NumberSettings {
    pub(crate) sms_application_sid: String,
    pub(crate) voice_application_sid: String,
    pub(crate) trunk_sid: Option<String>,
    pub(crate) identity_sid: Option<String>,
    pub(crate) address_sid: Option<String>,
    pub(crate) bundle_sid: Option<String>,
    pub(crate) emergency_address_sid: Option<String>,
    pub(crate) emergency_active: bool,
    pub(crate) voice_caller_id_lookup: bool,
    pub(crate) receives_fax: bool,
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
