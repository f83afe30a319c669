//! The audit log: every decision that allowed or stopped a message or a recording, and every act of compliance.
//!
//! A [`Record`] says what was decided, by which rule, and on what. Sealed, it holds no personal data: whom it is
//! about and what was looked at are [commitments](Opening), SHA-256 over a salt and the value, and the salts and
//! values are kept apart, so that erasing a person forgets them while the log still verifies. Records are chained
//! ([`chain`]) and the chain is signed now and then ([`checkpoint`]). docs/audit.md has the format for those who
//! write a verifier of their own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::address::Address;
use crate::id::{EventId, OutboundId, SessionId};

mod acts;
pub mod chain;
pub mod checkpoint;

pub use acts::{About, Case, Ruling, ruling};

/// Consent given, asked for or withdrawn, and whether it lets a message go. The number grows whenever the rule is
/// changed in what it decides; so do those below.
pub const CONSENT: &str = "consent@1";
/// A message's life besides consent: expiry, cancellation, ended sessions.
pub const OUTBOUND: &str = "outbound@1";
/// Who may be in a conversation.
pub const MEMBERSHIP: &str = "membership@1";
/// Joining by code.
pub const JOINING: &str = "joining@1";
/// What the API's callers may do.
pub const REQUESTS: &str = "requests@1";
/// What may be said to people, see [`crate::guard`].
pub const GUARD: &str = "guard@1";
/// When people are told that an AI answers, see [`crate::disclosure`].
pub const DISCLOSURE: &str = "disclosure@1";
/// Machines that answer each other, see [`crate::loops`].
pub const LOOPS: &str = "loops@1";
/// Too many texts from one place, see [`crate::flood`].
pub const FLOOD: &str = "flood@1";
/// What members of a group write to the channel alone.
pub const ASIDES: &str = "asides@1";
/// WhatsApp's customer service window, see [`crate::window`].
pub const WINDOW: &str = "whatsapp_window@1";

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Consent was given, or could not be.
    OptIn,
    /// Somebody was asked to consent.
    OptInRequest,
    /// Consent was withdrawn.
    OptOut,
    /// A message to a person was let go, stopped or held.
    Send,
    /// A person's message was held back from an answer.
    Receive,
    /// Somebody was taken out of a conversation.
    Removal,
    /// Somebody was to be let into a conversation.
    Join,
    /// A person's message was kept from others, or Twilio relayed it although it should not have.
    Relay,
    /// What was to be said broke a rule on what may be.
    Guard,
    /// Help was asked for.
    Help,
    /// People were told what they must be told: that a machine answers, that a call is recorded.
    Disclosure,
    /// A call was to be recorded, written down or listened to.
    Recording,
    /// A person's data were to be erased.
    Erasure,
    /// Data were kept from erasure, or released from that.
    LegalHold,
}

impl Kind {
    /// Every kind, for listing.
    pub const ALL: [Self; 14] = [
        Self::OptIn,
        Self::OptInRequest,
        Self::OptOut,
        Self::Send,
        Self::Receive,
        Self::Removal,
        Self::Join,
        Self::Relay,
        Self::Guard,
        Self::Help,
        Self::Disclosure,
        Self::Recording,
        Self::Erasure,
        Self::LegalHold,
    ];

    /// Its name in the log and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OptIn => "opt_in",
            Self::OptInRequest => "opt_in_request",
            Self::OptOut => "opt_out",
            Self::Send => "send",
            Self::Receive => "receive",
            Self::Removal => "removal",
            Self::Join => "join",
            Self::Relay => "relay",
            Self::Guard => "guard",
            Self::Help => "help",
            Self::Disclosure => "disclosure",
            Self::Recording => "recording",
            Self::Erasure => "erasure",
            Self::LegalHold => "legal_hold",
        }
    }
}

/// How it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may be.
    Allowed,
    /// It may not be.
    Stopped,
    /// Not now.
    Deferred,
    /// Nothing was to be decided: it happened and is proven.
    Noted,
}

/// One decision, as it is told by who decided.
///
/// ```
/// use si_channel_core::audit::{Kind, Record, Verdict};
///
/// let address = "+15550001111".parse().unwrap();
/// let record = Record::new(Kind::Send, Verdict::Deferred, "quiet_hours/us-fl@2026-01-01")
///     .about(&address)
///     .because("quiet_hours")
///     .input("zone", "America/New_York");
/// let entry = record.seal("2026-11-21T21:00:00Z".parse().unwrap(), || [7; 16]);
/// assert!(entry.body.contains(r#""reason":"quiet_hours""#) && !entry.body.contains("New_York"));
/// ```
#[must_use = "a record that is not given to the log proves nothing"]
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    kind: Kind,
    verdict: Verdict,
    rule: Cow<'static, str>,
    reason: Option<String>,
    address: Option<Address>,
    inputs: BTreeMap<String, String>,
    references: BTreeMap<&'static str, String>,
}

/// What opens a commitment. It is personal data: kept apart from the record, and gone with the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// 16 random bytes, in hexadecimal.
    pub salt: String,
    /// The value that was committed to.
    pub value: String,
}

/// A record as it is stored: without personal data, and what opens it beside it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The record in canonical JSON (RFC 8785).
    pub body: String,
    /// Whom it is about, to find and to erase its openings by.
    pub address: Option<Address>,
    /// By the names of the inputs, and [`SUBJECT`] for the address.
    pub openings: BTreeMap<String, Opening>,
}

