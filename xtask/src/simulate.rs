//! `cargo xtask simulate`: runs of the simulated channel, built with optimisation, on all cores.

use std::process::Command;

use anyhow::Result;

use crate::workspace::Workspace;

/// The arguments are the simulator's own.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// `--seeds 100000`, `--seed N --trace`, `--planted all`, `--help` …
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds the simulator and runs it; whether every promise held.
pub(crate) fn run(args: &Args) -> Result<bool> {
    let workspace = Workspace::find()?;
    let program = workspace.build_program("simulator", true)?;
    Ok(Command::new(program).args(&args.arguments).status()?.success())
}
