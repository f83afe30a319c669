//! `cargo xtask test`: every part in order, a table, and the sum as the last line.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::report::{Row, Tally};
use crate::workspace::Workspace;
use crate::{chaos, coverage, deps, example, oracles, package, powercut, report, schema, suites, types};

/// Which parts to run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Parts or groups to run: `unit`, `oracles`, `chaos`, `signatures-node` …; all when none is named
    parts: Vec<String>,
    /// The same, by the name of a single part
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

/// One part of the whole test run.
struct Part {
    group: &'static str,
    name: &'static str,
    run: fn(&Workspace) -> Result<Tally>,
}

/// In this order: what is cheap and likely to fail first.
const PARTS: &[Part] = &[
    Part { group: "deps", name: "deps", run: deps::check },
    Part { group: "unit", name: "unit", run: suites::unit },
    Part { group: "unit", name: "doc", run: suites::doc },
    Part { group: "postgres", name: "postgres", run: suites::postgres },
    Part { group: "powercut", name: "powercut", run: powercut::short },
    Part { group: "nats", name: "nats", run: suites::nats },
    Part { group: "coverage", name: "coverage", run: coverage::check },
    Part { group: "types", name: "types", run: types::check },
    Part { group: "schema", name: "schema", run: schema::check },
    Part { group: "package", name: "package", run: package::check },
    Part { group: "example", name: "example", run: example::check },
    Part { group: "features", name: "features", run: suites::features },
    Part { group: "oracles", name: "signatures-node", run: oracles::signatures_node },
    Part { group: "oracles", name: "signatures-python", run: oracles::signatures_python },
    Part { group: "oracles", name: "sdk-node", run: oracles::sdk_node },
    Part { group: "oracles", name: "sdk-python", run: oracles::sdk_python },
    Part { group: "oracles", name: "operations-node", run: oracles::operations_node },
    Part { group: "oracles", name: "operations-python", run: oracles::operations_python },
    Part { group: "oracles", name: "segments", run: oracles::segments::check },
    Part { group: "oracles", name: "schemas-python", run: oracles::schemas },
    Part { group: "oracles", name: "asyncapi", run: oracles::asyncapi },
    Part { group: "oracles", name: "webhooks", run: oracles::webhooks },
    Part { group: "oracles", name: "push", run: oracles::push },
    Part { group: "phones", name: "phones", run: oracles::phones },
    Part { group: "chaos", name: "chaos", run: chaos::short },
];

/// Runs the chosen parts; whether all of them passed.
pub(crate) fn run(args: &Args) -> Result<bool> {
    let chosen: Vec<&str> = args.parts.iter().chain(&args.only).map(String::as_str).collect();
    let parts = choose(&chosen)?;
    let workspace = Workspace::find()?;
    let mut rows = Vec::new();
    for part in parts {
        println!("\n== {} ==", part.name);
        let start = Instant::now();
        // A part that cannot run has failed; the others still count.
        let tally = (part.run)(&workspace).unwrap_or_else(|error| {
            report::failed(&format!("{}: {error:#}", part.name));
            Tally { passed: 0, failed: 1 }
        });
        rows.push(Row { name: part.name, tally, took: start.elapsed() });
    }
    Ok(report::print(&rows).is_clean())
}

fn choose(names: &[&str]) -> Result<Vec<&'static Part>> {
    let fits = |part: &Part, name: &str| part.name == name || part.group == name;
    if let Some(unknown) = names.iter().find(|name| !PARTS.iter().any(|part| fits(part, name))) {
        let mut known: Vec<_> = PARTS.iter().flat_map(|part| [part.group, part.name]).collect();
        known.sort_unstable();
        known.dedup();
        bail!("no part of the tests is called {unknown:?}; there are {}", known.join(", "));
    }
    Ok(PARTS.iter().filter(|part| names.is_empty() || names.iter().any(|name| fits(part, name))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(names: &[&str]) -> Vec<&'static str> {
        choose(names).unwrap().iter().map(|part| part.name).collect()
    }

    #[test]
    fn a_group_or_a_part_chooses_and_nothing_chooses_all() {
        assert_eq!(chosen(&["unit"]), ["unit", "doc"]);
        assert_eq!(chosen(&["segments", "deps"]), ["deps", "segments"]);
        assert_eq!(chosen(&[]).len(), PARTS.len());
    }

    #[test]
    fn an_unknown_part_is_refused_with_the_known_ones() {
        let error = choose(&["unti"]).err().unwrap().to_string();
        assert!(error.contains("unti") && error.contains("oracles"), "{error}");
    }
}
