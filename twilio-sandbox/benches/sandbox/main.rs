//! How fast the sandbox starts and takes messages, on one core: `cargo bench -p twilio-sandbox --bench sandbox`.
//!
//! The sandbox is a process of its own. With `taskset` and two cores it gets the first one to itself and the load
//! comes from the second; otherwise they share what there is. `SANDBOX_ONLY=relayed` measures one load alone, for a
//! profiler.

mod client;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use client::{Answers, Client, Request};
use serde_json::Value;

type Error = Box<dyn std::error::Error>;

const PHONE: &str = "%2B15557770001";
const CONNECTIONS: usize = 16;
/// What Linux counts a process's time in.
const TICKS_PER_SECOND: f64 = 100.0;

/// Without `--bench`, as `cargo test --all-targets` runs it, everything is run once and briefly.
struct Length {
    starts: usize,
    each: Duration,
}

fn main() -> Result<(), Error> {
    let length = if std::env::args().any(|argument| argument == "--bench") {
        Length { starts: 30, each: Duration::from_secs(5) }
    } else {
        Length { starts: 1, each: Duration::from_millis(50) }
    };
    let pinned = pin_load();
    if !pinned {
        println!("taskset or a second core is missing: sandbox and load share the cores");
    }
    let only = std::env::var("SANDBOX_ONLY").ok();
    let chosen = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if chosen("start") {
        starts(pinned, length.starts)?;
    }
    for name in ["plain", "relayed", "2010"].into_iter().filter(|name| chosen(name)) {
        creates(pinned, name, length.each)?;
    }
    Ok(())
}

/// Moves this process to the second core; gives whether that was possible.
fn pin_load() -> bool {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let moved = Command::new("taskset")
        .args(["-acp", "1", &std::process::id().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    cores > 1 && moved.is_ok_and(|status| status.success())
}

/// A sandbox of its own, ended when dropped.
struct Sandbox {
    child: Child,
    ready: Value,
    /// From the start of the program to its ready line.
    took: Duration,
}

impl Sandbox {
    fn start(pinned: bool) -> Result<Self, Error> {
        let program = env!("CARGO_BIN_EXE_twilio-sandbox");
        let mut command = if pinned { Command::new("taskset") } else { Command::new(program) };
        if pinned {
            command.args(["-c", "0", program]);
        }
        let started = Instant::now();
        let mut child = command
            .args(["serve", "--port", "0", "--seed", "1"])
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the sandbox has no output")?).read_line(&mut line)?;
        let took = started.elapsed();
        Ok(Self { ready: serde_json::from_str(&line)?, child, took })
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap_or_default()
    }

    /// What the process has used of the processor so far.
    fn cpu(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name may hold spaces; what follows it does not.
        let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
        let mut ticks = || fields.next()?.parse::<f64>().ok();
        Some((ticks()? + ticks()?) / TICKS_PER_SECOND)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn starts(pinned: bool, times: usize) -> Result<(), Error> {
    let took: Result<Vec<_>, Error> = (0..times).map(|_| Ok(Sandbox::start(pinned)?.took)).collect();
    println!("figure: sandbox: start to ready line | {} |", spread(took?));
    Ok(())
}

/// Creates messages for a while and reports how many.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn creates(pinned: bool, name: &str, length: Duration) -> Result<(), Error> {
    let sandbox = Sandbox::start(pinned)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client =
        Client::new(sandbox.text("sandbox"), sandbox.text("account_sid"), sandbox.text("auth_token"))?;
    let (request, cpu, answers) = runtime.block_on(async {
        let request = request(&client, &sandbox, name).await?;
        client.send(&request, CONNECTIONS, length / 5).await?;
        let before = sandbox.cpu();
        let answers = client.send(&request, CONNECTIONS, length).await?;
        Ok::<_, Error>((request, sandbox.cpu().zip(before), answers))
    })?;
    let Answers { took, elapsed } = answers;
    let count = took.len() as f64;
    let rate = count / elapsed.as_secs_f64();
    let of_cpu = cpu.map(|(after, before)| count / (after - before).max(1.0 / TICKS_PER_SECOND));
    let of_cpu = of_cpu.map_or(String::new(), |rate| format!(", {rate:.0} a second of its processor time"));
    println!("figure: sandbox: {} | {} | {rate:.0} creates/s{of_cpu}", request.what, spread(took));
    Ok(())
}

/// Prepares a load.
async fn request(client: &Client, sandbox: &Sandbox, name: &str) -> Result<Request, Error> {
    let number = sandbox.text("sms_number").replace('+', "%2B");
    if name == "2010" {
        let path = format!("/api/2010-04-01/Accounts/{}/Messages.json", sandbox.text("account_sid"));
        let form = format!("From={number}&To={PHONE}&Body=Hello");
        return Ok(Request { what: "create a message of the 2010 API".to_owned(), path, form });
    }
    let list = "/conversations/v1/Conversations";
    let made: Value =
        client.once(&Request { what: String::new(), path: list.to_owned(), form: String::new() }).await?;
    let conversation = format!("{list}/{}", made["sid"].as_str().ok_or("a conversation without a SID")?);
    let mut what = "create a message of a conversation";
    if name == "relayed" {
        what = "create a message that a phone gets";
        let form = format!("MessagingBinding.Address={PHONE}&MessagingBinding.ProxyAddress={number}");
        client
            .once(&Request { what: String::new(), path: format!("{conversation}/Participants"), form })
            .await?;
    }
    let form = "Author=si&Body=Hello%2C+how+are+you%3F".to_owned();
    Ok(Request { what: what.to_owned(), path: format!("{conversation}/Messages"), form })
}

/// Median and 99th percentile.
fn spread(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let at = |part: usize| took.get((took.len() * part / 100).min(took.len().saturating_sub(1)));
    let millis = |part| at(part).map_or(0.0, |took| took.as_secs_f64() * 1e3);
    format!("{:.2} ms (p99 {:.2})", millis(50), millis(99))
}
