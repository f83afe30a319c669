//! `cargo xtask pace`: two servers on one PostgreSQL share a sender's rate; how fast, in which order and with whom first
//! is read off the local Twilio's record.

use anyhow::Result;

use crate::report::Tally;
use crate::scratch::Postgres;
use crate::suites::{DATABASE, cargo_test};
use crate::workspace::Workspace;

/// The test that does it; the same with less to send is among the other tests.
const TEST: &str = "pace::two_servers_together_keep_to_the_rate_of_a_sender_in_order_and_opt_outs_overtake";

/// How much is sent how fast.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many messages wait
    #[arg(long, default_value_t = 1000)]
    messages: usize,
    /// Segments a second
    #[arg(long, default_value_t = 3.0)]
    rate: f64,
}

/// A run as asked for: the rate within 5 %.
pub(crate) fn run(args: &Args) -> Result<Tally> {
    let postgres = Postgres::start()?;
    println!("pace: {} messages at {} a second", args.messages, args.rate);
    let mut command = Workspace::find()?.cargo(&["test", "-p", "si-channel-server", "--test", "it", "--"]);
    command.args([TEST, "--exact", "--nocapture"]).env(DATABASE, &postgres.url);
    command.env("SI_CHANNEL_PACE", format!("{}@{}", args.messages, args.rate));
    let (tally, succeeded) = cargo_test(&mut command)?;
    Ok(tally.or_failed(succeeded && tally.passed > 0))
}
