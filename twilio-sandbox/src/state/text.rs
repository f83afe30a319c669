//! Messages on a channel: the 2010 API's Message resource, whoever caused it.

use std::borrow::Cow;

use super::content::render::Shown;
use super::message::Media;
use super::terms::Terms;
use crate::carrier::price::Way;

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
    pub(crate) terms: Terms,
    pub(crate) way: Way,
    /// Parts on the air.
    pub(crate) segments: usize,
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

impl Text {
    /// Whether a Messaging Service has still to choose the sender, as far as the account can see.
    pub(crate) fn is_unassigned(&self) -> bool {
        self.terms.pooled && matches!(self.status, Status::Scheduled | Status::Accepted)
    }

    /// The recipient as the API shows it: once sent, with `XXXX` for its last four digits, as Twilio masks it, if
    /// the sender asked for that (`AddressRetention=obfuscate`).
    pub(crate) fn shown_to(&self) -> Cow<'_, str> {
        let hidden = self.terms.obfuscates_address && self.sent.is_some();
        match self.to.len().checked_sub(4).and_then(|at| self.to.get(..at)) {
            Some(kept) if hidden => format!("{kept}XXXX").into(),
            _ => Cow::Borrowed(&self.to),
        }
    }
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
    /// It has not left its sender's queue.
    Waiting,
    /// It arrives.
    Arrive,
    /// It arrives, and nobody says so.
    ArriveUnconfirmed,
    /// WhatsApp keeps it until the phone is on.
    Delayed,
    /// It does not arrive, and nobody says so.
    Vanish,
    /// It never leaves Twilio.
    Fail(u32),
    /// The carrier cannot deliver it.
    Bounce(u32),
}

/// A text's status, in Twilio's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Status {
    Scheduled,
    Accepted,
    Queued,
    Sending,
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
            Self::Accepted => "accepted",
            Self::Queued => "queued",
            Self::Sending => "sending",
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
        21408 => "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
        21610 => "Attempt to send to unsubscribed recipient",
        21612 => "Message cannot be sent with the current combination of 'To' and 'From' parameters",
        21614 => "'To' number is not a valid mobile number",
        21635 => "'To' number cannot be a landline",
        21703 => "The Messaging Service does not have a sender available for this message",
        21704 => "The Messaging Service contains no phone numbers",
        30001 => "Queue overflow",
        30002 => "Account suspended",
        30003 => "Unreachable destination handset",
        30004 => "Message blocked",
        30005 => "Unknown destination handset",
        30006 => "Landline or unreachable carrier",
        30007 => "Message filtered",
        30011 => "MMS not supported by the receiving phone number in this region",
        30022 => "US A2P 10DLC - Rate Limits Exceeded",
        30023 => "US A2P 10DLC - Daily Message Cap Reached",
        30032 => "Toll-Free Number Has Not Been Verified",
        30033 => "US A2P 10DLC - Campaign Suspended",
        30034 => "US A2P 10DLC - Message from an Unregistered Number",
        30036 => "Validity period expired",
        30450 => "Message delivery blocked by SMS pumping protection",
        63003 => "Channel could not find To address",
        63006 => "Could not format given content for the channel",
        63013 => "Channel policy violation",
        63016 => "Outside of the allowed messaging window",
        63018 => "Rate limit exceeded for Channel",
        63019 => "Media failed to download",
        63021 => "Channel invalid content error",
        63024 => "Invalid message recipient",
        63027 => "Template does not exist for a language and locale",
        63028 => "Number of parameters provided does not match the expected number of parameters",
        63034 => "Media exceeds size limit",
        63040 => "Template rejected",
        63041 => "Template paused",
        63042 => "Template disabled",
        _ => "Unknown error",
    }
}
