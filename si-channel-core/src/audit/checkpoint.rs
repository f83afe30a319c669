//! Signed statements of how far the log had come: whoever keeps one elsewhere sees when records before it are cut off
//! or written anew.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chain::Hash;

/// A statement about the log, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checkpoint {
    /// Whose log: the Twilio account.
    pub account: String,
    /// Its number, from 1 without gap.
    pub number: u64,
    /// The number of the record that is signed.
    pub record: u64,
    /// Its hash.
    pub hash: Hash,
    /// When it was signed.
    pub at: Timestamp,
    /// The Ed25519 public key, 64 hexadecimal digits.
    pub public_key: String,
    /// The Ed25519 signature of [`statement`], 128 hexadecimal digits.
    pub signature: String,
}

/// The text that is signed: six lines, each ended by a line feed.
pub fn statement(account: &str, number: u64, record: u64, hash: &Hash, at: Timestamp) -> String {
    format!("si.channel.audit.checkpoint.v1\n{account}\n{number}\n{record}\n{hash}\n{at}\n")
}

impl Checkpoint {
    /// The text that its signature is over.
    pub fn statement(&self) -> String {
        statement(&self.account, self.number, self.record, &self.hash, self.at)
    }
}
