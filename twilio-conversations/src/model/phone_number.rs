use super::HttpMethod;
use crate::sid::{AccountSid, PhoneNumberSid};
use serde::{Deserialize, Serialize};
use serde_with::{NoneAsEmptyString, serde_as};

/// A phone number of the account: <https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource>.
///
/// URLs that Twilio leaves empty are `None`.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IncomingPhoneNumber {
    /// Its SID.
    pub sid: PhoneNumberSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The number, E.164.
    pub phone_number: String,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// What it can do.
    pub capabilities: Option<Capabilities>,
    /// Where inbound messages go.
    #[serde_as(as = "NoneAsEmptyString")]
    #[serde(default)]
    pub sms_url: Option<String>,
    /// By which method.
    pub sms_method: Option<HttpMethod>,
    /// Where they go when the first URL fails.
    #[serde_as(as = "NoneAsEmptyString")]
    #[serde(default)]
    pub sms_fallback_url: Option<String>,
    /// By which method.
    pub sms_fallback_method: Option<HttpMethod>,
    /// A `TwiML` application that takes the place of the messaging URLs.
    #[serde_as(as = "NoneAsEmptyString")]
    #[serde(default)]
    pub sms_application_sid: Option<String>,
    /// Where calls go.
    #[serde_as(as = "NoneAsEmptyString")]
    #[serde(default)]
    pub voice_url: Option<String>,
    /// By which method.
    pub voice_method: Option<HttpMethod>,
    /// Where the progress of calls is reported.
    #[serde_as(as = "NoneAsEmptyString")]
    #[serde(default)]
    pub status_callback: Option<String>,
    /// By which method.
    pub status_callback_method: Option<HttpMethod>,
    /// `in-use`, as a rule.
    pub status: Option<String>,
    /// The path of this resource.
    pub uri: Option<String>,
}

/// What a number can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Capabilities {
    /// Calls.
    pub voice: bool,
    /// SMS.
    pub sms: bool,
    /// MMS.
    pub mms: bool,
    /// Fax.
    pub fax: bool,
}

debug_shows! { IncomingPhoneNumber { sid, capabilities, sms_method, status } }
