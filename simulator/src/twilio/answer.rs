//! What the API answers: Twilio's JSON.

use serde_json::{Value, json};

use super::{Conversation, Message, Participant, Text};
use crate::installation::ACCOUNT;
use crate::server::timestamp;

const SERVICE: &str = "IS00000000000000000000000000000001";

pub(super) fn error(status: u16, code: u32, message: &str) -> (u16, Value) {
    (status, json!({ "status": status, "code": code, "message": message }))
}

pub(super) fn not_found() -> (u16, Value) {
    error(404, 20404, "not found")
}

pub(super) fn page(key: &str, items: &[Value]) -> (u16, Value) {
    (200, json!({ "meta": { "key": key, "next_page_url": null }, key: items }))
}

pub(super) fn conversation(one: &Conversation) -> Value {
    json!({
        "sid": one.sid,
        "account_sid": ACCOUNT,
        "chat_service_sid": SERVICE,
        "unique_name": one.unique_name,
        "friendly_name": one.friendly_name,
        "attributes": one.attributes,
        "state": if one.open { "active" } else { "closed" },
        "date_created": timestamp(one.created_ms).to_string(),
    })
}

fn binding(one: &Participant) -> Value {
    let kind = if one.address.starts_with("whatsapp:") { "whatsapp" } else { "sms" };
    json!({ "type": kind, "address": one.address, "proxy_address": one.proxy })
}

pub(super) fn participant(conversation: &str, one: &Participant) -> Value {
    json!({
        "sid": one.sid,
        "account_sid": ACCOUNT,
        "conversation_sid": conversation,
        "attributes": "{}",
        "messaging_binding": binding(one),
    })
}

pub(super) fn membership(one: &Conversation, person: &Participant) -> Value {
    json!({
        "account_sid": ACCOUNT,
        "participant_sid": person.sid,
        "participant_messaging_binding": binding(person),
        "conversation_sid": one.sid,
        "conversation_attributes": one.attributes,
        "conversation_state": if one.open { "active" } else { "closed" },
    })
}

pub(super) fn message(conversation: &str, one: &Message) -> Value {
    json!({
        "sid": one.sid,
        "account_sid": ACCOUNT,
        "conversation_sid": conversation,
        "index": one.index,
        "author": one.author,
        "body": one.body,
        "attributes": one.attributes,
        "participant_sid": one.participant,
        "date_created": timestamp(one.created_ms).to_string(),
    })
}

pub(super) fn text(one: &Text) -> Value {
    json!({
        "sid": one.sid,
        "account_sid": ACCOUNT,
        "from": one.from,
        "to": one.to,
        "body": one.body,
        "direction": "outbound-api",
        "status": "queued",
        "num_media": "0",
    })
}
