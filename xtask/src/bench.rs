//! `cargo xtask bench`: runs every `[[bench]]` program of the workspace and writes the figures into
//! `docs/benchmarks.md`. Criterion's estimates are read from where it leaves them; a program that measures by
//! itself prints `figure: NAME | MEDIAN | RATE`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

const DOCUMENT: &str = "docs/benchmarks.md";
const START: &str = "<!-- figures: written by `cargo xtask bench` -->";
const END: &str = "<!-- end of figures -->";
const HEAD: &str = "| benchmark | median | rate |\n| --- | ---: | ---: |\n";

/// Which programs to run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of benchmark programs; all when none is named
    programs: Vec<String>,
}

/// Runs the programs and rewrites their part of the document.
pub(crate) fn run(args: &Args) -> Result<()> {
    let workspace = Workspace::find()?;
    let results = workspace.target.join("criterion");
    if args.programs.is_empty() && results.exists() {
        // Figures of benchmarks that are no more would be collected too.
        fs::remove_dir_all(&results)?;
    }
    let programs = programs(&workspace);
    let chosen = |name: &str| args.programs.is_empty() || args.programs.iter().any(|wanted| wanted == name);
    if !programs.iter().any(|(_, name)| chosen(name)) {
        let known: Vec<_> = programs.iter().map(|(_, name)| *name).collect();
        bail!("no benchmark program is called that; there are {}", known.join(", "));
    }
    let mut rows = String::new();
    for (package, name) in programs.iter().filter(|(_, name)| chosen(name)) {
        let mut bench = workspace.cargo(&["bench", "-p", package, "--bench", name]);
        let status = process::watch(&mut bench, |line| {
            if let Some(figure) = line.strip_prefix("figure: ") {
                rows.extend(["| ", figure, " |\n"]);
            }
            true
        })?;
        if !status.success() {
            bail!("{} ended with {status}", process::describe(&bench));
        }
    }
    let path = workspace.root.join(DOCUMENT);
    let document = fs::read_to_string(&path).with_context(|| format!("cannot read {DOCUMENT}"))?;
    let measured = if results.exists() { estimates(&results)? } else { BTreeMap::new() };
    rows.insert_str(0, &criterion_rows(&measured));
    if !args.programs.is_empty() {
        rows = merged(&document, &rows);
    }
    fs::write(&path, replaced(&document, &format!("{}\n\n{HEAD}{rows}", machine()))?)?;
    println!("the figures are in {DOCUMENT}");
    Ok(())
}

/// Package and name of every benchmark program.
fn programs(workspace: &Workspace) -> Vec<(&str, &str)> {
    list(&workspace.metadata["packages"])
        .iter()
        .flat_map(|package| list(&package["targets"]).iter().map(move |target| (package, target)))
        .filter(|(_, target)| target["kind"][0] == "bench")
        .filter_map(|(package, target)| Some((package["name"].as_str()?, target["name"].as_str()?)))
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// One measured function.
struct Estimate {
    median_ns: f64,
    /// Elements (or bytes) of one iteration, and their name.
    per_iteration: Option<(f64, &'static str)>,
}

/// What criterion left below its folder, by the benchmark's full name.
fn estimates(folder: &Path) -> Result<BTreeMap<String, Estimate>> {
    let mut estimates = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            if !path.is_dir() {
                continue;
            }
            if path.file_name().is_some_and(|name| name == "new") {
                let benchmark = json(&path.join("benchmark.json"))?;
                let name = benchmark["full_id"].as_str().context("a benchmark without a name")?;
                let median_ns = json(&path.join("estimates.json"))?["median"]["point_estimate"].as_f64();
                let throughput = &benchmark["throughput"];
                let per_iteration = [("Elements", "elements"), ("Bytes", "bytes")]
                    .into_iter()
                    .find_map(|(key, unit)| Some((throughput[key].as_f64()?, unit)));
                let median_ns = median_ns.with_context(|| format!("{name} has no median"))?;
                estimates.insert(name.to_owned(), Estimate { median_ns, per_iteration });
            } else {
                folders.push(path);
            }
        }
    }
    Ok(estimates)
}

