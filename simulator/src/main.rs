//! `simulator`: runs seeds, and says which of them broke a promise. `cargo xtask simulate` builds and starts it.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use simulator::planted::Planted;
use simulator::rare::{Counts, Rare};
use simulator::{Report, Run, run};

/// Runs the channel in a simulated world, a run for each seed.
#[derive(Parser)]
struct Args {
    /// How many seeds
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// One seed alone
    #[arg(long, conflicts_with_all = ["seeds", "first"])]
    seed: Option<u64>,
    /// Prints everything that happens; with `--seed`
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Runs with a bug planted on purpose: its name, or `all` to see that each is found
    #[arg(long, value_name = "BUG")]
    planted: Option<String>,
    /// Threads; as many as there are cores unless given
    #[arg(long)]
    jobs: Option<usize>,
    /// Does not fail when a rare branch was not reached
    #[arg(long)]
    few: bool,
}

/// So many seeds may each planted bug take.
const SEEDS_FOR_A_BUG: u64 = 2_000;
/// Lines of the trace that are shown of a seed that failed.
const SHOWN: usize = 60;

fn main() -> ExitCode {
    let args = Args::parse();
    let jobs = args.jobs.or_else(|| thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    let holds = match (args.planted.as_deref(), args.seed) {
        (Some("all"), _) => Planted::ALL.iter().map(|bug| is_found(*bug, args.first)).fold(true, |a, b| a && b),
        (Some(name), seed) => match Planted::ALL.iter().find(|bug| bug.name() == name) {
            Some(bug) => match seed {
                Some(seed) => one(seed, Some(*bug), args.trace),
                None => is_found(*bug, args.first),
            },
            None => {
                eprintln!("no planted bug is called {name}; there are:");
                Planted::ALL.iter().for_each(|bug| eprintln!("  {}: {}", bug.name(), bug.words()));
                false
            }
        },
        (None, Some(seed)) => one(seed, None, args.trace),
        (None, None) => many(&args, jobs),
    };
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(seed: u64, planted: Option<Planted>, trace: bool) -> bool {
    let report = run(Run { seed, planted, trace: true });
    let from = if trace { 0 } else { report.lines.len().saturating_sub(SHOWN) };
    report.lines[from..].iter().for_each(|line| println!("{line}"));
    let simulated = report.simulated.as_secs();
    println!("seed {seed}: {} steps, {simulated} s simulated, hash {:016x}", report.steps, report.hash);
    match report.broken {
        Some(broken) => println!("BROKEN {broken}"),
        None => return true,
    }
    false
}

/// Whether a planted bug is found, and how soon.
fn is_found(bug: Planted, first: u64) -> bool {
    let seeds = first..first + SEEDS_FOR_A_BUG;
    let found = seeds.clone().find_map(|seed| {
        let report = run(Run { seed, planted: Some(bug), trace: false });
        Some((seed, report.broken?))
    });
    match found {
        Some((seed, broken)) => {
            let count = seed - first + 1;
            println!("found  {} ({}) after {count} seeds: {broken}", bug.name(), bug.words());
            true
        }
        None => {
            println!("MISSED {} ({}) in {SEEDS_FOR_A_BUG} seeds", bug.name(), bug.words());
            false
        }
    }
}

#[derive(Default)]
struct Sum {
    runs: u64,
    steps: u64,
    arrived: u64,
    simulated: Duration,
    counts: Counts,
    broken: Vec<(u64, String)>,
}

impl Sum {
    fn add(&mut self, seed: u64, report: Report) {
        self.runs += 1;
        self.steps += report.steps;
        self.arrived += report.arrived;
        self.simulated += report.simulated;
        self.counts.add(&report.counts);
        if let Some(broken) = report.broken {
            println!("BROKEN seed {seed}: {broken}");
            self.broken.push((seed, broken));
        }
    }
}

fn many(args: &Args, jobs: usize) -> bool {
    let start = Instant::now();
    let next = AtomicU64::new(args.first);
    let end = args.first + args.seeds;
    let sum = Mutex::new(Sum::default());
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let report = run(Run { seed, planted: None, trace: false });
                    let Ok(mut sum) = sum.lock() else { return };
                    sum.add(seed, report);
                    if sum.broken.len() >= 20 {
                        next.store(end, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let Ok(mut sum) = sum.into_inner() else { return false };
    tell(&mut sum, args, start.elapsed())
}

fn tell(sum: &mut Sum, args: &Args, took: Duration) -> bool {
    println!("\nrare branches, and how often each was reached:");
    for rare in Rare::ALL {
        println!("{:>10}  {}", sum.counts.of(*rare), rare.words());
    }
    let days = sum.simulated.as_secs() / 86_400;
    println!(
        "\n{} seeds in {:.0} s ({:.2} ms a seed and core), {} steps, {} messages on phones, {} days simulated ({:.1} years)",
        sum.runs,
        took.as_secs_f64(),
        took.as_secs_f64() * 1_000.0 / sum.runs.max(1) as f64,
        sum.steps,
        sum.arrived,
        days,
        days as f64 / 365.25,
    );
    sum.broken.sort_unstable();
    if let Some((seed, broken)) = sum.broken.first() {
        println!("\nthe first that broke a promise: seed {seed}: {broken}");
        one(*seed, None, false);
        println!("\ncargo xtask simulate --seed {seed} --trace");
    }
    let missing = sum.counts.missing();
    for rare in &missing {
        println!("NEVER REACHED: {}", rare.words());
    }
    println!("{} violations, {} rare branches never reached", sum.broken.len(), missing.len());
    sum.broken.is_empty() && (args.few || missing.is_empty())
}
