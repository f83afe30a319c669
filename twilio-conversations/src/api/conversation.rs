//! Conversations: <https://www.twilio.com/docs/conversations-classic/api/conversation-resource>.

use crate::{
    Attributes, ConversationRef, Page, Timestamp,
    limit::{
        self, CLOSED_TIMER_MIN, CONVERSATION_ATTRIBUTES_BYTES, INACTIVE_TIMER_MIN, LimitError, NAME_CHARS,
    },
    model::{Conversation, ConversationState},
    sid::MessagingServiceSid,
};
use std::{fmt::Display, time::Duration};

request! {
    /// Creates a conversation. A unique name makes a repetition fail (50353) instead of creating another.
    CreateConversation -> Conversation;
    Create Conversations "/v1/Conversations";
    /// A conversation with nothing set.
    pub fn new();
}

request! {
    /// Fetches a conversation.
    FetchConversation -> Conversation;
    Read Conversations "/v1/Conversations/{Sid}";
    /// The one to fetch.
    pub fn new(conversation: ConversationRef);
}

request! {
    /// Changes a conversation. A closed one cannot be changed any more (50377).
    UpdateConversation -> Conversation;
    Update Conversations "/v1/Conversations/{Sid}";
    /// The one to change.
    pub fn new(conversation: ConversationRef);
}

request! {
    /// Deletes a conversation with everything in it.
    DeleteConversation -> ();
    Delete Conversations "/v1/Conversations/{Sid}";
    /// The one to delete.
    pub fn new(conversation: ConversationRef);
}

request! {
    /// Lists conversations.
    ListConversations -> Page<Conversation>;
    Read Conversations "/v1/Conversations";
    /// All of them.
    pub fn new();
}

scoped! { CreateConversation FetchConversation UpdateConversation DeleteConversation ListConversations }
webhook_switch! { CreateConversation UpdateConversation DeleteConversation }
page_size! { ListConversations up to 100; }

setters! { query ListConversations {
    /// Created on this day or later, `YYYY-MM-DDT00:00:00Z`.
    fn start_date(Timestamp) = "StartDate";
    /// Created on this day or earlier, `YYYY-MM-DDT23:59:59Z`.
    fn end_date(Timestamp) = "EndDate";
    /// In this state.
    fn state(ConversationState) = "State";
}}

impl Default for CreateConversation {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for ListConversations {
    fn default() -> Self {
        Self::new()
    }
}

/// What creating and changing have in common.
macro_rules! conversation_values {
    ($($name:ident)*) => {$(
        setters! { form $name {
            /// The name the application gives it: unique in the service, and not like a SID (50390).
            fn unique_name(impl Display) = "UniqueName";
            /// The messaging service that sends for it.
            fn messaging_service_sid(MessagingServiceSid) = "MessagingServiceSid";
            /// The state. A conversation cannot be created closed (50384), and closing is final.
            fn state(ConversationState) = "State";
            /// The default sender of email.
            fn email_address(impl Display) = "Bindings.Email.Address";
            /// The name beside the default sender of email.
            fn email_name(impl Display) = "Bindings.Email.Name";
            /// When it was created, for data from elsewhere.
            fn date_created(Timestamp) = "DateCreated";
            /// When it was last changed, for data from elsewhere.
            fn date_updated(Timestamp) = "DateUpdated";
        }}

        limited! { $name {
            /// The name people see, at most 256 characters.
            fn friendly_name = "FriendlyName", characters <= NAME_CHARS;
        }}

        impl $name {
            /// Free JSON, at most 16 KB.
            ///
            /// # Errors
            /// [`LimitError`] past the limit.
            pub fn attributes(mut self, attributes: &Attributes) -> Result<Self, LimitError> {
                limit::bytes("Attributes", attributes.as_str(), CONVERSATION_ATTRIBUTES_BYTES)?;
                self.0.form.set("Attributes", attributes.as_str());
                Ok(self)
            }

            /// How long until it becomes inactive, one minute or more. Whole seconds count.
            ///
            /// Twilio refuses timers in a creation that does not also set the state (50382).
            ///
            /// # Errors
            /// [`LimitError`] below a minute.
            pub fn inactive_timer(mut self, time: Duration) -> Result<Self, LimitError> {
                limit::at_least("Timers.Inactive", time, INACTIVE_TIMER_MIN)?;
                self.0.form.set("Timers.Inactive", limit::iso_8601(time));
                Ok(self)
            }

            /// How long until it closes, ten minutes or more. Whole seconds count.
            ///
            /// # Errors
            /// [`LimitError`] below ten minutes.
            pub fn closed_timer(mut self, time: Duration) -> Result<Self, LimitError> {
                limit::at_least("Timers.Closed", time, CLOSED_TIMER_MIN)?;
                self.0.form.set("Timers.Closed", limit::iso_8601(time));
                Ok(self)
            }
        }
    )*};
}

conversation_values! { CreateConversation UpdateConversation }
