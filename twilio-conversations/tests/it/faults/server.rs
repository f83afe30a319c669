//! A server that misbehaves at the level of TCP, in one way.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What is done with each connection.
#[derive(Clone)]
pub(crate) enum Behaviour {
    Answer {
        head: String,
        body: String,
        length: Length,
        close: bool,
    },
    /// Something that is no HTTP.
    Garbage,
    /// Reads the request to its last byte and hangs up.
    CloseAfterRequest,
    /// Hangs up before anything is read.
    CloseAtOnce,
    /// Never answers.
    Silence,
}

/// How long the body says it is, and is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Length {
    True,
    TooShort,
    NoBody,
    Endless,
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { head, body, length, .. } => {
                write!(f, "{head:?} {:?} {length:?}", body.get(..40).unwrap_or(body))
            }
            Self::Garbage => f.write_str("garbage"),
            Self::CloseAfterRequest => f.write_str("closed after the request"),
            Self::CloseAtOnce => f.write_str("closed at once"),
            Self::Silence => f.write_str("silence"),
        }
    }
}

impl Behaviour {
    pub(crate) fn answer(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        let head = format!("HTTP/1.1 {status} Status\r\nContent-Type: {content_type}\r\n");
        Self::Answer { head, body: body.into(), length: Length::True, close: false }
    }

    fn with(mut self, change: impl FnOnce(&mut String, &mut Length, &mut bool)) -> Self {
        if let Self::Answer { head, length, close, .. } = &mut self {
            change(head, length, close);
        }
        self
    }

    pub(crate) fn with_header(self, header: &str) -> Self {
        self.with(|head, _, _| head.push_str(header))
    }

    /// The connection ends in the middle of the body.
    pub(crate) fn cut_short(self) -> Self {
        self.with(|_, length, _| *length = Length::TooShort)
    }

    /// The connection ends in the middle of the headers.
    pub(crate) fn cut_in_head(self) -> Self {
        self.with(|_, length, _| *length = Length::NoBody)
    }

    /// The body goes on for as long as it is read.
    pub(crate) fn endless(self) -> Self {
        self.with(|_, length, _| *length = Length::Endless)
    }

    /// The connection is closed after the answer, without a word about it.
    pub(crate) fn then_close(self) -> Self {
        self.with(|_, _, close| *close = true)
    }
}

/// The server; ends when it is dropped.
pub(crate) struct Server {
    base: String,
    task: JoinHandle<()>,
    requests: Arc<AtomicUsize>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let (behaviour, count) = (behaviour.clone(), Arc::clone(&count));
                tokio::spawn(async move { _ = serve(stream, &behaviour, &count).await });
            }
        });
        Self { base, task, requests }
    }

    pub(crate) fn base(&self) -> String {
        self.base.clone()
    }

    /// Requests so far, by what arrived first of each.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, behaviour: &Behaviour, count: &AtomicUsize) -> std::io::Result<()> {
    if matches!(behaviour, Behaviour::CloseAtOnce) {
        count.fetch_add(1, Ordering::SeqCst);
        return Ok(());
    }
    while read_request(&mut stream).await? {
        count.fetch_add(1, Ordering::SeqCst);
        match behaviour {
            Behaviour::Answer { head, body, length, close } => {
                let half = &body[..body.len() / 2];
                let (head, body) = match length {
                    Length::True => (format!("{head}Content-Length: {}\r\n\r\n", body.len()), body.as_str()),
                    Length::TooShort => (format!("{head}Content-Length: {}\r\n\r\n", body.len()), half),
                    Length::NoBody => (head.clone(), ""),
                    Length::Endless => (format!("{head}\r\n"), ""),
                };
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(body.as_bytes()).await?;
                if matches!(length, Length::Endless) {
                    loop {
                        stream.write_all(&[b' '; 1024]).await?;
                    }
                }
                if *close || !matches!(length, Length::True) {
                    return stream.shutdown().await;
                }
            }
            Behaviour::Garbage => {
                stream.write_all(b"220 mail.example ESMTP\r\n").await?;
                return stream.shutdown().await;
            }
            Behaviour::CloseAfterRequest | Behaviour::CloseAtOnce => return stream.shutdown().await,
            Behaviour::Silence => std::future::pending().await,
        }
    }
    Ok(())
}

/// Reads one request with its body; false at the end of the connection.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<bool> {
    let mut request = Vec::new();
    let head = loop {
        if let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(false);
        }
    };
    let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    while request.len() < head + length.unwrap_or(0) {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
