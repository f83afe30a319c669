//! The sandbox, driven over HTTP as a client and a webhook receiver see it.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod accounts;
mod behaviour;
mod binary;
mod carrier_delivery;
mod carrier_groups;
mod carrier_opt_out;
mod carrier_throughput;
mod carrier_whatsapp;
mod clock;
mod content;
mod controls;
mod conversations;
mod coverage;
mod faults;
mod groups;
mod lookups;
mod media;
mod message_terms;
mod messages;
mod messaging;
mod messaging_services;
mod opt_out;
mod page;
mod participants;
mod pre_action;
mod push;
mod roles;
mod services;
mod snapshot;
mod support;
mod templates;
mod typing;
mod user_conversations;
mod users;
mod webhooks;
mod with_participants;
