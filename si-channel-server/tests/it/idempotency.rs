//! `Idempotency-Key`: a request that is sent again does nothing again.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ANN, Answer, TestApp, text};

async fn send(app: &TestApp, key: &str, body: &Value) -> Answer {
    app.api_with(Method::POST, "/v1/messages", Some(body), &[("idempotency-key", key)]).await
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer_and_another_is_refused() {
    let mut app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    let hi = json!({ "to": ANN, "text": "Hi Ann" });
    let first = send(&app, "key-1", &hi).await.expect(202).json;
    assert_eq!(send(&app, "key-1", &hi).await.expect(202).json, first);
    app.restart().await;
    assert_eq!(send(&app, "key-1", &hi).await.expect(202).json, first, "after a restart too");
    send(&app, "key-1", &json!({ "to": ANN, "text": "Bye" })).await.problem(422, "idempotency-key-reused");
    assert_ne!(send(&app, "key-2", &hi).await.expect(202).json["id"], first["id"]);
    for key in ["", &"x".repeat(256)] {
        send(&app, key, &hi).await.problem(400, "invalid-request");
    }
    app.settled().await;
    assert_eq!(app.phone(ANN).count("Hi Ann").await, 2);
    assert_eq!(app.phone(ANN).count("Bye").await, 0);
}

#[tokio::test]
async fn the_same_request_many_times_at_once_is_done_once() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    let hi = json!({ "to": ANN, "text": "Hi Ann" });
    let answers = futures_util::future::join_all((0..20).map(|_| send(&app, "key-1", &hi))).await;
    let ids: Vec<&str> = answers.iter().map(|answer| text(&answer.json["id"])).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    app.settled().await;
    assert_eq!(app.phone(ANN).count("Hi Ann").await, 1);
}

#[tokio::test]
async fn keys_belong_to_a_path() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    let session = app.session(ANN).await;
    let path = format!("/v1/sessions/{}/messages", text(&session["session_id"]));
    send(&app, "key-1", &json!({ "to": ANN, "text": "By address" })).await.expect(202);
    let body = json!({ "text": "By session" });
    app.api_with(Method::POST, &path, Some(&body), &[("idempotency-key", "key-1")]).await.expect(202);
    app.phone(ANN).sees("By address").await;
    app.phone(ANN).sees("By session").await;
}
