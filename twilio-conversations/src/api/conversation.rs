//! Conversations: <https://www.twilio.com/docs/conversations-classic/api/conversation-resource>.
//!
//! ```
//! use std::time::Duration;
//! use twilio_conversations::{Request, api::conversation::CreateConversation, model::ConversationState};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let create = CreateConversation::new()
//!     .unique_name("order-17")
//!     .friendly_name("Order 17")?
//!     .state(ConversationState::Active)
//!     .inactive_timer(Duration::from_mins(30))?;
//! let form = create.parts(&account).form;
//! assert_eq!(form.get("Timers.Inactive"), Some("PT30M"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::participant::NewParticipant;
use crate::{
    ConversationRef, Page, Timestamp,
    limit::{
        self, CLOSED_TIMER_MIN, CONVERSATION_ATTRIBUTES_BYTES, INACTIVE_TIMER_MIN, LimitError, NAME_CHARS,
        PARTICIPANTS_AT_ONCE,
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

request! {
    /// Creates a conversation together with its first participants.
    ///
    /// It may still be [`Initializing`](ConversationState::Initializing) when Twilio answers. When somebody cannot be
    /// added (50427), Twilio closes it and frees the addresses of the others.
    CreateConversationWithParticipants -> Conversation;
    Create Conversations "/v1/ConversationWithParticipants";
    fn draft();
}

scoped! {
    CreateConversation CreateConversationWithParticipants FetchConversation UpdateConversation DeleteConversation
    ListConversations
}
webhook_switch! { CreateConversation CreateConversationWithParticipants UpdateConversation DeleteConversation }
page_size! { ListConversations up to 100; }

setters! { query ListConversations {
    /// Created on this day or later, `YYYY-MM-DDT00:00:00Z`.
    fn start_date(Timestamp) = "StartDate";
    /// Created on this day or earlier, `YYYY-MM-DDT23:59:59Z`.
    fn end_date(Timestamp) = "EndDate";
    /// In this state.
    fn state(ConversationState) = "State";
}}

default_is_new! { CreateConversation ListConversations }

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

conversation_values! { CreateConversation CreateConversationWithParticipants UpdateConversation }

attributes! {
    CreateConversation up to CONVERSATION_ATTRIBUTES_BYTES, "16 KB";
    CreateConversationWithParticipants up to CONVERSATION_ATTRIBUTES_BYTES, "16 KB";
    UpdateConversation up to CONVERSATION_ATTRIBUTES_BYTES, "16 KB";
}

impl CreateConversationWithParticipants {
    /// A conversation of these people, at most ten.
    ///
    /// # Errors
    /// [`LimitError`] past ten.
    pub fn new(participants: impl IntoIterator<Item = NewParticipant>) -> Result<Self, LimitError> {
        let participants: Vec<String> = participants.into_iter().map(|new| new.to_json()).collect();
        limit::entries("Participant", participants.len(), PARTICIPANTS_AT_ONCE)?;
        let mut conversation = Self::draft();
        conversation.0.form.set_all("Participant", participants);
        Ok(conversation)
    }
}
