//! A sandbox's state in a file, from one run to the next.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::accounts::Accounts;
use crate::error::StartError;
use crate::snapshot::Snapshot;

/// The shortest and the longest time between two writes: a large state, which takes long, is written less often.
const PACE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));
/// How much of the time may be spent on writing: one part in so many.
const SHARE: u32 = 20;

/// What the file holds; `None` when there is no file.
pub(super) fn read(path: Option<&Path>) -> Result<Option<Snapshot>, StartError> {
    let Some(path) = path else { return Ok(None) };
    let wrong = |source| StartError::State { path: path.to_owned(), source };
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(error)),
    };
    serde_json::from_slice(&text).map(Some).map_err(|error| wrong(error.into()))
}

/// Writes the configured file soon after each change, and once more at the end.
pub(super) async fn keep(accounts: Arc<Accounts>, mut stop: watch::Receiver<bool>) {
    let Some(path) = accounts.platform.config.state_file.clone() else { return };
    let mut news = accounts.platform.changes();
    news.mark_changed();
    loop {
        let ending = tokio::select! {
            changed = news.changed() => changed.is_err(),
            _ = stop.wait_for(|stop| *stop) => true,
        };
        let began = Instant::now();
        let snapshot = Snapshot::take(&accounts, false);
        let path = path.clone();
        let written = tokio::task::spawn_blocking(move || write(&path, &snapshot)).await;
        if let Ok(Err(error)) = written {
            tracing::warn!(%error, "the state is not kept");
        }
        if ending {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep((began.elapsed() * SHARE).clamp(PACE.0, PACE.1)) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// Whole or not at all, and readable by its owner alone.
fn write(path: &Path, snapshot: &Snapshot) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(&serde_json::to_vec(snapshot)?)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
