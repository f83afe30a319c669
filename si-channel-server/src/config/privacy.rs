//! People who are erased, and how long records are kept.

use std::path::PathBuf;

use super::reader::Reader;

/// Where what erasure and retention need is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privacy {
    /// The file with the key by which erased people are known; beside the database when not set.
    pub key_file: Option<PathBuf>,
    /// The operator's own schedule of retention, laid over the shipped one.
    pub retention_file: Option<PathBuf>,
}

impl Privacy {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            key_file: reader.text("privacy.key_file").map(PathBuf::from),
            retention_file: reader.text("privacy.retention_file").map(PathBuf::from),
        }
    }
}
