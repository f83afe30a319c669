use super::{LineType, LookupField};
use crate::{Timestamp, sid::AccountSid};
use serde::{Deserialize, Serialize};

/// Your own word on a number's line type.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LineTypeOverride {
    /// The number, E.164.
    pub phone_number: Option<String>,
    /// What Twilio took it for.
    pub original_line_type: Option<LineType>,
    /// What it counts as now.
    pub overridden_line_type: Option<LineType>,
    /// Why.
    pub override_reason: Option<String>,
    /// Since when.
    pub override_timestamp: Option<Timestamp>,
    /// The account that said so.
    pub overridden_by_account_sid: Option<AccountSid>,
}

debug_shows! { LineTypeOverride { original_line_type, overridden_line_type, override_timestamp } }

/// The account's limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RateLimits {
    /// Each of them.
    pub rate_limits: Vec<RateLimit>,
}

/// How many lookups the account allows itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RateLimit {
    /// The field it is about.
    pub field: Option<LookupField>,
    /// How many lookups.
    pub limit: Option<u32>,
    /// The bucket they are counted in.
    pub bucket: Option<String>,
    /// Who set it.
    pub owner: Option<String>,
    /// In how many seconds.
    pub ttl: Option<u32>,
}
