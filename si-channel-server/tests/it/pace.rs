//! Messages leave as fast as their sender may send, in order, the urgent ones first.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::postgres::database;
use crate::support::{ANN, BOB, TestApp, encoded, eventually, text};

/// A segment in a hundred seconds: whoever waits for a turn waits for good, as far as a test can tell.
const CRAWL: (&str, &str) = ("policy.pacing.rates.long_code", "0.01");

impl TestApp {
    pub(crate) async fn agreed(&self, address: &str) {
        let path = format!("/v1/consent/{}", encoded(address));
        self.api(Method::PUT, &path, Some(&json!({ "state": "granted" }))).await.expect(200);
    }

    pub(crate) async fn send(&self, to: &str, body: &str, class: &str) -> Value {
        let message = json!({ "to": to, "text": body, "class": class });
        self.post("/v1/messages", message).await.expect(202).json["id"].clone()
    }

    pub(crate) async fn state_of(&self, id: &Value) -> String {
        let one = self.get(&format!("/v1/outbound/{}", text(id))).await.expect(200).json;
        text(&one["state"]).to_owned()
    }

    /// When Twilio took messages, in order.
    async fn taken(&self) -> Vec<Timestamp> {
        let path = "/sandbox/log?kind=api&method=POST&path=/Messages&status=201";
        let log = self.control(Method::GET, path, Value::Null).await.expect(200);
        let entries = log.json["entries"].as_array().unwrap().clone();
        let mut at: Vec<Timestamp> =
            entries.iter().map(|entry| text(&entry["at"]).parse().unwrap()).collect();
        at.sort_unstable();
        at
    }
}

/// How much is sent: of `SI_CHANNEL_PACE`, as `1000@3`, or little and fast. What is asked for is timed too.
fn asked_for() -> (usize, f64, bool) {
    match std::env::var("SI_CHANNEL_PACE") {
        Ok(asked) => {
            let (messages, rate) = asked.split_once('@').expect("MESSAGES@RATE");
            (messages.parse().unwrap(), rate.parse().unwrap(), true)
        }
        Err(_) => (60, 30.0, false),
    }
}

/// Seconds that so many segments take.
fn due(segments: usize, rate: f64) -> f64 {
    f64::from(u32::try_from(segments).unwrap()) / rate
}

