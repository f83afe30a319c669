//! Brings what waits in the spool into the store, in the order in which it came.

use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::intake::sifted;
use crate::spool::{Batch, Spool};
use crate::store::StoreError;

/// Webhooks that go into the store at once.
const BATCH: usize = 128;
/// Between two looks at a store that is away.
const PAUSE: Duration = Duration::from_millis(250);

/// Empties the spool whenever something is in it, until the server stops; what is left is there at the next start.
pub(super) async fn run(engine: Engine, spool: Spool, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = spool.filled() => {}
        }
        let before = spool.holding();
        tracing::warn!(webhooks = before.webhooks, "webhooks wait in the spool for the store");
        let mut brought = 0;
        while spool.is_holding() && !stop.is_cancelled() {
            match next(&engine, &spool).await {
                Ok(count) => brought += count,
                Err(why) => {
                    tracing::debug!(%why, "the spool waits");
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(PAUSE) => {}
                    }
                }
            }
        }
        tracing::info!(webhooks = brought, "what waited in the spool is in the store");
    }
}

/// Brings the oldest ones in; how many.
async fn next(engine: &Engine, spool: &Spool) -> Result<usize, String> {
    let batch = spool.oldest(BATCH).await.map_err(|error| error.to_string())?;
    let count = batch.webhooks.len();
    store(engine, &batch).await.map_err(|error| error.to_string())?;
    spool.settle(batch).await.map_err(|error| error.to_string())?;
    Ok(count)
}

async fn store(engine: &Engine, batch: &Batch) -> Result<(), StoreError> {
    let mut inputs = Vec::with_capacity(batch.webhooks.len());
    for webhook in &batch.webhooks {
        let at = Timestamp::from_millisecond(webhook.at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        match webhook.received.fact(engine.account(), at) {
            Ok(fact) => inputs.extend(sifted(engine, webhook.received.clone(), fact, at).await?),
            // It was understood when it came: by another version, or for another account.
            Err(error) => tracing::error!(%error, "a webhook of the spool is not understood and is left out"),
        }
    }
    if !inputs.is_empty() {
        engine.store().accept(inputs).await?;
    }
    Ok(())
}
