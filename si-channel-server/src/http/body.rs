//! Reading the body of a request, within a size and a time.

use std::time::Duration;

use ::http::header::{CONNECTION, CONTENT_ENCODING, HeaderValue};
use ::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body;

use super::Problem;

/// Reads the whole body, at most `max_bytes`, in at most `timeout` from now.
///
/// # Errors
/// 413 when the body is longer, or says that it will be; 408 when it did not arrive in time; 400 when it broke
/// off or was not valid HTTP. The connection is closed after each.
pub async fn read_limited<B>(mut body: B, max_bytes: usize, timeout: Duration) -> Result<Bytes, Problem>
where
    B: Body<Data = Bytes> + Unpin,
{
    // What the Content-Length header announces, when there is one.
    if body.size_hint().lower() > max_bytes as u64 {
        discard(&mut body).await;
        return Err(too_large(max_bytes));
    }
    match tokio::time::timeout(timeout, read(&mut body, max_bytes)).await {
        Ok(Ok(Some(whole))) => Ok(whole),
        Ok(Ok(None)) => {
            discard(&mut body).await;
            Err(too_large(max_bytes))
        }
        Ok(Err(problem)) => Err(problem),
        Err(_elapsed) => Err(closing(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body-timeout",
            format!("the body did not arrive within {timeout:?}; send it again without pauses"),
        ))),
    }
}

/// The whole body; `None` as soon as it is longer.
async fn read<B: Body<Data = Bytes> + Unpin>(
    body: &mut B,
    max_bytes: usize,
) -> Result<Option<Bytes>, Problem> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(closing(Problem::bad_request("the body broke off or its chunks are malformed")));
        };
        // Trailers are not used.
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > max_bytes {
            return Ok(None);
        }
        whole.extend_from_slice(&data);
    }
    Ok(Some(whole.freeze()))
}

/// Lets what is already on its way arrive and forgets it: a peer that is still writing when the connection is closed
/// would lose the answer.
async fn discard<B: Body<Data = Bytes> + Unpin>(body: &mut B) {
    const BYTES: usize = 4 << 20;
    const TIME: Duration = Duration::from_millis(250);
    let arriving = async {
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, Bytes::len);
            if seen > BYTES {
                return;
            }
        }
    };
    // Whoever takes longer is not waiting for the answer.
    let _ = tokio::time::timeout(TIME, arriving).await;
}

/// Refuses compressed bodies: their size is not what arrives.
///
/// # Errors
/// 415 when `Content-Encoding` names anything but `identity`.
pub fn refuse_encoded(headers: &HeaderMap) -> Result<(), Problem> {
    let plain = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .all(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity"));
    if plain {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "encoding-not-supported",
        "send the body as it is, without Content-Encoding",
    ))
}

fn too_large(max_bytes: usize) -> Problem {
    closing(
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            format!("the body is larger than the {max_bytes} bytes accepted here"),
        )
        .with("max_bytes", max_bytes),
    )
}

/// The rest of the body is not read, so that the connection cannot be used again.
fn closing(problem: Problem) -> Problem {
    problem.with_header(CONNECTION, HeaderValue::from_static("close"))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;
    use http_body_util::{Full, StreamBody};
    use hyper::body::Frame;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    type Chunk = Result<Frame<Bytes>, &'static str>;

    fn chunks(chunks: Vec<Chunk>) -> StreamBody<impl futures_util::Stream<Item = Chunk> + Unpin> {
        StreamBody::new(stream::iter(chunks))
    }

    fn data(text: &'static str) -> Frame<Bytes> {
        Frame::data(Bytes::from_static(text.as_bytes()))
    }

    #[tokio::test]
    async fn a_body_of_exactly_the_limit_is_read() {
        assert_eq!(read_limited(Full::from("12345"), 5, SECOND).await.unwrap(), "12345");
        assert_eq!(
            read_limited(chunks(vec![Ok(data("123")), Ok(data("45"))]), 5, SECOND).await.unwrap(),
            "12345"
        );
    }

    #[tokio::test]
    async fn one_byte_more_is_413_announced_or_not() {
        let announced = read_limited(Full::from("123456"), 5, SECOND).await.unwrap_err();
        let streamed =
            read_limited(chunks(vec![Ok(data("123")), Ok(data("456"))]), 5, SECOND).await.unwrap_err();
        for problem in [announced, streamed] {
            assert_eq!(problem.status(), StatusCode::PAYLOAD_TOO_LARGE);
            assert_eq!(problem.to_json()["max_bytes"], 5);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_408() {
        let body = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>());
        let problem = read_limited(body, 5, SECOND).await.unwrap_err();
        assert_eq!(problem.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(problem.into_response().headers()["connection"], "close");
    }

    #[tokio::test]
    async fn a_broken_body_is_400() {
        let problem = read_limited(chunks(vec![Ok(data("1")), Err("reset")]), 5, SECOND).await.unwrap_err();
        assert_eq!(problem.status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn compressed_bodies_are_415() {
        let headers = |value| HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(value))]);
        assert!(refuse_encoded(&HeaderMap::new()).is_ok());
        assert!(refuse_encoded(&headers("Identity")).is_ok());
        for value in ["gzip", "identity, gzip", "br"] {
            let problem = refuse_encoded(&headers(value)).unwrap_err();
            assert_eq!(problem.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{value}");
        }
    }
}
