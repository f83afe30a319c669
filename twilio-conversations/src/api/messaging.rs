//! Messages of the 2010 API, outside conversations: <https://www.twilio.com/docs/messaging/api/message-resource>.

use super::content::ContentVariables;
use crate::{
    Page,
    limit::{self, LimitError, MEDIA_URLS, PHONE_BODY_CHARS},
    model::messaging::Message,
    sid::{ContentSid, MessagingServiceSid, SmsSid},
};
use std::fmt;

/// Who a message comes from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Sender {
    /// A number or sender of the account, with the channel before it where there is one (`whatsapp:+…`).
    From(String),
    /// A messaging service, which chooses the number.
    MessagingService(MessagingServiceSid),
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::From(_) => f.write_str("From(..)"),
            Self::MessagingService(sid) => f.debug_tuple("MessagingService").field(sid).finish(),
        }
    }
}

request! {
    /// Sends a message. Sent again it arrives again: there are no idempotency keys.
    CreateMessage -> Message;
    Create Api "/2010-04-01/Accounts/{AccountSid}/Messages.json";
    fn draft();
}

request! {
    /// Fetches a message.
    FetchMessage -> Message;
    Read Api "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json";
    /// The one to fetch.
    pub fn new(message: SmsSid);
}

request! {
    /// Lists messages, newest first.
    ListMessages -> Page<Message>;
    Read Api "/2010-04-01/Accounts/{AccountSid}/Messages.json";
    /// All of the account.
    pub fn new();
}

page_size! { ListMessages up to 1000; }

setters! { query ListMessages {
    /// To this address.
    fn to(impl fmt::Display) = "To";
    /// From this address.
    fn from(impl fmt::Display) = "From";
    /// Sent on this day, `YYYY-MM-DD` in UTC.
    fn date_sent(impl fmt::Display) = "DateSent";
    /// Sent at this time or earlier, `YYYY-MM-DD` or a time in RFC 3339.
    fn date_sent_before(impl fmt::Display) = "DateSent<";
    /// Sent at this time or later, `YYYY-MM-DD` or a time in RFC 3339.
    fn date_sent_after(impl fmt::Display) = "DateSent>";
}}

default_is_new! { ListMessages }

impl CreateMessage {
    /// A text of at most 1,600 characters.
    ///
    /// # Errors
    /// [`LimitError`] past the limit.
    pub fn text(to: impl Into<String>, sender: Sender, body: impl Into<String>) -> Result<Self, LimitError> {
        Self::to(to, sender).body(body)
    }

    /// One to ten files, by URLs that Twilio fetches.
    ///
    /// # Errors
    /// [`LimitError`] past ten.
    pub fn media<U: fmt::Display>(
        to: impl Into<String>,
        sender: Sender,
        media_urls: impl IntoIterator<Item = U>,
    ) -> Result<Self, LimitError> {
        let media_urls: Vec<U> = media_urls.into_iter().collect();
        limit::entries("MediaUrl", media_urls.len(), MEDIA_URLS)?;
        let mut message = Self::to(to, sender);
        message.0.form.set_all("MediaUrl", media_urls);
        Ok(message)
    }

    /// One to ten files with a text.
    ///
    /// # Errors
    /// [`LimitError`] past ten files or 1,600 characters.
    pub fn captioned_media<U: fmt::Display>(
        to: impl Into<String>,
        sender: Sender,
        media_urls: impl IntoIterator<Item = U>,
        body: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Self::media(to, sender, media_urls)?.body(body)
    }

    /// A content template.
    pub fn template(
        to: impl Into<String>,
        sender: Sender,
        content_sid: ContentSid,
        variables: &ContentVariables,
    ) -> Self {
        let mut message = Self::to(to, sender);
        message.0.form.set("ContentSid", content_sid);
        if !variables.is_empty() {
            message.0.form.set("ContentVariables", variables.to_json());
        }
        message
    }

    fn to(to: impl Into<String>, sender: Sender) -> Self {
        let mut message = Self::draft();
        message.0.form.set("To", to.into());
        match sender {
            Sender::From(from) => message.0.form.set("From", from),
            Sender::MessagingService(sid) => message.0.form.set("MessagingServiceSid", sid),
        }
        message
    }

    fn body(mut self, body: impl Into<String>) -> Result<Self, LimitError> {
        let body = body.into();
        limit::characters("Body", &body, PHONE_BODY_CHARS)?;
        self.0.form.set("Body", body);
        Ok(self)
    }

    /// How many seconds the message may wait in Twilio's queue, 1 to 36,000; brought into that range.
    pub fn validity_period(mut self, seconds: u32) -> Self {
        self.0.form.set("ValidityPeriod", seconds.clamp(1, 36_000));
        self
    }
}

setters! { form CreateMessage {
    /// The URL that is told what becomes of the message.
    fn status_callback(impl fmt::Display) = "StatusCallback";
    /// Whether Twilio replaces characters by similar ones of GSM-7.
    fn smart_encoded(bool) = "SmartEncoded";
}}
