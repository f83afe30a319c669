//! One session of Si: its people, its conversation at Twilio, its life from first text to closing.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use twilio_conversations::sid::{ConversationSid, ParticipantSid};

use crate::address::Address;
use crate::content::Utterance;
use crate::event::{CloseReason, Event, LeaveReason, MessageClass, Person, Received, Transport};
use crate::flood::FloodWatch;
use crate::id::{SessionId, TurnId};
use crate::language::{Language, Speaker, Spoken};
use crate::loops::LoopWatch;
use crate::policy::{Policy, UnnamedAuthor};

mod answer;
mod apply;
mod aside;
mod channel_text;
mod command;
mod decide;
mod lifecycle;
mod people;
mod react;
mod receive;

pub use apply::apply;
pub(crate) use aside::fingerprint;
pub use aside::{Aside, Barred, Door};
pub(crate) use channel_text::{Recipients, queue_own};
pub use command::{Command, ConsentChange, Consents, Considered, Incoming, JoinTarget, NewSession};
pub use decide::{decide, start};
pub use react::react;
pub(crate) use react::{close, ensure, inactivity, label};

/// How many of the newest message SIDs a session remembers.
const RECENT: usize = 64;
/// How many of those who left a session remembers.
const DEPARTED: usize = 64;
/// How many people's languages a session remembers.
const LANGUAGES: usize = 100;
/// How many people a session remembers.
const EVERYONE: usize = 1000;
/// How many texts are held while consent is asked for.
const HELD: usize = 10;
/// How many questions may be open; the oldest of more counts as never answered.
const TURNS: usize = 100;

/// Where a session is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Its conversation is being found or made.
    Opening,
    /// In use.
    Active,
    /// Idle; everybody was warned.
    Warned,
    /// The last text is on its way; then it closes.
    Closing,
    /// Over. Nothing opens it again.
    Closed,
}

/// A participant as a session knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// Where they are on their way in or out.
    pub presence: Presence,
    /// Since when they are in; `None` as long as they were only invited. What is told of an earlier time and says that
    /// they are elsewhere is old news.
    pub since: Option<Timestamp>,
    /// Why they are on their way out.
    pub leaving: Option<LeaveReason>,
    /// When they last wrote.
    pub last_wrote: Option<Timestamp>,
}

impl Member {
    /// Whether they are being taken out because they may not be written to. That goes before anything else, whatever
    /// other way out they were on.
    pub fn is_barred(&self) -> bool {
        self.leaving.is_some_and(LeaveReason::is_bar)
    }
}

/// Where a member is on their way in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Being added.
    Invited,
    /// In.
    Present,
    /// Being removed.
    Leaving,
}

/// A code that others join by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinCode {
    /// The code, Crockford base 32.
    pub code: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A question to the cognition layer that is not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTurn {
    /// Its id.
    pub turn_id: TurnId,
    /// The message it asks about.
    pub message_sid: String,
    /// Parts taken so far.
    pub parts: u32,
    /// Characters taken so far.
    pub chars: usize,
    /// Received messages when it was asked; more since means the conversation has moved on.
    pub asked_at_count: u64,
}

