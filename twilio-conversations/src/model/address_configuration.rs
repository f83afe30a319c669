use super::HttpMethod;
use crate::{
    Timestamp,
    sid::{AccountSid, AddressConfigurationSid, FlowSid, ServiceSid},
};
use serde::{Deserialize, Serialize};

/// What happens to messages to one of the account's addresses that belong to no conversation:
/// <https://www.twilio.com/docs/conversations-classic/api/address-configuration-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AddressConfiguration {
    /// Its SID.
    pub sid: AddressConfigurationSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The channel.
    #[serde(rename = "type")]
    pub address_type: AddressType,
    /// The address.
    pub address: String,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// How a conversation is made for such a message.
    pub auto_creation: Option<AutoCreation>,
    /// The country of a short code, two letters.
    pub address_country: Option<String>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

open_enum! {
    /// The channel of an address.
    AddressType {
        /// SMS and MMS.
        Sms = "sms",
        /// WhatsApp.
        WhatsApp = "whatsapp",
        /// Facebook Messenger.
        Messenger = "messenger",
        /// Google Business Messages.
        Gbm = "gbm",
        /// Email.
        Email = "email",
        /// RCS.
        Rcs = "rcs",
        /// Apple Messages for Business.
        Apple = "apple",
        /// A chat SDK.
        Chat = "chat",
    }
}

open_enum! {
    /// What a conversation made for a message is connected to.
    AutoCreationType {
        /// A webhook of its own.
        Webhook = "webhook",
        /// A Studio flow.
        Studio = "studio",
        /// The account's or service's webhooks alone.
        Default = "default",
    }
}

/// How a conversation is made for a message that belongs to none.
#[serde_with::skip_serializing_none]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutoCreation {
    /// Whether it is made at all.
    #[serde(default)]
    pub enabled: bool,
    /// What it is connected to.
    #[serde(rename = "type")]
    pub creation_type: Option<AutoCreationType>,
    /// The conversation service it is made in.
    pub conversation_service_sid: Option<ServiceSid>,
    /// The URL of its webhook.
    pub webhook_url: Option<String>,
    /// The method of its webhook.
    pub webhook_method: Option<HttpMethod>,
    /// The events of its webhook.
    pub webhook_filters: Option<Vec<String>>,
    /// The flow that is started.
    pub studio_flow_sid: Option<FlowSid>,
    /// How often Studio is called again.
    pub studio_retry_count: Option<u32>,
}

debug_shows! {
    AddressConfiguration { sid, address_type, auto_creation, address_country }
    AutoCreation { enabled, creation_type, conversation_service_sid, webhook_method, webhook_filters }
}
