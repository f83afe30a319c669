//! Fires timers when the channel's clock reaches them.

use std::sync::Arc;
use std::time::Duration;

use si_channel_core::effect::TimerKind;
use si_channel_core::input::Input;
use tokio_util::sync::CancellationToken;

use crate::engine::EngineError;
use crate::store::{CommitError, Source, Timer, Wake};
use crate::worker::Workers;

pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    let clock = workers.engine.clock().clone();
    let mut wake = workers.engine.store().watch(Wake::Timers);
    loop {
        wake.mark_unchanged();
        let due = match workers.engine.store().due_timers(clock.now_ms(), 100).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "cannot read timers");
                Vec::new()
            }
        };
        let more = !due.is_empty();
        for timer in due {
            if let Err(error) = fire(&workers, &timer).await {
                tracing::warn!(%error, key = timer.key, "a timer could not be decided; it stays due");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        if more && !stop.is_cancelled() {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.moved() => {}
            _ = wake.changed() => {}
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
        }
    }
}

async fn fire(workers: &Workers, timer: &Timer) -> Result<(), EngineError> {
    let source = Source::Timer { key: timer.key.clone(), due_ms: timer.due_ms };
    let kind: TimerKind = match serde_json::from_str(&timer.body) {
        Ok(kind) => kind,
        Err(error) => {
            tracing::error!(key = timer.key, %error, "a timer of unknown meaning is dropped");
            let settle = crate::store::Changes::settle(source);
            return match workers.engine.store().commit(settle).await {
                Ok(()) | Err(CommitError::Conflict(_) | CommitError::Overtaken) => Ok(()),
                Err(CommitError::Store(error)) => Err(error.into()),
            };
        }
    };
    let input = Input::TimerFired { kind };
    match workers.engine.settle(&input, &|_| source.clone()).await {
        // It was set anew or fired by another meanwhile.
        Err(EngineError::Contended(_) | EngineError::Overtaken) => Ok(()),
        other => other.map(drop),
    }
}
