use std::time::Duration;

use serde_json::json;
use twilio_sandbox::{Behaviour, SandboxConfig, UnreachablePreHook};

use crate::support::{ANN, BOB, Lab, Receiver, Reply};

/// A conversation of Ann and Bob, and a pre-action webhook at `/pre`.
async fn group(lab: &Lab, pre: &str) -> String {
    let sid = lab.conversation().await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    lab.join(&sid, BOB, &lab.sms()).await.expect(201);
    let form = [("PreWebhookUrl", pre), ("Filters", "onMessageAdd")];
    lab.post("/conversations/v1/Configuration/Webhooks", &form).await.expect(200);
    sid
}

#[tokio::test]
async fn an_empty_answer_publishes_unchanged_and_the_hook_knows_no_message_yet() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let sid = group(&lab, &format!("{}/pre", receiver.url)).await;
    lab.text(ANN, &lab.sms(), "hello").await;
    let hook = receiver.event("onMessageAdd").await;
    hook.is_signed(&lab.sandbox.auth_token(), &format!("{}/pre", receiver.url));
    for (name, value) in
        [("ConversationSid", sid.as_str()), ("Body", "hello"), ("Author", ANN), ("Source", "SMS")]
    {
        assert_eq!(hook.get(name), value);
    }
    assert!(hook.field("ParticipantSid").is_some());
    assert_eq!((hook.field("MessageSid"), hook.field("Index")), (None, None));
    lab.until(async || (lab.received(BOB).await == ["hello"]).then_some(())).await;
}

#[tokio::test]
async fn body_author_and_attributes_can_be_changed() {
    let lab = Lab::new().await;
    let receiver = Receiver::new().await;
    let answer = json!({"body": "Ann: hello", "attributes": "{\"raw\":\"hello\"}", "unknown": 1});
    receiver.reply("/pre", Reply::of(200, "application/json", &answer.to_string()));
    let sid = group(&lab, &format!("{}/pre", receiver.url)).await;
    lab.text(ANN, &lab.sms(), "hello").await;
    lab.until(async || (lab.received(BOB).await == ["Ann: hello"]).then_some(())).await;
    let list = lab.get(&format!("/conversations/v1/Conversations/{sid}/Messages")).await.expect(200);
    assert_eq!(list["messages"][0]["attributes"], "{\"raw\":\"hello\"}");
    assert_eq!(list["messages"][0]["author"], ANN);
}

#[tokio::test]
async fn a_4xx_and_a_5xx_both_drop_the_message() {
    for status in [403, 500] {
        let lab = Lab::new().await;
        let receiver = Receiver::new().await;
        receiver.reply("/pre", Reply::of(status, "text/plain", "no"));
        let sid = group(&lab, &format!("{}/pre", receiver.url)).await;
        let path = format!("/conversations/v1/Conversations/{sid}/Messages");
        lab.post_aloud(&path, &[("Body", "x")]).await.fails(403, 50056);
        let message = lab.text(ANN, &lab.sms(), "hello").await;
        let note = lab
            .until(async || {
                let log = lab.control(http::Method::GET, "log?kind=note", json!(null)).await.expect(200);
                log["entries"].get(0).cloned()
            })
            .await;
        assert_eq!((&note["subject"], &note["error_code"]), (&json!(message), &json!(50056)));
        assert_eq!(lab.get(&path).await.expect(200)["messages"], json!([]));
        lab.post(&path, &[("Body", "a silent write is not asked about")]).await.expect(201);
    }
}

#[tokio::test]
async fn an_invalid_change_is_an_error_for_the_originator() {
    let lab = Lab::new().await;
    let receiver = Receiver::new().await;
    receiver.reply("/pre", Reply::of(200, "application/json", r#"{"attributes":"not json"}"#));
    let sid = group(&lab, &format!("{}/pre", receiver.url)).await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    lab.post_aloud(&path, &[("Body", "x")]).await.fails(400, 50304);
}

#[tokio::test]
async fn silence_until_the_timeout_publishes_unchanged() {
    let timeout = Duration::from_millis(60);
    let lab =
        Lab::with(SandboxConfig { conversations_webhook_timeout: timeout, ..SandboxConfig::default() }).await;
    let receiver = Receiver::new().await;
    receiver.reply("/pre", Reply { never: true, ..Reply::of(200, "", "") });
    let sid = group(&lab, &format!("{}/pre", receiver.url)).await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let made = lab.post_aloud(&path, &[("Body", "late")]).await.expect(201);
    assert_eq!(made["body"], "late");
    let log = lab.control(http::Method::GET, "log?kind=webhook", json!(null)).await.expect(200);
    assert_eq!(log["entries"][0]["failure"], "timeout");
}

#[tokio::test]
async fn a_refused_connection_follows_the_setting() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pre = format!("http://{}/pre", closed.local_addr().unwrap());
    drop(closed);
    let lab = Lab::new().await;
    let sid = group(&lab, &pre).await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    lab.post_aloud(&path, &[("Body", "x")]).await.expect(201);
    let unreachable_pre_hook = UnreachablePreHook::Refuse;
    let behaviour = Behaviour { unreachable_pre_hook, ..Behaviour::default() };
    let lab = Lab::with(SandboxConfig { behaviour, ..SandboxConfig::default() }).await;
    let sid = group(&lab, &pre).await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    lab.post_aloud(&path, &[("Body", "x")]).await.fails(403, 50056);
}
