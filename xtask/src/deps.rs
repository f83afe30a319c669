//! `cargo xtask deps`: the arrows between the crates, proved from cargo's own view and from the sources.

mod sources;
mod trees;

use std::fmt;

use anyhow::Result;

use crate::report::{self, Tally};
use crate::workspace::Workspace;

/// A broken rule: where, what was found, and why it matters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Path from the root folder and line, `si-channel-core/src/lib.rs:12`.
    pub(crate) place: String,
    pub(crate) what: String,
    pub(crate) why: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    {}", self.place, self.what, self.why)
    }
}

/// Checks every rule in the workspace of this program.
pub(crate) fn run() -> Result<Tally> {
    let tally = check(&Workspace::find()?)?;
    println!("{tally}");
    Ok(tally)
}

/// Checks every rule; each broken one is printed.
pub(crate) fn check(workspace: &Workspace) -> Result<Tally> {
    let rules = [
        ("our crates know only whom they may", trees::arrows(workspace)?),
        ("every tree is free of what its crate must not know", trees::forbidden(workspace)?),
        ("core's sources are pure and Twilio's types stay in normalize", sources::core(workspace)?),
        ("the sandbox's sources name no type of ours", sources::sandbox(workspace)?),
    ];
    let mut tally = Tally::default();
    for (rule, findings) in rules {
        println!("{} {rule}", if findings.is_empty() { "ok    " } else { "BROKEN" });
        for finding in &findings {
            println!("  {finding}");
            report::remember_failure(&format!("{}: {}", finding.place, finding.what));
        }
        tally += Tally { passed: u64::from(findings.is_empty()), failed: findings.len() as u64 };
    }
    Ok(tally)
}
