//! Conversation Services: what keeps one set of conversations, users and roles apart from another.
//!
//! <https://www.twilio.com/docs/conversations-classic/api/service-resource>

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::push::{Binding, BindingType, Notifications};
use super::role::Role;
use super::user::{User, Users};
use super::webhook_settings::ConfigurationWebhook;

/// A Conversation Service and its settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Service {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    pub(crate) friendly_name: String,
    /// In order of creation.
    pub(crate) roles: BTreeMap<u64, Role>,
    pub(crate) default_roles: DefaultRoles,
    pub(crate) users: Users,
    /// The users' devices in order of registration.
    pub(crate) bindings: BTreeMap<u64, Binding>,
    pub(crate) notifications: Notifications,
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

impl Service {
    /// Whether a chat client of the user is connected; unknown without reachability or before the first time.
    pub(crate) fn is_online(&self, user: &User) -> Option<bool> {
        self.reaches(user.was_online, user, |kind| kind == BindingType::Twilsock)
    }

    /// Whether a push registration of the user exists; unknown without reachability or before the first one.
    pub(crate) fn is_notifiable(&self, user: &User) -> Option<bool> {
        self.reaches(user.was_notifiable, user, |kind| kind != BindingType::Twilsock)
    }

    fn reaches(&self, ever: bool, user: &User, by: impl Fn(BindingType) -> bool) -> Option<bool> {
        let mut bindings = self.bindings.values();
        (self.reachability_enabled && ever)
            .then(|| bindings.any(|one| one.identity == user.identity && by(one.kind)))
    }
}
