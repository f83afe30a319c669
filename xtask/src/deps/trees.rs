//! Rules on what is linked: from `cargo metadata` and `cargo tree`.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Finding;
use crate::process;
use crate::workspace::Workspace;

/// Whom each of our crates may depend on, in any way. A crate that is not listed here is a finding.
const ARROWS: &[(&str, &[&str])] = &[
    ("twilio-conversations", &[]),
    ("si-channel-core", &["twilio-conversations"]),
    ("twilio-sandbox", &[]),
    ("si-channel-server", &["si-channel-core", "twilio-conversations", "twilio-sandbox"]),
    ("examples", &["si-channel-core", "si-channel-server", "twilio-conversations", "twilio-sandbox"]),
    ("simulator", &["si-channel-core", "si-channel-server", "twilio-conversations"]),
    ("fuzz", &["si-channel-core", "twilio-conversations"]),
    ("xtask", &[]),
];

/// What may not be linked by a package built with these arguments.
struct Forbidden {
    package: &'static str,
    features: &'static [&'static str],
    crates: &'static [&'static str],
    why: &'static str,
}

const FORBIDDEN: &[Forbidden] = &[
    Forbidden {
        package: "si-channel-core",
        features: &[],
        crates: &[
            "tokio",
            "reqwest",
            "hyper",
            "hyper-util",
            "rusqlite",
            "getrandom",
            "rand",
            "tracing-subscriber",
        ],
        why: "core decides and nothing else: no IO, no clock, no randomness, no runtime",
    },
    Forbidden {
        package: "twilio-conversations",
        features: &["--no-default-features"],
        crates: &["tokio", "reqwest", "hyper", "hyper-util"],
        why: "without features the SDK is types and does no IO",
    },
    Forbidden {
        package: "twilio-conversations",
        features: &["--no-default-features", "--features", "webhook"],
        crates: &["tokio", "reqwest", "hyper", "hyper-util"],
        why: "a receiver of webhooks needs no HTTP client",
    },
    Forbidden {
        package: "si-channel-server",
        features: &["--no-default-features"],
        crates: &["twilio-sandbox"],
        why: "a production build leaves the sandbox out",
    },
];

/// Our crates depend on each other only as [`ARROWS`] says.
pub(super) fn arrows(workspace: &Workspace) -> Result<Vec<Finding>> {
    let packages = workspace.metadata["packages"].as_array().context("no packages in cargo metadata")?;
    let ours: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut findings = Vec::new();
    for package in packages {
        let name = package["name"].as_str().context("a package without a name")?;
        let Some((_, allowed)) = ARROWS.iter().find(|(crate_name, _)| *crate_name == name) else {
            findings.push(Finding {
                place: "xtask/src/deps/trees.rs:1".into(),
                what: format!("no rule for the crate {name}"),
                why: "every crate says whom it may know",
            });
            continue;
        };
        for known in
            names_of_dependencies(package).filter(|known| ours.contains(known) && !allowed.contains(known))
        {
            findings.push(Finding {
                place: manifest_line(workspace, name, known)?,
                what: format!("{name} depends on {known}"),
                why: "arrows: server → core → SDK types; sandbox, SDK and xtask → none of ours",
            });
        }
    }
    Ok(findings)
}

/// No tree holds what it must stay free of.
pub(super) fn forbidden(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for rule in FORBIDDEN {
        let mut command = workspace.cargo(&[
            "tree",
            "--edges",
            "normal",
            "--prefix",
            "depth",
            "--no-dedupe",
            "-p",
            rule.package,
        ]);
        let tree = process::output(command.args(rule.features))?;
        for path in paths_to(&tree, rule.crates) {
            let direct = path.get(1).copied().unwrap_or(rule.package);
            findings.push(Finding {
                place: manifest_line(workspace, rule.package, direct)?,
                what: path.join(" → "),
                why: rule.why,
            });
        }
    }
    Ok(findings)
}

fn names_of_dependencies(package: &Value) -> impl Iterator<Item = &str> {
    package["dependencies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|dependency| dependency["name"].as_str())
}

/// The shortest path from the root to each of `crates` in the output of `cargo tree --prefix depth`.
fn paths_to<'t>(tree: &'t str, crates: &[&str]) -> Vec<Vec<&'t str>> {
    let mut path: Vec<&str> = Vec::new();
    let mut found: Vec<Vec<&str>> = Vec::new();
    for line in tree.lines() {
        let name_at = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
        let Ok(depth) = line[..name_at].parse::<usize>() else { continue };
        let Some(name) = line[name_at..].split_whitespace().next() else { continue };
        path.truncate(depth);
        path.push(name);
        if !crates.contains(&name) {
            continue;
        }
        match found.iter_mut().find(|known| known.last() == path.last()) {
            Some(known) if known.len() > path.len() => known.clone_from(&path),
            Some(_) => {}
            None => found.push(path.clone()),
        }
    }
    found
}

/// The line of a package's manifest that names a dependency.
fn manifest_line(workspace: &Workspace, package: &str, dependency: &str) -> Result<String> {
    let manifest = format!("{package}/Cargo.toml");
    let text = fs::read_to_string(workspace.root.join(&manifest))
        .with_context(|| format!("cannot read {manifest}"))?;
    let names = |line: &str| {
        let rest = line.trim_start().strip_prefix(dependency);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-'))
    };
    let line = text.lines().position(names).map_or(1, |index| index + 1);
    Ok(format!("{manifest}:{line}"))
}

#[cfg(test)]
mod tests {
    use super::paths_to;

    #[test]
    fn the_shortest_path_to_a_forbidden_crate_is_named() {
        let tree = "0core v0.1.0 (/somewhere)\n1serde v1\n2tower v1\n3tokio v1.54.0\n1http v1\n2tokio v1.54.0\n1tokio-util v1\n";
        assert_eq!(paths_to(tree, &["tokio", "hyper"]), [vec!["core", "http", "tokio"]]);
        assert!(paths_to(tree, &["hyper"]).is_empty());
    }
}
