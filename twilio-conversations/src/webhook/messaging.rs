//! Webhooks of Programmable Messaging, the legacy path:
//! <https://www.twilio.com/docs/messaging/guides/webhook-request>.

mod inbound;
mod status;

pub use inbound::{InboundMedia, InboundMessage, Location, OptOutType, Place, Referral, ReplyTo, WhatsApp};
pub use status::MessageStatusUpdate;
