//! What enters: facts from Twilio, wishes of Si, results of effects, time.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;
use twilio_conversations::sid::{ConversationSid, ParticipantSid};

use crate::address::Address;
use crate::consent::Scope;
use crate::content::Utterance;
use crate::effect::TimerKind;
use crate::event::{ConsentMethod, Evidence, LeaveReason, MessageClass, Person, ReceiptStatus, Received};
use crate::id::{MediaId, OutboundId, SessionId, TurnId};
use crate::keyword::Keyword;
use crate::language::{Language, Spoken};
use crate::media::Fetched;
use crate::place::{self, Place, Zone};

/// What Si or an application wants sent.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendMessage {
    /// What is said.
    #[serde(flatten)]
    pub utterance: Utterance,
    /// Why it is sent.
    #[serde(default)]
    pub class: MessageClass,
    /// What for, in the caller's words.
    pub purpose: Option<String>,
    /// Not sent before.
    pub not_before: Option<Timestamp>,
    /// Not sent after.
    pub expires_at: Option<Timestamp>,
    /// The language that it is in, and that the one person whom it goes to is spoken to in.
    pub locale: Option<Language>,
    /// The question it answers.
    pub in_reply_to: Option<TurnId>,
}

/// Something to decide on.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    // Facts from Twilio.
    /// A message was added to a conversation, or came on the Messaging path.
    MessageArrived {
        /// Its conversation; `None` on the Messaging path.
        conversation_sid: Option<ConversationSid>,
        /// The sender of ours it was written to, where Twilio says so.
        sender: Option<Address>,
        /// The message.
        received: Received,
        /// Twilio's own reading of a keyword (`OptOutType`); Twilio has then answered it.
        opt_out_type: Option<Keyword>,
    },
    /// Twilio asks before it relays a text to a group. Taken, it is refused to Twilio; a rejection lets it pass.
    MessageOffered {
        /// The conversation.
        conversation_sid: ConversationSid,
        /// The text; its SID is an id made here and its time is when it was offered.
        received: Received,
    },
    /// A message of ours came back by webhook.
    OwnMessageSeen {
        /// Our id, from its attributes.
        outbound_id: OutboundId,
        /// Twilio's SID.
        message_sid: String,
        /// Twilio's index.
        index: Option<i64>,
        /// When Twilio took it.
        at: Timestamp,
    },
    /// A message was changed.
    MessageChanged {
        /// Its conversation.
        conversation_sid: ConversationSid,
        /// The message.
        message_sid: String,
        /// Its text now.
        text: String,
        /// When.
        at: Timestamp,
    },
    /// A message was deleted.
    MessageDeleted {
        /// Its conversation.
        conversation_sid: ConversationSid,
        /// The message.
        message_sid: String,
        /// When.
        at: Timestamp,
    },
    /// A conversation was made.
    ConversationSeen {
        /// The conversation.
        conversation_sid: ConversationSid,
        /// The person and the sender it was made for.
        binding: Option<(Address, Address)>,
        /// When.
        at: Timestamp,
    },
    /// It is told where somebody is; neither place nor zone takes back what was told on this evidence.
    LocatePerson {
        /// Who.
        address: Address,
        /// On what it rests.
        evidence: place::Evidence,
        /// The country or state.
        place: Option<Place>,
        /// The time zone.
        time_zone: Option<Zone>,
    },
    /// A conversation is closed or gone.
    ConversationEnded {
        /// The conversation.
        conversation_sid: ConversationSid,
    },
    /// Somebody is in a conversation.
    PersonSeen {
        /// The conversation.
        conversation_sid: ConversationSid,
        /// Who.
        person: Person,
        /// Since when.
        at: Timestamp,
    },
    /// Somebody is no longer in a conversation.
    PersonLost {
        /// The conversation.
        conversation_sid: ConversationSid,
        /// Who.
        address: Address,
    },
    /// A delivery receipt of a message in a conversation.
    ReceiptArrived {
        /// Its conversation.
        conversation_sid: ConversationSid,
        /// The message.
        message_sid: String,
        /// For whom.
        participant_sid: ParticipantSid,
        /// How far.
        status: ReceiptStatus,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// When.
        at: Timestamp,
    },
    /// A status callback of the Messaging path.
    StatusArrived {
        /// Our id, from the callback's URL.
        outbound_id: Option<OutboundId>,
        /// Twilio's SID.
        message_sid: String,
        /// Twilio's word for it.
        status: String,
        /// The recipient.
        to: Option<Address>,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// When it was received.
        at: Timestamp,
    },
    /// Something this version does not know.
    Unrecognized {
        /// Twilio's name for it.
        name: String,
        /// Its conversation, if it names one.
        conversation_sid: Option<ConversationSid>,
        /// All of it.
        parameters: BTreeMap<String, String>,
    },

    // Wishes of Si.
    /// Write to somebody whose session is not known.
    SendToAddress {
        /// To whom.
        to: Address,
        /// What.
        send: SendMessage,
        /// The caller's reference.
        correlation_id: Option<String>,
    },
    /// Write to a session.
    SendToSession {
        /// The session.
        session_id: SessionId,
        /// What.
        send: SendMessage,
        /// The caller's reference.
        correlation_id: Option<String>,
    },
    /// Begin a session with somebody.
    OpenSession {
        /// With whom.
        address: Address,
        /// Their name.
        name: Option<String>,
        /// The language that they speak.
        language: Option<Language>,
        /// The application's own fields.
        attributes: Value,
    },
    /// Put somebody into a session.
    InvitePerson {
        /// The session.
        session_id: SessionId,
        /// Who.
        address: Address,
        /// Their name.
        name: Option<String>,
    },
    /// Take somebody out of a session.
    RemovePerson {
        /// The session.
        session_id: SessionId,
        /// Who.
        address: Address,
    },
    /// Somebody speaks a language: they or an application chose it, or the cognition layer found out.
    LanguageTold {
        /// The session.
        session_id: SessionId,
        /// Who.
        address: Address,
        /// What they speak.
        #[serde(flatten)]
        spoken: Spoken,
    },
    /// Make a code to join a session by, or keep the one it has.
    IssueCode {
        /// The session.
        session_id: SessionId,
    },
    /// Close a session.
    CloseSession {
        /// The session.
        session_id: SessionId,
    },
    /// Consent was given or withdrawn elsewhere.
    RecordConsent {
        /// Whose.
        address: Address,
        /// Given or withdrawn.
        granted: bool,
        /// What of it.
        #[serde(default)]
        scope: Scope,
        /// Withdrawn on every channel that reaches the same number.
        #[serde(default)]
        everywhere: bool,
        /// By what kind of act.
        method: ConsentMethod,
        /// The proof.
        evidence: Evidence,
    },
    /// Nobody writes to an address again: its person is being erased.
    ForgetPerson {
        /// Whose.
        address: Address,
    },
    /// An address belongs to an account of the application's.
    MergePerson {
        /// The address.
        address: Address,
        /// The application's id of the account.
        account_id: String,
        /// The visitor that the address is until then, see [`crate::person::visitor_id`].
        visitor_id: String,
        /// What the application calls the person.
        name: Option<String>,
    },
    /// Try again to send a message that Twilio never took.
    Resend {
        /// The message.
        outbound_id: OutboundId,
    },
    /// Do not send a message.
    Cancel {
        /// The message.
        outbound_id: OutboundId,
        /// Why.
        reason: String,
    },

    // Results of effects.
    /// The session's conversation is there, with the person in it.
    ConversationReady {
        /// The session.
        session_id: SessionId,
        /// The conversation.
        conversation_sid: ConversationSid,
        /// The person, with their participant.
        person: Person,
        /// Twilio made it, or it was there before.
        adopted: bool,
    },
    /// No conversation could be had.
    ConversationFailed {
        /// The session.
        session_id: SessionId,
        /// In words, without personal data.
        reason: String,
    },
    /// Somebody was added.
    PersonAdded {
        /// The session.
        session_id: SessionId,
        /// Who.
        person: Person,
    },
    /// Somebody was removed, or could not be added.
    PersonGone {
        /// The session.
        session_id: SessionId,
        /// Who.
        address: Address,
        /// Why.
        reason: LeaveReason,
    },
    /// Somebody was moved from one session into another.
    PersonMoved {
        /// The session they left.
        from_session_id: SessionId,
        /// The session they joined.
        to_session_id: SessionId,
        /// Who.
        person: Person,
    },
    /// Somebody could not be put into the other session, having left theirs or not.
    MoveFailed {
        /// The session they were to leave.
        from_session_id: SessionId,
        /// The session they were to join.
        to_session_id: SessionId,
        /// Who.
        person: Person,
        /// In words, without personal data.
        reason: String,
    },
    /// More is known of where people are for whose quiet hours these wait, all that wait in a session together.
    Retime {
        /// The messages.
        outbound_ids: Vec<OutboundId>,
    },
    /// The conversation is closed.
    ConversationClosed {
        /// The session.
        session_id: SessionId,
    },
    /// It is the message's turn to be sent.
    SendClaimed {
        /// The message.
        outbound_id: OutboundId,
    },
    /// Twilio took the message.
    SendAccepted {
        /// The message.
        outbound_id: OutboundId,
        /// Twilio's SID.
        message_sid: String,
        /// Twilio's index.
        index: Option<i64>,
        /// What people see of it, where Twilio tells.
        shown: Option<String>,
        /// When Twilio took it.
        at: Timestamp,
    },
    /// Twilio did not take the message.
    SendFailed {
        /// The message.
        outbound_id: OutboundId,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// In words, without personal data.
        reason: String,
        /// Whether trying again can help.
        transient: bool,
        /// What is wrong is not the message but Twilio, or the way to it: it is tried until it would be too late.
        #[serde(default)]
        outage: bool,
        /// Twilio's own wish how long to wait.
        retry_after: Option<SignedDuration>,
        /// What is wrong is the file that it carries.
        #[serde(default)]
        file: bool,
    },
    /// Whether Twilio took the message is not known.
    SendUnclear {
        /// The message.
        outbound_id: OutboundId,
    },
    /// The message was looked for at Twilio and is not there.
    SendNotFound {
        /// The message.
        outbound_id: OutboundId,
    },
    /// Fetching a file has ended.
    MediaFetched {
        /// Which.
        media_id: MediaId,
        /// How.
        outcome: Fetched,
    },
    /// A file is kept no longer.
    MediaDropped {
        /// Which.
        media_id: MediaId,
    },
    /// A part of an answer came.
    TurnAnswered {
        /// The session.
        session_id: SessionId,
        /// The question.
        turn_id: TurnId,
        /// Which part, from 0.
        part: u32,
        /// The part.
        #[serde(flatten)]
        utterance: Utterance,
        /// It is the last part.
        last: bool,
        /// The cognition layer wants the session closed after it.
        close: bool,
    },
    /// The answer is complete.
    TurnCompleted {
        /// The session.
        session_id: SessionId,
        /// The question.
        turn_id: TurnId,
        /// The cognition layer wants the session closed.
        close: bool,
    },
    /// No answer came.
    TurnFailed {
        /// The session.
        session_id: SessionId,
        /// The question.
        turn_id: TurnId,
        /// Why, without personal data.
        reason: String,
    },

    // Time.
    /// A timer fired.
    TimerFired {
        /// What it means.
        kind: TimerKind,
    },
}

impl Input {
    /// Consent to everything, as another system reports it.
    pub fn told(address: Address, granted: bool, evidence: Evidence) -> Self {
        let (scope, everywhere, method) = (Scope::EVERYTHING, false, ConsentMethod::Api);
        Self::RecordConsent { address, granted, scope, everywhere, method, evidence }
    }
}
