//! The time limits of one connection that hyper does not have: a peer that sends its head drop by drop, and a
//! peer that takes nothing of an answer.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::{Body, Limits};

/// Whether a request of the connection is being answered: from its complete head to the end of its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Busy(Arc<AtomicBool>);

impl Busy {
    /// A request's head is complete.
    pub(super) fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn end(&self) {
        self.0.store(false, Ordering::Release);
    }

    fn is_on(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A stream that fails with `TimedOut` when the peer is too slow.
#[derive(Debug)]
pub(super) struct Guarded<S> {
    stream: S,
    busy: Busy,
    head: Deadline,
    write: Deadline,
}

impl<S> Guarded<S> {
    pub(super) fn new(stream: S, busy: Busy, limits: &Limits) -> Self {
        let mut head = Deadline::new(limits.head_timeout);
        // A new connection is expected to send at once; only between requests may it rest.
        head.start();
        Self { stream, busy, head, write: Deadline::new(limits.write_timeout) }
    }

    /// The outcome of a write, or the end of the peer's time.
    fn written(&mut self, cx: &mut Context<'_>, outcome: Poll<Result<usize>>) -> Poll<Result<usize>> {
        if outcome.is_ready() {
            self.write.stop();
            return outcome;
        }
        self.write.start();
        ready!(self.write.poll(cx));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the peer took nothing of the answer")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buf.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buf);
        if self.busy.is_on() {
            self.head.stop();
            return outcome;
        }
        if outcome.is_ready() {
            if buf.filled().len() > before {
                self.head.start();
            }
            return outcome;
        }
        ready!(self.head.poll(cx));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the head of the request did not arrive in time")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.written(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A time limit that runs only while something is awaited.
#[derive(Debug)]
struct Deadline {
    limit: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    running: bool,
}

impl Deadline {
    fn new(limit: Duration) -> Self {
        Self { limit, sleep: None, running: false }
    }

    /// Starts the limit unless it runs already.
    fn start(&mut self) {
        if self.running {
            return;
        }
        self.running = true;
        let end = Instant::now() + self.limit;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(end),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(end))),
        }
    }

    fn stop(&mut self) {
        self.running = false;
    }

    /// Ready once the limit has run out; pending for ever while it does not run.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(sleep) if self.running => sleep.as_mut().poll(cx),
            _ => Poll::Pending,
        }
    }
}

/// The body of an answer, which tells the connection when it has ended.
pub(super) struct Answering {
    body: Body,
    busy: Busy,
}

impl Answering {
    pub(super) fn new(body: Body, busy: Busy) -> Self {
        Self { body, busy }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.busy.end();
    }
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    fn guarded() -> (Guarded<DuplexStream>, DuplexStream, Busy) {
        let (near, far) = duplex(4);
        let busy = Busy::default();
        (Guarded::new(near, busy.clone(), &Limits::default()), far, busy)
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_comes_drop_by_drop_times_out() {
        let (mut near, mut far, _busy) = guarded();
        let dripping = tokio::spawn(async move {
            while far.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let error = near.read_to_end(&mut Vec::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        drop(near);
        dripping.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_may_rest_between_requests() {
        let (mut near, mut far, busy) = guarded();
        far.write_all(b"x").await.unwrap();
        near.read_u8().await.unwrap();
        busy.begin();
        far.write_all(b"x").await.unwrap();
        near.read_u8().await.unwrap();
        drop(Answering::new(crate::http::response::empty(::http::StatusCode::OK).into_body(), busy));
        let rest = tokio::time::timeout(Duration::from_mins(1), near.read_u8()).await;
        assert!(rest.is_err(), "closed while it rested");
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_times_out() {
        let (mut near, _far, _busy) = guarded();
        let error = near.write_all(b"more than four").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
}
