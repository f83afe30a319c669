//! `cargo xtask coverage`: does the SDK reach, and the sandbox serve, everything that Twilio's documents name?
//!
//! The names are kept in `xtask/coverage`, one list a product, so that a loss fails the tests without the documents.
//! Each side has a test that compares itself with the lists by what it does; this command runs both and adds them up.

mod derive;
mod lists;
mod shape;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;
use crate::report::{self, Tally};
use crate::workspace::Workspace;

/// Against which names.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Twilio's OpenAPI documents (`conversations_v1.json` …); the lists of the repository unless given
    #[arg(long, value_name = "DIR")]
    openapi: Option<PathBuf>,
    /// Writes the names of the documents into the lists of the repository
    #[arg(long, requires = "openapi")]
    update: bool,
}

/// The crates that are compared, by the name of their side.
const SIDES: &[&str] = &["twilio-conversations", "twilio-sandbox"];
/// What is counted, in the order of the table.
const KINDS: &[&str] = &["operations", "parameters", "fields", "values"];

/// Whether nothing is missing, and the lists are those of the documents.
pub(crate) fn run(args: &Args) -> Result<bool> {
    let workspace = Workspace::find()?;
    let lists = workspace.root.join("xtask/coverage");
    let Some(documents) = &args.openapi else { return Ok(compare(&workspace, &lists)?.is_clean()) };
    let derived = if args.update { lists.clone() } else { workspace.own_folder("coverage/lists")? };
    lists::write(documents, &lists, &derived)?;
    let differences = lists::differences(&lists, &derived)?;
    for line in &differences {
        println!("{line}");
    }
    if !differences.is_empty() {
        println!(
            "the documents name other things than the lists of the repository: --update takes them over\n"
        );
    }
    Ok(compare(&workspace, &derived)?.is_clean() && differences.is_empty())
}

/// Compares both sides with the lists of the repository.
pub(crate) fn check(workspace: &Workspace) -> Result<Tally> {
    compare(workspace, &workspace.root.join("xtask/coverage"))
}

fn compare(workspace: &Workspace, lists: &Path) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut missing = Vec::new();
    println!(
        "{:<22} {:<14} {:>12} {:>12} {:>12} {:>12}",
        "side", "product", KINDS[0], KINDS[1], KINDS[2], KINDS[3]
    );
    for side in SIDES {
        let report = side_report(workspace, side, lists)?;
        for (product, cells) in rows(&report) {
            print!("{side:<22} {product:<14}");
            for [have, all] in cells {
                print!(" {:>12}", format!("{have}/{all}"));
                tally += Tally { passed: have, failed: all - have };
            }
            println!();
        }
        let all = derive::items(&report["missing"]);
        missing.extend(all.map(|what| format!("{side}: {}", derive::text(what))));
    }
    for what in &missing {
        report::failed(&format!("missing: {what}"));
    }
    // An exception that nothing needs is missing from no count.
    Ok(tally.or_failed(missing.is_empty()))
}

/// Has the tests of a side compare it, and reads what they wrote down.
fn side_report(workspace: &Workspace, side: &str, lists: &Path) -> Result<Value> {
    let report = workspace.own_folder("coverage")?.join(side).with_extension("json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let test = "coverage::everything_that_twilio_documents_is_there";
    let mut command =
        workspace.cargo(&["test", "--quiet", "-p", side, "--test", "it", "--", "--exact", test]);
    command.env("TWILIO_NAMES", lists).env("COVERAGE_REPORT", &report);
    // The test fails when something is missing; the table says what.
    process::watch(command.stderr(std::process::Stdio::null()), |_| false)?;
    if !report.exists() {
        process::succeed(&mut workspace.cargo(&["test", "-p", side, "--test", "it", "--no-run"]))?;
    }
    lists::read(&report).with_context(|| format!("{} wrote no report", process::describe(&command)))
}

/// The counts of each product, in the order of the kinds: how many there are, and of how many.
fn rows(report: &Value) -> Vec<(String, Vec<[u64; 2]>)> {
    let mut rows: Vec<(String, Vec<[u64; 2]>)> = Vec::new();
    for count in derive::items(&report["counts"]) {
        let product = derive::text(&count["product"]);
        if !rows.iter().any(|(known, _)| known == product) {
            rows.push((product.to_owned(), vec![[0, 0]; KINDS.len()]));
        }
        let kind = KINDS.iter().position(|kind| *kind == derive::text(&count["kind"]));
        if let (Some(kind), Some((_, cells))) = (kind, rows.iter_mut().find(|(known, _)| known == product)) {
            cells[kind] = [count["have"].as_u64().unwrap_or(0), count["all"].as_u64().unwrap_or(0)];
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_become_a_row_a_product() {
        let count = |product: &str, kind: &str, have: u64| json!({"product": product, "kind": kind, "have": have, "all": 9});
        let report = json!({"counts": [count("b", "values", 1), count("a", "operations", 2), count("b", "fields", 3)]});
        assert_eq!(
            rows(&report),
            [
                ("b".to_owned(), vec![[0, 0], [0, 0], [3, 9], [1, 9]]),
                ("a".to_owned(), vec![[2, 9], [0, 0], [0, 0], [0, 0]]),
            ]
        );
    }
}
