//! Which service a request speaks of.

use serde_json::Value;

use crate::error::ApiError;
use crate::state::conversation::Conversation;
use crate::state::service::Service;
use crate::state::world::World;

/// The service of a path: the one it names, or the account's default one.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) service_sid: String,
    /// Where links start: `…/v1`, or `…/v1/Services/IS…` if the path names a service.
    pub(crate) root: String,
}

impl Scope {
    /// The scope of a path without a service: the account's default one.
    pub(crate) fn unscoped(world: &World) -> Self {
        Self { service_sid: world.account.chat_service_sid.clone(), root: base(world) }
    }

    /// The scope of a path under `/Services/{sid}`, or 404.
    pub(crate) fn of_service(world: &World, sid: &str) -> Result<Self, ApiError> {
        world.find_service(sid).map(|service| Self::of(world, service))
    }

    /// The scope of a service.
    pub(crate) fn of(world: &World, service: &Service) -> Self {
        let service_sid = service.sid.clone();
        Self { root: format!("{}/Services/{service_sid}", base(world)), service_sid }
    }

    /// A conversation of this service by SID or unique name, or 404.
    pub(crate) fn find<'world>(
        &self,
        world: &'world World,
        id: &str,
    ) -> Result<&'world Conversation, ApiError> {
        world.find_in(&self.service_sid, id)
    }
}

/// A resource with the SID of its service, where the path that it was asked under names one.
pub(crate) fn with_service(root: &str, mut resource: Value) -> Value {
    if let Some((_, sid)) = root.rsplit_once("/Services/") {
        resource["chat_service_sid"] = sid.into();
    }
    resource
}

/// Where Conversations v1 begins.
pub(crate) fn base(world: &World) -> String {
    format!("{}/conversations/v1", world.base)
}
