//! Messages of the 2010 API, outside conversations: <https://www.twilio.com/docs/messaging/api/message-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::messaging::{CreateMessage, Sender}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let from = Sender::From("+15550002222".into());
//! let message = CreateMessage::text("+15550001111", from, "Your code is 4711")?
//!     .status_callback("https://si.example/status")
//!     .validity_period(600);
//! assert_eq!(message.parts(&account).form.get("ValidityPeriod"), Some("600"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::content::ContentVariables;
use crate::{
    Page, Timestamp,
    limit::{self, LimitError, MEDIA_URLS, PHONE_BODY_CHARS},
    model::messaging::{
        AddressRetention, ContentRetention, Feedback, FeedbackOutcome, Message, RiskCheck, TrafficType,
    },
    sid::{ApplicationSid, ContentSid, MessagingServiceSid, SmsSid},
};
use std::fmt;

/// Who a message comes from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Sender {
    /// A number or sender of the account, with the channel before it where there is one (`whatsapp:+…`).
    From(String),
    /// A messaging service, which chooses the number.
    MessagingService(MessagingServiceSid),
    /// A messaging service by this of its numbers or senders.
    ServiceSender(MessagingServiceSid, String),
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::From(_) => f.write_str("From(..)"),
            Self::MessagingService(sid) => f.debug_tuple("MessagingService").field(sid).finish(),
            Self::ServiceSender(sid, _) => f.debug_tuple("ServiceSender").field(sid).finish_non_exhaustive(),
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
    /// Changes a message in one of the two ways Twilio allows.
    UpdateMessage -> Message;
    Update Api "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json";
    fn draft(message: SmsSid);
}

request! {
    /// Deletes a message that is no longer under way, its media too.
    DeleteMessage -> ();
    Delete Api "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json";
    /// The one to delete.
    pub fn new(message: SmsSid);
}

request! {
    /// Tells Twilio what a message led to; for messages sent with [`CreateMessage::provide_feedback`].
    CreateFeedback -> Feedback;
    Create Api "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Feedback.json";
    fn feedback_on(message: SmsSid);
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
            Sender::ServiceSender(sid, from) => {
                message.0.form.set("MessagingServiceSid", sid);
                message.0.form.set("From", from);
            }
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
    /// The URL that is told what becomes of the message. An application takes its place.
    fn status_callback(impl fmt::Display) = "StatusCallback";
    /// The application whose callback is told what becomes of the message.
    fn application_sid(ApplicationSid) = "ApplicationSid";
    /// The most it may cost, decimal text in US dollars. Twilio no longer heeds it.
    fn max_price(impl fmt::Display) = "MaxPrice";
    /// Whether you will tell Twilio what the message led to.
    fn provide_feedback(bool) = "ProvideFeedback";
    /// How often you tried to send it before, this time included.
    fn attempt(u32) = "Attempt";
    /// Reserved by Twilio.
    fn force_delivery(bool) = "ForceDelivery";
    /// Whether Twilio keeps the text.
    fn content_retention(ContentRetention) = "ContentRetention";
    /// Whether Twilio keeps the whole address.
    fn address_retention(AddressRetention) = "AddressRetention";
    /// Whether Twilio replaces characters by similar ones of GSM-7.
    fn smart_encoded(bool) = "SmartEncoded";
    /// How the message is billed.
    fn traffic_type(TrafficType) = "TrafficType";
    /// Whether links become short ones of your own domain; for messaging services.
    fn shorten_urls(bool) = "ShortenUrls";
    /// Whether a text goes as MMS.
    fn send_as_mms(bool) = "SendAsMms";
    /// Whether Twilio looks for SMS pumping.
    fn risk_check(RiskCheck) = "RiskCheck";
    /// The number that sends when the first sender cannot; for RCS by a messaging service.
    fn fallback_from(impl fmt::Display) = "FallbackFrom";
}}

impl CreateMessage {
    /// What the channel shows beside the message, such as `geo:37.78,-122.39|name` on WhatsApp.
    pub fn persistent_actions<A: fmt::Display>(mut self, actions: impl IntoIterator<Item = A>) -> Self {
        self.0.form.set_all("PersistentAction", actions);
        self
    }

    /// Sends it later, 15 minutes to 35 days from now; by a messaging service alone.
    pub fn schedule(mut self, send_at: &Timestamp) -> Self {
        self.0.form.set("ScheduleType", "fixed");
        self.0.form.set("SendAt", send_at);
        self
    }
}

impl UpdateMessage {
    /// Takes the text out of a message that is no longer under way.
    pub fn redact(message: impl Into<SmsSid>) -> Self {
        let mut update = Self::draft(message);
        update.0.form.set("Body", "");
        update
    }

    /// Cancels a scheduled message.
    pub fn cancel(message: impl Into<SmsSid>) -> Self {
        let mut update = Self::draft(message);
        update.0.form.set("Status", "canceled");
        update
    }
}

impl CreateFeedback {
    /// This outcome.
    pub fn new(message: impl Into<SmsSid>, outcome: &FeedbackOutcome) -> Self {
        let mut feedback = Self::feedback_on(message);
        feedback.0.form.set("Outcome", outcome);
        feedback
    }
}
