//! What can be wrong with a participant: its binding, its double elsewhere, the limits.

use std::collections::BTreeSet;

use super::World;
use super::participants::ParticipantChange;
use super::users::check_identity;
use crate::config::{BindingConflict, GroupMms};
use crate::error::ApiError;
use crate::state::address::Channel;
use crate::state::conversation::{Conversation, State};
use crate::state::edit::Edit;
use crate::state::group::SMALLEST;
use crate::state::participant::{MembershipKey, NewParticipant, Participant};
use crate::state::role::RoleType;
use crate::state::sender::SenderType;

/// Participants a conversation holds at most.
const PARTICIPANTS: usize = 1000;
/// Of these, on channels other than chat.
const PHONES: usize = 50;
/// Open conversations a chat identity is in at most.
const CONVERSATIONS_OF_IDENTITY: usize = 1000;
/// Numbers in the thread of a group text, at most.
const GROUP: usize = 10;

impl World {
    /// Everything that can be wrong with a new participant.
    pub(crate) fn check_participant(
        &self,
        conversation: &Conversation,
        new: &NewParticipant,
    ) -> Result<(), ApiError> {
        conversation.check_open()?;
        self.check_identity(conversation, new)?;
        self.check_role(&conversation.service_sid, new.role_sid.as_deref(), RoleType::Conversation)?;
        if new.address.is_some() || new.proxy.is_some() {
            self.check_binding(new.address.as_deref(), new.proxy.as_deref())?;
        }
        if let Some(projected) = &new.projected {
            if new.identity.is_none() {
                let message = "MessagingBinding.ProjectedAddress is for participants with an Identity";
                return Err(ApiError::bad(50420, message));
            }
            self.check_sender(projected, 50439)?;
            self.check_projected(projected)?;
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
            self.check_pair(conversation, address, proxy)?;
        }
        self.check_group(conversation, new)
    }

    /// What a change of a participant's names and addresses can break.
    pub(super) fn check_rebinding(
        &self,
        sid: &str,
        before: &Participant,
        change: &ParticipantChange,
    ) -> Result<(), ApiError> {
        let conversation = self.find(sid)?;
        self.check_role(&conversation.service_sid, change.role_sid.as_deref(), RoleType::Conversation)?;
        if let Some(identity) =
            change.identity.as_deref().filter(|new| before.identity.as_deref() != Some(*new))
        {
            if before.address.is_some() {
                return Err(ApiError::bad(50420, "A participant with an address has no Identity"));
            }
            let new = NewParticipant { identity: Some(identity.to_owned()), ..NewParticipant::default() };
            self.check_identity(conversation, &new)?;
        }
        match (&before.address, &change.proxy) {
            (Some(address), Edit::Set(proxy)) => {
                self.check_binding(Some(address), Some(proxy))?;
                if before.proxy.as_ref() != Some(proxy) {
                    self.check_pair(conversation, address, proxy)?;
                }
            }
            (Some(address), Edit::Clear) => self.check_binding(Some(address), None)?,
            (None, Edit::Set(_)) => {
                return Err(ApiError::bad(50411, "MessagingBinding.Address is required"));
            }
            (_, Edit::Keep) | (None, Edit::Clear) => {}
        }
        match &change.projected {
            Edit::Set(projected) => {
                self.check_sender(projected, 50439)?;
                self.check_projected(projected)
            }
            Edit::Keep | Edit::Clear => Ok(()),
        }
    }

    fn check_identity(&self, conversation: &Conversation, new: &NewParticipant) -> Result<(), ApiError> {
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
            if may_group(address) {
                return Ok(());
            }
            let message = "MessagingBinding.ProxyAddress is required, except for a +1 number in a group text";
            return Err(ApiError::bad(50412, message));
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

    /// Only long codes of the United States and Canada take part in group texts.
    fn check_projected(&self, projected: &str) -> Result<(), ApiError> {
        if self.sender_type(projected) == SenderType::LongCode && may_group(projected) {
            return Ok(());
        }
        let message = format!("{projected:?} is not a +1 long code: it cannot be in a group text");
        Err(ApiError::bad(50435, message))
    }

    fn check_pair(&self, conversation: &Conversation, address: &str, proxy: &str) -> Result<(), ApiError> {
        let same = |one: &Participant| {
            one.address.as_deref() == Some(address) && one.proxy.as_deref() == Some(proxy)
        };
        if conversation.participants.iter().any(same) {
            return Err(ApiError::conflict(50437, "Participant already exists"));
        }
        let Some(holder) = self.bindings.get(&(address.to_owned(), proxy.to_owned())) else { return Ok(()) };
        let mut message = "A binding for this participant and proxy address already exists".to_owned();
        if self.behaviour.binding_conflict == BindingConflict::NamesConversation {
            message = format!("{message} in Conversation {holder}");
        }
        Err(ApiError::conflict(50416, message))
    }

    /// The rules of group texts, which begin with a phone that has no proxy.
    fn check_group(&self, conversation: &Conversation, new: &NewParticipant) -> Result<(), ApiError> {
        let is_phone = new.address.is_some() && new.proxy.is_none();
        let people = &conversation.participants;
        let phones = || people.iter().any(|one| one.address.is_some() && one.proxy.is_none());
        if !is_phone && !phones() {
            return Ok(());
        }
        if self.behaviour.group_mms == GroupMms::Disabled {
            return Err(ApiError::bad(50452, "Group MMS is not enabled for this Account"));
        }
        if new.identity.is_some() && new.projected.is_none() {
            let message = "A chat participant of a group text needs MessagingBinding.ProjectedAddress";
            return Err(ApiError::bad(50434, message));
        }
        if people.iter().any(|one| one.identity.is_some() && one.projected.is_none()) {
            let message = "A chat participant of this conversation has no ProjectedAddress, so that it cannot \
                be a group text";
            return Err(ApiError::bad(50435, message));
        }
        let number = new.projected.as_deref().or(new.address.as_deref().filter(|_| is_phone));
        let Some(number) = number else { return Ok(()) };
        let mut numbers = conversation.group_numbers();
        if !numbers.insert(number) {
            return Err(ApiError::conflict(50437, "Participant already exists"));
        }
        if numbers.len() > GROUP {
            return Err(ApiError::bad(50436, format!("A group text has at most {GROUP} participants")));
        }
        match self.group_of(&numbers).filter(|other| other.sid != conversation.sid) {
            None => Ok(()),
            Some(other) => {
                let message =
                    format!("A group text of these participants exists: Conversation {}", other.sid);
                Err(ApiError::conflict(50438, message))
            }
        }
    }

    /// The open group text of exactly these numbers.
    pub(crate) fn group_of(&self, numbers: &BTreeSet<&str>) -> Option<&Conversation> {
        if numbers.len() < SMALLEST {
            return None;
        }
        // Any phone of the group leads to it; chat users are found by their identity, not their number.
        numbers
            .iter()
            .filter_map(|number| self.memberships.get(&MembershipKey::Address((*number).to_owned())))
            .flat_map(|places| places.values())
            .filter_map(|(sid, _)| self.conversations.get(sid))
            .find(|one| one.state != State::Closed && one.group_numbers() == *numbers)
    }
}

/// Group texts are for numbers of the United States and Canada.
fn may_group(address: &str) -> bool {
    address.starts_with("+1")
}
