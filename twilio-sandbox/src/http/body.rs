//! Reads a request's body up to a limit.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

/// The body, or `None` when it is longer than the limit or breaks off.
///
/// What is too long is read on for as much again, since a client that is still writing would not hear the refusal.
pub(crate) async fn read(mut body: Incoming, limit: usize) -> Option<Bytes> {
    let (mut kept, mut length) = (BytesMut::new(), 0usize);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= limit {
            kept.extend_from_slice(&data);
        } else {
            kept = BytesMut::new();
            if length > limit.saturating_mul(2) {
                return None;
            }
        }
    }
    (length <= limit).then(|| kept.freeze())
}
