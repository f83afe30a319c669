//! `cargo xtask chaos`: real processes, phones that text, webhooks that come five times and mixed up, a Twilio that fails at
//! times, and a server that dies at random. What the server acknowledged must be in its transcripts once and in order, and
//! answered once; what it took on to send must come once; and after a STOP nothing comes.

mod books;
mod fleet;
mod phones;
mod proxy;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use fastrand::Rng;

use crate::report::Tally;
use crate::workspace::Workspace;
use fleet::{Fleet, Server, Shared};
use phones::{Gate, Phone};

/// Phones that text at once; half use SMS and half WhatsApp.
const PHONES: usize = 10;
/// Messages that may be sent beyond the next kill's turn: they meet a server that is down.
const AHEAD: usize = 4;
/// Nothing may change for this long before the books are balanced.
const QUIET: Duration = Duration::from_secs(5);
/// The longest wait for that quiet, and for what is still owed then.
const PATIENCE: Duration = Duration::from_mins(4);

/// How much is sent and killed.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often the server is killed
    #[arg(long, default_value_t = 200)]
    kills: usize,
    /// How many messages the phones send
    #[arg(long, default_value_t = 2000)]
    messages: usize,
    /// How many servers share the work; more than one run on PostgreSQL and publish to NATS
    #[arg(long, default_value_t = 1)]
    servers: usize,
    /// For how many seconds several servers are without their database
    #[arg(long, default_value_t = 60)]
    outage: u64,
    /// Builds the programs with optimisation
    #[arg(long)]
    release: bool,
    /// Repeats the same moments; a random one when absent
    #[arg(long)]
    seed: Option<u64>,
}

/// A run that fits into the tests.
pub(crate) fn short(workspace: &Workspace) -> Result<Tally> {
    let one = Args { kills: 15, messages: 200, servers: 1, outage: 0, release: false, seed: None };
    let two = Args { kills: 8, messages: 100, servers: 2, outage: 10, ..one };
    let mut tally = run_in(workspace, &one)?;
    tally += run_in(workspace, &two)?;
    Ok(tally)
}

/// A run as asked for.
pub(crate) fn run(args: &Args) -> Result<Tally> {
    let tally = run_in(&Workspace::find()?, args)?;
    println!("{tally}");
    Ok(tally)
}

fn run_in(workspace: &Workspace, args: &Args) -> Result<Tally> {
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..));
    println!(
        "chaos: {} messages, {} kills, {} servers, --seed {seed}",
        args.messages, args.kills, args.servers
    );
    let mut fleet = Fleet::start(workspace, args.servers, args.release, seed)?;
    let phones = Phone::all(PHONES, &fleet);
    thread::scope(|scope| {
        let enrolments: Vec<_> = phones.iter().map(|phone| scope.spawn(|| phone.enrol())).collect();
        enrolments.into_iter().try_for_each(joined)
    })?;
    println!("chaos: {PHONES} phones are enrolled");
    fleet.trouble()?;

    let start = Instant::now();
    let gate = Gate::new(kill_turns(args, &mut Rng::with_seed(seed)), AHEAD);
    send_and_kill(&phones, &gate, &mut fleet, args, seed)?;
    println!("chaos: all sent in {:.1} s", start.elapsed().as_secs_f64());
    take_away(&phones, &mut fleet, Duration::from_secs(args.outage), seed)?;

    let accounts = settle(&phones, &fleet.server)?;
    let mut tally = books::balance(&accounts, fleet.kills(), &fleet.server.proxy.counters());
    let events = fleet.server.events()?;
    tally += books::read_through(&events);
    if let Some(shared) = &fleet.shared {
        tally += Tally::one(is_published(shared, events.len() as u64)?);
    }
    Ok(tally)
}

