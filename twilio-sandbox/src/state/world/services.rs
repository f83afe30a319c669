//! Conversation Services: making, finding and removing them.

use std::collections::{BTreeMap, HashMap};

use super::World;
use crate::error::ApiError;
use crate::state::conversation::Conversation;
use crate::state::media::Owner;
use crate::state::origin::Origin;
use crate::state::push::Notifications;
use crate::state::role::{CHANNEL_ADMIN, CHANNEL_USER, SERVICE_ADMIN, SERVICE_USER};
use crate::state::service::{DefaultRoles, Service};
use crate::state::user::Users;
use crate::state::webhook_settings::ConfigurationWebhook;

impl World {
    /// Adds a service; gives its SID.
    pub(crate) fn create_service(&mut self, friendly_name: &str) -> String {
        let sid = self.sids.sid("IS");
        self.open_service(sid.clone(), friendly_name);
        sid
    }

    /// Adds a service whose SID is already known.
    pub(super) fn open_service(&mut self, sid: String, friendly_name: &str) {
        let (seq, now) = (self.next_seq(), self.now());
        let built_in = [SERVICE_ADMIN, SERVICE_USER, CHANNEL_ADMIN, CHANNEL_USER];
        let roles = built_in.map(|role| self.built_in_role(&role));
        let [_, user, creator, participant] = roles.each_ref().map(|(_, role)| role.sid.clone());
        let service = Service {
            seq,
            sid: sid.clone(),
            friendly_name: friendly_name.to_owned(),
            roles: BTreeMap::from(roles),
            default_roles: DefaultRoles { creator, participant, user },
            users: Users::default(),
            bindings: BTreeMap::new(),
            notifications: Notifications::default(),
            reachability_enabled: false,
            webhook: ConfigurationWebhook::default(),
            conversations: BTreeMap::new(),
            unique_names: HashMap::new(),
            created: now,
            updated: now,
        };
        self.service_index.insert(sid, seq);
        self.services.insert(seq, service);
    }

    /// A service by its SID.
    pub(crate) fn service(&self, sid: &str) -> Option<&Service> {
        self.service_index.get(sid).and_then(|seq| self.services.get(seq))
    }

    /// As [`World::service`], or 404.
    pub(crate) fn find_service(&self, sid: &str) -> Result<&Service, ApiError> {
        self.service(sid).ok_or_else(|| ApiError::not_found(&format!("/Services/{sid}")))
    }

    /// As [`World::find_service`], to be changed.
    pub(crate) fn find_service_mut(&mut self, sid: &str) -> Result<&mut Service, ApiError> {
        let seq = self.service_index.get(sid);
        seq.and_then(|seq| self.services.get_mut(seq))
            .ok_or_else(|| ApiError::not_found(&format!("/Services/{sid}")))
    }

    /// A service's conversation by SID or unique name, or 404.
    pub(crate) fn find_in(&self, service: &str, id: &str) -> Result<&Conversation, ApiError> {
        let named =
            || self.service(service)?.unique_names.get(id).and_then(|sid| self.conversations.get(sid));
        self.conversations
            .get(id)
            .filter(|one| one.service_sid == service)
            .or_else(named)
            .ok_or_else(|| ApiError::not_found(&format!("/Conversations/{id}")))
    }

    /// Removes a service with everything in it, silently. The account's default service stays: 409/20409.
    pub(crate) fn delete_service(&mut self, sid: &str) -> Result<(), ApiError> {
        let service = self.find_service(sid)?;
        if sid == self.account.chat_service_sid {
            let message = format!(
                "Service {sid} is the account's default one; make another the DefaultChatServiceSid first"
            );
            return Err(ApiError::conflict(20409, message));
        }
        let seq = service.seq;
        let conversations: Vec<String> = service.conversations.values().cloned().collect();
        for conversation in conversations {
            self.delete_conversation(&conversation, Origin::Rest { announce: false })?;
        }
        for address in self.address_configurations.values_mut() {
            // New conversations go to the default service again.
            address.auto_creation.service_sid.take_if(|service| service == sid);
        }
        self.media.retain(
            |_, file| !matches!(&file.owner, Owner::Service { service_sid, .. } if service_sid == sid),
        );
        self.services.remove(&seq);
        self.service_index.remove(sid);
        Ok(())
    }
}
