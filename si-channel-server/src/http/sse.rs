//! Server-sent events, written as the HTML standard describes
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::time::Duration;

use ::http::StatusCode;
use ::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

use super::{Response, response};

/// Silence after which a comment is written, so that proxies do not take the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// What the client sends back as `Last-Event-ID`; line breaks and NUL are taken out.
    pub id: Option<String>,
    /// The name of the event; the client takes `message` for none. Line breaks are taken out.
    pub name: Option<String>,
    /// The payload; each of its lines becomes a `data` line.
    pub data: String,
}

impl Event {
    fn write(&self) -> Bytes {
        let clean = |value: &str| value.replace(['\r', '\n', '\0'], "");
        let mut lines = Vec::new();
        lines.extend(self.id.as_deref().map(|id| format!("id: {}\n", clean(id))));
        lines.extend(self.name.as_deref().map(|name| format!("event: {}\n", clean(name))));
        let data = self.data.replace("\r\n", "\n");
        lines.extend(data.split(['\n', '\r']).map(|line| format!("data: {line}\n")));
        lines.push("\n".to_owned());
        Bytes::from(lines.concat())
    }
}

/// An answer that writes the events as they come and ends when the sender is dropped.
///
/// When the client goes away the receiver is dropped, so that sending fails. `capacity` events wait at most.
pub fn channel(capacity: usize) -> (mpsc::Sender<Event>, Response) {
    let (sender, receiver) = mpsc::channel(capacity);
    let chunks = stream::unfold(receiver, |mut receiver: mpsc::Receiver<Event>| async {
        let chunk = match tokio::time::timeout(HEARTBEAT, receiver.recv()).await {
            Ok(Some(event)) => event.write(),
            Ok(None) => return None,
            Err(_elapsed) => Bytes::from_static(b":\n\n"),
        };
        Some((chunk, receiver))
    });
    let mut answer = Response::new(response::stream(chunks));
    *answer.status_mut() = StatusCode::OK;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies of the nginx family buffer answers unless told otherwise.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    (sender, answer)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn events_are_written_and_the_end_of_the_sender_is_the_end_of_the_body() {
        let (sender, answer) = channel(4);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let event = Event { id: Some("7".into()), name: Some("m".into()), data: "{}".into() };
        sender.send(event).await.unwrap();
        drop(sender);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "id: 7\nevent: m\ndata: {}\n\n");
    }

    #[test]
    fn a_value_cannot_begin_another_field() {
        let event = Event { id: Some("1\ndata: x".into()), name: None, data: "a\r\nb\rc\nd".into() };
        assert_eq!(event.write(), "id: 1data: x\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_broken_by_comments() {
        let (sender, answer) = channel(1);
        let mut body = answer.into_body();
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), ":\n\n");
        drop(sender);
    }

    #[tokio::test]
    async fn a_client_that_left_is_noticed() {
        let (sender, answer) = channel(1);
        drop(answer);
        assert!(sender.send(Event::default()).await.is_err());
    }
}
