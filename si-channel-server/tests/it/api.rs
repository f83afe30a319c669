//! The API: what it takes, what it refuses and how it says so.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ANN, Answer, BOB, EVE, TestApp, encoded, eventually, text};

#[tokio::test]
async fn without_the_right_token_nothing_is_told() {
    let app = TestApp::start().await;
    for token in [None, Some("wrong"), Some(""), Some("api-token-of-the-tes"), Some("api-token-of-the-test2")]
    {
        for path in ["/v1/sessions", "/v1/events", "/v1/outbound", "/v1/consent/x"] {
            let request = app.http.get(format!("{}{path}", app.url()));
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            let answer = Answer::of(request).await;
            assert_eq!(answer.status, 401, "{path} {token:?}");
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{path} {token:?}");
        }
    }
    // Who runs the server may look at its health without a token.
    for path in ["/healthz", "/readyz"] {
        Answer::of(app.http.get(format!("{}{path}", app.url()))).await.expect(200);
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_apart() {
    let app = TestApp::start().await;
    for path in ["/", "/v1", "/v1/nothing", "/v1/sessions/", "/webhooks", "/admin"] {
        app.get(path).await.problem(404, "not-found");
    }
    for (method, path, allowed) in [
        (Method::DELETE, "/v1/sessions", "GET, POST"),
        (Method::GET, "/v1/messages", "POST"),
        (Method::POST, "/v1/events", "GET"),
        (Method::PATCH, "/v1/consent/x", "GET, PUT"),
        (Method::GET, "/webhooks/conversations", "POST"),
        (Method::GET, "/webhooks/sms", "POST"),
    ] {
        let answer = app.api(method, path, None).await;
        answer.problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), allowed, "{path}");
    }
    for path in ["/v1/sessions/ses_x", "/v1/sessions/ses_x/transcript", "/v1/outbound/out_x"] {
        app.get(path).await.problem(404, "not-found");
    }
    app.post("/v1/sessions/ses_x/messages", json!({ "text": "Hi" })).await.problem(404, "not-found");
    app.get("/v1/sessions/%ff").await.expect(400);
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_refused_by_the_name_of_what_is_wrong() {
    let app = TestApp::start().await;
    for (body, field) in [
        (json!({ "to": ANN, "text": "Hi", "nonsense": 1 }), "nonsense"),
        (json!({ "to": ANN, "texd": "Hi" }), "texd"),
        (json!({ "to": ANN }), "text"),
        (json!({ "text": "Hi" }), "to"),
        (json!({ "to": "nobody", "text": "Hi" }), "to"),
        (json!({ "to": ANN, "text": 7 }), "text"),
        (json!({ "to": ANN, "text": "Hi", "class": "spam" }), "class"),
        (json!({ "to": ANN, "text": "Hi", "not_before": "tomorrow" }), "not_before"),
    ] {
        let answer = app.post("/v1/messages", body.clone()).await;
        answer.problem(400, "invalid-body");
        assert_eq!(answer.json["field"], field, "{body}: {}", answer.body);
    }
    for body in [
        json!({ "to": ANN, "text": " \n" }),
        json!({ "to": ANN, "text": "x".repeat(16_001) }),
        json!({ "to": ANN, "text": "Hi", "expires_at": "2020-01-01T00:00:00Z" }),
        json!({ "to": ANN, "text": "Hi", "not_before": "2099-01-02T00:00:00Z", "expires_at": "2099-01-01T00:00:00Z" }),
    ] {
        app.post("/v1/messages", body).await.problem(400, "invalid-request");
    }
}

async fn post_text(app: &TestApp, body: String, content_type: &str) -> Answer {
    let request = app.http.post(format!("{}/v1/messages", app.url())).bearer_auth(crate::support::API_TOKEN);
    Answer::of(request.header("content-type", content_type).body(body)).await
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let app = TestApp::start().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let wide: Vec<String> = (0..10_000).map(|n| format!("\"k{n}\":1")).collect();
    for body in [
        String::new(),
        "{".to_owned(),
        "{\"to\":\"+1\",\"to\":\"+2\",\"text\":\"x\"}".to_owned(),
        "{\"text\":1e999}".to_owned(),
        deep,
        format!("{{{}}}", wide.join(",")),
    ] {
        let start: String = body.chars().take(20).collect();
        let answer = post_text(&app, body, "application/json").await;
        assert_eq!(answer.status, 400, "{start}: {}", answer.body);
    }
    post_text(&app, "{}".to_owned(), "text/plain").await.problem(415, "media-type-not-supported");
    let large = format!("{{\"text\":\"{}\"}}", "x".repeat(2 << 20));
    assert_eq!(post_text(&app, large, "application/json").await.status, 413);
}

#[tokio::test]
async fn sessions_are_listed_by_pages_newest_first() {
    let app = TestApp::start().await;
    for address in [ANN, BOB, EVE] {
        app.phone(address).says("Hello").await;
    }
    let all = app.get("/v1/sessions").await.expect(200);
    assert_eq!(all.json["next"], Value::Null);
    let ids = |answer: &Answer| -> Vec<Value> {
        answer.items().iter().map(|session| session["session_id"].clone()).collect()
    };
    assert_eq!(all.items().len(), 3);
    let started: Vec<String> = all.items().iter().map(|one| text(&one["started_at"]).to_owned()).collect();
    assert!(started.is_sorted_by(|a, b| a >= b), "{started:?}");

    let mut paged = Vec::new();
    let mut path = "/v1/sessions?limit=2".to_owned();
    loop {
        let page = app.get(&path).await.expect(200);
        paged.extend(ids(&page));
        match page.json["next"].as_str() {
            Some(next) => path = format!("/v1/sessions?limit=2&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, ids(&all));

    assert_eq!(app.get("/v1/sessions?state=active").await.expect(200).items().len(), 3);
    assert_eq!(app.get("/v1/sessions?state=closed").await.expect(200).items().len(), 0);
    let eve = app.sessions(EVE).await;
    assert_eq!(eve.len(), 1);
    for field in
        ["session_id", "conversation_sid", "state", "participants", "attributes", "previous_session_id"]
    {
        assert!(eve[0].get(field).is_some(), "{field}");
    }
    let id = text(&eve[0]["session_id"]);
    assert_eq!(app.get(&format!("/v1/sessions/{id}")).await.expect(200).json, eve[0]);
    for query in
        ["limit=0", "limit=101", "limit=x", "cursor=%21", "colour=red", "limit=1&limit=2", "address=x"]
    {
        app.get(&format!("/v1/sessions?{query}")).await.problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn a_session_is_opened_once_for_an_address() {
    let app = TestApp::start().await;
    let consent = json!({ "state": "granted" });
    app.api(Method::PUT, &format!("/v1/consent/{}", encoded(ANN)), Some(&consent)).await.expect(200);
    let open = json!({ "address": ANN, "name": "Ann", "attributes": { "customer": 42 } });
    let first = app.post("/v1/sessions", open.clone()).await.expect(201).json;
    let again = app.post("/v1/sessions", open).await.expect(200).json;
    assert_eq!(first["session_id"], again["session_id"]);
    let session = app.session_where(ANN, |session| session["state"] == "active").await;
    assert_eq!(session["attributes"], json!({ "customer": 42 }));
    assert_eq!(session["participants"][0]["name"], "Ann");
    let path = format!("/v1/sessions/{}/messages", text(&session["session_id"]));
    app.post(&path, json!({ "text": "Good morning" })).await.expect(202);
    app.phone(ANN).sees("Good morning").await;
    app.settled().await;
    // What she answers comes into the same conversation.
    app.phone(ANN).says("Morning!").await;
    assert_eq!(app.sessions(ANN).await.len(), 1);
    assert_eq!(app.conversations().await.len(), 1);
}

#[tokio::test]
async fn a_transcript_is_read_as_json_text_and_html() {
    let app = TestApp::start().await;
    let body = "<script>alert(\"1\" & '2')</script>";
    app.phone(ANN).says(body).await;
    app.settled().await;
    let session = app.session(ANN).await;
    let path = format!("/v1/sessions/{}/transcript", text(&session["session_id"]));
    let json = app.get(&path).await.expect(200).json;
    assert_eq!(json["session_id"], session["session_id"]);
    assert_eq!(json["conversation_sid"], session["conversation_sid"]);
    let said: Vec<(String, String)> = app
        .transcript(&session["session_id"])
        .await
        .iter()
        .map(|entry| (text(&entry["author"]).to_owned(), text(&entry["text"]).to_owned()))
        .collect();
    assert_eq!(said[0], (ANN.to_owned(), body.to_owned()), "{said:?}");
    assert_eq!(said.last(), Some(&("si".to_owned(), format!("You said: {body}"))), "{said:?}");

    let plain = app.get(&format!("{path}?format=text")).await.expect(200);
    assert!(plain.header("content-type").starts_with("text/plain"));
    assert!(plain.body.contains(&format!("{ANN}: {body}")), "{}", plain.body);
    let html = app.api_with(Method::GET, &path, None, &[("accept", "text/html")]).await.expect(200);
    assert!(html.header("content-type").starts_with("text/html"));
    assert!(!html.body.contains("<script"), "{}", html.body);
    assert!(html.body.contains("&lt;script&gt;alert(&quot;1&quot; &amp; "), "{}", html.body);
    app.get(&format!("{path}?format=pdf")).await.problem(400, "invalid-request");
}

#[tokio::test]
async fn outbound_messages_are_listed_and_cancelled_until_they_are_sent() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let later = jiff::Timestamp::from_millisecond(app.sandbox.clock().now_ms() + 3_600_000).unwrap();
    let planned = json!({ "to": ANN, "text": "Later", "not_before": later });
    let queued = app.post("/v1/messages", planned).await.expect(202).json;
    let id = text(&queued["id"]).to_owned();

    let waiting = app.get("/v1/outbound?state=queued").await.expect(200).items();
    assert_eq!(waiting.len(), 1);
    assert_eq!((&waiting[0]["id"], &waiting[0]["text"]), (&queued["id"], &json!("Later")));
    let path = format!("/v1/outbound/{id}/cancel");
    assert_eq!(app.api(Method::POST, &path, None).await.expect(200).json["state"], "cancelled");
    assert!(app.get("/v1/outbound?state=queued").await.expect(200).items().is_empty());

    let read = app.get("/v1/outbound").await.expect(200).items();
    assert_eq!(read.len(), 3, "the welcome, the echo and the cancelled one");
    let sent = read.iter().find(|one| one["text"] == "You said: Hello").unwrap();
    let cancel = format!("/v1/outbound/{}/cancel", text(&sent["id"]));
    let refused = app.api(Method::POST, &cancel, None).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    app.get("/v1/outbound?state=lost").await.problem(400, "invalid-request");

    app.advance(jiff::SignedDuration::from_hours(2));
    app.settled().await;
    assert_eq!(app.phone(ANN).count("Later").await, 0);
}

#[tokio::test]
async fn what_has_expired_is_not_sent() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let at = |hours: i64| {
        jiff::Timestamp::from_millisecond(app.sandbox.clock().now_ms() + hours * 3_600_000).unwrap()
    };
    let offer = json!({ "to": ANN, "text": "Offer", "not_before": at(1), "expires_at": at(2) });
    let queued = app.post("/v1/messages", offer).await.expect(202).json;
    app.advance(jiff::SignedDuration::from_hours(3));
    eventually("the message expires", async || {
        let one = app.get(&format!("/v1/outbound/{}", text(&queued["id"]))).await.expect(200).json;
        (one["state"] == "expired").then_some(())
    })
    .await;
    assert_eq!(app.phone(ANN).count("Offer").await, 0);
}

#[tokio::test]
async fn the_api_can_be_kept_apart_from_what_the_internet_reaches() {
    let app = TestApp::with(&[("admin_listen", "127.0.0.1:0")]).await;
    let admin = format!("http://{}", app.admin_address().expect("a second listener"));
    let ask = async |base: &str, path: &str| {
        Answer::of(app.http.get(format!("{base}{path}")).bearer_auth(crate::support::API_TOKEN)).await
    };
    ask(&app.url(), "/v1/sessions").await.problem(404, "not-found");
    ask(&admin, "/v1/sessions").await.expect(200);
    ask(&admin, "/webhooks/conversations").await.problem(404, "not-found");
    ask(&app.url(), "/webhooks/conversations").await.problem(405, "method-not-allowed");
    for base in [&app.url(), &admin] {
        ask(base, "/healthz").await.expect(200);
    }
    app.phone(ANN).text("Hello").await;
    app.phone(ANN).sees("You said: Hello").await;
}
