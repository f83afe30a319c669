//! What people say, who they are and what opens doors is not in the log.

use reqwest::Method;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{API_TOKEN, Log, TestApp, encoded, text};

#[tokio::test]
async fn a_whole_journey_leaves_no_personal_data_and_no_secret_in_the_log() {
    // What other tests do beside this one is in it too, and is looked at as well.
    let log = Log::kept();

    let phone_digits = "5557779911";
    let (ann, bob) = (format!("+1{phone_digits}"), format!("whatsapp:+1{phone_digits}"));
    let server = MockServer::start().await;
    let broken = ResponseTemplate::new(500).set_body_string("Answer-Secretly-Broken");
    Mock::given(wiremock::matchers::any()).respond_with(broken).up_to_n_times(1).mount(&server).await;
    let html = ResponseTemplate::new(200).set_body_raw("<p>Answer-Secretly-Odd</p>", "text/html");
    Mock::given(wiremock::matchers::any()).respond_with(html).up_to_n_times(1).mount(&server).await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "text": "Answer-Secretly-Whole" }));
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    let url = format!("{}/turn", server.uri());
    let app = TestApp::with(&[
        ("cognition.kind", "http"),
        ("cognition.url", &url),
        ("cognition.token", "cognition-token-secret"),
        ("policy.retry.look_for", "200ms"),
    ])
    .await;

    for address in [&ann, &bob] {
        app.phone(address).text("Text-Of-A-Person").await;
        app.phone(address).sees("Answer-Secretly-Whole").await;
    }
    let code = app.phone(&ann).invites().await;
    app.phone(&bob).text(&format!("join {code} Roberta")).await;
    app.phone(&ann).sees("Roberta joined").await;
    app.phone(&bob).text("Text-Of-A-Group").await;
    app.phone(&ann).sees("Roberta: Text-Of-A-Group").await;

    // What goes wrong is logged, in words of our own.
    let create = "POST /conversations/v1/Conversations/*/Messages";
    for kind in ["drop_after_effect", "drop_before_effect"] {
        app.fault(json!({ "kind": kind, "match": create })).await;
        app.post("/v1/messages", json!({ "to": ann, "text": format!("Notice-{kind}") })).await.expect(202);
        app.phone(&ann).sees(&format!("Notice-{kind}")).await;
    }
    let hx = "HX0123456789abcdef0123456789abcdef";
    for (name, value) in [
        ("template", json!({ "content_sid": hx, "variables": { "1": "Value-Of-A-Template" } })),
        (
            "media",
            json!([{ "url": "https://127.0.0.1/File-Of-A-Person", "filename": "File-Of-A-Person.png" }]),
        ),
    ] {
        let sent = app.post("/v1/messages", json!({ "to": ann, name: value })).await.expect(202).json;
        app.outbound(&sent["id"], "failed").await;
    }
    let odd: Vec<(String, String)> = [("Body", "Body-Of-A-Forgery"), ("From", ann.as_str())]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    app.webhook("/webhooks/sms", &odd).await.expect(400);
    app.webhook_signed("/webhooks/sms", &odd, "Forged-Signature").await.expect(403);
    app.post("/v1/messages", json!({ "to": ann, "text": 7, "Odd-Field": ann })).await.expect(400);
    app.post("/v1/messages", json!({ "to": "+15557778822", "text": "To-Nobody" }))
        .await
        .problem(403, "no-consent");
    let wrong = app.http.get(format!("{}/v1/sessions", app.url())).bearer_auth("Wrong-Bearer");
    assert_eq!(wrong.send().await.unwrap().status(), 401);
    app.get(&format!("/v1/consent/{}", encoded(&ann))).await.expect(200);
    app.get(&format!("/v1/sessions?address={}", encoded(&ann))).await.expect(200);
    let session = app.session(&ann).await;
    let gone = format!("/v1/sessions/{}/participants/{}", text(&session["session_id"]), encoded(&bob));
    app.api(Method::DELETE, &gone, None).await.expect(202);
    app.phone(&ann).text("STOP").await;
    app.event("consent.revoked").await;
    app.settled().await;

    let lines = log.lines().concat();
    assert!(lines.contains("no answer") || lines.contains("put off"), "the log is captured: {lines}");
    let secrets = [app.sandbox.auth_token(), app.sandbox.api_secret()];
    log.is_free_of(&[
        phone_digits,
        "5557778822",
        "Text-Of-A",
        "Answer-Secretly",
        "Notice-",
        "Value-Of-A-Template",
        "File-Of-A-Person",
        "Roberta",
        "Body-Of-A-Forgery",
        "Forged-Signature",
        "Odd-Field",
        "To-Nobody",
        "Wrong-Bearer",
        "cognition-token-secret",
        API_TOKEN,
        &code,
        &secrets[0],
        &secrets[1],
    ]);
}
