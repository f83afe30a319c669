//! Making, changing, finding and removing roles.

use super::World;
use crate::error::ApiError;
use crate::state::role::{BuiltIn, Role, RoleType};
use crate::state::service::Service;

impl World {
    /// One of the roles a new service starts with.
    pub(super) fn built_in_role(&mut self, role: &BuiltIn) -> (u64, Role) {
        let now = self.now();
        let permissions = role.permissions.iter().map(|&permission| permission.to_owned()).collect();
        let role = Role {
            sid: self.sids.sid("RL"),
            friendly_name: role.friendly_name.to_owned(),
            kind: role.kind,
            permissions,
            created: now,
            updated: now,
        };
        (self.next_seq(), role)
    }

    /// Adds a role to a service; gives its SID.
    pub(crate) fn create_role(
        &mut self,
        service: &str,
        friendly_name: String,
        kind: RoleType,
        permissions: Vec<String>,
    ) -> Result<String, ApiError> {
        check_permissions(kind, &permissions)?;
        self.find_service(service)?;
        let (now, seq, sid) = (self.now(), self.next_seq(), self.sids.sid("RL"));
        let role = Role { sid: sid.clone(), friendly_name, kind, permissions, created: now, updated: now };
        self.find_service_mut(service)?.roles.insert(seq, role);
        Ok(sid)
    }

    /// Replaces all permissions of a role.
    pub(crate) fn update_role(
        &mut self,
        service: &str,
        sid: &str,
        permissions: Vec<String>,
    ) -> Result<(), ApiError> {
        check_permissions(self.find_role(service, sid)?.kind, &permissions)?;
        let now = self.now();
        let roles = &mut self.find_service_mut(service)?.roles;
        if let Some(role) = roles.values_mut().find(|role| role.sid == sid) {
            role.permissions = permissions;
            role.updated = now;
        }
        Ok(())
    }

    /// Removes a role. One that is a default of its service or that someone has stays: 409/20409.
    pub(crate) fn delete_role(&mut self, service: &str, sid: &str) -> Result<(), ApiError> {
        self.find_role(service, sid)?;
        if let Some(holder) = self.role_holder(self.find_service(service)?, sid) {
            let message = format!("Role {sid} is in use by {holder}; give that another role first");
            return Err(ApiError::conflict(20409, message));
        }
        self.find_service_mut(service)?.roles.retain(|_, role| role.sid != sid);
        Ok(())
    }

    fn role_holder(&self, service: &Service, sid: &str) -> Option<String> {
        let defaults = &service.default_roles;
        if [&defaults.creator, &defaults.participant, &defaults.user]
            .into_iter()
            .any(|default| default == sid)
        {
            return Some(format!("the defaults of service {}", service.sid));
        }
        if let Some(user) = service.users.iter().find(|user| user.role_sid == sid) {
            return Some(format!("user {}", user.sid));
        }
        let conversations = service.conversations.values().filter_map(|sid| self.conversations.get(sid));
        let mut participants = conversations.flat_map(|conversation| &conversation.participants);
        participants.find(|one| one.role_sid == sid).map(|one| format!("participant {}", one.sid))
    }

    /// A service's role by SID, or 404.
    pub(crate) fn find_role(&self, service: &str, sid: &str) -> Result<&Role, ApiError> {
        let roles = &self.find_service(service)?.roles;
        let role = roles.values().find(|role| role.sid == sid);
        role.ok_or_else(|| ApiError::not_found(&format!("/Roles/{sid}")))
    }

    /// A `RoleSid` must name a role of the service and of the right type: 50100 for users, 50109 for participants.
    pub(crate) fn check_role(
        &self,
        service: &str,
        sid: Option<&str>,
        kind: RoleType,
    ) -> Result<(), ApiError> {
        let Some(sid) = sid else { return Ok(()) };
        if self.find_service(service)?.roles.values().any(|role| role.sid == sid && role.kind == kind) {
            return Ok(());
        }
        let code = match kind {
            RoleType::Conversation => 50109,
            RoleType::Service => 50100,
        };
        Err(ApiError::bad(code, format!("{sid:?} is not a {} role of this service", kind.as_str())))
    }
}

fn check_permissions(kind: RoleType, permissions: &[String]) -> Result<(), ApiError> {
    match permissions.iter().find(|permission| !kind.knows(permission)) {
        None => Ok(()),
        Some(unknown) => {
            let message = format!("{unknown:?} is not a permission of a {} role", kind.as_str());
            Err(ApiError::bad(50104, message))
        }
    }
}
