//! Messages on a channel: the 2010 API's Message resource, whoever caused it.

use std::borrow::Cow;

use super::content::render::Shown;
use super::message::Media;

/// One SMS, MMS or WhatsApp message between a sender of the account and a phone.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Text {
    pub(crate) seq: u64,
    /// `SM…`, or `MM…` with media.
    pub(crate) sid: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) body: String,
    pub(crate) media: Vec<Media>,
    /// The template it was made of.
    pub(crate) shown: Option<Shown>,
    /// What the person pressed to send it.
    pub(crate) press: Option<Press>,
    /// `inbound`, `outbound-api` or `outbound-reply`.
    pub(crate) direction: Cow<'static, str>,
    pub(crate) status: Status,
    pub(crate) error_code: Option<u32>,
    pub(crate) messaging_service_sid: Option<String>,
    pub(crate) status_callback: Option<String>,
    /// The receipt to keep in step, when a conversation caused this text.
    pub(crate) receipt: Option<ReceiptRef>,
    pub(crate) fate: Fate,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) sent: Option<i64>,
}

/// A button that was pressed, or an item that was picked, in a message.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Press {
    pub(crate) is_list: bool,
    /// Whether the message was an approved template, rather than an answer within the session.
    pub(crate) of_template: bool,
    pub(crate) title: String,
    pub(crate) payload: Option<String>,
    /// The message with the button.
    pub(crate) message: String,
}

/// Points to a conversation message's delivery receipt.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct ReceiptRef {
    pub(crate) conversation: String,
    pub(crate) message: String,
    pub(crate) receipt: String,
}

/// How an outbound text will end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Fate {
    /// It arrives.
    Arrive,
    /// It never leaves Twilio.
    Fail(u32),
    /// The carrier cannot deliver it.
    Bounce(u32),
}

/// A text's status, in Twilio's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Status {
    Scheduled,
    Queued,
    Sent,
    Delivered,
    Read,
    Failed,
    Undelivered,
    Canceled,
    Received,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Undelivered => "undelivered",
            Self::Canceled => "canceled",
            Self::Received => "received",
        }
    }
}

/// Twilio's short text for an error code on a message.
pub(crate) fn error_message(code: u32) -> &'static str {
    match code {
        11200 => "HTTP retrieval failure",
        11751 => "Media Message - Media exceeds messaging provider size limit",
        12300 => "Invalid Content-Type",
        21610 => "Attempt to send to unsubscribed recipient",
        30002 => "Account suspended",
        30003 => "Unreachable destination handset",
        63006 => "Could not format given content for the channel",
        63013 => "Channel policy violation",
        63027 => "Template does not exist for a language and locale",
        63028 => "Number of parameters provided does not match the expected number of parameters",
        63040 => "Template rejected",
        63041 => "Template paused",
        63042 => "Template disabled",
        63019 => "Media failed to download",
        63021 => "Channel invalid content error",
        63034 => "Media exceeds size limit",
        63016 => "Outside of the allowed messaging window",
        _ => "Unknown error",
    }
}
