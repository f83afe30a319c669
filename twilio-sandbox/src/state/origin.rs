//! Where a change comes from, which decides whether webhooks hear of it.

use super::address::Channel;

/// The source of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A REST request; silent unless it carries `X-Twilio-Webhook-Enabled: true`.
    Rest { announce: bool },
    /// A phone.
    Phone(Channel),
    /// Twilio itself: timers and delivery receipts.
    Platform,
}

impl Origin {
    pub(crate) fn fires(self) -> bool {
        !matches!(self, Self::Rest { announce: false })
    }

    /// The `Source` field of webhooks.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::Rest { .. } | Self::Platform => "API",
            Self::Phone(channel) => channel.upper(),
        }
    }
}
