//! Durable state: what was accepted, what was decided, what must be done.
//!
//! A [`Store`] keeps documents (sessions, consent ledgers, outbound messages) with a version and secondary
//! keys, the inbox of accepted inputs, the event feed, transcript entries, pending effects and timers. One
//! [`Changes`] is one transaction: either all of it is durable or none. Concurrency is optimistic: a commit
//! names the versions it was decided on and fails with [`CommitError::Conflict`] when one has moved.
//!
//! Work is handed out under a lease of its lane. Each claim carries a fence, a number that settles the work only
//! while nobody has claimed the lane since: a worker that slept past its lease cannot mark success.
//!
//! Every backend passes the same suite, `conformance` (feature `test-support`).

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use si_channel_core::pace::{Gate, Turn, Wish};

mod audit;
#[cfg(any(test, feature = "test-support"))]
pub mod conformance;
mod cursor;
pub mod postgres;
pub mod sqlite;
mod survey;
mod wakes;

pub use survey::{Amendment, Line, Table, Wording};

pub use audit::{AuditFilter, AuditHead, AuditRecord, NewCheckpoint, NewRecord};
pub use cursor::{Cursor, CursorClaim, CursorMove};

/// The kind of a stored document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A session, by session id.
    Session,
    /// A consent ledger, by address.
    Ledger,
    /// An outbound message, by outbound id.
    Outbound,
    /// A file that came with a message, by media id.
    Media,
    /// An account of the application's, by its id there.
    Account,
    /// The erasure of a person, by erasure id.
    Erasure,
    /// What is to be removed at Twilio for an erasure.
    Remnant,
    /// A legal hold, by address.
    Hold,
    /// Who is sent events over HTTP, by subscription id.
    Subscription,
}

impl Kind {
    /// The kind's name as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Ledger => "ledger",
            Self::Outbound => "outbound",
            Self::Media => "media",
            Self::Account => "account",
            Self::Erasure => "erasure",
            Self::Remnant => "remnant",
            Self::Hold => "hold",
            Self::Subscription => "subscription",
        }
    }

    /// The kind of this stored name.
    fn of(name: &str) -> Option<Self> {
        use Kind::{Account, Erasure, Hold, Ledger, Media, Outbound, Remnant, Session, Subscription};
        let kinds = [Session, Ledger, Outbound, Media, Account, Erasure, Remnant, Hold, Subscription];
        kinds.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A secondary key under which a document is found.
///
/// A document holds a name and value once: a later one in the same list replaces the earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What the value is, such as `conversation` or `binding`.
    pub name: &'static str,
    /// The value looked up.
    pub value: String,
    /// At most one document of the kind may hold this name and value as unique.
    pub unique: bool,
    /// Sorts the documents that share a key; lists show the greatest first.
    pub order: i64,
}

/// A document to write.
#[derive(Debug, Clone)]
pub struct Put {
    /// The kind of document.
    pub kind: Kind,
    /// Its id within the kind.
    pub id: String,
    /// The version it was decided on; 0 when it must not exist yet.
    pub version: u64,
    /// The document as JSON.
    pub doc: String,
    /// The complete new set of keys; `None` leaves the stored ones as they are.
    pub keys: Option<Vec<Key>>,
}

/// A document as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The kind of document.
    pub kind: Kind,
    /// Its id within the kind.
    pub id: String,
    /// Its version, from 1.
    pub version: u64,
    /// The document as JSON.
    pub doc: String,
}

/// What to look up in [`Store::load`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// The document with this id.
    Id(Kind, String),
    /// The document with the greatest order under this key.
    Key(Kind, &'static str, String),
}

/// Which part of a list is wanted, in [`Store::list`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The order and the id that it begins below: those of the last document of the page before.
    pub before: Option<(i64, String)>,
    /// How many documents at most.
    pub limit: usize,
}

impl Page {
    /// The page that the list begins with.
    pub fn first(limit: usize) -> Self {
        Self { before: None, limit }
    }
}

/// An input to accept into the inbox.
#[derive(Debug, Clone)]
pub struct NewInput {
    /// Identifies the fact, made of what its sender owns; a second input with the same key has no effect.
    pub key: String,
    /// Inputs of one lane are decided one after another, in the order of acceptance.
    pub lane: String,
    /// The input as received, JSON.
    pub body: String,
    /// When it was received, milliseconds since the epoch.
    pub at_ms: i64,
}

/// Whether an accepted input was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// Stored now.
    New,
    /// Stored before, under the same key.
    Duplicate,
}

/// What a worker asks for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Who wants it; named when a lease runs out.
    pub owner: Arc<str>,
    /// What is due is told by this, milliseconds since the epoch.
    pub now_ms: i64,
    /// Until when the lanes are held, milliseconds since the epoch.
    pub lease_until_ms: i64,
    /// How many lanes at most.
    pub limit: usize,
}

