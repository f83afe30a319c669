//! Where a person or a sender is reached: an E.164 number on a channel.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::erasure::Token;

/// The way a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
#[non_exhaustive]
pub enum Channel {
    /// SMS and MMS: a bare E.164 number.
    Sms,
    /// WhatsApp: `whatsapp:` and an E.164 number, or a business-scoped user id.
    Whatsapp,
    /// RCS: `rcs:` and a number or agent id.
    Rcs,
    /// Facebook Messenger: `messenger:` and a page-scoped id.
    Messenger,
    /// A chat identity in Twilio's own SDKs.
    Chat,
}

impl Channel {
    /// The channel's name in events and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
            Self::Rcs => "rcs",
            Self::Messenger => "messenger",
            Self::Chat => "chat",
        }
    }

    /// Whether Twilio relays a group's texts to this channel as bare text, without the author.
    pub fn shows_text_only(self) -> bool {
        !matches!(self, Self::Chat)
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Sms => "",
            Self::Whatsapp => "whatsapp:",
            Self::Rcs => "rcs:",
            Self::Messenger => "messenger:",
            Self::Chat => "chat:",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = AddressError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        [Self::Sms, Self::Whatsapp, Self::Rcs, Self::Messenger, Self::Chat]
            .into_iter()
            .find(|c| c.as_str().eq_ignore_ascii_case(s))
            .ok_or(AddressError::UnknownChannel)
    }
}

/// A text is not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Nothing, or nothing after the channel's prefix.
    #[error("the address is empty; write an E.164 number such as +15551234567, or whatsapp:+15551234567")]
    Empty,
    /// A WhatsApp address that is neither a number nor a user id.
    #[error(
        "not a WhatsApp address: expected whatsapp:+15551234567, or a business-scoped user id such as \
         whatsapp:US.13491208655302741918"
    )]
    NotWhatsapp,
    /// A number that is not E.164.
    #[error(
        "not an E.164 number: expected + and 7 to 15 digits, the first not 0, without spaces, as in +15551234567"
    )]
    NotE164,
    /// Longer than Twilio's 256 characters, or with control characters.
    #[error("the address is longer than 256 characters or has control characters")]
    Malformed,
    /// A channel name that is not known.
    #[error("unknown channel; known ones are sms, whatsapp, rcs, messenger and chat")]
    UnknownChannel,
}

/// A channel and the address on it, written as Twilio writes it: `+15551234567`, `whatsapp:+15551234567`.
///
/// `Debug` masks the number; `Display` writes it whole and is for the wire and the store, not for logs.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub struct Address {
    channel: Channel,
    value: String,
}

impl Address {
    /// The chat identity `identity`.
    pub fn chat(identity: &str) -> Result<Self, AddressError> {
        checked(Channel::Chat, identity)
    }

    /// The channel.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The part after the channel's prefix: the number, or the identity.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether it is a phone number, which other channels may reach too.
    pub fn is_number(&self) -> bool {
        self.value.starts_with('+') && matches!(self.channel, Channel::Sms | Channel::Whatsapp | Channel::Rcs)
    }

    /// Whether it is `WhatsApp`'s id of somebody who hides their number from this business: such a person can be
    /// answered there, and neither texted nor called.
    pub fn is_user_id(&self) -> bool {
        self.channel == Channel::Whatsapp && is_user_id(&self.value)
    }

    /// The country of a [`Self::is_user_id`], two letters, as `WhatsApp` tells it.
    pub fn user_country(&self) -> Option<&str> {
        self.is_user_id().then(|| &self.value[..2])
    }

    /// Whether it stands for a caller who withholds their number; there is nobody to answer.
    ///
    /// The digits spell ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a phone's keys.
    /// <https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application>
    pub fn is_withheld(&self) -> bool {
        ["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"].contains(&self.value.as_str())
    }

    /// Whether it stands for somebody who was erased: nobody can be written to there.
    pub fn is_erased(&self) -> bool {
        Token::is(&self.value)
    }

    /// The address of an erased person on the same channel.
    #[must_use]
    pub fn erased(&self, token: &Token) -> Self {
        Self { channel: self.channel, value: token.as_str().to_owned() }
    }

    /// The same number on another channel; `None` when the value is no number.
    pub fn on(&self, channel: Channel) -> Option<Self> {
        is_e164(&self.value).then(|| Self { channel, value: self.value.clone() })
    }

    /// The same number on those of the channels that are not its own; nothing when it is no number.
    pub fn siblings(&self, channels: impl IntoIterator<Item = Channel>) -> impl Iterator<Item = Self> {
        let others = channels.into_iter().filter(|channel| self.is_number() && *channel != self.channel);
        others.filter_map(|channel| self.on(channel))
    }

