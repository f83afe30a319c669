//! twilio-conversations

#[macro_use]
mod macros;

pub mod api;
pub mod attributes;
#[cfg(any(feature = "client", feature = "webhook"))]
pub mod auth;
pub mod limit;
pub mod model;
pub mod page;
pub mod reference;
pub mod request;
pub mod scope;
pub mod sid;
pub mod timestamp;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use attributes::Attributes;
pub use page::Page;
pub use reference::{ConversationRef, ParticipantRef};
pub use request::Request;
pub use scope::Scope;
pub use timestamp::Timestamp;
