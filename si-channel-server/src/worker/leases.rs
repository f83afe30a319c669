//! What this process works on, kept from others while it does.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::{LEASE_MS, RENEW};
use crate::store::{Store, StoreError};

/// The fences of the work in hand.
#[derive(Debug, Clone, Default)]
struct Held(Arc<Mutex<BTreeSet<i64>>>);

impl Held {
    fn fences(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The leases of the work in hand, of one kind.
#[derive(Debug)]
pub(super) struct Leases {
    store: Arc<dyn Store>,
    held: Held,
    renewed: Instant,
}

/// Work in hand. Dropped when it is done, however that went.
#[derive(Debug)]
pub(super) struct Lease {
    fence: i64,
    held: Held,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.held.fences().remove(&self.fence);
    }
}

impl Leases {
    pub(super) fn new(store: &Arc<dyn Store>) -> Self {
        Self { store: Arc::clone(store), held: Held::default(), renewed: Instant::now() }
    }

    /// Renews a claim from now on.
    pub(super) fn hold(&self, fence: i64) -> Lease {
        self.held.fences().insert(fence);
        Lease { fence, held: self.held.clone() }
    }

    /// Whether leases of a shared store are in hand: they are to be renewed until the work is done.
    pub(super) fn are_held(&self) -> bool {
        self.store.is_shared() && !self.held.fences().is_empty()
    }

    /// Renews what is in hand when it is time.
    pub(super) async fn renew(&mut self) -> Result<(), StoreError> {
        if !self.store.is_shared() || self.renewed.elapsed() < RENEW {
            return Ok(());
        }
        let fences: Vec<i64> = self.held.fences().iter().copied().collect();
        if !fences.is_empty() {
            self.store.renew(&fences, LEASE_MS).await?;
        }
        self.renewed = Instant::now();
        Ok(())
    }
}
