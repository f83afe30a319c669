//! What an opt-out stops.

use serde::{Deserialize, Serialize};

use crate::consent::Breadth;
use crate::rules::file::rule;

/// What an operator wants an opt-out to stop; law may widen it from a day on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationProfile {
    /// Everything.
    #[default]
    All,
    /// The purpose of the message it answered, as long as that is allowed.
    Topic,
    /// The channel it came on, as long as that is allowed.
    Channel,
}

impl RevocationProfile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::All, Self::Topic, Self::Channel];

    /// Its name in settings and rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Topic => "topic",
            Self::Channel => "channel",
        }
    }
}

rule! {
    /// What an opt-out stops under a profile.
    pub struct RevocationRule in "revocation" {
        /// The profile.
        pub profile: RevocationProfile,
        /// What it stops.
        pub scope: Breadth,
    }
    fn subjects(rule) { vec![rule.profile.as_str().to_owned()] }
}

pub(super) const REQUIRED: &[&str] = &["all", "topic", "channel"];