fn json(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// The rows of a partial run in the places of the document's earlier ones; rows of what was not run stay.
fn merged(document: &str, rows: &str) -> String {
    let mut fresh: Vec<&str> = rows.lines().collect();
    let figures = document.split_once(START).and_then(|(_, rest)| rest.split_once(END)).unwrap_or_default().0;
    let (_, earlier) = figures.split_once(HEAD).unwrap_or_default();
    let name = |row: &str| row.split('|').nth(1).map(|name| name.trim().to_owned());
    let mut lines = Vec::new();
    for row in earlier.lines().filter(|line| line.starts_with('|')) {
        let place = fresh.iter().position(|new| name(new) == name(row));
        lines.push(place.map_or(row, |place| fresh.remove(place)));
    }
    lines.extend(fresh);
    lines.iter().fold(String::new(), |text, line| text + line + "\n")
}

fn criterion_rows(estimates: &BTreeMap<String, Estimate>) -> String {
    let mut table = String::new();
    for (name, estimate) in estimates {
        let (elements, unit) = estimate.per_iteration.unwrap_or((1.0, "times"));
        let rate = elements * 1e9 / estimate.median_ns;
        // Writing into a String cannot fail.
        let _ = writeln!(table, "| {name} | {} | {} {unit}/s |", duration(estimate.median_ns), grouped(rate));
    }
    table
}

/// Nanoseconds in the unit that reads best.
fn duration(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        ns if ns < 1e9 => format!("{:.2} ms", ns / 1e6),
        ns => format!("{:.2} s", ns / 1e9),
    }
}

/// `1234567.8` is `1 234 568`.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// The class of this machine, without its name.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let model = fs::read_to_string("/proc/cpuinfo").ok().and_then(|info| {
        let line = info.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let model = model.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    format!("Measured on {cores} cores of {model}, {}.", std::env::consts::OS)
}

/// The document with what is between the markers replaced.
fn replaced(document: &str, figures: &str) -> Result<String> {
    let (before, rest) =
        document.split_once(START).with_context(|| format!("{DOCUMENT} lacks the line {START}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("{DOCUMENT} lacks the line {END}"))?;
    Ok(format!("{before}{START}\n\n{}\n\n{END}{after}", figures.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let document = format!("# Head\n{START}\nold\n{END}\ntail\n");
        let expected = format!("# Head\n{START}\n\nnew\n\n{END}\ntail\n");
        assert_eq!(replaced(&document, "new\n").unwrap(), expected);
        assert_eq!(replaced(&expected, "new").unwrap(), expected);
        assert!(replaced("# Head\n", "new").is_err());
    }

    #[test]
    fn a_partial_run_replaces_its_own_rows_alone() {
        let document = format!(
            "# Head\n{START}\n\nMachine.\n\n{HEAD}| a/b | 1 ns | |\n| s: x | 2 | |\n| s: x | 3 | |\n\n{END}\n"
        );
        let rows = "| s: x | 4 | |\n| s: x | 5 | |\n| t: new | 6 | |\n";
        assert_eq!(merged(&document, rows), format!("| a/b | 1 ns | |\n{rows}"));
        assert_eq!(merged("no figures", rows), rows);
    }

    #[test]
    fn figures_are_readable() {
        assert_eq!(duration(812.4), "812 ns");
        assert_eq!(duration(1234.0), "1.23 µs");
        assert_eq!(duration(2.5e9), "2.50 s");
        assert_eq!(grouped(1_234_567.8), "1 234 568");
        assert_eq!(grouped(12.0), "12");
    }

    #[test]
    fn estimates_are_found_wherever_criterion_put_them() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("group/case/new");
        fs::create_dir_all(&new).unwrap();
        fs::write(new.join("benchmark.json"), r#"{"full_id":"group/case","throughput":{"Elements":4}}"#)
            .unwrap();
        fs::write(new.join("estimates.json"), r#"{"median":{"point_estimate":2000.0}}"#).unwrap();
        let table = criterion_rows(&estimates(folder.path()).unwrap());
        assert!(table.contains("| group/case | 2.00 µs | 2 000 000 elements/s |"), "{table}");
    }
}
