//! Messages of a conversation: <https://www.twilio.com/docs/conversations-classic/api/conversation-message-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::message::CreateMessage, sid::ConversationSid};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let conversation: ConversationSid = "CH0123456789abcdef0123456789abcdef".parse()?;
//! let hello = CreateMessage::text(&conversation, "Hello!")?.author("si").webhook_enabled(true);
//! let parts = hello.parts(&account);
//! assert_eq!(parts.form.encode(), "Body=Hello%21&Author=si");
//! assert_eq!(parts.headers, [("X-Twilio-Webhook-Enabled", "true".to_owned())]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::content::ContentVariables;
use crate::{
    ConversationRef, Page, Timestamp,
    limit::{self, ATTRIBUTES_BYTES, BODY_BYTES, LimitError, NAME_CHARS},
    model::Message,
    sid::{ContentSid, MediaSid, MessageSid},
};
use std::fmt::Display;

request! {
    /// Posts a message, which Twilio delivers to every participant but its author.
    ///
    /// There are no idempotency keys: a message posted again is another message. Put an id of your own into the
    /// attributes to find out whether one arrived.
    CreateMessage -> Message;
    Create Conversations "/v1/Conversations/{ConversationSid}/Messages";
    fn draft(conversation: ConversationRef);
}

request! {
    /// Fetches a message.
    FetchMessage -> Message;
    Read Conversations "/v1/Conversations/{ConversationSid}/Messages/{Sid}";
    /// The one to fetch.
    pub fn new(conversation: ConversationRef, message: MessageSid);
}

request! {
    /// Changes a message; what has gone to a phone stays as it was there.
    UpdateMessage -> Message;
    Update Conversations "/v1/Conversations/{ConversationSid}/Messages/{Sid}";
    /// The one to change.
    pub fn new(conversation: ConversationRef, message: MessageSid);
}

request! {
    /// Deletes a message.
    DeleteMessage -> ();
    Delete Conversations "/v1/Conversations/{ConversationSid}/Messages/{Sid}";
    /// The one to delete.
    pub fn new(conversation: ConversationRef, message: MessageSid);
}

request! {
    /// Lists the messages of a conversation, oldest first.
    ListMessages -> Page<Message>;
    Read Conversations "/v1/Conversations/{ConversationSid}/Messages";
    /// All of this conversation.
    pub fn new(conversation: ConversationRef);
}

scoped! { CreateMessage FetchMessage UpdateMessage DeleteMessage ListMessages }
webhook_switch! { CreateMessage UpdateMessage DeleteMessage }
page_size! { ListMessages up to 100; }

impl ListMessages {
    /// Oldest first, as unless told.
    pub fn oldest_first(mut self) -> Self {
        self.0.query.set("Order", "asc");
        self
    }

    /// Newest first.
    pub fn newest_first(mut self) -> Self {
        self.0.query.set("Order", "desc");
        self
    }
}

impl CreateMessage {
    /// A text. Phones take at most 1,600 characters, chat 32 KB; only the latter is checked here, since the participants
    /// decide which of the two counts.
    ///
    /// # Errors
    /// [`LimitError`] past 32 KB.
    pub fn text(
        conversation: impl Into<ConversationRef>,
        body: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Self::draft(conversation).body(body)
    }

    /// A file that was uploaded to the media service.
    pub fn media(conversation: impl Into<ConversationRef>, media_sid: MediaSid) -> Self {
        let mut message = Self::draft(conversation);
        message.0.form.set("MediaSid", media_sid);
        message
    }

    /// A file that was uploaded to the media service, with a text.
    ///
    /// # Errors
    /// [`LimitError`] past 32 KB.
    pub fn captioned_media(
        conversation: impl Into<ConversationRef>,
        media_sid: MediaSid,
        body: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Self::media(conversation, media_sid).body(body)
    }

    /// A content template, the only way to begin on WhatsApp once 24 hours have passed since the person wrote.
    pub fn template(
        conversation: impl Into<ConversationRef>,
        content_sid: ContentSid,
        variables: &ContentVariables,
    ) -> Self {
        let mut message = Self::draft(conversation);
        message.0.form.set("ContentSid", content_sid);
        if !variables.is_empty() {
            message.0.form.set("ContentVariables", variables.to_json());
        }
        message
    }

    fn body(mut self, body: impl Into<String>) -> Result<Self, LimitError> {
        let body = body.into();
        limit::bytes("Body", &body, BODY_BYTES)?;
        self.0.form.set("Body", body);
        Ok(self)
    }
}

/// What posting and changing have in common.
macro_rules! message_values {
    ($($name:ident)*) => {$(
        setters! { form $name {
            /// Who writes: a participant's address or identity, `system` unless set.
            fn author(impl Display) = "Author";
            /// When it was posted, for data from elsewhere.
            fn date_created(Timestamp) = "DateCreated";
            /// When it was last changed, for data from elsewhere.
            fn date_updated(Timestamp) = "DateUpdated";
        }}

        limited! { $name {
            /// The subject, for email, at most 256 characters.
            fn subject = "Subject", characters <= NAME_CHARS;
        }}

    )*};
}

message_values! { CreateMessage UpdateMessage }

attributes! {
    CreateMessage up to ATTRIBUTES_BYTES, "4 KB";
    UpdateMessage up to ATTRIBUTES_BYTES, "4 KB";
}

limited! { UpdateMessage {
    /// Another text, at most 32 KB.
    fn body = "Body", bytes <= BODY_BYTES;
}}
