//! Conversations webhooks.

use jiff::Timestamp;
use twilio_conversations::model::{ConversationState, DeliveryStatus};
use twilio_conversations::sid::AccountSid;
use twilio_conversations::webhook::conversations::{
    BindingAddresses, ConversationsEvent, ConversationsWebhook, MessageChange, ParticipantChange,
};

use crate::address::{Address, Channel};
use crate::event::{Author, MediaRef, Person, ReceiptStatus, Received};
use crate::id::MediaId;
use crate::input::Input;
use crate::normalize::{Fact, Mark, NormalizeError, details, digest, everything, time};
use crate::plain;

/// Reads a Conversations webhook.
pub fn conversations(
    pairs: &[(String, String)],
    account: &AccountSid,
    received_at: Timestamp,
) -> Result<Fact, NormalizeError> {
    let webhook = ConversationsWebhook::parse(pairs)?;
    if webhook.account_sid != *account {
        return Err(NormalizeError::OtherAccount);
    }
    let (name, own_key) = identity(&webhook, pairs);
    let conversation = webhook.event.conversation_sid().map(ToString::to_string);
    let lane = match &webhook.event {
        // A receipt may wait for its message; the conversation must not wait for the receipt.
        ConversationsEvent::DeliveryUpdated(delivery) => format!("receipt/{}", delivery.message_sid),
        // Nor for a change to a message, which may overtake the message.
        ConversationsEvent::MessageUpdated(message) | ConversationsEvent::MessageRemoved(message) => {
            format!("message/{}", message.message_sid)
        }
        _ => conversation.unwrap_or_else(|| "account".to_owned()),
    };
    Ok(Fact { key: format!("{account}/{name}/{own_key}"), lane, input: input(&webhook, pairs, received_at) })
}

/// What happened, and which one.
fn identity(webhook: &ConversationsWebhook, pairs: &[(String, String)]) -> (String, String) {
    let kind = webhook.event_type().to_string();
    let own = match &webhook.event {
        ConversationsEvent::MessageAdded(message) | ConversationsEvent::MessageRemoved(message) => {
            message.message_sid.to_string()
        }
        ConversationsEvent::ConversationAdded(conversation)
        | ConversationsEvent::ConversationRemoved(conversation) => conversation.conversation_sid.to_string(),
        ConversationsEvent::ParticipantAdded(participant)
        | ConversationsEvent::ParticipantRemoved(participant) => participant.participant_sid.to_string(),
        ConversationsEvent::DeliveryUpdated(delivery) => {
            format!("{}/{}", delivery.delivery_receipt_sid, delivery.status.as_str())
        }
        // Changes have no id of their own: the same change is the same content.
        _ => digest(pairs),
    };
    (kind, own)
}

fn input(
    webhook: &ConversationsWebhook,
    pairs: &[(String, String)],
    received_at: Timestamp,
) -> Option<Input> {
    match &webhook.event {
        ConversationsEvent::MessageAdded(message) => Some(message_added(webhook, message, received_at)),
        ConversationsEvent::MessageUpdated(message) => {
            let (mark, _) = Mark::take(message.attributes.as_str());
            // Receipts and our own marks also change a message; only people's texts are edited.
            mark.outbound_id.is_none().then(|| Input::MessageChanged {
                conversation_sid: message.conversation_sid.clone(),
                message_sid: message.message_sid.to_string(),
                text: plain::received(&mark.restore(&message.body)),
                at: time(message.date_updated.as_ref(), received_at),
            })
        }
        ConversationsEvent::MessageRemoved(message) => Some(Input::MessageDeleted {
            conversation_sid: message.conversation_sid.clone(),
            message_sid: message.message_sid.to_string(),
            at: time(message.date_removed.as_ref(), received_at),
        }),
        ConversationsEvent::ConversationAdded(conversation) => Some(Input::ConversationSeen {
            conversation_sid: conversation.conversation_sid.clone(),
            binding: binding(&conversation.binding),
            at: time(conversation.date_created.as_ref(), received_at),
        }),
        ConversationsEvent::ConversationRemoved(conversation) => {
            Some(Input::ConversationEnded { conversation_sid: conversation.conversation_sid.clone() })
        }
        ConversationsEvent::ConversationStateUpdated(change)
            if change.state_to == ConversationState::Closed =>
        {
            Some(Input::ConversationEnded { conversation_sid: change.conversation_sid.clone() })
        }
        ConversationsEvent::ParticipantAdded(participant) => {
            person(participant).map(|person| Input::PersonSeen {
                conversation_sid: participant.conversation_sid.clone(),
                person,
                at: time(participant.date_created.as_ref(), received_at),
            })
        }
        ConversationsEvent::ParticipantRemoved(participant) => {
            person(participant).map(|person| Input::PersonLost {
                conversation_sid: participant.conversation_sid.clone(),
                address: person.address,
            })
        }
        ConversationsEvent::DeliveryUpdated(delivery) => {
            let status = match &delivery.status {
                DeliveryStatus::Sent => ReceiptStatus::Sent,
                DeliveryStatus::Delivered => ReceiptStatus::Delivered,
                DeliveryStatus::Read => ReceiptStatus::Read,
                DeliveryStatus::Undelivered => ReceiptStatus::Undelivered,
                DeliveryStatus::Failed => ReceiptStatus::Failed,
                _ => return Some(unrecognized(webhook, pairs)),
            };
            Some(Input::ReceiptArrived {
                conversation_sid: delivery.conversation_sid.clone(),
                message_sid: delivery.message_sid.to_string(),
                participant_sid: delivery.participant_sid.clone()?,
                status,
                error_code: delivery.error_code,
                at: time(delivery.date_updated.as_ref(), received_at),
            })
        }
        ConversationsEvent::Unknown { .. } => Some(unrecognized(webhook, pairs)),
        // Pre-action events are answered, not recorded; the rest changes nothing that a session holds.
        _ => None,
    }
}

