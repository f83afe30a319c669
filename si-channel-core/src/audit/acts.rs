//! Which events are decisions that the log keeps.

use serde_json::{Map, Value};

use super::{CONSENT, JOINING, Kind, MEMBERSHIP, OUTBOUND, Record, Verdict};
use crate::event::{Event, LeaveReason};

/// Fields that a record has in places of their own, and what people wrote, which decides nothing.
const ELSEWHERE: [&str; 8] =
    ["event", "address", "author", "message_sid", "outbound_id", "reason", "text", "media"];

impl Record {
    /// The record of an event, when it is the outcome of a decision that the log keeps; what the event says is
    /// among the inputs. Whom an outbound message is for is not in its events: who has the message adds that.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        let (kind, verdict, rule, reason) = kept(event)?;
        let record = match event {
            // Dated rules have a name and a version of their own.
            Event::MessagePostponed { rule, .. } => {
                Self::new(kind, verdict, format!("{}@{}", rule.rule, rule.version))
            }
            _ => Self::new(kind, verdict, rule),
        };
        let record = match reason {
            Some(reason) => record.because(reason),
            None => record,
        };
        Some(record.telling(event))
    }

    /// Takes in what an event says.
    fn telling(mut self, event: &Event) -> Self {
        self.address = about(event).cloned();
        let Ok(Value::Object(fields)) = serde_json::to_value(event) else { return self };
        let evidence = fields.get("evidence").and_then(Value::as_object);
        let message = text(&fields, "message_sid").or_else(|| text(evidence?, "message_sid"));
        let message = message.map(str::to_owned);
        let outbound = text(&fields, "outbound_id").map(str::to_owned);
        for (name, value) in fields {
            if !ELSEWHERE.contains(&name.as_str()) {
                self = self.looked_at(name, &value);
            }
        }
        if let Some(sid) = message {
            self = self.message(&sid);
        }
        if let Some(id) = outbound {
            self = self.refers_to("outbound", &id);
        }
        self
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

/// What an event is in the log: kind, verdict, rule and reason.
fn kept(event: &Event) -> Option<(Kind, Verdict, &'static str, Option<&str>)> {
    Some(match event {
        Event::ConsentRequested { .. } => (Kind::OptInRequest, Verdict::Noted, CONSENT, None),
        Event::ConsentGranted { .. } => (Kind::OptIn, Verdict::Allowed, CONSENT, None),
        Event::ConsentRevoked { .. } => (Kind::OptOut, Verdict::Stopped, CONSENT, None),
        Event::JoinAttemptFailed { .. } => (Kind::Join, Verdict::Stopped, JOINING, Some("wrong_code")),
        Event::JoinRefused { reason, .. } => (Kind::Join, Verdict::Stopped, JOINING, Some(reason)),
        Event::HelpRequested { .. } => (Kind::Help, Verdict::Noted, CONSENT, None),
        Event::MessageHeld(_) => (Kind::Receive, Verdict::Deferred, CONSENT, Some("no_consent")),
        Event::MessageSending { .. } => (Kind::Send, Verdict::Allowed, CONSENT, None),
        Event::MessagePostponed { reason, .. } => (Kind::Send, Verdict::Deferred, OUTBOUND, Some(reason)),
        Event::MessageExpired { reason, .. } => {
            (Kind::Send, Verdict::Stopped, OUTBOUND, Some(reason.as_deref().unwrap_or("expired")))
        }
        Event::MessageCancelled { reason, .. } => {
            (Kind::Send, Verdict::Stopped, rule_of(reason), Some(reason))
        }
        Event::ReplyDiscarded { reason, .. } => (Kind::Send, Verdict::Stopped, rule_of(reason), Some(reason)),
        Event::ParticipantLeaving { reason, .. } => {
            (Kind::Removal, Verdict::Stopped, MEMBERSHIP, Some(leaving(*reason)?))
        }
        _ => return None,
    })
}

fn rule_of(reason: &str) -> &'static str {
    if matches!(reason, "opted_out" | "no_consent") { CONSENT } else { OUTBOUND }
}

/// Why somebody is taken out, when it is not their own coming and going.
fn leaving(reason: LeaveReason) -> Option<&'static str> {
    match reason {
        LeaveReason::OptedOut => Some("opted_out"),
        LeaveReason::NoConsent => Some("no_consent"),
        LeaveReason::Removed => Some("removed"),
        _ => None,
    }
}

fn about(event: &Event) -> Option<&crate::address::Address> {
    match event {
        Event::ConsentRequested { address, .. }
        | Event::ConsentGranted { address, .. }
        | Event::ConsentRevoked { address, .. }
        | Event::JoinAttemptFailed { address, .. }
        | Event::JoinRefused { address, .. }
        | Event::HelpRequested { address }
        | Event::ParticipantLeaving { address, .. } => Some(address),
        Event::MessageHeld(received) => received.author.address(),
        _ => None,
    }
}
