use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{Behaviour, ClosedTimer, Sandbox, SandboxConfig, Snapshot, Subaccount};

use crate::support::{ANN, Lab, Receiver};

const LIST: &str = "/conversations/v1/Conversations";

/// A sandbox whose time stands still.
async fn frozen(seed: u64) -> Lab {
    let frozen_clock = Some("2026-01-01T00:00:00Z".parse().unwrap());
    Lab::with(SandboxConfig { seed: Some(seed), frozen_clock, ..SandboxConfig::default() }).await
}

async fn messages(lab: &Lab, conversation: &str) -> usize {
    let list = lab.get(&format!("{conversation}/Messages")).await.expect(200);
    list["messages"].as_array().unwrap().len()
}

/// Something of everything, with nothing under way in the end.
async fn fill(lab: &Lab) {
    lab.auto_create("sms", &lab.sms()).await;
    lab.text(ANN, &lab.sms(), "hello").await;
    let created = async || Some(lab.get(LIST).await.json["conversations"][0]["sid"].as_str()?.to_owned());
    let one = format!("{LIST}/{}", lab.until(created).await);
    lab.until(async || (messages(lab, &one).await == 1).then_some(())).await;
    lab.post(&one, &[("UniqueName", "first"), ("Timers.Closed", "PT1H")]).await.expect(200);
    lab.post(&format!("{one}/Participants"), &[("Identity", "si")]).await.expect(201);
    lab.post(&format!("{one}/Messages"), &[("Author", "si"), ("Body", "hi")]).await.expect(201);
    lab.text(ANN, &lab.sms(), "STOP").await;
    lab.until(async || (messages(lab, &one).await == 3).then_some(())).await;
    lab.text("whatsapp:+15557770001", &lab.whatsapp(), "by another way").await;
    lab.advance("PT10M").await;
    let numbers = vec!["+15005550101".to_owned()];
    lab.sandbox.open_subaccount(&Subaccount { numbers, ..Subaccount::default() }).unwrap();
    lab.control(Method::POST, "faults", json!({"kind": "status", "status": 503, "match": "/nowhere"})).await;
}

#[tokio::test]
async fn the_same_seed_and_requests_give_the_same_snapshot() {
    let (a, b, other) = (frozen(3).await, frozen(3).await, frozen(4).await);
    for lab in [&a, &b, &other] {
        fill(lab).await;
    }
    let kept = |lab: &Lab| serde_json::to_string(&lab.sandbox.snapshot()).unwrap();
    assert_eq!(kept(&a), kept(&b));
    assert_ne!(kept(&a), kept(&other));
}

#[tokio::test]
async fn what_was_goes_on_in_another_sandbox() {
    let first = frozen(5).await;
    fill(&first).await;
    let behaviour = Behaviour { closed_timer: ClosedTimer::FromInactive, ..Behaviour::default() };
    first.sandbox.set_behaviour(&behaviour);
    let kept = serde_json::to_string(&first.sandbox.snapshot()).unwrap();
    let snapshot: Snapshot = serde_json::from_str(&kept).unwrap();
    assert!(!format!("{snapshot:?}").contains(&first.sandbox.auth_token()));

    let config = SandboxConfig {
        frozen_clock: Some("2030-01-01T00:00:00Z".parse().unwrap()),
        restore: Some(snapshot),
        ..SandboxConfig::default()
    };
    let second = Lab::with(config).await;
    assert_eq!(serde_json::to_string(&second.sandbox.snapshot()).unwrap(), kept);
    assert_eq!(second.sandbox.auth_token(), first.sandbox.auth_token());
    assert_eq!(second.sandbox.behaviour(), behaviour);
    assert_eq!(second.sandbox.subaccounts()[0].numbers(), ["+15005550101"]);
    assert_eq!(second.received(ANN).await, first.received(ANN).await);
    // The pair is still held, the block still stands, the names go on where they were.
    let other = second.conversation().await;
    second.join(&other, ANN, &second.sms()).await.fails(409, 50416);
    assert_eq!(first.conversation().await, other);
    let form = [("From", &*second.sms()), ("To", ANN), ("Body", "x")];
    second.post("/api/2010-04-01/Accounts/{AC}/Messages.json", &form).await.fails(400, 21610);
    // So do the timers.
    second.sandbox.set_behaviour(&Behaviour::default());
    second.advance("PT59M").await;
    assert_eq!(second.get(&format!("{LIST}/first")).await.expect(200)["state"], "closed");
}

