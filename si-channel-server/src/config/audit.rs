//! The audit log.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::Reader;

/// The audit log: who signs it, how often, and where that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The file of the key; `audit.key` beside the database when not set.
    pub key_file: Option<PathBuf>,
    /// A file to which each checkpoint is appended.
    pub checkpoints: Option<PathBuf>,
    /// Records that may be unsigned; 1000.
    pub checkpoint_records: usize,
    /// How long a record may be unsigned; a minute.
    pub checkpoint_after: Duration,
}

impl Audit {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let (second, day) = (Duration::from_secs(1), Duration::from_hours(24));
        Self {
            key_file: reader.text("audit.key_file").map(PathBuf::from),
            checkpoints: reader.text("audit.checkpoints").map(PathBuf::from),
            checkpoint_records: reader.number("audit.checkpoint_records", 1_000, 1..=1_000_000),
            checkpoint_after: reader.duration("audit.checkpoint_after", Duration::from_mins(1), second..=day),
        }
    }
}
