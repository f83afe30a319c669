//! What stands for an erased person.

use std::fmt;

use serde_with::{DeserializeFromStr, SerializeDisplay};

/// `person_` and 32 hexadecimal digits: a hash of the person's address that needs the installation's own key, so that
/// nobody without the key finds the number by trying all.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub struct Token(String);

/// A text is not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token: expected person_ and 32 hexadecimal digits")]
pub struct NotAToken;

impl Token {
    const PREFIX: &'static str = "person_";

    /// The token of a hash.
    pub fn new(hash: [u8; 16]) -> Self {
        Self(hash.iter().fold(Self::PREFIX.to_owned(), |text, byte| format!("{text}{byte:02x}")))
    }

    /// The token as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is a token.
    pub fn is(text: &str) -> bool {
        text.strip_prefix(Self::PREFIX).is_some_and(|hash| {
            hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        })
    }
}

impl std::str::FromStr for Token {
    type Err = NotAToken;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        if Self::is(s) { Ok(Self(s.to_owned())) } else { Err(NotAToken) }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
