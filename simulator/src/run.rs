//! One seed, from its beginning until all has come to rest.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crate::installation::Installation;
use crate::oracle;
use crate::people::{addresses, gap_ms, happen};
use crate::planted::Planted;
use crate::rare::Counts;
use crate::server::boot;
use crate::world::{World, pass};

/// What to run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Everything follows from it.
    pub seed: u64,
    /// A bug to run with.
    pub planted: Option<Planted>,
    /// Keep the lines of the trace.
    pub trace: bool,
}

/// How a run went.
#[derive(Debug, Clone)]
pub struct Report {
    /// The promise that was broken, and how.
    pub broken: Option<String>,
    /// Tells runs apart: the same for the same seed and program.
    pub hash: u64,
    /// Steps that went into the trace.
    pub steps: u64,
    /// How long it was in the world's time.
    pub simulated: Duration,
    /// Messages that arrived on phones.
    pub arrived: u64,
    /// Which rare branches were reached.
    pub counts: Counts,
    /// The trace, where it was kept.
    pub lines: Vec<String>,
}

static INSTALLATION: LazyLock<Arc<Installation>> =
    LazyLock::new(|| Arc::new(Installation::new().expect("the settings that are shipped are right")));

/// Work that is in hand for longer than this when nothing goes wrong is stuck.
const STUCK_MS: i64 = 30 * 60_000;
/// Everything comes to rest within this time.
const LONGEST_MS: i64 = 60 * 86_400_000;

/// Runs a seed.
///
/// # Panics
/// When the shipped settings are wrong, or the runtime cannot start.
pub fn run(run: Run) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without IO starts");
    runtime.block_on(async {
        let world = World::new(run.seed, run.planted, run.trace, Arc::clone(&INSTALLATION));
        let start = world.now_ms();
        world.note("draw", &format!("{:?}", world.draw()));
        live(&world).await;
        let mut state = world.lock();
        // They hold the world, and the world holds them.
        state.servers.clear();
        Report {
            broken: state.oracle.broken.take(),
            hash: state.trace.hash(),
            steps: state.trace.steps(),
            simulated: Duration::from_millis((world.now_ms() - start).unsigned_abs()),
            arrived: state.twilio.arrived,
            counts: state.counts.clone(),
            lines: state.trace.take_lines(),
        }
    })
}

async fn live(world: &World) {
    for server in 0..world.draw().servers {
        boot(world, server);
    }
    let people = addresses(world.draw().people);
    for number in 0..world.draw().steps as u64 {
        let until = world.now_ms() + gap_ms(world).cast_signed();
        while world.now_ms() < until {
            advance(world, until).await;
            if is_broken(world) {
                return;
            }
        }
        happen(world, &people, number);
    }
    rest(world).await;
    if !is_broken(world) {
        oracle::balance(world);
    }
}

/// Nothing goes wrong any more: everything must come to its end.
async fn rest(world: &World) {
    world.calm_down();
    world.note("calm", "");
    {
        let now = world.now_ms();
        let mut state = world.lock();
        state.store_away_until = now;
        state.twilio_away_until = now;
    }
    let began = world.now_ms();
    let mut busy_since = None;
    while !is_broken(world) {
        let down: Vec<usize> = {
            let state = world.lock();
            (0..state.servers.len()).filter(|server| !state.servers[*server].is_up()).collect()
        };
        // Those that are to come back do so by themselves.
        let coming = !world.lock().coming.is_empty();
        if !coming {
            for server in down {
                boot(world, server);
            }
        }
        match world.rests_until() {
            Some(i64::MAX) => return,
            Some(_) => busy_since = None,
            None => {
                let since = *busy_since.get_or_insert_with(|| world.now_ms());
                if world.now_ms() - since > STUCK_MS {
                    let depths = world.disk().tables().depths();
                    return world.broken("P6", &format!("work is stuck: {depths:?}"));
                }
            }
        }
        if world.now_ms() - began > LONGEST_MS {
            return world.broken("P6", "it never comes to rest");
        }
        advance(world, i64::MAX).await;
    }
}

fn is_broken(world: &World) -> bool {
    world.lock().oracle.broken.is_some()
}

/// Lets time pass, at most until then. Time in which nothing is due is passed over in one go: the servers' looks for work
/// in it would find none.
async fn advance(world: &World, until: i64) {
    const STEP_MS: i64 = 100;
    let now = world.now_ms();
    let next = world.rests_until().map_or(now, |next| next.min(until));
    let gap = next.saturating_sub(now);
    if gap > 2_000 && gap < LONGEST_MS {
        tokio::time::advance(Duration::from_millis((gap - 1_000).unsigned_abs())).await;
        return;
    }
    pass(until.saturating_sub(now).clamp(1, STEP_MS).unsigned_abs()).await;
}
