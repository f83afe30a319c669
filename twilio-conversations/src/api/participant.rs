//! Participants: <https://www.twilio.com/docs/conversations-classic/api/conversation-participant-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::participant::CreateParticipant, sid::ConversationSid};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let conversation: ConversationSid = "CH0123456789abcdef0123456789abcdef".parse()?;
//! let by_phone = CreateParticipant::by_address(&conversation, "whatsapp:+15550001111", "whatsapp:+15550002222")?;
//! let in_chat = CreateParticipant::by_identity(&conversation, "ana")?;
//! assert_eq!(by_phone.parts(&account).form.pairs().len(), 2);
//! assert_eq!(in_chat.parts(&account).form.encode(), "Identity=ana");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod new;

pub use new::NewParticipant;

use crate::{
    ConversationRef, Page, ParticipantRef, Timestamp,
    limit::{self, ATTRIBUTES_BYTES, LimitError, NAME_CHARS},
    model::Participant,
    sid::RoleSid,
};

request! {
    /// Adds somebody to a conversation.
    ///
    /// An address and a Twilio number together belong to at most one open conversation: the second attempt answers 409
    /// with code 50416 and names the other conversation.
    CreateParticipant -> Participant;
    Create Conversations "/v1/Conversations/{ConversationSid}/Participants";
    fn draft(conversation: ConversationRef);
}

request! {
    /// Fetches a participant.
    FetchParticipant -> Participant;
    Read Conversations "/v1/Conversations/{ConversationSid}/Participants/{Sid}";
    /// The one to fetch.
    pub fn new(conversation: ConversationRef, participant: ParticipantRef);
}

request! {
    /// Changes a participant.
    UpdateParticipant -> Participant;
    Update Conversations "/v1/Conversations/{ConversationSid}/Participants/{Sid}";
    /// The one to change.
    pub fn new(conversation: ConversationRef, participant: ParticipantRef);
}

request! {
    /// Removes a participant, which frees their address for other conversations.
    DeleteParticipant -> ();
    Delete Conversations "/v1/Conversations/{ConversationSid}/Participants/{Sid}";
    /// The one to remove.
    pub fn new(conversation: ConversationRef, participant: ParticipantRef);
}

request! {
    /// Lists the participants of a conversation.
    ListParticipants -> Page<Participant>;
    Read Conversations "/v1/Conversations/{ConversationSid}/Participants";
    /// All of this conversation.
    pub fn new(conversation: ConversationRef);
}

scoped! { CreateParticipant FetchParticipant UpdateParticipant DeleteParticipant ListParticipants }
webhook_switch! { CreateParticipant UpdateParticipant DeleteParticipant }
page_size! { ListParticipants up to 100; }

impl CreateParticipant {
    /// Somebody reached by address through one of the account's numbers or senders of the same channel.
    ///
    /// # Errors
    /// [`LimitError`] for an address over 256 characters.
    pub fn by_address(
        conversation: impl Into<ConversationRef>,
        address: impl Into<String>,
        proxy_address: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Self::draft(conversation)
            .limited("MessagingBinding.Address", address)?
            .limited("MessagingBinding.ProxyAddress", proxy_address)
    }

    /// A phone in Group MMS, which sees the projected addresses of the others and needs no number of its own.
    ///
    /// # Errors
    /// [`LimitError`] for an address over 256 characters.
    pub fn by_group_address(
        conversation: impl Into<ConversationRef>,
        address: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Self::draft(conversation).limited("MessagingBinding.Address", address)
    }

    /// A chat user, or the application itself under a name of its own.
    ///
    /// # Errors
    /// [`LimitError`] for an identity over 256 characters.
    pub fn by_identity(
        conversation: impl Into<ConversationRef>,
        identity: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Self::draft(conversation).limited("Identity", identity)
    }

    /// A chat user with the account's number that stands for them in Group MMS.
    ///
    /// # Errors
    /// [`LimitError`] for an identity or address over 256 characters.
    pub fn by_projected_identity(
        conversation: impl Into<ConversationRef>,
        identity: impl Into<String>,
        projected_address: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Self::by_identity(conversation, identity)?
            .limited("MessagingBinding.ProjectedAddress", projected_address)
    }

    fn limited(mut self, field: &'static str, value: impl Into<String>) -> Result<Self, LimitError> {
        let value = value.into();
        limit::characters(field, &value, NAME_CHARS)?;
        self.0.form.set(field, value);
        Ok(self)
    }
}

/// What adding and changing have in common.
macro_rules! participant_values {
    ($($name:ident)*) => {$(
        setters! { form $name {
            /// The role in the conversation.
            fn role_sid(RoleSid) = "RoleSid";
            /// When they joined, for data from elsewhere.
            fn date_created(Timestamp) = "DateCreated";
            /// When they were last changed, for data from elsewhere.
            fn date_updated(Timestamp) = "DateUpdated";
        }}

    )*};
}

participant_values! { CreateParticipant UpdateParticipant }

attributes! {
    CreateParticipant up to ATTRIBUTES_BYTES, "4 KB";
    UpdateParticipant up to ATTRIBUTES_BYTES, "4 KB";
}

setters! { form UpdateParticipant {
    /// The last message they have read.
    fn last_read_message_index(u64) = "LastReadMessageIndex";
    /// When they read it.
    fn last_read_timestamp(Timestamp) = "LastReadTimestamp";
}}

limited! { UpdateParticipant {
    /// Another chat identity.
    fn identity = "Identity", characters <= NAME_CHARS;
    /// Another number or sender of the account.
    fn proxy_address = "MessagingBinding.ProxyAddress", characters <= NAME_CHARS;
    /// Another number that stands for the chat identity in Group MMS.
    fn projected_address = "MessagingBinding.ProjectedAddress", characters <= NAME_CHARS;
}}

impl UpdateParticipant {
    /// Takes the number away.
    pub fn without_proxy_address(mut self) -> Self {
        self.0.form.set("MessagingBinding.ProxyAddress", "null");
        self
    }

    /// Takes the number away that stands for the chat identity.
    pub fn without_projected_address(mut self) -> Self {
        self.0.form.set("MessagingBinding.ProjectedAddress", "null");
        self
    }
}
