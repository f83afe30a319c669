//! Visitors and accounts.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ANN, EVE, TestApp, encoded, eventually, text};

const BUSINESS_SCOPED: &str = "whatsapp:US.13491208655302741918";

async fn merge(app: &TestApp, address: &str, body: Value) -> crate::support::Answer {
    app.api(Method::PUT, &format!("/v1/people/{}", encoded(address)), Some(&body)).await
}

async fn person(app: &TestApp, address: &str) -> Value {
    app.get(&format!("/v1/people/{}", encoded(address))).await.expect(200).json
}

#[tokio::test]
async fn visitors_become_one_account_and_keep_their_sessions_and_their_opt_outs() {
    let app = TestApp::start().await;
    let nobody = person(&app, BUSINESS_SCOPED).await;
    assert_eq!((&nobody["enrolment"], &nobody["account_id"]), (&json!("unknown"), &Value::Null));
    app.phone(ANN).says("Hello").await;
    app.phone(EVE).says("Hello").await;
    app.phone(EVE).text("STOP").await;
    app.event("consent.revoked").await;
    app.settled().await;
    let ann = person(&app, ANN).await;
    let visitor = text(&ann["visitor_id"]).to_owned();
    assert!(visitor.starts_with("visitor_"), "{ann}");
    assert_eq!((&ann["enrolment"], &ann["sessions"][0]["address"]), (&json!("enrolled"), &json!(ANN)));

    for address in [ANN, EVE, BUSINESS_SCOPED] {
        merge(&app, address, json!({ "account_id": "customer_7", "name": "Ann" })).await.expect(200);
    }
    // Said again, it is already so.
    let whole = merge(&app, ANN, json!({ "account_id": "customer_7" })).await.expect(200).json;
    assert_eq!((&whole["account_id"], &whole["name"]), (&json!("customer_7"), &json!("Ann")));
    assert_eq!(
        (&whole["consent"], &whole["enrolment"]),
        (&json!("revoked"), &json!("left")),
        "the strictest"
    );
    let each: Vec<_> =
        whole["addresses"].as_array().unwrap().iter().map(|one| text(&one["consent"])).collect();
    assert_eq!(each, ["granted", "revoked", "unknown"], "each address keeps its own");
    assert_eq!(whole["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(person(&app, EVE).await, whole, "by any address");
    let merged = app.events_of("person.merged").await;
    assert_eq!(merged.len(), 3);
    assert_eq!(
        (&merged[0]["data"]["visitor_id"], &merged[0]["subject"]),
        (&json!(visitor), &json!("person/customer_7"))
    );
    app.post("/v1/messages", json!({ "to": EVE, "text": "No" })).await.problem(403, "opted-out");
    app.post("/v1/messages", json!({ "to": ANN, "text": "Yes" })).await.expect(202);
    app.phone(ANN).sees("Yes").await;

    // A mistake can be mended.
    merge(&app, EVE, json!({ "account_id": "customer_8" })).await.expect(200);
    let whole = person(&app, ANN).await;
    assert_eq!((&whole["consent"], whole["addresses"].as_array().unwrap().len()), (&json!("unknown"), 2));
    assert_eq!(person(&app, EVE).await["account_id"], "customer_8");
    merge(&app, EVE, json!({ "account_id": "a b" })).await.problem(400, "invalid-request");
}

#[tokio::test]
async fn an_address_is_one_accounts_however_many_claim_it_at_once() {
    let app = TestApp::start().await;
    let claims = (0..8).map(|n| merge(&app, ANN, json!({ "account_id": format!("customer_{n}") })));
    for answer in futures_util::future::join_all(claims).await {
        answer.expect(200);
    }
    let owner = text(&person(&app, ANN).await["account_id"]).to_owned();
    let events = eventually("eight claims", async || {
        Some(app.events_of("person.merged").await).filter(|events| !events.is_empty())
    })
    .await;
    let last = events.iter().rfind(|event| event["data"]["account_id"] == owner.as_str());
    assert!(last.is_some(), "{owner}");
}
