//! The wire form of every event, as recorded in `tests/events`, and the page that tells other teams of it.
//!
//! `UPDATE_EVENTS=1 cargo test -p si-channel-core --test it events` writes both anew; look at what it changed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use si_channel_core::cloudevent::{CloudEvent, Placement};
use si_channel_core::event::{Event, TYPES};
use si_channel_core::id::EventId;

mod erased;
mod examples;

use examples::examples;

fn published(event: &Event) -> CloudEvent {
    let ledger = event.type_name().starts_with("si.channel.consent.");
    let subject = if ledger { format!("consent/{}", examples::ANN) } else { examples::SESSION.to_owned() };
    let placement = Placement {
        account: "AC00000000000000000000000000000001",
        subject,
        sequence: 1,
        correlation_id: Some("IM00000000000000000000000000000001"),
        session: Some((examples::SESSION, Some(examples::CONVERSATION))),
    };
    CloudEvent::new(event, EventId::from_text("evt_01"), examples::time(), &placement)
}

fn file(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events").join(format!("{kind}.json"))
}

/// Compares with what is recorded, or records it.
fn hold(path: &Path, now: &str) {
    if std::env::var_os("UPDATE_EVENTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, now).unwrap();
    }
    let recorded = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        recorded == now,
        "{} is not what it was; a change of the wire form needs a new version of the type. \
         UPDATE_EVENTS=1 records it.\nnow:\n{now}",
        path.display()
    );
}

#[test]
fn every_type_of_event_has_an_example_that_reads_back() {
    let known: BTreeSet<&str> = TYPES.iter().map(|(kind, _)| *kind).collect();
    let shown: BTreeSet<&str> = examples().iter().map(|example| example.event.type_name()).collect();
    assert_eq!(known, shown);
    assert_eq!(known.len(), TYPES.len(), "no type is listed twice");
    for example in &examples() {
        let published = published(&example.event);
        assert_eq!(Event::read(&published.kind, published.data).as_ref(), Some(&example.event));
    }
    assert_eq!(Event::read("si.channel.unknown.v1", serde_json::json!({})), None);
    assert_eq!(Event::read(TYPES[0].0, serde_json::json!([])), None);
}

#[test]
fn the_wire_form_of_every_event_is_as_recorded() {
    for example in &examples() {
        let published = published(&example.event);
        let value = serde_json::to_value(&published).unwrap();
        let recorded = std::fs::read_to_string(file(&published.kind)).unwrap_or_default();
        // The order of keys says nothing.
        if serde_json::from_str(&recorded).ok().as_ref() != Some(&value) {
            hold(&file(&published.kind), &(serde_json::to_string_pretty(&value).unwrap() + "\n"));
        }
    }
    let files = std::fs::read_dir(file("x").parent().unwrap()).unwrap().count();
    assert_eq!(files, TYPES.len(), "an example of a type that is no more");
}

#[test]
fn the_page_about_events_is_up_to_date() {
    let mut page = String::from(include_str!("events/page.md"));
    for example in &examples() {
        let published = published(&example.event);
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
        let link = format!("../../si-channel-core/tests/events/{kind}.json");
        writeln!(page, "| [`{kind}`]({link}) | {says} | {fields} |").unwrap();
    }
    hold(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/events/README.md"), &page);
}
