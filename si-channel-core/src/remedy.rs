//! What is done about a message that Twilio did not take, or that did not arrive.
//!
//! [`normalize::remedy`](crate::normalize::remedy) tells it from Twilio's code.

use serde::{Deserialize, Serialize};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The same again after a growing wait, a few times.
    Retry,
    /// The same again, and slower from then on for a while.
    SlowDown,
    /// An approved template in its place.
    Template,
    /// The same words on another channel that reaches the person, if they agreed to it.
    OtherChannel,
    /// Nothing more is sent to this person.
    Stop,
    /// It failed, and somebody has to look at the account or the sender.
    Alert,
    /// It failed.
    GiveUp,
}

impl Remedy {
    /// Whether the same message is tried again.
    pub fn repeats(self) -> bool {
        matches!(self, Self::Retry | Self::SlowDown)
    }
}

/// Which remedies an operator wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Remedies {
    /// What cannot arrive on a channel is said on the other one that reaches the same number, to people who agreed to be
    /// written to there.
    pub other_channel: bool,
}
