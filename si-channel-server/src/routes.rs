//! Handlers, a module a resource.

mod address;
pub mod audit;
pub mod consent;
pub mod erasures;
pub mod events;
pub mod feed;
pub mod health;
pub mod hook;
pub mod idempotency;
pub mod media;
pub mod messages;
pub mod outbound;
pub mod people;
pub mod place;
pub mod query;
pub mod refusal;
pub mod repair;
pub mod schemas;
pub mod sessions;
pub mod subscriptions;
pub mod transcript;
pub mod webhooks;
