//! Messages of a conversation: adding with relay to the other phones, changing, removing.

use super::World;
use super::delivery::Send;
use crate::config::BodyLimit;
use crate::error::ApiError;
use crate::state::address::Channel;
use crate::state::content::render::Rendered;
use crate::state::conversation::Conversation;
use crate::state::group::Recipient;
use crate::state::message::{Media, Message, NewMessage, Receipt};
use crate::state::origin::Origin;
use crate::state::terms::Terms;
use crate::state::text::ReceiptRef;
use crate::webhook::conversations as payload;

/// Characters of a body written over REST.
const REST_BODY: usize = 1600;
/// Bytes of a body that a phone sends.
const INBOUND_BODY: usize = 32 * 1024;

/// The fields of an update that were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageChange {
    pub(crate) author: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) attributes: Option<String>,
    pub(crate) created: Option<i64>,
    pub(crate) updated: Option<i64>,
}

/// Refuses an author of more than 256 characters: 50310.
pub(crate) fn check_author(author: &str) -> Result<(), ApiError> {
    if author.chars().count() > 256 {
        return Err(ApiError::bad(50310, "Author must be at most 256 characters long"));
    }
    Ok(())
}

impl World {
    /// Refuses a body that is too long for where it comes from: 50504.
    pub(crate) fn check_body(
        &self,
        conversation: &Conversation,
        body: Option<&str>,
        origin: Origin,
    ) -> Result<(), ApiError> {
        let Some(body) = body else { return Ok(()) };
        let by_channel = self.behaviour.body_limit == BodyLimit::Channel;
        let leaves = || conversation.participants.iter().any(|one| one.address.is_some());
        let (length, limit, unit) = match origin {
            Origin::Phone(_) => (body.len(), INBOUND_BODY, "bytes"),
            _ if by_channel && !leaves() => (body.len(), INBOUND_BODY, "bytes"),
            Origin::Rest { .. } | Origin::Platform => (body.chars().count(), REST_BODY, "characters"),
        };
        if length <= limit {
            return Ok(());
        }
        Err(ApiError::bad(
            50504,
            format!("Message body must be at most {limit} {unit} long, but has {length}"),
        ))
    }

    /// Everything that can be wrong with a new message.
    pub(crate) fn check_message(&self, sid: &str, new: &NewMessage, origin: Origin) -> Result<(), ApiError> {
        self.check_open(sid)?;
        if new.body.is_none() && new.media.is_empty() {
            return Err(ApiError::bad(50503, "Body or MediaSid is required"));
        }
        self.check_free(&new.media)?;
        check_author(&new.author)?;
        self.find(sid)?.check_group_author(&new.author)?;
        self.check_body(self.find(sid)?, new.body.as_deref(), origin)
    }

