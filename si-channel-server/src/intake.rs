//! From a webhook to an input of the inbox.

use jiff::Timestamp;
use si_channel_core::normalize::Fact;

use crate::engine::Engine;
use crate::erasure::sift;
use crate::store::{NewInput, StoreError};
use crate::worker::Received;

/// What the inbox is to keep of a webhook that came at this time; `None` when nothing of it is: it is late news about
/// somebody who was erased.
pub async fn sifted(
    engine: &Engine,
    mut received: Received,
    fact: Fact,
    at: Timestamp,
) -> Result<Option<NewInput>, StoreError> {
    if !sift(engine, &mut received, &fact).await? {
        return Ok(None);
    }
    let body = serde_json::to_string(&received).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(Some(NewInput { key: fact.key, lane: fact.lane, body, at_ms: at.as_millisecond() }))
}