/// An input handed out for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedInput {
    /// Its position in the inbox.
    pub seq: i64,
    /// See [`NewInput::key`].
    pub key: String,
    /// See [`NewInput::lane`].
    pub lane: String,
    /// See [`NewInput::body`].
    pub body: String,
    /// See [`NewInput::at_ms`].
    pub at_ms: i64,
    /// How often a decision on it has failed or been deferred before.
    pub attempts: u32,
    /// Settles it, in [`Source::Input`], as long as nobody has claimed the lane since.
    pub fence: i64,
}

impl ClaimedInput {
    /// The source of a commit that settles this input.
    pub fn source(&self) -> Source {
        Source::Input { seq: self.seq, fence: self.fence }
    }
}

/// An effect to carry out after the commit.
#[derive(Debug, Clone)]
pub struct NewEffect {
    /// Its id; a second effect with the same id is ignored while the first is not done.
    pub id: String,
    /// Effects of one lane are carried out one at a time.
    pub lane: String,
    /// Within a lane the smallest goes first, then the oldest.
    pub priority: u8,
    /// Not carried out before, milliseconds since the epoch. It holds up its lane.
    pub not_before_ms: i64,
    /// The effect as JSON.
    pub body: String,
}

/// An effect handed out to be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedEffect {
    /// See [`NewEffect::id`].
    pub id: String,
    /// See [`NewEffect::lane`].
    pub lane: String,
    /// See [`NewEffect::body`].
    pub body: String,
    /// How often it was handed back for a retry before.
    pub attempts: u32,
    /// From when on it was to be handed out, milliseconds since the epoch.
    pub due_ms: i64,
    /// How many limits it had passed by then, see [`Store::take_turn`].
    pub passed: u32,
    /// Settles it, in [`Source::Effect`], as long as nobody has claimed the lane since.
    pub fence: i64,
}

impl ClaimedEffect {
    /// The source of a commit that settles this effect: done, or to be handed out again from `retry_at_ms` on.
    pub fn source(&self, retry_at_ms: Option<i64>) -> Source {
        Source::Effect { id: self.id.clone(), fence: self.fence, retry_at_ms }
    }
}

/// A timer's place and due time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// One timer per key.
    pub key: String,
    /// When it is due, milliseconds since the epoch.
    pub due_ms: i64,
    /// What it means, JSON.
    pub body: String,
}

/// A change to a timer.
#[derive(Debug, Clone)]
pub enum TimerChange {
    /// Set or replace.
    Set(Timer),
    /// Forget; it need not exist.
    Cancel(String),
}

/// An event to append to the feed.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The `CloudEvents` id, unique.
    pub id: String,
    /// The stream (`CloudEvents` subject) in which `sequence` counts.
    pub stream: String,
    /// Gapless within the stream, from 1.
    pub sequence: u64,
    /// The whole `CloudEvent`, JSON.
    pub body: String,
}

/// An event of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its position in the feed, increasing in commit order.
    pub position: i64,
    /// See [`NewEvent::stream`].
    pub stream: String,
    /// See [`NewEvent::sequence`].
    pub sequence: u64,
    /// See [`NewEvent::body`].
    pub body: String,
}

/// A transcript entry to write; the same id again replaces the body and keeps the time and place it first had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The session it belongs to.
    pub session: String,
    /// Its id within the session.
    pub id: String,
    /// When it happened, milliseconds since the epoch.
    pub at_ms: i64,
    /// The entry as JSON.
    pub body: String,
}

/// Where the decided input came from; the commit settles it.
///
/// One that was settled before, or claimed by another since, is [`CommitError::Overtaken`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Decided inline; nothing to settle.
    Direct,
    /// An inbox item: done.
    Input {
        /// Its position.
        seq: i64,
        /// See [`ClaimedInput::fence`].
        fence: i64,
    },
    /// An effect: carried out, or to be tried again.
    Effect {
        /// Its id.
        id: String,
        /// See [`ClaimedEffect::fence`].
        fence: i64,
        /// `None`: done and forgotten. `Some`: hand it out again, not before this time (milliseconds).
        retry_at_ms: Option<i64>,
    },
    /// A fired timer: forgotten. It must still be set to this time; [`Changes::timers`] may set it anew.
    Timer {
        /// Its key.
        key: String,
        /// The due time it fired for.
        due_ms: i64,
    },
}

/// The answer to a request with an `Idempotency-Key`, kept with what the request did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The client's key, prefixed by its scope.
    pub key: String,
    /// Hash of the request, to refuse the same key on another request. A key is kept once: again is a conflict.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// The body, JSON.
    pub body: String,
    /// When it was given, milliseconds since the epoch.
    pub at_ms: i64,
}

