//! The server against peers that are slow, large, malformed or many, over real sockets.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ::http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::*;

const SOON: Duration = Duration::from_millis(100);

/// A running server. `/wait` is answered once `release` is notified and tells by `entered` that it waits.
struct Server {
    address: SocketAddr,
    entered: Arc<Notify>,
    release: Arc<Notify>,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let shutdown = CancellationToken::new();
        let handler = {
            let (entered, release) = (Arc::clone(&entered), Arc::clone(&release));
            move |request| handle(request, Arc::clone(&entered), Arc::clone(&release))
        };
        let task = tokio::spawn(serve(listener, handler, limits, shutdown.clone()));
        Self { address, entered, release, shutdown, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends the bytes and reads until the server closes.
    async fn exchange(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_ref()).await.unwrap();
        rest(&mut stream).await
    }
}

async fn handle(request: Request, entered: Arc<Notify>, release: Arc<Notify>) -> Response {
    match request.uri().path() {
        "/panic" => panic!("a handler's bug"),
        "/wait" => {
            entered.notify_one();
            release.notified().await;
            response::text(StatusCode::OK, "waited")
        }
        "/large" => response::typed(StatusCode::OK, "text/plain", vec![b'x'; 64 << 20]),
        "/id" => {
            let id = request.extensions().get::<RequestId>().unwrap().to_string();
            let peer = request.extensions().get::<Peer>().unwrap();
            assert!(peer.0.ip().is_loopback());
            response::text(StatusCode::OK, id)
        }
        _ => match body::read_limited(request.into_body(), 1000, SOON).await {
            Ok(body) => response::text(StatusCode::OK, format!("read {}", body.len())),
            Err(problem) => problem.into_response(),
        },
    }
}

/// What arrives until the server closes; a reset after the answer counts as a close.
async fn rest(stream: &mut TcpStream) -> String {
    let (mut all, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut chunk).await {
            Ok(0) => break,
            Ok(read) => all.extend_from_slice(&chunk[..read]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error}"),
        }
    }
    String::from_utf8(all).unwrap()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or(answer)
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

fn quick() -> Limits {
    Limits { head_timeout: SOON, ..Limits::default() }
}

#[tokio::test]
async fn slow_headers_are_cut_off_and_others_are_served_meanwhile() {
    let server = Server::start(quick()).await;
    let mut slow = server.connect().await;
    slow.write_all(b"GET / HTTP/1.1\r\nhost: ").await.unwrap();
    assert_eq!(status(&server.exchange(get("/")).await), "200");
    assert_eq!(rest(&mut slow).await, "");
}

#[tokio::test]
async fn a_connection_that_sends_nothing_is_closed() {
    let server = Server::start(quick()).await;
    assert_eq!(rest(&mut server.connect().await).await, "");
}

