//! What the program can be told to do, a module a command.

pub mod audit;
#[cfg(feature = "sandbox")]
pub mod dev;
pub mod doctor;
pub mod repair;
pub mod rules;
pub mod schema;
pub mod segments;
pub mod serve;
pub mod sign;
pub mod texts;
