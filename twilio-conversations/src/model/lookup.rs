//! What is known of phone numbers: <https://www.twilio.com/docs/lookup/v2-api>.
//!
//! ```
//! use twilio_conversations::model::lookup::{LineType, Lookup};
//!
//! let json = r#"{"phone_number": "+15550001111", "valid": true, "line_type_intelligence": {"type": "landline"}}"#;
//! let lookup: Lookup = serde_json::from_str(json)?;
//! let line = lookup.line_type_intelligence.and_then(|line| line.line_type);
//! assert_eq!(line, Some(LineType::Landline));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod settings;

pub use settings::{LineTypeOverride, RateLimit, RateLimits};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A number and what was asked of it; the rest is `None`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lookup {
    /// The calling code of its country, without `+`.
    pub calling_country_code: Option<String>,
    /// Its country, two letters.
    pub country_code: Option<String>,
    /// The number, E.164.
    pub phone_number: Option<String>,
    /// The number as its country writes it.
    pub national_format: Option<String>,
    /// Whether it can exist.
    #[serde(default)]
    pub valid: bool,
    /// Why it cannot.
    pub validation_errors: Option<Vec<ValidationError>>,
    /// The name of its owner.
    pub caller_name: Option<CallerName>,
    /// When its SIM card was last changed.
    pub sim_swap: Option<SimSwap>,
    /// Whether calls go on elsewhere.
    pub call_forwarding: Option<CallForwarding>,
    /// What kind of line it is.
    pub line_type_intelligence: Option<LineTypeIntelligence>,
    /// Whether it is in use.
    pub line_status: Option<LineStatus>,
    /// Whether it belongs to somebody.
    pub identity_match: Option<IdentityMatch>,
    /// Whether it has gone to somebody else.
    pub reassigned_number: Option<ReassignedNumber>,
    /// How likely it is part of SMS pumping.
    pub sms_pumping_risk: Option<SmsPumpingRisk>,
    /// How good it is; the shape is not documented.
    pub phone_number_quality_score: Option<Value>,
    /// What a form could be filled with; the shape is not documented.
    pub pre_fill: Option<Value>,
    /// The URL of this resource.
    pub url: Option<String>,
}

/// The answers to many lookups at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lookups {
    /// One for each number.
    pub phone_numbers: Vec<LookupOfMany>,
}

/// One of many lookups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LookupOfMany {
    /// What the request gave to tell it by.
    pub correlation_id: Option<String>,
    /// Why this number could not be looked up.
    pub twilio_error_code: Option<u32>,
    /// The number and what was asked of it.
    #[serde(flatten)]
    pub lookup: Lookup,
}

debug_shows! {
    Lookup { country_code, valid, validation_errors, line_type_intelligence, line_status, sms_pumping_risk }
    CallerName { caller_type, error_code }
    LineTypeIntelligence { line_type, error_code }
}

open_enum! {
    /// What Lookup can tell of a number.
    LookupField {
        /// Whether it can exist.
        Validation = "validation",
        /// The name of its owner.
        CallerName = "caller_name",
        /// When its SIM card was last changed.
        SimSwap = "sim_swap",
        /// Whether calls go on elsewhere.
        CallForwarding = "call_forwarding",
        /// Whether it is in use.
        LineStatus = "line_status",
        /// What kind of line it is.
        LineTypeIntelligence = "line_type_intelligence",
        /// Whether it belongs to somebody.
        IdentityMatch = "identity_match",
        /// Whether it has gone to somebody else.
        ReassignedNumber = "reassigned_number",
        /// How likely it is part of SMS pumping.
        SmsPumpingRisk = "sms_pumping_risk",
        /// How good it is.
        PhoneNumberQualityScore = "phone_number_quality_score",
        /// What a form could be filled with.
        PreFill = "pre_fill",
    }
}

open_enum! {
    /// Why a number cannot exist.
    ValidationError {
        /// Digits are missing.
        TooShort = "TOO_SHORT",
        /// It has too many digits.
        TooLong = "TOO_LONG",
        /// It has the right length and a wrong beginning.
        InvalidButPossible = "INVALID_BUT_POSSIBLE",
        /// There is no such country.
        InvalidCountryCode = "INVALID_COUNTRY_CODE",
        /// Its length is wrong.
        InvalidLength = "INVALID_LENGTH",
        /// It is no number.
        NotANumber = "NOT_A_NUMBER",
    }
}

