//! The ports to the rest of Si: what the server asks of others, with embedded defaults.

pub mod cognition;
pub mod media;
