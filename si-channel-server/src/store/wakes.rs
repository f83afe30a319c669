//! Counters that tell waiting workers of new work.

use tokio::sync::watch;

use crate::store::Wake;

/// One counter for each kind of work.
#[derive(Debug, Default)]
pub(in crate::store) struct Wakes {
    inputs: watch::Sender<u64>,
    effects: watch::Sender<u64>,
    timers: watch::Sender<u64>,
    events: watch::Sender<u64>,
}

impl Wakes {
    pub(in crate::store) fn wake(&self, wake: Wake) {
        self.counter(wake).send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(in crate::store) fn watch(&self, wake: Wake) -> watch::Receiver<u64> {
        self.counter(wake).subscribe()
    }

    fn counter(&self, wake: Wake) -> &watch::Sender<u64> {
        match wake {
            Wake::Inputs => &self.inputs,
            Wake::Effects => &self.effects,
            Wake::Timers => &self.timers,
            Wake::Events => &self.events,
        }
    }
}
