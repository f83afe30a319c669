//! Webhooks of one conversation, at most five:
//! <https://www.twilio.com/docs/conversations-classic/api/conversation-scoped-webhook-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::conversation_webhook::CreateConversationWebhook, sid::ConversationSid};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let conversation: ConversationSid = "CH0123456789abcdef0123456789abcdef".parse()?;
//! let events = CreateConversationWebhook::events(&conversation, "https://si.example/hook", ["onMessageAdded"]);
//! let words = CreateConversationWebhook::triggers(&conversation, "https://si.example/help", ["help", "human"])?;
//! assert_eq!(events.parts(&account).form.get("Target"), Some("webhook"));
//! assert_eq!(words.parts(&account).form.get("Configuration.Triggers"), Some("help"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    ConversationRef, Page,
    limit::{self, LimitError, WEBHOOK_TRIGGERS},
    model::{ConversationWebhook, HttpMethod},
    sid::{FlowSid, WebhookSid},
};
use std::fmt::Display;

request! {
    /// Adds a webhook; the sixth is refused (50361).
    CreateConversationWebhook -> ConversationWebhook;
    Create Conversations "/v1/Conversations/{ConversationSid}/Webhooks";
    fn draft(conversation: ConversationRef);
}

request! {
    /// Fetches a webhook.
    FetchConversationWebhook -> ConversationWebhook;
    Read Conversations "/v1/Conversations/{ConversationSid}/Webhooks/{Sid}";
    /// The one to fetch.
    pub fn new(conversation: ConversationRef, webhook: WebhookSid);
}

request! {
    /// Changes a webhook.
    UpdateConversationWebhook -> ConversationWebhook;
    Update Conversations "/v1/Conversations/{ConversationSid}/Webhooks/{Sid}";
    /// The one to change.
    pub fn new(conversation: ConversationRef, webhook: WebhookSid);
}

request! {
    /// Removes a webhook.
    DeleteConversationWebhook -> ();
    Delete Conversations "/v1/Conversations/{ConversationSid}/Webhooks/{Sid}";
    /// The one to remove.
    pub fn new(conversation: ConversationRef, webhook: WebhookSid);
}

request! {
    /// Lists the webhooks of a conversation.
    ListConversationWebhooks -> Page<ConversationWebhook>;
    Read Conversations "/v1/Conversations/{ConversationSid}/Webhooks";
    /// All of this conversation.
    pub fn new(conversation: ConversationRef);
}

scoped! {
    CreateConversationWebhook FetchConversationWebhook UpdateConversationWebhook DeleteConversationWebhook
    ListConversationWebhooks
}
page_size! { ListConversationWebhooks up to 5; }

impl CreateConversationWebhook {
    /// Calls a URL for these post-action events (`onMessageAdded` …).
    pub fn events<F: Display>(
        conversation: impl Into<ConversationRef>,
        url: impl Display,
        filters: impl IntoIterator<Item = F>,
    ) -> Self {
        let mut webhook = Self::draft(conversation);
        webhook.0.form.set("Target", "webhook");
        webhook.url(url).filters(filters)
    }

    /// Calls a URL for messages with one of these words, at most five.
    ///
    /// # Errors
    /// [`LimitError`] past five words.
    pub fn triggers<W: Display>(
        conversation: impl Into<ConversationRef>,
        url: impl Display,
        words: impl IntoIterator<Item = W>,
    ) -> Result<Self, LimitError> {
        let mut webhook = Self::draft(conversation);
        webhook.0.form.set("Target", "trigger");
        webhook.url(url).words(words)
    }

    /// Starts a Studio flow.
    pub fn studio(conversation: impl Into<ConversationRef>, flow_sid: FlowSid) -> Self {
        let mut webhook = Self::draft(conversation);
        webhook.0.form.set("Target", "studio");
        webhook.0.form.set("Configuration.FlowSid", flow_sid);
        webhook
    }

    fn url(mut self, url: impl Display) -> Self {
        self.0.form.set("Configuration.Url", url);
        self
    }

    /// Replays the messages after this index to the new webhook before live ones.
    pub fn replay_after(mut self, index: u64) -> Self {
        self.0.form.set("Configuration.ReplayAfter", index);
        self
    }
}

setters! { form UpdateConversationWebhook {
    /// Another URL.
    fn url(impl Display) = "Configuration.Url";
    /// Another Studio flow.
    fn flow_sid(FlowSid) = "Configuration.FlowSid";
}}

/// What adding and changing have in common.
macro_rules! webhook_values {
    ($($visibility:vis $name:ident;)*) => {$(
        impl $name {
            /// The method, POST or GET.
            pub fn method(mut self, method: &HttpMethod) -> Self {
                self.0.form.set("Configuration.Method", method.as_str().to_ascii_lowercase());
                self
            }

            /// The post-action events.
            $visibility fn filters<F: Display>(mut self, filters: impl IntoIterator<Item = F>) -> Self {
                self.0.form.set_all("Configuration.Filters", filters);
                self
            }

            /// The words, at most five.
            $visibility fn words<W: Display>(
                mut self,
                words: impl IntoIterator<Item = W>,
            ) -> Result<Self, LimitError> {
                let words: Vec<W> = words.into_iter().collect();
                limit::entries("Configuration.Triggers", words.len(), WEBHOOK_TRIGGERS)?;
                self.0.form.set_all("Configuration.Triggers", words);
                Ok(self)
            }
        }
    )*};
}

webhook_values! {
    CreateConversationWebhook;
    pub UpdateConversationWebhook;
}
