//! The pre-action hook, for which Twilio and the person wait: in doubt the text passes as it is.

use serde_json::{Value, json};

use crate::support::{
    ANN, Answer, BOB, Form, PATIENCE, TestApp, encode, eventually, serve_stuck, sign, text,
};

const PATH: &str = "/webhooks/conversations";

/// `onMessageAdd` as Twilio asks before it relays a text.
fn message_add(app: &TestApp, conversation: &str, author: &str, body: &str) -> Form {
    [
        ("AccountSid", app.sandbox.account_sid().as_str()),
        ("EventType", "onMessageAdd"),
        ("Source", "SMS"),
        ("ConversationSid", conversation),
        ("Body", body),
        ("Author", author),
        ("Attributes", "{}"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Checks that the answer lets the text pass as it is.
#[track_caller]
fn assert_unchanged(answer: &Answer) {
    assert!(answer.status == 200, "{} {}", answer.status, answer.body);
    assert!(matches!(&answer.json, Value::Object(fields) if fields.is_empty()), "{}", answer.body);
}

/// A conversation of Ann and Bob.
async fn pair(app: &TestApp) -> String {
    app.phone(ANN).says("Hello").await;
    let code = app.phone(ANN).invites().await;
    app.phone(BOB).text(&format!("join {code} Bob")).await;
    app.phone(ANN).sees("Bob joined").await;
    app.settled().await;
    text(&app.session(ANN).await["conversation_sid"]).to_owned()
}

#[tokio::test]
async fn the_authors_name_is_put_before_a_text_to_others() {
    let app = TestApp::start().await;
    let conversation = pair(&app).await;
    let answer = app.webhook(PATH, &message_add(&app, &conversation, BOB, "Hi")).await.expect(200);
    assert_eq!(answer.json["body"], "Bob: Hi");
    let attributes: Value = serde_json::from_str(text(&answer.json["attributes"])).unwrap();
    assert_eq!(attributes["si"]["original"], "Hi");
}

#[tokio::test]
async fn what_is_not_known_passes_as_it_is() {
    let app = TestApp::start().await;
    let conversation = pair(&app).await;
    for (conversation, author, body) in [
        (format!("CH{}", "9".repeat(32)), BOB, "Hi".to_owned()),
        (conversation.clone(), "+15557770099", "Hi".to_owned()),
        (conversation.clone(), "system", "Hi".to_owned()),
        (conversation.clone(), BOB, "x".repeat(1599)),
    ] {
        assert_unchanged(&app.webhook(PATH, &message_add(&app, &conversation, author, &body)).await);
    }
    assert!(app.events_of("message.received").await.iter().all(|event| event["data"]["text"] != "Hi"));
}

#[tokio::test]
async fn a_store_that_does_not_answer_does_not_hold_a_text_up() {
    let app = TestApp::unwired(&[("limits.pre_action_timeout", "2s")]).await;
    let url = serve_stuck(&app.config(), &app.sandbox.auth_token()).await;
    let form = message_add(&app, &format!("CH{}", "9".repeat(32)), BOB, "Hi");
    let request = app.http.post(format!("{url}{PATH}")).header("x-twilio-signature", sign(&app, PATH, &form));
    let answer = tokio::time::timeout(PATIENCE, Answer::of(request.body(encode(&form)))).await;
    assert_unchanged(&answer.expect("the store is not waited for"));
}

#[tokio::test]
async fn an_unsigned_question_is_refused() {
    let app = TestApp::start().await;
    let form = message_add(&app, &format!("CH{}", "9".repeat(32)), BOB, "Hi");
    app.webhook_signed(PATH, &form, "").await.problem(403, "signature");
}

#[tokio::test]
async fn while_the_server_is_down_texts_still_pass() {
    let mut app = TestApp::start().await;
    let conversation = json!(pair(&app).await);
    app.stop().await;
    app.phone(BOB).text("Anybody here?").await;
    app.phone(ANN).sees("Anybody here?").await;
    app.begin().await;
    // What was missed while it was down is not known yet; what comes after it is.
    app.phone(BOB).text("Hello again").await;
    app.phone(ANN).sees("Bob: Hello again").await;
    eventually("the answer", async || {
        (app.phone(BOB).count("You said: Hello again").await == 1).then_some(())
    })
    .await;
    assert_eq!(app.session(ANN).await["conversation_sid"], conversation);
}
