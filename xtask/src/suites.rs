//! What cargo itself tests: the unit, integration and documentation tests, and the feature builds.

use anyhow::Result;

use crate::process;
use crate::report::Tally;
use crate::workspace::Workspace;

/// Feature sets that must compile by themselves; a workspace build unites features and would hide a gap.
const FEATURE_BUILDS: &[&[&str]] = &[
    &["-p", "twilio-conversations", "--no-default-features"],
    &["-p", "twilio-conversations", "--no-default-features", "--features", "webhook"],
    &["-p", "twilio-conversations", "--no-default-features", "--features", "client"],
    &["-p", "twilio-conversations", "--no-default-features", "--features", "client,webhook"],
    &["-p", "si-channel-core"],
    &["-p", "si-channel-server", "--no-default-features"],
];

/// `cargo test` over every crate and target.
pub(crate) fn unit(workspace: &Workspace) -> Result<Tally> {
    cargo_test(workspace, "--all-targets")
}

/// The examples in the documentation.
pub(crate) fn doc(workspace: &Workspace) -> Result<Tally> {
    cargo_test(workspace, "--doc")
}

/// Each feature set compiles without a warning, for each alone and all pairs of the SDK.
pub(crate) fn features(workspace: &Workspace) -> Result<Tally> {
    let mut tally = Tally::default();
    for build in FEATURE_BUILDS {
        let mut command = workspace.cargo(&["clippy", "--quiet"]);
        let holds = command.args(*build).args(["--", "-D", "warnings"]).status()?.success();
        println!("{} {}", if holds { "ok    " } else { "FAILED" }, process::describe(&command));
        tally += Tally::one(holds);
    }
    Ok(tally)
}

fn cargo_test(workspace: &Workspace, targets: &str) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut command = workspace.cargo(&["test", "--workspace", targets, "--no-fail-fast"]);
    let status = process::watch(&mut command, |line| {
        if let Some(binary) = test_result(line) {
            tally += binary;
        }
        true
    })?;
    Ok(if targets == "--doc" && status.success() { tally } else { tally.or_failed(status.success()) })
}

/// The counts of a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
/// An ignored test proves nothing and counts as failed.
fn test_result(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |name: &str| -> Option<u64> {
        counts.split("; ").find_map(|part| part.strip_suffix(name)?.trim().parse().ok())
    };
    Some(Tally { passed: count("passed")?, failed: count("failed")? + count("ignored")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_the_test_harness_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0.01s";
        assert_eq!(test_result(line), Some(Tally { passed: 12, failed: 5 }));
        let line =
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(test_result(line), Some(Tally { passed: 1, failed: 0 }));
        assert_eq!(test_result("running 3 tests"), None);
    }
}
