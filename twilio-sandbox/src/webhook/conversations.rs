//! What Conversations webhooks carry.
//!
//! <https://www.twilio.com/docs/conversations-classic/conversations-webhooks>

use super::fields::Fields;
use crate::clock::iso_millis;
use crate::state::conversation::{Conversation, NewConversation, State};
use crate::state::message::{Message, NewMessage, Receipt};
use crate::state::participant::{NewParticipant, Participant};
use crate::state::text::Status;
use crate::state::world::World;

/// `onConversationAdd` of a REST request.
pub(crate) fn conversation_add(world: &World, new: &NewConversation) -> Fields {
    let mut fields = Fields::default();
    fields.some("FriendlyName", new.friendly_name.as_deref());
    fields.some("UniqueName", new.unique_name.as_deref());
    fields.put("Attributes", &new.attributes);
    fields.put("ChatServiceSid", &new.service_sid);
    let service = new.messaging_service_sid.as_ref().unwrap_or(&world.account.messaging_service_sid);
    fields.put("MessagingServiceSid", service);
    fields.put("State", new.state.unwrap_or(State::Active).as_str());
    fields
}

/// `onConversationUpdate`, `onConversationUpdated`, `onConversationRemove`.
pub(crate) fn conversation(one: &Conversation) -> Fields {
    let mut fields = Fields::default();
    fields.put("ConversationSid", &one.sid);
    fields.put("DateCreated", iso_millis(one.created));
    fields.put("DateUpdated", iso_millis(one.updated));
    fields.some("FriendlyName", one.friendly_name.as_deref());
    fields.some("UniqueName", one.unique_name.as_deref());
    fields.put("Attributes", &one.attributes);
    fields.put("ChatServiceSid", &one.service_sid);
    fields.put("MessagingServiceSid", &one.messaging_service_sid);
    fields.put("State", one.state.as_str());
    fields
}

/// `onConversationAdded`.
pub(crate) fn conversation_added(one: &Conversation) -> Fields {
    conversation(one)
}

/// `onConversationRemoved`.
pub(crate) fn conversation_removed(one: &Conversation, at: i64) -> Fields {
    let mut fields = conversation(one);
    fields.put("DateRemoved", iso_millis(at));
    fields
}

/// `onConversationStateUpdated`.
pub(crate) fn state_updated(one: &Conversation, (from, to): (State, State), reason: &str, at: i64) -> Fields {
    let mut fields = Fields::default();
    fields.put("ConversationSid", &one.sid);
    fields.put("ChatServiceSid", &one.service_sid);
    fields.put("MessagingServiceSid", &one.messaging_service_sid);
    fields.put("StateUpdated", iso_millis(at));
    fields.put("StateFrom", from.as_str());
    fields.put("StateTo", to.as_str());
    fields.put("Reason", reason);
    fields
}

/// `onMessageAdd`.
pub(crate) fn message_add(conversation: &Conversation, new: &NewMessage) -> Fields {
    let mut fields = Fields::default();
    fields.put("ConversationSid", &conversation.sid);
    fields.put("Body", new.body.as_deref().unwrap_or_default());
    fields.put("Author", &new.author);
    fields.some("ParticipantSid", conversation.author(&new.author).map(|one| one.sid.as_str()));
    fields.put("Attributes", &new.attributes);
    fields.media(&new.media);
    fields
}

/// `onMessageAdded`.
pub(crate) fn message_added(conversation: &Conversation, message: &Message) -> Fields {
    let mut fields = Fields::default();
    fields.put("ConversationSid", &conversation.sid);
    fields.put("MessageSid", &message.sid);
    fields.put("MessagingServiceSid", &conversation.messaging_service_sid);
    fields.put("Index", message.index.to_string());
    fields.put("DateCreated", iso_millis(message.created));
    content(&mut fields, message);
    fields
}

/// `onMessageUpdate`, `onMessageUpdated`, `onMessageRemove`.
pub(crate) fn message(conversation: &Conversation, message: &Message) -> Fields {
    let mut fields = Fields::default();
    fields.put("ConversationSid", &conversation.sid);
    fields.put("MessageSid", &message.sid);
    fields.put("Index", message.index.to_string());
    fields.put("DateCreated", iso_millis(message.created));
    fields.put("DateUpdated", iso_millis(message.updated));
    content(&mut fields, message);
    fields
}

