//! What must be done outside after a decision.
//!
//! Each effect is carried out at least once and is safe to repeat. What it brings back enters as an
//! [`crate::input::Input`]; each variant names it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use twilio_conversations::sid::ConversationSid;

use crate::address::Address;
use crate::consent::Scope;
use crate::event::{LeaveReason, Person};
use crate::id::{MediaId, OutboundId, SessionId, TurnId};

/// Something to do outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Find the open conversation of the pair, or make one with the person in it.
    /// Brings back [`Input::ConversationReady`](crate::input::Input::ConversationReady) or
    /// [`Input::ConversationFailed`](crate::input::Input::ConversationFailed).
    EnsureConversation {
        /// The session that needs it.
        session_id: SessionId,
        /// The person.
        person: Person,
        /// The unique name it should have.
        unique_name: String,
        /// The friendly name it should have.
        friendly_name: String,
        /// Its attributes.
        attributes: Value,
    },
    /// Give a conversation that Twilio made the session's names and attributes. Brings nothing back.
    LabelConversation {
        /// The session.
        session_id: SessionId,
        /// The conversation.
        conversation_sid: ConversationSid,
        /// The unique name it should have.
        unique_name: String,
        /// The friendly name it should have.
        friendly_name: String,
        /// Attributes to add to its own.
        attributes: Value,
    },
    /// Add a person. Brings back [`Input::PersonAdded`](crate::input::Input::PersonAdded) or
    /// [`Input::PersonGone`](crate::input::Input::PersonGone).
    AddPerson {
        /// The session.
        session_id: SessionId,
        /// Its conversation.
        conversation_sid: ConversationSid,
        /// Who.
        person: Person,
    },
    /// Take a person out of one conversation and put them into another. Brings back
    /// [`Input::PersonMoved`](crate::input::Input::PersonMoved) or
    /// [`Input::MoveFailed`](crate::input::Input::MoveFailed).
    MovePerson {
        /// The session they leave.
        from_session_id: SessionId,
        /// Its conversation.
        from_conversation_sid: Option<ConversationSid>,
        /// The session they join.
        to_session_id: SessionId,
        /// Its conversation.
        to_conversation_sid: ConversationSid,
        /// Who.
        person: Person,
    },
    /// Remove a person. Brings back [`Input::PersonGone`](crate::input::Input::PersonGone).
    RemovePerson {
        /// The session.
        session_id: SessionId,
        /// Its conversation.
        conversation_sid: Option<ConversationSid>,
        /// Who.
        person: Person,
        /// Why.
        reason: LeaveReason,
    },
    /// Close the conversation, unless the session was resumed meanwhile. Brings back
    /// [`Input::ConversationClosed`](crate::input::Input::ConversationClosed).
    CloseConversation {
        /// The session.
        session_id: SessionId,
        /// Its conversation.
        conversation_sid: Option<ConversationSid>,
    },
    /// Send a queued message. Brings back [`Input::SendAccepted`](crate::input::Input::SendAccepted),
    /// [`Input::SendFailed`](crate::input::Input::SendFailed) or
    /// [`Input::SendUnclear`](crate::input::Input::SendUnclear).
    Send {
        /// The session.
        session_id: SessionId,
        /// The message.
        outbound_id: OutboundId,
    },
    /// Ask the cognition layer. Brings back [`Input::TurnAnswered`](crate::input::Input::TurnAnswered) for each
    /// part and then [`Input::TurnCompleted`](crate::input::Input::TurnCompleted) or
    /// [`Input::TurnFailed`](crate::input::Input::TurnFailed).
    Ask {
        /// The session.
        session_id: SessionId,
        /// The question.
        turn_id: TurnId,
        /// The message to answer.
        message_sid: String,
        /// Who wrote it.
        author: crate::event::Author,
        /// Its text.
        text: String,
        /// Its files.
        media: Vec<crate::event::MediaRef>,
        /// When it was written.
        at: Timestamp,
    },
    /// Fetch a file that came with a message. Brings back
    /// [`Input::MediaFetched`](crate::input::Input::MediaFetched).
    FetchMedia {
        /// Which.
        media_id: MediaId,
        /// The conversation that its message is in; `None` on the Messaging path.
        conversation_sid: Option<ConversationSid>,
    },
    /// Cancel what is still queued for an address. Brings back [`Input::Cancel`](crate::input::Input::Cancel) for
    /// each message.
    CancelQueued {
        /// Whose.
        address: Address,
        /// What of it.
        #[serde(default)]
        scope: Scope,
    },
    /// Look again at what waits for the quiet hours of an address, since more is known of where its person is. Brings
    /// back [`Input::Retime`](crate::input::Input::Retime) with all of it.
    Retime {
        /// Whose.
        address: Address,
    },
}

/// An effect and its place in line.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// What to do.
    pub effect: Effect,
    /// Effects of one lane are done one at a time.
    pub lane: String,
    /// Within a lane the smallest goes first.
    pub priority: u8,
}

/// What a timer means when it fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "timer", rename_all = "snake_case")]
pub enum TimerKind {
    /// Look whether the session is idle.
    Inactivity {
        /// The session.
        session_id: SessionId,
    },
    /// Somebody's WhatsApp window is about to close.
    Window {
        /// The session in which they wrote.
        session_id: SessionId,
        /// Who.
        address: Address,
    },
    /// A message's time has come.
    Scheduled {
        /// The session.
        session_id: SessionId,
        /// The message.
        outbound_id: OutboundId,
    },
}

impl TimerKind {
    /// One timer per key.
    pub fn key(&self) -> String {
        match self {
            Self::Inactivity { session_id } => format!("inactivity/{session_id}"),
            Self::Window { session_id, address } => format!("window/{session_id}/{address}"),
            Self::Scheduled { outbound_id, .. } => format!("scheduled/{outbound_id}"),
        }
    }
}

/// A change to a timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerPlan {
    /// Set or move it.
    Set {
        /// What it means.
        kind: TimerKind,
        /// When.
        at: Timestamp,
    },
    /// Forget it.
    Cancel(TimerKind),
}

/// What a machine wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Reaction {
    /// Carry out an effect.
    Do(Planned),
    /// Change a timer.
    Timer(TimerPlan),
}

/// The lane of a session's writes to Twilio.
pub fn writes(session: &SessionId) -> String {
    format!("{session}/out")
}

/// The lane of a session's questions.
pub fn questions(session: &SessionId) -> String {
    format!("{session}/ask")
}

/// The lane of a session's files: one at a time, so that one person's files cannot hold up everything else.
pub fn files(session: &SessionId) -> String {
    format!("{session}/media")
}
