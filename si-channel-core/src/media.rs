//! Files that people send: noted when their message comes, fetched afterwards, told of in words where they are not.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::context::Context;
use crate::event::{Event, MediaRef, Received};
use crate::id::{MediaId, SessionId};
use crate::rejection::Rejection;

mod contact;
mod words;

pub use contact::contact_name;
pub use words::{Described, location, placeholder, said};

/// Where the API serves a file.
pub fn url(id: &MediaId) -> String {
    format!("/v1/media/{id}")
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// Being fetched.
    #[default]
    Pending,
    /// Here.
    Stored,
    /// It could not be had, or may not be kept.
    Failed,
    /// It was here, and is kept no longer.
    Removed,
}

/// What the shell keeps of a file.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// The SHA-256 of its bytes, 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
    /// Its MIME type, as Twilio serves it and as its first bytes agree with.
    pub content_type: String,
    /// What it calls itself: the name on a contact card.
    pub label: Option<String>,
}

/// What became of fetching a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fetched", rename_all = "snake_case")]
pub enum Fetched {
    /// It is here.
    Stored(Kept),
    /// It is not, and will not be.
    Failed {
        /// In words, without personal data.
        reason: String,
    },
}

/// A file that came with a message: the fold of its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFile {
    /// What Twilio told of it.
    #[serde(flatten)]
    pub told: MediaRef,
    /// The session whose transcript has its message.
    pub session_id: SessionId,
    /// Its message.
    pub message_sid: String,
    /// When the message was taken in.
    pub at: Timestamp,
    /// Where it is.
    pub state: MediaState,
    /// What is kept of it.
    pub kept: Option<Kept>,
    /// Why it is not here.
    pub reason: Option<String>,
}

impl MediaFile {
    /// A file of a message that has just been taken in.
    pub fn new(told: &MediaRef, received: &Received, session_id: SessionId, at: Timestamp) -> Self {
        Self {
            told: told.clone(),
            session_id,
            message_sid: received.message_sid.clone(),
            at,
            state: MediaState::Pending,
            kept: None,
            reason: None,
        }
    }

    /// What can be said of it.
    pub fn described(&self) -> Described<'_> {
        let kept = self.kept.as_ref();
        Described {
            content_type: kept.map_or(&self.told.content_type, |kept| &kept.content_type),
            bytes: kept.map(|kept| kept.bytes).or(self.told.size),
            label: kept.and_then(|kept| kept.label.as_deref()),
            state: self.state,
        }
    }
}

/// A step of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Fetching it has ended.
    Fetch(Fetched),
    /// It is kept no longer.
    Remove,
}

/// What follows from a step.
pub fn decide(file: &MediaFile, step: &Step, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
    let (media_id, message_sid, at) = (file.told.id.clone(), file.message_sid.clone(), context.now);
    match (file.state, step) {
        (MediaState::Pending, Step::Fetch(Fetched::Stored(kept))) => {
            Ok(vec![Event::MediaStored { media_id, message_sid, kept: kept.clone(), at }])
        }
        (MediaState::Pending, Step::Fetch(Fetched::Failed { reason })) => {
            Ok(vec![Event::MediaFailed { media_id, message_sid, reason: reason.clone(), at }])
        }
        (MediaState::Stored, Step::Remove) => Ok(vec![Event::MediaRemoved { media_id, message_sid, at }]),
        _ => Err(Rejection::AlreadySo),
    }
}

/// The file that an event is about.
pub fn subject(event: &Event) -> Option<&MediaId> {
    match event {
        Event::MediaStored { media_id, .. }
        | Event::MediaFailed { media_id, .. }
        | Event::MediaRemoved { media_id, .. } => Some(media_id),
        _ => None,
    }
}

/// Folds an event into the file.
pub fn apply(file: &mut MediaFile, event: &Event) {
    match event {
        Event::MediaStored { kept, .. } => {
            file.state = MediaState::Stored;
            file.kept = Some(kept.clone());
        }
        Event::MediaFailed { reason, .. } => {
            file.state = MediaState::Failed;
            file.reason = Some(reason.clone());
        }
        Event::MediaRemoved { .. } => file.state = MediaState::Removed,
        _ => {}
    }
}
