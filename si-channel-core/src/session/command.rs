//! What can happen to a session.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use twilio_conversations::sid::{ConversationSid, ParticipantSid};

use crate::address::Address;
use crate::consent::{ConsentLedger, Purpose};
use crate::content::Utterance;
use crate::event::{
    CloseReason, ConsentState, LeaveReason, Origin, Person, ReceiptStatus, Received, Transport,
};
use crate::id::{OutboundId, SessionId, TurnId};
use crate::keyword::Keyword;
use crate::session::{Door, Say, Session};

/// The ledgers of a session's people.
pub type Consents = BTreeMap<Address, ConsentLedger>;

/// What a received message did to its author's consent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ConsentChange {
    /// Nothing.
    #[default]
    None,
    /// It was given; where it stood before.
    Granted(ConsentState),
    /// It must be asked for.
    Requested,
    /// It was withdrawn.
    Revoked,
    /// It was withdrawn for one purpose.
    Narrowed(Purpose),
}

/// What a join code leads to.
#[derive(Debug, Clone, Copy)]
pub enum JoinTarget<'a> {
    /// The message is not a request to join.
    NotAsked,
    /// No session has this code.
    Unknown,
    /// The address has tried too many wrong codes.
    Limited,
    /// This session.
    Session(&'a Session),
}

/// A text that holds words of an opt-out and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// The rule by which it may be meant as one, and the rule's version.
    pub rule: Option<String>,
}

/// A person's message and what is known about it.
#[derive(Debug, Clone)]
pub struct Incoming<'a> {
    /// The message; its author is a person.
    pub received: &'a Received,
    /// The author's address.
    pub address: &'a Address,
    /// The sender of ours it was written to.
    pub sender: &'a Address,
    /// The keyword it is, if it is one.
    pub keyword: Option<Keyword>,
    /// That it was looked at for meaning an opt-out, and is none.
    pub considered: Option<Considered>,
    /// Somebody has already answered the keyword.
    pub answered: bool,
    /// What it did to consent.
    pub change: ConsentChange,
    /// What its join code leads to, or that of the newest text that waits for consent.
    pub join: JoinTarget<'a>,
    /// It is a keyword or a command to keep from the others of a group, and came by this door.
    pub aside: Option<Door>,
    /// The author has since left the conversation.
    pub gone: bool,
    /// It is one of too many from numbers that nobody knew before, of this prefix, and is not answered.
    pub flood: Option<String>,
}

/// What can happen to a session.
#[derive(Debug, Clone)]
pub enum Command<'a> {
    /// A message came from a person.
    Receive(Incoming<'a>),
    /// An aside that was withheld has been relayed all the same.
    Overhear {
        /// The message that Twilio relayed.
        received: &'a Received,
        /// The message as which it was taken.
        withheld: String,
    },
    /// A message that reached a conversation too late is answered here; it is recorded there.
    CarryOn(Incoming<'a>),
    /// A message came from somebody who is not on a phone: a chat identity, another program.
    Note {
        /// The message.
        received: &'a Received,
    },
    /// Consent was recorded elsewhere: what waited for it is answered.
    Release {
        /// Whose.
        address: &'a Address,
    },
    /// Its conversation is known.
    Bind {
        /// The conversation.
        conversation_sid: ConversationSid,
        /// Twilio made it.
        adopted: bool,
    },
    /// It could not be given a conversation.
    FailToOpen {
        /// In words.
        reason: String,
    },
    /// Somebody is in the conversation.
    SeePerson {
        /// Who.
        person: Person,
        /// Since when.
        at: Timestamp,
    },
    /// The API wants somebody in.
    Invite {
        /// Who.
        person: Person,
    },
    /// Somebody who was being moved out stays: they could not be put where they were to go.
    Stay {
        /// Who.
        person: Person,
    },
    /// The API wants somebody out.
    Remove {
        /// Who.
        address: &'a Address,
    },
    /// Somebody is no longer in the conversation.
    LosePerson {
        /// Who.
        address: &'a Address,
        /// Why, when the session does not know better.
        reason: LeaveReason,
    },
    /// Something is to be said.
    Say {
        /// What.
        say: &'a Say,
        /// Meant for this person alone, whoever else is in the session.
        only: Option<&'a Address>,
    },
    /// A part of an answer came.
    Answer {
        /// The question.
        turn_id: &'a TurnId,
        /// Which part, from 0.
        part: u32,
        /// The part.
        utterance: &'a Utterance,
    },
    /// An answer is complete.
    Complete {
        /// The question.
        turn_id: &'a TurnId,
    },
    /// No answer came.
    FailTurn {
        /// The question.
        turn_id: &'a TurnId,
        /// Why.
        reason: &'a str,
    },
    /// It is to be closed.
    Close {
        /// Why.
        reason: CloseReason,
    },
    /// Its conversation is closed.
    Closed {
        /// Why, when the session does not know better.
        reason: CloseReason,
    },
    /// The inactivity timer fired.
    Tick,
    /// A code to join by is wanted.
    IssueCode,
    /// A message was changed in Twilio.
    Edit {
        /// The message.
        message_sid: &'a str,
        /// Its text now.
        text: &'a str,
        /// When.
        at: Timestamp,
    },
    /// A message was deleted in Twilio.
    Delete {
        /// The message.
        message_sid: &'a str,
        /// Ours, when it is one of ours.
        outbound_id: Option<&'a OutboundId>,
        /// When.
        at: Timestamp,
    },
    /// A person's message got somewhere.
    Relay {
        /// The message.
        message_sid: &'a str,
        /// The recipient.
        participant_sid: &'a ParticipantSid,
        /// How far.
        status: ReceiptStatus,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// When.
        at: Timestamp,
    },
    /// Twilio told something unknown.
    Keep {
        /// Twilio's name for it.
        name: &'a str,
        /// All of it.
        parameters: &'a BTreeMap<String, String>,
    },
}

/// What a new session begins with.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// How it came to be.
    pub origin: Origin,
    /// What carries it.
    pub transport: Transport,
    /// The person's session before this one.
    pub previous: Option<SessionId>,
    /// The application's own fields.
    pub attributes: Value,
}
