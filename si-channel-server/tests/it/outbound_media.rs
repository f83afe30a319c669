//! Files on their way out: fetched, handed to Twilio, shown on phones, and told of when they cannot be had.

use reqwest::Method;
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ANN, BOB, EVE, TestApp, encoded, eventually, text};

const UPLOAD: &str = "POST /mcs/v1/Services/*/Media";
const CREATE: &str = "POST /conversations/v1/Conversations/*/Messages";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";
const PDF: &[u8] = b"%PDF-1.7 and so on";

/// A server with files, some of which phones can show.
async fn files() -> MockServer {
    let server = MockServer::start().await;
    for (name, kind, bytes) in [
        ("/cat.png", "image/png", PNG),
        ("/plan", "application/octet-stream", PDF),
        ("/plan.pdf", "application/pdf", PDF),
        ("/login", "text/html; charset=utf-8", b"<!doctype html>"),
        ("/tool", "application/x-sh", b"#!/bin/sh"),
    ] {
        let file = ResponseTemplate::new(200).set_body_raw(bytes, kind);
        Mock::given(path(name)).respond_with(file).mount(&server).await;
    }
    server
}

/// A channel that may fetch files from this machine.
async fn start(conversations: &str) -> TestApp {
    let app = TestApp::with(&[
        ("outbound_media.private_hosts", "true"),
        ("use_conversations_api", conversations),
        ("policy.retry.base", "10ms"),
        ("policy.retry.look_for", "200ms"),
    ])
    .await;
    let number = json!({ "number": app.whatsapp(), "sms_url": "https://si.example.com/webhooks/sms" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    app
}

impl TestApp {
    /// What a phone shows of what came with files: the text, and each file's bytes.
    async fn pictures(&self, phone: &str) -> Vec<(String, Vec<u8>)> {
        let path = format!("/sandbox/handsets/{}/messages", encoded(phone));
        let screen = self.control(Method::GET, &path, Value::Null).await.expect(200).json;
        let mut shown = Vec::new();
        for message in screen["messages"].as_array().unwrap() {
            for url in message["media"].as_array().unwrap() {
                let bytes = self.http.get(text(url)).send().await.unwrap().bytes().await.unwrap();
                shown.push((message["body"].as_str().unwrap_or_default().to_owned(), bytes.to_vec()));
            }
        }
        shown
    }

    async fn shows(&self, phone: &str, files: &[(&str, &[u8])]) {
        let wanted: Vec<_> = files.iter().map(|(body, bytes)| ((*body).to_owned(), bytes.to_vec())).collect();
        eventually("the files", async || (self.pictures(phone).await == wanted).then_some(())).await;
    }
}

#[tokio::test]
async fn files_arrive_with_their_bytes_and_in_their_order() {
    // Through Messaging Twilio asks for the file itself, and takes its server's word for the type.
    for (conversations, plan) in [("true", "plan"), ("false", "plan.pdf")] {
        let (server, app) = (files().await, start(conversations).await);
        for phone in [ANN, EVE] {
            app.phone(phone).says("Hello").await;
            let media = json!([
                { "url": format!("{}/cat.png", server.uri()), "filename": "cat.png" },
                { "url": format!("{}/{plan}", server.uri()), "content_type": "application/pdf" },
            ]);
            let sent = app.post("/v1/messages", json!({ "to": phone, "text": "Look", "media": media })).await;
            let sent = sent.expect(202).json;
            assert_eq!(sent["parts"].as_array().unwrap().len(), 2);
            app.shows(phone, &[("Look", PNG), ("", PDF)]).await;
            app.settled().await;
            let said = app.transcript(&sent["session_id"]).await;
            let [.., cat, plan] = said.as_slice() else { panic!("{said:?}") };
            assert_eq!((&cat["text"], &cat["media"][0]["filename"]), (&json!("Look"), &json!("cat.png")));
            assert_eq!(plan["text"], "[application/pdf]");
        }
    }
}

#[tokio::test]
async fn a_file_answers_a_turn_and_reaches_a_group() {
    let (server, brain) = (files().await, MockServer::start().await);
    let media = json!({ "media": [{ "url": format!("{}/cat.png", server.uri()) }], "text": "Look" });
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "messages": [media, "Nice?"] }));
    Mock::given(path("/turn")).respond_with(answer).mount(&brain).await;
    let app = TestApp::with(&[
        ("outbound_media.private_hosts", "true"),
        ("cognition.kind", "http"),
        ("cognition.url", &format!("{}/turn", brain.uri())),
    ])
    .await;
    let code = app.phone(ANN).invites().await;
    app.phone(BOB).text(&format!("join {code} Bob")).await;
    app.phone(ANN).sees("Bob").await;
    app.phone(ANN).text("A cat?").await;
    for phone in [ANN, BOB] {
        app.shows(phone, &[("Look", PNG)]).await;
        app.phone(phone).sees("Nice?").await;
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_had_is_told_of_and_its_text_sent() {
    for conversations in ["true", "false"] {
        let (server, app) = (files().await, start(conversations).await);
        app.phone(ANN).says("Hello").await;
        let unreachable = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        for (number, (url, why)) in [
            (format!("http://{unreachable}/a.png"), "cannot be reached"),
            (format!("{}/nowhere.png", server.uri()), "answered 404"),
            (format!("{}/login", server.uri()), "web page"),
            (format!("{}/tool", server.uri()), "application/x-sh"),
        ]
        .into_iter()
        .enumerate()
        {
            let caption = format!("Look {number}");
            let message = json!({ "to": ANN, "text": caption, "media": [{ "url": url }] });
            let sent = app.post("/v1/messages", message).await.expect(202).json;
            let failed = app.outbound(&sent["id"], "failed").await;
            let reason = text(&failed["reason"]);
            assert!(reason.starts_with("the file cannot be sent") && reason.contains(why), "{reason}");
            app.phone(ANN).sees(&caption).await;
            app.settled().await;
            assert_eq!(app.phone(ANN).count(&caption).await, 1);
            let queued = app.events_of("message.queued").await.pop().unwrap();
            assert_eq!(
                (&queued["data"]["text"], &queued["data"]["instead_of"]),
                (&json!(caption), &sent["id"])
            );
        }
        assert!(app.pictures(ANN).await.is_empty());
    }
}

#[tokio::test]
async fn private_addresses_are_not_asked() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    for url in ["https://127.0.0.1/a.png", "https://169.254.169.254/latest", "https://[::1]/a.png"] {
        let sent = app.post("/v1/messages", json!({ "to": ANN, "media": [{ "url": url }] })).await;
        let failed = app.outbound(&sent.expect(202).json["id"], "failed").await;
        assert!(text(&failed["reason"]).contains("not public"), "{failed}");
    }
    let plain = json!({ "to": ANN, "media": [{ "url": "http://127.0.0.1/a.png" }] });
    app.post("/v1/messages", plain).await.problem(400, "invalid-body");
}

