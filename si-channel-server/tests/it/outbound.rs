//! What goes out goes out once, in order, whatever Twilio's API does meanwhile.

use reqwest::Method;
use serde_json::json;

use crate::support::{ANN, BOB, EVE, TestApp, encoded, eventually, text};

const CREATE: &str = "POST /conversations/v1/Conversations/*/Messages";

#[tokio::test]
async fn f40_an_answer_lost_after_twilio_took_the_message_does_not_repeat_it() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    for number in 1..=3 {
        app.fault(json!({ "kind": "drop_after_effect", "match": CREATE })).await;
        phone.says(&format!("Text {number}")).await;
        app.settled().await;
        assert_eq!(app.faults_left().await, 0);
    }
    let received = phone.received().await;
    assert_eq!(received.len(), 5, "{received:?}");
    let states = app.get("/v1/outbound").await.expect(200).items();
    eventually("all are delivered", async || {
        let items = app.get("/v1/outbound?state=delivered").await.expect(200).items();
        (items.len() == states.len()).then_some(())
    })
    .await;
    assert_eq!(app.events_of("message.unclear").await.len(), 3);
}

#[tokio::test]
async fn what_waited_for_others_at_twilio_reads_consent_anew_before_it_is_sent() {
    let mut app = TestApp::with(&[("twilio.max_concurrent", "1")]).await;
    for who in [ANN, BOB, EVE] {
        app.phone(who).says("Hello").await;
    }
    app.settled().await;
    app.fault(json!({ "kind": "delay", "match": CREATE, "delay_ms": 600_000 })).await;
    app.send(BOB, "It takes long", "transactional").await;
    eventually("it is under way", async || (app.faults_left().await == 0).then_some(())).await;
    let unwanted = app.send(ANN, "Not any more", "transactional").await;
    eventually("it waits", async || (app.state_of(&unwanted).await == "sending").then_some(())).await;
    app.api(Method::PUT, &format!("/v1/consent/{}", encoded(ANN)), Some(&json!({ "state": "revoked" })))
        .await
        .expect(200);
    eventually("it is given up", async || (app.state_of(&unwanted).await == "cancelled").then_some(())).await;

    let wanted = app.send(EVE, "Still welcome", "transactional").await;
    eventually("it waits in vain and is claimed anew", async || {
        let deferred = app.events_of("message.deferred").await;
        deferred.iter().any(|event| event["data"]["outbound_id"] == wanted).then_some(())
    })
    .await;
    app.cut_off();
    app.begin().await;
    app.phone(EVE).sees("Still welcome").await;
    app.phone(BOB).sees("It takes long").await;
    app.settled().await;
    assert_eq!(app.phone(EVE).count("Still welcome").await, 1);
    assert_eq!(app.phone(ANN).count("Not any more").await, 0);
}

#[tokio::test]
async fn an_answer_lost_before_twilio_took_the_message_is_made_good() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    app.fault(json!({ "kind": "drop_before_effect", "match": CREATE })).await;
    phone.says("Again").await;
    app.settled().await;
    assert_eq!(phone.received().await.len(), 3);
}

#[tokio::test]
async fn a_failure_that_passes_is_waited_for_and_order_is_kept() {
    // A 500 may come after the message was taken, so each is followed by a look, which is kept short here.
    let app = TestApp::with(&[("policy.retry.look_for", "200ms")]).await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    for status in [500, 429, 503] {
        app.fault(json!({ "kind": "status", "match": CREATE, "status": status, "count": 2 })).await;
        for part in ["first", "second"] {
            let body = format!("{status} {part}");
            app.post("/v1/messages", json!({ "to": ANN, "text": body })).await.expect(202);
        }
        phone.sees(&format!("{status} second")).await;
        app.settled().await;
        let received = phone.received().await;
        let last = &received[received.len() - 2..];
        assert_eq!(last, [format!("{status} first"), format!("{status} second")]);
    }
    assert_eq!(phone.received().await.len(), 8);
}