open_enum! {
    /// A kind of line.
    LineType {
        /// A mobile phone.
        Mobile = "mobile",
        /// A fixed line, which takes no SMS as a rule.
        Landline = "landline",
        /// Free for the caller.
        TollFree = "tollFree",
        /// Voice over IP at a fixed place.
        FixedVoip = "fixedVoip",
        /// Voice over IP anywhere.
        NonFixedVoip = "nonFixedVoip",
        /// A number that follows a person.
        Personal = "personal",
        /// Dear for the caller.
        Premium = "premium",
        /// A voice mailbox.
        Voicemail = "voicemail",
        /// Paid by both.
        SharedCost = "sharedCost",
        /// A number for a whole company.
        Uan = "uan",
        /// A pager.
        Pager = "pager",
        /// Nobody knows.
        UnknownType = "unknown",
    }
}

/// What kind of line a number is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LineTypeIntelligence {
    /// The mobile country code.
    pub mobile_country_code: Option<String>,
    /// The mobile network code.
    pub mobile_network_code: Option<String>,
    /// The carrier.
    pub carrier_name: Option<String>,
    /// The kind.
    #[serde(rename = "type")]
    pub line_type: Option<LineType>,
    /// Why it could not be told, a code of <https://www.twilio.com/docs/api/errors>.
    pub error_code: Option<u32>,
}

/// The owner of a number, as caller id shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallerName {
    /// The name.
    pub caller_name: Option<String>,
    /// `BUSINESS` or `CONSUMER`.
    pub caller_type: Option<String>,
    /// Why it could not be told, a code of <https://www.twilio.com/docs/api/errors>.
    pub error_code: Option<u32>,
}

/// The last change of a SIM card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SimSwap {
    /// When it was.
    pub last_sim_swap: Option<LastSimSwap>,
    /// The carrier.
    pub carrier_name: Option<String>,
    /// The mobile country code.
    pub mobile_country_code: Option<String>,
    /// The mobile network code.
    pub mobile_network_code: Option<String>,
    /// Why it could not be told, a code of <https://www.twilio.com/docs/api/errors>.
    pub error_code: Option<u32>,
}

/// When a SIM card was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LastSimSwap {
    /// The time, RFC 3339.
    pub last_sim_swap_date: Option<String>,
    /// The time looked back, an ISO 8601 duration.
    pub swapped_period: Option<String>,
    /// Whether it was changed in that time.
    pub swapped_in_period: Option<bool>,
}

/// Whether calls go on elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallForwarding {
    /// Whether they do.
    pub call_forwarding_enabled: Option<bool>,
    /// Why it could not be told, a code of <https://www.twilio.com/docs/api/errors>.
    pub error_code: Option<u32>,
}

/// Whether a number is in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LineStatus {
    /// `active`, `reachable`, `unreachable`, `inactive` or `unknown`.
    pub status: Option<String>,
    /// Why it could not be told, a code of <https://www.twilio.com/docs/api/errors>.
    pub error_code: Option<u32>,
}

/// How far what was given agrees with what the carrier knows: `exact_match`, `high_partial_match`, `partial_match`, `no_match` …
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IdentityMatch {
    /// The given name.
    pub first_name_match: Option<String>,
    /// The family name.
    pub last_name_match: Option<String>,
    /// The address.
    pub address_lines_match: Option<String>,
    /// The town.
    pub city_match: Option<String>,
    /// The state or province.
    pub state_match: Option<String>,
    /// The postal code.
    pub postal_code_match: Option<String>,
    /// The country.
    pub address_country_match: Option<String>,
    /// The national id.
    pub national_id_match: Option<String>,
    /// The date of birth.
    pub date_of_birth_match: Option<String>,
    /// All in all, 0 to 100.
    pub summary_score: Option<u32>,
    /// Why it could not be told, a code of <https://www.twilio.com/docs/api/errors>.
    pub error_code: Option<u32>,
    /// Twilio's words for it.
    pub error_message: Option<String>,
}

/// Whether a number has gone to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReassignedNumber {
    /// The day asked about, `YYYYMMDD`.
    pub last_verified_date: Option<String>,
    /// `yes`, `no` or `no_data`.
    pub is_number_reassigned: Option<String>,
    /// Why it could not be told.
    pub error_code: Option<String>,
}

/// How likely a number is part of SMS pumping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SmsPumpingRisk {
    /// The carrier's risk: `low`, `moderate`, `high`.
    pub carrier_risk_category: Option<String>,
    /// Whether Twilio blocks it.
    pub number_blocked: Option<bool>,
    /// Since when, RFC 3339.
    pub number_blocked_date: Option<String>,
    /// Whether Twilio blocked it in the last three months.
    pub number_blocked_last_3_months: Option<bool>,
    /// The risk, 0 to 100.
    pub sms_pumping_risk_score: Option<u32>,
    /// Why it could not be told, a code of <https://www.twilio.com/docs/api/errors>.
    pub error_code: Option<u32>,
}
