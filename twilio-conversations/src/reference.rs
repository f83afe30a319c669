//! Names that stand in for SIDs in paths.
//!
//! ```
//! use twilio_conversations::{ConversationRef, sid::ConversationSid};
//!
//! let conversation: ConversationSid = "CH0123456789abcdef0123456789abcdef".parse()?;
//! let by_sid = ConversationRef::from(&conversation);
//! let by_name = ConversationRef::unique_name("order-17")?;
//! assert_ne!(by_sid, by_name);
//! assert!(ConversationRef::unique_name("..").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::sid::{ConversationSid, ParticipantSid, UserSid};
use std::fmt;

/// A name that cannot stand in a path: empty, `.` or `..`, which would address something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name in a path must not be empty, `.` or `..`")]
pub struct NameError;

pub(crate) fn name(text: impl Into<String>) -> Result<Box<str>, NameError> {
    let text = text.into();
    if matches!(text.as_str(), "" | "." | "..") { Err(NameError) } else { Ok(text.into()) }
}

macro_rules! references {
    ($($(#[$doc:meta])* $name:ident = $sid:ident or $(#[$by_doc:meta])* $by:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            $(#[$by_doc])*
            ///
            /// # Errors
            /// [`NameError`] for names that cannot stand in a path.
            pub fn $by($by: impl Into<String>) -> Result<Self, NameError> {
                name($by).map(Self)
            }
        }

        impl From<$sid> for $name {
            fn from(sid: $sid) -> Self {
                Self(sid.as_str().into())
            }
        }

        impl From<&$sid> for $name {
            fn from(sid: &$sid) -> Self {
                Self(sid.as_str().into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}

references! {
    /// A conversation by SID or by the unique name the application gave it.
    ConversationRef = ConversationSid or
    /// The conversation of this unique name.
    unique_name;
    /// A participant by SID or, for chat, by identity.
    ParticipantRef = ParticipantSid or
    /// The participant of this chat identity.
    identity;
    /// A user by SID or by identity.
    UserRef = UserSid or
    /// The user of this identity.
    identity;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_address_something_else_are_refused() {
        for text in ["", ".", ".."] {
            assert_eq!(ConversationRef::unique_name(text), Err(NameError));
            assert_eq!(ParticipantRef::identity(text), Err(NameError));
            assert_eq!(UserRef::identity(text), Err(NameError));
        }
        assert_eq!(ConversationRef::unique_name("a/b").unwrap().to_string(), "a/b");
    }
}
