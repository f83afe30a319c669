//! Limits that Twilio states, checked before a request leaves:
//! <https://www.twilio.com/docs/conversations-classic/conversations-limits>.
//!
//! ```
//! use twilio_conversations::{api::message::CreateMessage, sid::ConversationSid};
//!
//! let conversation: ConversationSid = "CH0123456789abcdef0123456789abcdef".parse()?;
//! let error = CreateMessage::text(&conversation, "x".repeat(40_000)).unwrap_err();
//! println!("{error}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{fmt, time::Duration};

/// The most characters of a friendly name, a subject, an identity or an address.
pub const NAME_CHARS: usize = 256;
/// The most bytes of a conversation's attributes.
pub const CONVERSATION_ATTRIBUTES_BYTES: usize = 16 * 1024;
/// The most bytes of a message's, a participant's or a user's attributes.
pub const ATTRIBUTES_BYTES: usize = 4 * 1024;
/// The most characters of a text that goes to a phone, by SMS or WhatsApp. Twilio refuses longer ones there.
pub const PHONE_BODY_CHARS: usize = 1600;
/// The most bytes of a conversation's message, reached in chat alone.
pub const BODY_BYTES: usize = 32 * 1024;
/// The most media of a message of the 2010 API.
pub const MEDIA_URLS: usize = 10;
/// The most variables of a content template.
pub const CONTENT_VARIABLES: usize = 100;
/// The most characters of a content variable's name.
pub const CONTENT_VARIABLE_NAME_CHARS: usize = 16;
/// The most characters of a content variable's value.
pub const CONTENT_VARIABLE_VALUE_CHARS: usize = 256;
/// The most trigger words of a conversation's webhook.
pub const WEBHOOK_TRIGGERS: usize = 5;
/// The most participants of a conversation that is created with them.
pub const PARTICIPANTS_AT_ONCE: usize = 10;
/// The most characters of the name of a role or a push credential.
pub const SHORT_NAME_CHARS: usize = 64;
/// The most characters of an alphanumeric sender.
pub const ALPHA_SENDER_CHARS: usize = 11;
/// The shortest time until a conversation becomes inactive.
pub const INACTIVE_TIMER_MIN: Duration = Duration::from_mins(1);
/// The shortest time until a conversation closes.
pub const CLOSED_TIMER_MIN: Duration = Duration::from_mins(10);

/// A value past a limit. Names the field, the limit and the measure found, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is outside its limit: {} {limit} {unit} allowed, {actual} given", if *.at_least { "at least" } else { "at most" })]
pub struct LimitError {
    field: &'static str,
    limit: u64,
    actual: u64,
    unit: Unit,
    at_least: bool,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Unicode scalar values.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
    /// Entries of a list.
    Entries,
    /// Seconds.
    Seconds,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Characters => "characters",
            Self::Bytes => "bytes",
            Self::Entries => "entries",
            Self::Seconds => "seconds",
        })
    }
}

impl LimitError {
    /// Twilio's name of the field.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The limit, in [`Self::unit`].
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// What the value has, in [`Self::unit`].
    pub fn actual(&self) -> u64 {
        self.actual
    }

    /// What is counted.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    fn at_most(field: &'static str, actual: usize, limit: usize, unit: Unit) -> Result<(), Self> {
        let (limit, actual) = (limit as u64, actual as u64);
        if actual <= limit { Ok(()) } else { Err(Self { field, limit, actual, unit, at_least: false }) }
    }
}

pub(crate) fn characters(field: &'static str, text: &str, limit: usize) -> Result<(), LimitError> {
    LimitError::at_most(field, text.chars().count(), limit, Unit::Characters)
}

pub(crate) fn bytes(field: &'static str, text: &str, limit: usize) -> Result<(), LimitError> {
    LimitError::at_most(field, text.len(), limit, Unit::Bytes)
}

pub(crate) fn entries(field: &'static str, count: usize, limit: usize) -> Result<(), LimitError> {
    LimitError::at_most(field, count, limit, Unit::Entries)
}

pub(crate) fn at_least(field: &'static str, time: Duration, limit: Duration) -> Result<(), LimitError> {
    let (limit_s, actual) = (limit.as_secs(), time.as_secs());
    if time >= limit {
        return Ok(());
    }
    Err(LimitError { field, limit: limit_s, actual, unit: Unit::Seconds, at_least: true })
}

/// An ISO 8601 duration in whole seconds, minutes when they fit: `PT10M`, `PT90S`.
pub(crate) fn iso_8601(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds.is_multiple_of(60) { format!("PT{}M", seconds / 60) } else { format!("PT{seconds}S") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_give_limit_and_measure_without_the_value() {
        assert!(characters("FriendlyName", &"é".repeat(256), NAME_CHARS).is_ok());
        let error = characters("FriendlyName", &"é".repeat(257), NAME_CHARS).unwrap_err();
        assert_eq!((error.limit(), error.actual(), error.unit()), (256, 257, Unit::Characters));
        assert_eq!(
            error.to_string(),
            "FriendlyName is outside its limit: at most 256 characters allowed, 257 given"
        );
        assert!(bytes("Attributes", &"é".repeat(2049), ATTRIBUTES_BYTES).is_err());
    }

    #[test]
    fn durations_have_a_least_value_and_are_written_in_iso_8601() {
        let error = at_least("Timers.Closed", Duration::from_secs(599), CLOSED_TIMER_MIN).unwrap_err();
        assert!(error.to_string().contains("at least 600 seconds"), "{error}");
        assert_eq!(iso_8601(CLOSED_TIMER_MIN), "PT10M");
        assert_eq!(iso_8601(Duration::from_secs(90)), "PT90S");
    }
}
