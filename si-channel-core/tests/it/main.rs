//! The crate through its public interface.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod compliance;
mod events;
mod journey;
mod prop;
mod support;
