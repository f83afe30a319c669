//! Server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>) as a body.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use http_body_util::{Either, Full};
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::mpsc;

/// What the sandbox answers with: a whole body, or events as they come.
pub(crate) type Body = Either<Full<Bytes>, EventStream>;

/// A body that goes on until its sender is dropped.
#[derive(Debug)]
pub(crate) struct EventStream(mpsc::Receiver<Bytes>);

impl EventStream {
    /// Passes on what is received.
    pub(crate) fn new(receiver: mpsc::Receiver<Bytes>) -> Self {
        Self(receiver)
    }
}

impl HttpBody for EventStream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|chunk| chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}

/// An answer that passes chunks on, and where to send them. Sending fails once the client is gone.
pub(crate) fn channel() -> (mpsc::Sender<Bytes>, Response<Body>) {
    let (sender, receiver) = mpsc::channel(1);
    let mut answer = Response::new(Either::Right(EventStream::new(receiver)));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (sender, answer)
}

/// One event. `data` must hold no line break, as compact JSON does not.
pub(crate) fn event(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}

/// What keeps a silent connection alive.
pub(crate) const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");
