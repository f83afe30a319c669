//! Files that people send.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::{Reader, quote};

/// Files that people send: where they are kept, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// The folder; `media` beside the database when not set.
    pub dir: Option<PathBuf>,
    /// The most bytes of a file; 16 MiB.
    pub max_bytes: usize,
    /// The MIME types that are kept, `image/*` for a family; all when empty.
    pub types: Vec<String>,
    /// How long a question waits for the files it comes with; 3 s.
    pub turn_wait: Duration,
    /// How often fetching a file is tried; 8.
    pub attempts: usize,
    /// Days after which files are removed; for good with 0; 90.
    pub keep_days: usize,
}

/// What phones send, and nothing that a program would run.
const TYPES: [&str; 7] =
    ["image/*", "audio/*", "video/*", "application/pdf", "text/vcard", "text/x-vcard", "text/plain"];

impl Media {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            dir: reader.text("media.dir").map(PathBuf::from),
            max_bytes: reader.number("media.max_bytes", 16 << 20, 1..=150_000_000),
            types: reader
                .parsed(
                    "media.types",
                    "write types parted by commas, such as image/*, application/pdf",
                    types,
                )
                .unwrap_or_else(|| TYPES.map(str::to_owned).into()),
            turn_wait: reader.duration(
                "media.turn_wait",
                Duration::from_secs(3),
                Duration::ZERO..=Duration::from_secs(20),
            ),
            attempts: reader.number("media.attempts", 8, 1..=12),
            keep_days: reader.number("media.keep_days", 90, 0..=36_500),
        }
    }
}

fn types(text: &str) -> Result<Vec<String>, String> {
    let parts = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| match part.split_once('/') {
            Some((family, rest)) if !family.is_empty() && !rest.is_empty() && family != "*" => {
                Ok(part.to_ascii_lowercase())
            }
            _ => Err(format!("{} is not a type", quote(part))),
        })
        .collect()
}
