//! A server whose store is away for a while, and a text that comes meanwhile.

use serde_json::json;

use super::{ANN, Form, TestApp, eventually, message_added, text};

const PATH: &str = "/webhooks/conversations";

/// A text of Ann's, as Twilio tells of it.
pub(crate) async fn untold(app: &TestApp) -> Form {
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let conversation = text(&app.session(ANN).await["conversation_sid"]).to_owned();
    message_added(app, &conversation, &format!("IM{}", "7".repeat(32)), ANN, "Are you there?")
}

/// While the store is away nothing is acknowledged, and whoever asks is told so.
pub(crate) async fn nothing_is_acknowledged(app: &TestApp, form: &Form) {
    let refused = app.webhook(PATH, form).await;
    refused.problem(503, "unavailable");
    assert!(!refused.header("retry-after").is_empty());
    app.post("/v1/messages", json!({ "to": ANN, "text": "Hi" })).await.problem(503, "unavailable");
    app.get("/readyz").await.problem(503, "unavailable");
    app.get("/healthz").await.expect(200);
}

/// The store is back: the text is taken, and nothing else was.
pub(crate) async fn all_goes_on(app: &TestApp, form: &Form) {
    eventually("the store is back", async || (app.webhook(PATH, form).await.status == 200).then_some(()))
        .await;
    app.phone(ANN).sees("You said: Are you there?").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 3);
}