#[tokio::test]
async fn an_upload_may_be_repeated_and_a_message_is_not() {
    let (server, app) = (files().await, start("true").await);
    app.phone(ANN).says("Hello").await;
    app.fault(json!({ "kind": "drop_after_effect", "match": UPLOAD })).await;
    app.fault(json!({ "kind": "drop_after_effect", "match": CREATE })).await;
    let media = json!([{ "url": format!("{}/cat.png", server.uri()) }]);
    let sent = app.post("/v1/messages", json!({ "to": ANN, "media": media })).await.expect(202).json;
    app.outbound(&sent["id"], "delivered").await;
    app.settled().await;
    assert_eq!(app.faults_left().await, 0);
    app.shows(ANN, &[("", PNG)]).await;
}

#[tokio::test]
async fn a_crash_between_the_upload_and_the_message_sends_it_once() {
    let (server, mut app) = (files().await, start("true").await);
    app.phone(ANN).says("Hello").await;
    app.fault(json!({ "kind": "delay", "match": CREATE, "delay_ms": 5_000 })).await;
    let media = json!([{ "url": format!("{}/cat.png", server.uri()) }]);
    let sent = app.post("/v1/messages", json!({ "to": ANN, "media": media })).await.expect(202).json;
    let uploads = async |app: &TestApp| {
        let log = app.log("api").await;
        log.iter()
            .filter(|entry| entry["method"] == "POST" && text(&entry["path"]).ends_with("/Media"))
            .count()
    };
    eventually("the upload", async || (uploads(&app).await == 1).then_some(())).await;
    app.cut_off();
    app.begin().await;
    app.outbound(&sent["id"], "delivered").await;
    app.settled().await;
    assert_eq!(uploads(&app).await, 2);
    app.shows(ANN, &[("", PNG)]).await;
}
