//! The audit log as it is stored.

use si_channel_core::audit::chain::{Hash, Link};

/// A record to append to the audit log. The store gives it its number and hash with the commit.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// The record in canonical JSON, without personal data.
    pub body: String,
    /// Whom it is about; to find its openings by and to erase them.
    pub address: Option<String>,
    /// What opens its commitments, JSON.
    pub openings: String,
}

impl std::fmt::Debug for NewRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewRecord").field("body", &self.body).finish_non_exhaustive()
    }
}

/// A record of the audit log.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// The record in its place.
    pub link: Link,
    /// What opens its commitments, JSON; `None` once erased.
    pub openings: Option<String>,
}

impl std::fmt::Debug for AuditRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditRecord").field("link", &self.link).finish_non_exhaustive()
    }
}

/// Which records are looked for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those about this address, as long as it is not erased.
    pub address: Option<String>,
    /// Those of this kind.
    pub kind: Option<&'static str>,
}

impl std::fmt::Debug for AuditFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditFilter").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A signed statement about the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheckpoint {
    /// Its number, from 1 without gap.
    pub number: u64,
    /// The record that is signed.
    pub record: u64,
    /// The checkpoint as JSON.
    pub body: String,
}

/// How far the audit log has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of the last record; 0 when there is none.
    pub record: u64,
    /// Its hash.
    pub hash: Hash,
    /// The record that the last checkpoint signed; 0 when there is none.
    pub signed: u64,
    /// The number of the last checkpoint; 0 when there is none.
    pub checkpoints: u64,
}
