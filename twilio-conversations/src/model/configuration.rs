use super::{HttpMethod, Links};
use crate::sid::{AccountSid, MessagingServiceSid, ServiceSid};
use serde::{Deserialize, Serialize};

/// The account's defaults for conversations:
/// <https://www.twilio.com/docs/conversations-classic/api/configuration-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Configuration {
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service of paths that name none.
    pub default_chat_service_sid: Option<ServiceSid>,
    /// The messaging service of new conversations.
    pub default_messaging_service_sid: Option<MessagingServiceSid>,
    /// After how long conversations become inactive, an ISO 8601 duration such as `PT1M`.
    pub default_inactive_timer: Option<String>,
    /// After how long they close, an ISO 8601 duration.
    pub default_closed_timer: Option<String>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// The URLs of what belongs to it.
    pub links: Option<Links>,
}

/// The webhooks of the account or of one service:
/// <https://www.twilio.com/docs/conversations-classic/api/webhook-configuration-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConfigurationWebhook {
    /// The account.
    pub account_sid: AccountSid,
    /// The service, when these are one's.
    pub chat_service_sid: Option<ServiceSid>,
    /// By which method the URLs are called.
    pub method: Option<HttpMethod>,
    /// For which events, pre- and post-action.
    #[serde(default, deserialize_with = "null_as_empty")]
    pub filters: Vec<String>,
    /// The URL that is asked before something happens.
    pub pre_webhook_url: Option<String>,
    /// The URL that is told afterwards.
    pub post_webhook_url: Option<String>,
    /// What is called; `None` for a service's.
    pub target: Option<ConfigurationWebhookTarget>,
    /// The URL of this resource.
    pub url: Option<String>,
}

// A webhook URL can carry a user name and password.
debug_shows! { ConfigurationWebhook { chat_service_sid, method, filters, target } }

open_enum! {
    /// What the account's webhooks call.
    ConfigurationWebhookTarget {
        /// The URLs.
        Webhook = "webhook",
        /// Twilio Flex.
        Flex = "flex",
    }
}

fn null_as_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