/// The state of a session: the fold of its events, bounded however long it lasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What carries it.
    pub transport: Transport,
    /// Its conversation at Twilio, once known.
    pub conversation_sid: Option<ConversationSid>,
    /// Where it is in its life.
    pub state: SessionState,
    /// The people, in the order they came; the first is the owner.
    pub members: Vec<Member>,
    /// Everybody who was ever in it or wrote into it, the newest last; the oldest give way after a thousand.
    pub everyone: Arc<VecDeque<Address>>,
    /// Who left last, and when: news of what they wrote before does not bring them back.
    #[serde(default)]
    pub departed: Arc<VecDeque<(Address, Timestamp)>>,
    /// What is known of people's languages; the oldest give way after a hundred.
    #[serde(default)]
    pub languages: Arc<VecDeque<Speaker>>,
    /// What members wrote to the channel and not to the others, the newest last.
    #[serde(default)]
    pub asides: VecDeque<Aside>,
    /// How many of those the others read all the same.
    #[serde(default)]
    pub overheard: u64,
    /// Who could not be written to any more while they were in with others, the newest last.
    #[serde(default)]
    pub barred: VecDeque<Barred>,
    /// The application's own fields.
    pub attributes: Value,
    /// The person's session before this one.
    pub previous_session_id: Option<SessionId>,
    /// The code that others join by.
    pub join_code: Option<JoinCode>,
    /// When it began.
    pub started_at: Timestamp,
    /// When somebody, or Si, last wrote.
    pub last_activity: Timestamp,
    /// When the warning was given.
    pub warned_at: Option<Timestamp>,
    /// Until when the last message waits that is held for quiet hours.
    #[serde(default)]
    pub postponed_until: Option<Timestamp>,
    /// Messages from people.
    pub received: u64,
    /// Messages queued for people.
    pub sent: u64,
    /// What the message that was sent last is for; what an opt-out answers.
    #[serde(default)]
    pub last_purpose: Option<String>,
    /// Why it is closing or closed.
    pub close_reason: Option<CloseReason>,
    /// SIDs of the newest messages that were not ours.
    pub recent: VecDeque<Arc<str>>,
    /// Texts that wait for consent.
    pub held: Vec<Held>,
    /// Questions that are not answered yet.
    pub turns: Vec<OpenTurn>,
    /// Who was asked whether they mean to opt out; nobody is asked twice.
    #[serde(default)]
    pub clarified: VecDeque<Address>,
    /// Whether two machines answer each other.
    #[serde(default)]
    pub loops: LoopWatch,
    /// How much its people write.
    #[serde(default)]
    pub flood: FloodWatch,
    /// Sequence number of its newest event.
    pub sequence: u64,
}

/// A text that waits for its author's consent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The message.
    pub received: Received,
}

impl Session {
    fn new(id: SessionId, new: &NewSession, started_at: Timestamp) -> Self {
        Self {
            id,
            transport: new.transport,
            conversation_sid: None,
            state: match new.transport {
                Transport::Conversations => SessionState::Opening,
                Transport::Messaging => SessionState::Active,
            },
            members: Vec::new(),
            everyone: Arc::default(),
            departed: Arc::default(),
            languages: Arc::default(),
            asides: VecDeque::new(),
            overheard: 0,
            barred: VecDeque::new(),
            attributes: new.attributes.clone(),
            previous_session_id: new.previous.clone(),
            join_code: None,
            started_at,
            last_activity: started_at,
            warned_at: None,
            postponed_until: None,
            received: 0,
            sent: 0,
            last_purpose: None,
            close_reason: None,
            recent: VecDeque::new(),
            held: Vec::new(),
            turns: Vec::new(),
            clarified: VecDeque::new(),
            loops: LoopWatch::default(),
            flood: FloodWatch::default(),
            sequence: 0,
        }
    }

    /// The session that a [`Event::SessionStarted`] of a time speaks of; its events, that one first, are still to be
    /// folded into it. `None` for any other event.
    pub fn begun(event: &Event, at: Timestamp) -> Option<Self> {
        let Event::SessionStarted { session_id, origin, transport, previous_session_id, attributes } = event
        else {
            return None;
        };
        let new = NewSession {
            origin: *origin,
            transport: *transport,
            previous: previous_session_id.clone(),
            attributes: attributes.clone(),
        };
        Some(Self::new(session_id.clone(), &new, at))
    }

    /// The stream in which its events are numbered.
    pub fn stream(&self) -> String {
        self.id.to_string()
    }

    /// Whether it can still be written to.
    pub fn is_open(&self) -> bool {
        self.state != SessionState::Closed
    }

    /// Whether a message is among the newest that were not ours.
    pub fn remembers(&self, message_sid: &str) -> bool {
        self.recent.iter().any(|known| **known == *message_sid)
    }

    /// Whether it has had a message of a person; of one so long ago that it is forgotten, it is assumed.
    pub fn has_seen(&self, message_sid: &str) -> bool {
        self.remembers(message_sid) || self.received > RECENT as u64
    }

    /// Whether its conversation is still to be found or made.
    pub fn is_unbound(&self) -> bool {
        self.transport == Transport::Conversations && self.conversation_sid.is_none()
    }

    /// Whether somebody left after they wrote at `at`, and has not come back.
    pub fn left_since(&self, address: &Address, at: Timestamp) -> bool {
        self.member(address).is_none()
            && self.departed.iter().any(|(who, when)| who == address && *when >= at)
    }

