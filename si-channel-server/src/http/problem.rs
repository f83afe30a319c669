//! Problem documents: what went wrong, for people and for programs (RFC 9457).

use ::http::StatusCode;
use ::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Response, response};

/// The media type of problem documents.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A refusal: a status, a stable kind, and a detail that says which value is wrong and what to do.
///
/// The detail goes to the caller alone and is not logged; it may repeat what the caller sent.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    detail: String,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of the kind `kind`: a stable name in lower case with hyphens, such as `body-too-large`.
    pub fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into(), members: Map::new(), headers: Vec::new() }
    }

    /// Adds an extension member; a value that JSON cannot hold is written as null.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.members.insert(name.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    /// Adds a header to the answer, such as `Retry-After`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// 400 with the kind `invalid-request`.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid-request", detail)
    }

    /// 404 with the kind `not-found`.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    /// 405 with the kind `method-not-allowed` and the `Allow` header, such as `GET, POST`.
    pub fn method_not_allowed(allowed: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", format!("use {allowed}"))
            .with_header(::http::header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// 500 with the kind `internal`; the cause belongs in the log, not here.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "an error on our side; it was logged under the request id of the answer's X-Request-Id header",
        )
    }

    /// 503 with the kind `unavailable`, to be tried again after this many seconds.
    pub fn unavailable(detail: impl Into<String>, retry_after_seconds: u32) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
            .with_header(::http::header::RETRY_AFTER, HeaderValue::from(retry_after_seconds))
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable name of the kind of problem; the last part of its `type`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What is wrong this time.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The document: `type`, `title`, `status`, `detail` and the extension members.
    pub fn to_json(&self) -> Value {
        let mut document = self.members.clone();
        document.insert("type".to_owned(), Value::from(format!("urn:si-channel:problem:{}", self.kind)));
        document.insert("title".to_owned(), Value::from(title(self.kind)));
        document.insert("status".to_owned(), Value::from(self.status.as_u16()));
        document.insert("detail".to_owned(), Value::from(self.detail.as_str()));
        Value::Object(document)
    }

    /// The answer.
    pub fn into_response(self) -> Response {
        let mut answer = response::json(self.status, &self.to_json());
        answer.headers_mut().extend(self.headers);
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        answer
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        problem.into_response()
    }
}

/// `body-too-large` is titled "Body too large": one title a kind, as the RFC asks.
fn title(kind: &str) -> String {
    let words = kind.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn the_document_has_the_members_of_the_rfc_and_its_own() {
        let answer = Problem::new(StatusCode::CONFLICT, "session-closed", "the session is closed")
            .with("session_id", "s1")
            .with_header(::http::header::RETRY_AFTER, HeaderValue::from(5))
            .into_response();
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        assert_eq!(answer.headers()["content-type"], MEDIA_TYPE);
        assert_eq!(answer.headers()["retry-after"], "5");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            serde_json::from_slice::<Value>(&body).unwrap(),
            json!({
                "type": "urn:si-channel:problem:session-closed",
                "title": "Session closed",
                "status": 409,
                "detail": "the session is closed",
                "session_id": "s1",
            })
        );
    }

    #[test]
    fn an_extension_cannot_replace_a_member_of_the_rfc() {
        let problem = Problem::bad_request("no").with("status", 200);
        assert_eq!(problem.to_json()["status"], 400);
    }
}