/// Takes away the database that servers share while the phones text on, brings it back, and wipes the broker then.
fn take_away(phones: &[Phone], fleet: &mut Fleet, lasting: Duration, seed: u64) -> Result<()> {
    let (server, Some(shared)) = (fleet.server.clone(), &mut fleet.shared) else { return Ok(()) };
    // What is under way then is excused, and a slow machine would excuse too much.
    for phone in phones {
        phone.is_answered(&server)?;
    }
    shared.database.crash()?;
    let texted = thread::scope(|scope| {
        let texting: Vec<_> = (phones.iter().enumerate())
            .map(|(index, phone)| {
                let (server, rng) = (&server, Rng::with_seed(seed.wrapping_sub(index as u64 + 1)));
                scope.spawn(move || phone.text_without_database(server, lasting, index % 3 == 0, rng))
            })
            .collect();
        texting.into_iter().try_for_each(joined)
    });
    shared.database.recover()?;
    shared.broker.wipe()?;
    println!("chaos: the database was away for {} s, and the broker has lost everything", lasting.as_secs());
    texted
}

/// Whether the broker, which was wiped, has all events again.
fn is_published(shared: &Shared, events: u64) -> Result<bool> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let published = shared.published()?;
        if published >= events || Instant::now() > deadline {
            println!("chaos: {published} events are published");
            return Ok(published >= events);
        }
        thread::sleep(Duration::from_millis(500));
    }
}

/// After which messages the server is killed, in order. The last third meets a server that stays, however slow the
/// machine is to start one, so that a run proves enough.
fn kill_turns(args: &Args, rng: &mut Rng) -> Vec<usize> {
    let mut turns: Vec<usize> =
        (0..args.kills).map(|_| rng.usize(..(args.messages * 2 / 3).max(1))).collect();
    turns.sort_unstable();
    turns
}

fn send_and_kill(phones: &[Phone], gate: &Gate, fleet: &mut Fleet, args: &Args, seed: u64) -> Result<()> {
    let failed = AtomicBool::new(false);
    let server = fleet.server.clone();
    thread::scope(|scope| {
        let senders: Vec<_> = phones
            .iter()
            .enumerate()
            .map(|(index, phone)| {
                let share = args.messages / PHONES + usize::from(index < args.messages % PHONES);
                let rng = Rng::with_seed(seed.wrapping_add(index as u64 + 1));
                let (failed, server) = (&failed, &server);
                scope.spawn(move || {
                    let sent = phone.send_all(share, gate, server, rng);
                    failed.fetch_or(sent.is_err(), Ordering::Relaxed);
                    sent
                })
            })
            .collect();
        let mut rng = Rng::with_seed(seed.wrapping_mul(3));
        let killed = gate.kill_in_turn(&failed, || {
            // Somewhere within the work that the last messages cause.
            thread::sleep(Duration::from_micros(rng.u64(..30_000)));
            fleet.kill_and_restart()
        });
        gate.open();
        for sender in senders {
            joined(sender)?;
        }
        killed
    })
}

fn joined(phone: ScopedJoinHandle<'_, Result<()>>) -> Result<()> {
    phone.join().unwrap_or_else(|_| bail!("a phone's thread panicked"))
}

/// Waits until nothing changes any more, then returns what every phone and the server know.
fn settle(phones: &[Phone], server: &Server) -> Result<Vec<books::Account>> {
    let start = Instant::now();
    let mut last = (Vec::new(), Instant::now());
    loop {
        let idle = server.proxy.is_idle();
        let acknowledged = server.proxy.acknowledged();
        let accounts =
            phones.iter().map(|phone| phone.account(server, &acknowledged)).collect::<Result<Vec<_>>>()?;
        if accounts != last.0 || !idle {
            last = (accounts, Instant::now());
        }
        let settled = last.1.elapsed() > QUIET && last.0.iter().all(books::Account::is_balanced);
        if settled || start.elapsed() > PATIENCE {
            return Ok(last.0);
        }
        thread::sleep(Duration::from_millis(500));
    }
}

/// What the lock protects stays whole when a thread panics: it is only pushed to or counted.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
