//! Files that phones attach: a few, small, in memory.

use std::collections::VecDeque;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// How many files are kept; the oldest go first.
const KEPT: usize = 64;

/// What phones have attached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Files {
    kept: VecDeque<(u64, File)>,
    last: u64,
}

/// One attached file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    #[serde(with = "base64_bytes")]
    pub(crate) bytes: Bytes,
}

impl Files {
    /// Keeps a file; gives its number.
    pub(crate) fn keep(&mut self, file: File) -> u64 {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.last += 1;
        self.kept.push_back((self.last, file));
        self.last
    }

    /// The file of that number, unless it has been dropped.
    pub(crate) fn get(&self, number: u64) -> Option<&File> {
        self.kept.iter().find(|(known, _)| *known == number).map(|(_, file)| file)
    }
}

/// How a file's bytes are kept in a saved state.
mod base64_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom)
    }
}

/// A file's name as it can stand in a path.
pub(crate) fn safe_name(name: &str) -> String {
    let keep = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
    let safe: String = name.chars().map(keep).collect();
    let safe = safe.trim_matches(['.', '-']);
    // The end holds what says the kind.
    let short = safe.get(safe.len().saturating_sub(80)..).unwrap_or_default();
    if short.is_empty() { "file".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_files_go_first() {
        let mut files = Files::default();
        let file =
            File { name: "a.png".into(), content_type: "image/png".into(), bytes: Bytes::from_static(b"x") };
        let first = files.keep(file.clone());
        for _ in 0..KEPT - 1 {
            files.keep(file.clone());
        }
        assert!(files.get(first).is_some());
        let last = files.keep(file);
        assert!(files.get(first).is_none() && files.get(last).is_some());
    }

    #[test]
    fn names_are_made_fit_for_a_path() {
        for (name, safe) in [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "etc-passwd"),
            ("mein hündchen.png", "mein-h-ndchen.png"),
            ("...", "file"),
            ("", "file"),
        ] {
            assert_eq!(safe_name(name), safe);
        }
        assert!(safe_name(&format!("{}.png", "x".repeat(500))).ends_with("x.png"));
    }
}
