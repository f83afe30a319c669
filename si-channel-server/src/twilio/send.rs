//! Sending a message, and finding out whether one was sent.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use si_channel_core::address::Address;
use si_channel_core::content::{Content, MAX_NAME_CHARS, MAX_VALUE_CHARS, MAX_VARIABLES, Template};
use si_channel_core::id::OutboundId;
use si_channel_core::normalize::{Mark, mark_outbound};
use twilio_conversations::api::content::ContentVariables;
use twilio_conversations::api::message::{CreateMessage, ListMessages};
use twilio_conversations::api::messaging;
use twilio_conversations::limit::{self, LimitError};
use twilio_conversations::model::messaging::Message as Text;
use twilio_conversations::sid::ConversationSid;
use twilio_conversations::{Attributes, Error};

use crate::twilio::{CLOSED, Failure, Twilio};

/// Twilio's codes for a conversation that is closed, or not there.
/// <https://www.twilio.com/docs/api/errors/50350>
const GONE: [u32; 2] = [CLOSED, 50350];

/// How many pages of a conversation are looked through for a message.
const PAGES: usize = 20;

/// How a send went.
#[derive(Debug)]
pub enum Sent {
    /// Twilio has it.
    Accepted(Sighting),
    /// Twilio may have it.
    Unclear,
    /// Twilio has not.
    Failed(Failure),
    /// Twilio has not: it was not handed over in time.
    TooLate,
    /// Twilio has not, because the file cannot be had.
    NoFile(Failure),
    /// Twilio has not, and takes no more: the conversation was closed or deleted.
    Gone,
}

/// A message at Twilio.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Its SID.
    pub message_sid: String,
    /// Its index in the conversation.
    pub index: Option<i64>,
    /// Its text.
    pub text: Option<String>,
    /// When Twilio took it, where it says so.
    pub at: Option<Timestamp>,
}

// A message is handed over once: by the time that Twilio would take it after all, its recipient may have opted out.
impl Twilio {
    /// Writes into a conversation, within this time or not at all; the message carries our id in its attributes.
    pub async fn write(
        &self,
        conversation: &ConversationSid,
        id: &OutboundId,
        content: &Content,
        within: Duration,
    ) -> Sent {
        let to = conversation.clone();
        let request = match content {
            Content::Text { text } => CreateMessage::text(to, text),
            Content::Template { template } => variables(template)
                .map(|variables| CreateMessage::template(to, template.content_sid.clone(), &variables)),
            Content::File { file, text } => match self.upload(conversation, file).await {
                Ok(media) if text.is_empty() => Ok(CreateMessage::media(to, media)),
                Ok(media) => CreateMessage::captioned_media(to, media, text),
                Err(failure) => return Sent::NoFile(failure),
            },
        };
        let request = request
            .and_then(|create| create.attributes(&Attributes::new(mark_outbound(id))))
            .map(|create| create.author(&self.system_identity));
        let request = match request {
            Ok(request) => request,
            Err(error) => return Sent::Failed(error.into()),
        };
        match self.client.send_once(&request, within).await {
            Ok(message) => Sent::Accepted(sighting(&message)),
            Err(error) if error.is_not_found() || error.code().is_some_and(|code| GONE.contains(&code)) => {
                Sent::Gone
            }
            Err(error) => unsent(error),
        }
    }

    /// Writes to one phone, within this time or not at all; the status callback's URL carries our id.
    pub async fn write_alone(
        &self,
        to: &Address,
        from: &Address,
        id: &OutboundId,
        content: &Content,
        within: Duration,
    ) -> Sent {
        let sender = messaging::Sender::From(from.to_string());
        let mut callback = self.status_callback.clone();
        callback.query_pairs_mut().append_pair("id", id.as_str());
        let to = to.to_string();
        let request = match content {
            Content::Text { text } => messaging::CreateMessage::text(to, sender, text),
            Content::Template { template } => variables(template).map(|variables| {
                messaging::CreateMessage::template(to, sender, template.content_sid.clone(), &variables)
            }),
            Content::File { file, text } => {
                if let Err(failure) = self.check(file).await {
                    return Sent::NoFile(failure);
                }
                if text.is_empty() {
                    messaging::CreateMessage::media(to, sender, [&file.url])
                } else {
                    messaging::CreateMessage::captioned_media(to, sender, [&file.url], text)
                }
            }
        };
        let request = match request {
            Ok(request) => request.status_callback(callback),
            Err(error) => return Sent::Failed(error.into()),
        };
        match self.client.send_once(&request, within).await {
            Ok(message) => Sent::Accepted(seen(message)),
            Err(error) => unsent(error),
        }
    }

