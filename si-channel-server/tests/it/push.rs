//! Events sent to HTTP subscribers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use wiremock::matchers::{body_partial_json, method};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::support::{ANN, BOB, TestApp, eventually, text};

const SETTINGS: [(&str, &str); 2] = [("push.private_hosts", "true"), ("push.first_pause", "10ms")];

/// A subscriber that takes everything.
async fn subscriber() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(204))
        .with_priority(9)
        .mount(&server)
        .await;
    server
}

/// Answers events of a type, all when it is empty, with a status that can be changed, and others with 204.
#[derive(Clone)]
struct Moody {
    kind: &'static str,
    status: Arc<AtomicU16>,
}

impl Moody {
    async fn server(kind: &'static str, status: u16) -> (MockServer, Self) {
        let (server, moody) =
            (MockServer::start().await, Self { kind, status: Arc::new(AtomicU16::new(status)) });
        Mock::given(method("POST")).respond_with(moody.clone()).mount(&server).await;
        (server, moody)
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
}

impl Respond for Moody {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let event: Value = request.body_json().unwrap();
        let meant = self.kind.is_empty() || event["type"] == self.kind;
        ResponseTemplate::new(if meant { self.status.load(Ordering::SeqCst) } else { 204 })
    }
}

async fn subscribe(app: &TestApp, to: &MockServer, more: Value) -> Value {
    let mut body = json!({ "url": format!("{}/hook", to.uri()), "after": 0 });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post("/v1/subscriptions", body).await.expect(201).json
}

