use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde_json::{Value, json};
use twilio_sandbox::{Fault, RequestFault, SandboxConfig, WebhookFault};

use crate::support::{Hook, Lab, Receiver};

const LIST: &str = "/conversations/v1/Conversations";

async fn plan(lab: &Lab, fault: Value) -> u64 {
    lab.control(Method::POST, "faults", fault).await.expect(200)["id"].as_u64().unwrap()
}

async fn create(lab: &Lab) -> reqwest::Response {
    lab.request(Method::POST, LIST, &[]).send().await.unwrap()
}

async fn conversations(lab: &Lab) -> usize {
    lab.get(LIST).await.expect(200)["conversations"].as_array().unwrap().len()
}

/// A conversation whose messages the receiver hears of.
async fn talk(lab: &Lab, receiver: &Receiver) -> String {
    lab.configure("", &receiver.url).await;
    format!("{LIST}/{}/Messages", lab.conversation().await)
}

async fn say(lab: &Lab, path: &str, body: &str) {
    lab.post_aloud(path, &[("Body", body)]).await.expect(201);
}

fn token(hook: &Hook) -> Option<&str> {
    hook.headers.get("i-twilio-idempotency-token").map(String::as_str)
}

#[tokio::test]
async fn a_refusal_says_when_to_come_back_in_seconds_or_by_date_or_not_at_all() {
    let lab = Lab::new().await;
    plan(&lab, json!({"kind": "status", "status": 429})).await;
    assert_eq!(create(&lab).await.headers().get("retry-after"), None);
    plan(&lab, json!({"kind": "status", "status": 429, "retry_after": 2})).await;
    assert_eq!(create(&lab).await.headers()["retry-after"], "2");
    plan(&lab, json!({"kind": "status", "status": 429, "retry_after_date": 3600})).await;
    let refused = create(&lab).await;
    let date = refused.headers()["retry-after"].to_str().unwrap().replace("GMT", "+0000");
    let at = rfc2822::DateTimeParser::new().parse_timestamp(date).unwrap();
    let ahead = at.duration_since(Timestamp::now());
    assert!((SignedDuration::from_mins(50)..SignedDuration::from_mins(70)).contains(&ahead), "{ahead}");
    let code = json!({"kind": "status", "status": 400, "code": 50353, "message": "taken"});
    plan(&lab, code).await;
    assert_eq!(lab.post(LIST, &[]).await.fails(400, 50353), "taken");
    plan(&lab, json!({"kind": "status", "status": 307, "location": "http://127.0.0.1:9/x"})).await;
    let redirect = create(&lab).await;
    assert_eq!(redirect.headers()["location"], "http://127.0.0.1:9/x");
    assert_eq!(conversations(&lab).await, 0);
}

#[tokio::test]
async fn an_answer_can_be_cut_short_slow_or_no_json_though_the_request_was_carried_out() {
    let lab = Lab::new().await;
    plan(&lab, json!({"kind": "truncate"})).await;
    assert!(create(&lab).await.bytes().await.is_err());
    plan(&lab, json!({"kind": "garbage_html"})).await;
    let html = create(&lab).await;
    assert_eq!(
        (html.status(), &html.headers()["content-type"]),
        (StatusCode::OK, &"text/html".parse().unwrap())
    );
    assert!(html.text().await.unwrap().contains("<html>"));
    plan(&lab, json!({"kind": "garbage_json"})).await;
    let broken = create(&lab).await;
    assert_eq!(broken.status(), StatusCode::CREATED);
    assert!(serde_json::from_slice::<Value>(&broken.bytes().await.unwrap()).is_err());
    plan(&lab, json!({"kind": "trickle", "delay_ms": 2})).await;
    let slow = create(&lab).await;
    let promised = slow.headers()["content-length"].to_str().unwrap().parse().unwrap();
    let body = slow.bytes().await.unwrap();
    assert_eq!((body.len(), serde_json::from_slice::<Value>(&body).is_ok()), (promised, true));
    assert_eq!(conversations(&lab).await, 4);
}

