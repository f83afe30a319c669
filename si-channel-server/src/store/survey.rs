//! Looking through everything that is stored, and taking something out of it.
//!
//! What is here serves the removal of a person and of what is past its time, which must find what no key leads to.

/// A table whose rows may speak of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Documents of every kind. They are only removed by an amendment; a commit changes them.
    Documents,
    /// Accepted inputs. Pending ones are not amended.
    Inputs,
    /// Answers kept for idempotent requests. An amended one fits any request with its key.
    Answers,
    /// Pending effects. They are only removed.
    Effects,
    /// The event feed.
    Events,
    /// Transcript entries.
    Entries,
    /// What opens the records of the audit log. They are only removed.
    Openings,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Documents,
        Self::Inputs,
        Self::Answers,
        Self::Effects,
        Self::Events,
        Self::Entries,
        Self::Openings,
    ];
}

/// A row as it lies in its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place, increasing in the order of writing where nothing was rewritten since.
    pub place: i64,
    /// What it says.
    pub wording: Wording,
    /// When it was written, milliseconds since the epoch, where the table tells; else 0.
    pub at_ms: i64,
    /// It is an input or effect that is still to be worked on.
    pub pending: bool,
}

/// What a row says that may speak of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What it is filed under: `kind/id` of a document, the lane of an input or effect, the key of an answer, the stream
    /// of an event, the session of an entry, the address of openings.
    pub name: String,
    /// Its JSON.
    pub body: String,
}

/// A change to a row.
#[derive(Debug, Clone)]
pub struct Amendment {
    /// Its table.
    pub table: Table,
    /// See [`Line::place`].
    pub place: i64,
    /// The body that it had when it was surveyed; a row that has another by now is left as it is.
    pub was: String,
    /// What it is to say; `None` removes it. The session of an entry stays as it is.
    pub now: Option<Wording>,
}
