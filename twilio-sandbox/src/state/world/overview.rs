//! The whole state as JSON, for looking at.

use serde_json::{Value, json};

use super::World;
use crate::api::conversations::scope::Scope;
use crate::api::conversations::{binding, credential, role, user};
use crate::clock::{iso, iso_millis};
use crate::state::service::Service;

impl World {
    /// What `GET /sandbox/state` answers. No secrets are in it.
    pub(crate) fn overview(&self) -> Value {
        let conversations: Vec<Value> = self
            .services
            .values()
            .flat_map(|service| service.conversations.values())
            .filter_map(|sid| self.conversations.get(sid))
            .map(|conversation| {
                let root = format!("{}/conversations/v1", self.base);
                let mut value = crate::api::conversations::conversation::render(self, conversation, &root);
                value["participants"] = conversation
                    .participants
                    .iter()
                    .map(|one| crate::api::conversations::participant::render(self, conversation, one, &root))
                    .collect();
                value["messages"] = conversation
                    .messages
                    .iter()
                    .map(|one| crate::api::conversations::message::render(self, conversation, one, &root))
                    .collect();
                value["webhooks"] = conversation
                    .webhooks
                    .iter()
                    .map(|one| {
                        crate::api::conversations::scoped_webhook::render(self, conversation, one, &root)
                    })
                    .collect();
                value
            })
            .collect();
        let texts: Vec<Value> = self
            .text_order
            .values()
            .filter_map(|sid| self.texts.get(sid))
            .map(|text| crate::api::core::message::render(&self.account.sid, text))
            .collect();
        let mut bindings: Vec<_> = self.bindings.iter().collect();
        bindings.sort();
        json!({
            "now": iso_millis(self.now()),
            "account_sid": self.account.sid,
            "numbers": self.numbers.values().map(number).collect::<Vec<_>>(),
            "address_configurations": self
                .address_configurations
                .values()
                .map(|one| crate::api::conversations::address::render(self, one))
                .collect::<Vec<_>>(),
            "configuration_webhook": crate::api::conversations::configuration::render_webhook(self),
            "services": self.services.values().map(|one| self.people(one)).collect::<Vec<_>>(),
            "credentials": self
                .credentials
                .values()
                .map(|one| credential::render(self, one))
                .collect::<Vec<_>>(),
            "conversations": conversations,
            "bindings": bindings
                .into_iter()
                .map(|((address, proxy), sid)| json!({
                    "address": address, "proxy_address": proxy, "conversation_sid": sid,
                }))
                .collect::<Vec<_>>(),
            "messages": texts,
            "blocks": self
                .blocks
                .union(&self.network_blocks)
                .map(|(sender, phone)| json!({"number": sender, "address": phone}))
                .collect::<Vec<_>>(),
            "handsets": self.handsets.keys().collect::<Vec<_>>(),
        })
    }

    /// A service's users, roles and devices.
    fn people(&self, service: &Service) -> Value {
        let scope = Scope::of(self, service);
        json!({
            "sid": service.sid,
            "friendly_name": service.friendly_name,
            "users": service
                .users
                .iter()
                .map(|one| user::render(self, service, one, &scope.root))
                .collect::<Vec<_>>(),
            "roles": service.roles.values().map(|one| role::render(self, one, &scope)).collect::<Vec<_>>(),
            "bindings": service
                .bindings
                .values()
                .map(|one| binding::render(self, one, &scope))
                .collect::<Vec<_>>(),
        })
    }
}

/// A sender as the controls show it.
pub(crate) fn number(number: &crate::state::number::Number) -> Value {
    json!({
        "number": number.address,
        "sid": number.sid,
        "channel": number.channel.lower(),
        "sms_url": number.sms.url,
        "sms_method": number.sms.method.as_str(),
        "sms_fallback_url": number.sms_fallback.url,
        "status_callback": number.status_callback.url,
        "keyword_handling": number.keywords,
        "messaging_service_sid": number.messaging_service_sid,
        "held": number.held,
        "type": number.kind(),
        "country": number.profile.country_of(&number.address),
        "a2p_registered": number.profile.a2p_registered.unwrap_or(true),
        "throughput": number.profile.throughput,
        "daily_limit": number.profile.daily_limit,
        "date_created": iso(number.created),
    })
}
