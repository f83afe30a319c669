//! What events speak of: people, messages, consent, reasons.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;
use twilio_conversations::sid::{ParticipantSid, ServiceSid};

use crate::address::Address;
use crate::content::Content;
use crate::event::Details;
use crate::id::{MediaId, OutboundId, TurnId};
use crate::language::Language;
use crate::text::TextId;

/// Who wrote something.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    /// Somebody on a phone.
    Person {
        /// Where they wrote from.
        address: Address,
        /// The name they gave, if any.
        name: Option<String>,
    },
    /// The assistant, or the channel in its name.
    Si,
    /// A chat identity or another program that writes into the conversation.
    Other {
        /// Twilio's author or identity.
        identity: String,
    },
}

impl Author {
    /// The person's address.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Person { address, .. } => Some(address),
            _ => None,
        }
    }
}

/// A file that came with a message, by reference.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MediaRef {
    /// Ours, under which the API serves it.
    pub id: MediaId,
    /// Twilio's media SID, or the URL where Twilio keeps it.
    pub reference: String,
    /// The MIME type that Twilio names.
    pub content_type: String,
    /// The file's name.
    pub filename: Option<String>,
    /// Its size in bytes, as Twilio tells it.
    pub size: Option<u64>,
    /// Twilio's conversation service that holds it; `None` on the Messaging path.
    pub service_sid: Option<ServiceSid>,
}

/// A message from a person or another author, as Twilio told it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Received {
    /// Twilio's message SID (`IM…` in a conversation, `SM…`/`MM…` on the Messaging path).
    pub message_sid: String,
    /// Who wrote it.
    pub author: Author,
    /// The text as written, without a name put before it for the group; empty when only media came.
    pub text: String,
    /// Files.
    pub media: Vec<MediaRef>,
    /// Twilio's index in the conversation.
    pub index: Option<i64>,
    /// When Twilio took it.
    pub at: Timestamp,
    /// The participant that wrote it.
    pub participant_sid: Option<ParticipantSid>,
    /// What it is beside its text and files.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Box<Details>,
    /// The message's attributes, ours taken out.
    #[serde(default)]
    pub attributes: Value,
    /// What else Twilio said about it, by Twilio's parameter names.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
}

/// Why a message is sent; it decides what quiet hours and expiry mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageClass {
    /// Answers something the person wrote.
    #[default]
    Reply,
    /// Part of a transaction the person asked for.
    Transactional,
    /// Information without an offer.
    Informational,
    /// An offer.
    Marketing,
    /// Required by rules: consent, opt-out, help.
    Compliance,
}

impl MessageClass {
    /// Its name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Transactional => "transactional",
            Self::Informational => "informational",
            Self::Marketing => "marketing",
            Self::Compliance => "compliance",
        }
    }

    /// The place in a lane of effects; smaller goes first.
    pub fn priority(self) -> u8 {
        match self {
            Self::Compliance => 1,
            Self::Reply | Self::Transactional | Self::Informational => 5,
            Self::Marketing => 8,
        }
    }
}

/// Where an outbound message goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Target {
    /// To everybody in the session's conversation, or to its one person on the Messaging path.
    Session,
    /// To one phone alone, past the conversation.
    Person {
        /// The phone.
        address: Address,
        /// The sender of ours that writes.
        sender: Address,
    },
}

impl Target {
    /// One phone, past the conversation.
    pub fn alone(address: &Address, sender: &Address) -> Self {
        Self::Person { address: address.clone(), sender: sender.clone() }
    }
}

/// Why a message may be sent to somebody who has not, or no longer, consented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exemption {
    /// The one confirmation of an opt-out.
    OptOutConfirmation,
    /// The answer to HELP.
    HelpReply,
    /// The question whether somebody consents.
    ConsentRequest,
}

/// An outbound message, one part of what was to be said.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Queued {
    /// Our id; it travels with the message.
    pub outbound_id: OutboundId,
    /// Where it goes.
    pub target: Target,
    /// The one person it is for: it goes to them alone when others are in the conversation by the time it is sent.
    pub only: Option<Address>,
    /// What it carries.
    #[serde(flatten)]
    pub content: Content,
    /// Why it is sent.
    pub class: MessageClass,
    /// What the caller said it is for.
    pub purpose: Option<String>,
    /// The question it answers.
    pub turn_id: Option<TurnId>,
    /// What it goes back to: the message it answers, or the caller's request.
    pub correlation_id: Option<String>,
    /// Which part of the answer, from 1.
    pub part: u32,
    /// Parts of the answer.
    pub parts: u32,
    /// Not sent before.
    pub not_before: Option<Timestamp>,
    /// Not sent after.
    pub expires_at: Timestamp,
    /// Why consent need not be granted.
    pub exemption: Option<Exemption>,
    /// Which of the channel's own texts it is; `None` for what Si or an application says.
    pub text_id: Option<TextId>,
    /// The language that it is in, where the channel knows.
    pub language: Option<Language>,
    /// The message that did not arrive, in whose place this one is sent.
    pub instead_of: Option<OutboundId>,
    /// When it was queued.
    pub at: Timestamp,
}

