//! Webhooks that wait for another one to overtake them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

/// Who waits for which address.
#[derive(Debug, Default)]
pub(crate) struct Held(Mutex<Vec<(String, oneshot::Sender<()>)>>);

impl Held {
    /// Returns when another webhook to that address has been delivered, or after `patience`.
    pub(crate) async fn wait(&self, url: &str, patience: Duration) {
        let (sender, overtaken) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((url.to_owned(), sender));
        // Either way it is time.
        let _ = tokio::time::timeout(patience, overtaken).await;
    }

    /// Lets go who waits for that address.
    pub(crate) fn release(&self, url: &str) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, waiting) in held.extract_if(.., |(address, _)| address == url) {
            // It may have lost its patience.
            let _ = waiting.send(());
        }
    }
}
