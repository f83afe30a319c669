//! Which webhooks an account and its conversations have.

/// The events a configuration-level webhook can be asked for.
pub(crate) const EVENTS: [&str; 23] = [
    "onMessageAdd",
    "onMessageAdded",
    "onMessageUpdate",
    "onMessageUpdated",
    "onMessageRemove",
    "onMessageRemoved",
    "onConversationAdd",
    "onConversationAdded",
    "onConversationUpdate",
    "onConversationUpdated",
    "onConversationRemove",
    "onConversationRemoved",
    "onConversationStateUpdated",
    "onParticipantAdd",
    "onParticipantAdded",
    "onParticipantUpdate",
    "onParticipantUpdated",
    "onParticipantRemove",
    "onParticipantRemoved",
    "onDeliveryUpdated",
    "onUserAdded",
    "onUserUpdate",
    "onUserUpdated",
];

/// The events a service's webhook can be asked for: all but those of users, which come last.
pub(crate) const SERVICE_EVENTS: &[&str] = EVENTS.split_at(20).0;

/// The post-action events a conversation's own webhook, or an address configuration, can be asked for.
pub(crate) const SCOPED_EVENTS: [&str; 10] = [
    "onMessageAdded",
    "onMessageUpdated",
    "onMessageRemoved",
    "onConversationUpdated",
    "onConversationStateUpdated",
    "onConversationRemoved",
    "onParticipantAdded",
    "onParticipantUpdated",
    "onParticipantRemoved",
    "onDeliveryUpdated",
];

/// The configuration-level webhook.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct ConfigurationWebhook {
    #[serde(with = "super::method")]
    pub(crate) method: http::Method,
    pub(crate) filters: Vec<String>,
    pub(crate) pre_url: Option<String>,
    pub(crate) post_url: Option<String>,
    pub(crate) target: String,
}

impl Default for ConfigurationWebhook {
    fn default() -> Self {
        Self {
            method: http::Method::POST,
            filters: Vec::new(),
            pre_url: None,
            post_url: None,
            target: "webhook".to_owned(),
        }
    }
}

impl ConfigurationWebhook {
    /// Whether there is an address to call at all.
    pub(crate) fn is_set(&self) -> bool {
        self.pre_url.is_some() || self.post_url.is_some()
    }

    /// Whether this webhook asks for an event.
    pub(crate) fn hears(&self, event: &str) -> bool {
        self.target == "webhook" && self.filters.iter().any(|filter| filter == event)
    }
}

/// A conversation's own webhook.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct ScopedWebhook {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    pub(crate) target: String,
    pub(crate) url: Option<String>,
    #[serde(with = "super::method")]
    pub(crate) method: http::Method,
    pub(crate) filters: Vec<String>,
    pub(crate) triggers: Vec<String>,
    pub(crate) flow_sid: Option<String>,
    pub(crate) replay_after: Option<i64>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

impl ScopedWebhook {
    /// The Studio flow that new messages start.
    pub(crate) fn flow(&self) -> Option<&str> {
        self.flow_sid.as_deref().filter(|_| self.target == "studio")
    }

    /// Whether this webhook hears of an event; `body` is the message's text, for triggers.
    pub(crate) fn hears(&self, event: &str, body: Option<&str>) -> bool {
        match self.target.as_str() {
            "webhook" => self.filters.iter().any(|filter| filter == event),
            // A trigger is a keyword in a new message; case does not matter.
            "trigger" => {
                let body = body.unwrap_or_default().to_lowercase();
                event == "onMessageAdded"
                    && self.triggers.iter().any(|trigger| body.contains(&trigger.to_lowercase()))
            }
            _ => false,
        }
    }
}
