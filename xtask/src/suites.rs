//! What cargo itself tests: the unit, integration and documentation tests, and the feature builds.

use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::report::{self, Tally};
use crate::scratch::{Nats, Postgres};
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

/// Names the database of the tests that need one.
pub(crate) const DATABASE: &str = "SI_CHANNEL_TEST_POSTGRES";
/// The certificate that it shows.
const CERTIFICATE: &str = "SI_CHANNEL_TEST_POSTGRES_CA";
/// Names the broker of the tests that need one.
const BROKER: &str = "SI_CHANNEL_TEST_NATS";
/// The same broker for a user who must log in.
const LOGIN: &str = "SI_CHANNEL_TEST_NATS_LOGIN";
/// Has the running servers of the tests keep their state there too.
const STORE: &str = "SI_CHANNEL_TEST_STORE";
/// The journeys of a running server that are made on PostgreSQL too.
const JOURNEYS: &[&str] = &[
    "postgres::",
    "journey::",
    "duplicates::",
    "idempotency::",
    "consent::",
    "lifecycle::",
    "messaging::",
    "events::",
    "webhooks::",
    "pace::",
    "push::",
    // These are about the file of the other store.
    "--skip=two_servers_do_not_share_a_store",
    "--skip=a_store_that_cannot_be_written_is_never_acknowledged",
    "--skip=work_that_the_store_does_not_take_back_goes_on_when_it_does",
];

/// `cargo test` over every crate and target.
pub(crate) fn unit(workspace: &Workspace) -> Result<Tally> {
    let postgres = Postgres::start()?;
    let nats = Nats::start(workspace)?;
    let mut command = workspace.cargo(&["test", "--workspace", "--all-targets", "--no-fail-fast"]);
    command.env(DATABASE, &postgres.url).env(CERTIFICATE, &postgres.certificate).env(BROKER, &nats.url);
    command.env(LOGIN, &nats.login);
    cargo_test(&mut command).map(|(tally, status)| tally.or_failed(status))
}

/// The store in PostgreSQL, and journeys of a server on it.
pub(crate) fn postgres(workspace: &Workspace) -> Result<Tally> {
    let postgres = Postgres::start()?;
    let mut tally = Tally::default();
    for (target, names) in [(&["--lib"][..], &["store::postgres::"][..]), (&["--test", "it"], JOURNEYS)] {
        let mut command = workspace.cargo(&["test", "-p", "si-channel-server", "--no-fail-fast"]);
        command.args(target).arg("--").args(names).env(STORE, "postgres");
        command.env(DATABASE, &postgres.url).env(CERTIFICATE, &postgres.certificate);
        let (part, succeeded) = cargo_test(&mut command)?;
        // Names that fit no test any more would prove nothing.
        tally += part.or_failed(succeeded && part.passed > 0);
    }
    Ok(tally)
}

/// Events published to NATS, from servers on either store.
pub(crate) fn nats(workspace: &Workspace) -> Result<Tally> {
    let (postgres, nats) = (Postgres::start()?, Nats::start(workspace)?);
    let mut tally = Tally::default();
    for store in ["sqlite", "postgres"] {
        let mut command =
            workspace.cargo(&["test", "-p", "si-channel-server", "--test", "it", "--no-fail-fast"]);
        command.args(["--", "nats::"]).env(STORE, store).env(BROKER, &nats.url).env(LOGIN, &nats.login);
        command.env(DATABASE, &postgres.url).env(CERTIFICATE, &postgres.certificate);
        let (part, succeeded) = cargo_test(&mut command)?;
        tally += part.or_failed(succeeded && part.passed > 0);
    }
    Ok(tally)
}

/// The examples in the documentation.
pub(crate) fn doc(workspace: &Workspace) -> Result<Tally> {
    let (tally, succeeded) =
        cargo_test(&mut workspace.cargo(&["test", "--workspace", "--doc", "--no-fail-fast"]))?;
    Ok(if succeeded { tally } else { tally.or_failed(false) })
}

/// Each feature set compiles without a warning, for each alone and all pairs of the SDK.
pub(crate) fn features(workspace: &Workspace) -> Result<Tally> {
    let mut tally = Tally::default();
    for build in FEATURE_BUILDS {
        let mut command = workspace.cargo(&["clippy", "--quiet"]);
        let holds = command.args(*build).args(["--", "-D", "warnings"]).status()?.success();
        tally += report::case(holds, &process::describe(&command));
    }
    Ok(tally)
}

/// Runs tests; how many held, and whether the run succeeded. Those that hold are counted, not listed.
pub(crate) fn cargo_test(command: &mut Command) -> Result<(Tally, bool)> {
    let mut tally = Tally::default();
    let see = |line: &str| {
        if let Some(binary) = test_result(line) {
            tally += binary;
        }
        match one_test(line) {
            Some((_, "ok")) => false,
            Some((name, _)) => {
                report::remember_failure(name);
                true
            }
            None => true,
        }
    };
    let status = process::watch_both(command, see, |line| {
        if tells_of_failure(line) {
            report::remember_failure(line.trim());
        }
    })?;
    Ok((tally, status.success()))
}

/// The name and the outcome in a line such as `test hours::are_kept ... ok`.
fn one_test(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("test ")?.split_once(" ... ")
}

/// Whether the line is an error of the compiler or of a benchmark, or names a target that failed.
fn tells_of_failure(line: &str) -> bool {
    ["error", "Error", "    `-p "].iter().any(|start| line.starts_with(start))
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
    fn each_test_says_how_it_ended() {
        assert_eq!(one_test("test hours::are_kept ... ok"), Some(("hours::are_kept", "ok")));
        assert_eq!(one_test("test a::b - should panic ... FAILED"), Some(("a::b - should panic", "FAILED")));
        assert_eq!(one_test("test result: ok. 3 passed; 0 failed"), None);
    }

    #[test]
    fn what_failed_without_a_test_is_told_from_what_did_not() {
        assert!(tells_of_failure("    `-p si-channel-server --bench store`"));
        assert!(tells_of_failure("error[E0308]: mismatched types"));
        assert!(tells_of_failure("Error: \"nothing to claim\""));
        assert!(!tells_of_failure("   Compiling error-code v3.3.2"));
    }

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
