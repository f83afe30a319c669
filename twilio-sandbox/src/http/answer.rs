//! Answers of the APIs and the controls.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::Full;
use serde_json::Value;

use crate::error::ApiError;
use crate::files::safe_name;

/// A successful answer.
#[derive(Debug)]
pub(crate) enum Reply {
    Json(StatusCode, Value),
    Empty,
    Redirect(String),
    File { content_type: String, filename: Option<String>, bytes: Bytes },
}

#[expect(clippy::unnecessary_wraps, reason = "each ends a handler")]
impl Reply {
    pub(crate) fn ok(value: Value) -> Answer {
        Ok(Self::Json(StatusCode::OK, value))
    }

    pub(crate) fn created(value: Value) -> Answer {
        Ok(Self::Json(StatusCode::CREATED, value))
    }

    pub(crate) fn deleted() -> Answer {
        Ok(Self::Empty)
    }
}

/// What a handler gives back.
pub(crate) type Answer = Result<Reply, ApiError>;

/// Turns an answer into a response.
pub(crate) fn response(answer: Answer) -> Response<Full<Bytes>> {
    match answer {
        Ok(Reply::Json(status, value)) => json(status, &value),
        Ok(Reply::Empty) => plain(StatusCode::NO_CONTENT),
        Ok(Reply::Redirect(to)) => {
            let mut response = plain(StatusCode::TEMPORARY_REDIRECT);
            if let Ok(value) = to.parse() {
                response.headers_mut().insert(header::LOCATION, value);
            }
            response
        }
        Ok(Reply::File { content_type, filename, bytes }) => file(&content_type, filename.as_deref(), bytes),
        Err(error) => {
            let mut response = json(error.status, &error.body());
            if error.status == StatusCode::UNAUTHORIZED {
                let realm = http::HeaderValue::from_static("Basic realm=\"Twilio API\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
            }
            response
        }
    }
}

pub(crate) fn json(status: StatusCode, value: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(value.to_string())));
    *response.status_mut() = status;
    let kind = http::HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn file(content_type: &str, filename: Option<&str>, bytes: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(bytes));
    let headers = response.headers_mut();
    let unknown = http::HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap_or(unknown));
    // Whatever it holds, a browser must not take it for a page of the sandbox.
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, http::HeaderValue::from_static("nosniff"));
    let policy = http::HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    let named = filename.map(|name| format!("inline; filename=\"{}\"", safe_name(name)));
    if let Some(value) = named.and_then(|named| named.parse().ok()) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
