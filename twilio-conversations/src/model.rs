//! Twilio's resources as the API answers with them, and the values in them.
//!
//! Fields are Twilio's; what is null or absent is `None`. `Debug` leaves out what people wrote and how to reach them.
//!
//! ```
//! use twilio_conversations::model::{ConversationState, DeliveryStatus};
//!
//! assert_eq!(ConversationState::from("closed"), ConversationState::Closed);
//! // What Twilio adds later is kept, and written back as it came.
//! assert_eq!(DeliveryStatus::from("pondered").as_str(), "pondered");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address_configuration;
mod binding;
mod configuration;
pub mod content;
mod conversation;
mod conversation_webhook;
mod credential;
pub mod lookup;
pub mod mcs;
mod message;
pub mod messaging;
pub mod messaging_service;
mod notification;
mod participant;
mod participant_conversation;
mod phone_number;
mod receipt;
mod role;
mod service;
pub mod usa2p;
mod user;
mod value;

pub use address_configuration::{AddressConfiguration, AddressType, AutoCreation, AutoCreationType};
pub use binding::{Binding, PushBindingType};
pub use configuration::{Configuration, ConfigurationWebhook, ConfigurationWebhookTarget};
pub use conversation::{Conversation, ConversationBindings, ConversationTimers, EmailBinding};
pub use conversation_webhook::{ConversationWebhook, WebhookConfiguration, WebhookTarget};
pub use credential::{Credential, PushType};
pub use message::{Delivery, DeliveryExtent, Message, MessageMedia};
pub use notification::{EventNotification, MediaNotification, NewMessageNotification, Notification};
pub use participant::{MessagingBinding, Participant};
pub use participant_conversation::ParticipantConversation;
pub use phone_number::{Capabilities, IncomingPhoneNumber};
pub use receipt::Receipt;
pub use role::{Role, RoleType};
pub use service::{Service, ServiceConfiguration};
pub use user::{NotificationLevel, User, UserConversation};
pub use value::{BindingType, ConversationState, DeliveryStatus, HttpMethod, Links, MessageStatus};
