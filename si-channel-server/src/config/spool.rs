//! Where webhooks wait while the database is away.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::Reader;

/// Where webhooks wait while the database is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spool {
    /// The folder; no spool when not set.
    pub dir: Option<PathBuf>,
    /// The most bytes in it; 256 MiB.
    pub max_bytes: usize,
    /// How long the store may take before a webhook goes to the spool; 1 s.
    pub after: Duration,
}

impl Spool {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            dir: reader.text("spool.dir").map(PathBuf::from),
            max_bytes: reader.number("spool.max_bytes", 256 << 20, 64 << 10..=1 << 40),
            after: reader.duration(
                "spool.after",
                Duration::from_secs(1),
                Duration::from_millis(10)..=Duration::from_mins(1),
            ),
        }
    }
}
