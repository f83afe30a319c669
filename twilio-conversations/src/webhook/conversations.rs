//! Webhooks of Conversations: <https://www.twilio.com/docs/conversations-classic/conversations-webhooks>.
//!
//! Pre-action events (`onMessageAdd`) ask for leave and wait up to five seconds for a [`PreActionResponse`];
//! post-action events (`onMessageAdded`) report.

mod conversation;
mod event;
mod message;
mod participant;
mod response;
mod user;

pub use conversation::{
    BindingAddresses, ConversationChange, ConversationStateUpdated, NewConversation, StateChangeReason,
};
pub use event::{ConversationsEvent, ConversationsWebhook, EventSource, EventType};
pub use message::{DeliveryUpdated, Media, MessageChange, NewMessage};
pub use participant::{NewParticipant, ParticipantBinding, ParticipantChange};
pub use response::{Modification, PreActionResponse};
pub use user::UserChange;

#[cfg(test)]
mod tests;