#[tokio::test]
async fn a_clock_that_is_wrong_shows_in_every_date() {
    let lab = Lab::new().await;
    let right = lab.post(LIST, &[]).await.expect(201);
    let path = format!("{LIST}/{}", right["sid"].as_str().unwrap());
    plan(&lab, json!({"kind": "clock_skew", "skew_s": -3600})).await;
    let skewed = lab.request(Method::GET, &path, &[]).send().await.unwrap();
    let date = skewed.headers()["date"].to_str().unwrap().replace("GMT", "+0000");
    let behind =
        Timestamp::now().duration_since(rfc2822::DateTimeParser::new().parse_timestamp(date).unwrap());
    assert!(behind >= SignedDuration::from_mins(59), "{behind}");
    let skewed: Value = skewed.json().await.unwrap();
    let at = |value: &Value| value["date_created"].as_str().unwrap().parse::<Timestamp>().unwrap();
    assert_eq!(at(&right).duration_since(at(&skewed)), SignedDuration::from_hours(1));
    assert_eq!(skewed["sid"], right["sid"]);
}

#[tokio::test]
async fn a_script_decides_one_request_after_the_other_and_then_ends() {
    let lab = Lab::new().await;
    let script = json!({"match": format!("POST {LIST}"), "script": [503, "ok", "drop_after_effect", "ok"]});
    plan(&lab, script).await;
    lab.post(LIST, &[]).await.fails(503, 20503);
    // What the script does not speak of passes.
    assert_eq!(conversations(&lab).await, 0);
    lab.post(LIST, &[]).await.expect(201);
    assert!(lab.request(Method::POST, LIST, &[]).send().await.is_err());
    assert_eq!(conversations(&lab).await, 2);
    lab.post(LIST, &[]).await.expect(201);
    assert!(lab.sandbox.faults().is_empty());
    assert_eq!(lab.sandbox.spent_faults()[0].struck, 2);
}

#[tokio::test]
async fn probability_follows_the_seed() {
    let struck = async |seed: u64| {
        let lab = Lab::with(SandboxConfig { seed: Some(seed), ..SandboxConfig::default() }).await;
        let fault = Fault::request(RequestFault::status(500)).with_probability(0.5);
        lab.sandbox.plan_fault(fault).unwrap();
        let mut statuses = Vec::new();
        for _ in 0..24 {
            statuses.push(lab.get(LIST).await.status);
        }
        statuses
    };
    let first = struck(1).await;
    assert_eq!(first, struck(1).await);
    assert_ne!(first, struck(2).await);
    assert!(first.contains(&500) && first.contains(&200), "{first:?}");
}

#[tokio::test]
async fn a_fault_has_a_number_and_counts_its_strikes() {
    let lab = Lab::new().await;
    let first = plan(&lab, json!({"kind": "status", "status": 503, "count": 3, "match": LIST})).await;
    let second = plan(&lab, json!({"kind": "webhook_lost"})).await;
    lab.get(LIST).await.fails(503, 20503);
    let list = lab.control(Method::GET, "faults", Value::Null).await.expect(200);
    let expected =
        json!({"id": first, "kind": "status", "match": LIST, "status": 503, "count": 2, "struck": 1});
    assert_eq!(list["faults"][0], expected);
    // What is listed can be planned again.
    let again = plan(&lab, expected).await;
    for id in [first, second] {
        lab.control(Method::DELETE, &format!("faults/{id}"), Value::Null).await.expect(200);
    }
    assert_eq!(lab.control(Method::DELETE, &format!("faults/{first}"), Value::Null).await.status, 404);
    assert_eq!(lab.sandbox.faults().iter().map(|one| one.id).collect::<Vec<_>>(), [again]);
    lab.sandbox.clear_faults();
    lab.get(LIST).await.expect(200);
    let log = lab.control(Method::GET, "log?kind=api&status=5xx", Value::Null).await.expect(200);
    assert_eq!((log["entries"].as_array().unwrap().len(), &log["entries"][0]["fault"]), (1, &json!(first)));
    assert!(lab.sandbox.plan_fault(Fault::request(RequestFault::status(200))).is_err());
    lab.sandbox.plan_fault(Fault::webhook(WebhookFault::Lost).times(2)).unwrap();
}

