//! String identifiers (SIDs), one checked type per kind.
//!
//! A SID is two letters and 32 hexadecimal digits. The letters name the kind, so that a message's SID can never be
//! passed where a conversation's is wanted: <https://www.twilio.com/docs/glossary/what-is-a-sid>.
//!
//! ```
//! use twilio_conversations::sid::{ConversationSid, ParticipantSid};
//!
//! let conversation: ConversationSid = "CH0123456789abcdef0123456789abcdef".parse()?;
//! assert_eq!(conversation.as_str().len(), 34);
//! // A SID of another kind does not pass for this one, neither as text nor as a type.
//! assert!(ParticipantSid::parse(conversation.as_str()).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde_with::{DeserializeFromStr, SerializeDisplay};
use std::{fmt, str::FromStr};

/// Characters in every SID: two letters and 32 hexadecimal digits.
pub const SID_LENGTH: usize = 34;

/// A text that is not a SID of the wanted kind. Names what was expected and the length found, never the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {kind}: expected {expected} and 32 hexadecimal digits, found {length} characters{}", self.hint())]
pub struct SidError {
    kind: &'static str,
    expected: &'static str,
    length: usize,
}

impl SidError {
    /// The name of the type that refused the text, such as `ConversationSid`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The prefixes the type accepts, such as `CH` or `SM or MM`.
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// How many characters the refused text had.
    pub fn length(&self) -> usize {
        self.length
    }

    fn hint(&self) -> &'static str {
        if self.length == SID_LENGTH { " with another prefix or a digit out of range" } else { "" }
    }
}

/// True when `text` is two ASCII letters, one of `prefixes` unless that list is empty, and 32 hexadecimal digits.
fn is_sid(text: &str, prefixes: &[&str]) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == SID_LENGTH
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..].iter().all(u8::is_ascii_hexdigit)
        && (prefixes.is_empty() || prefixes.iter().any(|prefix| prefix.as_bytes() == &bytes[..2]))
}

