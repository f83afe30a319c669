//! The envelope of every webhook and the list of events.

use super::{
    ConversationChange, ConversationStateUpdated, DeliveryUpdated, MessageChange, NewConversation,
    NewMessage, NewParticipant, ParticipantChange, UserChange,
};
use crate::{
    sid::{AccountSid, ConversationSid, MessagingServiceSid, ServiceSid},
    webhook::{PayloadError, fields::Fields},
};
use std::collections::BTreeMap;

open_enum! {
    /// The name of an event. Names without a past tense are pre-action.
    EventType {
        /// A conversation is about to be created.
        OnConversationAdd = "onConversationAdd",
        /// A conversation was created.
        OnConversationAdded = "onConversationAdded",
        /// A conversation is about to be changed.
        OnConversationUpdate = "onConversationUpdate",
        /// A conversation was changed.
        OnConversationUpdated = "onConversationUpdated",
        /// A conversation is about to be deleted.
        OnConversationRemove = "onConversationRemove",
        /// A conversation was deleted.
        OnConversationRemoved = "onConversationRemoved",
        /// A conversation became active, inactive or closed.
        OnConversationStateUpdated = "onConversationStateUpdated",
        /// A message is about to be posted.
        OnMessageAdd = "onMessageAdd",
        /// A message was posted.
        OnMessageAdded = "onMessageAdded",
        /// A message is about to be changed.
        OnMessageUpdate = "onMessageUpdate",
        /// A message was changed.
        OnMessageUpdated = "onMessageUpdated",
        /// A message is about to be deleted.
        OnMessageRemove = "onMessageRemove",
        /// A message was deleted.
        OnMessageRemoved = "onMessageRemoved",
        /// Somebody is about to join.
        OnParticipantAdd = "onParticipantAdd",
        /// Somebody joined.
        OnParticipantAdded = "onParticipantAdded",
        /// A participant is about to be changed.
        OnParticipantUpdate = "onParticipantUpdate",
        /// A participant was changed.
        OnParticipantUpdated = "onParticipantUpdated",
        /// Somebody is about to be removed.
        OnParticipantRemove = "onParticipantRemove",
        /// Somebody left or was removed.
        OnParticipantRemoved = "onParticipantRemoved",
        /// A delivery receipt was made or changed.
        OnDeliveryUpdated = "onDeliveryUpdated",
        /// A user was created.
        OnUserAdded = "onUserAdded",
        /// A user is about to be changed.
        OnUserUpdate = "onUserUpdate",
        /// A user was changed.
        OnUserUpdated = "onUserUpdated",
    }
}

impl EventType {
    /// True when Twilio waits for the answer and acts on it. Unknown names count as reports.
    pub fn is_pre_action(&self) -> bool {
        matches!(
            self,
            Self::OnConversationAdd
                | Self::OnConversationUpdate
                | Self::OnConversationRemove
                | Self::OnMessageAdd
                | Self::OnMessageUpdate
                | Self::OnMessageRemove
                | Self::OnParticipantAdd
                | Self::OnParticipantUpdate
                | Self::OnParticipantRemove
                | Self::OnUserUpdate
        )
    }
}

open_enum! {
    /// Who caused an event. Twilio documents `SDK` and `API`; inbound traffic is observed with its channel's name.
    EventSource {
        /// A chat SDK.
        Sdk = "SDK",
        /// The REST API.
        Api = "API",
        /// An inbound SMS.
        Sms = "SMS",
        /// An inbound WhatsApp message.
        WhatsApp = "WHATSAPP",
    }
}

/// One webhook: what every event carries, the event, and what this version does not know.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConversationsWebhook {
    /// The account; check that it is one of yours.
    pub account_sid: AccountSid,
    /// Who caused the event.
    pub source: Option<EventSource>,
    /// The identity behind an SDK's event.
    pub client_identity: Option<String>,
    /// How often Twilio has tried before, where it says so.
    pub retry_count: Option<u32>,
    /// The conversation service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The messaging service.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// What happened or is about to happen.
    pub event: ConversationsEvent,
    /// Fields this version does not know. A second value of a name is kept as `name[2]`.
    pub extra: BTreeMap<String, String>,
}

debug_shows! { ConversationsWebhook { account_sid, source, retry_count, event } }

/// What happened, or is about to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant is the EventType of the same name")]
pub enum ConversationsEvent {
    ConversationAdd(NewConversation),
    ConversationAdded(ConversationChange),
    ConversationUpdate(ConversationChange),
    ConversationUpdated(ConversationChange),
    ConversationRemove(ConversationChange),
    ConversationRemoved(ConversationChange),
    ConversationStateUpdated(ConversationStateUpdated),
    MessageAdd(NewMessage),
    MessageAdded(MessageChange),
    MessageUpdate(MessageChange),
    MessageUpdated(MessageChange),
    MessageRemove(MessageChange),
    MessageRemoved(MessageChange),
    ParticipantAdd(NewParticipant),
    ParticipantAdded(ParticipantChange),
    ParticipantUpdate(ParticipantChange),
    ParticipantUpdated(ParticipantChange),
    ParticipantRemove(ParticipantChange),
    ParticipantRemoved(ParticipantChange),
    DeliveryUpdated(DeliveryUpdated),
    UserAdded(UserChange),
    UserUpdate(UserChange),
    UserUpdated(UserChange),
    /// An event this version does not know; its fields are in [`ConversationsWebhook::extra`].
    Unknown {
        /// The event's name.
        event_type: String,
    },
}