/// One transaction.
#[derive(Debug, Clone)]
pub struct Changes {
    /// What is settled by it.
    pub source: Source,
    /// Documents that must still have these versions (0: must not exist).
    pub reads: Vec<(Kind, String, u64)>,
    /// Documents to write.
    pub puts: Vec<Put>,
    /// Events to append, in order.
    pub events: Vec<NewEvent>,
    /// Transcript entries to write.
    pub entries: Vec<Entry>,
    /// Effects to carry out.
    pub effects: Vec<NewEffect>,
    /// Timers to change.
    pub timers: Vec<TimerChange>,
    /// Records for the audit log, in order.
    pub audit: Vec<NewRecord>,
    /// A checkpoint of the audit log; a record is signed once.
    pub checkpoint: Option<NewCheckpoint>,
    /// The answer to keep for an idempotent request.
    pub answer: Option<KeptAnswer>,
}

impl Changes {
    /// Changes that only settle their source.
    pub fn settle(source: Source) -> Self {
        Self {
            source,
            reads: Vec::new(),
            puts: Vec::new(),
            events: Vec::new(),
            entries: Vec::new(),
            effects: Vec::new(),
            timers: Vec::new(),
            audit: Vec::new(),
            checkpoint: None,
            answer: None,
        }
    }
}

/// The store did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be written or read now: disk full, database away. Answer 503.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Stored data cannot be understood.
    #[error("the store holds data that cannot be read: {0}")]
    Corrupt(String),
}

/// What a store answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A commit was not made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// A document has moved, or a unique key, event or answer is taken: load and decide again.
    #[error("decided on a state that has changed since: {0}")]
    Conflict(String),
    /// The source was settled, claimed by another or set to another time since: deciding again does not cure it. Drop the
    /// work.
    #[error("the work was settled, or claimed by another since")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Durable state of the channel.
