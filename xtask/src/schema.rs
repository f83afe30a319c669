//! `schema`: the published schemas of events. What is checked in is what the types give, a version keeps its promise,
//! and every change is told of in `docs/events/CHANGELOG.md`.

mod changelog;
mod compat;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::changelog::Changelog;
use self::compat::{Change, Effect, compare};
use crate::process;
use crate::report::{self, Tally};
use crate::workspace::Workspace;

/// Where the schemas are, in the repository.
const FOLDER: &str = "schemas";
/// Those of the last release, below it.
const RELEASED: &str = "schemas/released";
/// The tests that hold every generated file against the types.
const TESTS: &[&str] = &["test", "--quiet", "-p", "si-channel-core", "--test", "it", "--", "events::"];

/// What to do.
#[derive(clap::Subcommand)]
pub(crate) enum Args {
    /// Writes schemas, examples, the page about events and missing lines of the change log anew
    Update,
    /// Refuses a change that breaks readers without a new version, a stale file, and a change without a word about it
    Check {
        /// Compares with this git revision too, beside the last release
        #[arg(long, value_name = "REV")]
        base: Option<String>,
    },
    /// Makes the schemas of today those of the release with this version
    Release {
        /// The version, such as `0.1.0`
        version: String,
    },
}

/// Whether what the command checks holds.
pub(crate) fn run(args: &Args) -> Result<bool> {
    let workspace = Workspace::find()?;
    match args {
        Args::Update => update(&workspace).map(|()| true),
        Args::Check { base } => Ok(judge(&workspace, base.as_deref())?.is_clean()),
        Args::Release { version } => release(&workspace, version).map(|()| true),
    }
}

/// The check against the last release.
pub(crate) fn check(workspace: &Workspace) -> Result<Tally> {
    judge(workspace, None)
}

type Schemas = BTreeMap<String, Value>;

fn update(workspace: &Workspace) -> Result<()> {
    process::succeed(workspace.cargo(TESTS).env("UPDATE_EVENTS", "1"))?;
    let mut log = Changelog::read(&workspace.root)?;
    for (name, changes) in differences(&released(workspace)?, &present(workspace)?) {
        if !log.tells_of(&name) {
            log.add(&name, &changes);
        }
    }
    log.write()
}

fn judge(workspace: &Workspace, base: Option<&str>) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut case = |holds: bool, what: &str| tally += report::case(holds, what);
    let current = process::succeeds(&mut workspace.cargo(TESTS));
    case(current, "what is checked in is what the types give; `cargo xtask schema update` writes it anew");
    let now = present(workspace)?;
    let mut bases = vec![("the last release".to_owned(), released(workspace)?)];
    if let Some(revision) = base {
        bases.push((revision.to_owned(), at(workspace, revision)?));
    }
    let log = Changelog::read(&workspace.root)?;
    for (name, before) in bases {
        let changed = differences(&before, &now);
        let breaks: Vec<_> =
            changed.values().flatten().filter(|change| change.effect == Effect::Breaking).collect();
        for change in &breaks {
            println!("       {change}");
        }
        case(breaks.is_empty(), &format!("no version breaks the promise it made in {name}"));
        let silent: Vec<_> = changed.keys().filter(|kind| !log.tells_of(kind)).cloned().collect();
        case(
            silent.is_empty(),
            &format!("{} tells of every change since {name} {}", changelog::FILE, silent.join(", ")),
        );
    }
    Ok(tally)
}

fn release(workspace: &Workspace, version: &str) -> Result<()> {
    if !judge(workspace, None)?.is_clean() {
        bail!("these schemas cannot be released; mend what failed above first");
    }
    let folder = workspace.root.join(RELEASED);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, schema) in present(workspace)? {
        fs::write(folder.join(format!("{name}.json")), serde_json::to_string_pretty(&schema)? + "\n")?;
    }
    let mut log = Changelog::read(&workspace.root)?;
    log.release(version);
    log.write()
}

/// The schemas that changed, came or went, by name, with what changed.
fn differences(before: &Schemas, now: &Schemas) -> BTreeMap<String, Vec<Change>> {
    let mut all = BTreeMap::new();
    for (name, schema) in now {
        let changes = match before.get(name) {
            Some(old) => compare(name, old, schema),
            None => vec![Change::new(name, Effect::Compatible, "new")],
        };
        all.insert(name.clone(), changes);
    }
    for name in before.keys().filter(|name| !now.contains_key(*name)) {
        let effect = if has_successor(name, now) { Effect::Compatible } else { Effect::Breaking };
        all.insert(name.clone(), vec![Change::new(name, effect, "the type is gone")]);
    }
    all.retain(|_, changes| !changes.is_empty());
    all
}

/// Whether a higher version of a type is there.
fn has_successor(name: &str, now: &Schemas) -> bool {
    let version = |name: &str| {
        let (family, number) = name.rsplit_once(".v")?;
        Some((family.to_owned(), number.parse::<u32>().ok()?))
    };
    version(name).is_some_and(|(family, number)| {
        now.keys().filter_map(|other| version(other)).any(|(of, later)| of == family && later > number)
    })
}

fn present(workspace: &Workspace) -> Result<Schemas> {
    read(&workspace.root.join(FOLDER))
}

/// The schemas of the last release; none before the first.
fn released(workspace: &Workspace) -> Result<Schemas> {
    let folder = workspace.root.join(RELEASED);
    if folder.exists() { read(&folder) } else { Ok(Schemas::new()) }
}

fn read(folder: &Path) -> Result<Schemas> {
    let mut all = Schemas::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".json")) {
            let text = fs::read_to_string(&path)?;
            let schema = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
            all.insert(name.to_owned(), schema);
        }
    }
    Ok(all)
}

/// The schemas as they were at a revision.
fn at(workspace: &Workspace, revision: &str) -> Result<Schemas> {
    let git = |args: &[&str]| {
        process::output(Command::new("git").current_dir(&workspace.root).args(args))
            .with_context(|| format!("git does not know {FOLDER} at {revision}"))
    };
    let mut all = Schemas::new();
    for path in git(&["ls-tree", "--name-only", revision, &format!("{FOLDER}/")])?.lines() {
        let name =
            path.strip_prefix(FOLDER).and_then(|name| name.trim_start_matches('/').strip_suffix(".json"));
        if let Some(name) = name {
            let text = git(&["show", &format!("{revision}:{path}")])?;
            all.insert(name.to_owned(), serde_json::from_str(&text)?);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schemas(names: &[&str]) -> Schemas {
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "object" }))).collect()
    }

    #[test]
    fn a_type_may_come_and_may_go_only_when_a_later_version_is_there() {
        for (before, now, expected) in [
            (&["a.v1"][..], &["a.v1", "b.v1"][..], Some(("b.v1", Effect::Compatible))),
            (&["a.v1", "b.v1"], &["a.v1"], Some(("b.v1", Effect::Breaking))),
            (&["a.v1"], &["a.v2"], Some(("a.v1", Effect::Compatible))),
            (&["a.v10"], &["a.v9"], Some(("a.v10", Effect::Breaking))),
            (&["a.v1"], &["a.v1"], None),
        ] {
            let found = differences(&schemas(before), &schemas(now));
            let first = expected.map(|(name, _)| found[name][0].effect);
            assert_eq!(first, expected.map(|(_, effect)| effect), "{before:?} {now:?}");
            assert_eq!(found.is_empty(), expected.is_none());
        }
    }
}
