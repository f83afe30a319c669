//! Events published to NATS JetStream, for consumers that want them pushed and shared out.
//!
//! The store stays the record. One server at a time holds the place of the feed that is published, a cursor in the store,
//! and publishes what was committed after it, in order; the place moves after the stream has said that it has the event.
//! Each message carries the event's id, by which the stream drops what it has got before, and the sequence number that the
//! stream must have reached, so that a message that was lost or came late makes those behind it refused and none overtakes
//! another, whoever sent it. Beyond that, before anything is repeated the newest message of the stream is looked at: it
//! carries the place in the feed up to which all is there.
//!
//! Every second the stream's own count is held against what it must hold: from the first message of the present
//! [run](run::Run) on, no number is missing, and what is missing at the beginning is older than the stream's limit or had to
//! make room. A stream of which that is not true is filled again from the store, behind what it has, with what its limit
//! would have left in it; that begins a run, whose ids the stream does not take for those that it remembers.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

pub mod message;
pub mod run;
pub mod session;
pub mod stream;

use crate::config::Nats;

/// The cursor's name in the store.
pub const CURSOR: &str = "nats";

/// How publishing stands on this server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not yet known.
    #[default]
    Starting,
    /// This server publishes.
    Publishing,
    /// Another server does.
    Standby,
    /// The stream cannot be written now. It is tried again and again.
    Away,
    /// The stream is not as it must be. It is looked at again and again.
    Refused,
}

/// How publishing stands, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How it stands.
    pub state: State,
    /// What keeps it from going on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The publishing of this server, shared by the worker that does it and whoever asks about it.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Where to.
    pub settings: Arc<Nats>,
    report: Arc<Mutex<Report>>,
}

impl Feed {
    /// `None` when the settings name no server.
    pub fn new(settings: &Nats) -> Option<Self> {
        settings.url.as_ref()?;
        Some(Self { settings: Arc::new(settings.clone()), report: Arc::default() })
    }

    /// How it stands.
    pub fn report(&self) -> Report {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes how it stands; whether it stood otherwise before.
    pub(crate) fn stands(&self, state: State, why: Option<String>) -> bool {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = report.state != state;
        *report = Report { state, why };
        changed
    }
}