#[tokio::test]
async fn texts_are_sent_in_the_order_they_were_given() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    app.settled().await;
    let session = app.session(ANN).await;
    let path = format!("/v1/sessions/{}/messages", text(&session["session_id"]));
    let bodies: Vec<String> = (1..=10).map(|number| format!("Number {number}")).collect();
    for body in &bodies {
        app.post(&path, json!({ "text": body })).await.expect(202);
    }
    phone.sees("Number 10").await;
    app.settled().await;
    assert_eq!(phone.received().await[2..], bodies);
    let said = app.transcript(&session["session_id"]).await;
    let said: Vec<&str> = said.iter().map(|entry| text(&entry["text"])).collect();
    assert!(said.ends_with(&bodies.iter().map(String::as_str).collect::<Vec<_>>()), "{said:?}");
}

#[tokio::test]
async fn a_long_text_arrives_in_parts_that_make_it_whole() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    app.settled().await;
    let words: Vec<String> = (0..700).map(|number| format!("word{number}")).collect();
    let long = words.join(" ");
    let sent = app.post("/v1/messages", json!({ "to": ANN, "text": long })).await.expect(202).json;
    let parts = sent["parts"].as_array().unwrap().len();
    assert!(parts > 1);
    phone.shows("all parts", |got| got.len() == 2 + parts).await;
    let whole = phone.received().await[2..].join(" ");
    assert_eq!(whole.split_whitespace().collect::<Vec<_>>(), words);
}

#[tokio::test]
async fn a_phone_that_is_off_makes_the_message_undelivered() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    phone.is(json!({ "reachable": false })).await;
    let sent =
        app.post("/v1/messages", json!({ "to": ANN, "text": "Are you there?" })).await.expect(202).json;
    let one = eventually("the message is undelivered", async || {
        let one = app.get(&format!("/v1/outbound/{}", text(&sent["id"]))).await.expect(200).json;
        (one["state"] == "undelivered").then_some(one)
    })
    .await;
    assert_eq!(one["error_code"], 30003);
}

#[tokio::test]
async fn a_conversation_closed_behind_our_back_is_followed_by_a_new_one() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    app.settled().await;
    let first = app.session(ANN).await;
    let close = format!("/conversations/v1/Conversations/{}", text(&first["conversation_sid"]));
    // We are not even told.
    app.fault(json!({ "kind": "webhook_lost", "match": "onConversationStateUpdated" })).await;
    app.as_admin(Method::POST, &close, &[("State", "closed")]).await.expect(200);
    app.post("/v1/messages", json!({ "to": ANN, "text": "Your order is ready" })).await.expect(202);
    phone.sees("Your order is ready").await;
    phone.says("Thanks").await;
    app.settled().await;
    assert_eq!(phone.count("Your order is ready").await, 1);
    let second = app.session(ANN).await;
    assert_ne!(second["conversation_sid"], first["conversation_sid"]);
    let sessions = app.sessions(ANN).await;
    assert_eq!(sessions.iter().filter(|session| session["state"] == "active").count(), 1, "{sessions:?}");
}

#[tokio::test]
async fn a_conversation_closed_in_the_open_closes_the_session() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    app.settled().await;
    let first = app.session(ANN).await;
    let close = format!("/conversations/v1/Conversations/{}", text(&first["conversation_sid"]));
    app.as_admin(Method::POST, &close, &[("State", "closed")]).await.expect(200);
    app.session_where(ANN, |session| session["state"] == "closed").await;
    phone.says("Hello again").await;
    assert_eq!(app.session(ANN).await["previous_session_id"], first["session_id"]);
}

#[tokio::test]
async fn a_conversation_that_cannot_be_made_at_once_is_made_later() {
    let app = TestApp::start().await;
    let consent = json!({ "state": "granted" });
    let path = format!("/v1/consent/{}", encoded(ANN));
    app.api(Method::PUT, &path, Some(&consent)).await.expect(200);
    let create = "POST /conversations/v1/Conversations";
    app.fault(json!({ "kind": "drop_after_effect", "match": create })).await;
    app.fault(json!({ "kind": "status", "status": 503, "match": create })).await;
    app.post("/v1/messages", json!({ "to": ANN, "text": "Good morning" })).await.expect(202);
    app.phone(ANN).sees("Good morning").await;
    app.settled().await;
    assert_eq!(app.conversations().await.len(), 1, "what was made before the answer was lost is found again");
    assert_eq!(app.phone(ANN).received().await.len(), 1);
}
