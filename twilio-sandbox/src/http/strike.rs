//! What planned faults do to answers.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, Either, Full};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::mpsc;

use super::answer;
use super::event_stream::{Body, EventStream};
use crate::error::ApiError;
use crate::fault::{Refusal, RequestFault, RetryAfter, skew};

/// In how many pieces a slow answer comes.
const PIECES: usize = 16;
/// What a proxy in between may say.
const HTML: &str = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>";

/// The answer that a refusal asks for.
pub(crate) fn refused(refusal: &Refusal) -> (ApiError, Response<Full<Bytes>>) {
    let mut error = ApiError::of_status(refusal.status_code());
    error.code = refusal.code.unwrap_or(error.code);
    error.message = refusal.message.clone().unwrap_or(error.message);
    let mut response = answer::response(Err(error.clone()));
    let headers = response.headers_mut();
    match refusal.retry_after {
        Some(RetryAfter::Seconds(seconds)) => put(headers, RETRY_AFTER, &seconds.to_string()),
        Some(RetryAfter::DateIn(seconds)) => {
            let ahead = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            put(headers, RETRY_AFTER, &http_date(ahead));
        }
        None => {}
    }
    if let Some(location) = &refusal.location {
        put(headers, LOCATION, location);
    }
    (error, response)
}

/// The answer to a request that was carried out, as the fault lets it through.
pub(crate) async fn through(fault: &RequestFault, response: Response<Full<Bytes>>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await;
    let bytes = body.to_bytes();
    match fault {
        RequestFault::Truncate => {
            let half = bytes.slice(..bytes.len() / 2);
            in_pieces(Response::from_parts(parts, bytes), vec![half], Duration::ZERO)
        }
        RequestFault::Trickle(pause) => {
            let size = bytes.len().div_ceil(PIECES).max(1);
            let pieces = bytes.chunks(size).map(Bytes::copy_from_slice).collect();
            in_pieces(Response::from_parts(parts, bytes), pieces, *pause)
        }
        RequestFault::GarbageHtml => {
            parts.status = StatusCode::OK;
            put(&mut parts.headers, CONTENT_TYPE, "text/html");
            whole(Response::from_parts(parts, Bytes::from_static(HTML.as_bytes())))
        }
        RequestFault::GarbageJson => {
            let broken = [b"{\"sid\": ", &bytes[..bytes.len() / 2]].concat();
            whole(Response::from_parts(parts, Bytes::from(broken)))
        }
        RequestFault::ClockSkew(by) => {
            put(&mut parts.headers, DATE, &http_date(*by));
            let bytes = match serde_json::from_slice::<Value>(&bytes) {
                Ok(mut value) => {
                    skew::shift(&mut value, *by);
                    Bytes::from(value.to_string())
                }
                Err(_) => bytes,
            };
            whole(Response::from_parts(parts, bytes))
        }
        // Struck before the request was carried out, or instead of the answer.
        RequestFault::Status(_)
        | RequestFault::Delay(_)
        | RequestFault::DropBeforeEffect
        | RequestFault::DropAfterEffect => whole(Response::from_parts(parts, bytes)),
    }
}

fn whole(response: Response<Bytes>) -> Response<Body> {
    response.map(|bytes| Either::Left(Full::new(bytes)))
}

/// A response that promises its whole length and sends pieces.
fn in_pieces(response: Response<Bytes>, pieces: Vec<Bytes>, pause: Duration) -> Response<Body> {
    let (mut parts, bytes) = response.into_parts();
    put(&mut parts.headers, CONTENT_LENGTH, &bytes.len().to_string());
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        for piece in pieces {
            if sender.send(piece).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    });
    Response::from_parts(parts, Either::Right(EventStream::new(receiver)))
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Now and a bit, as RFC 9110 writes dates.
fn http_date(ahead: SignedDuration) -> String {
    let at = Timestamp::now().saturating_add(ahead).unwrap_or(Timestamp::MAX);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
