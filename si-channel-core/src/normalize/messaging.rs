//! Programmable Messaging webhooks: the legacy inbound path and status callbacks.

use jiff::Timestamp;
use twilio_conversations::sid::AccountSid;
use twilio_conversations::webhook::messaging::{InboundMessage, MessageStatusUpdate, OptOutType};

use crate::address::Address;
use crate::event::{Author, MediaRef, Received};
use crate::id::{MediaId, OutboundId};
use crate::input::Input;
use crate::keyword::Keyword;
use crate::normalize::{Fact, NormalizeError, details, everything, time};
use crate::plain;

/// Parameters that the message itself holds; the others are kept beside it.
const TOLD: [&str; 12] = [
    "MessageSid",
    "SmsSid",
    "SmsMessageSid",
    "AccountSid",
    "From",
    "To",
    "Body",
    "NumMedia",
    "NumSegments",
    "SmsStatus",
    "ApiVersion",
    "OptOutType",
];

/// Reads an inbound message.
pub fn inbound(
    pairs: &[(String, String)],
    account: &AccountSid,
    received_at: Timestamp,
) -> Result<Fact, NormalizeError> {
    let message = InboundMessage::parse(pairs)?;
    if message.account_sid != *account {
        return Err(NormalizeError::OtherAccount);
    }
    let from = address("From", &message.from)?;
    let to = address("To", &message.to)?;
    let media = message
        .media
        .iter()
        .enumerate()
        .map(|(place, media)| MediaRef {
            id: MediaId::of(message.message_sid.as_str(), place),
            reference: media.url.clone(),
            content_type: media.content_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned()),
            filename: None,
            size: None,
            service_sid: None,
        })
        .collect();
    let mut extra = everything(pairs);
    extra.retain(|name, value| !value.is_empty() && !TOLD.contains(&name.as_str()));
    for place in 0..message.media.len() {
        extra.remove(&format!("MediaUrl{place}"));
        extra.remove(&format!("MediaContentType{place}"));
    }
    // What could not be read as what its name promises stays, under whatever name.
    extra.extend(message.extra.clone());
    let text = plain::received(&message.body);
    let opt_out_type = match message.opt_out_type {
        Some(OptOutType::Stop) => Some(Keyword::Stop),
        Some(OptOutType::Start) => Some(Keyword::Start),
        Some(OptOutType::Help) => Some(Keyword::Help),
        _ => None,
    };
    Ok(Fact {
        key: format!("{account}/inbound/{}", message.message_sid),
        lane: super::lane_between(&from, &to),
        input: Some(Input::MessageArrived {
            conversation_sid: None,
            sender: Some(to),
            received: Received {
                message_sid: message.message_sid.to_string(),
                author: Author::Person { address: from, name: message.whatsapp.profile_name.clone() },
                details: Box::new(details::take(&mut extra, &text)),
                text,
                media,
                index: None,
                at: received_at,
                participant_sid: None,
                attributes: serde_json::Value::Object(serde_json::Map::new()),
                extra,
            },
            opt_out_type,
        }),
    })
}

/// Reads a status callback; `outbound_id` is what its URL carries.
pub fn status(
    pairs: &[(String, String)],
    outbound_id: Option<&str>,
    account: &AccountSid,
    received_at: Timestamp,
) -> Result<Fact, NormalizeError> {
    let update = MessageStatusUpdate::parse(pairs)?;
    if update.account_sid != *account {
        return Err(NormalizeError::OtherAccount);
    }
    let status = update.message_status.as_str().to_owned();
    Ok(Fact {
        key: format!("{account}/status/{}/{status}", update.message_sid),
        lane: format!("receipt/{}", update.message_sid),
        input: Some(Input::StatusArrived {
            outbound_id: outbound_id.map(OutboundId::from_text),
            message_sid: update.message_sid.to_string(),
            status,
            to: update.to.as_deref().and_then(|to| to.parse().ok()),
            error_code: update.error_code,
            at: time(None, received_at),
        }),
    })
}

fn address(field: &'static str, text: &str) -> Result<Address, NormalizeError> {
    text.parse().map_err(|error| NormalizeError::Address { field, error })
}