    /// The member with this address.
    pub fn member(&self, address: &Address) -> Option<&Member> {
        self.members.iter().find(|m| m.person.address == *address)
    }

    fn member_mut(&mut self, address: &Address) -> Option<&mut Member> {
        self.members.iter_mut().find(|m| m.person.address == *address)
    }

    /// The member with this participant SID.
    pub fn member_by_sid(&self, sid: &ParticipantSid) -> Option<&Member> {
        self.members.iter().find(|m| m.person.participant_sid.as_ref() == Some(sid))
    }

    /// The people who are in, or on their way in.
    pub fn present(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|m| m.presence != Presence::Leaving)
    }

    /// What is known of somebody's language.
    pub fn spoken(&self, address: &Address) -> Option<&Spoken> {
        self.languages.iter().find(|speaker| speaker.address == *address).map(|speaker| &speaker.spoken)
    }

    /// The language to speak to somebody in: what is known of theirs, else that of their number's country, else the
    /// operator's default.
    pub fn language_of(&self, address: &Address, policy: &Policy) -> Language {
        let known = self.spoken(address).map(|spoken| spoken.language.clone());
        known.unwrap_or_else(|| policy.language.of(address))
    }

    /// Whether more than one person is in it.
    pub fn is_group(&self) -> bool {
        self.present().count() > 1
    }

    /// Whether this person is in it, and nobody else, not even on their way in or out.
    pub fn is_only(&self, address: &Address) -> bool {
        matches!(self.members.as_slice(), [only] if only.person.address == *address)
    }

    /// The person who began it, or the first who is still there.
    pub fn owner(&self) -> Option<&Member> {
        self.present().next()
    }

    /// The pairs of person and sender that Twilio lets only one open conversation have.
    pub fn bindings(&self) -> impl Iterator<Item = (&Address, &Address)> {
        self.members
            .iter()
            .filter(|m| self.is_open() && m.since.is_some())
            .map(|m| (&m.person.address, &m.person.sender))
    }

    /// When silence should be looked at next.
    pub fn deadline(&self, policy: &Policy) -> Option<Timestamp> {
        let (from, wait) = match self.state {
            SessionState::Opening | SessionState::Active => {
                (self.last_activity, policy.inactivity.warn_after)
            }
            SessionState::Warned => {
                (self.warned_at.unwrap_or(self.last_activity), policy.inactivity.close_after)
            }
            SessionState::Closing | SessionState::Closed => return None,
        };
        from.checked_add(wait).ok()
    }

    /// How an author is named before a text in a group.
    pub fn author_label(&self, address: &Address, unnamed: UnnamedAuthor) -> String {
        if let Some(name) = self.member(address).and_then(|m| m.person.name.as_deref()) {
            return name.to_owned();
        }
        match unnamed {
            UnnamedAuthor::Number => address.value().to_owned(),
            UnnamedAuthor::LastDigits => {
                let skip = address.value().chars().count().saturating_sub(4);
                format!("…{}", address.value().chars().skip(skip).collect::<String>())
            }
        }
    }

    /// The unique name that the seeds give a conversation: `sms_15551234567`, `whatsapp_15551234567`.
    pub fn unique_name_of(address: &Address) -> String {
        format!("{}_{}", address.channel(), address.value().trim_start_matches('+'))
    }

    /// The friendly name that the seeds give a conversation.
    pub fn friendly_name_of(address: &Address) -> String {
        format!("Chat with {}", address.value())
    }
}

/// The priority of effects that must overtake queued messages.
pub const PRIORITY_FIRST: u8 = 0;
/// The priority of effects that must wait for queued messages.
pub const PRIORITY_LAST: u8 = 9;

/// What somebody outside wants said.
#[derive(Debug, Clone, PartialEq)]
pub struct Say {
    /// All of it; it is made into messages here.
    pub utterance: Utterance,
    /// Why.
    pub class: MessageClass,
    /// What for, in the caller's words.
    pub purpose: Option<String>,
    /// Not before.
    pub not_before: Option<Timestamp>,
    /// Not after.
    pub expires_at: Option<Timestamp>,
    /// The language that it is in, where that is known.
    pub language: Option<Language>,
    /// The question it answers.
    pub turn_id: Option<TurnId>,
    /// What it goes back to.
    pub correlation_id: Option<String>,
}
