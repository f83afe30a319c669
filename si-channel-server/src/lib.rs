//! si-channel-server

pub mod store;
