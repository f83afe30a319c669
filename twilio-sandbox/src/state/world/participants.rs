//! Adding, changing and removing participants.

use super::World;
use super::users::check_identity;
use crate::clock::iso;
use crate::config::BindingConflict;
use crate::error::ApiError;
use crate::state::address::Channel;
use crate::state::conversation::State;
use crate::state::edit::Edit;
use crate::state::origin::Origin;
use crate::state::participant::{MembershipKey, NewParticipant, NotificationLevel, Participant};
use crate::state::role::RoleType;
use crate::webhook::conversations as payload;

/// Participants a conversation holds at most.
const PARTICIPANTS: usize = 1000;
/// Of these, on channels other than chat.
const PHONES: usize = 50;
/// Open conversations a chat identity is in at most.
const CONVERSATIONS_OF_IDENTITY: usize = 1000;

/// The fields of an update that were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParticipantChange {
    pub(crate) identity: Option<String>,
    pub(crate) proxy: Edit<String>,
    pub(crate) projected: Edit<String>,
    pub(crate) attributes: Option<String>,
    pub(crate) role_sid: Option<String>,
    pub(crate) last_read_index: Edit<i64>,
    /// Without it, a new index is read now.
    pub(crate) last_read_at: Edit<String>,
    pub(crate) notification_level: Option<NotificationLevel>,
    pub(crate) created: Option<i64>,
    pub(crate) updated: Option<i64>,
}

impl World {
    /// Everything that can be wrong with a new participant.
    pub(crate) fn check_participant(&self, sid: &str, new: &NewParticipant) -> Result<(), ApiError> {
        self.check_open(sid)?;
        let conversation = self.find(sid)?;
        self.check_identity(sid, new)?;
        self.check_role(&conversation.service_sid, new.role_sid.as_deref(), RoleType::Conversation)?;
        if new.address.is_some() || new.proxy.is_some() {
            self.check_binding(new.address.as_deref(), new.proxy.as_deref())?;
        }
        if let Some(projected) = &new.projected {
            self.check_sender(projected, 50439)?;
        }
        if conversation.participants.len() >= PARTICIPANTS {
            let message = format!("A conversation holds at most {PARTICIPANTS} participants");
            return Err(ApiError::bad(50417, message));
        }
        let phones = conversation.participants.iter().filter(|one| one.address.is_some()).count();
        if new.address.is_some() && phones >= PHONES {
            let message =
                format!("A conversation holds at most {PHONES} participants that are not chat users");
            return Err(ApiError::bad(50418, message));
        }
        if let (Some(address), Some(proxy)) = (&new.address, &new.proxy) {
            self.check_pair(sid, address, proxy)?;
        }
        Ok(())
    }

    fn check_identity(&self, sid: &str, new: &NewParticipant) -> Result<(), ApiError> {
        let Some(identity) = new.identity.as_deref() else {
            return if new.address.is_none() && new.proxy.is_none() {
                Err(ApiError::bad(50411, "Identity, or MessagingBinding.Address with a proxy, is required"))
            } else {
                Ok(())
            };
        };
        if new.address.is_some() || new.proxy.is_some() {
            let message = "Identity cannot be combined with MessagingBinding.Address or ProxyAddress";
            return Err(ApiError::bad(20001, message));
        }
        check_identity(identity)?;
        let conversation = self.find(sid)?;
        if conversation.participants.iter().any(|one| one.identity.as_deref() == Some(identity)) {
            return Err(ApiError::conflict(50433, "Participant already exists"));
        }
        let key = MembershipKey::Identity(identity.to_owned());
        let memberships = self.memberships.get(&key);
        // The count of open ones only matters once the count of all is high enough.
        if let Some(memberships) = memberships.filter(|all| all.len() >= CONVERSATIONS_OF_IDENTITY) {
            let open = |sid: &String| {
                self.find(sid).is_ok_and(|one| {
                    one.service_sid == conversation.service_sid && one.state != State::Closed
                })
            };
            let open = memberships.values().filter(|(sid, _)| open(sid)).count();
            if open >= CONVERSATIONS_OF_IDENTITY {
                let message = format!("A user is in at most {CONVERSATIONS_OF_IDENTITY} open conversations");
                return Err(ApiError::bad(50214, message));
            }
        }
        Ok(())
    }

