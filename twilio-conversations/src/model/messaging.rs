//! The message of the 2010 API, which belongs to no conversation, and its media.
//!
//! ```
//! use twilio_conversations::model::messaging::Feedback;
//!
//! let json = r#"{"account_sid": "AC0123456789abcdef0123456789abcdef",
//!     "message_sid": "SM0123456789abcdef0123456789abcdef", "outcome": "confirmed"}"#;
//! let feedback: Feedback = serde_json::from_str(json)?;
//! assert_eq!(feedback.outcome.as_str(), "confirmed");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::{Links, MessageStatus, value::error_code};
use crate::{
    Timestamp,
    sid::{AccountSid, MediaSid, MessagingServiceSid, SmsSid},
};
use serde::{Deserialize, Serialize};
use serde_with::{DisplayFromStr, serde_as};

/// A message: <https://www.twilio.com/docs/messaging/api/message-resource>. Times are in RFC 2822.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// Its SID.
    pub sid: SmsSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The messaging service that sent it.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// The sender; `None` until a messaging service has chosen one.
    pub from: Option<String>,
    /// The recipient.
    pub to: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// Which way it goes, and who caused it.
    pub direction: Direction,
    /// What became of it.
    pub status: MessageStatus,
    /// A code of <https://www.twilio.com/docs/api/errors>; zero counts as none.
    #[serde(default, deserialize_with = "error_code")]
    pub error_code: Option<u32>,
    /// Twilio's words for it.
    pub error_message: Option<String>,
    /// How many segments it takes.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub num_segments: Option<u32>,
    /// How many media it has.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub num_media: Option<u32>,
    /// What it cost, decimal text, negative; `None` until known.
    pub price: Option<String>,
    /// The currency of the price.
    pub price_unit: Option<String>,
    /// When it was taken.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// When it was sent or received.
    pub date_sent: Option<Timestamp>,
    /// The version of the API that made it.
    pub api_version: Option<String>,
    /// The path of this resource.
    pub uri: Option<String>,
    /// The paths of its media and feedback.
    pub subresource_uris: Option<Links>,
}

debug_shows! {
    Message { sid, messaging_service_sid, direction, status, error_code, num_segments, num_media, date_created }
}

open_enum! {
    /// Which way a message goes, and who caused it.
    Direction {
        /// From a phone.
        Inbound = "inbound",
        /// By this API.
        OutboundApi = "outbound-api",
        /// During a call.
        OutboundCall = "outbound-call",
        /// In answer to a webhook.
        OutboundReply = "outbound-reply",
    }
}

/// A file of a message: <https://www.twilio.com/docs/messaging/api/media-resource>. Times are in RFC 2822.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Media {
    /// Its SID.
    pub sid: MediaSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The message.
    pub parent_sid: Option<SmsSid>,
    /// The MIME type.
    pub content_type: Option<String>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The path of this resource; the file is there without `.json`.
    pub uri: Option<String>,
}

/// What a message led to: <https://www.twilio.com/docs/messaging/api/message-feedback-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Feedback {
    /// The account.
    pub account_sid: AccountSid,
    /// The message.
    pub message_sid: SmsSid,
    /// What it led to.
    pub outcome: FeedbackOutcome,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The path of this resource.
    pub uri: Option<String>,
}

open_enum! {
    /// What a message led to.
    FeedbackOutcome {
        /// The person did what the message was for.
        Confirmed = "confirmed",
        /// Nothing is known.
        Unconfirmed = "unconfirmed",
    }
}

open_enum! {
    /// Whether Twilio keeps a message's text.
    ContentRetention {
        /// Keeps it.
        Retain = "retain",
        /// Forgets it once sent.
        Discard = "discard",
    }
}

open_enum! {
    /// Whether Twilio keeps a message's address.
    AddressRetention {
        /// Keeps it.
        Retain = "retain",
        /// Hides its last digits.
        Obfuscate = "obfuscate",
    }
}

open_enum! {
    /// How a message is billed.
    TrafficType {
        /// Free to the person.
        Free = "free",
    }
}

open_enum! {
    /// Whether Twilio looks for SMS pumping.
    RiskCheck {
        /// Looks, where the account has it.
        Enable = "enable",
        /// Lets this message pass.
        Disable = "disable",
    }
}
