//! JSON bodies: bounded, without duplicate keys, and with unknown fields named.

use std::time::Duration;

use ::http::header::CONTENT_TYPE;
use ::http::{HeaderMap, StatusCode};
use hyper::body::Body;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Problem, body};
use crate::nearest::nearest;

mod strict;
mod surrogates;

pub use surrogates::mended;

/// Arrays and objects within each other, at most.
pub const MAX_DEPTH: usize = 32;

/// Keys of one object, at most.
pub const MAX_KEYS: usize = 256;

/// Reads a JSON body of at most `max_bytes` in at most `timeout`, and decodes it.
///
/// # Errors
/// 415 when the body is compressed or its `Content-Type` is given and not JSON; 413, 408 and 400 as
/// [`body::read_limited`], [`parse`] and [`decode`].
pub async fn read<T, B>(
    headers: &HeaderMap,
    body: B,
    max_bytes: usize,
    timeout: Duration,
) -> Result<T, Problem>
where
    T: DeserializeOwned,
    B: Body<Data = bytes::Bytes> + Unpin,
{
    require_json(headers)?;
    body::refuse_encoded(headers)?;
    decode(parse(&body::read_limited(body, max_bytes, timeout).await?)?)
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(media_type) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let essence = media_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "media-type-not-supported",
        "send the body as Content-Type: application/json",
    ))
}

/// Parses JSON within [`MAX_DEPTH`] and [`MAX_KEYS`].
///
/// # Errors
/// 400 with the kind `invalid-json` and line and column: not JSON, not UTF-8, too deep, too many keys, a key
/// twice, a number beyond 64 bits.
pub fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    strict::parse(bytes).map_err(|error| {
        let detail = if bytes.is_empty() {
            "the body is empty; send a JSON document".to_owned()
        } else {
            error.to_string()
        };
        Problem::new(StatusCode::BAD_REQUEST, "invalid-json", detail)
    })
}

/// Decodes a JSON document into a type that denies unknown fields.
///
/// # Errors
/// 400 with the kind `invalid-body`, the member `field` that names the place (such as `media[0].url`), and, for
/// an unknown field, `nearest` with the known field that was probably meant.
pub fn decode<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, &error.into_inner().to_string())
    })
}

fn explain(path: &str, message: &str) -> Problem {
    let invalid = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid-body", detail);
    // The names stand between backquotes: first the one refused, then the known ones.
    let mut names = message.split('`').skip(1).step_by(2);
    if message.starts_with("unknown field") {
        let field = names.next().unwrap_or_default();
        let known: Vec<&str> = names.collect();
        let problem = match nearest(field, known.iter().copied()) {
            Some(meant) => {
                invalid(format!("unknown field {field}; did you mean {meant}?")).with("nearest", meant)
            }
            None => invalid(format!("unknown field {field}; known ones are {}", known.join(", "))),
        };
        return problem.with("field", sibling(path, field));
    }
    if message.starts_with("missing field") {
        let field = names.next().unwrap_or_default();
        return invalid(format!("the field {field} is missing")).with("field", child(path, field));
    }
    let place = if path == "." { "the document" } else { path };
    invalid(format!("{place}: {message}")).with("field", path)
}

/// The path of `field` when `path` already ends with it or with the unnamed key.
fn sibling(path: &str, field: &str) -> String {
    let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
    if path == field || path.ends_with(&format!(".{field}")) { path.to_owned() } else { child(parent, field) }
}

fn child(path: &str, field: &str) -> String {
    if path.is_empty() || path == "." { field.to_owned() } else { format!("{path}.{field}") }
}

#[cfg(test)]
mod tests {
    use ::http::HeaderValue;
    use http_body_util::Full;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Message {
        to: String,
        text: Option<String>,
        #[serde(default)]
        media: Vec<Media>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Media {
        url: String,
    }

    fn refused(value: Value) -> Value {
        let problem = decode::<Message>(value).unwrap_err();
        assert_eq!(problem.status(), StatusCode::BAD_REQUEST);
        problem.to_json()
    }

    #[test]
    fn an_unknown_field_is_named_with_the_nearest_known_one() {
        let problem = refused(json!({"to": "+15551234567", "txet": "hi"}));
        assert_eq!(problem["detail"], "unknown field txet; did you mean text?");
        assert_eq!(problem["field"], "txet");
        assert_eq!(problem["nearest"], "text");
    }

    #[test]
    fn an_unknown_field_like_no_other_comes_with_the_known_ones() {
        let problem = refused(json!({"to": "+15551234567", "priority": 1}));
        assert_eq!(problem["detail"], "unknown field priority; known ones are to, text, media");
        assert_eq!(problem.get("nearest"), None);
    }

    #[test]
    fn the_place_of_a_nested_mistake_is_named() {
        assert_eq!(
            refused(json!({"to": "a", "media": [{"url": "u"}, {"ulr": "u"}]}))["field"],
            "media[1].ulr"
        );
        assert_eq!(refused(json!({"to": "a", "media": [{}]}))["field"], "media[0].url");
        assert_eq!(refused(json!({"to": "a", "media": [{"url": 1}]}))["field"], "media[0].url");
        assert_eq!(refused(json!({"text": "a"}))["field"], "to");
        assert!(refused(json!([]))["detail"].as_str().unwrap().starts_with("the document: invalid"));
    }

    #[tokio::test]
    async fn a_good_body_is_read_and_other_media_types_are_415() {
        let typed = |value| HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]);
        let read = |headers| async move {
            let body = Full::from(r#"{"to":"a"}"#);
            read::<Message, _>(&headers, body, 100, Duration::from_secs(1)).await
        };
        let message = Message { to: "a".into(), text: None, media: vec![] };
        for good in ["application/json", "Application/JSON; charset=utf-8", "application/cloudevents+json"] {
            assert_eq!(read(typed(good)).await.unwrap(), message, "{good}");
        }
        assert_eq!(read(HeaderMap::new()).await.unwrap(), message);
        for bad in ["text/plain", "application/x-www-form-urlencoded", "json", "text/json"] {
            let problem = read(typed(bad)).await.unwrap_err();
            assert_eq!(problem.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{bad}");
        }
    }
}
