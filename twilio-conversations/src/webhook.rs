//! What Twilio sends: forms, their signatures and their payloads. No IO.
//!
//! The order for a receiver: bound and read the body, [`form::parse`] it, verify the signature with
//! [`signature::Validator`], then read the payload with [`conversations::ConversationsWebhook::parse`],
//! [`messaging::InboundMessage::parse`] or [`messaging::MessageStatusUpdate::parse`].
//!
//! ```
//! use twilio_conversations::webhook::conversations::{Modification, PreActionResponse};
//!
//! // What a pre-action webhook answers to change a message before it is posted.
//! let answer = PreActionResponse::Modify(Modification::new().body("Ana: Hello"));
//! assert_eq!((answer.status(), answer.to_json().as_str()), (200, r#"{"body":"Ana: Hello"}"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod conversations;
mod fields;
pub mod form;
pub mod messaging;
pub mod signature;

pub use fields::PayloadError;
