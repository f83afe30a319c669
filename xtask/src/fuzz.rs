//! `cargo xtask fuzz`: every target of the `fuzz` package under libFuzzer, for so long each.
//!
//! On the stable toolchain, so without a sanitizer: what is looked for are panics and broken promises, and our code has
//! no `unsafe`. The short form, without a fuzzer, is the package's own test, which plays the corpora.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::process;
use crate::report::Tally;
use crate::scratch;
use crate::workspace::Workspace;

/// Inputs that the repository keeps of a target, at most.
const KEPT: usize = 32;

/// Which targets, and for how long.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Targets, such as `decide`; all when none is named
    targets: Vec<String>,
    /// Seconds for each
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Puts what was found to reach new code into the repository's corpora, the 32 smallest at most
    #[arg(long)]
    keep: bool,
}

/// Runs the targets one after the other; a finding is kept below the build's output and named.
pub(crate) fn run(args: &Args) -> Result<Tally> {
    let workspace = Workspace::find()?;
    let tool = scratch::cargo_tool(&workspace, "cargo-fuzz", scratch::CARGO_FUZZ)?;
    let known = targets(&workspace)?;
    if let Some(unknown) = args.targets.iter().find(|name| !known.contains(name)) {
        bail!("no fuzz target is called {unknown:?}; there are {}", known.join(", "));
    }
    let folder = workspace.own_folder("fuzz")?;
    let mut tally = Tally::default();
    for name in known.iter().filter(|name| args.targets.is_empty() || args.targets.contains(name)) {
        let found = folder.join("corpus").join(name);
        let artifacts = folder.join("artifacts").join(name);
        std::fs::create_dir_all(&found)?;
        std::fs::create_dir_all(&artifacts)?;
        let kept = workspace.root.join("fuzz/corpus").join(name);
        let cargo_fuzz = |verb: &str| {
            let mut command = Command::new(&tool);
            command.current_dir(&workspace.root).arg(verb);
            // Nothing but the binary at hand is built: the workspace's own output is left alone.
            command.args(["--sanitizer", "none", "--features", "libfuzzer", "--target-dir"]);
            command.arg(folder.join("target")).arg(name);
            command
        };
        let start = Instant::now();
        let mut command = cargo_fuzz("run");
        command.args([&found, &kept]).arg("--");
        command.arg(format!("-max_total_time={}", args.seconds));
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command.args(["-max_len=4096", "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1"]);
        let holds = command.status()?.success();
        println!("{} {name} after {} s", if holds { "ok    " } else { "FOUND " }, start.elapsed().as_secs());
        if !holds {
            println!("       what it takes is in {}", artifacts.display());
        }
        if args.keep && holds {
            let few = folder.join("few").join(name);
            std::fs::create_dir_all(&few)?;
            let mut merge = cargo_fuzz("run");
            merge.args([&few, &kept, &found]).args(["--", "-set_cover_merge=1", "-max_len=512"]);
            process::succeed(&mut merge)?;
            keep(&few, &kept)?;
        }
        tally += Tally::one(holds);
    }
    println!("{tally}");
    Ok(tally)
}

/// Copies the smallest of what was found next to what is kept, as long as that stays small.
fn keep(found: &Path, kept: &Path) -> Result<()> {
    let mut inputs: Vec<_> = std::fs::read_dir(found)?.collect::<Result<_, _>>()?;
    inputs.sort_by_key(|input| (input.metadata().map_or(u64::MAX, |data| data.len()), input.file_name()));
    let room = KEPT.saturating_sub(std::fs::read_dir(kept)?.count());
    for input in inputs.iter().take(room) {
        std::fs::copy(input.path(), kept.join(input.file_name()))?;
    }
    Ok(())
}

/// The targets, as the manifest lists its binaries.
fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let manifest = std::fs::read_to_string(workspace.root.join("fuzz/Cargo.toml"))?;
    let after_bins = manifest.split("[[bin]]").skip(1);
    Ok(after_bins.filter_map(|bin| Some(bin.split('"').nth(1)?.to_owned())).collect())
}
