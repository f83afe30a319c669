//! Payloads about conversations.

use super::message::{Media, take_media};
use crate::{
    Attributes,
    model::ConversationState,
    sid::ConversationSid,
    timestamp::Timestamp,
    webhook::{PayloadError, fields::Fields},
};

/// The addresses that made Twilio create a conversation. Twilio writes a list into `address` for a group.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BindingAddresses {
    /// The person's address, or a list of them for Group MMS, as Twilio wrote it.
    pub address: Option<String>,
    /// The Twilio number the person wrote to.
    pub proxy_address: Option<String>,
    /// The Twilio number that stands for a chat identity in Group MMS.
    pub projected_address: Option<String>,
    /// The address of the author of the first message.
    pub author_address: Option<String>,
}

debug_shows! { BindingAddresses {} }

impl BindingAddresses {
    pub(super) fn take(fields: &mut Fields<'_>) -> Self {
        let mut first = |name| fields.first(name).filter(|value| !value.is_empty());
        Self {
            address: first("MessagingBinding.Address"),
            proxy_address: first("MessagingBinding.ProxyAddress"),
            projected_address: first("MessagingBinding.ProjectedAddress"),
            author_address: first("MessagingBinding.AuthorAddress"),
        }
    }
}

/// A conversation that is about to be created (`onConversationAdd`); it has no SID yet.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewConversation {
    /// The name people see.
    pub friendly_name: Option<String>,
    /// The name the application gave it.
    pub unique_name: Option<String>,
    /// Free JSON.
    pub attributes: Attributes,
    /// The state it will have.
    pub state: Option<ConversationState>,
    /// The addresses of the first message, when an inbound message is the cause.
    pub binding: BindingAddresses,
    /// The text of that message.
    pub message_body: Option<String>,
    /// The media of that message.
    pub media: Vec<Media>,
}

debug_shows! { NewConversation { attributes, state } }

impl NewConversation {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            friendly_name: fields.filled("FriendlyName")?,
            unique_name: fields.filled("UniqueName")?,
            attributes: take_attributes(fields)?,
            state: fields.choice("State")?,
            binding: BindingAddresses::take(fields),
            message_body: fields.once("MessageBody")?,
            media: take_media(fields)?,
        })
    }
}

/// A conversation that exists: created, or about to be changed or deleted, or changed or deleted.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConversationChange {
    /// Which one.
    pub conversation_sid: ConversationSid,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// The name the application gave it.
    pub unique_name: Option<String>,
    /// Free JSON.
    pub attributes: Attributes,
    /// Its state.
    pub state: Option<ConversationState>,
    /// The addresses of the first message (`onConversationAdded` alone).
    pub binding: BindingAddresses,
    /// When it was created.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// When it was deleted (`onConversationRemoved` alone).
    pub date_removed: Option<Timestamp>,
}

debug_shows! { ConversationChange { conversation_sid, attributes, state, date_created, date_updated } }

impl ConversationChange {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            conversation_sid: fields.required_sid("ConversationSid")?,
            friendly_name: fields.filled("FriendlyName")?,
            unique_name: fields.filled("UniqueName")?,
            attributes: take_attributes(fields)?,
            state: fields.choice("State")?,
            binding: BindingAddresses::take(fields),
            date_created: fields.choice("DateCreated")?,
            date_updated: fields.choice("DateUpdated")?,
            date_removed: fields.choice("DateRemoved")?,
        })
    }
}

open_enum! {
    /// Why a state changed.
    StateChangeReason {
        /// Somebody asked for it by REST.
        Api = "API",
        /// A timer ran out.
        Timer = "TIMER",
        /// Traffic in the conversation.
        Event = "EVENT",
    }
}

/// A conversation that became active, inactive or closed (`onConversationStateUpdated`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConversationStateUpdated {
    /// Which one.
    pub conversation_sid: ConversationSid,
    /// When the state changed.
    pub state_updated: Option<Timestamp>,
    /// The state before.
    pub state_from: Option<ConversationState>,
    /// The state now.
    pub state_to: ConversationState,
    /// Why.
    pub reason: Option<StateChangeReason>,
}

impl ConversationStateUpdated {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            conversation_sid: fields.required_sid("ConversationSid")?,
            state_updated: fields.choice("StateUpdated")?,
            state_from: fields.choice("StateFrom")?,
            state_to: fields.required("StateTo")?.into(),
            reason: fields.choice("Reason")?,
        })
    }
}

/// Attributes, `{}` when absent.
pub(super) fn take_attributes(fields: &mut Fields<'_>) -> Result<Attributes, PayloadError> {
    Ok(Attributes::new(fields.filled("Attributes")?.unwrap_or_else(|| "{}".into())))
}
