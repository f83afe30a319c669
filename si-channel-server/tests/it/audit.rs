//! The audit log: kept by the server, read by the API, checked and exported by the program, tampered with by others.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{ANN, EVE, TestApp, encoded, eventually, text};

fn program(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_si-channel-server"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.args(args).env_clear().env("PATH", path).stdin(Stdio::null()).output().unwrap()
}

fn utf8(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// `audit verify` of a file: whether it is in order, and the report.
pub(crate) fn verified(database: &Path, more: &[&str]) -> (bool, Value) {
    let mut args = vec!["audit", "verify", "--json", "--database", database.to_str().unwrap()];
    args.extend(more);
    let output = program(&args);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(report["verified"], output.status.success());
    if !output.status.success() {
        let told = utf8(&output.stderr);
        assert!(told.contains(text(&report["findings"][0])), "{told}");
        assert_eq!(output.status.code(), Some(1));
    }
    (output.status.success(), report)
}

/// `audit export` of a file.
pub(crate) fn exported(database: &Path, more: &[&str]) -> String {
    let mut args = vec!["audit", "export", "--database", database.to_str().unwrap()];
    args.extend(more);
    let output = program(&args);
    assert!(output.status.success(), "{}", utf8(&output.stderr));
    utf8(&output.stdout).to_owned()
}

/// A server with a log of some length, and where its checkpoints were appended.
async fn with_log() -> (TestApp, PathBuf) {
    let mut app = TestApp::unwired(&[("audit.checkpoint_records", "3")]).await;
    let kept = app.dir().join("kept.jsonl");
    app.set("audit.checkpoints", kept.to_str().unwrap());
    app.begin().await;
    app.wire().await;
    app.phone(ANN).says("Hello").await;
    app.phone(EVE).says("Hello").await;
    app.phone(EVE).text("STOP").await;
    app.event("consent.revoked").await;
    // The confirmation has its records too; they are to be before the last one.
    app.settled().await;
    app.post("/v1/messages", json!({ "to": EVE, "text": "News" })).await.problem(403, "opted-out");
    app.event("audit.checkpoint").await;
    (app, kept)
}

fn database(app: &TestApp) -> PathBuf {
    app.dir().join("channel.sqlite")
}

#[tokio::test]
async fn decisions_are_listed_with_what_opens_them() {
    let (mut app, _) = with_log().await;
    let about_eve = format!("/v1/audit?address={}", encoded(EVE));
    let records = app.get(&about_eve).await.expect(200).items();
    let kinds: Vec<_> = records.iter().map(|item| text(&item["record"]["kind"])).collect();
    assert_eq!(kinds[0], "opt_in");
    assert!(kinds.contains(&"opt_out"), "{kinds:?}");
    let refused = records.last().unwrap();
    let told = &refused["record"];
    assert_eq!((&told["outcome"], &told["reason"]), (&json!("stopped"), &json!("opted_out")));
    assert_eq!(refused["openings"]["subject"]["value"], EVE);
    let opted_out = app.get(&format!("{about_eve}&kind=opt_out")).await.expect(200).items();
    assert_eq!(opted_out.len(), 1);

    let mut paged = Vec::new();
    let mut next = json!("0");
    while let Some(after) = next.as_str() {
        let page = app.get(&format!("{about_eve}&limit=2&after={after}")).await.expect(200);
        paged.extend(page.items());
        next = page.json["next"].clone();
    }
    assert_eq!(paged, records);
    app.get("/v1/audit?kind=gossip").await.problem(400, "invalid-request");
    app.get("/v1/audit?address=nobody").await.problem(400, "invalid-request");
    app.stop().await;
}

#[tokio::test]
async fn the_log_verifies_while_the_server_runs_and_all_of_it_is_signed_when_it_stops() {
    let (mut app, kept) = with_log().await;
    let (good, report) = verified(&database(&app), &["--checkpoints", kept.to_str().unwrap()]);
    assert!(good, "{report}");
    app.stop().await;
    let key = app.dir().join("audit.key");
    let public = program(&["audit", "public-key", "--key-file", key.to_str().unwrap()]);
    let public = utf8(&public.stdout).trim();
    let (good, report) =
        verified(&database(&app), &["--checkpoints", kept.to_str().unwrap(), "--public-key", public]);
    assert!(good, "{report}");
    assert!(report["records"].as_u64().unwrap() > 5);
    assert_eq!(report["signed"], report["records"]);
    assert_eq!(report["public_keys"], json!([public]));
    // A copy that cannot be written, without the files beside it.
    let copy = tempfile::tempdir().unwrap();
    let file = copy.path().join("copy.sqlite");
    std::fs::copy(database(&app), &file).unwrap();
    assert!(verified(&file, &[]).0);
}

#[tokio::test]
async fn f66_f67_f68_tampering_with_a_copy_is_found_and_the_first_bad_record_named() {
    let (mut app, kept) = with_log().await;
    app.stop().await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.sqlite");
    let kept = kept.to_str().unwrap();
    let renumber = "UPDATE audit SET sequence = sequence + 1000 WHERE sequence > 2;
         UPDATE audit SET sequence = sequence - 1001 WHERE sequence > 1000;";
    let make_room = "UPDATE audit SET sequence = sequence + 1001 WHERE sequence > 2;
         UPDATE audit SET sequence = sequence - 1000 WHERE sequence > 1000;";
    let alien = "INSERT INTO audit SELECT 3, previous, hash, replace(body, 'disclosure', 'help') FROM audit WHERE sequence = 2;";
    let swap = "UPDATE audit SET sequence = 9999 WHERE sequence = 2;
         UPDATE audit SET sequence = 2 WHERE sequence = 4; UPDATE audit SET sequence = 4 WHERE sequence = 9999;";
    let last = verified(&database(&app), &[]).1["records"].as_u64().unwrap();
    let cut = format!("record {last} was cut off");
    let cases: [(String, &str); 13] = [
        ("UPDATE audit SET body = replace(body, 'noted', 'stopped') WHERE sequence = 2".into(), "record 2 was edited"),
        ("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 3".into(), "record 3 was edited"),
        ("UPDATE audit SET previous = x'00' WHERE sequence = 3".into(), "record 3 was edited"),
        ("DELETE FROM audit WHERE sequence = 2".into(), "record 2 is missing"),
        (format!("DELETE FROM audit WHERE sequence = 2; {renumber}"), "record 2 is missing"),
        ("INSERT INTO audit SELECT 0, previous, hash, body FROM audit WHERE sequence = 2".into(), "record 0 was inserted"),
        (format!("{make_room} {alien}"), "record 3 was inserted"),
        (swap.into(), "record 2 was swapped with record 4"),
        (format!("DELETE FROM audit WHERE sequence = {last}"), cut.as_str()),
        ("DELETE FROM audit_checkpoints WHERE number = 1".into(), "checkpoint 1: it is missing"),
        ("UPDATE audit_checkpoints SET body = replace(body, '\"number\":1', '\"number\":7') WHERE number = 1".into(),
         "checkpoint 1: it was edited"),
        ("UPDATE audit_openings SET openings = replace(openings, '+1555', '+1556') WHERE sequence = 1".into(),
         "the openings of record 1: they were edited"),
        ("UPDATE audit_openings SET address = '+15550000000' WHERE sequence = 1".into(),
         "the openings of record 1: they stand under another address"),
    ];
    for (tampering, first) in &cases {
        std::fs::copy(database(&app), &copy).unwrap();
        let conn = Connection::open(&copy).unwrap();
        conn.execute_batch(tampering).unwrap();
        drop(conn);
        let (good, report) = verified(&copy, &[]);
        assert!(!good, "{tampering}");
        assert_eq!(report["findings"][0], *first, "{tampering}");
        for beside in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("copy.sqlite{beside}")));
        }
    }

    // Whoever cuts the end off and forgets that it was there is seen against what was kept elsewhere.
    std::fs::copy(database(&app), &copy).unwrap();
    let conn = Connection::open(&copy).unwrap();
    conn.execute_batch(
        "DELETE FROM audit WHERE sequence > 1; DELETE FROM audit_checkpoints; DELETE FROM audit_openings;
         UPDATE sqlite_sequence SET seq = 1 WHERE name = 'audit';
         UPDATE sqlite_sequence SET seq = 0 WHERE name = 'audit_checkpoints';",
    )
    .unwrap();
    drop(conn);
    assert!(verified(&copy, &[]).0, "nothing in the file tells");
    let (good, report) = verified(&copy, &["--checkpoints", kept]);
    assert!(!good && report["findings"][0] == format!("records 2 to {last} were cut off"), "{report}");
    // A key that is not the operator's.
    let stranger = "00".repeat(32);
    let (good, report) = verified(&database(&app), &["--public-key", &stranger]);
    assert!(!good && report["findings"][0] == "checkpoint 1: it was signed by another key", "{report}");
}