    /// Looks for a message of ours in a conversation, from the newest back to before it was first tried.
    pub async fn look(
        &self,
        conversation: &ConversationSid,
        id: &OutboundId,
        tried_at: Option<Timestamp>,
    ) -> Result<Option<Sighting>, Failure> {
        let list =
            ListMessages::new(conversation.clone()).page_size(ListMessages::MAX_PAGE_SIZE).newest_first();
        // Twilio's clock and ours may differ; a minute covers more than any sane difference.
        let oldest = tried_at.and_then(|at| at.checked_sub(SignedDuration::from_mins(1)).ok());
        let mut pages = self.client.pages(&list);
        let mut seen = 0;
        while let Some(page) = pages.next_page().await? {
            for message in &page.items {
                let (mark, _) = Mark::take(message.attributes.as_str());
                if mark.outbound_id.as_ref() == Some(id) {
                    return Ok(Some(sighting(message)));
                }
            }
            let reached = page.items.last().and_then(taken_at);
            seen += 1;
            if seen >= PAGES || matches!((reached, oldest), (Some(at), Some(limit)) if at < limit) {
                break;
            }
        }
        Ok(None)
    }

    /// Looks for a message sent past conversations: the only one of its words, to that phone, since it was tried.
    ///
    /// `Ok(None)` when there is none, or when several cannot be told apart. A template's words are not known, so that
    /// its status callback alone can tell.
    pub async fn look_alone(
        &self,
        to: &Address,
        from: &Address,
        content: &Content,
        tried_at: Option<Timestamp>,
    ) -> Result<Option<Sighting>, Failure> {
        let is_it = |message: &Text| {
            let body = message.body.as_deref().unwrap_or_default();
            let files = message.num_media.unwrap_or(0);
            match content {
                Content::Text { text } => body == text && files == 0,
                Content::File { text, .. } => body == text && files == 1,
                Content::Template { .. } => false,
            }
        };
        if matches!(content, Content::Template { .. }) {
            return Ok(None);
        }
        let mut list = messaging::ListMessages::new().to(to).from(from).page_size(100);
        if let Some(at) = tried_at {
            list = list.date_sent_after(at.strftime("%Y-%m-%d"));
        }
        let mut found = Vec::new();
        let mut pages = self.client.pages(&list);
        while let Some(page) = pages.next_page().await? {
            found.extend(page.items.into_iter().filter(is_it));
            if found.len() > 1 {
                return Ok(None);
            }
        }
        Ok(found.pop().map(seen))
    }
}

fn sighting(message: &twilio_conversations::model::Message) -> Sighting {
    Sighting {
        message_sid: message.sid.to_string(),
        index: i64::try_from(message.index).ok(),
        text: message.body.clone(),
        at: taken_at(message),
    }
}

fn seen(message: Text) -> Sighting {
    Sighting { message_sid: message.sid.to_string(), index: None, text: message.body, at: None }
}

// What the API has taken, Twilio takes.
const _: () = assert!(
    MAX_VARIABLES == limit::CONTENT_VARIABLES
        && MAX_NAME_CHARS == limit::CONTENT_VARIABLE_NAME_CHARS
        && MAX_VALUE_CHARS == limit::CONTENT_VARIABLE_VALUE_CHARS
);

fn variables(template: &Template) -> Result<ContentVariables, LimitError> {
    ContentVariables::new(&template.variables)
}

fn taken_at(message: &twilio_conversations::model::Message) -> Option<Timestamp> {
    message.date_created.as_ref().and_then(|at| at.as_str().parse().ok())
}

fn unsent(error: Error) -> Sent {
    if error.is_too_late() {
        return Sent::TooLate;
    }
    if error.outcome_unknown() { Sent::Unclear } else { Sent::Failed(error.into()) }
}
