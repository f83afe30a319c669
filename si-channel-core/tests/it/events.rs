//! What other teams read is what the types give: an example and a schema of every event, the page that tells of them,
//! and the kit for consumers. All are files; `cargo xtask schema update` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use si_channel_core::event::{Event, TYPES, examples};
use si_channel_core::schema;

mod erased;
mod kit;

/// Says what to do about a file that is not what the types give.
const MEND: &str = "run `cargo xtask schema update`, look at what it changed, and commit it; a change that could break \
                    a reader needs a new version of the type";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn update() -> bool {
    std::env::var_os("UPDATE_EVENTS").is_some()
}

/// Compares a file with what it should be, or writes it.
fn hold(path: &Path, now: &str) {
    if update() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, now).unwrap();
    }
    let recorded = std::fs::read_to_string(path).unwrap_or_default();
    assert!(recorded == now, "{} is not what the types give: {MEND}\nnow:\n{now}", path.display());
}

/// The same for JSON, where the order of keys says nothing.
fn hold_json(path: &Path, now: &Value) {
    let recorded = std::fs::read_to_string(path).unwrap_or_default();
    if serde_json::from_str(&recorded).ok().as_ref() != Some(now) {
        hold(path, &(serde_json::to_string_pretty(now).unwrap() + "\n"));
    }
}

/// The folder holds a file for each name and no other `.json`.
fn hold_folder(folder: &Path, names: &BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|kind| kind != "json") || names.contains(&name) {
            continue;
        }
        if update() {
            std::fs::remove_file(&path).unwrap();
        } else {
            panic!("{} is of a type that is no more: {MEND}", path.display());
        }
    }
}

#[test]
fn every_type_of_event_has_an_example_that_reads_back() {
    let known: BTreeSet<&str> = TYPES.iter().map(|(kind, _)| *kind).collect();
    let shown: BTreeSet<&str> = examples().iter().map(|example| example.event.type_name()).collect();
    assert_eq!(known, shown, "give every type an example in si-channel-core/src/event/example.rs");
    assert_eq!(known.len(), TYPES.len(), "no type is listed twice");
    for example in &examples() {
        let published = example.published();
        assert_eq!(Event::read(&published.kind, published.data).as_ref(), Some(&example.event));
    }
    assert_eq!(Event::read("si.channel.unknown.v1", serde_json::json!({})), None);
    assert_eq!(Event::read(TYPES[0].0, serde_json::json!([])), None);
}

#[test]
fn the_wire_form_of_every_event_is_as_recorded() {
    let folder = root().join("docs/events/kit/events");
    for example in &examples() {
        let published = example.published();
        let value = serde_json::to_value(&published).unwrap();
        hold_json(&folder.join(format!("{}.json", published.kind)), &value);
    }
    hold_folder(&folder, &TYPES.iter().map(|(kind, _)| (*kind).to_owned()).collect());
}

#[test]
fn the_schema_of_every_event_is_as_recorded() {
    let folder = root().join("schemas");
    for (name, schema) in schema::schemas() {
        hold_json(&folder.join(format!("{name}.json")), schema);
    }
    hold_folder(&folder, &schema::schemas().keys().cloned().collect());
}

#[test]
fn the_page_about_events_is_up_to_date() {
    let mut page = String::from(include_str!("events/page.md"));
    for example in &examples() {
        let published = example.published();
        let fields: BTreeSet<String> = published
            .data
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| !["session_id", "conversation_sid"].contains(&name.as_str()))
            .map(|name| format!("`{name}`"))
            .collect();
        let (kind, says) = (&published.kind, example.says);
        let fields = if fields.is_empty() { "—".to_owned() } else { Vec::from_iter(fields).join(", ") };
        let links = format!("[example](kit/events/{kind}.json), [schema](../../schemas/{kind}.json)");
        writeln!(page, "| `{kind}` | {says} | {fields} | {links} |").unwrap();
    }
    hold(&root().join("docs/events/README.md"), &page);
}
