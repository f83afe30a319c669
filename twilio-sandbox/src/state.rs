//! Everything the sandbox knows, as plain data behind one lock.

pub(crate) mod account;
pub(crate) mod address;
pub(crate) mod address_configuration;
mod base64;
pub(crate) mod content;
pub(crate) mod conversation;
pub(crate) mod edit;
pub(crate) mod group;
pub(crate) mod handset;
pub(crate) mod media;
pub(crate) mod message;
pub(crate) mod method;
pub(crate) mod number;
pub(crate) mod origin;
pub(crate) mod outbox;
pub(crate) mod pairs;
pub(crate) mod participant;
pub(crate) mod push;
pub(crate) mod role;
pub(crate) mod service;
pub(crate) mod sid;
pub(crate) mod text;
pub(crate) mod timers;
pub(crate) mod user;
pub(crate) mod validate;
pub(crate) mod webhook_settings;
pub(crate) mod world;
