//! Who may be written to.

use reqwest::Method;
use serde_json::json;

use crate::support::{ANN, EVE, TestApp, encoded, eventually};

#[tokio::test]
async fn nobody_is_written_to_who_has_not_agreed() {
    let app = TestApp::start().await;
    let message = json!({ "to": ANN, "text": "Your parcel is here" });
    app.post("/v1/messages", message.clone()).await.problem(403, "no-consent");
    assert_eq!(app.get(&format!("/v1/consent/{}", encoded(ANN))).await.expect(200).json["state"], "unknown");
    assert!(app.conversations().await.is_empty());

    let consent = json!({ "state": "granted", "evidence": { "source": "web form" } });
    let recorded =
        app.api(Method::PUT, &format!("/v1/consent/{}", encoded(ANN)), Some(&consent)).await.expect(200);
    assert_eq!(recorded.json["state"], "granted");
    let sent = app.post("/v1/messages", message).await.expect(202).json;
    assert_eq!(sent["state"], "queued");
    app.phone(ANN).sees("Your parcel is here").await;
    assert_eq!(app.session(ANN).await["session_id"], sent["session_id"]);
}

#[tokio::test]
async fn consent_reported_by_the_api_is_kept_with_its_history() {
    let app = TestApp::start().await;
    let path = format!("/v1/consent/{}", encoded(EVE));
    for state in ["granted", "revoked", "revoked"] {
        let answer = app.api(Method::PUT, &path, Some(&json!({ "state": state }))).await.expect(200).json;
        assert_eq!((&answer["state"], &answer["channel"]), (&json!(state), &json!("whatsapp")));
    }
    app.post("/v1/messages", json!({ "to": EVE, "text": "Hi" })).await.problem(403, "opted-out");
    let history = app.get(&format!("{path}/history")).await.expect(200).items();
    let types: Vec<&str> = history.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["si.channel.consent.granted.v1", "si.channel.consent.revoked.v1"]);
    let page = app.get(&format!("{path}/history?limit=1")).await.expect(200);
    let next = page.json["next"].as_str().expect("there is more");
    let rest = app.get(&format!("{path}/history?limit=1&after={next}")).await.expect(200).items();
    assert_eq!(rest, history[1..]);

    for wrong in [json!({ "state": "pending" }), json!({ "state": "yes" }), json!({})] {
        app.api(Method::PUT, &path, Some(&wrong)).await.expect(400);
    }
    app.get("/v1/consent/nobody").await.problem(400, "invalid-request");
}

#[tokio::test]
async fn only_the_person_opts_in_again_after_stop() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    phone.text("STOP").await;
    app.event("consent.revoked").await;
    let path = format!("/v1/consent/{}", encoded(ANN));
    let agreed = json!({ "state": "granted", "evidence": { "source": "web form" } });
    app.api(Method::PUT, &path, Some(&agreed)).await.problem(403, "opted-out");
    assert_eq!(app.get(&path).await.expect(200).json["state"], "revoked");
    phone.text("START").await;
    phone.says("Back again").await;
    assert_eq!(app.get(&path).await.expect(200).json["state"], "granted");
}

#[tokio::test]
async fn a_block_at_twilio_that_we_did_not_hear_of_counts_as_opting_out() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    app.settled().await;
    app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdded" })).await;
    phone.text("STOP").await;
    phone.sees("unsubscribed").await;
    eventually("the news is lost", async || (app.faults_left().await == 0).then_some(())).await;
    let before = phone.received().await;
    app.post("/v1/messages", json!({ "to": ANN, "text": "Hi" })).await.expect(202);
    let path = format!("/v1/consent/{}", encoded(ANN));
    eventually("the block is known", async || {
        let consent = app.get(&path).await.expect(200).json;
        (consent["state"] == "revoked" && consent["method"] == "carrier_block").then_some(())
    })
    .await;
    app.post("/v1/messages", json!({ "to": ANN, "text": "Hi" })).await.problem(403, "opted-out");
    app.settled().await;
    assert_eq!(phone.received().await, before);
}

