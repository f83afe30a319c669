//! Webhooks of Conversations: <https://www.twilio.com/docs/conversations-classic/conversations-webhooks>.
//!
//! Pre-action events (`onMessageAdd`) ask for leave and wait up to five seconds for a [`PreActionResponse`];
//! post-action events (`onMessageAdded`) report.
//!
//! ```
//! use twilio_conversations::webhook::{
//!     conversations::{ConversationsEvent, ConversationsWebhook},
//!     form::{self, Limits},
//! };
//!
//! let body = "EventType=onMessageAdded&AccountSid=AC0123456789abcdef0123456789abcdef&ConversationSid=CH0123456789abcdef0123456789abcdef\
//!     &MessageSid=IM0123456789abcdef0123456789abcdef&Index=3&Author=ana&Body=Hi";
//! let webhook = ConversationsWebhook::parse(&form::parse(body.as_bytes(), Limits::default())?)?;
//! let ConversationsEvent::MessageAdded(message) = webhook.event else { panic!("another event") };
//! assert_eq!((message.index, message.body.as_str()), (Some(3), "Hi"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
