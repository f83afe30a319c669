//! The push notifications of a service: <https://www.twilio.com/docs/conversations-classic/api/service-notification-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::notification::UpdateNotification, sid::ServiceSid};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let service: ServiceSid = "IS0123456789abcdef0123456789abcdef".parse()?;
//! let update = UpdateNotification::new(service)
//!     .new_message_enabled(true)
//!     .new_message_template("${USER_NAME}: ${MESSAGE}");
//! assert_eq!(update.parts(&account).form.get("NewMessage.Enabled"), Some("true"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{model::Notification, sid::ServiceSid};
use std::fmt::Display;

request! {
    /// Fetches when and how a service notifies.
    FetchNotification -> Notification;
    Read Conversations "/v1/Services/{ChatServiceSid}/Configuration/Notifications";
    /// Of this service.
    pub fn new(service: ServiceSid);
}

request! {
    /// Changes when and how a service notifies. Templates know variables such as `${CONVERSATION}`, `${PARTICIPANT}` and
    /// `${MESSAGE}`.
    UpdateNotification -> Notification;
    Update Conversations "/v1/Services/{ChatServiceSid}/Configuration/Notifications";
    /// Of this service.
    pub fn new(service: ServiceSid);
}

setters! { form UpdateNotification {
    /// Whether notifications are logged.
    fn log_enabled(bool) = "LogEnabled";
    /// Whether messages are announced.
    fn new_message_enabled(bool) = "NewMessage.Enabled";
    /// The text for messages.
    fn new_message_template(impl Display) = "NewMessage.Template";
    /// The sound for messages.
    fn new_message_sound(impl Display) = "NewMessage.Sound";
    /// Whether the badge counts conversations with unread messages.
    fn new_message_badge_count_enabled(bool) = "NewMessage.BadgeCountEnabled";
    /// Whether messages with files have a text of their own.
    fn new_message_with_media_enabled(bool) = "NewMessage.WithMedia.Enabled";
    /// The text for messages with files, which also knows `${MEDIA}` and `${MEDIA_COUNT}`.
    fn new_message_with_media_template(impl Display) = "NewMessage.WithMedia.Template";
    /// Whether being added is announced.
    fn added_to_conversation_enabled(bool) = "AddedToConversation.Enabled";
    /// The text for being added.
    fn added_to_conversation_template(impl Display) = "AddedToConversation.Template";
    /// The sound for being added.
    fn added_to_conversation_sound(impl Display) = "AddedToConversation.Sound";
    /// Whether being removed is announced.
    fn removed_from_conversation_enabled(bool) = "RemovedFromConversation.Enabled";
    /// The text for being removed.
    fn removed_from_conversation_template(impl Display) = "RemovedFromConversation.Template";
    /// The sound for being removed.
    fn removed_from_conversation_sound(impl Display) = "RemovedFromConversation.Sound";
}}
