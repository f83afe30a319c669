//! Requests as plain data, one module for each resource.
//!
//! Required values are in the constructors, options are chained, and limits that Twilio states are checked where the
//! value comes in. A [`Request`](crate::Request) says where it goes; a client sends it.
//!
//! ```
//! use twilio_conversations::{Request, api::conversation::FetchConversation, ConversationRef};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let fetch = FetchConversation::new(ConversationRef::unique_name("order-17")?);
//! let parts = fetch.parts(&account);
//! assert_eq!((parts.class.method(), parts.path.as_str()), (http::Method::GET, "/v1/Conversations/order-17"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod address_configuration;
pub mod binding;
pub mod configuration;
pub mod content;
pub mod conversation;
pub mod conversation_webhook;
pub mod credential;
pub mod lookup;
pub mod mcs;
pub mod message;
pub mod messaging;
pub mod messaging_media;
pub mod messaging_sender;
pub mod messaging_service;
pub mod notification;
pub mod participant;
pub mod participant_conversation;
pub mod phone_number;
pub mod receipt;
pub mod role;
pub mod service;
pub mod usa2p;
pub mod user;
pub mod user_conversation;