#[tokio::test]
async fn a_snapshot_is_restored_over_http_and_a_wrong_one_changes_nothing() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    let kept = lab.control(Method::GET, "snapshot", Value::Null).await.expect(200);
    assert_eq!(kept.get("log"), None);
    assert!(lab.control(Method::GET, "snapshot?log=true", Value::Null).await.expect(200)["log"].is_object());
    let later = lab.conversation().await;
    let subaccount = lab.sandbox.open_subaccount(&Subaccount::default()).unwrap();
    for (field, value) in
        [("format", json!(0)), ("accounts", json!([])), ("accounts", json!([{}])), ("more", json!(1))]
    {
        let mut wrong = kept.clone();
        wrong[field] = value;
        assert_eq!(lab.control(Method::POST, "restore", wrong).await.status, 400, "{field}");
    }
    lab.get(&format!("{LIST}/{later}")).await.expect(200);
    lab.control(Method::POST, "restore", kept).await.expect(200);
    lab.get(&format!("{LIST}/{sid}")).await.expect(200);
    lab.get(&format!("{LIST}/{later}")).await.fails(404, 20404);
    assert!(lab.sandbox.subaccounts().is_empty(), "{subaccount:?}");
    // Webhooks and timers still work.
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    let form = [("Body", "hi"), ("X", "")];
    lab.post_aloud(&format!("{LIST}/{sid}/Messages"), &form).await.expect(201);
    assert_eq!(receiver.event("onMessageAdded").await.get("Body"), "hi");
    lab.post(&format!("{LIST}/{sid}"), &[("Timers.Inactive", "PT1M")]).await.expect(200);
    lab.advance("PT1M").await;
    assert_eq!(lab.get(&format!("{LIST}/{sid}")).await.expect(200)["state"], "inactive");
}

#[tokio::test]
async fn names_that_a_killed_process_gave_are_not_given_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let config =
        || SandboxConfig { seed: Some(7), state_file: Some(path.clone()), ..SandboxConfig::default() };
    let lab = Lab::with(config()).await;
    let first = lab.conversation().await;
    lab.sandbox.shutdown().await;
    let before = std::fs::read(&path).unwrap();
    let mut given = vec![first];
    for _ in 0..3 {
        let lab = Lab::with(config()).await;
        given.push(lab.conversation().await);
        lab.sandbox.shutdown().await;
        // As if the process had been killed before it wrote.
        std::fs::write(&path, &before).unwrap();
    }
    let different: std::collections::BTreeSet<_> = given.iter().collect();
    assert_eq!(different.len(), given.len(), "{given:?}");
}

#[tokio::test]
async fn a_state_file_keeps_the_memory_between_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let config = || SandboxConfig { state_file: Some(path.clone()), ..SandboxConfig::default() };
    let lab = Lab::with(config()).await;
    let (sid, token) = (lab.conversation().await, lab.sandbox.auth_token());
    lab.sandbox.shutdown().await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let lab = Lab::with(SandboxConfig { seed: Some(2), ..config() }).await;
    assert_eq!(lab.sandbox.auth_token(), token);
    lab.get(&format!("{LIST}/{sid}")).await.expect(200);
    // It is written while the sandbox runs, too.
    let later = lab.conversation().await;
    let written = async || std::fs::read_to_string(&path).unwrap().contains(&later).then_some(());
    tokio::time::timeout(Duration::from_mins(1), lab.until(written)).await.unwrap();
    std::fs::write(&path, "{}").unwrap();
    let error = Sandbox::start(config()).await.unwrap_err();
    assert!(error.to_string().contains("sandbox.json"), "{error}");
}