#[tokio::test]
async fn slow_headers_of_a_second_request_are_cut_off_too() {
    let server = Server::start(quick()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HT").await.unwrap();
    tokio::time::sleep(SOON).await;
    stream.write_all(b"TP/1.1\r\n").await.unwrap();
    assert_eq!(rest(&mut stream).await.matches("HTTP/1.1 200").count(), 1);
}

#[tokio::test]
async fn a_resting_connection_outlives_the_time_for_a_head() {
    let server = Server::start(quick()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    tokio::time::sleep(SOON * 3).await;
    stream.write_all(get("/id").as_bytes()).await.unwrap();
    assert!(rest(&mut stream).await.contains("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_slow_body_is_408() {
    let server = Server::start(Limits::default()).await;
    let lying = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\nabc";
    let endless = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";
    for request in [lying, endless] {
        let answer = server.exchange(request).await;
        assert_eq!(status(&answer), "408", "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
}

#[tokio::test]
async fn an_oversized_body_is_413_before_it_is_read() {
    let server = Server::start(Limits::default()).await;
    let announced = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 104857600\r\n\r\n";
    let chunked = format!(
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n{}\r\n",
        "x".repeat(2000)
    );
    for request in [announced, &chunked] {
        assert_eq!(status(&server.exchange(request).await), "413");
    }
}

#[tokio::test]
async fn large_and_many_headers_are_431() {
    let server = Server::start(Limits::default()).await;
    let line = |bytes| format!("GET / HTTP/1.1\r\nhost: x\r\nx-a: {}\r\n\r\n", "a".repeat(bytes));
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(100));
    for request in [line(17 * 1024), line(1 << 20), many] {
        let mut stream = server.connect().await;
        // The server may close while the rest is still being written.
        let _broken_pipe = stream.write_all(request.as_bytes()).await;
        assert_eq!(status(&rest(&mut stream).await), "431");
    }
}

#[tokio::test]
async fn a_long_target_is_414_and_the_longest_is_served() {
    let server = Server::start(Limits::default()).await;
    assert_eq!(status(&server.exchange(get(&format!("/?{}", "a".repeat(8190)))).await), "200");
    assert_eq!(status(&server.exchange(get(&format!("/?{}", "a".repeat(8191)))).await), "414");
}

#[tokio::test]
async fn malformed_requests_are_400_and_closed() {
    let server = Server::start(Limits::default()).await;
    for request in [
        "BLAH\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\n folded: y\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcdef\r\n",
    ] {
        let answer = server.exchange(request).await;
        assert_eq!(status(&answer), "400", "{request}: {answer}");
    }
}

#[tokio::test]
async fn a_request_cannot_be_smuggled_behind_a_second_length() {
    let server = Server::start(Limits::default()).await;
    for lengths in
        ["content-length: 5\r\ntransfer-encoding: chunked", "transfer-encoding: chunked\r\ncontent-length: 5"]
    {
        let request = format!("POST / HTTP/1.1\r\nhost: x\r\n{lengths}\r\n\r\n0\r\n\r\n{}", get("/id"));
        let answer = server.exchange(request).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = Server::start(Limits::default()).await;
    let first = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc";
    let answer = server.exchange(format!("{first}{}", get("/id"))).await;
    let bodies: Vec<&str> = answer.split("\r\n\r\n").collect();
    assert!(bodies[1].starts_with("read 3HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_panic_is_500_and_the_connection_goes_on() {
    let server = Server::start(Limits::default()).await;
    let answer = server.exchange(format!("GET /panic HTTP/1.1\r\nhost: x\r\n\r\n{}", get("/id"))).await;
    assert_eq!(status(&answer), "500");
    assert!(answer.contains("urn:si-channel:problem:internal"), "{answer}");
    assert!(answer.contains("HTTP/1.1 200"), "{answer}");
    assert!(!answer.contains("a handler's bug"), "{answer}");
}

#[tokio::test]
async fn the_request_id_is_the_callers_in_the_request_and_the_answer() {
    let server = Server::start(Limits::default()).await;
    let answer = server
        .exchange("GET /id HTTP/1.1\r\nhost: x\r\nx-request-id: abc-1\r\nconnection: close\r\n\r\n")
        .await;
    assert!(answer.contains("x-request-id: abc-1\r\n") && answer.ends_with("\r\n\r\nabc-1"), "{answer}");
}

#[tokio::test]
async fn a_connection_beyond_the_limit_is_503_and_a_place_is_given_back() {
    let server = Server::start(Limits { max_connections: 1, ..Limits::default() }).await;
    let mut first = server.connect().await;
    first.write_all(get("/wait").as_bytes()).await.unwrap();
    server.entered.notified().await;
    assert_eq!(status(&server.exchange(get("/")).await), "503");
    server.release.notify_one();
    assert!(rest(&mut first).await.ends_with("waited"));
    // The place is free once the server has noticed the end, a moment later.
    while status(&server.exchange(get("/")).await) != "200" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_peer_that_never_reads_is_closed() {
    let limits = Limits { max_connections: 1, write_timeout: SOON, ..Limits::default() };
    let server = Server::start(limits).await;
    let mut deaf = server.connect().await;
    deaf.write_all(get("/large").as_bytes()).await.unwrap();
    // Its place is free again only when the server has given up on it.
    while status(&server.exchange(get("/")).await) != "200" {
        tokio::time::sleep(SOON / 10).await;
    }
}

#[tokio::test]
async fn shutdown_lets_a_request_in_flight_end_and_closes_the_rest() {
    let server = Server::start(Limits::default()).await;
    let mut resting = server.connect().await;
    resting.write_all(b"GET /id HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    resting.read_exact(&mut first).await.unwrap();
    let mut silent = server.connect().await;
    let mut working = server.connect().await;
    working.write_all(b"GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    server.entered.notified().await;

    server.shutdown.cancel();
    rest(&mut resting).await;
    rest(&mut silent).await;
    // The listener is gone once the others are closed.
    assert!(TcpStream::connect(server.address).await.is_err());
    server.release.notify_one();
    assert!(rest(&mut working).await.ends_with("waited"));
    server.task.await.unwrap();
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    let server = Server::start(Limits { shutdown_grace: SOON, ..Limits::default() }).await;
    let mut stuck = server.connect().await;
    stuck.write_all(get("/wait").as_bytes()).await.unwrap();
    server.entered.notified().await;
    server.shutdown.cancel();
    server.task.await.unwrap();
    assert_eq!(rest(&mut stuck).await, "");
}