/// `onMessageRemoved`.
pub(crate) fn message_removed(conversation: &Conversation, one: &Message, at: i64) -> Fields {
    let mut fields = message(conversation, one);
    fields.put("DateRemoved", iso_millis(at));
    fields
}

fn content(fields: &mut Fields, message: &Message) {
    fields.put("Body", message.body.as_deref().unwrap_or_default());
    fields.put("Author", &message.author);
    fields.some("ParticipantSid", message.participant_sid.as_deref());
    fields.put("Attributes", &message.attributes);
    fields.media(&message.media);
}

/// `onParticipantAdd`.
pub(crate) fn participant_add(world: &World, conversation: &Conversation, new: &NewParticipant) -> Fields {
    let mut one = new.draft();
    if let Some(service) = world.service(&conversation.service_sid).filter(|_| one.role_sid.is_empty()) {
        one.role_sid.clone_from(&service.default_roles.participant);
    }
    let mut fields = Fields::default();
    fields.put("ConversationSid", &conversation.sid);
    person(&mut fields, &one);
    fields
}

/// `onParticipantAdded`.
pub(crate) fn participant_added(conversation: &Conversation, one: &Participant) -> Fields {
    let mut fields = Fields::default();
    fields.put("ConversationSid", &conversation.sid);
    fields.put("ParticipantSid", &one.sid);
    fields.put("DateCreated", iso_millis(one.created));
    person(&mut fields, one);
    fields
}

/// `onParticipantUpdate`, `onParticipantRemove`.
pub(crate) fn participant(conversation: &Conversation, one: &Participant) -> Fields {
    let mut fields = Fields::default();
    fields.put("ConversationSid", &conversation.sid);
    fields.put("ParticipantSid", &one.sid);
    fields.put("DateCreated", iso_millis(one.created));
    fields.put("DateUpdated", iso_millis(one.updated));
    person(&mut fields, one);
    fields
}

/// `onParticipantUpdated`.
pub(crate) fn participant_updated(conversation: &Conversation, one: &Participant) -> Fields {
    let mut fields = participant(conversation, one);
    let index = one.last_read_index.map(|index| index.to_string());
    fields.put("LastReadMessageIndex", index.unwrap_or_default());
    fields
}

/// `onParticipantRemoved`.
pub(crate) fn participant_removed(conversation: &Conversation, one: &Participant, at: i64) -> Fields {
    let mut fields = participant(conversation, one);
    fields.put("DateRemoved", iso_millis(at));
    fields
}

fn person(fields: &mut Fields, one: &Participant) {
    fields.some("Identity", one.identity.as_deref());
    fields.put("RoleSid", &one.role_sid);
    fields.put("Attributes", &one.attributes);
    fields.some("MessagingBinding.ProxyAddress", one.proxy.as_deref());
    fields.some("MessagingBinding.Address", one.address.as_deref());
    fields.some("MessagingBinding.ProjectedAddress", one.projected.as_deref());
    let kind = if one.identity.is_some() { "CHAT" } else { one.channel().map_or("CHAT", |it| it.upper()) };
    fields.put("MessagingBinding.Type", kind);
}

/// `onDeliveryUpdated`.
pub(crate) fn delivery_updated(conversation: &Conversation, message_sid: &str, receipt: &Receipt) -> Fields {
    let mut fields = Fields::default();
    fields.put("ConversationSid", &conversation.sid);
    fields.put("ChatServiceSid", &conversation.service_sid);
    fields.put("MessageSid", message_sid);
    fields.put("DeliveryReceiptSid", &receipt.sid);
    fields.put("ChannelMessageSid", &receipt.channel_message_sid);
    fields.put("ParticipantSid", &receipt.participant_sid);
    fields.put("Status", receipt.status.map(Status::as_str).unwrap_or_default());
    fields.put("ErrorCode", receipt.error_code.unwrap_or(0).to_string());
    fields.put("DateCreated", iso_millis(receipt.created));
    fields.put("DateUpdated", iso_millis(receipt.updated));
    fields
}
