//! Webhooks of Programmable Messaging, the legacy path:
//! <https://www.twilio.com/docs/messaging/guides/webhook-request>.
//!
//! ```
//! use twilio_conversations::webhook::{
//!     form::{self, Limits},
//!     messaging::InboundMessage,
//! };
//!
//! let body = "MessageSid=SM0123456789abcdef0123456789abcdef&AccountSid=AC0123456789abcdef0123456789abcdef\
//!     &From=%2B15550001111&To=%2B15550002222&Body=Hello&NumMedia=0";
//! let message = InboundMessage::parse(&form::parse(body.as_bytes(), Limits::default())?)?;
//! assert_eq!((message.from.as_str(), message.body.as_str()), ("+15550001111", "Hello"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod inbound;
mod status;

pub use inbound::{InboundMedia, InboundMessage, Location, OptOutType, Place, Referral, ReplyTo, WhatsApp};
pub use status::{ChannelEvent, MessageStatusUpdate};
