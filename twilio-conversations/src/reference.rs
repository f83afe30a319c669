//! Names that stand in for SIDs in paths.

use crate::sid::{ConversationSid, ParticipantSid};
use std::fmt;

/// A name that cannot stand in a path: empty, `.` or `..`, which would address something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name in a path must not be empty, `.` or `..`")]
pub struct NameError;

fn name(text: impl Into<String>) -> Result<Box<str>, NameError> {
    let text = text.into();
    if matches!(text.as_str(), "" | "." | "..") { Err(NameError) } else { Ok(text.into()) }
}

/// A conversation by SID or by the unique name the application gave it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ConversationRef(Box<str>);

impl ConversationRef {
    /// The conversation of this unique name.
    ///
    /// # Errors
    /// [`NameError`] for names that cannot stand in a path.
    pub fn unique_name(unique_name: impl Into<String>) -> Result<Self, NameError> {
        name(unique_name).map(Self)
    }
}

impl From<ConversationSid> for ConversationRef {
    fn from(sid: ConversationSid) -> Self {
        Self(sid.as_str().into())
    }
}

impl From<&ConversationSid> for ConversationRef {
    fn from(sid: &ConversationSid) -> Self {
        Self(sid.as_str().into())
    }
}

impl fmt::Display for ConversationRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ConversationRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConversationRef(..)")
    }
}

/// A participant by SID or, for chat, by identity.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ParticipantRef(Box<str>);

impl ParticipantRef {
    /// The participant of this chat identity.
    ///
    /// # Errors
    /// [`NameError`] for names that cannot stand in a path.
    pub fn identity(identity: impl Into<String>) -> Result<Self, NameError> {
        name(identity).map(Self)
    }
}

impl From<ParticipantSid> for ParticipantRef {
    fn from(sid: ParticipantSid) -> Self {
        Self(sid.as_str().into())
    }
}

impl From<&ParticipantSid> for ParticipantRef {
    fn from(sid: &ParticipantSid) -> Self {
        Self(sid.as_str().into())
    }
}

impl fmt::Display for ParticipantRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ParticipantRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParticipantRef(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_address_something_else_are_refused() {
        for text in ["", ".", ".."] {
            assert_eq!(ConversationRef::unique_name(text), Err(NameError));
            assert_eq!(ParticipantRef::identity(text), Err(NameError));
        }
        assert_eq!(ConversationRef::unique_name("a/b").unwrap().to_string(), "a/b");
    }
}
