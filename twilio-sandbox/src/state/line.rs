//! What is known of phone lines: by the sandbox's controls, and by the account's own overrides.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::numbering::LineType;

/// Knowledge about lines, by E.164 number, and the account's Lookup settings.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Lines {
    pub(crate) known: BTreeMap<String, Line>,
    pub(crate) overrides: BTreeMap<String, LineOverride>,
    pub(crate) limits: Vec<RateLimit>,
}

/// What the world knows about one line. A field that is `None` is unknown, and has its usual value.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Line {
    #[expect(clippy::struct_field_names, reason = "Twilio's name")]
    pub(crate) line_type: Option<LineType>,
    pub(crate) carrier_name: Option<String>,
    pub(crate) mobile_country_code: Option<String>,
    pub(crate) mobile_network_code: Option<String>,
    pub(crate) caller_name: Option<String>,
    /// `CONSUMER` or `BUSINESS`.
    pub(crate) caller_type: Option<String>,
    pub(crate) call_forwarding: bool,
    /// When its SIM was changed last.
    pub(crate) sim_swapped_at: Option<Timestamp>,
    /// When somebody else got the number.
    pub(crate) reassigned_on: Option<Date>,
    /// Whether it is blocked as a target of SMS pumping.
    pub(crate) pumping_blocked: bool,
    /// From 0 to 100.
    pub(crate) risk_score: u8,
    pub(crate) owner: Option<Owner>,
}

/// Whose line it is.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Owner {
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) address_line: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) country_code: Option<String>,
    pub(crate) national_id: Option<String>,
    /// `YYYYMMDD`.
    pub(crate) date_of_birth: Option<String>,
}

/// The account's own word on a line's type; it changes Lookup's answers, not the line.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct LineOverride {
    pub(crate) original: LineType,
    pub(crate) overridden: LineType,
    pub(crate) reason: Option<String>,
    pub(crate) at: i64,
}

/// A limit on Lookup requests, kept as it was given.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct RateLimit {
    pub(crate) field: String,
    pub(crate) bucket: String,
    pub(crate) limit: i64,
    pub(crate) ttl: i64,
}