#[tokio::test]
async fn a_webhook_comes_later_twice_or_after_the_next_one() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let path = talk(&lab, &receiver).await;
    plan(&lab, json!({"kind": "webhook_reorder", "match": "onMessageAdded"})).await;
    for body in ["first", "second"] {
        say(&lab, &path, body).await;
    }
    let order = [receiver.next().await, receiver.next().await];
    assert_eq!(order.each_ref().map(|hook| hook.get("Body")), ["second", "first"]);
    // With nobody to overtake it, it comes when its time is over.
    plan(&lab, json!({"kind": "webhook_reorder", "delay_ms": 1})).await;
    plan(&lab, json!({"kind": "webhook_delay", "delay_ms": 1})).await;
    say(&lab, &path, "alone").await;
    assert_eq!(receiver.next().await.get("Body"), "alone");
    say(&lab, &path, "late").await;
    assert_eq!(receiver.next().await.get("Body"), "late");
    plan(&lab, json!({"kind": "webhook_duplicate", "fresh_token": true})).await;
    say(&lab, &path, "twice").await;
    let twice = [receiver.next().await, receiver.next().await];
    assert_eq!(twice.each_ref().map(|hook| hook.get("Body")), ["twice", "twice"]);
    assert_ne!(token(&twice[0]), token(&twice[1]));
}

#[tokio::test]
async fn a_webhook_can_be_signed_by_others_or_carry_anothers_token_or_none() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let path = talk(&lab, &receiver).await;
    let account = lab.sandbox.account();
    let old = account.auth_token();
    account.create_secondary_token();
    assert!(account.promote_secondary_token());
    let url = receiver.url.clone();
    let kinds = ["old_token", "wrong_signature", "wrong_idempotency_token", "no_idempotency_token"];
    for kind in kinds {
        plan(&lab, json!({"kind": format!("webhook_{kind}")})).await;
    }
    let mut hooks = Vec::new();
    for body in ["old", "wrong", "repeated", "none", "right"] {
        say(&lab, &path, body).await;
        hooks.push(receiver.next().await);
    }
    hooks[0].is_signed(&old, &url);
    for hook in &hooks[2..] {
        hook.is_signed(&account.auth_token(), &url);
    }
    for known in [&old, &account.auth_token()] {
        assert_ne!(hooks[1].headers["x-twilio-signature"], hooks[1].signature(known, &url));
    }
    assert_eq!(token(&hooks[2]), token(&hooks[1]));
    assert_eq!(token(&hooks[3]), None);
    assert!(token(&hooks[4]).is_some() && token(&hooks[4]) != token(&hooks[2]));
}

#[tokio::test]
async fn a_webhook_of_a_wrong_clock_is_signed_as_it_is_sent() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let path = talk(&lab, &receiver).await;
    plan(&lab, json!({"kind": "webhook_clock_skew", "skew_s": 7200})).await;
    say(&lab, &path, "from the future").await;
    let hook = receiver.next().await;
    hook.is_signed(&lab.sandbox.auth_token(), &receiver.url);
    let ahead = hook.get("DateCreated").parse::<Timestamp>().unwrap().duration_since(Timestamp::now());
    assert!(ahead > SignedDuration::from_mins(110), "{ahead}");
}

#[tokio::test]
async fn a_script_of_webhooks_decides_by_event() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let path = talk(&lab, &receiver).await;
    let script = json!({"match": "onMessage*", "script": ["webhook_lost", "ok", "webhook_duplicate"]});
    plan(&lab, script).await;
    for body in ["lost", "ok", "twice", "after"] {
        say(&lab, &path, body).await;
    }
    let mut bodies = Vec::new();
    for _ in 0..4 {
        bodies.push(receiver.next().await.get("Body").to_owned());
    }
    assert_eq!(bodies, ["ok", "twice", "twice", "after"]);
}