#[tokio::test]
async fn two_servers_together_keep_to_the_rate_of_a_sender_in_order_and_opt_outs_overtake() {
    let Some(_) = database().await else { return };
    let (messages, rate, timed) = asked_for();
    let rate_text = rate.to_string();
    let settings = [("policy.pacing.rates.long_code", rate_text.as_str()), ("numbers.sms_keywords", "none")];
    let mut app = TestApp::on_postgres(&settings).await;
    let number = json!({ "number": app.sms(), "keyword_handling": "none" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    app.begin_another().await;
    let phones: Vec<String> = (0..12).map(|n| format!("+155577702{n:02}")).collect();
    for phone in &phones {
        app.agreed(phone).await;
    }
    app.agreed(ANN).await;
    let began = Timestamp::now();
    app.send(ANN, "Are you in?", "transactional").await;
    app.phone(ANN).sees("Are you in?").await;
    for number in 0..messages {
        app.send(&phones[number % phones.len()], &format!("Number {number}"), "transactional").await;
    }
    app.phone(ANN).text("STOP").await;
    app.phone(ANN).sees("You have opted out").await;
    let then = phones.iter().map(|phone| app.phone(phone));
    let mut before = 0;
    for phone in then {
        before += phone.received().await.len();
    }
    let expected = |of: usize| (of..messages).step_by(phones.len()).map(|number| format!("Number {number}"));
    let patience =
        tokio::time::Instant::now() + Duration::from_mins(2) + Duration::from_secs_f64(due(messages, rate));
    for (of, phone) in phones.iter().enumerate() {
        let expected: Vec<String> = expected(of).collect();
        while app.phone(phone).received().await.len() < expected.len() {
            assert!(tokio::time::Instant::now() < patience, "{phone} waits in vain");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(app.phone(phone).received().await, expected, "{phone}");
    }
    app.settled().await;

    let taken = app.taken().await;
    assert_eq!(taken.len(), messages + 2);
    // The confirmation of the opt-out waits for nobody.
    for (place, at) in taken.iter().skip(1).enumerate() {
        let earliest = SignedDuration::from_secs_f64(due(place, rate)) - SignedDuration::from_millis(1);
        assert!(
            at.duration_since(began) >= earliest,
            "message {place} left {} after the start",
            at.duration_since(began)
        );
    }
    if timed {
        let took = taken[taken.len() - 1].duration_since(taken[0]).as_secs_f64();
        let due = due(messages + 1, rate);
        println!(
            "{messages} messages at {rate} a second took {took:.1} s of {due:.1} s; {before} before the opt-out"
        );
        assert!((took / due - 1.0).abs() < 0.05, "{took} s of {due} s");
        assert!(before < messages, "nothing was overtaken");
    }
}

#[tokio::test]
async fn an_opt_out_is_confirmed_before_all_that_waits_and_nothing_of_it_is_sent() {
    let app = TestApp::with(&[CRAWL, ("numbers.sms_keywords", "none")]).await;
    let number = json!({ "number": app.sms(), "keyword_handling": "none" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    for address in [ANN, BOB] {
        app.agreed(address).await;
    }
    app.send(ANN, "First", "transactional").await;
    app.phone(ANN).sees("First").await;
    let second = app.send(ANN, "Second", "transactional").await;
    let third = app.send(BOB, "Third", "transactional").await;
    app.phone(ANN).text("STOP").await;
    app.phone(ANN).sees("You have opted out").await;
    app.outbound(&second, "cancelled").await;
    assert_eq!(app.state_of(&third).await, "queued");
    app.advance(SignedDuration::from_secs(400));
    app.phone(BOB).sees("Third").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 2);
}

#[tokio::test]
async fn what_is_no_hurry_lets_others_come_between() {
    let app = TestApp::with(&[CRAWL]).await;
    let phones: Vec<String> = (0..12).map(|n| format!("+155577703{n:02}")).collect();
    for phone in phones.iter().map(String::as_str).chain([ANN]) {
        app.agreed(phone).await;
    }
    for phone in &phones {
        app.send(phone, "News", "informational").await;
    }
    let urgent = app.send(ANN, "Your code is 1234", "transactional").await;
    eventually("everybody has a conversation", async || {
        (app.events_of("session.bound").await.len() > phones.len()).then_some(())
    })
    .await;
    let mut left = 1;
    while app.state_of(&urgent).await == "queued" {
        eventually("the next one left", async || (app.taken().await.len() == left).then_some(())).await;
        left += 1;
        app.advance(SignedDuration::from_secs(101));
    }
    assert!(left < phones.len(), "{left} were before it");
}

#[tokio::test]
async fn what_would_wait_past_its_expiry_expires_and_takes_nobodys_place() {
    let app = TestApp::with(&[CRAWL]).await;
    for address in [ANN, BOB] {
        app.agreed(address).await;
    }
    app.send(ANN, "First", "transactional").await;
    app.phone(ANN).sees("First").await;
    let soon = Timestamp::now() + SignedDuration::from_secs(90);
    let late = json!({ "to": ANN, "text": "Late", "class": "transactional", "expires_at": soon.to_string() });
    let late = app.post("/v1/messages", late).await.expect(202).json["id"].clone();
    let next = app.send(BOB, "Next", "transactional").await;
    app.advance(SignedDuration::from_secs(101));
    app.outbound(&late, "expired").await;
    app.outbound(&next, "delivered").await;
    assert_eq!(app.phone(ANN).received().await, ["First"]);
}

#[tokio::test]
async fn steps_at_twilio_are_limited_too() {
    let app = TestApp::with(&[("policy.pacing.requests", "2")]).await;
    for address in [ANN, BOB] {
        app.agreed(address).await;
    }
    let began = Timestamp::now();
    for address in [ANN, BOB] {
        app.send(address, "Hello", "transactional").await;
    }
    for address in [ANN, BOB] {
        app.phone(address).sees("Hello").await;
    }
    // Two conversations were made, and two messages sent.
    let took = app.taken().await[1].duration_since(began);
    assert!(took >= SignedDuration::from_millis(1_499), "{took}");
}
