//! Messaging services and the senders in their pools.
//!
//! ```
//! use twilio_conversations::model::messaging_service::ServicePhoneNumber;
//!
//! let json = r#"{"sid": "PN0123456789abcdef0123456789abcdef", "phone_number": "+15550002222",
//!     "account_sid": "AC0123456789abcdef0123456789abcdef", "capabilities": ["MMS", "SMS", "Voice"]}"#;
//! let number: ServicePhoneNumber = serde_json::from_str(json)?;
//! assert_eq!(number.phone_number.as_deref(), Some("+15550002222"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::{HttpMethod, Links};
use crate::{
    Timestamp,
    sid::{AccountSid, AlphaSenderSid, ChannelSenderSid, MessagingServiceSid, PhoneNumberSid, ShortCodeSid},
};
use serde::{Deserialize, Serialize};

/// A messaging service: <https://www.twilio.com/docs/messaging/api/service-resource>.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessagingService {
    /// Its SID.
    pub sid: MessagingServiceSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The name people see.
    pub friendly_name: Option<String>,
    /// Where inbound messages go.
    pub inbound_request_url: Option<String>,
    /// By which method.
    pub inbound_method: Option<HttpMethod>,
    /// Where they go when the first URL fails.
    pub fallback_url: Option<String>,
    /// By which method.
    pub fallback_method: Option<HttpMethod>,
    /// Where the progress of outbound messages is reported.
    pub status_callback: Option<String>,
    /// Whether a person always sees the same sender.
    pub sticky_sender: Option<bool>,
    /// Whether MMS becomes an SMS with a link where MMS is not possible.
    pub mms_converter: Option<bool>,
    /// Whether Twilio replaces characters by similar ones of GSM-7.
    pub smart_encoding: Option<bool>,
    /// Reserved by Twilio.
    pub scan_message_content: Option<ScanMessageContent>,
    /// Whether a number sends where a short code cannot.
    pub fallback_to_long_code: Option<bool>,
    /// Whether a number of the recipient's area code goes first.
    pub area_code_geomatch: Option<bool>,
    /// Reserved by Twilio.
    pub synchronous_validation: Option<bool>,
    /// What it is for: `notifications`, `marketing`, `verification`, `discussion`, `poll` or `undeclared`.
    pub usecase: Option<String>,
    /// Whether inbound messages go where the number says, not where the service says.
    pub use_inbound_webhook_on_number: Option<bool>,
    /// How many seconds messages may wait in Twilio's queue.
    pub validity_period: Option<u32>,
    /// Whether a campaign for US A2P 10DLC is registered for it.
    pub us_app_to_person_registered: Option<bool>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// The URLs of what belongs to it.
    pub links: Option<Links>,
}

// A webhook URL can carry a user name and password.
debug_shows! { MessagingService { sid, usecase, validity_period, us_app_to_person_registered } }

open_enum! {
    /// Whether Twilio looks into messages; reserved by Twilio.
    ScanMessageContent {
        /// As the account says.
        Inherit = "inherit",
        /// Looks.
        Enable = "enable",
        /// Does not.
        Disable = "disable",
    }
}

/// What services can be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServiceUsecases {
    /// Each of them.
    pub usecases: Vec<ServiceUsecase>,
}

/// What a service can be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServiceUsecase {
    /// Its name, such as `notifications`.
    pub usecase: String,
    /// What it means.
    pub description: Option<String>,
    /// What it covers.
    pub purpose: Option<String>,
}

/// A phone number in a pool: <https://www.twilio.com/docs/messaging/api/phonenumber-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServicePhoneNumber {
    /// Its SID.
    pub sid: PhoneNumberSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub service_sid: Option<MessagingServiceSid>,
    /// The number, E.164.
    pub phone_number: Option<String>,
    /// Its country, two letters.
    pub country_code: Option<String>,
    /// What it can do: `SMS`, `MMS`, `Voice`.
    pub capabilities: Option<Vec<String>>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

/// A short code in a pool: <https://www.twilio.com/docs/messaging/api/services-shortcode-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServiceShortCode {
    /// Its SID.
    pub sid: ShortCodeSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub service_sid: Option<MessagingServiceSid>,
    /// The short code.
    pub short_code: Option<String>,
    /// Its country, two letters.
    pub country_code: Option<String>,
    /// What it can do: `SMS`, `MMS`, `Voice`.
    pub capabilities: Option<Vec<String>>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

/// An alphanumeric sender in a pool: <https://www.twilio.com/docs/messaging/api/alphasender-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlphaSender {
    /// Its SID.
    pub sid: AlphaSenderSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub service_sid: Option<MessagingServiceSid>,
    /// The name people see.
    pub alpha_sender: Option<String>,
    /// What it can do: `SMS`, `MMS`, `Voice`.
    pub capabilities: Option<Vec<String>>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

/// An alphanumeric sender for one country or for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DestinationAlphaSender {
    /// Its SID.
    pub sid: AlphaSenderSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub service_sid: Option<MessagingServiceSid>,
    /// The name people see.
    pub alpha_sender: Option<String>,
    /// The country, two letters; all unless set.
    pub iso_country_code: Option<String>,
    /// What it can do: `SMS`, `MMS`, `Voice`.
    pub capabilities: Option<Vec<String>>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

/// A sender of another channel in a pool: <https://www.twilio.com/docs/messaging/api/channelsender-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSender {
    /// Its SID.
    pub sid: ChannelSenderSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// The sender, with the channel before it (`whatsapp:+…`).
    pub sender: Option<String>,
    /// The channel, such as `WhatsApp` or `RCS`.
    pub sender_type: Option<String>,
    /// Its country, two letters.
    pub country_code: Option<String>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}
