//! What events look like: served schemas, and real events held against them.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, EVE, TestApp, text};

/// The events of a journey through most of what the channel does.
async fn journey(app: &TestApp) -> Vec<Value> {
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    let session = app.session(ANN).await;
    let path = format!("/v1/sessions/{}", text(&session["session_id"]));
    app.post(&format!("{path}/messages"), json!({ "text": "From us" })).await.expect(202);
    let code = app.post(&format!("{path}/invitations"), json!({})).await.json["code"].clone();
    app.phone(BOB).text(&format!("join {} Bob", text(&code))).await;
    app.settled().await;
    app.phone(BOB).text("STOP").await;
    app.phone(EVE).says("Hello").await;
    app.phone(EVE).text("HELP").await;
    app.phone(EVE).text("close").await;
    app.settled().await;
    app.advance(SignedDuration::from_hours(2));
    app.settled().await;
    app.advance(SignedDuration::from_hours(2));
    app.settled().await;
    app.events().await
}

async fn served(app: &TestApp, path: &str) -> Value {
    // Without a token: a schema holds no data.
    let answer = reqwest::get(format!("{}{path}", app.url())).await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

#[tokio::test]
async fn every_event_of_a_journey_fits_the_schema_that_it_names() {
    let app = TestApp::start().await;
    let events = journey(&app).await;
    let envelope = served(&app, "/schemas/si.channel.cloudevent.v1.json").await;
    let envelope = jsonschema::validator_for(&envelope).unwrap();
    let mut kinds = BTreeSet::new();
    for event in &events {
        assert!(envelope.is_valid(event), "{event}");
        let path = text(&event["dataschema"]);
        let schema = jsonschema::validator_for(&served(&app, path).await).unwrap();
        let wrong: Vec<String> = schema.iter_errors(&event["data"]).map(|error| error.to_string()).collect();
        assert_eq!(wrong, [""; 0], "{event}");
        kinds.insert(text(&event["type"]));
    }
    assert!(kinds.len() > 20, "a journey through much: {kinds:?}");

    let lines: Vec<String> = events.iter().map(ToString::to_string).collect();
    let output = validate(&lines.join("\n"));
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test]
async fn schemas_and_the_asyncapi_document_are_served_and_listed() {
    let app = TestApp::start().await;
    let listed = served(&app, "/schemas").await;
    let listed: Vec<&str> = listed["items"].as_array().unwrap().iter().map(text).collect();
    assert!(listed.contains(&"/schemas/si.channel.message.received.v1.json"), "{listed:?}");
    for path in &listed {
        assert_eq!(served(&app, path).await["$id"], **path);
    }
    let document = served(&app, "/asyncapi.json").await;
    assert_eq!(document["asyncapi"], "3.0.0");
    assert_eq!(document["components"]["messages"].as_object().unwrap().len() + 1, listed.len());
    for path in ["/schemas/x.json", "/schemas/si.channel.message.received.v1", "/schemas/.json"] {
        app.get(path).await.problem(404, "not-found");
    }
    app.api(Method::POST, "/schemas", None).await.problem(405, "method-not-allowed");
}

fn validate(lines: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_si-channel-server"))
        .args(["schema", "validate", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_validator_says_which_event_fails_where_and_against_what() {
    let kit = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/events/kit/events/");
    let read = |kind: &str| -> Value {
        let path = format!("{kit}si.channel.{kind}.v1.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let mut late = read("message.read");
    late["data"]["at"] = json!("late");
    let lines = format!("{}\n\n{late}\n{{\n", read("message.received"));
    let output = validate(&lines);
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 3, "{shown}");
    assert!(
        lines[0].starts_with("line 3: evt_01: /data/at does not fit si.channel.message.read.v1:"),
        "{shown}"
    );
    assert!(lines[1].starts_with("line 4: not JSON"), "{shown}");
    assert_eq!(lines[2], "3 read, 2 do not fit");
    assert!(!validate("").status.success(), "nothing read is nothing proved");
}

#[test]
fn schemas_are_written_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new");
    let program = || Command::new(env!("CARGO_BIN_EXE_si-channel-server"));
    assert!(program().args(["schema", "--out"]).arg(&out).status().unwrap().success());
    let written: Value =
        serde_json::from_str(&std::fs::read_to_string(out.join("si.channel.message.read.v1.json")).unwrap())
            .unwrap();
    assert_eq!(written["title"], "si.channel.message.read.v1");
    assert!(out.join("asyncapi.json").exists());
    let printed = program().arg("schema").output().unwrap();
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(printed["si.channel.message.read.v1"], written);
}
