//! The accept loop and what is done to every request.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::http::header::{CONNECTION, HeaderValue};
use ::http::{HeaderMap, Request as HttpRequest, StatusCode};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::connection::{Answering, Busy, Guarded};
use super::{Limits, Peer, Problem, Request, RequestId, Response, request_id};

/// Connections beyond the limit that are told so at once; the rest are closed without a word.
const REFUSALS_AT_ONCE: usize = 64;

/// How long telling a refused connection may take.
const REFUSAL_WITHIN: Duration = Duration::from_secs(1);

/// What a refused connection is told.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\n\
    connection: close\r\n\r\n";

/// Pause after a failed accept, such as one for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Room for the method, the version and the line ends of a head.
const HEAD_SPARE: usize = 4096;

/// Serves `handler` on the listener until `shutdown` is cancelled, then lets requests in flight end.
///
/// On shutdown no connection is accepted any more, resting ones are closed, and each other one is closed after
/// the answer it is working on, at the latest after [`Limits::shutdown_grace`]. A handler that streams without
/// end should end on the same token.
///
/// A handler's future is dropped when the peer goes away. A panic in a handler is answered 500 and leaves the
/// other connections alone.
pub async fn serve<H, F>(listener: TcpListener, handler: H, limits: Limits, shutdown: CancellationToken)
where
    H: Fn(Request) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let handler = Arc::new(handler);
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let refusals = Arc::new(Semaphore::new(REFUSALS_AT_ONCE));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            Some(_ended) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let handler = Arc::clone(&handler);
            let shutdown = shutdown.clone();
            connections.spawn(async move {
                connection(stream, peer, handler, limits, shutdown).await;
                drop(place);
            });
        } else {
            tracing::warn!(
                max_connections = limits.max_connections,
                "a connection beyond the limit is refused"
            );
            if let Ok(place) = Arc::clone(&refusals).try_acquire_owned() {
                connections.spawn(async move {
                    let _elapsed = tokio::time::timeout(REFUSAL_WITHIN, refuse(stream)).await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.shutdown_grace, drained).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "closing connections whose requests did not end in time"
        );
        connections.shutdown().await;
    }
}

async fn connection<H, F>(
    stream: TcpStream,
    peer: SocketAddr,
    handler: Arc<H>,
    limits: Limits,
    shutdown: CancellationToken,
) where
    H: Fn(Request) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    // Answers are small and written whole; waiting for more to send only delays them.
    let _unsupported = stream.set_nodelay(true);
    let busy = Busy::default();
    let stream = TokioIo::new(Guarded::new(stream, busy.clone(), &limits));
    let service = service_fn(move |request: HttpRequest<Incoming>| {
        busy.begin();
        let (handler, busy) = (Arc::clone(&handler), busy.clone());
        async move {
            let answer = answer(&*handler, request, peer, &limits).await;
            Ok::<_, Infallible>(answer.map(|body| Answering::new(body, busy)))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // hyper counts the rest between requests too; `Guarded` limits the head itself.
        .header_read_timeout(limits.idle_timeout)
        .max_headers(limits.max_headers)
        .max_buf_size((limits.max_target_bytes + limits.max_header_bytes + HEAD_SPARE).max(8192))
        .serve_connection(stream, service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer<H, F>(
    handler: &H,
    request: HttpRequest<Incoming>,
    peer: SocketAddr,
    limits: &Limits,
) -> Response
where
    H: Fn(Request) -> F,
    F: Future<Output = Response>,
{
    let began = Instant::now();
    let id = RequestId::of(request.headers());
    // Paths may hold addresses and are not logged.
    let span = tracing::info_span!("request", request_id = %id, method = %request.method());
    async {
        let mut answer = match check_head(&request, limits) {
            Ok(()) => {
                let mut request = request.map(|body| body.map_err(Into::into).boxed_unsync());
                request.extensions_mut().insert(id.clone());
                request.extensions_mut().insert(Peer(peer));
                // Nothing of the handler is used again after a panic.
                let outcome = AssertUnwindSafe(async { handler(request).await }).catch_unwind().await;
                outcome.unwrap_or_else(|_panic| {
                    // The panic's text may hold what the person wrote; the hook logs the place.
                    tracing::error!("a handler panicked; answered 500");
                    Problem::internal().into_response()
                })
            }
            // The body is not read, so that the connection cannot be used again.
            Err(problem) => {
                problem.with_header(CONNECTION, HeaderValue::from_static("close")).into_response()
            }
        };
        answer.headers_mut().entry(request_id::HEADER).or_insert_with(|| id.header_value());
        let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(status = answer.status().as_u16(), elapsed_ms, "answered");
        answer
    }
    .instrument(span)
    .await
}

fn check_head<B>(request: &HttpRequest<B>, limits: &Limits) -> Result<(), Problem> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > limits.max_target_bytes {
        return Err(Problem::new(
            StatusCode::URI_TOO_LONG,
            "target-too-long",
            format!("path and query have {target} bytes; {} are accepted", limits.max_target_bytes),
        ));
    }
    let size = header_bytes(request.headers());
    if size > limits.max_header_bytes {
        return Err(Problem::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "headers-too-large",
            format!("the headers have {size} bytes; {} are accepted", limits.max_header_bytes),
        ));
    }
    Ok(())
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// Tells the peer, then takes what it has sent: closing over unread bytes would reset the connection and
/// could take the answer with it.
async fn refuse(mut stream: TcpStream) {
    if stream.write_all(REFUSAL).await.is_err() || stream.shutdown().await.is_err() {
        return;
    }
    let mut taken = [0; 1024];
    while matches!(stream.read(&mut taken).await, Ok(1..)) {}
}
