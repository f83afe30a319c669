//! Twilio's records as the webhooks that should have told of them.

use std::fmt::Display;

use jiff::Timestamp;
use serde_json::json;
use si_channel_core::address::{Address, Channel};
use si_channel_core::id::OutboundId;
use twilio_conversations::model::messaging::{Media, Message as Text};
use twilio_conversations::model::{Message, ParticipantConversation, Receipt};
use twilio_conversations::sid::{AccountSid, ConversationSid, ServiceSid};

use crate::worker::Received;

/// The parameters of a webhook.
struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn of(event: &str, account: &AccountSid, conversation: &ConversationSid) -> Self {
        Self(Vec::new())
            .with("EventType", event)
            .with("AccountSid", account)
            .with("ConversationSid", conversation)
    }

    fn with(mut self, name: impl Into<String>, value: &(impl Display + ?Sized)) -> Self {
        self.0.push((name.into(), value.to_string()));
        self
    }

    fn maybe(self, name: &str, value: Option<&(impl Display + ?Sized)>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

/// `onConversationAdded`, with the addresses whose text made the conversation.
pub(super) fn conversation_added(
    account: &AccountSid,
    conversation: &ConversationSid,
    (person, sender): (&Address, &Address),
    found: Option<&ParticipantConversation>,
) -> Received {
    let created = found.and_then(|found| found.conversation_date_created.as_ref());
    let pairs = Pairs::of("onConversationAdded", account, conversation)
        .with("MessagingBinding.Address", person)
        .with("MessagingBinding.ProxyAddress", sender)
        .maybe("DateCreated", created);
    Received::Conversations { pairs: pairs.0 }
}

/// `onMessageAdded`; `None` for what no webhook tells of, or what the channel wrote itself.
pub(super) fn message_added(
    account: &AccountSid,
    service: Option<&ServiceSid>,
    message: &Message,
    is_ours: impl Fn(&Address) -> bool,
) -> Option<Received> {
    let author = message.author.as_deref()?;
    let on_a_phone = author.starts_with('+') || author.contains(':');
    let phone = author.parse::<Address>().ok().filter(|address| address.channel() != Channel::Chat);
    let by_phone = on_a_phone && phone.is_some_and(|address| !is_ours(&address));
    // What programs write is told of when they ask for it; what participants write, always.
    if !by_phone && message.participant_sid.is_none() {
        return None;
    }
    let files = message.media.iter().flatten().map(|file| {
        json!({
            "Sid": file.sid,
            "ContentType": file.content_type,
            "Filename": file.filename,
            "Size": file.size,
        })
    });
    let files: Vec<_> = files.collect();
    let pairs = Pairs::of("onMessageAdded", account, &message.conversation_sid)
        .with("MessageSid", &message.sid)
        .with("Index", &message.index)
        .with("Author", author)
        .with("Body", message.body.as_deref().unwrap_or_default())
        .with("Attributes", message.attributes.as_str())
        .maybe("ParticipantSid", message.participant_sid.as_ref())
        .maybe("ChatServiceSid", message.chat_service_sid.as_ref().or(service))
        .maybe("DateCreated", message.date_created.as_ref())
        .maybe("Media", (!files.is_empty()).then(|| json!(files)).as_ref());
    Some(Received::Conversations { pairs: pairs.0 })
}

/// The webhook of a number, for a text that went to no conversation.
pub(super) fn inbound(account: &AccountSid, text: &Text, files: &[Media], at: Option<Timestamp>) -> Received {
    let mut pairs = Pairs(Vec::new())
        .with("AccountSid", account)
        .with("MessageSid", &text.sid)
        .with("From", text.from.as_deref().unwrap_or_default())
        .with("To", text.to.as_deref().unwrap_or_default())
        .with("Body", text.body.as_deref().unwrap_or_default())
        .with("NumMedia", &files.len())
        .maybe("MessagingServiceSid", text.messaging_service_sid.as_ref());
    for (place, file) in files.iter().enumerate() {
        let path = file.uri.as_deref().unwrap_or_default().trim_end_matches(".json");
        pairs = pairs
            .with(format!("MediaUrl{place}"), &format!("https://api.twilio.com{path}"))
            .maybe(&format!("MediaContentType{place}"), file.content_type.as_deref());
    }
    Received::Inbound { pairs: pairs.0, at }
}

/// `onDeliveryUpdated`.
pub(super) fn delivery_updated(account: &AccountSid, receipt: &Receipt) -> Received {
    let pairs = Pairs::of("onDeliveryUpdated", account, &receipt.conversation_sid)
        .with("MessageSid", &receipt.message_sid)
        .with("DeliveryReceiptSid", &receipt.sid)
        .with("Status", receipt.status.as_str())
        .maybe("ChannelMessageSid", receipt.channel_message_sid.as_ref())
        .maybe("ParticipantSid", receipt.participant_sid.as_ref())
        .maybe("ErrorCode", receipt.error_code.as_ref())
        .maybe("DateUpdated", receipt.date_updated.as_ref());
    Received::Conversations { pairs: pairs.0 }
}

/// The status callback of a message that was sent past conversations.
pub(super) fn status(account: &AccountSid, text: &Text, id: &OutboundId) -> Received {
    let pairs = Pairs(Vec::new())
        .with("AccountSid", account)
        .with("MessageSid", &text.sid)
        .with("MessageStatus", text.status.as_str())
        .maybe("To", text.to.as_deref())
        .maybe("ErrorCode", text.error_code.as_ref());
    Received::Status { pairs: pairs.0, outbound_id: Some(id.to_string()) }
}
