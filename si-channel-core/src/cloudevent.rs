//! The envelope in which an event is published: `CloudEvents` 1.0, structured JSON.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;

use crate::event::Event;
use crate::id::EventId;

/// A published event. See <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CloudEvent {
    /// Always `1.0`.
    pub specversion: String,
    /// Unique; the same event always has the same id.
    pub id: EventId,
    /// The Twilio account: `/twilio/AC…`.
    pub source: String,
    /// Versioned: `si.channel.message.received.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The session id, `consent/ADDRESS` for an event that belongs to a person's ledger, or `person/ACCOUNT`.
    pub subject: String,
    /// When it was decided.
    pub time: Timestamp,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// Where the schema of `data` is served.
    pub dataschema: String,
    /// Gapless within the subject, from 1.
    pub sequence: u64,
    /// What the event goes back to: a message SID or the caller's reference.
    pub correlationid: Option<String>,
    /// The facts.
    pub data: Value,
}

/// Where an event belongs and what it goes back to.
#[derive(Debug, Clone)]
pub struct Placement<'a> {
    /// The Twilio account.
    pub account: &'a str,
    /// The stream in which it is numbered.
    pub subject: String,
    /// Its number there.
    pub sequence: u64,
    /// What it goes back to.
    pub correlation_id: Option<&'a str>,
    /// Facts about its session that every event of the session carries.
    pub session: Option<(&'a str, Option<&'a str>)>,
}

impl CloudEvent {
    /// Wraps an event.
    pub fn new(event: &Event, id: EventId, time: Timestamp, placement: &Placement<'_>) -> Self {
        let kind = event.type_name();
        Self {
            specversion: "1.0".to_owned(),
            id,
            source: format!("/twilio/{}", placement.account),
            kind: kind.to_owned(),
            subject: placement.subject.clone(),
            time,
            datacontenttype: "application/json".to_owned(),
            dataschema: format!("/schemas/{kind}.json"),
            sequence: placement.sequence,
            correlationid: placement.correlation_id.map(str::to_owned),
            data: data(event, placement),
        }
    }
}

fn data(event: &Event, placement: &Placement<'_>) -> Value {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(event) else { return Value::Null };
    fields.remove("event");
    if let Some((session_id, conversation_sid)) = placement.session {
        fields.entry("session_id").or_insert_with(|| session_id.into());
        if let Some(sid) = conversation_sid {
            fields.entry("conversation_sid").or_insert_with(|| sid.into());
        }
    }
    if let Event::MessageReceived(received) = event
        && let Some(address) = received.author.address()
    {
        fields.insert("channel".to_owned(), address.channel().as_str().into());
    }
    Value::Object(fields)
}
