//! The crate through its public interface.

mod journey;
mod prop;
mod support;
