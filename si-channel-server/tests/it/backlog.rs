//! A server that comes back after a long time and finds much to do.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ANN, TestApp};

impl TestApp {
    /// Asks for a message that may be sent within that time.
    async fn send_later(&self, to: &str, text: &str, from: Timestamp, until: Timestamp) -> Value {
        let (not_before, expires_at) = (from.to_string(), until.to_string());
        let message = json!({
            "to": to, "text": text, "class": "transactional", "not_before": not_before, "expires_at": expires_at,
        });
        self.post("/v1/messages", message).await.expect(202).json["id"].clone()
    }
}

/// Messages a second.
const RATE: i64 = 20;

#[tokio::test]
async fn f78_after_thirty_days_what_waits_is_paced_what_has_expired_is_dropped_and_opt_outs_go_first() {
    let rate = RATE.to_string();
    let settings = [
        ("policy.pacing.rates.long_code", rate.as_str()),
        ("numbers.sms_keywords", "none"),
        ("use_conversations_api", "false"),
        // The sessions are the same after those days, so that nothing but the messages is said.
        ("policy.inactivity.warn_after", "9000h"),
    ];
    let mut app = TestApp::with(&settings).await;
    let number = json!({ "number": app.sms(), "keyword_handling": "none" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    let phones: Vec<String> = (0..20).map(|n| format!("+155577705{n:02}")).collect();
    for phone in phones.iter().map(String::as_str).chain([ANN]) {
        app.agreed(phone).await;
    }
    // In an hour, when nobody is there to send them.
    let later = Timestamp::now() + SignedDuration::from_hours(1);
    let (mut expired, mut due) = (Vec::new(), Vec::new());
    for phone in &phones {
        for (text, lasts) in [("First", true), ("Too late by then", false), ("Second", true)] {
            let until = later + SignedDuration::from_hours(if lasts { 60 * 24 } else { 2 });
            let id = app.send_later(phone, text, later, until).await;
            if lasts { &mut due } else { &mut expired }.push(id);
        }
    }
    let to_ann = app.send_later(ANN, "Psst", later, later + SignedDuration::from_hours(60 * 24)).await;
    app.stop().await;
    app.advance(SignedDuration::from_hours(30 * 24));
    let began = Timestamp::now();
    app.begin().await;
    app.phone(ANN).text("STOP").await;
    app.phone(ANN).sees("You have opted out").await;
    for id in &expired {
        app.outbound(id, "expired").await;
    }
    for phone in &phones {
        let phone = app.phone(phone);
        let received = phone.shows("both have come", |received| received.len() >= 2).await;
        assert_eq!(received, ["First", "Second"]);
    }
    let took = Timestamp::now().duration_since(began);
    let least =
        SignedDuration::from_secs(i64::try_from(due.len()).unwrap() - 1) / i32::try_from(RATE).unwrap();
    assert!(took >= least, "{} messages left within {took}", due.len());
    app.settled().await;
    for phone in &phones {
        assert_eq!(app.phone(phone).received().await.len(), 2, "once each");
    }
    let ann = app.phone(ANN).received().await;
    assert!(
        ann.len() <= 2 && ann.last().unwrap().contains("opted out"),
        "nothing after the confirmation: {ann:?}"
    );
    app.outbound(&to_ann, if ann.len() == 1 { "cancelled" } else { "delivered" }).await;
}