    fn check_binding(&self, address: Option<&str>, proxy: Option<&str>) -> Result<(), ApiError> {
        let Some(address) = address else {
            return Err(ApiError::bad(50411, "MessagingBinding.Address is required"));
        };
        let channel = Channel::of(address)
            .ok_or_else(|| ApiError::bad(50407, format!("Invalid messaging binding address {address:?}")))?;
        let Some(proxy) = proxy else {
            return Err(ApiError::bad(50412, "MessagingBinding.ProxyAddress is required"));
        };
        let sender = Channel::of(proxy).ok_or_else(|| {
            ApiError::bad(50408, format!("Invalid messaging binding proxy address {proxy:?}"))
        })?;
        if address == proxy {
            return Err(ApiError::bad(50409, "Address and ProxyAddress must differ"));
        }
        if channel != sender {
            let message = "Participant address type does not match proxy address type";
            return Err(ApiError::bad(50414, message));
        }
        self.check_sender(proxy, if sender == Channel::WhatsApp { 50415 } else { 50413 })
    }

    fn check_sender(&self, sender: &str, code: u32) -> Result<(), ApiError> {
        match self.number(sender) {
            Some(_) => Ok(()),
            None => Err(ApiError::bad(code, format!("{sender:?} is not a sender of this account"))),
        }
    }

    fn check_pair(&self, sid: &str, address: &str, proxy: &str) -> Result<(), ApiError> {
        match self.bindings.get(&(address.to_owned(), proxy.to_owned())) {
            None => Ok(()),
            Some(holder) if holder == sid => Err(ApiError::conflict(50437, "Participant already exists")),
            Some(holder) => {
                let mut message =
                    "A binding for this participant and proxy address already exists".to_owned();
                if self.behaviour.binding_conflict == BindingConflict::NamesConversation {
                    message = format!("{message} in Conversation {holder}");
                }
                Err(ApiError::conflict(50416, message))
            }
        }
    }

    /// Adds a participant and publishes `onParticipantAdded`.
    pub(crate) fn add_participant(
        &mut self,
        sid: &str,
        new: NewParticipant,
        origin: Origin,
    ) -> Result<String, ApiError> {
        self.check_participant(sid, &new)?;
        let service = self.find(sid)?.service_sid.clone();
        if let Some(identity) = &new.identity {
            self.ensure_user(&service, identity, origin)?;
        }
        let (now, seq, participant_sid) = (self.now(), self.next_seq(), self.sids.sid("MB"));
        let default_role = self.find_service(&service)?.default_roles.participant.clone();
        let created = new.created.unwrap_or(now);
        let participant = Participant {
            seq,
            sid: participant_sid.clone(),
            identity: new.identity,
            address: new.address,
            proxy: new.proxy,
            projected: new.projected,
            attributes: new.attributes,
            role_sid: new.role_sid.unwrap_or(default_role),
            last_read_index: None,
            last_read_at: None,
            notification_level: NotificationLevel::Default,
            created,
            updated: new.updated.unwrap_or(created),
        };
        if let Some(pair) = participant.binding() {
            self.bindings.insert(pair, sid.to_owned());
        }
        self.remember_membership(sid, &participant);
        let conversation = self.find_mut(sid)?;
        conversation.participants.push(participant);
        let conversation = self.find(sid)?;
        if let Some(participant) = conversation.participants.last() {
            let fields = payload::participant_added(conversation, participant);
            self.publish("onParticipantAdded", conversation, fields, origin);
        }
        self.touch_by_change(sid)?;
        Ok(participant_sid)
    }