#[tokio::test]
async fn a_persons_records_are_exported_and_stay_verifiable_when_the_person_is_forgotten() {
    let (mut app, _) = with_log().await;
    app.stop().await;
    let file = database(&app);
    let export = |more: &[&str]| exported(&file, more);
    let of_eve = export(&["--address", EVE]);
    assert!(of_eve.lines().count() > 3);
    for line in of_eve.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["openings"]["subject"]["value"], EVE);
    }
    let csv = export(&["--address", EVE, "--format", "csv"]);
    assert_eq!(csv.lines().count(), of_eve.lines().count() + 1);
    let all = export(&[]);
    assert!(!all.contains(EVE) && !all.contains(ANN), "the log itself names nobody");

    Connection::open(&file).unwrap().execute("DELETE FROM audit_openings WHERE address = ?1", [EVE]).unwrap();
    assert!(verified(&file, &[]).0);
    assert_eq!(export(&["--address", EVE]), "");
    assert_eq!(export(&[]), all);
}

#[tokio::test]
async fn a_verifier_written_from_the_document_alone_agrees() {
    let (mut app, kept) = with_log().await;
    app.stop().await;
    let file = database(&app);
    let whole = app.dir().join("all.jsonl");
    let output = program(&[
        "audit",
        "export",
        "--database",
        file.to_str().unwrap(),
        "--output",
        whole.to_str().unwrap(),
    ]);
    assert!(output.status.success(), "{}", utf8(&output.stderr));
    let of_eve = app.dir().join("eve.jsonl");
    let (eve, to) = (of_eve.to_str().unwrap(), ["--address", EVE]);
    let mut args = vec!["audit", "export", "--database", file.to_str().unwrap(), "--output", eve];
    args.extend(to);
    assert!(program(&args).status.success());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/oracles/audit.py");
    let judge = |log: &Path| {
        let mut command = Command::new("python3");
        command.env("PYTHONDONTWRITEBYTECODE", "1").arg(&script).arg(log);
        let output = command.args([kept.as_path(), of_eve.as_path()]).output().expect("python3 is installed");
        (output.status.success(), utf8(&output.stdout).to_owned() + utf8(&output.stderr))
    };
    let (good, told) = judge(&whole);
    assert!(good, "{told}");

    let lines: Vec<String> = std::fs::read_to_string(&whole).unwrap().lines().map(str::to_owned).collect();
    let tampered: [(&str, Vec<String>); 5] = [
        ("edited", lines.iter().map(|line| line.replace("\"allowed\"", "\"stopped\"")).collect()),
        ("removed", [&lines[..1], &lines[2..]].concat()),
        ("inserted", [&lines[..2], &lines[1..]].concat()),
        ("swapped", [&lines[1..2], &lines[..1], &lines[2..]].concat()),
        ("cut off", lines[..lines.len() - 1].to_vec()),
    ];
    for (how, lines) in tampered {
        let copy = app.dir().join("tampered.jsonl");
        std::fs::write(&copy, lines.join("\n") + "\n").unwrap();
        let (good, told) = judge(&copy);
        assert!(!good && told.contains("wrong"), "{how}: {told}");
    }
}

#[tokio::test]
async fn checkpoints_are_events_and_go_on_after_a_restart() {
    let (mut app, kept) = with_log().await;
    // Fewer than are signed at once: their time comes.
    app.set("audit.checkpoint_after", "1s");
    app.restart().await;
    app.phone(ANN).says("Again").await;
    let checkpoints = eventually("another checkpoint", async || {
        let events = app.events_of("audit.checkpoint").await;
        let newest = events.last()?["data"]["record"].as_u64()?;
        let records = app.get("/v1/audit?limit=100").await.items().len() as u64;
        (newest == records && events.len() > 1).then_some(events)
    })
    .await;
    let numbers: Vec<_> = checkpoints.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(checkpoints[0]["subject"], "audit");
    let file = std::fs::read_to_string(kept).unwrap();
    let first: Value = serde_json::from_str(file.lines().next().unwrap()).unwrap();
    assert_eq!(first, checkpoints[0]["data"]);
    app.stop().await;
}
