use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::{
    fmt, mem,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
};

/// Why a body ended early.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request or of an answer: bytes that are there, or pieces as they come. `Debug` hides it.
#[derive(Default)]
pub struct Body(Inner);

enum Inner {
    Whole(Bytes),
    // The lock is never taken; it makes the body `Sync`, as HTTP libraries want it, whatever the stream is.
    Pieces { pieces: Mutex<Pieces>, length: Option<u64> },
}

type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>;

impl Default for Inner {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl Body {
    /// Pieces as they come, and how many bytes they are together where that is known.
    pub fn stream<S, E>(pieces: S, length: Option<u64>) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BodyError> + 'static,
    {
        Self(Inner::Pieces { pieces: Mutex::new(Box::pin(pieces.map_err(Into::into))), length })
    }

    /// The body of an HTTP library. Trailers are left out.
    pub fn wrap<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError> + 'static,
    {
        let length = body.size_hint().exact();
        let mut body = Box::pin(body);
        let pieces = stream::poll_fn(move |context| {
            loop {
                let frame = match ready!(body.as_mut().poll_frame(context)) {
                    Some(Ok(frame)) => frame,
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => return Poll::Ready(None),
                };
                if let Ok(data) = frame.into_data() {
                    return Poll::Ready(Some(Ok(data)));
                }
            }
        });
        Self::stream(pieces, length)
    }

    /// The bytes, when all are there.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Inner::Whole(bytes) => Some(bytes),
            Inner::Pieces { .. } => None,
        }
    }

    /// The bytes, or the body again when not all are there.
    pub(super) fn into_whole(self) -> Result<Bytes, Self> {
        match self.0 {
            Inner::Whole(bytes) => Ok(bytes),
            pieces @ Inner::Pieces { .. } => Err(Self(pieces)),
        }
    }

    /// How many bytes it has, where that is known.
    pub fn length(&self) -> Option<u64> {
        match &self.0 {
            Inner::Whole(bytes) => Some(bytes.len() as u64),
            Inner::Pieces { length, .. } => *length,
        }
    }

    /// The next piece, `None` at the end.
    ///
    /// # Errors
    /// [`BodyError`] when it ended early.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        match &mut self.0 {
            Inner::Whole(bytes) if bytes.is_empty() => Ok(None),
            Inner::Whole(bytes) => Ok(Some(mem::take(bytes))),
            Inner::Pieces { pieces, .. } => {
                pieces.get_mut().unwrap_or_else(PoisonError::into_inner).next().await.transpose()
            }
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.0 {
            Inner::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Inner::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(mem::take(bytes))))),
            Inner::Pieces { pieces, .. } => {
                let pieces = pieces.get_mut().unwrap_or_else(PoisonError::into_inner);
                let piece = ready!(pieces.as_mut().poll_next(context));
                Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.0, Inner::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl<B: Into<Bytes>> From<B> for Body {
    fn from(bytes: B) -> Self {
        Self(Inner::Whole(bytes.into()))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("length", &self.length()).finish_non_exhaustive()
    }
}
