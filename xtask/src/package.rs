//! `package`: the libraries can be packaged, with what their users need, and the declared Rust version is a true one.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;
use crate::report::{self, Tally};
use crate::workspace::Workspace;

/// What is meant for others.
const LIBRARIES: &[&str] = &["twilio-conversations", "twilio-sandbox"];
/// What a package must hold beside its sources.
const FILES: &[&str] = &["README.md", "LICENSE", "Cargo.toml", "src/lib.rs"];

pub(crate) fn check(workspace: &Workspace) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut case = |holds: bool, what: &str| tally += report::case(holds, what);
    let running = version(&process::output(Command::new("rustc").arg("--version"))?)
        .context("rustc --version tells no version")?;
    for package in workspace.metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let declared = package["rust_version"].as_str().and_then(version);
        // Clippy's incompatible_msrv holds the sources against it.
        case(
            declared.is_some_and(|declared| declared <= running),
            &format!("{name} declares a Rust version that this compiler has"),
        );
        if LIBRARIES.contains(&name) {
            let described = ["description", "license"].iter().all(|field| package[field].is_string())
                && ["keywords", "categories"].iter().all(|field| !empty(&package[field]));
            case(described, &format!("{name} describes itself"));
        }
    }
    for library in LIBRARIES {
        // No registry is asked, and nothing is built: the tests do that.
        let options = ["--quiet", "--allow-dirty", "--offline", "-p", library];
        let mut list = workspace.cargo(&["package", "--list"]);
        let files = process::output(list.args(options))?;
        let whole = FILES.iter().all(|file| files.lines().any(|line| line == *file));
        case(whole, &format!("{library} packs {}", FILES.join(", ")));
        let mut package = workspace.cargo(&["package", "--no-verify"]);
        case(process::succeeds(package.args(options)), &process::describe(&package));
    }
    Ok(tally)
}

fn empty(list: &Value) -> bool {
    list.as_array().is_none_or(Vec::is_empty)
}

/// The first version in a text: `rustc 1.95.0 (…)` and `1.95` are both 1.95.
fn version(text: &str) -> Option<(u32, u32)> {
    text.split(' ').find_map(|word| {
        let mut numbers = word.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_found_and_compared_as_numbers() {
        assert_eq!(version("rustc 1.95.0 (abc 2026-01-01)"), Some((1, 95)));
        assert_eq!(version("1.9"), Some((1, 9)));
        assert!(version("1.9") < version("1.10"));
        assert_eq!(version("nightly"), None);
    }
}
