//! What is done when Twilio refuses, stumbles or cannot be reached.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, EVE, TestApp, eventually, text};

const CREATE: &str = "POST /conversations/v1/Conversations/*/Messages";
const CREATE_ALONE: &str = "POST /api/2010-04-01/Accounts/*/Messages.json";

fn crowd() -> Vec<String> {
    (0..5).map(|number| format!("+155577704{number:02}")).collect()
}

impl TestApp {
    /// What of a burst of messages people got: each once, in order.
    async fn sees_each_once(&self, phones: &[String], bodies: &[&str]) {
        for phone in phones {
            let phone = self.phone(phone);
            let received = phone.shows("all have come", |received| received.len() >= bodies.len()).await;
            assert_eq!(received, bodies);
        }
        self.settled().await;
        for phone in phones {
            assert_eq!(self.phone(phone).received().await, bodies, "once each");
        }
    }

    async fn send_to_all(&self, phones: &[String], bodies: &[&str]) {
        for body in bodies {
            for phone in phones {
                self.post("/v1/messages", json!({ "to": phone, "text": body })).await.expect(202);
            }
        }
    }

    async fn twilio(&self, state: &str) -> Value {
        eventually(&format!("Twilio is {state}"), async || {
            let ready = self.get("/readyz").await.expect(200).json;
            (ready["twilio"]["state"] == state).then(|| ready["twilio"].clone())
        })
        .await
    }
}

#[tokio::test]
async fn f34_too_many_requests_are_waited_out_with_nothing_lost_and_order_kept() {
    let app = TestApp::with(&[("policy.pacing.rates.long_code", "100")]).await;
    let phones = crowd();
    for phone in &phones {
        app.agreed(phone).await;
    }
    // With and without a word on how long to wait.
    for retry_after in [json!(1), Value::Null] {
        let mut fault = json!({ "kind": "status", "match": CREATE, "status": 429, "count": 4 });
        if !retry_after.is_null() {
            fault["retry_after"] = retry_after;
        }
        app.fault(fault).await;
    }
    app.send_to_all(&phones, &["First", "Second", "Third"]).await;
    app.sees_each_once(&phones, &["First", "Second", "Third"]).await;
    assert_eq!(app.faults_left().await, 0);
    app.twilio("ok").await;
    let deferred = app.events_of("message.deferred").await;
    assert!(!deferred.is_empty());
    assert!(deferred.iter().all(|event| event["data"]["error_code"] == 20429), "{deferred:?}");
}

#[tokio::test]
async fn f35_whatever_comes_for_an_answer_each_message_arrives_once_and_in_order() {
    let settings = [("policy.retry.look_for", "200ms"), ("twilio.request_timeout", "2s")];
    let app = TestApp::with(&settings).await;
    let phones = crowd();
    for phone in &phones {
        app.agreed(phone).await;
    }
    let stall = json!({ "kind": "delay", "delay_ms": 600_000 });
    let script = json!([
        500,
        502,
        "drop_before_effect",
        "ok",
        503,
        "drop_after_effect",
        "truncate",
        504,
        "garbage_html",
        "ok",
        "garbage_json",
        stall
    ]);
    app.fault(json!({ "script": script, "match": CREATE })).await;
    app.send_to_all(&phones, &["First", "Second", "Third"]).await;
    app.sees_each_once(&phones, &["First", "Second", "Third"]).await;
    assert_eq!(app.faults_left().await, 0);
    assert!(app.get("/v1/outbound?state=failed").await.expect(200).items().is_empty());
}

#[tokio::test]
async fn f35_while_twilio_cannot_be_reached_it_is_left_alone_and_the_queue_is_kept() {
    // No name, nobody there, and no TLS.
    for away in ["http://twilio.invalid", "http://127.0.0.1:1", "https"] {
        let mut app = TestApp::unwired(&[("use_conversations_api", "false")]).await;
        let real = app.sandbox.url().to_owned();
        let away = if away == "https" { real.replace("http://", "https://") } else { away.to_owned() };
        app.set("twilio.base_url", &away);
        app.begin().await;
        let phones = crowd();
        for phone in &phones {
            app.agreed(phone).await;
        }
        app.send_to_all(&phones, &["First", "Second"]).await;
        let twilio = app.twilio("left_alone").await;
        assert!(!text(&twilio["why"]).is_empty() && twilio["until"].is_string(), "{twilio}");
        assert!(app.get("/v1/outbound?state=failed").await.expect(200).items().is_empty());

        app.set("twilio.base_url", &real);
        app.restart().await;
        app.sees_each_once(&phones, &["First", "Second"]).await;
        app.twilio("ok").await;
    }
}

