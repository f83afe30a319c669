//! What the state asks the network side to do, in the order it happened.

use tokio::sync::mpsc::{self, UnboundedSender};

use crate::log::NoteEntry;
use crate::webhook::deliver::Delivery;

/// Work that leaves the lock.
#[derive(Debug)]
pub(crate) enum Job {
    /// Send a webhook that nobody waits for.
    Deliver(Delivery),
    /// Fetch the files of a message that is about to leave; its SID.
    Fetch { lane: String, text: String },
    /// Route a message that a phone has sent; its SID.
    Route { lane: String, text: String },
    /// Add a message that a phone has written into a group text to the group's conversation.
    Group { lane: String, text: String, conversation: String },
    /// Write something down for people to read.
    Note(NoteEntry),
}

impl Job {
    /// Jobs of one lane run one after the other.
    pub(crate) fn lane(&self) -> &str {
        match self {
            Self::Deliver(delivery) => &delivery.lane,
            Self::Fetch { lane, .. } | Self::Route { lane, .. } | Self::Group { lane, .. } => lane,
            Self::Note(_) => "note",
        }
    }
}

/// The sending end; pushed to under the state's lock, so that order is kept.
#[derive(Clone, Debug)]
pub(crate) struct Outbox(UnboundedSender<Job>);

impl Default for Outbox {
    /// Leads nowhere; what is pushed is gone.
    fn default() -> Self {
        Self(mpsc::unbounded_channel().0)
    }
}

impl Outbox {
    pub(crate) fn new(sender: UnboundedSender<Job>) -> Self {
        Self(sender)
    }

    pub(crate) fn push(&self, job: Job) {
        // The receiver only ends with the sandbox; then nobody is left to hear of it.
        let _ = self.0.send(job);
    }
}
