//! Places in the feed that readers share.

use std::sync::Arc;

/// A reader's place in the feed, held by one server at a time; see [`Store::claim_cursor`](super::Store::claim_cursor).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The position of the last event that the reader is done with; 0 before the first.
    pub position: i64,
    /// What the reader keeps with its place; empty at first.
    pub note: String,
    /// Moves it, as long as nobody has claimed or rewound it since.
    pub fence: i64,
}

/// Who wants a place in the feed, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorClaim {
    /// Who holds it then.
    pub owner: Arc<str>,
    /// Now, milliseconds since the epoch.
    pub now_ms: i64,
    /// Until when it is held.
    pub lease_until_ms: i64,
}

/// Where a reader moves its cursor, and how long it goes on holding it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorMove {
    /// See [`Cursor::fence`].
    pub fence: i64,
    /// See [`Cursor::position`].
    pub position: i64,
    /// See [`Cursor::note`].
    pub note: String,
    /// Now, milliseconds since the epoch.
    pub now_ms: i64,
    /// Until when it is held; now to let it go.
    pub lease_until_ms: i64,
}