/// The name of the opening of a record's subject.
pub const SUBJECT: &str = "subject";

impl Record {
    /// A decision by a rule, named with its version: `consent@1`, `quiet_hours/us-fl@2026-01-01`.
    pub fn new(kind: Kind, verdict: Verdict, rule: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            verdict,
            rule: rule.into(),
            reason: None,
            address: None,
            inputs: BTreeMap::new(),
            references: BTreeMap::new(),
        }
    }

    /// Whom it is about.
    pub fn about(mut self, address: &Address) -> Self {
        self.address = Some(address.clone());
        self
    }

    /// Whom it is about.
    pub fn subject(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// Why, as a code such as `opted_out`. Words (anything but lower-case letters, digits and `_-./@:`) may hold
    /// personal data: they become the input `reason`, and the record says `in_words`.
    pub fn because(mut self, reason: &str) -> Self {
        let code = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-./@:".contains(&b);
        if reason.len() <= 64 && reason.bytes().all(code) {
            self.reason = Some(reason.to_owned());
            return self;
        }
        self.reason = Some("in_words".to_owned());
        self.input("reason", reason)
    }

    /// Something that was looked at. The record gets a commitment to it.
    pub fn input(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.inputs.insert(name.into(), value.into());
        self
    }

    /// Something that was looked at: a text as it is, anything else as canonical JSON, nothing when it is null.
    pub fn looked_at(self, name: impl Into<String>, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(Value::Null) | Err(_) => self,
            Ok(Value::String(text)) => self.input(name, text),
            Ok(value) => self.input(name, canonical(&value)),
        }
    }

    /// The event that tells of it.
    pub fn event(self, id: &EventId) -> Self {
        self.refers_to("event", id.as_str())
    }

    /// The outbound message.
    pub fn outbound(self, id: &OutboundId) -> Self {
        self.refers_to("outbound", id.as_str())
    }

    /// Twilio's message.
    pub fn message(self, sid: &str) -> Self {
        self.refers_to("message", sid)
    }

    /// The session.
    pub fn session(self, id: &SessionId) -> Self {
        self.refers_to("session", id.as_str())
    }

    /// Another id, in clear: nothing that tells who somebody is.
    pub fn refers_to(mut self, what: &'static str, id: &str) -> Self {
        self.references.insert(what, id.to_owned());
        self
    }

    /// Commits to the inputs. `salt` gives fresh random bytes at each call.
    pub fn seal(self, at: Timestamp, mut salt: impl FnMut() -> [u8; 16]) -> Entry {
        #[derive(Serialize)]
        struct Body<'a> {
            at: Timestamp,
            inputs: BTreeMap<&'a str, chain::Hash>,
            kind: Kind,
            outcome: Verdict,
            #[serde(skip_serializing_if = "Option::is_none")]
            reason: Option<&'a str>,
            references: &'a BTreeMap<&'static str, String>,
            rule: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            subject: Option<chain::Hash>,
        }
        let mut openings = BTreeMap::new();
        let mut commit = |name: &str, value: &str| {
            let salt = salt();
            let opening = Opening { salt: chain::hex(&salt), value: value.to_owned() };
            openings.insert(name.to_owned(), opening);
            commitment(&salt, value)
        };
        let subject = self.address.as_ref().map(|address| commit(SUBJECT, &address.to_string()));
        let inputs = self.inputs.iter().map(|(name, value)| (name.as_str(), commit(name, value))).collect();
        let body = Body {
            at,
            inputs,
            kind: self.kind,
            outcome: self.verdict,
            reason: self.reason.as_deref(),
            references: &self.references,
            rule: &self.rule,
            subject,
        };
        // Canonical as it is: the fields stand in the order of their names. What has texts for keys is JSON.
        let body = serde_json::to_string(&body).unwrap_or_default();
        Entry { body, address: self.address, openings }
    }
}

/// Masks whom it is about and says nothing of what was looked at.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("kind", &self.kind)
            .field("verdict", &self.verdict)
            .field("rule", &self.rule)
            .field("reason", &self.reason)
            .field("address", &self.address)
            .field("references", &self.references)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(…)")
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("body", &self.body)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// The commitment to a value: SHA-256 over the salt and the value's UTF-8.
pub fn commitment(salt: &[u8], value: &str) -> chain::Hash {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(value.as_bytes());
    chain::Hash(hash.finalize().into())
}

impl Opening {
    /// Whether it opens a commitment, written in hexadecimal.
    pub fn opens(&self, committed: &str) -> bool {
        chain::unhex(&self.salt).is_some_and(|salt| commitment(&salt, &self.value).to_string() == committed)
    }
}

/// A value in RFC 8785's canonical JSON. Numbers are whole ones in this program, written as they are; names are ASCII,
/// whose order is the same in every encoding.
pub fn canonical(value: &Value) -> String {
    let mut out = Vec::new();
    write(value, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            out.push(b'{');
            // Sorted here, whatever order the map keeps.
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            for (place, (name, item)) in sorted.into_iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                plain(name, out);
                out.push(b':');
                write(item, out);
            }
            out.push(b'}');
        }
        other => plain(other, out),
    }
}

/// What has no parts to sort. `serde_json` escapes texts as RFC 8785 asks, and memory takes what is written to it.
fn plain<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests;