fn unrecognized(webhook: &ConversationsWebhook, pairs: &[(String, String)]) -> Input {
    let conversation_sid =
        pairs.iter().find(|(name, _)| name == "ConversationSid").and_then(|(_, value)| value.parse().ok());
    Input::Unrecognized {
        name: webhook.event_type().to_string(),
        conversation_sid,
        parameters: everything(pairs),
    }
}

fn message_added(webhook: &ConversationsWebhook, message: &MessageChange, received_at: Timestamp) -> Input {
    let at = time(message.date_created.as_ref(), received_at);
    let index = message.index.and_then(|index| i64::try_from(index).ok());
    let (mark, attributes) = Mark::take(message.attributes.as_str());
    let author = author(&message.author);
    // Nobody on a phone writes in our name, whatever the attributes say.
    if let Some(outbound_id) = mark.outbound_id.clone().filter(|_| author.address().is_none()) {
        let message_sid = message.message_sid.to_string();
        return Input::OwnMessageSeen { outbound_id, message_sid, index, at };
    }
    let media = message
        .media
        .iter()
        .enumerate()
        .map(|(place, media)| MediaRef {
            id: MediaId::of(message.message_sid.as_str(), place),
            reference: media.sid.to_string(),
            content_type: media.content_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned()),
            filename: media.filename.clone(),
            size: media.size,
            service_sid: webhook.chat_service_sid.clone(),
        })
        .collect();
    let mut extra = webhook.extra.clone();
    let text = plain::received(&mark.restore(&message.body));
    Input::MessageArrived {
        conversation_sid: Some(message.conversation_sid.clone()),
        sender: None,
        received: Received {
            message_sid: message.message_sid.to_string(),
            author,
            details: Box::new(details::take(&mut extra, &text)),
            text,
            media,
            index,
            at,
            participant_sid: message.participant_sid.clone(),
            attributes,
            extra,
        },
        opt_out_type: None,
    }
}

/// A phone's author is its address; anything else is an identity.
pub(super) fn author(text: &str) -> Author {
    let on_a_phone = text.starts_with('+') || text.contains(':');
    match text.parse::<Address>() {
        Ok(address) if on_a_phone && address.channel() != Channel::Chat => {
            Author::Person { address, name: None }
        }
        _ => Author::Other { identity: text.to_owned() },
    }
}

fn binding(addresses: &BindingAddresses) -> Option<(Address, Address)> {
    let address = addresses.address.as_deref()?.parse().ok()?;
    let proxy = addresses.proxy_address.as_deref()?.parse().ok()?;
    Some((address, proxy))
}

fn person(participant: &ParticipantChange) -> Option<Person> {
    let (address, sender) = binding(&participant.binding.addresses)?;
    Some(Person { address, sender, participant_sid: Some(participant.participant_sid.clone()), name: None })
}