    /// Changes a participant and publishes `onParticipantUpdated`.
    pub(crate) fn update_participant(
        &mut self,
        sid: &str,
        participant_sid: &str,
        change: ParticipantChange,
        origin: Origin,
    ) -> Result<(), ApiError> {
        self.check_open(sid)?;
        let now = self.now();
        let mut participant = self.find_participant(sid, participant_sid)?.clone();
        let before = participant.clone();
        let service = self.find(sid)?.service_sid.clone();
        self.check_role(&service, change.role_sid.as_deref(), RoleType::Conversation)?;
        self.read_up_to(sid, &mut participant, change.last_read_index, change.last_read_at)?;
        if let (Some(address), Edit::Set(proxy)) = (&participant.address, &change.proxy) {
            self.check_binding(Some(address), Some(proxy))?;
            if before.proxy.as_ref() != Some(proxy) {
                self.check_pair(sid, address, proxy)?;
            }
        }
        change.proxy.apply(&mut participant.proxy);
        if let Edit::Set(projected) = &change.projected {
            self.check_sender(projected, 50439)?;
        }
        change.projected.apply(&mut participant.projected);
        if let Some(identity) = change.identity {
            self.ensure_user(&service, &identity, origin)?;
            participant.identity = Some(identity);
        }
        participant.attributes = change.attributes.unwrap_or(participant.attributes);
        participant.role_sid = change.role_sid.unwrap_or(participant.role_sid);
        participant.notification_level = change.notification_level.unwrap_or(participant.notification_level);
        participant.created = change.created.unwrap_or(participant.created);
        participant.updated = change.updated.unwrap_or(now);
        self.free(sid, &before);
        if let Some(pair) = participant.binding() {
            self.bindings.insert(pair, sid.to_owned());
        }
        self.remember_membership(sid, &participant);
        if let Some(stored) = self.find_mut(sid)?.participant_mut(&before.sid) {
            *stored = participant.clone();
        }
        let conversation = self.find(sid)?;
        let fields = payload::participant_updated(conversation, &participant);
        self.publish("onParticipantUpdated", conversation, fields, origin);
        self.touch_by_change(sid)
    }

    /// Moves a participant's read horizon.
    fn read_up_to(
        &self,
        sid: &str,
        participant: &mut Participant,
        index: Edit<i64>,
        at: Edit<String>,
    ) -> Result<(), ApiError> {
        if let Edit::Set(index) = index {
            let last = i64::try_from(self.find(sid)?.next_index).unwrap_or(i64::MAX) - 1;
            if index < 0 || index > last {
                let message = format!("LastReadMessageIndex {index} is not the index of a message");
                return Err(ApiError::bad(50421, message));
            }
            participant.last_read_at = Some(iso(self.now()));
        }
        index.apply(&mut participant.last_read_index);
        at.apply(&mut participant.last_read_at);
        Ok(())
    }

    /// Removes a participant, frees the pair, and publishes `onParticipantRemoved`.
    pub(crate) fn remove_participant(
        &mut self,
        sid: &str,
        participant_sid: &str,
        origin: Origin,
    ) -> Result<(), ApiError> {
        let participant = self.find_participant(sid, participant_sid)?.clone();
        self.free(sid, &participant);
        self.find_mut(sid)?.participants.retain(|one| one.sid != participant.sid);
        let conversation = self.find(sid)?;
        let fields = payload::participant_removed(conversation, &participant, self.now());
        self.publish("onParticipantRemoved", conversation, fields, origin);
        self.touch_by_change(sid)
    }

    /// A participant by SID or identity, or 404.
    pub(crate) fn find_participant(&self, sid: &str, participant: &str) -> Result<&Participant, ApiError> {
        let conversation = self.find(sid)?;
        conversation.participant(participant).ok_or_else(|| {
            ApiError::not_found(&format!("/Conversations/{}/Participants/{participant}", conversation.sid))
        })
    }

    fn free(&mut self, sid: &str, participant: &Participant) {
        if let Some(pair) = participant.binding()
            && self.bindings.get(&pair).is_some_and(|holder| holder == sid)
        {
            self.bindings.remove(&pair);
        }
        self.forget_membership(participant);
    }

    fn remember_membership(&mut self, sid: &str, participant: &Participant) {
        for key in participant.membership_keys() {
            let place = (sid.to_owned(), participant.sid.clone());
            self.memberships.entry(key).or_default().insert(participant.seq, place);
        }
    }

    pub(super) fn forget_membership(&mut self, participant: &Participant) {
        for key in participant.membership_keys() {
            if let Some(places) = self.memberships.get_mut(&key) {
                places.remove(&participant.seq);
                if places.is_empty() {
                    self.memberships.remove(&key);
                }
            }
        }
    }
}
