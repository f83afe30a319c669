//! `/sandbox/handsets/{address}/group`: writing into the thread of a group text.

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{Outcome, Problem};
use crate::hub::Hub;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupText {
    /// Every other member of the thread.
    to: Vec<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    media: Vec<String>,
}

/// Sends as that phone to a thread that exists; webhooks follow.
pub(super) fn send(hub: &Hub, address: &str, body: &[u8]) -> Outcome {
    let text: GroupText = super::read(body)?;
    if text.body.is_empty() && text.media.is_empty() {
        return Err(Problem::bad("a message needs a body or media"));
    }
    let sid = hub.world().accept_group(address, &text.to, &text.body, &text.media);
    let sid = sid.ok_or_else(|| {
        Problem::not_found(format!("no open conversation is a group text of {address} and {:?}", text.to))
    })?;
    Ok((StatusCode::CREATED, json!({"sid": sid})))
}