macro_rules! sids {
    ($($(#[$doc:meta])* $name:ident = $($prefix:literal)|+;)*) => {$(
        sid! { $(#[$doc])* $name, [$($prefix),+], sids!(@words $($prefix)|+) }
        sids! { @single $name $($prefix)|+ }
    )*};
    (@words $only:literal) => { $only };
    (@words $first:literal | $($more:literal)|+) => { concat!($first, $(" or ", $more),+) };
    (@single $name:ident $only:literal) => {
        impl $name {
            /// The two letters every such SID begins with.
            pub const PREFIX: &'static str = $only;
        }
    };
    (@single $name:ident $first:literal | $($more:literal)|+) => {};
}

macro_rules! sid {
    ($(#[$doc:meta])* $name:ident, [$($prefix:literal),*], $expected:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDisplay, DeserializeFromStr)]
        pub struct $name(Box<str>);

        impl $name {
            /// The prefixes it accepts; any two letters when there are none.
            pub const PREFIXES: &'static [&'static str] = &[$($prefix),*];

            /// Checks `text` and keeps it as it is, letter case included.
            ///
            /// # Errors
            /// [`SidError`] when the prefix, the length or a digit is wrong.
            pub fn parse(text: &str) -> Result<Self, SidError> {
                if is_sid(text, Self::PREFIXES) {
                    return Ok(Self(text.into()));
                }
                Err(SidError { kind: stringify!($name), expected: $expected, length: text.chars().count() })
            }

            /// The SID as Twilio writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = SidError;
            fn from_str(text: &str) -> Result<Self, SidError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = SidError;
            fn try_from(text: String) -> Result<Self, SidError> {
                Self::parse(&text)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let prefix = match Self::PREFIXES {
                    [] => "[A-Za-z]{2}".to_owned(),
                    [only] => (*only).to_owned(),
                    several => format!("({})", several.join("|")),
                };
                schemars::json_schema!({ "type": "string", "pattern": format!("^{prefix}[0-9a-fA-F]{{32}}$") })
            }
        }

        impl TryFrom<&str> for $name {
            type Error = SidError;
            fn try_from(text: &str) -> Result<Self, SidError> {
                Self::parse(text)
            }
        }

        impl From<&$name> for $name {
            fn from(sid: &$name) -> Self {
                sid.clone()
            }
        }

        impl From<$name> for String {
            fn from(sid: $name) -> String {
                sid.0.into()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

sids! {
    /// An account or subaccount.
    AccountSid = "AC";
    /// A binding of an address to conversations created by themselves.
    AddressConfigurationSid = "IG";
    /// An alphanumeric sender of a messaging service.
    AlphaSenderSid = "AI";
    /// An API key, the user name of key authentication.
    ApiKeySid = "SK";
    /// A `TwiML` application.
    ApplicationSid = "AP";
    /// A device or chat connection that push notifications go to.
    BindingSid = "BS";
    /// The registration of a brand for US A2P 10DLC.
    BrandRegistrationSid = "BN";
    /// A call.
    CallSid = "CA";
    /// A sender of another channel, such as WhatsApp or RCS.
    ChannelSenderSid = "XE";
    /// A content template.
    ContentSid = "HX";
    /// A conversation.
    ConversationSid = "CH";
    /// A credential for push notifications.
    CredentialSid = "CR";
    /// A Studio flow.
    FlowSid = "FW";
    /// A media object of the media service.
    MediaSid = "ME";
    /// A message of a conversation.
    MessageSid = "IM";
    /// A messaging service.
    MessagingServiceSid = "MG";
    /// A participant of a conversation.
    ParticipantSid = "MB";
    /// A phone number of the account.
    PhoneNumberSid = "PN";
    /// A delivery receipt.
    ReceiptSid = "DY";
    /// A role.
    RoleSid = "RL";
    /// A conversation (chat) service.
    ServiceSid = "IS";
    /// A short code of the account.
    ShortCodeSid = "SC";
    /// A message of the 2010 API, SMS or MMS; WhatsApp and RCS messages carry the same prefixes there.
    SmsSid = "SM" | "MM";
    /// A campaign registered for US A2P 10DLC.
    UsAppToPersonSid = "QE";
    /// A user of a conversation service.
    UserSid = "US";
    /// A webhook of one conversation.
    WebhookSid = "WH";
}

sid! {
    /// The message a channel carried for a conversation: `SM` and `MM` for SMS and MMS, `WA` for WhatsApp.
    ///
    /// Twilio's specification allows any two letters here, so that a new channel is not refused.
    ChannelMessageSid, [], "two letters"
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0123456789abcdefABCDEF0123456789";

    #[test]
    fn prefix_length_and_digits_are_checked() {
        for (text, good) in [
            (format!("CH{HEX}"), true),
            (format!("IM{HEX}"), false),
            (format!("ch{HEX}"), false),
            (format!("CH{}", &HEX[1..]), false),
            (format!("CH{HEX}0"), false),
            (format!("CH{}g", &HEX[1..]), false),
            (format!("CH{}é", &HEX[2..]), false),
            (String::new(), false),
        ] {
            assert_eq!(ConversationSid::parse(&text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn kinds_with_several_prefixes_accept_each() {
        assert!(SmsSid::parse(&format!("SM{HEX}")).is_ok());
        assert!(SmsSid::parse(&format!("MM{HEX}")).is_ok());
        assert!(SmsSid::parse(&format!("WA{HEX}")).is_err());
        for prefix in ["SM", "MM", "WA", "RC"] {
            assert!(ChannelMessageSid::parse(&format!("{prefix}{HEX}")).is_ok(), "{prefix}");
        }
        assert!(ChannelMessageSid::parse(&format!("1M{HEX}")).is_err());
    }

    #[test]
    fn the_error_names_the_prefix_and_the_length_but_not_the_text() {
        let error = ConversationSid::parse("secret").unwrap_err();
        assert_eq!(error.length(), 6);
        assert_eq!(error.expected(), "CH");
        let text = error.to_string();
        assert!(text.contains("CH") && text.contains('6') && !text.contains("secret"), "{text}");
    }

    #[test]
    fn serde_goes_through_the_check() {
        let json = format!("\"MB{HEX}\"");
        let sid: ParticipantSid = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&sid).unwrap(), json);
        assert!(serde_json::from_str::<ParticipantSid>("\"MB12\"").is_err());
    }
}
