//! Switches of carriers, and of what Twilio says of them.

use serde::{Deserialize, Serialize};

/// How texts to landlines outside the United States, Canada and the United Kingdom are refused. Twilio's dictionary
/// says the first, its country guidelines the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LandlineRefusal {
    /// 21635, it is a landline.
    #[default]
    Landline,
    /// 21614, it is not a valid mobile number.
    NotMobile,
}

/// What becomes of a STOP, START or UNSTOP that the network behind toll-free numbers has heeded. Twilio documents
/// that webhooks get keywords, and not whether these are among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TollFreeKeywords {
    /// It arrives as every text does.
    #[default]
    Relayed,
    /// The network keeps it.
    Swallowed,
}

/// Whether Group MMS is enabled for the account; Twilio enables it on request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GroupMms {
    /// It is.
    #[default]
    Enabled,
    /// It is not: a phone without a proxy address is 50452.
    Disabled,
}

/// What a STOP, START or HELP in the thread of a group text is to Twilio, which does not document it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GroupKeywords {
    /// A keyword to each of the account's numbers in the thread; the answers come outside of it.
    #[default]
    Heeded,
    /// A text like all others.
    Ignored,
}

/// Whether Twilio's magic numbers of test credentials are heeded, although the sandbox has no test credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MagicNumbers {
    /// They are answered with their errors.
    #[default]
    Heeded,
    /// They are phones like all others.
    Ignored,
}

/// How fast texts leave. Waiting times are those of the sandbox's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Throughput {
    /// At once.
    #[default]
    Unlimited,
    /// At the rate of the sender's type, or the one [set for it](crate::NumberConfig::throughput): US long codes
    /// one segment per second to +1, toll-free numbers three, short codes 100, WhatsApp senders 80, all others ten.
    /// What is to wait for more than ten hours (WhatsApp: four) is refused with 21611, or fails with 30001 (63018).
    Twilio,
}

/// Whether the `StatusCallback` hears of the status that a message is created with. Twilio's guide says that it does
/// not; people have seen `queued` arrive. The first status of a Messaging Service's message, `accepted`, never is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum InitialCallback {
    /// It does not.
    #[default]
    Omitted,
    /// It hears of `queued`.
    Sent,
}
