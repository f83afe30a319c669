//! The night on which an opt-out of one topic begins to stop everything, seen from outside.
//!
//! Days of rules begin at midnight UTC, as the sandbox's clock has it.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Phone, TestApp, encoded, text};

const BEFORE: &str = "2027-01-30T23:59:00Z";
const AFTER: &str = "2027-01-31T00:01:00Z";
const FIRST: &str = "+15557770101";
const SECOND: &str = "+15557770102";

/// On WhatsApp, where nobody answers keywords but the channel.
fn whatsapp(number: &str) -> String {
    format!("whatsapp:{number}")
}

/// The evening before, with a session that outlasts the night.
async fn that_evening(settings: &[(&str, &str)]) -> TestApp {
    let mut all = vec![("policy.inactivity.warn_after", "48h")];
    all.extend(settings);
    let mut app = TestApp::unwired(&all).await;
    app.turn_clock_to(moment("2027-01-30T23:40:00Z"));
    app.begin().await;
    app.wire().await;
    for number in [FIRST, SECOND] {
        for address in [number.to_owned(), whatsapp(number)] {
            app.phone(&address).says("Hello").await;
        }
    }
    app
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn until(app: &TestApp, at: &str) {
    app.advance(moment(at).duration_since(app.sandbox.clock().now()));
}

fn message(to: &str, purpose: &str, text: &str) -> Value {
    json!({ "to": to, "text": text, "purpose": purpose, "class": "informational" })
}

async fn asked(app: &TestApp, to: &str, purpose: &str, text: &str) -> u16 {
    app.post("/v1/messages", message(to, purpose, text)).await.status
}

async fn state(app: &TestApp, id: &Value) -> String {
    let message = app.get(&format!("/v1/outbound/{}", text(id))).await.expect(200).json;
    format!("{} {}", text(&message["state"]), message["reason"].as_str().unwrap_or("-"))
}

/// What the same word of the same person stopped.
#[derive(Debug, PartialEq, Eq)]
struct Reach {
    /// What the phone said of it.
    confirmation: &'static str,
    /// Answers to requests to write again: an offer, news of a delivery, and that by SMS.
    offer: u16,
    delivery: u16,
    delivery_by_sms: u16,
    /// What became of an offer and of news for later that were asked for before.
    later_offer: &'static str,
    later_delivery: &'static str,
    /// The dated rule.
    rule: &'static str,
}

const THE_TOPIC: Reach = Reach {
    confirmation: "no more offers messages",
    offer: 403,
    delivery: 202,
    delivery_by_sms: 202,
    later_offer: "cancelled opted_out",
    later_delivery: "queued -",
    rule: "revocation/topic (",
};

const EVERYTHING: Reach = Reach {
    confirmation: "You have opted out",
    offer: 403,
    delivery: 403,
    delivery_by_sms: 403,
    later_offer: "cancelled opted_out",
    later_delivery: "cancelled opted_out",
    rule: "revocation/topic-revoke-all (",
};

/// An offer is answered with STOP at that time; asserts how far it reaches.
async fn stop(app: &TestApp, number: &str, at: &str, reach: &Reach) {
    let address = whatsapp(number);
    let phone = app.phone(&address);
    assert_eq!(asked(app, &address, "offers", "10 % off").await, 202);
    phone.sees("10 % off").await;
    let mut later = Vec::new();
    for (purpose, words) in [("offers", "20 % off"), ("delivery", "Your parcel is here")] {
        let mut body = message(&address, purpose, words);
        body["not_before"] = json!("2027-01-31T01:30:00Z");
        later.push(app.post("/v1/messages", body).await.expect(202).json["id"].clone());
    }
    app.settled().await;

    until(app, at);
    phone.text("STOP").await;
    phone.sees(reach.confirmation).await;
    app.settled().await;

    assert_eq!(asked(app, &address, "offers", "30 % off").await, reach.offer);
    assert_eq!(asked(app, &address, "delivery", "On its way").await, reach.delivery);
    assert_eq!(asked(app, number, "delivery", "On its way too").await, reach.delivery_by_sms);
    assert_eq!(state(app, &later[0]).await, reach.later_offer);
    assert_eq!(state(app, &later[1]).await, reach.later_delivery);
    let history = app.get(&format!("/v1/consent/{}/history", encoded(&address))).await.expect(200).items();
    let revoked = history.iter().rfind(|event| event["type"] == "si.channel.consent.revoked.v1").unwrap();
    let rule = text(&revoked["data"]["rule"]);
    assert!(rule.starts_with(reach.rule), "{rule}");
    assert_eq!(text(&revoked["data"]["at"]).get(..16), at.get(..16), "it was said then");
}

/// What is on the screen after the first text with this part.
async fn since(phone: &Phone<'_>, part: &str) -> Vec<String> {
    let received = phone.received().await;
    let place = received.iter().position(|text| text.contains(part)).expect("it was seen");
    received[place + 1..].to_vec()
}

#[tokio::test]
async fn f50_two_minutes_after_the_first_the_same_stop_reaches_further_and_nothing_was_restarted() {
    let app = that_evening(&[("policy.revocation", "topic")]).await;
    stop(&app, FIRST, BEFORE, &THE_TOPIC).await;
    stop(&app, SECOND, AFTER, &EVERYTHING).await;

    // What was said before keeps the reach that it had.
    assert_eq!(asked(&app, &whatsapp(FIRST), "delivery", "Still on its way").await, 202);
    assert_eq!(asked(&app, &whatsapp(FIRST), "offers", "40 % off").await, 403);

    app.advance(SignedDuration::from_hours(2));
    let (first, second) = (whatsapp(FIRST), whatsapp(SECOND));
    let phone = app.phone(&first);
    phone.sees("Your parcel is here").await;
    app.settled().await;
    assert_eq!(
        since(&phone, THE_TOPIC.confirmation).await,
        ["On its way", "Still on its way", "Your parcel is here"]
    );
    assert_eq!(since(&app.phone(&second), EVERYTHING.confirmation).await, [""; 0]);
    assert_eq!(app.phone(FIRST).count("On its way too").await, 1);
    assert_eq!(app.phone(SECOND).count("On its way too").await, 0);
}

#[tokio::test]
async fn by_default_both_stop_everything() {
    let app = that_evening(&[]).await;
    let everything = Reach { rule: "revocation/all (", ..EVERYTHING };
    stop(&app, FIRST, BEFORE, &everything).await;
    stop(&app, SECOND, AFTER, &everything).await;
    app.advance(SignedDuration::from_hours(2));
    app.settled().await;
    for number in [FIRST, SECOND] {
        let address = whatsapp(number);
        assert_eq!(since(&app.phone(&address), everything.confirmation).await, [""; 0]);
        assert_eq!(app.phone(number).count("On its way too").await, 0);
        let consent = app.api(Method::GET, &format!("/v1/consent/{}", encoded(number)), None).await;
        assert_eq!(consent.expect(200).json["method"], "other_channel");
    }
}
