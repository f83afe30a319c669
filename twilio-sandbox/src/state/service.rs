//! Conversation Services: what keeps one set of conversations, users and roles apart from another.
//!
//! <https://www.twilio.com/docs/conversations-classic/api/service-resource>

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::webhook_settings::ConfigurationWebhook;

/// A Conversation Service and its settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Service {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    pub(crate) friendly_name: String,
    pub(crate) roles: DefaultRoles,
    pub(crate) reachability_enabled: bool,
    /// Its `target` has no meaning here.
    pub(crate) webhook: ConfigurationWebhook,
    /// Its conversations in order of creation.
    pub(crate) conversations: BTreeMap<u64, String>,
    /// Unique name to conversation SID.
    pub(crate) unique_names: HashMap<String, String>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// The roles that people get without asking for one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DefaultRoles {
    /// Who creates a conversation.
    pub(crate) creator: String,
    /// Who is added to a conversation.
    pub(crate) participant: String,
    /// Who is added to the service.
    pub(crate) user: String,
}
