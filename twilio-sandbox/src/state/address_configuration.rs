//! Addresses that create conversations by themselves.

/// What happens when a new person writes to an address.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct AddressConfiguration {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    /// Lower case: `sms`, `whatsapp`, …
    pub(crate) kind: String,
    pub(crate) address: String,
    pub(crate) friendly_name: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) auto_creation: AutoCreation,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// The automatic creation of a conversation.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct AutoCreation {
    pub(crate) enabled: bool,
    /// `default`, `webhook` or `studio`.
    pub(crate) kind: String,
    pub(crate) service_sid: Option<String>,
    pub(crate) webhook_url: Option<String>,
    #[serde(with = "super::method")]
    pub(crate) webhook_method: http::Method,
    pub(crate) webhook_filters: Vec<String>,
    pub(crate) studio_flow_sid: Option<String>,
    pub(crate) studio_retry_count: Option<i64>,
}

impl Default for AutoCreation {
    fn default() -> Self {
        Self {
            enabled: false,
            kind: "default".to_owned(),
            service_sid: None,
            webhook_url: None,
            webhook_method: http::Method::POST,
            webhook_filters: Vec::new(),
            studio_flow_sid: None,
            studio_retry_count: None,
        }
    }
}
