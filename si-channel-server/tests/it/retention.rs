//! What is past its time goes by itself, but for people under a legal hold.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::support::{ANN, BOB, TestApp, encoded, eventually, text};

/// The texts of all sessions of an address.
async fn texts(app: &TestApp, address: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for session in app.sessions(address).await {
        let entries = app.transcript(&session["session_id"]).await;
        texts.extend(entries.iter().map(|entry| text(&entry["text"]).to_owned()));
    }
    texts
}

#[tokio::test]
async fn texts_go_after_ninety_days_and_what_happened_stays() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Old-Text-Of-Ann").await;
    app.phone(BOB).says("Old-Text-Of-Bob").await;
    app.settled().await;
    let hold = format!("/v1/people/{}/hold", encoded(BOB));
    let demand = json!({ "reason": "Smith v. Acme", "by": "counsel" });
    app.api(Method::PUT, &hold, Some(&demand)).await.expect(200);
    let before = app.events().await;

    app.advance(SignedDuration::from_hours(24 * 91));
    eventually("Ann's texts are gone", async || {
        let texts = texts(&app, ANN).await;
        let gone = !texts.iter().any(|text| text.contains("Old-Text-Of-Ann"));
        (gone && texts.iter().any(|text| text == "[removed]")).then_some(())
    })
    .await;
    eventually("they are gone from the feed and the messages", async || {
        let outbound = app.get("/v1/outbound?limit=100").await.body;
        let events = serde_json::Value::from(app.events().await).to_string();
        (!events.contains("Old-Text-Of-Ann") && !outbound.contains("Old-Text-Of-Ann")).then_some(())
    })
    .await;
    assert!(texts(&app, BOB).await.contains(&"Old-Text-Of-Bob".to_owned()), "a hold keeps them");
    let after = app.events().await;
    for (was, is) in before.iter().zip(&after) {
        for name in ["id", "type", "sequence", "time", "subject"] {
            assert_eq!(was[name], is[name]);
        }
    }
    app.phone(ANN).says("A new text").await;

    app.api(Method::DELETE, &hold, None).await.expect(204);
    // The next round is at the next turn of the clock.
    app.advance(SignedDuration::from_mins(1));
    eventually("Bob's texts are gone", async || {
        let texts = texts(&app, BOB).await;
        (!texts.iter().any(|text| text.contains("Old-Text-Of-Bob"))).then_some(())
    })
    .await;
    assert!(texts(&app, ANN).await.contains(&"A new text".to_owned()));
}

#[tokio::test]
async fn a_schedule_below_its_floor_stops_the_start_with_file_line_and_mend() {
    let mut app = TestApp::unwired(&[]).await;
    let path = app.dir().join("own.toml");
    std::fs::write(&path, "[content]\ndays = 1\n\n[consent_proof]\ndays = 30\n").unwrap();
    app.set("privacy.retention_file", &path.display().to_string());
    let clock = si_channel_server::clock::Clock::new();
    let error = si_channel_server::app::start(&app.config(), clock).await.unwrap_err().to_string();
    for part in ["own.toml, line 5", "16 CFR 310.5", "write at least 1825"] {
        assert!(error.contains(part), "{error}");
    }
    std::fs::write(&path, "[content]\ndays = 1\n").unwrap();
    app.begin().await;
    app.get("/healthz").await.expect(200);
}
