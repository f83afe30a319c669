//! Our segment counts are those of Twilio's calculator.

use std::fs::File;
use std::io::Write;

use anyhow::Result;
use serde_json::json;

use super::{judge_and_show, log, node_script};
use crate::report::Tally;
use crate::workspace::Workspace;

/// How many generated texts to compare, and which.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Generated texts
    #[arg(long, default_value_t = 100_000)]
    texts: u32,
    /// Which texts
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// The long form.
pub(crate) fn run(args: &Args) -> Result<Tally> {
    compare(&Workspace::find()?, args)
}

/// A part of every test run.
pub(crate) fn check(workspace: &Workspace) -> Result<Tally> {
    compare(workspace, &Args { texts: 20_000, seed: 1 })
}

fn compare(workspace: &Workspace, args: &Args) -> Result<Tally> {
    let server = workspace.build_program("si-channel-server", false)?;
    let mut script = node_script(workspace, "segments.mjs")?;
    script.env("SEGMENTS_COMMAND", json!([server, "segments", "--lines"]).to_string());
    script.env("COUNT", args.texts.to_string()).env("SEED", args.seed.to_string());
    // A thousand explained differences would bury the rest; they are listed in the log.
    let log = log(workspace, "segments")?;
    let mut differences = File::create(&log)?;
    let tally = judge_and_show(&mut script, |line| {
        writeln!(differences, "{line}").is_err() || !line.starts_with("explained: ")
    });
    println!("every difference is in {}", log.display());
    tally
}
