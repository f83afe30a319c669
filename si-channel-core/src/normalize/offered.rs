//! The pre-action hook of a message.

use jiff::Timestamp;
use twilio_conversations::webhook::conversations::{ConversationsWebhook, NewMessage};

use crate::event::Received;
use crate::input::Input;
use crate::normalize::conversations::author;
use crate::normalize::{Mark, details, digest};
use crate::plain;

/// A message that Twilio asks about before it relays it. Twilio gives it no SID, so its id is made of what it is and
/// of when it was asked about.
pub fn offered(webhook: &ConversationsWebhook, message: &NewMessage, asked_at: Timestamp) -> Input {
    let own = [
        ("conversation", message.conversation_sid.to_string()),
        ("author", message.author.clone()),
        ("body", message.body.clone()),
        ("at", asked_at.to_string()),
    ];
    let own: Vec<_> = own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let (_, attributes) = Mark::take(message.attributes.as_str());
    let mut extra = webhook.extra.clone();
    let text = plain::received(&message.body);
    let details = Box::new(details::take(&mut extra, &text));
    Input::MessageOffered {
        conversation_sid: message.conversation_sid.clone(),
        received: Received {
            message_sid: format!("withheld_{}", digest(&own)),
            author: author(&message.author),
            text,
            // Twilio drops the files of a message that it is told to refuse.
            media: Vec::new(),
            index: None,
            at: asked_at,
            participant_sid: message.participant_sid.clone(),
            attributes,
            details,
            extra,
        },
    }
}
