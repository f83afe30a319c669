//! Signs the audit log now and then.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use si_channel_core::cloudevent::{CloudEvent, Placement};
use si_channel_core::event::Event;
use si_channel_core::id::{EventId, Seed};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::audit::key::Signer;
use crate::store::{AuditHead, Changes, CommitError, NewCheckpoint, NewEvent, Source, StoreError};
use crate::worker::Workers;

/// How often the log is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// The stream of the feed in which checkpoints are numbered.
const STREAM: &str = "audit";

/// The signing of the audit log.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    /// Who signs.
    pub signer: Arc<Signer>,
    /// A file to which each checkpoint is appended.
    pub file: Option<PathBuf>,
    /// Records that may be unsigned.
    pub records: u64,
    /// How long a record may be unsigned.
    pub after: Duration,
}

/// Signs what is due until the server stops, and then what is left.
pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    let checkpoints = &workers.checkpoints;
    let mut unsigned_since = None;
    loop {
        let stopping = stop.is_cancelled();
        match workers.engine.store().audit_head().await {
            Ok(head) if head.record > head.signed => {
                let since = *unsigned_since.get_or_insert_with(Instant::now);
                let many = head.record - head.signed >= checkpoints.records;
                if stopping || many || since.elapsed() >= checkpoints.after {
                    match sign(&workers, &head).await {
                        Ok(()) => unsigned_since = None,
                        Err(error) => tracing::warn!(%error, "the audit log could not be signed; it will be"),
                    }
                }
            }
            Ok(_) => unsigned_since = None,
            Err(error) => tracing::warn!(%error, "the audit log cannot be read"),
        }
        if stopping {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Signs the log up to its end: a row, an event and, if wished, a line of a file.
async fn sign(workers: &Workers, head: &AuditHead) -> Result<(), CommitError> {
    let engine = &workers.engine;
    let account = engine.account().to_string();
    let (number, now) = (head.checkpoints + 1, engine.clock().now());
    let checkpoint = workers.checkpoints.signer.sign(&account, number, head.record, head.hash, now);
    let placement = Placement {
        account: &account,
        subject: STREAM.to_owned(),
        sequence: number,
        correlation_id: None,
        session: None,
    };
    // What is signed names the event: the same checkpoint is the same event.
    let id = EventId::derive(&Seed::from_text(&checkpoint.signature), 0);
    let event = CloudEvent::new(&Event::AuditCheckpoint(checkpoint.clone()), id, now, &placement);
    let body = json(&checkpoint)?;
    let mut changes = Changes::settle(Source::Direct);
    changes.events.push(NewEvent {
        id: event.id.to_string(),
        stream: STREAM.to_owned(),
        sequence: number,
        body: json(&event)?,
    });
    changes.checkpoint = Some(NewCheckpoint { number, record: head.record, body: body.clone() });
    engine.store().commit(changes).await?;
    if let Some(file) = workers.checkpoints.file.clone() {
        let appended = tokio::task::spawn_blocking(move || append(&file, &body)).await;
        if let Ok(Err(error)) = appended {
            tracing::warn!(%error, number, "a checkpoint is not in the file of audit.checkpoints; it is in the feed");
        }
    }
    tracing::debug!(number, records = head.record, "signed the audit log");
    Ok(())
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    // One write, so that a line is whole or not there.
    file.write_all(format!("{line}\n").as_bytes())?;
    file.sync_data()
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(format!("cannot be written: {error}")))
}
