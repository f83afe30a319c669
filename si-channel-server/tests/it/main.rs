//! The server between Twilio, played by the sandbox, and Si's services, played by HTTP servers: everything goes by the
//! doors that production has.

#![cfg(feature = "sandbox")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

mod api;
mod asides;
mod audit;
mod backlog;
mod cli;
mod clocks;
mod cognition;
mod consent;
mod doctor;
mod duplicates;
mod erasure;
mod events;
mod faults;
mod floods;
mod groups;
mod hook;
mod idempotency;
mod inbound_media;
mod journey;
mod languages;
mod lifecycle;
mod messaging;
mod nats;
mod outbound;
mod outbound_media;
mod overload;
mod pace;
mod people;
mod postgres;
mod privacy;
mod push;
mod remedies;
mod repair;
mod retention;
mod revoke_all;
mod rules;
mod said;
mod schemas;
mod sdk_faults;
mod signature;
mod spend;
mod switches;
mod templates;
mod webhooks;
