//! A place for files that nobody sends yet.

use std::io;

use async_trait::async_trait;
use si_channel_server::ports::media::{Digest, Draft, MediaError, MediaStore, Opened};

/// Takes no files.
#[derive(Debug, Default)]
pub(crate) struct Shelf;

#[async_trait]
impl MediaStore for Shelf {
    async fn begin(&self) -> Result<Box<dyn Draft>, MediaError> {
        Err(io::Error::from(io::ErrorKind::Unsupported).into())
    }

    async fn open(&self, _digest: &Digest) -> Result<Option<Opened>, MediaError> {
        Ok(None)
    }

    async fn remove(&self, _digest: &Digest) -> Result<(), MediaError> {
        Ok(())
    }
}
