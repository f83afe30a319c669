//! The doctor finds what is wrong with an account, mends it, and is content afterwards.

use reqwest::Method;
use serde_json::{Value, json};
use si_channel_server::doctor::{Finding, Verdict};

use crate::support::{ANN, TestApp, text};

fn of(findings: &[Finding], verdict: Verdict) -> Vec<&str> {
    findings.iter().filter(|one| one.verdict == verdict).map(|one| one.check.as_str()).collect()
}

const BRAND: [(&str, &str); 2] =
    [("policy.brand.name", "Acme"), ("policy.brand.contact", "help@acme.example")];

#[tokio::test]
async fn everything_that_a_new_account_lacks_is_found_and_mended() {
    let mut app = TestApp::unwired(&BRAND).await;
    app.begin().await;
    let before = app.examine(false).await;
    assert_eq!(of(&before, Verdict::Bad).len(), 4, "{before:?}");
    assert_eq!(app.examine(false).await, before, "looking changes nothing");
    let mended = app.examine(true).await;
    assert_eq!(of(&mended, Verdict::Mended), of(&before, Verdict::Bad), "{mended:?}");
    let after = app.examine(false).await;
    assert_eq!(of(&after, Verdict::Good).len(), after.len(), "{after:?}");
    assert_eq!(app.examine(true).await, after, "mending twice is mending once");
    app.phone(ANN).says("Hello").await;
}

#[tokio::test]
async fn each_thing_that_was_changed_is_found_and_mended_and_nothing_else_is_touched() {
    let app = TestApp::with(&BRAND).await;
    let addresses = app.state().await["address_configurations"].as_array().unwrap().clone();
    let webhooks = "/conversations/v1/Configuration/Webhooks";
    let address = format!("/conversations/v1/Configuration/Addresses/{}", text(&addresses[0]["sid"]));
    for (path, form) in [
        (webhooks, vec![("PostWebhookUrl", "https://elsewhere.example/")]),
        (webhooks, vec![("PreWebhookUrl", "https://elsewhere.example/")]),
        (webhooks, vec![("Method", "GET")]),
        (webhooks, vec![("Filters", "onMessageAdded"), ("Filters", "onUserUpdated")]),
        (address.as_str(), vec![("AutoCreation.Enabled", "false")]),
    ] {
        app.as_admin(Method::POST, path, &form).await;
        let found = app.examine(false).await;
        assert_eq!(of(&found, Verdict::Bad).len(), 1, "{form:?}: {found:?}");
        let mended = app.examine(true).await;
        assert_eq!(of(&mended, Verdict::Mended), of(&found, Verdict::Bad), "{form:?}: {mended:?}");
        let after = app.examine(false).await;
        assert_eq!(of(&after, Verdict::Good).len(), after.len(), "{form:?}: {after:?}");
    }
    let filters = app.as_admin(Method::GET, webhooks, &[]).await.expect(200).json["filters"].clone();
    assert!(
        filters.as_array().unwrap().contains(&json!("onUserUpdated")),
        "filters of others stay: {filters}"
    );

    let number = json!({ "number": app.sms(), "sms_url": "https://elsewhere.example/" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    let found = app.examine(false).await;
    assert_eq!(of(&found, Verdict::Bad).len(), 1, "{found:?}");
    app.examine(true).await;
    let after = app.examine(false).await;
    assert_eq!(of(&after, Verdict::Good).len(), after.len(), "{after:?}");
    app.phone(ANN).says("Hello").await;
}

#[tokio::test]
async fn wrong_credentials_and_an_absent_twilio_are_told_as_what_they_are() {
    let app = TestApp::unwired(&[("twilio.api_secret", "not-the-secret")]).await;
    let findings = app.examine(true).await;
    assert_eq!(of(&findings, Verdict::Bad), ["account"], "{findings:?}");
    let detail = &findings.last().unwrap().detail;
    assert!(detail.contains("401"), "{detail}");
    assert!(!detail.contains("not-the-secret"), "{detail}");
    assert_eq!(app.state().await["configuration_webhook"]["post_webhook_url"], Value::Null);

    let app = TestApp::unwired(&[("twilio.base_url", "http://127.0.0.1:1")]).await;
    assert_eq!(of(&app.examine(false).await, Verdict::Bad), ["account"]);
}

#[tokio::test]
async fn what_could_be_better_is_a_warning() {
    let app = TestApp::unwired(&[("public_url", "http://si.example.com")]).await;
    assert_eq!(of(&app.examine(false).await, Verdict::Warning), ["public URL", "brand"]);
}
