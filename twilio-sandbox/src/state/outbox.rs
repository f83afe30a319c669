//! What the state asks the network side to do, in the order it happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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
pub(crate) struct Outbox {
    jobs: UnboundedSender<Job>,
    under_way: UnderWay,
}

/// How many jobs were pushed and are not done.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn done(&self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Default for Outbox {
    /// Leads nowhere; what is pushed is gone.
    fn default() -> Self {
        Self::new(mpsc::unbounded_channel().0)
    }
}

impl Outbox {
    pub(crate) fn new(sender: UnboundedSender<Job>) -> Self {
        Self { jobs: sender, under_way: UnderWay::default() }
    }

    pub(crate) fn under_way(&self) -> &UnderWay {
        &self.under_way
    }

    pub(crate) fn push(&self, job: Job) {
        self.under_way.0.fetch_add(1, Ordering::SeqCst);
        // The receiver only ends with the sandbox; then nobody is left to hear of it.
        if self.jobs.send(job).is_err() {
            self.under_way.done();
        }
    }
}
