//! An event as a message.

use async_nats::HeaderMap;
use async_nats::jetstream::message::PublishMessage;
use serde::Deserialize;

use super::run::Run;
use crate::store::StoredEvent;

/// The header with the event's place in the feed.
pub const POSITION: &str = "Si-Channel-Position";
/// What every type begins with; subjects leave it out.
const TYPES: &str = "si.channel.";

/// What of an event its message needs.
#[derive(Debug, Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    kind: String,
}

/// An event to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its place in the feed.
    pub position: i64,
    /// The event's id.
    pub id: String,
    /// Where to.
    pub subject: String,
    body: String,
}

impl Outgoing {
    /// `None` for what is no event.
    pub fn new(prefix: &str, event: StoredEvent) -> Option<Self> {
        let Envelope { id, kind } = serde_json::from_str(&event.body).ok()?;
        let kind = kind.strip_prefix(TYPES).unwrap_or(&kind);
        let subject = format!("{prefix}.{kind}.{}", token(&event.stream));
        Some(Self { position: event.position, id, subject, body: event.body })
    }

    /// The message, to be taken only by this stream and only when its newest message has this number.
    pub fn message(&self, run: &Run, stream: &str, after: u64) -> PublishMessage {
        let mut headers = HeaderMap::new();
        headers.insert("Content-Type", "application/cloudevents+json");
        headers.insert(POSITION, self.position.to_string());
        PublishMessage::build()
            .payload(self.body.clone().into())
            .headers(headers)
            .message_id(run.message_id(&self.id))
            .expected_stream(stream)
            .expected_last_sequence(after)
    }
}

/// The event's subject as one word of a NATS subject. People are in it by no address: subjects show in statistics, logs and
/// rights of NATS.
fn token(stream: &str) -> String {
    let kind = stream.split_once('/').map_or(stream, |(kind, _who)| kind);
    let word =
        kind.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' });
    Some(word.collect::<String>()).filter(|word| !word.is_empty()).unwrap_or_else(|| "_".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outgoing(kind: &str, stream: &str) -> Outgoing {
        let body = format!("{{\"id\":\"evt_1\",\"type\":\"{kind}\"}}");
        let event = StoredEvent { position: 7, stream: stream.to_owned(), sequence: 1, body };
        Outgoing::new("si.channel.events", event).unwrap()
    }

    #[test]
    fn a_subject_names_the_type_and_the_session() {
        for (kind, stream, subject) in [
            ("si.channel.message.received.v1", "ses_1", "si.channel.events.message.received.v1.ses_1"),
            (
                "si.channel.consent.granted.v1",
                "consent/+15557770001",
                "si.channel.events.consent.granted.v1.consent",
            ),
            ("si.channel.audit.checkpoint.v1", "audit", "si.channel.events.audit.checkpoint.v1.audit"),
            ("si.channel.x.y.v1", "a.b *>", "si.channel.events.x.y.v1.a_b___"),
            ("si.channel.x.y.v1", "", "si.channel.events.x.y.v1._"),
        ] {
            assert_eq!(outgoing(kind, stream).subject, subject);
        }
    }

    #[test]
    fn every_type_makes_three_words() {
        for (kind, _) in si_channel_core::event::TYPES {
            assert_eq!(outgoing(kind, "ses_1").subject.split('.').count(), 3 + 3 + 1, "{kind}");
        }
    }
}
