//! A way to the database that can be cut.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

const OPEN: u8 = 0;
const AT_COMMIT: u8 = 1;
const AWAY: u8 = 2;

/// Passes connections on to the database.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    state: Arc<AtomicU8>,
    connections: Arc<std::sync::Mutex<CancellationToken>>,
}

impl Proxy {
    /// A proxy before the database of this URL.
    pub(super) async fn start(url: &str) -> Self {
        let url = url::Url::parse(url).unwrap();
        let database = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(AtomicU8::new(OPEN));
        let connections = Arc::new(std::sync::Mutex::new(CancellationToken::new()));
        let (passing, current) = (Arc::clone(&state), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if passing.load(Ordering::SeqCst) == AWAY {
                    continue;
                }
                let server = TcpStream::connect(&database).await.unwrap();
                let cut = current.lock().unwrap().clone();
                tokio::spawn(pass(client, server, Arc::clone(&passing), cut));
            }
        });
        Self { address, state, connections }
    }

    /// The next answer to a commit is lost, and its connection with it.
    pub(super) fn cut_at_commit(&self) {
        self.state.store(AT_COMMIT, Ordering::SeqCst);
    }

    /// Ends all connections and lets none in.
    pub(super) fn close(&self) {
        self.state.store(AWAY, Ordering::SeqCst);
        let mut connections = self.connections.lock().unwrap();
        connections.cancel();
        *connections = CancellationToken::new();
    }

    /// Lets connections in again.
    pub(super) fn open(&self) {
        self.state.store(OPEN, Ordering::SeqCst);
    }

    /// Whether the answer to a commit was lost since it was asked for.
    pub(super) fn has_cut(&self) -> bool {
        self.state.load(Ordering::SeqCst) == OPEN
    }
}

async fn pass(client: TcpStream, server: TcpStream, state: Arc<AtomicU8>, cut: CancellationToken) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async {
        let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
    };
    let down = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let Ok(read @ 1..) = from_server.read(&mut buffer).await else { return };
            let answer = &buffer[..read];
            if answer.windows(7).any(|tag| tag == b"COMMIT\0")
                && state.compare_exchange(AT_COMMIT, OPEN, Ordering::SeqCst, Ordering::SeqCst).is_ok()
            {
                return;
            }
            if to_client.write_all(answer).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = up => {}
        () = down => {}
        () = cut.cancelled() => {}
    }
}
