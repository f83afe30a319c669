//! What a person lives through, from the first text to coming back.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::support::{ANN, CLOSED, EVE, TestApp, encoded, text};

const UNSUBSCRIBED: &str = "You have successfully been unsubscribed";

#[tokio::test]
async fn a_first_text_is_welcomed_and_answered() {
    let app = TestApp::start().await;
    for address in [ANN, EVE] {
        let phone = app.phone(address);
        phone.says("Hello").await;
        app.settled().await;
        let received = phone.received().await;
        assert_eq!(received.len(), 2, "{received:?}");
        assert!(received[0].contains("Welcome"), "{received:?}");
        assert_eq!(received[1], "You said: Hello");
        let session = app.session(address).await;
        assert_eq!(session["state"], "active");
        assert_eq!(app.conversation(&session["conversation_sid"]).await["attributes"], {
            let attributes = json!({ "sessionId": session["session_id"] });
            attributes.to_string()
        });
    }
    assert_eq!(app.conversations().await.len(), 2);
}

#[tokio::test]
async fn stop_by_sms_is_left_to_twilio_and_followed_by_silence() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    let session = app.session(ANN).await;
    let path = format!("/v1/sessions/{}/messages", text(&session["session_id"]));
    let later = app.sandbox.clock().now_ms() + 3_600_000;
    let later = jiff::Timestamp::from_millisecond(later).unwrap();
    let queued =
        app.post(&path, json!({ "text": "Your reminder", "not_before": later })).await.expect(202).json;
    assert_eq!(queued["state"], "scheduled");

    phone.text("STOP").await;
    app.event("consent.revoked").await;
    app.event("message.cancelled").await;
    app.settled().await;
    let before = phone.received().await;
    assert_eq!(before.iter().filter(|body| body.contains(UNSUBSCRIBED)).count(), 1, "{before:?}");
    assert_eq!(before.len(), 3, "the channel is silent: {before:?}");

    phone.text("Are you there?").await;
    app.advance(SignedDuration::from_hours(2));
    app.settled().await;
    let outbound = app.get(&format!("/v1/outbound/{}", text(&queued["id"]))).await.expect(200).json;
    assert_eq!((&outbound["state"], &outbound["reason"]), (&json!("cancelled"), &json!("opted_out")));
    app.post("/v1/messages", json!({ "to": ANN, "text": "Hi" })).await.problem(403, "opted-out");
    assert_eq!(phone.received().await, before);

    phone.text("START").await;
    phone.sees("re-subscribed").await;
    app.event("consent.granted").await;
    phone.says("Back again").await;
}

#[tokio::test]
async fn stop_by_whatsapp_is_confirmed_once_by_the_channel() {
    let app = TestApp::start().await;
    let phone = app.phone(EVE);
    phone.says("Hello").await;
    phone.text("Stop.").await;
    let confirmation = phone.sees("opted out").await;
    for again in ["STOP", "stop", "Hello?"] {
        phone.text(again).await;
    }
    // The last text is in the transcript once the others are behind it.
    let session = app.session(EVE).await;
    crate::support::eventually("the last text is known", async || {
        let said = app.transcript(&session["session_id"]).await;
        said.iter().any(|entry| entry["text"] == "Hello?").then_some(())
    })
    .await;
    app.settled().await;
    assert_eq!(phone.count(&confirmation).await, 1);
    assert_eq!(phone.received().await.last(), Some(&confirmation));

    phone.text("START").await;
    phone.sees("opted in").await;
    phone.says("Back again").await;
}

#[tokio::test]
async fn an_idle_session_is_warned_and_closed_with_a_summary_and_comes_back_as_a_new_one() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    app.settled().await;
    let first = app.session(ANN).await;

    app.advance(SignedDuration::from_mins(31));
    phone.sees("Are you still there?").await;
    assert_eq!(
        app.session_where(ANN, |session| session["state"] == "warned").await["session_id"],
        first["session_id"]
    );
    app.settled().await;
    app.advance(SignedDuration::from_mins(11));
    let summary = phone.sees(CLOSED).await;
    assert!(summary.contains("to us: 1, from us: 3"), "{summary}");
    app.session_where(ANN, |session| session["state"] == "closed").await;
    app.settled().await;
    assert_eq!(app.conversation(&first["conversation_sid"]).await["state"], "closed");
    assert_eq!(phone.received().await.last(), Some(&summary), "the summary comes before the end");

    phone.says("Hello again").await;
    let second = app.session_where(ANN, |session| session["state"] == "active").await;
    assert_ne!(second["session_id"], first["session_id"]);
    assert_ne!(second["conversation_sid"], first["conversation_sid"]);
    assert_eq!(second["previous_session_id"], first["session_id"]);
    assert_eq!(
        phone
            .shows("one welcome", |got| !got.is_empty())
            .await
            .iter()
            .filter(|b| b.contains("Welcome"))
            .count(),
        1
    );
}

#[tokio::test]
async fn writing_after_the_warning_keeps_the_session_open() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    app.settled().await;
    app.advance(SignedDuration::from_mins(31));
    phone.sees("Are you still there?").await;
    phone.says("Yes I am").await;
    app.settled().await;
    app.advance(SignedDuration::from_mins(11));
    app.settled().await;
    assert_eq!(app.session(ANN).await["state"], "active");
    assert_eq!(app.sessions(ANN).await.len(), 1);
}

#[tokio::test]
async fn help_is_answered_by_the_channel_where_nobody_else_does() {
    let app = TestApp::start().await;
    let phone = app.phone(EVE);
    phone.says("Hello").await;
    phone.text("HELP").await;
    let help = phone.sees("For help").await;
    assert!(help.contains("STOP"), "{help}");
    app.settled().await;
    assert_eq!(phone.count("You said: HELP").await, 0, "a keyword is not for Si");
}

#[tokio::test]
async fn a_session_can_be_closed_by_its_person_and_by_the_api() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    phone.text("close").await;
    phone.sees(CLOSED).await;
    app.session_where(ANN, |session| session["state"] == "closed").await;

    phone.says("One more thing").await;
    let second = app.session(ANN).await;
    let path = format!("/v1/sessions/{}/close", text(&second["session_id"]));
    let answer = app.api(Method::POST, &path, None).await.expect(202).json;
    assert_eq!(answer["state"], "closing");
    app.session_where(ANN, |session| session["state"] == "closed").await;
    let again = app.api(Method::POST, &path, None).await.expect(200).json;
    assert_eq!(again["state"], "closed", "closing twice is closing once");
    let known = app.get(&format!("/v1/consent/{}", encoded(ANN))).await.expect(200).json;
    assert_eq!(known["state"], "granted", "closing is not opting out");
}
