//! Credentials and bindings.

use super::World;
use crate::error::ApiError;
use crate::state::origin::Origin;
use crate::state::push::{Binding, BindingType, Credential, PushType};

/// A device to be registered.
#[derive(Clone, Debug)]
pub(crate) struct NewBinding {
    pub(crate) identity: String,
    pub(crate) kind: BindingType,
    pub(crate) endpoint: Option<String>,
    pub(crate) credential_sid: Option<String>,
    pub(crate) message_types: Vec<String>,
}

impl World {
    /// Adds a credential; gives its SID.
    pub(crate) fn create_credential(
        &mut self,
        kind: PushType,
        friendly_name: Option<String>,
        sandbox: bool,
    ) -> String {
        let (now, seq, sid) = (self.now(), self.next_seq(), self.sids.sid("CR"));
        let credential =
            Credential { sid: sid.clone(), friendly_name, kind, sandbox, created: now, updated: now };
        self.credentials.insert(seq, credential);
        sid
    }

    /// A credential by SID, or 404.
    pub(crate) fn find_credential(&self, sid: &str) -> Result<&Credential, ApiError> {
        let credential = self.credentials.values().find(|one| one.sid == sid);
        credential.ok_or_else(|| ApiError::not_found(&format!("/Credentials/{sid}")))
    }

    /// As [`World::find_credential`], to be changed.
    pub(crate) fn find_credential_mut(&mut self, sid: &str) -> Result<&mut Credential, ApiError> {
        let credential = self.credentials.values_mut().find(|one| one.sid == sid);
        credential.ok_or_else(|| ApiError::not_found(&format!("/Credentials/{sid}")))
    }

    /// Removes a credential and, in every service, the bindings that were made with it.
    pub(crate) fn delete_credential(&mut self, sid: &str) -> Result<(), ApiError> {
        self.find_credential(sid)?;
        self.credentials.retain(|_, one| one.sid != sid);
        for service in self.services.values_mut() {
            service.bindings.retain(|_, binding| binding.credential_sid.as_deref() != Some(sid));
        }
        Ok(())
    }

    /// Registers a device, as a chat client does, with the user if there is none; gives the binding's SID.
    ///
    /// The credential must exist and be of the binding's type: 404, or 52003.
    pub(crate) fn create_binding(&mut self, service: &str, new: NewBinding) -> Result<String, ApiError> {
        if let Some(sid) = &new.credential_sid {
            let credential = self.find_credential(sid)?;
            if Some(credential.kind) != new.kind.push() {
                let (has, wants) = (credential.kind.as_str(), new.kind.as_str());
                let message =
                    format!("Credential {sid} is of type {has}, but the binding is of type {wants}");
                return Err(ApiError::bad(52003, message));
            }
        }
        self.ensure_user(service, &new.identity, Origin::Platform)?;
        let (now, seq, sid) = (self.now(), self.next_seq(), self.sids.sid("BS"));
        let endpoint = new.endpoint.unwrap_or_else(|| self.sids.secret("endpoint"));
        let service = self.find_service_mut(service)?;
        if let Some(user) = service.users.find_mut(&new.identity) {
            match new.kind {
                BindingType::Twilsock => user.was_online = true,
                BindingType::Apn | BindingType::Gcm | BindingType::Fcm => user.was_notifiable = true,
            }
        }
        let binding = Binding {
            sid: sid.clone(),
            identity: new.identity,
            kind: new.kind,
            endpoint,
            credential_sid: new.credential_sid,
            message_types: new.message_types,
            created: now,
            updated: now,
        };
        service.bindings.insert(seq, binding);
        Ok(sid)
    }

    /// A service's binding by SID, or 404.
    pub(crate) fn find_binding(&self, service: &str, sid: &str) -> Result<&Binding, ApiError> {
        let binding = self.find_service(service)?.bindings.values().find(|one| one.sid == sid);
        binding.ok_or_else(|| ApiError::not_found(&format!("/Services/{service}/Bindings/{sid}")))
    }

    /// Removes a binding.
    pub(crate) fn delete_binding(&mut self, service: &str, sid: &str) -> Result<(), ApiError> {
        self.find_binding(service, sid)?;
        self.find_service_mut(service)?.bindings.retain(|_, one| one.sid != sid);
        Ok(())
    }
}
