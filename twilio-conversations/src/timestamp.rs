//! Points in time as Twilio writes them.
//!
//! ```
//! use twilio_conversations::Timestamp;
//!
//! let posted = Timestamp::new("2024-01-02T03:04:05.678Z");
//! assert_eq!(posted.as_str(), "2024-01-02T03:04:05.678Z");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize};

/// A time kept as text, so that it goes out exactly as it came in.
///
/// Conversations write RFC 3339 in UTC (`2016-03-24T20:37:57Z`, sometimes with fractions), the 2010 API RFC 2822
/// (`Thu, 24 Aug 2023 05:01:45 +0000`). This crate brings no calendar; parse [`Self::as_str`] with yours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// Takes the text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as Twilio wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
