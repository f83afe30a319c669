//! Twilio's payloads in the channel's own words. Only this module names Twilio's payload types.
//!
//! A payload becomes a [`Fact`]: the input, the key under which it counts once, and the lane in which it is decided
//! in order. Keys are made of what Twilio owns.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use twilio_conversations::webhook::PayloadError;

use crate::address::Address;
use crate::input::Input;

mod attributes;
mod code;
mod conversations;
mod details;
mod messaging;
mod offered;

pub use attributes::{Mark, mark_outbound, mark_relayed};
pub use code::{is_of_sender, remedy};
pub use conversations::conversations;
pub use messaging::{inbound, status};
pub use offered::offered;

/// A payload as an input.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Counts once under this key.
    pub key: String,
    /// Decided in order within this lane.
    pub lane: String,
    /// The input; `None` when nothing follows from the payload.
    pub input: Option<Input>,
}

/// A payload cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NormalizeError {
    /// A field that identifies the fact is missing, repeated or malformed.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// It is about another account.
    #[error("the payload names another account than the one configured")]
    OtherAccount,
    /// A field that should be an address is none.
    #[error("{field}: {error}")]
    Address {
        /// The field.
        field: &'static str,
        /// What is wrong.
        error: crate::address::AddressError,
    },
}

/// The lane in which is decided what somebody writes to one of our senders, past every conversation. What they write into
/// a conversation is decided in the lane that has its SID for a name.
pub fn lane_between(person: &Address, sender: &Address) -> String {
    format!("{person}|{sender}")
}

/// Twilio's time, or the time of receipt where it gives none that can be read.
fn time(told: Option<&twilio_conversations::Timestamp>, received_at: Timestamp) -> Timestamp {
    told.and_then(|told| told.as_str().parse().ok()).unwrap_or(received_at)
}

/// Distinguishes payloads that Twilio gives no id.
fn digest(pairs: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort();
    let mut hash = Sha256::new();
    for (name, value) in sorted {
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name);
        hash.update((value.len() as u64).to_be_bytes());
        hash.update(value);
    }
    hash.finalize()[..16].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// All parameters; the second value of a name is kept as `name[2]`, and so on.
fn everything(pairs: &[(String, String)]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, value) in pairs {
        let mut key = name.clone();
        let mut count = 1;
        while all.contains_key(&key) {
            count += 1;
            key = format!("{name}[{count}]");
        }
        all.insert(key, value.clone());
    }
    all
}

#[cfg(test)]
mod tests;
