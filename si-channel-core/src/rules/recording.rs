//! What must come before a call is recorded, written down, or listened to by an AI.

use serde::{Deserialize, Serialize};

use crate::rules::file::rule;
use crate::rules::scope::Where;

/// What must come first; the later, the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Nothing.
    Free,
    /// Telling them; who stays on the line agrees.
    Notice,
    /// Their explicit yes.
    Consent,
    /// It may not be.
    Forbidden,
}

impl Duty {
    /// Its name in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Notice => "notice",
            Self::Consent => "consent",
            Self::Forbidden => "forbidden",
        }
    }
}

rule! {
    /// What some places ask for.
    pub struct RecordingRule in "recording" {
        /// The places.
        pub places: Vec<Where>,
        /// Before audio is kept.
        pub recording: Duty,
        /// Before speech becomes text.
        pub transcription: Duty,
        /// Before an AI listens.
        pub ai_listening: Duty,
        /// The id of the text that tells of it.
        pub notice_text: String,
        /// The id of the text that asks for it.
        pub consent_text: String,
    }
    fn subjects(rule) { rule.places.iter().map(ToString::to_string).collect() }
}

pub(super) const REQUIRED: &[&str] = &["*"];
