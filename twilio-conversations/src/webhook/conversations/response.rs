//! The answer to a pre-action webhook.

use crate::Attributes;
use serde::Serialize;
use serde_with::skip_serializing_none;

/// What Twilio should do with what is about to happen.
///
/// Answer within five seconds: after that Twilio goes on unchanged. A 5xx rejects, so when in doubt answer
/// [`Self::Unchanged`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PreActionResponse {
    /// Go on as it is.
    #[default]
    Unchanged,
    /// Go on with these changes.
    Modify(Modification),
    /// Do not do it; the originator gets error 50056.
    Reject,
}

/// Changes to a message (`body`, `author`, `attributes`) or to a conversation (`friendly_name`). Only these can be
/// changed; an invalid value becomes an error for the originator.
#[skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Modification {
    body: Option<String>,
    author: Option<String>,
    attributes: Option<Attributes>,
    friendly_name: Option<String>,
}

impl std::fmt::Debug for Modification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Modification").finish_non_exhaustive()
    }
}

impl Modification {
    /// No changes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text of the message.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The author of the message.
    #[must_use]
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into());
        self
    }

    /// The attributes of the message, all of them.
    #[must_use]
    pub fn attributes(mut self, attributes: Attributes) -> Self {
        self.attributes = Some(attributes);
        self
    }

    /// The name of the conversation.
    #[must_use]
    pub fn friendly_name(mut self, name: impl Into<String>) -> Self {
        self.friendly_name = Some(name.into());
        self
    }
}

impl PreActionResponse {
    /// The `Content-Type` that goes with [`Self::to_json`].
    pub const CONTENT_TYPE: &'static str = "application/json";

    /// The HTTP status: 200, or 403 for a rejection.
    pub fn status(&self) -> u16 {
        match self {
            Self::Unchanged | Self::Modify(_) => 200,
            Self::Reject => 403,
        }
    }

    /// The body, `{}` when nothing changes.
    pub fn to_json(&self) -> String {
        match self {
            Self::Modify(changes) => serde_json::to_string(changes).unwrap_or_else(|_| "{}".into()),
            Self::Unchanged | Self::Reject => "{}".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_is_written() {
        let changes = Modification::new().body("Ann: \"hi\"").attributes(Attributes::new("{\"a\":1}"));
        let response = PreActionResponse::Modify(changes);
        assert_eq!(response.to_json(), r#"{"body":"Ann: \"hi\"","attributes":"{\"a\":1}"}"#);
        assert_eq!(response.status(), 200);
        assert!(!format!("{response:?}").contains("Ann"));
    }

    #[test]
    fn unchanged_is_an_empty_object_and_a_rejection_a_4xx() {
        assert_eq!(
            (PreActionResponse::Unchanged.status(), PreActionResponse::Unchanged.to_json().as_str()),
            (200, "{}")
        );
        assert_eq!(PreActionResponse::Reject.status(), 403);
    }
}
