//! The account's phone numbers: <https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::phone_number::UpdateIncomingPhoneNumber, model::HttpMethod, sid::PhoneNumberSid};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let number: PhoneNumberSid = "PN0123456789abcdef0123456789abcdef".parse()?;
//! let update = UpdateIncomingPhoneNumber::new(number).sms_url("https://si.example/sms").sms_method(HttpMethod::Post);
//! assert_eq!(update.parts(&account).form.get("SmsMethod"), Some("POST"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page,
    model::{HttpMethod, IncomingPhoneNumber},
    sid::PhoneNumberSid,
};
use std::fmt::Display;

request! {
    /// Lists the account's numbers.
    ListIncomingPhoneNumbers -> Page<IncomingPhoneNumber>;
    Read Api "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json";
    /// All of them.
    pub fn new();
}

request! {
    /// Changes where a number's messages go.
    UpdateIncomingPhoneNumber -> IncomingPhoneNumber;
    Update Api "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json";
    /// The number to change.
    pub fn new(phone_number: PhoneNumberSid);
}

page_size! { ListIncomingPhoneNumbers up to 1000; }

setters! { query ListIncomingPhoneNumbers {
    /// This number or pattern, E.164.
    fn phone_number(impl Display) = "PhoneNumber";
    /// Of this name.
    fn friendly_name(impl Display) = "FriendlyName";
}}

default_is_new! { ListIncomingPhoneNumbers }

setters! { form UpdateIncomingPhoneNumber {
    /// Where inbound messages go.
    fn sms_url(impl Display) = "SmsUrl";
    /// By which method.
    fn sms_method(HttpMethod) = "SmsMethod";
    /// Where they go when the first URL fails.
    fn sms_fallback_url(impl Display) = "SmsFallbackUrl";
    /// By which method.
    fn sms_fallback_method(HttpMethod) = "SmsFallbackMethod";
    /// Where the progress of calls is reported.
    fn status_callback(impl Display) = "StatusCallback";
    /// By which method.
    fn status_callback_method(HttpMethod) = "StatusCallbackMethod";
}}
