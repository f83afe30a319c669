//! Twilio Conversations and Messaging as types.
#![cfg_attr(all(feature = "client", feature = "webhook"), doc = "")]
#![cfg_attr(all(feature = "client", feature = "webhook"), doc = include_str!("../README.md"))]

#[macro_use]
mod macros;

pub mod advice;
pub mod api;
pub mod attributes;
#[cfg(any(feature = "client", feature = "webhook"))]
pub mod auth;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
pub mod error;
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
#[cfg(feature = "client")]
pub use client::Client;
#[cfg(feature = "client")]
pub use error::Error;
pub use page::Page;
pub use reference::{ConversationRef, ParticipantRef, UserRef};
pub use request::Request;
pub use scope::Scope;
pub use timestamp::Timestamp;
