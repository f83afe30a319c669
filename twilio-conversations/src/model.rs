//! Twilio's resources and the values in them.

mod value;

pub use value::{BindingType, ConversationState, DeliveryStatus, MessageStatus};
