use crate::client::{
    exchange::Source,
    transport::{Body, BodyError},
};
use bytes::Bytes;
use futures_util::Stream;
use std::{fmt, sync::Arc};

/// A file to upload, whole or in pieces. `Debug` hides it.
#[derive(Clone)]
pub struct Upload {
    pub(super) content_type: String,
    pub(super) source: Source,
    pub(super) filename: Option<String>,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

impl Upload {
    /// A file of this MIME type. Chat takes up to 150 MB of any type, phones far less.
    pub fn new(content_type: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self { content_type: content_type.into(), source: Source::Bytes(content.into()), filename: None }
    }

    /// A file that is read while it is sent, from the disk for instance, and how many bytes it has where that is known.
    ///
    /// `open` is called each time it is sent: once as a rule, again when there was no connection or Twilio had too much to
    /// do.
    pub fn stream<S, E>(
        content_type: impl Into<String>,
        length: Option<u64>,
        open: impl Fn() -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BodyError> + 'static,
    {
        let source = Source::Opened(Arc::new(move || Body::stream(open(), length)));
        Self { content_type: content_type.into(), source, filename: None }
    }

    /// The file's name.
    #[must_use]
    pub fn filename(mut self, filename: impl Into<String>) -> Self {
        self.filename = Some(filename.into());
        self
    }
}
