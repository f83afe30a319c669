//! What happened: the facts that state is folded from and that downstream services read.
//!
//! Each [`Event`] is published as a `CloudEvents` 1.0 message of the type [`Event::type_name`]; see
//! [`crate::cloudevent`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;
use twilio_conversations::sid::{ConversationSid, ParticipantSid};

use crate::address::Address;
use crate::audit::checkpoint::Checkpoint;
use crate::consent::{Breadth, Scope, Shown};
use crate::flood::FloodLimit;
use crate::guard::{GuardAction, GuardRule};
use crate::id::{MediaId, OutboundId, SessionId, TurnId};
use crate::language::{Language, Spoken};
use crate::media::Kept;
use crate::place::{self, Place, Zone};
use crate::rules::RuleRef;
use crate::text::TextId;

mod details;
mod example;
mod name;
mod value;

pub use details::{Choice, Details, Forwarded, Location, Profile, Reaction, Referral, ReplyTo};
pub use example::{Example, examples};
pub use name::TYPES;
pub use value::{
    Author, CloseReason, ConsentMethod, ConsentState, Evidence, Exemption, LeaveReason, MediaRef,
    MessageClass, Origin, Person, Queued, ReceiptStatus, Received, Target, Transport,
};

/// Something that happened.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A session began.
    SessionStarted {
        /// Its id.
        session_id: SessionId,
        /// How it came to be.
        origin: Origin,
        /// What carries it.
        transport: Transport,
        /// The person's session before this one.
        previous_session_id: Option<SessionId>,
        /// The application's own fields.
        attributes: Value,
    },
    /// The session's conversation is known.
    ConversationBound {
        /// Twilio's conversation.
        conversation_sid: ConversationSid,
        /// Twilio made it, so it has no names of ours yet.
        adopted: bool,
    },
    /// A code to join by was made.
    JoinCodeIssued {
        /// The code.
        code: String,
        /// When it stops working.
        expires_at: Timestamp,
    },
    /// Somebody asked to join by a code that does not work.
    JoinRefused {
        /// Who.
        address: Address,
        /// Why.
        reason: String,
    },
    /// Somebody is about to be moved from this session into another.
    ParticipantMoving {
        /// Who.
        person: Person,
        /// The session they join.
        to_session_id: SessionId,
        /// Its conversation.
        to_conversation_sid: ConversationSid,
    },
    /// Somebody is about to be added.
    ParticipantInvited {
        /// Who.
        person: Person,
        /// The session they leave for it, if they are in one.
        from_session_id: Option<SessionId>,
    },
    /// Somebody is in the session.
    ParticipantJoined {
        /// Who.
        person: Person,
        /// Since when: Twilio's time where it gives one.
        at: Timestamp,
    },
    /// Somebody's participant SID or name is known.
    ParticipantUpdated {
        /// Who.
        person: Person,
    },
    /// Somebody is about to be removed.
    ParticipantLeaving {
        /// Who.
        address: Address,
        /// Why.
        reason: LeaveReason,
    },
    /// Somebody is no longer in the session.
    ParticipantLeft {
        /// Who.
        address: Address,
        /// Why.
        reason: LeaveReason,
    },
    /// A message came.
    MessageReceived(Received),
    /// A message waits for its author's consent.
    MessageHeld(Received),
    /// A message's text or attributes were changed in Twilio.
    MessageEdited {
        /// The message.
        message_sid: String,
        /// Its text now.
        text: String,
        /// When.
        at: Timestamp,
    },
    /// A message was deleted in Twilio.
    MessageRemoved {
        /// The message.
        message_sid: String,
        /// Ours, when it is one of ours.
        outbound_id: Option<OutboundId>,
        /// When.
        at: Timestamp,
    },
    /// A person's message, relayed by Twilio to the others of a group, got somewhere.
    MessageRelayed {
        /// The person's message.
        message_sid: String,
        /// The recipient.
        participant_sid: ParticipantSid,
        /// How far.
        status: ReceiptStatus,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// When Twilio says.
        at: Timestamp,
    },
    /// A keyword or command of a member of a group was kept from the others: Twilio asked before it relayed the text,
    /// and was told not to.
    MessageWithheld {
        /// The message; its id is ours, since Twilio has not given it a SID.
        message_sid: String,
        /// Who wrote it.
        address: Address,
        /// Tells the same words again.
        fingerprint: String,
        /// When Twilio asked.
        at: Timestamp,
    },
    /// A keyword or command of a member of a group reached the others, since Twilio had no answer in time.
    MessageOverheard {
        /// The message.
        message_sid: String,
        /// Who wrote it.
        address: Address,
        /// Tells the same words again.
        fingerprint: String,
        /// The message as which it was taken before, when it was withheld in vain.
        withheld: Option<String>,
        /// Twilio's index in the conversation.
        index: Option<i64>,
        /// When Twilio took it.
        at: Timestamp,
    },
    /// Twilio relayed a message to somebody who may not be written to, before they could be taken out.
    RelayedAgainstConsent {
        /// The message.
        message_sid: String,
        /// To whom.
        address: Address,
        /// Why they may not be written to.
        reason: LeaveReason,
        /// When Twilio took the message.
        at: Timestamp,
    },
    /// A message is to be sent.
    MessageQueued(Queued),
    /// A message is being handed to Twilio.
    MessageSending {
        /// Which.
        outbound_id: OutboundId,
        /// The attempt, from 1.
        attempt: u32,
        /// What the caller said it is for; what an opt-out that answers it is about.
        purpose: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// It is not known whether Twilio took the message; it is being looked for.
    MessageUnclear {
        /// Which.
        outbound_id: OutboundId,
        /// When.
        at: Timestamp,
    },
    /// Twilio took the message.
    MessageAccepted {
        /// Which.
        outbound_id: OutboundId,
        /// Twilio's SID.
        message_sid: String,
        /// Twilio's index in the conversation.
        index: Option<i64>,
        /// What people see of a template, where Twilio tells.
        shown: Option<String>,
        /// When Twilio took it.
        at: Timestamp,
    },
    /// Twilio did not take the message and it will be tried again.
    MessageDeferred {
        /// Which.
        outbound_id: OutboundId,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// When it is tried again.
        retry_at: Timestamp,
        /// When it failed.
        at: Timestamp,
    },
    /// A message that Twilio never took is tried again, because somebody asked for it.
    MessageRetried {
        /// Which.
        outbound_id: OutboundId,
        /// Until when it is worth sending now.
        expires_at: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// A message waits until its recipients may be written to.
    MessagePostponed {
        /// Which.
        outbound_id: OutboundId,
        /// `quiet_hours` or `spend_ceiling`.
        reason: String,
        /// From when on it may be sent; everything is looked at again then.
        until: Timestamp,
        /// The rule that holds it.
        #[serde(flatten)]
        rule: RuleRef,
        /// The time zones in which it may not be sent now.
        #[serde(default)]
        zones: Vec<Zone>,
        /// Until when it waited before.
        until_before: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// A message takes another way to its one recipient: past the conversation, since others have come into it, or in
    /// another session, since its own has ended. Both sessions tell.
    MessageMoved {
        /// Which.
        outbound_id: OutboundId,
        /// Where it goes now.
        target: Target,
        /// The session it was queued in.
        from_session_id: SessionId,
        /// The session it is sent in.
        to_session_id: SessionId,
        /// When.
        at: Timestamp,
    },
    /// Twilio told how far the message got for a recipient.
    MessageStatus {
        /// Which.
        outbound_id: OutboundId,
        /// The recipient: a participant SID, or an address on the Messaging path.
        recipient: String,
        /// How far.
        status: ReceiptStatus,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// When Twilio says.
        at: Timestamp,
    },
    /// The message will not be sent: Twilio refused it for good, or would (63016, WhatsApp's window).
    MessageFailed {
        /// Which.
        outbound_id: OutboundId,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// In words.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// The message will not be sent: it may not be.
    MessageCancelled {
        /// Which.
        outbound_id: OutboundId,
        /// `opted_out`, `no_consent`, `session_closed`, `quiet_hours`, `whatsapp_policy` or `requested`.
        reason: String,
        /// The dated rule that forbids it, where one does.
        #[serde(flatten)]
        rule: Option<RuleRef>,
        /// When.
        at: Timestamp,
    },
    /// The message will not be sent: it is too late.
    MessageExpired {
        /// Which.
        outbound_id: OutboundId,
        /// `quiet_hours` or `spend_ceiling` when that is what made it late.
        reason: Option<String>,
        /// The dated rule that made it late.
        #[serde(flatten)]
        rule: Option<RuleRef>,
        /// When.
        at: Timestamp,
    },
    /// A file that came with a message was fetched.
    MediaStored {
        /// Which.
        media_id: MediaId,
        /// Its message.
        message_sid: String,
        /// What is kept of it.
        #[serde(flatten)]
        kept: Kept,
        /// When.
        at: Timestamp,
    },
    /// A file that came with a message could not be had, or may not be kept.
    MediaFailed {
        /// Which.
        media_id: MediaId,
        /// Its message.
        message_sid: String,
        /// In words, without personal data.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// A file is kept no longer.
    MediaRemoved {
        /// Which.
        media_id: MediaId,
        /// Its message.
        message_sid: String,
        /// When.
        at: Timestamp,
    },
    /// The cognition layer is asked for an answer.
    TurnRequested {
        /// The question.
        turn_id: TurnId,
        /// The message to answer.
        message_sid: String,
        /// Who wrote it.
        author: Author,
        /// Its text.
        text: String,
        /// Its files.
        media: Vec<MediaRef>,
        /// When it was written.
        at: Timestamp,
    },
    /// A part of the answer came.
    TurnAnswered {
        /// The question.
        turn_id: TurnId,
        /// Which part, from 0.
        part: u32,
        /// Its length in characters, as far as it is sent.
        chars: usize,
        /// What was cut off because the answer is too long.
        omitted: Option<String>,
    },
    /// The answer is complete.
    TurnCompleted {
        /// The question.
        turn_id: TurnId,
    },
    /// No answer came.
    TurnFailed {
        /// The question.
        turn_id: TurnId,
        /// Why.
        reason: String,
    },
    /// An answer came that is not sent any more.
    ReplyDiscarded {
        /// The question.
        turn_id: Option<TurnId>,
        /// The answer.
        text: String,
        /// Why: `session_closed`, `conversation_moved_on`, `no_consent`, `guard`.
        reason: String,
    },
    /// Somebody was told that an AI answers.
    DisclosureMade {
        /// Who.
        address: Address,
        /// By which of the channel's own texts.
        text_id: TextId,
        /// The version of its wording: a hash of it as sent.
        version: String,
        /// Its language, BCP 47.
        language: String,
        /// The message that carries it; what became of that, its own events tell.
        outbound_id: OutboundId,
        /// When it was queued.
        at: Timestamp,
    },
    /// A text was looked at for meaning an opt-out, and is none: it only holds such words, or may mean it.
    OptOutConsidered {
        /// Who wrote it.
        address: Address,
        /// The text.
        message_sid: String,
        /// The rule by which it may be meant, and the rule's version.
        rule: Option<String>,
        /// They are asked, once in the session, whether they mean to opt out.
        asked: bool,
    },
    /// What was to be said breaks a rule on what may be.
    TextGuarded {
        /// The question it answers; `None` for what a caller of the API says.
        turn_id: Option<TurnId>,
        /// The rule.
        rule: GuardRule,
        /// What became of it.
        action: GuardAction,
        /// The word that was asked for, or the host that a link leads to.
        what: Option<String>,
    },
    /// Somebody's texts look like a machine's that answers ours: they are not answered for a while.
    LoopCut {
        /// Who.
        address: Address,
        /// Exchanges that look so.
        exchanges: usize,
        /// Until when, unless they write something new.
        until: Timestamp,
    },
    /// A text is kept and not answered: too many come from where it comes from.
    AnswerWithheld {
        /// The text.
        message_sid: String,
        /// Who wrote it.
        address: Address,
        /// The limit that is reached.
        limit: FloodLimit,
        /// The prefix of which too many new numbers write, when it is that.
        prefix: Option<String>,
        /// When it was written.
        at: Timestamp,
    },
    /// The day has cost so much that messages of a class wait for the next, or are too late then. It is told once a day.
    SpendCeilingReached {
        /// `account`, or the country in two letters.
        ceiling: String,
        /// What waits.
        class: MessageClass,
        /// When the next day begins.
        until: Timestamp,
        /// When the first message had to wait.
        at: Timestamp,
    },
    /// Somebody asked for help by keyword.
    HelpRequested {
        /// Who.
        address: Address,
    },
    /// Somebody sent a command.
    CommandReceived {
        /// Who.
        address: Address,
        /// Its name, without arguments.
        command: String,
    },
    /// Nobody has written for a while and everybody was told.
    SessionWarned {
        /// When it closes.
        closes_at: Timestamp,
    },
    /// Somebody wrote after the warning, or before closing was finished.
    SessionResumed,
    /// The session is being closed.
    SessionClosing {
        /// Why.
        reason: CloseReason,
    },
    /// The session is closed.
    SessionClosed {
        /// Why.
        reason: CloseReason,
        /// When it began.
        started_at: Timestamp,
        /// Messages from people.
        received: u64,
        /// Messages sent to people.
        sent: u64,
    },
    /// The session could not be given a conversation.
    SessionFailed {
        /// In words, without personal data.
        reason: String,
    },
    /// Somebody was asked to consent.
    ConsentRequested {
        /// Who.
        address: Address,
        /// The question as they see it.
        shown: Option<Shown>,
        /// When.
        at: Timestamp,
    },
    /// Somebody consented.
    ConsentGranted {
        /// Who.
        address: Address,
        /// To what; to everything unless it says otherwise.
        #[serde(default, skip_serializing_if = "Scope::is_everything")]
        scope: Scope,
        /// How.
        method: ConsentMethod,
        /// What proves it.
        evidence: Evidence,
        /// Where it stood before.
        before: ConsentState,
        /// When.
        at: Timestamp,
    },
    /// Somebody withdrew consent.
    ConsentRevoked {
        /// Who.
        address: Address,
        /// Of what; of everything unless it says otherwise.
        #[serde(default, skip_serializing_if = "Scope::is_everything")]
        scope: Scope,
        /// How far it reaches.
        #[serde(default)]
        breadth: Breadth,
        /// The dated rule that says how far, and its version.
        rule: Option<String>,
        /// How.
        method: ConsentMethod,
        /// What proves it.
        evidence: Evidence,
        /// When.
        at: Timestamp,
    },
    /// Somebody's language is known, or known better.
    LanguageKnown {
        /// Who.
        address: Address,
        /// The language, BCP 47, and how it is known.
        #[serde(flatten)]
        spoken: Spoken,
    },
    /// A text that rules ask for is missing in somebody's language: it was said in another.
    TextFellBack {
        /// Which.
        text_id: TextId,
        /// The person's language, BCP 47.
        wanted: Language,
        /// The language it was said in.
        used: Language,
    },
    /// It was told where somebody is.
    PersonLocated {
        /// Who.
        address: Address,
        /// On what it rests.
        source: place::Evidence,
        /// The country or state.
        place: Option<Place>,
        /// The time zone.
        time_zone: Option<Zone>,
        /// When.
        at: Timestamp,
    },
    /// An address is known to be an account's: the visitor that it was is merged into it, or it is taken from another
    /// account; both accounts tell.
    PersonMerged {
        /// The address.
        address: Address,
        /// The visitor that it was.
        visitor_id: String,
        /// The application's id of the account.
        account_id: String,
        /// The account whose it was.
        previous_account_id: Option<String>,
        /// What the application calls the person, when that is new.
        name: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// Somebody tried a code that does not work.
    JoinAttemptFailed {
        /// Who.
        address: Address,
        /// When.
        at: Timestamp,
    },
    /// The audit log was signed as far as it had come.
    AuditCheckpoint(Checkpoint),
    /// Twilio sent something that this version does not know; it is kept whole.
    Unrecognized {
        /// Twilio's name for it.
        name: String,
        /// All of it.
        parameters: BTreeMap<String, String>,
    },
}