///
/// Times are milliseconds since the epoch on the channel's clock and are given by the caller.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug + 'static {
    /// Stores inputs durably; returns after they survive a crash. One answer for each, in order.
    async fn accept(&self, inputs: Vec<NewInput>) -> Result<Vec<Accepted>>;

    /// Hands out inputs, each the oldest pending one of its lane, of lanes that nobody holds, and holds their lanes.
    /// When the lease ends another may claim the lane; until another has, the first claim still settles. The longest
    /// waiting go first.
    async fn claim_inputs(&self, claim: Claim) -> Result<Vec<ClaimedInput>>;

    /// Hands an input back, to be claimed again not before `retry_at_ms`, its lane waiting with it; `None`
    /// quarantines it for good and lets its lane go on. No effect when it was settled or claimed by another since.
    async fn return_input(&self, seq: i64, fence: i64, retry_at_ms: Option<i64>, reason: &str) -> Result<()>;

    /// Whether an input of one of these lanes is accepted and not decided. What was set aside does not count.
    async fn has_pending_inputs(&self, lanes: Vec<String>) -> Result<bool>;

    /// Hands out due effects, each the first of its lane, of lanes that nobody holds, and holds their lanes as
    /// [`Store::claim_inputs`] does. Smallest priority first, then the longest waiting.
    async fn claim_effects(&self, claim: Claim) -> Result<Vec<ClaimedEffect>>;

    /// Whether several servers share the store. Then a lease is short and is renewed while the work goes on; its end is
    /// told by the store's own clock, as long after the claim as [`Claim::lease_until_ms`] is after its `now_ms`.
    fn is_shared(&self) -> bool {
        false
    }

    /// Holds the lanes of these claims for so long from now, but those claimed by another since. Nothing to do for a store
    /// of one server, which holds for good.
    async fn renew(&self, _fences: &[i64], _lease_ms: i64) -> Result<()> {
        Ok(())
    }

    /// Lets an effect pass the limits that it must keep to. What has to wait is handed back until its turn, with how many
    /// it has passed and without counting as an attempt; settling it forgets those. All of it happens or, when the effect
    /// was overtaken, nothing.
    async fn take_turn(&self, claimed: &ClaimedEffect, wish: Wish) -> Result<Turn, CommitError>;

    /// Whether limits, each named once, let something pass at a time, microseconds since the epoch: all of them, or nothing
    /// is taken of any.
    async fn pass(&self, gates: Vec<Gate>, now_us: i64) -> Result<bool>;

    /// Holds limits until a moment and slows them until another, microseconds since the epoch; see
    /// [`Throttle::hold`](si_channel_core::pace::Throttle::hold).
    async fn hold_limits(&self, keys: Vec<String>, not_before_us: i64, slow_until_us: i64) -> Result<()>;

    /// The due timers, earliest first, those due at once in the order in which they were first set. They stay set until a commit with [`Source::Timer`].
    async fn due_timers(&self, now_ms: i64, limit: usize) -> Result<Vec<Timer>>;

    /// Loads documents from one consistent snapshot; the answer has one place for each want.
    async fn load(&self, wants: Vec<Want>) -> Result<Vec<Option<Record>>>;

    /// Commits durably; returns after it survives a crash.
    async fn commit(&self, changes: Changes) -> Result<(), CommitError>;

    /// A page of the documents under a key, its name and value, greatest order first; with their order.
    async fn list(&self, kind: Kind, key: (&'static str, &str), page: Page) -> Result<Vec<(i64, Record)>>;

    /// Events after a position, oldest first, at most `limit`, of one stream or all.
    async fn events_after(&self, after: i64, stream: Option<&str>, limit: usize) -> Result<Vec<StoredEvent>>;

    /// The position of the newest event; 0 when there is none.
    async fn last_position(&self) -> Result<i64>;

    /// Holds the place in the feed of the reader of this name; `None` while another holds it. Who holds it may claim it again. Leases end as those of [`Store::claim_inputs`] do.
    async fn claim_cursor(&self, name: &str, claim: CursorClaim) -> Result<Option<Cursor>>;

    /// Moves a reader's place, durably, and goes on holding it. `false`, and nothing moved, when it was claimed or rewound
    /// since.
    async fn move_cursor(&self, name: &str, to: CursorMove) -> Result<bool>;

    /// Sets a reader's place, leaves its note, and takes it from whoever holds it, who starts there when it claims anew.
    async fn rewind_cursor(&self, name: &str, position: i64) -> Result<()>;

    /// A reader's place; `None` when nobody has claimed it yet.
    async fn cursor(&self, name: &str) -> Result<Option<Cursor>>;

    /// All transcript entries of a session, by time and then by order of writing.
    async fn entries(&self, session: &str) -> Result<Vec<Entry>>;

    /// One transcript entry of a session.
    async fn entry(&self, session: &str, id: &str) -> Result<Option<Entry>>;

    /// The newest `limit` transcript entries of a session, oldest first.
    async fn recent_entries(&self, session: &str, limit: usize) -> Result<Vec<Entry>>;

    /// The answer kept for an idempotent request.
    async fn kept_answer(&self, key: &str) -> Result<Option<KeptAnswer>>;

    /// Records of the audit log after a number, oldest first, at most `limit`, with what opens them.
    async fn audit_after(&self, after: u64, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRecord>>;

    /// How far the audit log has come.
    async fn audit_head(&self) -> Result<AuditHead>;

    /// Forgets what opens the records about an address, for good; how many there were. The records stay, nobody can
    /// tell any more whom they are about, and the log still verifies.
    async fn erase_openings(&self, address: &str) -> Result<u64>;

    /// Deletes settled inputs and kept answers older than `before_ms`, at most `limit` rows; how many went. So much of
    /// limits that nothing has passed since then, which are as if they had never been, goes uncounted.
    /// The keys of deleted inputs are forgotten with them.
    async fn prune(&self, before_ms: i64, limit: usize) -> Result<u64>;

    /// The rows of a table that lie past the place `after`, at most `limit`, in the order of their places.
    async fn survey(&self, table: Table, after: i64, limit: usize) -> Result<Vec<Line>>;

    /// Rewords or removes rows that still are as they were surveyed; how many were.
    async fn amend(&self, amendments: Vec<Amendment>) -> Result<u64>;

    /// Sees to it that the store's files hold nothing of what was replaced or removed before. `false` when that is left
    /// to the overwriting of each row, because the files are too large to be rewritten while others wait.
    async fn compact(&self) -> Result<bool>;

    /// Answers when the store can be written.
    async fn ping(&self) -> Result<()>;

    /// Counts that operators watch: pending inputs, effects and timers, quarantined inputs.
    async fn depths(&self) -> Result<Depths>;

    /// A counter that moves when new work may be there. It may move without need; workers also poll.
    fn watch(&self, wake: Wake) -> tokio::sync::watch::Receiver<u64>;
}

/// What a caller of [`Store::watch`] waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// An input was accepted or a lane of inputs has become free.
    Inputs,
    /// An effect was added or a lane of effects has become free.
    Effects,
    /// A timer was set.
    Timers,
    /// An event was appended.
    Events,
}

/// See [`Store::depths`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Depths {
    /// Inputs accepted and not decided.
    pub inputs: u64,
    /// Inputs set aside after repeated failure.
    pub quarantined: u64,
    /// Effects not yet carried out.
    pub effects: u64,
    /// Timers set.
    pub timers: u64,
}

/// A turn's time as effects have it: not before it.
fn due_ms(due_us: i64) -> i64 {
    due_us.div_euclid(1_000) + i64::from(due_us.rem_euclid(1_000) > 0)
}
