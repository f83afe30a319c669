//! Without Conversations: texts come by the number's webhook and leave by the 2010 API.

use reqwest::Method;
use serde_json::json;

use crate::support::{ANN, EVE, TestApp, eventually, text};

const CREATE: &str = "POST /api/2010-04-01/Accounts/*/Messages.json";

async fn start() -> TestApp {
    let app = TestApp::with(&[("use_conversations_api", "false"), ("policy.retry.look_for", "200ms")]).await;
    // A WhatsApp sender's webhook is set in Twilio's console.
    let number = json!({ "number": app.whatsapp(), "sms_url": "https://si.example.com/webhooks/sms" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    app
}

#[tokio::test]
async fn a_text_is_answered_and_its_way_is_known() {
    let app = start().await;
    for (address, state) in [(ANN, "delivered"), (EVE, "read")] {
        let phone = app.phone(address);
        phone.says("Hello").await;
        let session = app.session(address).await;
        assert_eq!(
            (&session["transport"], &session["conversation_sid"]),
            (&json!("messaging"), &json!(null))
        );
        eventually("the answer's state", async || {
            let items = app.get(&format!("/v1/outbound?state={state}")).await.expect(200).items();
            let mine = items.iter().filter(|one| one["session_id"] == session["session_id"]).count();
            (mine == 2).then_some(())
        })
        .await;
        let said = app.transcript(&session["session_id"]).await;
        let said: Vec<&str> = said.iter().map(|entry| text(&entry["text"])).collect();
        assert_eq!((said[0], said[said.len() - 1]), ("Hello", "You said: Hello"));
    }
    assert!(app.conversations().await.is_empty());
}

#[tokio::test]
async fn stop_is_silence_and_start_opens_again() {
    let app = start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    phone.text("STOP").await;
    app.event("consent.revoked").await;
    app.settled().await;
    let before = phone.received().await;
    assert_eq!(before.len(), 3, "{before:?}");
    app.post("/v1/messages", json!({ "to": ANN, "text": "Hi" })).await.problem(403, "opted-out");
    phone.text("Hello?").await;
    phone.text("START").await;
    phone.says("Back again").await;
    app.settled().await;
    assert_eq!(phone.count("You said: Hello?").await, 0);
}

#[tokio::test]
async fn f40_an_answer_lost_after_twilio_took_the_message_does_not_repeat_it() {
    let app = start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    for number in 1..=2 {
        app.fault(json!({ "kind": "drop_after_effect", "match": CREATE })).await;
        phone.says(&format!("Text {number}")).await;
        app.settled().await;
        assert_eq!(app.faults_left().await, 0);
    }
    assert_eq!(phone.received().await.len(), 4);
    eventually("all are delivered", async || {
        let items = app.get("/v1/outbound?state=delivered").await.expect(200).items();
        (items.len() == 4).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_block_at_twilio_counts_as_opting_out() {
    let app = start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    app.fault(json!({ "kind": "webhook_lost", "match": "inboundMessage" })).await;
    phone.text("STOP").await;
    phone.sees("unsubscribed").await;
    let sent = app.post("/v1/messages", json!({ "to": ANN, "text": "Hi" })).await.expect(202).json;
    let consent = format!("/v1/consent/{}", crate::support::encoded(ANN));
    eventually("the block is known", async || {
        (app.get(&consent).await.expect(200).json["state"] == "revoked").then_some(())
    })
    .await;
    let one = app.get(&format!("/v1/outbound/{}", text(&sent["id"]))).await.expect(200).json;
    assert_eq!(one["error_code"], 21610);
    app.post("/v1/messages", json!({ "to": ANN, "text": "Hi" })).await.problem(403, "opted-out");
}

#[tokio::test]
async fn the_same_text_delivered_again_is_answered_once() {
    let app = start().await;
    app.fault(json!({ "kind": "webhook_duplicate", "match": "inboundMessage", "count": 2 })).await;
    app.fault(json!({ "kind": "webhook_duplicate", "match": "messageStatus", "count": 9 })).await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    phone.says("And again").await;
    app.settled().await;
    assert_eq!(phone.received().await.len(), 3);
    assert_eq!(app.sessions(ANN).await.len(), 1);
}
