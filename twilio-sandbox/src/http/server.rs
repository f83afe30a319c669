//! The server: connections, bodies, faults, and which part answers.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, Response, StatusCode};
use http_body_util::Either;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::answer::response;
use super::event_stream::Body;
use super::request::Call;
use super::strike;
use super::{auth, body as reader};
use crate::accounts::Accounts;
use crate::config::SandboxConfig;
use crate::error::ApiError;
use crate::fault::RequestFault;
use crate::hub::Platform;
use crate::log::ApiEntry;
use crate::{api, control};

/// Bodies above this are 413.
const BODY_LIMIT: usize = 1024 * 1024;
/// What a phone may attach: as much as WhatsApp carries.
const FILE_LIMIT: usize = 16 * 1024 * 1024;
/// Of a snapshot, which comes from whoever runs the sandbox.
const SNAPSHOT_LIMIT: usize = 1024 * BODY_LIMIT;
/// How long open requests may take after the end was asked for.
const GRACE: Duration = Duration::from_secs(2);

/// The connection is closed without an answer, as a planned fault demands.
#[derive(Debug, thiserror::Error)]
#[error("the connection is dropped by a planned fault")]
struct Dropped;

/// Accepts connections until the signal, then lets open requests finish.
pub(crate) async fn run(accounts: Arc<Accounts>, listener: TcpListener, mut stop: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = asked_to_stop(&mut stop) => break,
        };
        // Small answers must not wait for more to be sent.
        let _ = stream.set_nodelay(true);
        let (accounts, stop) = (Arc::clone(&accounts), stop.clone());
        let service = service_fn(move |request| serve(Arc::clone(&accounts), stop.clone(), request));
        let connection =
            http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "connection ended");
            }
        });
    }
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

async fn asked_to_stop(stop: &mut watch::Receiver<bool>) {
    // The sender going away means the end as well.
    drop(stop.wait_for(|stop| *stop).await);
}

async fn serve(
    accounts: Arc<Accounts>,
    stop: watch::Receiver<bool>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let platform = &accounts.platform;
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let (limit, code) = body_limit(&path, &platform.config);
    let Some(body) = reader::read(body, limit).await else {
        let message = format!("Request body above {limit} bytes");
        let error = ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, code, message);
        return Ok(response(Err(error)).map(Either::Left));
    };
    if control::is_ours(&path) {
        return Ok(control::answer(&accounts, &parts, &body, stop));
    }
    let request = (&parts.method, path.as_str(), query.as_str());
    let struck = platform.faults().take_request(parts.method.as_str(), &path);
    let (id, fault) = struck.unzip();
    match &fault {
        Some(RequestFault::Delay(wait)) => tokio::time::sleep(*wait).await,
        Some(RequestFault::DropBeforeEffect) => {
            record(platform, request, id, None, Vec::new());
            return Err(Dropped);
        }
        Some(RequestFault::Status(refusal)) => {
            let (error, response) = strike::refused(refusal);
            record(platform, request, id, Some((response.status(), Some(error.code))), Vec::new());
            return Ok(response.map(Either::Left));
        }
        _ => {}
    }
    let call = Call::new(parts.method.clone(), &path, &query, &parts.headers, &body);
    let answer = if path.starts_with("/media/") {
        api::storage::answer(&accounts, &call)
    } else {
        match auth::login(&parts.headers, &accounts, &call.segments) {
            Ok(login) => api::answer(&accounts, &login, &call).await,
            Err(error) => Err(error),
        }
    };
    // A refused request was not read to its end.
    let ignored = if answer.is_ok() { call.ignored() } else { Vec::new() };
    if fault == Some(RequestFault::DropAfterEffect) {
        record(platform, request, id, None, Vec::new());
        return Err(Dropped);
    }
    let code = answer.as_ref().err().map(|error| error.code);
    let response = response(answer);
    record(platform, request, id, Some((response.status(), code)), ignored);
    Ok(match &fault {
        None => response.map(Either::Left),
        Some(fault) => strike::through(fault, response).await,
    })
}

/// How many bytes a request may have, and the code of its refusal.
fn body_limit(path: &str, config: &SandboxConfig) -> (usize, u32) {
    if path.starts_with("/mcs/") {
        (config.media_limit, 50512)
    } else if path == "/sandbox/files" {
        (FILE_LIMIT, 20001)
    } else if path == "/sandbox/restore" {
        (SNAPSHOT_LIMIT, 20001)
    } else {
        (BODY_LIMIT, 20001)
    }
}

fn record(
    platform: &Platform,
    (method, path, query): (&Method, &str, &str),
    fault: Option<u64>,
    answer: Option<(StatusCode, Option<u32>)>,
    ignored: Vec<String>,
) {
    let path = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    platform.log_api(ApiEntry {
        method: method.to_string(),
        path,
        status: answer.map(|(status, _)| status.as_u16()),
        error_code: answer.and_then(|(_, code)| code),
        fault,
        ignored,
    });
}