    /// Channel, country code digit and the last two digits: fit for logs.
    pub fn masked(&self) -> String {
        let last: String = {
            let tail: Vec<char> = self.value.chars().rev().take(2).collect();
            tail.into_iter().rev().collect()
        };
        let start: String = self.value.chars().take(2).collect();
        if is_e164(&self.value) {
            format!("{}{start}…{last}", self.channel.prefix())
        } else {
            format!("{}…", self.channel.prefix())
        }
    }
}

fn checked(channel: Channel, value: &str) -> Result<Address, AddressError> {
    if value.is_empty() {
        return Err(AddressError::Empty);
    }
    if value.len() > 256 || value.chars().any(char::is_control) {
        return Err(AddressError::Malformed);
    }
    if channel == Channel::Whatsapp && !value.starts_with('+') && !is_user_id(value) && !Token::is(value) {
        return Err(AddressError::NotWhatsapp);
    }
    let number_required = channel == Channel::Sms
        || (matches!(channel, Channel::Whatsapp | Channel::Rcs) && value.starts_with('+'));
    if number_required && !is_e164(value) && !is_short_code(channel, value) && !Token::is(value) {
        return Err(AddressError::NotE164);
    }
    Ok(Address { channel, value: value.to_owned() })
}

fn is_e164(value: &str) -> bool {
    let Some(digits) = value.strip_prefix('+') else { return false };
    (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
}

/// Meta's id of somebody for one business: a country, `ENT` for one that several businesses share, and at most 128
/// letters and digits, between dots.
fn is_user_id(value: &str) -> bool {
    let Some((country, rest)) = value.split_once('.') else { return false };
    let own = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=128).contains(&own.len())
        && own.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Short codes have 3 to 8 digits and no plus; they appear as senders.
fn is_short_code(channel: Channel, value: &str) -> bool {
    channel == Channel::Sms && (3..=8).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit())
}

impl FromStr for Address {
    type Err = AddressError;

    /// Reads Twilio's form. A text without a known prefix is an SMS number; identities need [`Address::chat`]
    /// or the prefix `chat:`.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        for channel in [Channel::Whatsapp, Channel::Rcs, Channel::Messenger, Channel::Chat] {
            if let Some(rest) = s.strip_prefix(channel.prefix()) {
                return checked(channel, rest);
            }
        }
        checked(Channel::Sms, s)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.channel.prefix())?;
        f.write_str(&self.value)
    }
}

impl JsonSchema for Address {
    fn schema_name() -> Cow<'static, str> {
        "Address".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Where a person or a sender is reached, as Twilio writes it: `+15551234567`, \
                            `whatsapp:+15551234567`, `chat:IDENTITY`. Personal data.",
            "type": "string",
            "minLength": 3,
            "maxLength": 266,
        })
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twilio_forms_round_trip() {
        for text in
            ["+15551234567", "whatsapp:+15551234567", "messenger:1234", "chat:ann", "72975", "rcs:acme_agent"]
        {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_e164_is_refused() {
        for text in [
            "",
            "+",
            "5551234567890",
            "+0555123456",
            "+1 555 123 4567",
            "whatsapp:+12",
            "whatsapp:",
            "rcs:+1\u{2026}2x",
            "+1555123456789012",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn somebody_on_whatsapp_may_have_an_id_in_place_of_a_number() {
        let id = "x".repeat(128);
        for text in ["US.13491208655302741918", "NO.ENT.11815799212886844830", &format!("DE.{id}")] {
            let address: Address = format!("whatsapp:{text}").parse().unwrap();
            assert!(address.is_user_id() && !address.is_number(), "{text}");
            assert_eq!(address.user_country(), Some(&text[..2]));
            assert_eq!(address.to_string(), format!("whatsapp:{text}"));
            assert!(!format!("{address:?}").contains("134"), "{address:?}");
        }
        for text in ["15551234567", "us.1", "USA.1", "US.", "US.1 2", "US1", "ann", &format!("US.{id}x")] {
            assert_eq!(
                format!("whatsapp:{text}").parse::<Address>(),
                Err(AddressError::NotWhatsapp),
                "{text}"
            );
        }
        let number: Address = "whatsapp:+15551234567".parse().unwrap();
        assert_eq!((number.is_user_id(), number.user_country()), (false, None));
        assert!("US.134".parse::<Address>().is_err(), "an id is no number for SMS");
    }

    #[test]
    fn debug_hides_the_number() {
        let address: Address = "whatsapp:+15551234567".parse().unwrap();
        assert_eq!(format!("{address:?}"), "whatsapp:+1…67");
        let odd: Address = "chat:+1…2x".parse().unwrap();
        assert_eq!(format!("{odd:?}"), "chat:…", "an identity may look like a number that is hidden");
    }
}
