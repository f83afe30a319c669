//! The NATS server of the tests: a stream of a test's own there, and a way to it that can be broken.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_nats::jetstream::{self, Context, stream::Stream};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::support::{ANN, Settings, TestApp, eventually, text};

/// A message as the stream has it.
pub(super) struct Message {
    pub(super) subject: String,
    pub(super) id: String,
    pub(super) body: Value,
}

/// `None`, and said, where it is not set.
pub(super) fn url_of(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    if url.is_none() {
        use std::io::Write;
        let said =
            format!("\nSKIPPED: events published to NATS are not tested, because {variable} is not set\n");
        let _past_the_capture = std::io::stderr().write_all(said.as_bytes());
    }
    url
}

/// A stream of a test's own.
pub(super) struct Broker {
    pub(super) url: String,
    pub(super) name: String,
    pub(super) prefix: String,
    pub(super) context: Context,
}

impl Broker {
    /// `None` where there is no server.
    pub(super) async fn find() -> Option<Self> {
        let url = url_of("SI_CHANNEL_TEST_NATS")?;
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        let name = format!("test_{:x}", u64::from_le_bytes(bytes));
        let context = jetstream::new(async_nats::connect(&url).await.unwrap());
        Some(Self { url, prefix: format!("{name}.events"), name, context })
    }

    /// The settings that publish to it, by this URL.
    pub(super) fn settings<'a>(&'a self, url: &'a str) -> [(&'a str, &'a str); 3] {
        [("nats_url", url), ("nats.stream", &self.name), ("nats.subject_prefix", &self.prefix)]
    }

    /// A server that publishes to it.
    pub(super) async fn app(&self, more: Settings<'_>) -> TestApp {
        TestApp::with(&[&self.settings(&self.url)[..], more].concat()).await
    }

    /// The same, after Ann has said Hello and all that came of it is published.
    pub(super) async fn app_after_hello(&self) -> TestApp {
        let app = self.app(&[]).await;
        app.phone(ANN).says("Hello").await;
        app.settled().await;
        self.has_every_event(&app).await;
        app
    }

    /// Ann says it and is answered, and all that came of it is published.
    pub(super) async fn follows(&self, app: &TestApp, said: &str) {
        app.phone(ANN).text(said).await;
        app.phone(ANN).sees(&format!("You said: {said}")).await;
        app.settled().await;
        self.has_every_event(app).await;
    }

    pub(super) async fn stream(&self) -> Stream {
        self.context.get_stream(&self.name).await.unwrap()
    }

    /// All messages there are.
    pub(super) async fn messages(&self) -> Vec<Message> {
        let Ok(stream) = self.context.get_stream(&self.name).await else { return Vec::new() };
        let state = stream.cached_info().state.clone();
        let mut messages = Vec::new();
        for sequence in state.first_sequence..=state.last_sequence {
            let Ok(found) = stream.get_raw_message(sequence).await else { continue };
            let id = found.headers.get("Nats-Msg-Id").map(|id| id.as_str().to_owned());
            messages.push(Message {
                subject: found.subject.to_string(),
                id: id.unwrap_or_default(),
                body: serde_json::from_slice(&found.payload).unwrap(),
            });
        }
        messages
    }

    /// Waits until the stream has as many messages as there are events; then they must be those, in their order.
    pub(super) async fn has_every_event(&self, app: &TestApp) -> Vec<Message> {
        let (events, messages) = eventually("each event is in the stream", async || {
            let (events, messages) = (app.events().await, self.messages().await);
            (events.len() == messages.len()).then_some((events, messages))
        })
        .await;
        let ids = |events: &[&Value]| events.iter().map(|e| text(&e["id"]).to_owned()).collect::<Vec<_>>();
        let published = ids(&messages.iter().map(|message| &message.body).collect::<Vec<_>>());
        assert_eq!(published, ids(&events.iter().collect::<Vec<_>>()), "each once, in their order");
        messages
    }
}

const OPEN: u8 = 0;
const ARMED: u8 = 1;
const SILENT: u8 = 2;
const AWAY: u8 = 3;

/// Passes connections on to the server.
pub(super) struct Way {
    address: SocketAddr,
    state: Arc<AtomicU8>,
    /// What is waited for to fall silent.
    sign: Arc<std::sync::Mutex<String>>,
    connections: Arc<std::sync::Mutex<CancellationToken>>,
}

impl Way {
    pub(super) async fn to(url: &str) -> Self {
        let url = url::Url::parse(url).unwrap();
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(4222));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(AtomicU8::new(OPEN));
        let connections = Arc::new(std::sync::Mutex::new(CancellationToken::new()));
        let sign = Arc::<std::sync::Mutex<String>>::default();
        let (passing, current, awaited) = (Arc::clone(&state), Arc::clone(&connections), Arc::clone(&sign));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if passing.load(Ordering::SeqCst) == AWAY {
                    continue;
                }
                let server = TcpStream::connect(&server).await.unwrap();
                let cut = current.lock().unwrap().clone();
                let (passing, awaited) = (Arc::clone(&passing), Arc::clone(&awaited));
                tokio::spawn(async move {
                    tokio::select! {
                        () = pass(client, server, passing, awaited) => {}
                        () = cut.cancelled() => {}
                    }
                });
            }
        });
        Self { address, state, sign, connections }
    }

    pub(super) fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// From the next message published below this prefix on, what is said arrives, and no answer comes.
    pub(super) fn fall_silent_at(&self, prefix: &str) {
        *self.sign.lock().unwrap() = format!("HPUB {prefix}");
        self.state.store(ARMED, Ordering::SeqCst);
    }

    /// Ends all connections and lets none in.
    pub(super) fn close(&self) {
        self.state.store(AWAY, Ordering::SeqCst);
        self.cut();
    }

    /// Lets connections in again; those that there are end.
    pub(super) fn open(&self) {
        self.state.store(OPEN, Ordering::SeqCst);
        self.cut();
    }

    fn cut(&self) {
        let mut connections = self.connections.lock().unwrap();
        connections.cancel();
        *connections = CancellationToken::new();
    }
}

async fn pass(
    client: TcpStream,
    server: TcpStream,
    state: Arc<AtomicU8>,
    sign: Arc<std::sync::Mutex<String>>,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let Ok(read @ 1..) = from_client.read(&mut buffer).await else { return };
            let said = &buffer[..read];
            if state.load(Ordering::SeqCst) == ARMED
                && String::from_utf8_lossy(said).contains(&*sign.lock().unwrap())
            {
                state.store(SILENT, Ordering::SeqCst);
            }
            if to_server.write_all(said).await.is_err() {
                return;
            }
        }
    };
    let down = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let Ok(read @ 1..) = from_server.read(&mut buffer).await else { return };
            if state.load(Ordering::SeqCst) <= ARMED && to_client.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = up => {}
        () = down => {}
    }
}
