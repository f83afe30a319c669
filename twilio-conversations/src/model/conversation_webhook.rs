use super::HttpMethod;
use crate::{
    Timestamp,
    sid::{AccountSid, ConversationSid, FlowSid, ServiceSid, WebhookSid},
};
use serde::{Deserialize, Serialize};

/// A webhook of one conversation, post-action events alone:
/// <https://www.twilio.com/docs/conversations-classic/api/conversation-scoped-webhook-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConversationWebhook {
    /// Its SID.
    pub sid: WebhookSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service it belongs to; in answers below a service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// What is called.
    pub target: WebhookTarget,
    /// How it is called.
    pub configuration: Option<WebhookConfiguration>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource, not the one that is called.
    pub url: Option<String>,
}

open_enum! {
    /// What a conversation's webhook calls.
    WebhookTarget {
        /// A URL, for events.
        Webhook = "webhook",
        /// A URL, for words in messages.
        Trigger = "trigger",
        /// A Studio flow.
        Studio = "studio",
    }
}

/// How a conversation's webhook is called.
#[serde_with::skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebhookConfiguration {
    /// The URL that is called.
    pub url: Option<String>,
    /// By which method.
    pub method: Option<HttpMethod>,
    /// For which events.
    pub filters: Option<Vec<String>>,
    /// For which words.
    pub triggers: Option<Vec<String>>,
    /// The flow that is started.
    pub flow_sid: Option<FlowSid>,
    /// The index after which messages were replayed to it.
    pub replay_after: Option<i64>,
}

debug_shows! { WebhookConfiguration { method, filters, flow_sid, replay_after } }
