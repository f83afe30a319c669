//! Making, changing, finding and removing users.

use std::ops::Range;

use super::World;
use crate::error::ApiError;
use crate::state::conversation::Conversation;
use crate::state::origin::Origin;
use crate::state::participant::{MembershipKey, Participant};
use crate::state::role::RoleType;
use crate::state::user::{NewUser, User, UserChange, looks_like_sid};
use crate::webhook::user as payload;

/// Characters of an identity.
const IDENTITY: usize = 256;

/// Refuses an identity that is too long (50207) or looks like a user's SID (50206).
pub(crate) fn check_identity(identity: &str) -> Result<(), ApiError> {
    if identity.chars().count() > IDENTITY {
        return Err(ApiError::bad(50207, format!("Identity must be at most {IDENTITY} characters long")));
    }
    if looks_like_sid(identity) {
        return Err(ApiError::bad(50206, "Identity must not have the form of a User SID"));
    }
    Ok(())
}

impl World {
    /// Adds a user to a service and publishes `onUserAdded`; gives the SID.
    pub(crate) fn create_user(
        &mut self,
        service: &str,
        new: NewUser,
        origin: Origin,
    ) -> Result<String, ApiError> {
        check_identity(&new.identity)?;
        self.check_role(service, new.role_sid.as_deref(), RoleType::Service)?;
        if self.find_service(service)?.users.has_identity(&new.identity) {
            return Err(ApiError::conflict(50201, "User already exists"));
        }
        let (now, seq, sid) = (self.now(), self.next_seq(), self.sids.sid("US"));
        let stored = self.find_service_mut(service)?;
        let user = User {
            seq,
            sid: sid.clone(),
            identity: new.identity,
            friendly_name: new.friendly_name,
            attributes: new.attributes,
            role_sid: new.role_sid.unwrap_or_else(|| stored.default_roles.user.clone()),
            was_online: false,
            was_notifiable: false,
            created: now,
            updated: now,
        };
        let fields = payload::added(service, &user);
        stored.users.insert(user);
        self.publish_user("onUserAdded", service, &sid, fields, origin);
        Ok(sid)
    }

    /// Adds the user of an identity that has come up otherwise, unless it is there.
    pub(crate) fn ensure_user(
        &mut self,
        service: &str,
        identity: &str,
        origin: Origin,
    ) -> Result<(), ApiError> {
        if self.find_service(service)?.users.has_identity(identity) {
            return Ok(());
        }
        let new =
            NewUser { identity: identity.to_owned(), attributes: "{}".to_owned(), ..NewUser::default() };
        self.create_user(service, new, origin).map(drop)
    }

    /// Changes a user and publishes `onUserUpdated`.
    pub(crate) fn update_user(
        &mut self,
        service: &str,
        sid: &str,
        change: UserChange,
        origin: Origin,
    ) -> Result<(), ApiError> {
        self.check_role(service, change.role_sid.as_deref(), RoleType::Service)?;
        self.find_user(service, sid)?;
        let now = self.now();
        if let Some(user) = self.find_service_mut(service)?.users.find_mut(sid) {
            user.friendly_name = change.friendly_name.or(user.friendly_name.take());
            if let Some(attributes) = change.attributes {
                user.attributes = attributes;
            }
            if let Some(role) = change.role_sid {
                user.role_sid = role;
            }
            user.updated = now;
        }
        let user = self.find_user(service, sid)?;
        let fields = payload::updated(self.find_service(service)?, user);
        self.publish_user("onUserUpdated", service, &user.sid, fields, origin);
        Ok(())
    }

    /// Removes a user, with its bindings, and takes it out of its conversations.
    pub(crate) fn delete_user(&mut self, service: &str, sid: &str, origin: Origin) -> Result<(), ApiError> {
        let user = self.find_user(service, sid)?;
        let (user_sid, identity) = (user.sid.clone(), user.identity.clone());
        let all = self.conversations_of(service, &identity, 0..u64::MAX);
        let places: Vec<_> =
            all.map(|(_, (one, participant))| (one.sid.clone(), participant.sid.clone())).collect();
        for (conversation, participant) in places {
            self.remove_participant(&conversation, &participant, origin)?;
        }
        let service = self.find_service_mut(service)?;
        service.bindings.retain(|_, binding| binding.identity != identity);
        service.users.remove(&user_sid);
        Ok(())
    }

    /// A service's user by SID or identity, or 404.
    pub(crate) fn find_user(&self, service: &str, id: &str) -> Result<&User, ApiError> {
        let user = self.find_service(service)?.users.find(id);
        user.ok_or_else(|| ApiError::not_found(&format!("/Users/{id}")))
    }

    /// An identity's conversations in a service, and its participant in each, in order of joining.
    pub(crate) fn conversations_of<'world>(
        &'world self,
        service: &'world str,
        identity: &str,
        range: Range<u64>,
    ) -> impl DoubleEndedIterator<Item = (u64, (&'world Conversation, &'world Participant))> + use<'world>
    {
        let key = MembershipKey::Identity(identity.to_owned());
        self.places(service, &key, range)
    }

    /// A person's conversations in a service, and the participant in each, in order of joining.
    pub(crate) fn places<'world>(
        &'world self,
        service: &'world str,
        person: &MembershipKey,
        range: Range<u64>,
    ) -> impl DoubleEndedIterator<Item = (u64, (&'world Conversation, &'world Participant))> + use<'world>
    {
        let places =
            self.memberships.get(person).into_iter().flat_map(move |places| places.range(range.clone()));
        places.filter_map(move |(seq, (conversation, participant))| {
            let conversation =
                self.conversations.get(conversation).filter(|one| one.service_sid == service)?;
            Some((*seq, (conversation, conversation.participant(participant)?)))
        })
    }
}
