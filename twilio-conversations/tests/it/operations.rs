//! Where each request goes and what it carries, one table for each group of operations.

mod content;
mod conversations;
mod lookup;
mod messaging;
mod messaging_services;
