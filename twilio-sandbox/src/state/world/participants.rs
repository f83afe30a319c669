//! Adding, changing and removing participants.

use super::World;
use crate::clock::iso;
use crate::error::ApiError;
use crate::state::edit::Edit;
use crate::state::origin::Origin;
use crate::state::participant::{NewParticipant, NotificationLevel, Participant};
use crate::webhook::conversations as payload;

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
    /// Adds a participant and publishes `onParticipantAdded`.
    pub(crate) fn add_participant(
        &mut self,
        sid: &str,
        new: NewParticipant,
        origin: Origin,
    ) -> Result<String, ApiError> {
        self.check_participant(self.find(sid)?, &new)?;
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
        self.check_rebinding(sid, &before, &change)?;
        self.read_up_to(sid, &mut participant, change.last_read_index, change.last_read_at)?;
        change.proxy.apply(&mut participant.proxy);
        change.projected.apply(&mut participant.projected);
        if let Some(identity) = change.identity {
            let service = self.find(sid)?.service_sid.clone();
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
