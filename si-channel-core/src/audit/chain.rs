//! The chain of records: each is hashed with its number and the hash before it, so that none can be changed, taken
//! out, put in or moved without its successors showing it.
//!
//! `hash = SHA-256("si.channel.audit.v1" ‖ number as 8 bytes, big-endian ‖ previous hash ‖ body)`; numbers go from 1,
//! and the first record's previous hash is 32 zero bytes.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_with::{DeserializeFromStr, SerializeDisplay};
use sha2::{Digest, Sha256};

mod verify;

pub use verify::{Fault, Verified, Wrong, verify};

/// What sets these hashes apart from others.
const DOMAIN: &[u8] = b"si.channel.audit.v1";

/// A SHA-256; written in lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first record follows.
    pub const START: Self = Self([0; 32]);

    /// A hash as stored; `None` when it has another length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl JsonSchema for Hash {
    fn schema_name() -> Cow<'static, str> {
        "Hash".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A SHA-256 in lower-case hexadecimal.",
            "type": "string",
            "minLength": 64,
            "maxLength": 64,
        })
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// A text is not a SHA-256 in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256: expected 64 hexadecimal digits")]
pub struct NotAHash;

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        unhex(text).and_then(|bytes| Self::from_slice(&bytes)).ok_or(NotAHash)
    }
}

/// A record in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number, from 1 without gap.
    pub sequence: u64,
    /// The hash of the record before it.
    pub previous: Hash,
    /// Its own.
    pub hash: Hash,
    /// See [`Entry::body`](super::Entry::body).
    pub body: String,
}

impl Link {
    /// The link that follows `previous`.
    pub fn new(sequence: u64, previous: Hash, body: String) -> Self {
        Self { hash: hash(sequence, &previous, &body), sequence, previous, body }
    }
}

/// The hash of a record in its place.
pub fn hash(sequence: u64, previous: &Hash, body: &str) -> Hash {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(sequence.to_be_bytes());
    hash.update(previous.0);
    hash.update(body.as_bytes());
    Hash(hash.finalize().into())
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// Bytes from lower-case hexadecimal, which alone is taken, so that a value has one way to be written.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?));
    if rest.is_empty() { bytes.collect() } else { None }
}
