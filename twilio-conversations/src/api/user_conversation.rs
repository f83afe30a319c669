//! The conversations a user is in: <https://www.twilio.com/docs/conversations-classic/api/user-conversation-resource>.
//!
//! ```
//! use twilio_conversations::{Request, UserRef, api::user_conversation::UpdateUserConversation, model::NotificationLevel, sid::ConversationSid};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let conversation: ConversationSid = "CH0123456789abcdef0123456789abcdef".parse()?;
//! let update = UpdateUserConversation::new(UserRef::identity("ana")?, conversation)
//!     .notification_level(NotificationLevel::Muted)
//!     .last_read_message_index(12);
//! assert_eq!(update.parts(&account).form.encode(), "NotificationLevel=muted&LastReadMessageIndex=12");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    ConversationRef, Page, Timestamp, UserRef,
    model::{NotificationLevel, UserConversation},
};

request! {
    /// Fetches a conversation as a user sees it.
    FetchUserConversation -> UserConversation;
    Read Conversations "/v1/Users/{UserSid}/Conversations/{ConversationSid}";
    /// The one to fetch.
    pub fn new(user: UserRef, conversation: ConversationRef);
}

request! {
    /// Changes what a user has read and is told of.
    UpdateUserConversation -> UserConversation;
    Update Conversations "/v1/Users/{UserSid}/Conversations/{ConversationSid}";
    /// The one to change.
    pub fn new(user: UserRef, conversation: ConversationRef);
}

request! {
    /// Takes a user out of a conversation.
    DeleteUserConversation -> ();
    Delete Conversations "/v1/Users/{UserSid}/Conversations/{ConversationSid}";
    /// The one to leave.
    pub fn new(user: UserRef, conversation: ConversationRef);
}

request! {
    /// Lists the conversations of a user.
    ListUserConversations -> Page<UserConversation>;
    Read Conversations "/v1/Users/{UserSid}/Conversations";
    /// All of this user.
    pub fn new(user: UserRef);
}

scoped! { FetchUserConversation UpdateUserConversation DeleteUserConversation ListUserConversations }
page_size! { ListUserConversations up to 50; }

setters! { form UpdateUserConversation {
    /// Whether push notifications are sent.
    fn notification_level(NotificationLevel) = "NotificationLevel";
    /// The last message the user has read.
    fn last_read_message_index(u64) = "LastReadMessageIndex";
    /// When the user read it.
    fn last_read_timestamp(Timestamp) = "LastReadTimestamp";
}}