/// How far a message has come, as Twilio says it, for one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    /// Handed to the carrier.
    Sent,
    /// Not handed over.
    Failed,
    /// Refused by the carrier.
    Undelivered,
    /// On the phone.
    Delivered,
    /// Seen by the person.
    Read,
}

impl ReceiptStatus {
    /// Twilio's word for it; also the last part of the event type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Undelivered => "undelivered",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }
}

/// How consent was given or withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentMethod {
    /// The person wrote first.
    InboundMessage,
    /// The person sent a keyword.
    Keyword,
    /// The person said so in words of their own.
    Phrase,
    /// A person or system told us through the API.
    Api,
    /// Twilio refused to send: the person has opted out there (error 21610).
    CarrierBlock,
    /// The person was erased: nobody writes to them again unless they ask for it.
    Erasure,
    /// The person withdrew everything on another channel that reaches the same number.
    OtherChannel,
    /// The person said so on a call.
    Spoken,
    /// The person pressed a key on a call.
    Keyed,
}

impl ConsentMethod {
    /// Whether it is an act of the person themselves.
    pub fn is_personal(self) -> bool {
        !matches!(self, Self::Api)
    }
}

/// Where consent stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Nothing is known.
    #[default]
    Unknown,
    /// Asked, not answered.
    Pending,
    /// Given.
    Granted,
    /// Withdrawn.
    Revoked,
}

/// What proves a consent act.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Evidence {
    /// The message that carried it.
    pub message_sid: Option<String>,
    /// The keyword, as recognised.
    pub keyword: Option<String>,
    /// The rule by which a text in the person's own words was taken for it, and the rule's version.
    pub rule: Option<String>,
    /// The text that was shown to the person.
    pub text_shown: Option<String>,
    /// Who says so: a form, a system, an operator.
    pub source: Option<String>,
    /// The version of the text shown.
    pub version: Option<String>,
    /// The language of the text shown, BCP 47.
    pub language: Option<String>,
    /// How it was given where the channel did not see it: a web form, on paper.
    pub how: Option<String>,
    /// The address on the Internet that it came from.
    pub ip: Option<String>,
    /// Twilio's call on which it was said or keyed.
    pub call_sid: Option<String>,
    /// When it was given, if that was before it was recorded here.
    pub given_at: Option<Timestamp>,
}

/// Somebody in a session.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// Their address.
    pub address: Address,
    /// The sender of ours they write to.
    pub sender: Address,
    /// Twilio's participant.
    pub participant_sid: Option<ParticipantSid>,
    /// The name they gave.
    pub name: Option<String>,
}

/// Why somebody left a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// They asked to.
    Left,
    /// They opted out.
    OptedOut,
    /// They were put into the conversation without having consented.
    NoConsent,
    /// They joined another session.
    Moved,
    /// Removed by the API or in Twilio.
    Removed,
}

impl LeaveReason {
    /// Whether they may not be written to.
    pub fn is_bar(self) -> bool {
        matches!(self, Self::OptedOut | Self::NoConsent)
    }
}

/// Why a session closed.
///
/// [`CloseReason::is_meant`] tells an end that was wanted from one that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// Nobody wrote.
    Inactivity,
    /// A person asked to.
    Person,
    /// The API, or the cognition layer, asked to.
    Requested,
    /// Nobody is left.
    Empty,
    /// Twilio says it is closed or gone.
    Twilio,
}

impl CloseReason {
    /// Whether the channel itself ended the session; else it ended under the feet of those who used it, and an
    /// answer that is still to come is wanted.
    pub fn is_meant(self) -> bool {
        matches!(self, Self::Inactivity | Self::Person | Self::Requested)
    }
}

/// How a session came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Somebody wrote.
    Inbound,
    /// The API asked for it.
    Requested,
    /// Somebody left a group and got one of their own again.
    LeftGroup,
}

/// Which of Twilio's ways carries the session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Conversations v1.
    #[default]
    Conversations,
    /// Programmable Messaging, the legacy path.
    Messaging,
}
