//! twilio-conversations

#[macro_use]
mod macros;

pub mod attributes;
#[cfg(any(feature = "client", feature = "webhook"))]
pub mod auth;
pub mod model;
pub mod sid;
pub mod timestamp;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use attributes::Attributes;
pub use timestamp::Timestamp;