    /// Adds a message, relays it to every other phone of the conversation, publishes `onMessageAdded`.
    pub(crate) fn add_message(
        &mut self,
        sid: &str,
        new: NewMessage,
        origin: Origin,
    ) -> Result<String, ApiError> {
        self.check_message(sid, &new, origin)?;
        let (now, message_sid) = (self.now(), self.sids.sid("IM"));
        let created = new.created.unwrap_or(now);
        let conversation = self.find_mut(sid)?;
        let index = conversation.next_index;
        conversation.next_index += 1;
        let message = Message {
            sid: message_sid.clone(),
            index,
            participant_sid: conversation.author(&new.author).map(|one| one.sid.clone()),
            author: new.author,
            body: new.body,
            media: new.media,
            content_sid: new.template.as_ref().map(|template| template.content_sid.clone()),
            attributes: new.attributes,
            receipts: Vec::new(),
            created,
            updated: new.updated.unwrap_or(created),
        };
        let service = conversation.messaging_service_sid.clone();
        let recipients = conversation.recipients(&message.author, origin);
        let (body, media) = (message.body.clone().unwrap_or_default(), message.media.clone());
        conversation.push_message(message);
        self.attach(&media, sid, &message_sid);
        self.touch(sid, origin)?;
        let conversation = self.find(sid)?;
        if let Some(message) = conversation.message(&message_sid) {
            let fields = payload::message_added(conversation, message);
            self.publish("onMessageAdded", conversation, fields, origin);
        }
        for Recipient { participant_sid, from, to } in recipients {
            let (seq, receipt_sid) = (self.next_seq(), self.sids.sid("DY"));
            let template = new.template.as_ref();
            let rendered = template.and_then(|template| self.render(template, Channel::of(&to)));
            let (body, media, shown) = match rendered {
                Some(Rendered { body, media, shown }) => {
                    let media = media.iter().map(|url| Media::new(self.sids.sid("ME"), url)).collect();
                    (body, media, Some(shown))
                }
                None => (body.clone(), media.clone(), None),
            };
            // A copy in the thread of a group text is an MMS even without files.
            let as_mms = !self.thread_between(sid, &from, &to).is_empty();
            let channel_message_sid = self.send(Send {
                from,
                to,
                body,
                media,
                shown,
                direction: "outbound-api",
                messaging_service_sid: Some(service.clone()),
                status_callback: None,
                leaves_at: None,
                terms: Terms { as_mms, ..Terms::default() },
                receipt: Some(ReceiptRef {
                    conversation: sid.to_owned(),
                    message: message_sid.clone(),
                    receipt: receipt_sid.clone(),
                }),
            });
            let receipt = Receipt {
                seq,
                sid: receipt_sid,
                channel_message_sid,
                participant_sid,
                status: None,
                error_code: None,
                created: now,
                updated: now,
            };
            if let Some(message) = self.find_mut(sid)?.message_mut(&message_sid) {
                message.receipts.push(receipt);
            }
        }
        Ok(message_sid)
    }

    /// Changes a message and publishes `onMessageUpdated`. Phones keep what they were sent.
    pub(crate) fn update_message(
        &mut self,
        sid: &str,
        message_sid: &str,
        change: MessageChange,
        origin: Origin,
    ) -> Result<(), ApiError> {
        self.check_open(sid)?;
        self.check_body(self.find(sid)?, change.body.as_deref(), origin)?;
        if let Some(author) = &change.author {
            check_author(author)?;
        }
        let now = self.now();
        self.find_message(sid, message_sid)?;
        let conversation = self.find_mut(sid)?;
        let author_sid = change
            .author
            .as_ref()
            .map(|author| conversation.author(author).map(|participant| participant.sid.clone()));
        if let Some(message) = conversation.message_mut(message_sid) {
            if let (Some(author), Some(participant)) = (change.author, author_sid) {
                message.author = author;
                message.participant_sid = participant;
            }
            message.body = change.body.or(message.body.take());
            if let Some(attributes) = change.attributes {
                message.attributes = attributes;
            }
            message.created = change.created.unwrap_or(message.created);
            message.updated = change.updated.unwrap_or(now);
        }
        let conversation = self.find(sid)?;
        let message = self.find_message(sid, message_sid)?;
        let fields = payload::message(conversation, message);
        self.publish("onMessageUpdated", conversation, fields, origin);
        Ok(())
    }

    /// Removes a message and publishes `onMessageRemoved`.
    pub(crate) fn remove_message(
        &mut self,
        sid: &str,
        message_sid: &str,
        origin: Origin,
    ) -> Result<(), ApiError> {
        self.find_message(sid, message_sid)?;
        let removed = self.find_mut(sid)?.remove_message(message_sid);
        if let Some(message) = &removed {
            self.forget(&message.media);
        }
        let conversation = self.find(sid)?;
        if let Some(message) = removed {
            let fields = payload::message_removed(conversation, &message, self.now());
            self.publish("onMessageRemoved", conversation, fields, origin);
        }
        Ok(())
    }

    /// A message by SID, or 404.
    pub(crate) fn find_message(&self, sid: &str, message: &str) -> Result<&Message, ApiError> {
        let conversation = self.find(sid)?;
        conversation.message(message).ok_or_else(|| {
            ApiError::not_found(&format!("/Conversations/{}/Messages/{message}", conversation.sid))
        })
    }
}
