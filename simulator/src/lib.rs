//! A deterministic simulation of the channel.
pub mod store;
