//! A server whose clock is wrong, while Twilio's is right.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::json;

use crate::support::{ANN, BOB, TestApp};

#[tokio::test]
async fn f73_with_the_clock_put_back_two_hours_people_are_answered_and_nothing_is_early_or_lost() {
    let app =
        TestApp::with(&[("numbers.sms_keywords", "none"), ("policy.inactivity.warn_after", "9000h")]).await;
    let number = json!({ "number": app.sms(), "keyword_handling": "none" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    app.agreed(BOB).await;
    app.phone(ANN).says("Hello").await;
    let (from, until) = (SignedDuration::from_hours(1), SignedDuration::from_mins(90));
    let (not_before, expires_at) = (Timestamp::now() + from, Timestamp::now() + until);
    let later = json!({
        "to": BOB, "text": "In an hour", "class": "transactional",
        "not_before": not_before.to_string(), "expires_at": expires_at.to_string(),
    });
    let later = app.post("/v1/messages", later).await.expect(202).json["id"].clone();
    app.settled().await;

    app.put_clock_ahead(SignedDuration::from_hours(-2));
    app.phone(ANN).says("What time is it?").await;
    let now = app.send(BOB, "Right now", "transactional").await;
    app.outbound(&now, "delivered").await;
    assert_eq!(app.state_of(&later).await, "queued");
    // Silence is asked for and kept, whatever the time.
    app.phone(ANN).text("STOP").await;
    app.phone(ANN).sees("opted out").await;
    let offer = json!({ "to": ANN, "text": "An offer", "class": "marketing" });
    app.post("/v1/messages", offer).await;
    app.settled().await;
    assert!(!app.phone(ANN).received().await.iter().any(|text| text == "An offer"));

    app.put_clock_ahead(SignedDuration::ZERO);
    assert_eq!(app.state_of(&later).await, "queued");
    app.advance(from + SignedDuration::from_secs(1));
    app.outbound(&later, "delivered").await;
    assert_eq!(app.phone(BOB).received().await, ["Right now", "In an hour"]);
}
