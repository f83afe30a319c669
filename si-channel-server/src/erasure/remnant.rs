//! What lies at Twilio of an erased person, each with what became of deleting it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use twilio_conversations::sid::{ConversationSid, MessageSid, SmsSid};

use super::job::{json, read};
use crate::documents::STATE;
use crate::engine::Engine;
use crate::store::{Changes, CommitError, Key, Kind, Page, Put, Source, StoreError};

/// The erasure that a remnant belongs to.
const ERASURE: &str = "erasure";

/// Something at Twilio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Remote {
    /// A conversation that was this person's alone, with everything in it.
    Conversation {
        /// Which.
        sid: ConversationSid,
    },
    /// A message in a conversation of several.
    Message {
        /// Its conversation.
        conversation_sid: ConversationSid,
        /// Which.
        sid: MessageSid,
    },
    /// A record of Programmable Messaging: its text, its files, then itself.
    Record {
        /// Which.
        sid: SmsSid,
    },
}

impl Remote {
    /// Its SID.
    pub fn sid(&self) -> &str {
        match self {
            Self::Conversation { sid } => sid.as_str(),
            Self::Message { sid, .. } => sid.as_str(),
            Self::Record { sid } => sid.as_str(),
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Still to be deleted.
    Due,
    /// Gone.
    Gone,
    /// Twilio keeps it.
    Kept,
}

impl Standing {
    fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Gone => "gone",
            Self::Kept => "kept",
        }
    }
}

/// Something at Twilio that an erasure is to delete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remnant {
    /// The erasure.
    pub erasure_id: String,
    /// What it is.
    #[serde(flatten)]
    pub remote: Remote,
    /// What became of it.
    pub standing: Standing,
    /// Attempts so far.
    pub attempts: u32,
    /// Since when it is to be deleted.
    pub since: Timestamp,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// Why it is still there.
    pub reason: Option<String>,
}

impl Remnant {
    /// To be deleted from now on.
    pub fn new(erasure_id: &str, remote: Remote, now: Timestamp) -> Self {
        Self {
            erasure_id: erasure_id.to_owned(),
            remote,
            standing: Standing::Due,
            attempts: 0,
            since: now,
            due_at: now,
            reason: None,
        }
    }

    /// It as a document.
    pub fn put(&self, version: u64) -> Result<Put, StoreError> {
        let id = format!("{}/{}", self.erasure_id, self.remote.sid());
        let shared = |name, value: &str, order| Key { name, value: value.to_owned(), unique: false, order };
        let keys = vec![
            shared(STATE, self.standing.as_str(), self.due_at.as_millisecond()),
            shared(ERASURE, &self.erasure_id, self.since.as_millisecond()),
        ];
        Ok(Put { kind: Kind::Remnant, id, version, doc: json(self)?, keys: Some(keys) })
    }

    /// Notes it, unless it is noted.
    pub async fn note(&self, engine: &Engine) -> Result<(), StoreError> {
        let changes = Changes { puts: vec![self.put(0)?], ..Changes::settle(Source::Direct) };
        match engine.store().commit(changes).await {
            Ok(()) | Err(CommitError::Conflict(_) | CommitError::Overtaken) => Ok(()),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// Those whose time has come, with their versions.
    pub async fn due(engine: &Engine, limit: usize) -> Result<Vec<(Self, u64)>, StoreError> {
        let page = Page { before: Some((engine.clock().now_ms() + 1, String::new())), limit };
        let due = engine.store().list(Kind::Remnant, (STATE, Standing::Due.as_str()), page).await?;
        due.iter().map(|(_, record)| Ok((read(record)?, record.version))).collect()
    }

    /// Those of an erasure, at most ten thousand.
    pub async fn of(engine: &Engine, erasure_id: &str) -> Result<Vec<Self>, StoreError> {
        let all = engine.store().list(Kind::Remnant, (ERASURE, erasure_id), Page::first(10_000)).await?;
        all.iter().map(|(_, record)| read(record)).collect()
    }
}
