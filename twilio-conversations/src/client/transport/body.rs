use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::{
    fmt,
    future::poll_fn,
    mem,
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
    Reqwest(reqwest::Body),
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

    pub(super) fn from_reqwest(body: reqwest::Body) -> Self {
        Self(Inner::Reqwest(body))
    }

    /// The bytes, when all are there.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Inner::Whole(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The bytes, or the body again when not all are there.
    pub(super) fn into_whole(self) -> Result<Bytes, Self> {
        match self.0 {
            Inner::Whole(bytes) => Ok(bytes),
            pieces => Err(Self(pieces)),
        }
    }

    /// How many bytes are still to come, where that is known.
    pub fn length(&self) -> Option<u64> {
        match &self.0 {
            Inner::Whole(bytes) => Some(bytes.len() as u64),
            Inner::Reqwest(body) => body.size_hint().exact(),
            Inner::Pieces { length, .. } => *length,
        }
    }

    /// The next piece, `None` at the end.
    ///
    /// # Errors
    /// [`BodyError`] when it ended early.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        loop {
            match poll_fn(|context| Pin::new(&mut *self).poll_frame(context)).await.transpose()? {
                None => return Ok(None),
                Some(frame) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
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
            Inner::Reqwest(body) => {
                let frame = ready!(Pin::new(body).poll_frame(context));
                // The URL holds addresses.
                Poll::Ready(frame.map(|frame| frame.map_err(|error| error.without_url().into())))
            }
            Inner::Pieces { pieces, length } => {
                let pieces = pieces.get_mut().unwrap_or_else(PoisonError::into_inner);
                let piece = ready!(pieces.as_mut().poll_next(context)).transpose()?;
                if let (Some(length), Some(piece)) = (length, &piece) {
                    *length = length.saturating_sub(piece.len() as u64);
                }
                Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pieces_come_in_order_and_the_length_is_what_is_left() {
        let pieces = || stream::iter(["ab", "c"].map(|text| Ok::<_, BodyError>(Bytes::from(text))));
        for mut body in [Body::stream(pieces(), Some(3)), Body::wrap(Body::stream(pieces(), Some(3)))] {
            assert_eq!((body.length(), body.as_bytes()), (Some(3), None));
            assert_eq!(body.chunk().await.unwrap().unwrap(), "ab");
            assert_eq!(body.length(), Some(1));
            assert_eq!(body.chunk().await.unwrap().unwrap(), "c");
            assert!(body.chunk().await.unwrap().is_none());
        }
        let mut whole = Body::from("abc");
        assert_eq!(whole.as_bytes(), Some(&b"abc"[..]));
        assert_eq!(whole.chunk().await.unwrap().unwrap(), "abc");
        assert_eq!((whole.chunk().await.unwrap(), whole.length()), (None, Some(0)));
        assert!(!format!("{:?}", Body::from("secret")).contains("secret"));
    }

    #[tokio::test]
    async fn an_error_ends_the_body_with_its_cause() {
        let mut body = Body::stream(stream::iter([Err::<Bytes, _>("the disk is gone")]), None);
        assert_eq!(body.chunk().await.unwrap_err().to_string(), "the disk is gone");
    }
}