#[tokio::test]
async fn spelled_out_opt_outs_are_understood_and_sentences_are_not_mistaken_for_them() {
    let app = TestApp::start().await;
    for (number, body) in
        [(1, "stop!!! \u{1f6d1}"), (2, "ｓｔｏｐ"), (3, "\u{200f}Stop\u{200b}."), (4, "UNSUBSCRIBE")]
    {
        let phone = app.phone(&format!("whatsapp:+1555777010{number}"));
        phone.says("Hello").await;
        phone.text(body).await;
        phone.sees("opted out").await;
    }
    for (number, body) in [(5, "Don't stop"), (6, "where is the bus stop"), (7, "stopwatch")] {
        let phone = app.phone(&format!("whatsapp:+1555777010{number}"));
        phone.says(body).await;
    }
    let revoked = app.events_of("consent.revoked").await;
    let of = |method| revoked.iter().filter(|event| event["data"]["method"] == method).count();
    assert_eq!((of("keyword"), of("other_channel"), revoked.len()), (4, 4, 8));
}

#[tokio::test]
async fn stop_on_one_channel_stops_the_other_and_each_is_opened_by_itself() {
    let app = TestApp::start().await;
    let whatsapp = format!("whatsapp:{ANN}");
    for address in [ANN, &whatsapp] {
        app.phone(address).says("Hello").await;
    }
    app.phone(&whatsapp).text("STOP").await;
    app.phone(&whatsapp).sees("opted out").await;
    app.post("/v1/messages", json!({ "to": ANN, "text": "Hi" })).await.problem(403, "opted-out");
    let path = format!("/v1/consent/{}", encoded(ANN));
    let consent = app.get(&path).await.expect(200).json;
    assert_eq!((&consent["state"], &consent["method"]), (&json!("revoked"), &json!("other_channel")));
    app.phone(ANN).text("START").await;
    app.phone(ANN).says("Back again").await;
    app.post("/v1/messages", json!({ "to": whatsapp, "text": "Hi" })).await.problem(403, "opted-out");
}

#[tokio::test]
async fn consent_is_told_apart_by_purpose_over_the_api() {
    let app = TestApp::start().await;
    let path = format!("/v1/consent/{}", encoded(EVE));
    let put = async |body: serde_json::Value| app.api(Method::PUT, &path, Some(&body)).await;
    app.phone(EVE).says("Hello").await;
    let consent = put(json!({ "state": "revoked", "purpose": "Offers" })).await.expect(200).json;
    assert_eq!(consent["state"], "granted");
    assert_eq!(consent["scopes"][0]["scope"], json!({ "purpose": "offers" }));
    assert_eq!(consent["scopes"][0]["state"], "revoked");
    let offer = json!({ "to": EVE, "text": "10 % off", "purpose": "offers" });
    app.post("/v1/messages", offer).await.problem(403, "opted-out");
    app.post("/v1/messages", json!({ "to": EVE, "text": "On its way", "purpose": "delivery" }))
        .await
        .expect(202);
    app.phone(EVE).sees("On its way").await;
    for wrong in [
        json!({ "state": "revoked", "purpose": " " }),
        json!({ "state": "revoked", "sender": "+15550009999" }),
        json!({ "state": "revoked", "purpose": "offers", "everywhere": true }),
        json!({ "state": "revoked", "method": "keyword" }),
    ] {
        put(wrong).await.expect(400);
    }
}

#[tokio::test]
async fn with_double_opt_in_the_first_text_waits_for_a_yes() {
    let app = TestApp::with(&[("policy.opt_in", "double")]).await;
    let phone = app.phone(EVE);
    phone.text("What is new?").await;
    phone.sees("reply YES").await;
    app.settled().await;
    assert_eq!(phone.received().await.len(), 1);
    assert_eq!(app.events_of("turn.requested").await.len(), 0);
    phone.text("YES").await;
    phone.sees("You said: What is new?").await;
}
