//! The audit log from outside: signed, checked, and shown to people and regulators.

pub mod export;
pub mod key;
pub mod verify;
