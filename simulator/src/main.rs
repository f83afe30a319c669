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
        (Some(name), seed) => planted(name, seed, &args),
        (None, Some(seed)) => one(seed, None, args.trace),
        (None, None) => many(&args, jobs),
    };
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs with a planted bug, or with each in turn.
fn planted(name: &str, seed: Option<u64>, args: &Args) -> bool {
    let bugs: Vec<Planted> =
        Planted::ALL.iter().copied().filter(|bug| name == "all" || bug.name() == name).collect();
    if bugs.is_empty() {
        eprintln!("no planted bug is called {name}; there are:");
        for bug in Planted::ALL {
            eprintln!("  {}: {}", bug.name(), bug.words());
        }
    }
    let found = bugs.iter().filter(|bug| match seed {
        Some(seed) => !one(seed, Some(**bug), args.trace),
        None => is_found(**bug, args.first),
    });
    !bugs.is_empty() && found.count() == bugs.len()
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
    for seed in first..first + SEEDS_FOR_A_BUG {
        if let Some(broken) = run(Run { seed, planted: Some(bug), trace: false }).broken {
            let count = seed - first + 1;
            println!("found  {} ({}) after {count} seeds: {broken}", bug.name(), bug.words());
            return true;
        }
    }
    println!("MISSED {} ({}) in {SEEDS_FOR_A_BUG} seeds", bug.name(), bug.words());
    false
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
    let each = u32::try_from(sum.runs.max(1)).unwrap_or(u32::MAX);
    println!(
        "\n{} seeds in {:.0?} ({:.2?} each), {} steps, {} messages on phones, {:.1} years simulated",
        sum.runs,
        took,
        took / each,
        sum.steps,
        sum.arrived,
        sum.simulated.as_secs_f64() / (365.25 * 86_400.0),
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
