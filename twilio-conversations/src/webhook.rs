//! What Twilio sends: forms, their signatures and their payloads. No IO.
//!
//! The order for a receiver: bound and read the body, [`form::parse`] it, verify the signature with
//! [`signature::Validator`], then read the payload with [`conversations::ConversationsWebhook::parse`],
//! [`messaging::InboundMessage::parse`] or [`messaging::MessageStatusUpdate::parse`].

pub mod conversations;
mod fields;
pub mod form;
pub mod messaging;
pub mod signature;

pub use fields::PayloadError;
