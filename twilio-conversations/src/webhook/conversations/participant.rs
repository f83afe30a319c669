//! Payloads about participants.

use super::conversation::{BindingAddresses, take_attributes};
use crate::{
    Attributes,
    model::BindingType,
    sid::{ConversationSid, ParticipantSid, RoleSid},
    timestamp::Timestamp,
    webhook::{PayloadError, fields::Fields},
};

/// How a participant is reached.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParticipantBinding {
    /// The channel.
    pub binding_type: Option<BindingType>,
    /// The addresses.
    pub addresses: BindingAddresses,
}

debug_shows! { ParticipantBinding { binding_type } }

impl ParticipantBinding {
    fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        let binding_type = fields.choice("MessagingBinding.Type")?;
        Ok(Self { binding_type, addresses: BindingAddresses::take(fields) })
    }
}

/// Somebody who is about to join (`onParticipantAdd`); there is no participant SID yet.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewParticipant {
    /// Where to.
    pub conversation_sid: ConversationSid,
    /// The chat identity.
    pub identity: Option<String>,
    /// The role in the conversation.
    pub role_sid: Option<RoleSid>,
    /// Free JSON.
    pub attributes: Attributes,
    /// How they are reached.
    pub binding: ParticipantBinding,
}

debug_shows! { NewParticipant { conversation_sid, role_sid, attributes, binding } }

impl NewParticipant {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            conversation_sid: fields.required_sid("ConversationSid")?,
            identity: fields.filled("Identity")?,
            role_sid: fields.parsed("RoleSid")?,
            attributes: take_attributes(fields)?,
            binding: ParticipantBinding::take(fields)?,
        })
    }
}

/// A participant who exists: joined, or about to be changed or removed, or changed or removed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParticipantChange {
    /// Where.
    pub conversation_sid: ConversationSid,
    /// Who.
    pub participant_sid: ParticipantSid,
    /// The chat identity.
    pub identity: Option<String>,
    /// The role in the conversation.
    pub role_sid: Option<RoleSid>,
    /// Free JSON.
    pub attributes: Attributes,
    /// How they are reached.
    pub binding: ParticipantBinding,
    /// The last message they have read (`onParticipantUpdated` alone).
    pub last_read_message_index: Option<u64>,
    /// When they joined.
    pub date_created: Option<Timestamp>,
    /// When they were last changed.
    pub date_updated: Option<Timestamp>,
    /// When they left (`onParticipantRemoved` alone).
    pub date_removed: Option<Timestamp>,
}

debug_shows! { ParticipantChange { conversation_sid, participant_sid, role_sid, attributes, binding } }

impl ParticipantChange {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            conversation_sid: fields.required_sid("ConversationSid")?,
            participant_sid: fields.required_sid("ParticipantSid")?,
            identity: fields.filled("Identity")?,
            role_sid: fields.parsed("RoleSid")?,
            attributes: take_attributes(fields)?,
            binding: ParticipantBinding::take(fields)?,
            last_read_message_index: fields.parsed("LastReadMessageIndex")?,
            date_created: fields.choice("DateCreated")?,
            date_updated: fields.choice("DateUpdated")?,
            date_removed: fields.choice("DateRemoved")?,
        })
    }
}
