//! Si's Twilio channel as a server.
//!
//! Twilio's webhooks come in by [`routes::webhooks`] and are durable in the [`store`] before they are acknowledged;
//! the [`worker`]s let the domain decide them through the [`engine`] and carry out what follows at [`twilio`] and the
//! cognition [`ports`]. As little logic as possible lives here.

pub mod app;
pub mod args;
pub mod audit;
pub mod clock;
pub mod commands;
pub mod config;
pub mod doctor;
pub mod documents;
pub mod engine;
pub mod erasure;
pub mod feed;
pub mod http;
pub mod intake;
mod nearest;
pub mod ports;
pub mod push;
pub mod repair;
pub mod router;
pub mod routes;
pub mod rules;
pub mod spool;
pub mod store;
pub mod telemetry;
pub mod texts;
pub mod twilio;
pub mod worker;