#[tokio::test]
async fn a_dead_letter_says_why_and_is_tried_again_when_somebody_asks() {
    let app = TestApp::start().await;
    app.agreed(ANN).await;
    app.fault(json!({ "kind": "status", "match": CREATE, "status": 400, "code": 20422 })).await;
    let sent =
        app.post("/v1/messages", json!({ "to": ANN, "text": "Your code is 1" })).await.expect(202).json;
    let dead = app.outbound(&sent["id"], "failed").await;
    assert_eq!(dead["error_code"], 20422);
    assert!(!text(&dead["reason"]).is_empty());
    let listed = app.get("/v1/outbound?state=failed").await.expect(200).items();
    assert_eq!(listed.len(), 1);

    let retry = format!("/v1/outbound/{}/retry", text(&sent["id"]));
    let key = [("idempotency-key", "again")];
    let mut answers = Vec::new();
    for _ in 0..2 {
        answers.push(app.api_with(Method::POST, &retry, None, &key).await.expect(200).json);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!((&answers[0]["state"], &answers[0]["attempts"]), (&json!("queued"), &json!(0)));
    app.phone(ANN).sees("Your code is 1").await;
    app.outbound(&sent["id"], "delivered").await;
    assert_eq!(app.phone(ANN).received().await.len(), 1);
    assert_eq!(app.events_of("message.retried").await.len(), 1);
    let records = app.get("/v1/audit?kind=send").await.expect(200).items();
    let reasons: Vec<&str> =
        records.iter().filter_map(|record| record["record"]["reason"].as_str()).collect();
    assert!(reasons.contains(&"retry_requested"), "{records:?}");

    app.api(Method::POST, &retry, None).await.problem(422, "refused");
    app.api(Method::POST, "/v1/outbound/out_none/retry", None).await.problem(404, "not-found");
}

#[tokio::test]
async fn what_cannot_arrive_is_said_on_the_other_channel_to_who_agreed_to_it_there() {
    for (agrees, wanted) in [(true, true), (false, true), (true, false)] {
        let wants = wanted.to_string();
        let app = TestApp::with(&[("policy.remedies.other_channel", wants.as_str())]).await;
        let by_text = EVE.strip_prefix("whatsapp:").unwrap();
        for address in [by_text, BOB] {
            app.agreed(address).await;
        }
        app.phone(by_text).is(json!({ "reachable": false })).await;
        if agrees {
            app.phone(EVE).says("Hello").await;
        }
        let before = app.phone(EVE).received().await.len();
        let sent = app.post("/v1/messages", json!({ "to": by_text, "text": "Your taxi is here" })).await;
        let sent = sent.expect(202).json;
        assert_eq!(app.outbound(&sent["id"], "undelivered").await["error_code"], 30003);
        if agrees && wanted {
            app.phone(EVE).sees("Your taxi is here").await;
        }
        app.settled().await;
        let expected = before + usize::from(agrees && wanted);
        assert_eq!(app.phone(EVE).received().await.len(), expected);
    }
}

#[tokio::test]
async fn a_sender_that_cannot_send_is_held_so_that_not_one_message_after_the_other_fails() {
    let settings = [("policy.pacing.rates.long_code", "100"), ("use_conversations_api", "false")];
    let app = TestApp::with(&settings).await;
    for address in [ANN, BOB] {
        app.agreed(address).await;
    }
    app.fault(json!({ "kind": "status", "match": CREATE_ALONE, "status": 400, "code": 21606 })).await;
    let first = app.send(ANN, "Hello", "transactional").await;
    app.outbound(&first, "failed").await;
    let second = app.send(BOB, "Hello", "transactional").await;
    app.advance(SignedDuration::from_secs(25));
    app.event("session.started").await;
    assert_eq!(app.state_of(&second).await, "queued");
    app.advance(SignedDuration::from_secs(6));
    app.phone(BOB).sees("Hello").await;
}

#[tokio::test]
async fn a_sender_that_was_too_fast_sends_the_same_message_later() {
    let settings = [("policy.pacing.rates.long_code", "100"), ("use_conversations_api", "false")];
    let app = TestApp::with(&settings).await;
    app.agreed(ANN).await;
    app.fault(json!({ "kind": "status", "match": CREATE_ALONE, "status": 400, "code": 21611 })).await;
    app.send(ANN, "Hello", "transactional").await;
    app.phone(ANN).sees("Hello").await;
    assert_eq!(app.event("message.deferred").await["data"]["error_code"], 21611);
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 1);
}

#[tokio::test]
async fn f34_who_opts_out_while_twilio_has_us_wait_is_not_written_to_after_the_wait() {
    let app = TestApp::with(&[("use_conversations_api", "false")]).await;
    app.agreed(ANN).await;
    app.fault(json!({ "kind": "status", "match": CREATE_ALONE, "status": 429, "retry_after": 5 })).await;
    let message = app.send(ANN, "Hello", "transactional").await;
    eventually("Twilio has us wait", async || (app.faults_left().await == 0).then_some(())).await;
    app.phone(ANN).text("STOP").await;
    app.outbound(&message, "cancelled").await;
    app.advance(SignedDuration::from_secs(60));
    app.settled().await;
    assert_eq!(app.phone(ANN).count("Hello").await, 0);
}
