//! `cargo xtask mutants`: does a test fail when a line of the modules that must not be wrong is?
//!
//! Each mutant is one small change: another comparison, a constant for a result. Those that no test notices are listed
//! in `docs/mutants.md`, with the reason where there is one.

use std::process::Command;

use anyhow::{Result, bail};

use crate::scratch;
use crate::workspace::Workspace;

/// The modules, with the package that tests them.
const MODULES: &[(&str, &str, &[&str])] = &[
    ("consent", "si-channel-core", &["src/consent.rs", "src/consent/*.rs"]),
    ("keyword", "si-channel-core", &["src/keyword.rs", "src/keyword/*.rs"]),
    ("hours", "si-channel-core", &["src/hours.rs", "src/hours/*.rs"]),
    ("signature", "twilio-conversations", &["src/webhook/signature.rs", "src/webhook/signature/*.rs"]),
];
/// What must be caught, in percent.
const ENOUGH: u64 = 90;

/// Which modules.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// `consent`, `keyword`, `hours`, `signature`; all when none is named
    modules: Vec<String>,
    /// How many mutants are built and tested at once
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

/// Changes the modules line by line and counts what the tests notice; whether that is enough in each.
pub(crate) fn run(args: &Args) -> Result<bool> {
    let workspace = Workspace::find()?;
    let tool = scratch::cargo_tool(&workspace, "cargo-mutants", scratch::CARGO_MUTANTS)?;
    if let Some(unknown) = args.modules.iter().find(|name| MODULES.iter().all(|(known, ..)| known != name)) {
        bail!("no module is called {unknown:?}; there are consent, keyword, hours and signature");
    }
    let mut enough = true;
    for (name, package, files) in MODULES {
        if !args.modules.is_empty() && !args.modules.iter().any(|wanted| wanted == name) {
            continue;
        }
        let folder = workspace.own_folder("mutants")?.join(name);
        std::fs::create_dir_all(&folder)?;
        let pass = |tests: &[&str], again: bool| -> Result<()> {
            let mut command = Command::new(&tool);
            command.current_dir(&workspace.root).args(["mutants", "--package", package, "--no-shuffle"]);
            for file in *files {
                command.args(["--file", &format!("{package}/{file}")]);
            }
            command.arg("--output").arg(&folder).args(["--baseline", "skip", "--timeout", "240"]);
            command.args(["--jobs", &args.jobs.to_string()]);
            if again {
                command.arg("--iterate");
            }
            // Fewer cases of each property, so a mutant is caught by nothing that the tests as they are would let pass.
            command.env("PROPTEST_CASES", "16");
            command.args(tests.iter().flat_map(|tests| ["--cargo-arg", tests]));
            // Its exit status says that some were missed; how many is judged here.
            command.status()?;
            Ok(())
        };
        let count = |list: &str| -> Result<u64> {
            let path = folder.join("mutants.out").join(format!("{list}.txt"));
            Ok(std::fs::read_to_string(path)?.lines().count() as u64)
        };
        // The tests in the files are fast; what they miss goes to all of them.
        pass(&["--lib"], false)?;
        let (caught, missed, timeout) = (count("caught")?, count("missed")?, count("timeout")?);
        let all = (caught + missed + timeout).max(1);
        let (missed, timeout) = if missed == 0 {
            (0, timeout)
        } else {
            pass(&["--lib", "--test=it"], true)?;
            (count("missed")?, timeout + count("timeout")?)
        };
        let caught = all - missed - timeout;
        let share = (caught + timeout) * 100 / all;
        println!("{name}: {caught} caught, {timeout} never ended, {missed} missed: {share} %");
        enough &= share >= ENOUGH;
    }
    Ok(enough)
}
