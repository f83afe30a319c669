//! Connections that read, beside the writer and without waiting for it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::Semaphore;

use super::failure::store_error;
use super::open::connect_reader;
use crate::store::StoreError;

/// At most as many readers at once as it has permits.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(path: PathBuf, readers: usize) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(readers.max(1)));
        Arc::new(Self { path, idle: Mutex::new(Vec::new()), permits })
    }

    /// Runs `read` on one snapshot, which holds all that was answered before this call.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = || StoreError::Unavailable("a reader has stopped".to_owned());
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| stopped())?;
        let pool = self.clone();
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            pool.run(read).map_err(|error| store_error(&error))
        })
        .await
        .map_err(|_| stopped())?
    }

    /// A connection that failed is not used again.
    fn run<T>(&self, read: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut conn = idle.map_or_else(|| connect_reader(&self.path), Ok)?;
        let snapshot = conn.transaction_with_behavior(TransactionBehavior::Deferred)?;
        let value = read(&snapshot)?;
        snapshot.finish()?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        Ok(value)
    }
}
