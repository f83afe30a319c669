//! Answers.

use std::convert::Infallible;

use ::http::StatusCode;
use ::http::header::{CONTENT_TYPE, HeaderValue};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::Frame;
use serde::Serialize;

use super::{Body, Problem, Response};

/// An answer of JSON. A value that cannot be written as JSON is a 500.
pub fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => typed(status, "application/json", bytes),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            // A problem's own document is made of strings and numbers, so this does not come back here.
            Problem::internal().into_response()
        }
    }
}

/// An answer of XML, such as `TwiML`.
pub fn xml(status: StatusCode, document: impl Into<Bytes>) -> Response {
    typed(status, "text/xml; charset=utf-8", document)
}

/// An answer of plain text.
pub fn text(status: StatusCode, text: impl Into<Bytes>) -> Response {
    typed(status, "text/plain; charset=utf-8", text)
}

/// An answer of HTML that may load nothing and be framed by nobody.
pub fn html(status: StatusCode, document: impl Into<Bytes>) -> Response {
    let mut answer = typed(status, "text/html; charset=utf-8", document);
    answer.headers_mut().insert(
        ::http::header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    );
    answer
}

/// An answer without a body, such as 204.
pub fn empty(status: StatusCode) -> Response {
    let mut answer = Response::new(Empty::new().boxed_unsync());
    *answer.status_mut() = status;
    answer
}

/// An answer of the given media type, which browsers are told not to guess about.
pub fn typed(status: StatusCode, media_type: &'static str, bytes: impl Into<Bytes>) -> Response {
    let mut answer = Response::new(Full::new(bytes.into()).boxed_unsync());
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(::http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// A body that is written as the stream yields.
pub fn stream(chunks: impl Stream<Item = Bytes> + Send + 'static) -> Body {
    StreamBody::new(chunks.map(|chunk| Ok::<_, Infallible>(Frame::data(chunk)))).boxed_unsync()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn json_is_written_with_its_media_type() {
        let answer = json(StatusCode::ACCEPTED, &json!({"id": "o1"}));
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), r#"{"id":"o1"}"#);
    }

    #[test]
    fn what_is_not_json_is_a_500() {
        let unwritable = std::collections::BTreeMap::from([(vec![1_u8], 1)]);
        assert_eq!(json(StatusCode::OK, &unwritable).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[tokio::test]
    async fn a_stream_is_written_chunk_by_chunk() {
        let chunks = [Bytes::from_static(b"a"), Bytes::from_static(b"b")];
        let mut body = stream(futures_util::stream::iter(chunks));
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "a");
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "b");
        assert!(body.frame().await.is_none());
    }
}
