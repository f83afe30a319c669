//! The sandbox as a program.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::Timestamp;
use serde_json::json;
use tracing_subscriber::EnvFilter;
use twilio_sandbox::{Sandbox, SandboxConfig};

/// A local Twilio for development and tests.
#[derive(Debug, Parser)]
#[command(name = "twilio-sandbox", version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Listens on 127.0.0.1 until it is told to end.
    Serve {
        /// The port; 0 picks a free one.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Makes SIDs and secrets repeatable.
        #[arg(long)]
        seed: Option<u64>,
        /// A sender of the account, +E164 or whatsapp:+E164; may be repeated. Replaces the default ones.
        #[arg(long = "number")]
        numbers: Vec<String>,
        /// A further host name by which the controls and the page may be reached; may be repeated.
        #[arg(long = "control-host", value_name = "NAME")]
        control_hosts: Vec<String>,
        /// Keeps the state in this file from one run to the next; it holds secrets.
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
        /// Makes time stand still at this moment, such as 2026-01-01T00:00:00Z, until it is moved.
        #[arg(long, value_name = "TIME")]
        freeze: Option<Timestamp>,
        /// How many requests and webhooks the log keeps.
        #[arg(long, value_name = "ENTRIES")]
        log_capacity: Option<usize>,
        /// A switch for what Twilio leaves open, such as `closed_timer=from_inactive`; may be repeated.
        #[arg(long = "behaviour", value_name = "NAME=VALUE")]
        behaviour: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Command::Serve { port, seed, numbers, control_hosts, state, freeze, log_capacity, behaviour } =
        Args::parse().command;
    let mut config = SandboxConfig {
        port,
        seed,
        control_hosts,
        state_file: state,
        frozen_clock: freeze,
        ..SandboxConfig::default()
    };
    if let Some(entries) = log_capacity {
        config.log_capacity = entries;
    }
    if !numbers.is_empty() {
        config.numbers = numbers;
    }
    match serve(config, &behaviour).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("twilio-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: SandboxConfig, switches: &[String]) -> Result<(), Box<dyn Error>> {
    // Before the ready line: whoever reads it may send a signal at once.
    let ending = Ending::catch()?;
    let sandbox = Sandbox::start(config).await?;
    // On top of what a state from before says.
    let mut behaviour = sandbox.behaviour();
    for switch in switches {
        behaviour.set(switch).map_err(|problem| format!("--behaviour {switch}: {problem}"))?;
    }
    sandbox.set_behaviour(&behaviour);
    println!(
        "{}",
        json!({
            "ready": true,
            "sandbox": sandbox.url(),
            "account_sid": sandbox.account_sid(),
            "auth_token": sandbox.auth_token(),
            "api_key": sandbox.api_key(),
            "api_secret": sandbox.api_secret(),
            "sms_number": sandbox.sms_number(),
            "whatsapp_number": sandbox.whatsapp_number(),
        })
    );
    let url = sandbox.url();
    eprintln!("Twilio sandbox on {url}");
    eprintln!("  phones    {url}/sandbox/phones  (open it in a browser)");
    eprintln!("  APIs      {url}/conversations/v1/…  {url}/api/2010-04-01/…");
    eprintln!("  controls  {url}/sandbox/state  /clock  /log  /hosts  /faults  /numbers");
    if let Some(number) = sandbox.sms_number() {
        eprintln!("  as a phone, write to {number}:");
        eprintln!(
            "  curl {url}/sandbox/handsets/%2B15557770001/messages -d '{{\"to\":\"{number}\",\"body\":\"Hello\"}}'"
        );
    }
    ending.wait().await?;
    eprintln!("ending");
    sandbox.shutdown().await;
    Ok(())
}

/// The signals that end the program, caught from the moment this is made.
struct Ending {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Ending {
    #[cfg(unix)]
    fn catch() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(Self { terminate, interrupt })
    }

    #[cfg(not(unix))]
    fn catch() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// Returns on SIGINT or SIGTERM, also when it came before the call.
    #[cfg(unix)]
    async fn wait(mut self) -> std::io::Result<()> {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        Ok(())
    }

    #[cfg(not(unix))]
    async fn wait(self) -> std::io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
