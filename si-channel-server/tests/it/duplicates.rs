//! The same news, any number of times and in any order, changes things once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, Form, TestApp, eventually, form_of, text};

const PATH: &str = "/webhooks/conversations";

/// Every event but those of the audit log, which is signed whenever the server stops.
async fn told(app: &TestApp) -> Vec<Value> {
    let all = app.events().await;
    all.into_iter().filter(|event| !text(&event["type"]).starts_with("si.channel.audit.")).collect()
}

#[tokio::test]
async fn the_same_delivery_fifty_times_at_once_has_one_effect_after_a_restart_too() {
    let mut app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let delivery = app.sent_webhook("onMessageAdded", |params| params["Body"] == "Hello").await;
    let (events, screen) = (told(&app).await, app.phone(ANN).received().await);
    for _ in 0..2 {
        let answers = join_all((0..50).map(|_| app.webhook(PATH, &delivery))).await;
        assert!(answers.iter().all(|answer| answer.status == 200 && answer.body.is_empty()));
        app.settled().await;
        assert_eq!(told(&app).await, events);
        assert_eq!(app.phone(ANN).received().await, screen);
        app.restart().await;
    }
}

#[tokio::test]
async fn a_new_delivery_fifty_times_at_once_has_one_effect() {
    let app = TestApp::start().await;
    // Twilio's own delivery is lost, so that none of the fifty comes second.
    app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdded" })).await;
    app.phone(ANN).text("Hello").await;
    let lost = eventually("the delivery is lost", async || {
        let log = app.log("webhook").await;
        log.into_iter().find(|entry| entry["event"] == "onMessageAdded")
    })
    .await;
    let delivery = form_of(&lost["params"]);
    let answers = join_all((0..50).map(|_| app.webhook(PATH, &delivery))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    app.phone(ANN).sees("You said: Hello").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 2);
    assert_eq!(app.events_of("message.received").await.len(), 1);
    assert_eq!(app.sessions(ANN).await.len(), 1);
}

#[tokio::test]
async fn fifty_first_texts_at_once_make_one_conversation_and_one_session() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    let bodies: Vec<String> = (0..50).map(|n| format!("Text {n:02}")).collect();
    join_all(bodies.iter().map(|body| phone.text(body))).await;
    phone.shows("fifty answers", |got| got.len() >= 51).await;
    app.settled().await;
    assert_eq!(app.conversations().await.len(), 1);
    let sessions = app.sessions(ANN).await;
    assert_eq!(sessions.len(), 1);
    let received = phone.received().await;
    assert_eq!(received.len(), 51, "a welcome and fifty answers");
    for body in &bodies {
        assert_eq!(phone.count(&format!("You said: {body}")).await, 1, "{body}");
    }
    let said = app.transcript(&sessions[0]["session_id"]).await;
    assert_eq!(said.iter().filter(|entry| entry["author"] == ANN).count(), 50);
}

#[tokio::test]
async fn fifty_webhooks_of_one_new_address_at_once_and_in_reverse_make_one_session() {
    let app = TestApp::start().await;
    for event in ["onMessageAdded", "onConversationAdded", "onParticipantAdded"] {
        app.fault(json!({ "kind": "webhook_lost", "match": event, "count": 50 })).await;
    }
    for number in 0..50 {
        app.phone(ANN).text(&format!("Text {number:02}")).await;
    }
    let mut lost = eventually("all webhooks are lost", async || {
        let log = app.log("webhook").await;
        let lost: Vec<Form> = log
            .iter()
            .filter(|entry| entry["failure"].is_string())
            .map(|entry| form_of(&entry["params"]))
            .collect();
        (lost.len() == 52).then_some(lost)
    })
    .await;
    lost.reverse();
    app.control(reqwest::Method::DELETE, "/sandbox/faults", Value::Null).await.expect(200);
    let answers = join_all(lost.iter().map(|form| app.webhook(PATH, form))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    app.phone(ANN).shows("every answer", |got| got.len() == 51).await;
    app.settled().await;
    assert_eq!(app.events_of("message.received").await.len(), 50);
    assert_eq!(app.sessions(ANN).await.len(), 1);
    assert_eq!(app.conversations().await.len(), 1);
    // Whatever order the news came in, the transcript has Twilio's.
    let said = app.transcript(&app.session(ANN).await["session_id"]).await;
    let said: Vec<&str> =
        said.iter().filter(|one| one["author"] == ANN).map(|one| text(&one["text"])).collect();
    assert!(said.is_sorted(), "{said:?}");
}

#[tokio::test]
async fn fifty_messages_by_the_api_to_a_new_address_make_one_conversation() {
    let app = TestApp::start().await;
    let consent = json!({ "state": "granted" });
    let path = format!("/v1/consent/{}", crate::support::encoded(BOB));
    app.api(reqwest::Method::PUT, &path, Some(&consent)).await.expect(200);
    let answers = join_all((0..50).map(|n| {
        let app = &app;
        async move {
            app.post("/v1/messages", json!({ "to": BOB, "text": format!("Text {n}") })).await.expect(202)
        }
    }))
    .await;
    assert!(answers.iter().all(|answer| answer.json["session_id"] == answers[0].json["session_id"]));
    app.phone(BOB).shows("fifty texts", |got| got.len() >= 50).await;
    app.settled().await;
    assert_eq!(app.phone(BOB).received().await.len(), 50);
    assert_eq!(app.conversations().await.len(), 1);
    assert_eq!(app.sessions(BOB).await.len(), 1);
}

#[tokio::test]
async fn a_webhook_that_twilio_sends_twice_counts_once() {
    let app = TestApp::start().await;
    for event in ["onMessageAdded", "onConversationAdded", "onParticipantAdded", "onDeliveryUpdated"] {
        app.fault(json!({ "kind": "webhook_duplicate", "match": event, "count": 3 })).await;
    }
    app.phone(ANN).says("Hello").await;
    app.phone(ANN).says("And again").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 3);
    assert_eq!(app.events_of("message.received").await.len(), 2);
}
