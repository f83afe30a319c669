//! The channel's server.
fn main() {}
