//! The crate from outside: requests as they go out, answers as they come in, and the client between them.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod support;

mod coverage;
mod errors;
mod faults;
mod forms;
mod hostile;
mod limits;
mod media;
mod operations;
mod paging;
mod retry;
mod trace;
mod transport;
mod wire;
