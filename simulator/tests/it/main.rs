//! The simulation's own tests, and a short run of it.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod store;