/// The events that a subscriber was sent, in the order of their coming.
async fn sent(to: &MockServer) -> Vec<Value> {
    let requests = to.received_requests().await.unwrap();
    requests.iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

/// Waits until a subscriber has each event.
async fn has_every_event_at_last(app: &TestApp, to: &MockServer) {
    app.settled().await;
    eventually("the subscriber has every event", async || {
        let (events, sent) = (app.events().await, sent(to).await);
        events.iter().all(|event| sent.iter().any(|one| one["id"] == event["id"])).then_some(())
    })
    .await;
}

/// Waits until a subscriber has each event, and checks the order within sessions.
async fn has_every_event(app: &TestApp, to: &MockServer) {
    has_every_event_at_last(app, to).await;
    let sent = sent(to).await;
    for event in &sent {
        let own: Vec<u64> = sent
            .iter()
            .filter(|one| one["subject"] == event["subject"])
            .map(|one| one["sequence"].as_u64().unwrap())
            .collect();
        assert!(own.is_sorted(), "{own:?}");
    }
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers[name].to_str().unwrap()
}

/// Whether a secret signed a request, by the rules of Standard Webhooks.
fn is_signed(request: &Request, secret: &Value) -> bool {
    let key = STANDARD.decode(text(secret).strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let (id, at) = (header(request, "webhook-id"), header(request, "webhook-timestamp"));
    mac.update(format!("{id}.{at}.").as_bytes());
    mac.update(&request.body);
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    header(request, "webhook-signature").split(' ').any(|one| one == signature)
}

#[tokio::test]
async fn every_event_is_sent_signed_and_in_order_and_a_restart_goes_on() {
    let mut app = TestApp::with(&SETTINGS).await;
    let to = subscriber().await;
    let made = subscribe(&app, &to, json!({})).await;
    for phone in [ANN, BOB] {
        app.phone(phone).says("Hello").await;
    }
    has_every_event(&app, &to).await;
    for request in to.received_requests().await.unwrap() {
        assert!(is_signed(&request, &made["secret"]));
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(header(&request, "webhook-id"), text(&body["id"]));
        assert_eq!(header(&request, "content-type"), "application/cloudevents+json");
    }
    app.restart().await;
    app.phone(ANN).text("Again").await;
    app.phone(ANN).sees("You said: Again").await;
    has_every_event(&app, &to).await;
    let (events, sent) = (app.events().await, sent(&to).await);
    assert_eq!(events.len(), sent.len(), "nothing is sent again after a restart in order");
    let shown = app.get(&format!("/v1/subscriptions/{}", text(&made["id"]))).await.expect(200).json;
    assert_eq!((&shown["state"], &shown["dead_letters"]), (&json!("active"), &json!(0)));
    assert!(shown.get("secret").is_none());
}

#[tokio::test]
async fn a_subscriber_that_is_away_holds_up_nobody_and_loses_nothing() {
    let app = TestApp::with(&SETTINGS).await;
    let (good, bad) = (subscriber().await, MockServer::start().await);
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(5)
        .with_priority(1)
        .mount(&bad)
        .await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&bad).await;
    subscribe(&app, &bad, json!({})).await;
    subscribe(&app, &good, json!({ "types": ["si.channel.message.*"] })).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    eventually("the good one has the message", async || {
        sent(&good).await.iter().any(|event| event["type"] == "si.channel.message.received.v1").then_some(())
    })
    .await;
    assert!(sent(&good).await.iter().all(|event| text(&event["type"]).starts_with("si.channel.message.")));
    has_every_event(&app, &bad).await;
}

#[tokio::test]
async fn an_event_at_which_the_subscriber_fails_is_sent_again_under_the_same_id() {
    let app = TestApp::with(&SETTINGS).await;
    let to = subscriber().await;
    let received = json!({ "type": "si.channel.message.received.v1" });
    Mock::given(body_partial_json(received.clone()))
        .respond_with(ResponseTemplate::new(500))
        .up_to_n_times(2)
        .with_priority(1)
        .mount(&to)
        .await;
    let made = subscribe(&app, &to, json!({ "types": ["si.channel.message.*"] })).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    eventually("the answer is there", async || {
        sent(&to).await.iter().any(|event| event["type"] == "si.channel.message.sent.v1").then_some(())
    })
    .await;
    let requests = to.received_requests().await.unwrap();
    let ids: Vec<_> = requests
        .iter()
        .filter(|request| request.body_json::<Value>().unwrap()["type"] == received["type"])
        .map(|request| header(request, "webhook-id"))
        .collect();
    assert_eq!(ids, [ids[0]; 3]);
    assert!(requests.iter().all(|request| is_signed(request, &made["secret"])));
    let sent = sent(&to).await;
    let first = |kind: &str| sent.iter().rposition(|event| event["type"] == kind).unwrap();
    assert!(first("si.channel.message.received.v1") < first("si.channel.message.sent.v1"), "in order");
}

#[tokio::test]
async fn a_server_that_is_killed_while_it_sends_loses_nothing() {
    let mut app = TestApp::with(&SETTINGS).await;
    let to = MockServer::start().await;
    let slow = ResponseTemplate::new(204).set_delay(std::time::Duration::from_millis(50));
    Mock::given(method("POST")).respond_with(slow).mount(&to).await;
    subscribe(&app, &to, json!({})).await;
    for number in 0..3 {
        let before = sent(&to).await.len();
        app.phone(ANN).text(&format!("Number {number}")).await;
        app.phone(BOB).text(&format!("Number {number}")).await;
        eventually("it is in the middle of it", async || (sent(&to).await.len() > before).then_some(()))
            .await;
        app.cut_off();
        app.begin().await;
    }
    // What Twilio told a server that was gone is lost to it; what became an event is not.
    has_every_event_at_last(&app, &to).await;
    // Those that come again aside, in order.
    let mut seen = std::collections::BTreeMap::new();
    for event in sent(&to).await {
        let (last, sequence) = (
            seen.entry(text(&event["subject"]).to_owned()).or_insert(0),
            event["sequence"].as_u64().unwrap(),
        );
        assert!(sequence <= *last + 1, "{event}");
        *last = sequence.max(*last);
    }
}

#[tokio::test]
async fn f77_an_event_at_which_the_subscriber_goes_down_is_set_aside_and_the_others_go_on() {
    let app = TestApp::with(&[&SETTINGS[..], &[("push.tries", "3")]].concat()).await;
    let (to, _) = Moody::server("si.channel.message.received.v1", 502).await;
    let id = text(&subscribe(&app, &to, json!({})).await["id"]).to_owned();
    app.phone(ANN).says("Hello").await;
    let letters = format!("/v1/subscriptions/{id}/dead-letters");
    eventually("it is tried again", async || {
        let sent = sent(&to).await;
        let tried = sent.iter().filter(|event| event["type"] == "si.channel.message.received.v1").count();
        (tried > 1).then_some(())
    })
    .await;
    // That another session's are taken tells that it is there.
    app.phone(BOB).text("Hello").await;
    let dead = eventually("it is set aside", async || {
        app.get(&letters).await.expect(200).items().into_iter().next()
    })
    .await;
    assert_eq!(dead["reason"], "it answers 502");
}

#[tokio::test]
async fn a_subscriber_that_is_away_for_days_is_disabled_and_resumed_where_it_was() {
    let app = TestApp::with(&SETTINGS).await;
    let (to, moody) = Moody::server("", 503).await;
    let path = format!("/v1/subscriptions/{}", text(&subscribe(&app, &to, json!({})).await["id"]));
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    eventually("it is tried", async || (!sent(&to).await.is_empty()).then_some(())).await;
    app.advance(jiff::SignedDuration::from_hours(6 * 24));
    let disabled = eventually("it is disabled", async || {
        Some(app.get(&path).await.expect(200).json).filter(|shown| shown["state"] == "disabled")
    })
    .await;
    assert_eq!(disabled["why"], "it answers 503, for too long");
    moody.answers(200);
    app.post(&format!("{path}/resume"), json!({})).await.expect(200);
    has_every_event_at_last(&app, &to).await;
    assert_eq!(app.get(&path).await.expect(200).json["state"], "active");
}

#[tokio::test]
async fn an_event_that_is_refused_is_set_aside_listed_and_sent_again_on_request() {
    let app = TestApp::with(&[&SETTINGS[..], &[("push.tries", "3")]].concat()).await;
    let (to, moody) = Moody::server("si.channel.message.received.v1", 500).await;
    let id = text(&subscribe(&app, &to, json!({})).await["id"]).to_owned();
    app.phone(ANN).says("Hello").await;
    let letters = format!("/v1/subscriptions/{id}/dead-letters");
    let dead = eventually("it is set aside", async || {
        app.get(&letters).await.expect(200).items().into_iter().next()
    })
    .await;
    assert_eq!(
        (&dead["type"], &dead["reason"]),
        (&json!("si.channel.message.received.v1"), &json!("it answers 500"))
    );
    has_every_event(&app, &to).await;

    let tried = async || sent(&to).await.iter().filter(|event| event["id"] == dead["event_id"]).count();
    assert_eq!(tried().await, 3);
    moody.answers(204);
    let redrive = format!("/v1/subscriptions/{id}/redrive");
    let asked = app.post(&redrive, json!({ "events": [dead["event_id"]] })).await.expect(202);
    assert_eq!(asked.json["events"], 1);
    eventually("it is taken", async || app.get(&letters).await.expect(200).items().is_empty().then_some(()))
        .await;
    assert_eq!(tried().await, 4, "under its id");
}

#[tokio::test]
async fn a_subscriber_that_wants_nothing_more_is_left_alone_until_it_is_resumed() {
    let app = TestApp::with(&SETTINGS).await;
    let (to, moody) = Moody::server("", 410).await;
    let id = text(&subscribe(&app, &to, json!({})).await["id"]).to_owned();
    app.phone(ANN).says("Hello").await;
    let path = format!("/v1/subscriptions/{id}");
    eventually("it is disabled", async || {
        (app.get(&path).await.expect(200).json["state"] == "disabled").then_some(())
    })
    .await;
    moody.answers(200);
    app.post(&format!("{path}/resume"), json!({})).await.expect(200);
    has_every_event(&app, &to).await;

    app.api(Method::DELETE, &path, None).await.expect(204);
    app.get(&path).await.problem(404, "not-found");
    assert!(app.get("/v1/subscriptions").await.expect(200).items().is_empty());
}

#[tokio::test]
async fn while_a_secret_is_rotated_both_sign() {
    let app = TestApp::with(&SETTINGS).await;
    let to = subscriber().await;
    let made = subscribe(&app, &to, json!({})).await;
    let rotate = format!("/v1/subscriptions/{}/rotate", text(&made["id"]));
    let new = app.post(&rotate, json!({})).await.expect(200).json;
    assert_ne!(new["secret"], made["secret"]);
    app.phone(ANN).says("Hello").await;
    has_every_event(&app, &to).await;
    let last = to.received_requests().await.unwrap().pop().unwrap();
    assert!(is_signed(&last, &made["secret"]) && is_signed(&last, &new["secret"]));

    let third = app.post(&rotate, json!({ "overlap": "0s" })).await.expect(200).json;
    app.phone(ANN).text("Again").await;
    app.phone(ANN).sees("You said: Again").await;
    has_every_event(&app, &to).await;
    let last = to.received_requests().await.unwrap().pop().unwrap();
    assert!(is_signed(&last, &third["secret"]) && !is_signed(&last, &new["secret"]));
}

#[tokio::test]
async fn a_subscription_is_made_once_for_a_key_and_only_to_the_public_internet() {
    let app = TestApp::start().await;
    let body = json!({ "url": "https://example.com/hook", "types": ["si.channel.message.*"] });
    let key = [("idempotency-key", "one")];
    let first = app.api_with(Method::POST, "/v1/subscriptions", Some(&body), &key).await.expect(201).json;
    let again = app.api_with(Method::POST, "/v1/subscriptions", Some(&body), &key).await.expect(201).json;
    assert_eq!(first, again);
    assert_eq!(app.get("/v1/subscriptions").await.expect(200).items().len(), 1);
    for wrong in [
        json!({ "url": "http://example.com/hook" }),
        json!({ "url": "https://127.0.0.1/hook" }),
        json!({ "url": "https://example.com/hook", "types": ["nothing"] }),
        json!({ "url": "https://example.com/hook", "after": 1_000_000 }),
    ] {
        app.post("/v1/subscriptions", wrong).await.problem(400, "invalid-request");
    }
}
