//! The store in memory keeps the promises of the real ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use si_channel_server::store::Store;
use si_channel_server::store::conformance::Place;
use simulator::store::Disk;

struct Memory {
    disk: Disk,
    now_ms: Arc<AtomicI64>,
}

impl Memory {
    fn of_one() -> Self {
        Self { disk: Disk::of_one(), now_ms: Arc::default() }
    }

    fn shared() -> Self {
        let now_ms = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&now_ms);
        Self { disk: Disk::shared(Arc::new(move || clock.load(Ordering::Relaxed))), now_ms }
    }
}

#[async_trait]
impl Place for Memory {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.disk.open())
    }

    async fn pass(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

mod of_one {
    use super::Memory;

    si_channel_server::store_conformance!(Memory::of_one);
}

mod shared {
    use super::Memory;

    si_channel_server::store_conformance!(Memory::shared);
}
