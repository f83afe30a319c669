//! `cargo xtask schemathesis`: requests generated from Twilio's own OpenAPI documents against a filled sandbox.

use std::path::PathBuf;

use anyhow::Result;

use super::{judge, sandbox};
use crate::report::Tally;
use crate::scratch;
use crate::workspace::Workspace;

/// Which documents, and how much.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Twilio's OpenAPI documents (`conversations_v1.json` …)
    #[arg(long, value_name = "DIR")]
    openapi: PathBuf,
    /// Requests over all operations
    #[arg(long, default_value_t = 5000)]
    requests: u32,
    /// What the generation starts from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only operations whose `METHOD /path` contains this
    #[arg(long, default_value = "")]
    only: String,
}

/// Every operation answers, and every answer fits its document.
pub(crate) fn run(args: &Args) -> Result<Tally> {
    let workspace = Workspace::find()?;
    let sandbox = sandbox(&workspace, "schemathesis")?;
    let mut script = scratch::schemathesis(&workspace)?.command();
    script.env("PYTHONDONTWRITEBYTECODE", "1").arg(workspace.root.join("xtask/oracles/openapi/run.py"));
    script.env("OPENAPI", std::path::absolute(&args.openapi)?);
    script.env("REQUESTS", args.requests.to_string()).env("SEED", args.seed.to_string());
    script.env("ONLY", &args.only).env("SANDBOX_READY", sandbox.ready.to_string());
    // Hypothesis keeps what it learnt beside where it runs.
    judge(script.current_dir(workspace.own_folder("schemathesis")?))
}
