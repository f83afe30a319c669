//! Ids that this channel makes: fresh ones are derived from a seed given with the input.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(inline)]
        pub struct $name(String);

        impl $name {
            /// The prefix of every such id.
            pub const PREFIX: &'static str = $prefix;

            /// The id that `seed` gives for its `nth` use.
            pub fn derive(seed: &Seed, nth: usize) -> Self {
                Self(format!("{}_{}", $prefix, seed.text($prefix, nth)))
            }

            /// Takes an id made before; nothing is checked, a wrong one is simply not found.
            pub fn from_text(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// Names a session.
    SessionId = "ses";
    /// Names one outbound message, which is one part of an answer.
    OutboundId = "out";
    /// Names one question to the cognition layer.
    TurnId = "trn";
    /// Names an event.
    EventId = "evt";
    /// Names a file that came with a message.
    MediaId = "med";
}

impl MediaId {
    /// The id of a message's file, by its place from 0: the same however often Twilio tells of it.
    pub fn of(message_sid: &str, place: usize) -> Self {
        Self::derive(&Seed::from_text(message_sid), place)
    }
}

/// 128 random bits given with an input; every fresh id in its decision follows from them, so that the same
/// input decided again makes the same ids.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed(pub [u8; 16]);

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl Seed {
    /// A seed that follows from a text, for inputs whose own key is unguessable or need not be.
    pub fn from_text(text: &str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        let mut seed = [0; 16];
        seed.copy_from_slice(&digest[..16]);
        Self(seed)
    }

    fn digest(&self, kind: &str, nth: usize) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(kind.as_bytes());
        hash.update((nth as u64).to_be_bytes());
        hash.finalize().into()
    }

    /// 26 characters of Crockford's base 32 in lower case: 128 bits and two of padding.
    fn text(&self, kind: &str, nth: usize) -> String {
        base32(&self.digest(kind, nth), 26).to_ascii_lowercase()
    }

    /// 16 bytes to hide a value with, other ones for each `nth`.
    pub(crate) fn salt(&self, nth: usize) -> [u8; 16] {
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.digest("salt", nth)[..16]);
        salt
    }

    /// A code for people to type, `length` characters of Crockford's base 32 (five bits each).
    pub fn code(&self, length: usize) -> String {
        base32(&self.digest("code", 0), length)
    }
}

fn base32(bytes: &[u8], length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    (0..length)
        .map(|i| {
            let bit = i * 5;
            let pair = (u16::from(bytes[bit / 8]) << 8) | u16::from(*bytes.get(bit / 8 + 1).unwrap_or(&0));
            let index = (pair >> (11 - bit % 8)) & 31;
            char::from(ALPHABET[usize::from(index)])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_each_use_another() {
        let seed = Seed([7; 16]);
        assert_eq!(SessionId::derive(&seed, 0), SessionId::derive(&seed, 0));
        assert_ne!(SessionId::derive(&seed, 0), SessionId::derive(&seed, 1));
        assert_ne!(SessionId::derive(&seed, 0).as_str()[4..], OutboundId::derive(&seed, 0).as_str()[4..]);
        assert_eq!(SessionId::derive(&seed, 0).as_str().len(), 30);
    }

    #[test]
    fn base32_takes_five_bits_at_a_time() {
        assert_eq!(base32(&[0xff, 0x00, 0xff], 4), "ZW0F");
        assert_eq!(seedless_code_length(10), 10);
    }

    fn seedless_code_length(n: usize) -> usize {
        Seed::from_text("x").code(n).len()
    }
}