impl ConversationsWebhook {
    /// Reads a webhook from the pairs of its form.
    ///
    /// # Errors
    /// [`PayloadError`] when a field that identifies something is missing, malformed or ambiguous.
    pub fn parse<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> Result<Self, PayloadError> {
        let mut fields = Fields::new(pairs);
        let event_type = EventType::from(fields.required("EventType")?);
        Ok(Self {
            account_sid: fields.required_sid("AccountSid")?,
            source: fields.choice("Source")?,
            client_identity: fields.filled("ClientIdentity")?,
            retry_count: fields.parsed("RetryCount")?,
            chat_service_sid: fields.parsed("ChatServiceSid")?,
            messaging_service_sid: fields.parsed("MessagingServiceSid")?,
            event: ConversationsEvent::take(event_type, &mut fields)?,
            extra: fields.rest(),
        })
    }

    /// The event's name.
    pub fn event_type(&self) -> EventType {
        self.event.event_type()
    }
}

/// Pairs each event type with its variant and payload, both ways.
macro_rules! events {
    ($($variant:ident($payload:ident) = $event_type:ident),* $(,)?) => {
        impl ConversationsEvent {
            fn take(event_type: EventType, fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
                Ok(match event_type {
                    $(EventType::$event_type => Self::$variant($payload::take(fields)?),)*
                    EventType::Unknown(event_type) => Self::Unknown { event_type },
                })
            }

            /// The event's name.
            pub fn event_type(&self) -> EventType {
                match self {
                    $(Self::$variant(_) => EventType::$event_type,)*
                    Self::Unknown { event_type } => EventType::Unknown(event_type.clone()),
                }
            }
        }
    };
}

events! {
    ConversationAdd(NewConversation) = OnConversationAdd,
    ConversationAdded(ConversationChange) = OnConversationAdded,
    ConversationUpdate(ConversationChange) = OnConversationUpdate,
    ConversationUpdated(ConversationChange) = OnConversationUpdated,
    ConversationRemove(ConversationChange) = OnConversationRemove,
    ConversationRemoved(ConversationChange) = OnConversationRemoved,
    ConversationStateUpdated(ConversationStateUpdated) = OnConversationStateUpdated,
    MessageAdd(NewMessage) = OnMessageAdd,
    MessageAdded(MessageChange) = OnMessageAdded,
    MessageUpdate(MessageChange) = OnMessageUpdate,
    MessageUpdated(MessageChange) = OnMessageUpdated,
    MessageRemove(MessageChange) = OnMessageRemove,
    MessageRemoved(MessageChange) = OnMessageRemoved,
    ParticipantAdd(NewParticipant) = OnParticipantAdd,
    ParticipantAdded(ParticipantChange) = OnParticipantAdded,
    ParticipantUpdate(ParticipantChange) = OnParticipantUpdate,
    ParticipantUpdated(ParticipantChange) = OnParticipantUpdated,
    ParticipantRemove(ParticipantChange) = OnParticipantRemove,
    ParticipantRemoved(ParticipantChange) = OnParticipantRemoved,
    DeliveryUpdated(DeliveryUpdated) = OnDeliveryUpdated,
    UserAdded(UserChange) = OnUserAdded,
    UserUpdate(UserChange) = OnUserUpdate,
    UserUpdated(UserChange) = OnUserUpdated,
}

impl ConversationsEvent {
    /// The conversation it is about; `None` for users, unknown events and a conversation that does not exist yet.
    pub fn conversation_sid(&self) -> Option<&ConversationSid> {
        match self {
            Self::ConversationAdded(change)
            | Self::ConversationUpdate(change)
            | Self::ConversationUpdated(change)
            | Self::ConversationRemove(change)
            | Self::ConversationRemoved(change) => Some(&change.conversation_sid),
            Self::ConversationStateUpdated(change) => Some(&change.conversation_sid),
            Self::MessageAdd(message) => Some(&message.conversation_sid),
            Self::MessageAdded(change)
            | Self::MessageUpdate(change)
            | Self::MessageUpdated(change)
            | Self::MessageRemove(change)
            | Self::MessageRemoved(change) => Some(&change.conversation_sid),
            Self::ParticipantAdd(participant) => Some(&participant.conversation_sid),
            Self::ParticipantAdded(change)
            | Self::ParticipantUpdate(change)
            | Self::ParticipantUpdated(change)
            | Self::ParticipantRemove(change)
            | Self::ParticipantRemoved(change) => Some(&change.conversation_sid),
            Self::DeliveryUpdated(delivery) => Some(&delivery.conversation_sid),
            Self::ConversationAdd(_)
            | Self::UserAdded(_)
            | Self::UserUpdate(_)
            | Self::UserUpdated(_)
            | Self::Unknown { .. } => None,
        }
    }
}
