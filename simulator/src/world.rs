//! Everything that one run shares.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::draw::Draw;
use crate::installation::Installation;
use crate::oracle::Oracle;
use crate::planted::Planted;
use crate::rare::{Counts, Rare};
use crate::server::Server;
use crate::store::Disk;
use crate::trace::Trace;
use crate::twilio::Twilio;

/// A run. Clones are the same.
#[derive(Clone)]
pub(crate) struct World(Arc<Inner>);

struct Inner {
    origin: Instant,
    disk: Disk,
    draw: Draw,
    planted: Option<Planted>,
    installation: Arc<Installation>,
    state: Mutex<State>,
    /// Faults stop for good when the books are balanced.
    calm: AtomicI64,
}

/// What changes.
pub(crate) struct State {
    pub(crate) rng: Rng,
    pub(crate) trace: Trace,
    pub(crate) counts: Counts,
    pub(crate) twilio: Twilio,
    pub(crate) oracle: Oracle,
    pub(crate) servers: Vec<Server>,
    /// Until when the store and Twilio are away, milliseconds since the epoch.
    pub(crate) store_away_until: i64,
    pub(crate) twilio_away_until: i64,
    /// Things under way.
    pub(crate) running: usize,
    /// When things that are to come begin.
    pub(crate) coming: BTreeSet<(i64, u64)>,
    next_coming: u64,
    /// Webhooks that were never taken.
    pub(crate) lost_webhooks: u64,
}

impl World {
    pub(crate) fn new(
        seed: u64,
        planted: Option<Planted>,
        keep_lines: bool,
        installation: Arc<Installation>,
    ) -> Self {
        let mut rng = Rng::with_seed(seed);
        let draw = Draw::of(&mut rng);
        let origin = Instant::now();
        let start_ms = draw.start_ms;
        let disk = if draw.shared {
            Disk::shared(Arc::new(move || start_ms + millis(origin.elapsed())))
        } else {
            Disk::of_one()
        };
        let servers = (0..draw.servers).map(|_| Server::default()).collect();
        let state = State {
            rng,
            trace: Trace::new(keep_lines),
            counts: Counts::default(),
            twilio: Twilio::new(&draw),
            oracle: Oracle::default(),
            servers,
            store_away_until: 0,
            twilio_away_until: 0,
            running: 0,
            coming: BTreeSet::new(),
            next_coming: 0,
            lost_webhooks: 0,
        };
        let calm = AtomicI64::new(0);
        Self(Arc::new(Inner { origin, disk, draw, planted, installation, state: Mutex::new(state), calm }))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn disk(&self) -> &Disk {
        &self.0.disk
    }

    pub(crate) fn draw(&self) -> &Draw {
        &self.0.draw
    }

    pub(crate) fn installation(&self) -> &Arc<Installation> {
        &self.0.installation
    }

    pub(crate) fn has(&self, bug: Planted) -> bool {
        self.0.planted == Some(bug)
    }

    /// The world's time.
    pub(crate) fn now_ms(&self) -> i64 {
        self.0.draw.start_ms + millis(self.0.origin.elapsed())
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms()).unwrap_or_default()
    }

    /// Nothing goes wrong any more.
    pub(crate) fn calm_down(&self) {
        self.0.calm.store(1, Ordering::Relaxed);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.0.calm.load(Ordering::Relaxed) == 1
    }

    /// Whether something that goes wrong so often of so many goes wrong now.
    pub(crate) fn goes_wrong(&self, often: u32, of: u32) -> bool {
        often > 0 && !self.is_calm() && self.lock().rng.u32(..of) < often
    }

    pub(crate) fn below(&self, bound: u64) -> u64 {
        self.lock().rng.u64(..bound.max(1))
    }

    pub(crate) fn note(&self, what: &str, about: &str) {
        let now = self.now_ms();
        self.lock().trace.note(now, what, about);
    }

    pub(crate) fn reach(&self, rare: Rare) {
        self.lock().counts.reach(rare);
    }

    /// A promise is broken.
    pub(crate) fn broken(&self, promise: &str, how: &str) {
        self.note("BROKEN", how);
        self.lock().oracle.broken.get_or_insert_with(|| format!("{promise}: {how}"));
    }

    /// Begins something later.
    pub(crate) fn later(&self, after_ms: u64, what: impl Future<Output = ()> + Send + 'static) {
        let at = self.now_ms() + after_ms.cast_signed();
        let number = {
            let mut state = self.lock();
            state.next_coming += 1;
            let number = state.next_coming;
            state.coming.insert((at, number));
            number
        };
        let world = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(after_ms)).await;
            {
                let mut state = world.lock();
                state.coming.remove(&(at, number));
                state.running += 1;
            }
            what.await;
            world.lock().running -= 1;
        });
    }

    /// When nothing is under way: the next time at which anything is. `None` when something is.
    pub(crate) fn rests_until(&self) -> Option<i64> {
        let now = self.now_ms();
        let state = self.lock();
        let ahead: Vec<i64> = state.servers.iter().map(Server::ahead_ms).collect();
        let fastest = ahead.iter().copied().max().unwrap_or(0);
        let resting = state.running == 0 && state.servers.iter().all(|server| !server.is_paused(now));
        let tables = self.0.disk.tables();
        if !resting || tables.is_busy(now + fastest) {
            return None;
        }
        let due = tables.next_due().map(|due| due - fastest);
        let coming = state.coming.first().map(|(at, _)| *at);
        Some([due, coming].into_iter().flatten().min().unwrap_or(i64::MAX))
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Sleeps, in the world's time.
pub(crate) async fn pass(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}
