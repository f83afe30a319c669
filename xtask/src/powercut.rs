//! `cargo xtask powercut`: what a power cut leaves of store and spool, wherever it comes.

use anyhow::Result;

use crate::report::Tally;
use crate::workspace::Workspace;
use crate::{scratch, suites};

/// How many states of the disk, and which.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// States that are laid out, opened and looked through
    #[arg(long, default_value_t = 10_000)]
    states: u64,
    /// The same states again for the same number and the same record
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Looks at as many states as asked for.
pub(crate) fn run(args: &Args) -> Result<Tally> {
    cut(&Workspace::find()?, args)
}

/// A short look.
pub(crate) fn short(workspace: &Workspace) -> Result<Tally> {
    cut(workspace, &Args { states: 600, seed: 1 })
}

fn cut(workspace: &Workspace, args: &Args) -> Result<Tally> {
    scratch::strace()?;
    let mut command = workspace.cargo(&["test", "-p", "si-channel-server", "--test", "powercut"]);
    // As many as asked for are different; some that are drawn are not.
    let drawn = args.states + args.states / 4;
    command.env("POWERCUT_STATES", drawn.to_string()).env("POWERCUT_SEED", args.seed.to_string());
    suites::cargo_test(&mut command).map(|(tally, succeeded)| tally.or_failed(succeeded))
}
