//! The port to where files are kept, named by their contents, and a folder as its embedded default.

use std::fmt;
use std::io;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

pub mod folder;

pub use self::folder::Folder;

/// The SHA-256 of a file's bytes; the only name under which it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest with these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits; `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    /// 64 hexadecimal digits in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A place that cannot be read or written now: no room, no permission, away.
#[derive(Debug, thiserror::Error)]
#[error("files cannot be kept or read: {0}")]
pub struct MediaError(#[from] io::Error);

/// A file that is opened for reading.
pub struct Opened {
    /// Its length.
    pub bytes: u64,
    /// Its pieces, in order.
    pub pieces: BoxStream<'static, io::Result<Bytes>>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// A file being written. Dropped before it is kept, it leaves nothing behind.
#[async_trait]
pub trait Draft: Send {
    /// Adds a piece.
    async fn write(&mut self, piece: &[u8]) -> Result<(), MediaError>;

    /// Keeps the file; returns after it survives a crash, with its digest and length. The same bytes again are kept
    /// once.
    async fn keep(self: Box<Self>) -> Result<(Digest, u64), MediaError>;
}

/// Where files are kept.
#[async_trait]
pub trait MediaStore: Send + Sync + fmt::Debug + 'static {
    /// Begins a file.
    async fn begin(&self) -> Result<Box<dyn Draft>, MediaError>;

    /// Opens a file; `None` when there is none with this digest.
    async fn open(&self, digest: &Digest) -> Result<Option<Opened>, MediaError>;

    /// Removes a file; it need not exist.
    async fn remove(&self, digest: &Digest) -> Result<(), MediaError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_64_digits_and_nothing_that_leads_elsewhere() {
        let text = "0123456789abcdef".repeat(4);
        assert_eq!(Digest::from_hex(&text).unwrap().to_string(), text);
        assert_eq!(Digest::from_hex(&text.to_uppercase()).unwrap().to_string(), text);
        for wrong in
            ["", "..", &text[1..], &format!("{text}0"), &format!("../{}", &text[3..]), &"é".repeat(32)]
        {
            assert_eq!(Digest::from_hex(wrong), None, "{wrong}");
        }
    }
}
