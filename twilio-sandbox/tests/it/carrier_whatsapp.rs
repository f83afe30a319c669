//! What WhatsApp makes of texts: no account, a phone that is off, a person who blocks, limits by the day.

use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{NumberConfig, SandboxConfig};

use crate::support::{Form, Lab, Receiver};

const MESSAGES: &str = "/api/2010-04-01/Accounts/{AC}/Messages.json";
const ANN: &str = "whatsapp:+15557770001";

fn phone(number: u32) -> String {
    format!("whatsapp:+1555777100{number}")
}

async fn put(lab: &Lab, phone: &str, settings: Value) {
    let path = format!("handsets/{}", phone.replace('+', "%2B"));
    lab.control(Method::PUT, &path, settings).await.expect(200);
}

async fn send(lab: &Lab, to: &str, form: Form<'_>) -> Value {
    let from = lab.whatsapp();
    let form = [&[("From", from.as_str()), ("To", to)], form].concat();
    lab.post(MESSAGES, &form).await.expect(201)
}

/// Status and code once all has happened that will.
async fn end(lab: &Lab, made: &Value) -> (String, Option<u64>) {
    lab.advance("PT1M").await;
    let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", made["sid"].as_str().unwrap());
    let message = lab.get(&path).await.expect(200);
    (message["status"].as_str().unwrap().to_owned(), message["error_code"].as_u64())
}

fn ended(status: &str, code: Option<u64>) -> (String, Option<u64>) {
    (status.to_owned(), code)
}

/// An approved template that may begin conversations.
async fn template(lab: &Lab) -> String {
    let body = json!({"friendly_name": "t", "language": "en", "types": {"twilio/text": {"body": "News."}}});
    let made = lab.json(Method::POST, "/content/v1/Content", body).await.expect(201);
    let sid = made["sid"].as_str().unwrap().to_owned();
    let submission = json!({"name": "news", "category": "UTILITY"});
    let path = format!("/content/v1/Content/{sid}/ApprovalRequests/whatsapp");
    lab.json(Method::POST, &path, submission).await.expect(201);
    lab.advance("PT1M").await;
    sid
}

#[tokio::test]
async fn a_number_without_an_account_fails_and_sms_still_reaches_it() {
    let lab = Lab::new().await;
    let template = template(&lab).await;
    put(&lab, ANN, json!({"carrier": {"whatsapp": false}})).await;
    let made = send(&lab, ANN, &[("ContentSid", &template)]).await;
    assert_eq!(end(&lab, &made).await, ended("failed", Some(63003)));
    let (sms, plain) = (lab.sms(), "+15557770001");
    let form = [("From", sms.as_str()), ("To", plain), ("Body", "hello")];
    let made = lab.post(MESSAGES, &form).await.expect(201);
    assert_eq!(end(&lab, &made).await, ended("delivered", None));
}

#[tokio::test]
async fn what_is_sent_to_a_phone_that_is_off_arrives_when_it_is_on_again() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.text(ANN, &lab.whatsapp(), "hi").await;
    put(&lab, ANN, json!({"reachable": false})).await;
    let one = send(&lab, ANN, &[("Body", "one"), ("StatusCallback", &receiver.url)]).await;
    send(&lab, ANN, &[("Body", "two")]).await;
    assert_eq!(end(&lab, &one).await, ended("sent", None));
    assert_eq!(lab.received(ANN).await, [""; 0]);
    put(&lab, ANN, json!({"reachable": true})).await;
    assert_eq!(end(&lab, &one).await, ended("read", None));
    assert_eq!(lab.received(ANN).await, ["one", "two"]);
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(receiver.next().await.get("MessageStatus").to_owned());
    }
    assert_eq!(told, ["sent", "delivered", "read"]);
}

#[tokio::test]
async fn to_someone_who_has_blocked_the_business_it_stays_sent() {
    let lab = Lab::new().await;
    lab.text(ANN, &lab.whatsapp(), "hi").await;
    put(&lab, ANN, json!({"carrier": {"blocked": [lab.whatsapp()]}})).await;
    let made = send(&lab, ANN, &[("Body", "hello?")]).await;
    assert_eq!(end(&lab, &made).await, ended("sent", None));
    put(&lab, ANN, json!({"carrier": {"blocked": null}, "reachable": true})).await;
    assert_eq!(end(&lab, &made).await, ended("sent", None));
    assert_eq!(lab.received(ANN).await, [""; 0]);
}

#[tokio::test]
async fn who_never_reads_leaves_it_delivered() {
    let lab = Lab::new().await;
    lab.text(ANN, &lab.whatsapp(), "hi").await;
    put(&lab, ANN, json!({"reads": false})).await;
    let made = send(&lab, ANN, &[("Body", "hello")]).await;
    assert_eq!(end(&lab, &made).await, ended("delivered", None));
    let path = format!("handsets/{}/read", ANN.replace('+', "%2B"));
    lab.control(Method::POST, &path, Value::Null).await.expect(200);
    assert_eq!(end(&lab, &made).await, ended("read", None));
}

#[tokio::test]
async fn a_sender_begins_with_so_many_people_in_24_hours() {
    let sender = NumberConfig { daily_limit: Some(2), ..NumberConfig::new("whatsapp:+14155238886") };
    let number_settings = vec![sender];
    let lab = Lab::with(SandboxConfig { number_settings, ..SandboxConfig::default() }).await;
    let template = template(&lab).await;
    let template = [("ContentSid", template.as_str())];
    lab.text(&phone(4), &lab.whatsapp(), "hi").await;
    let mut ends = Vec::new();
    for number in [1, 2, 3, 1, 4] {
        let made = send(&lab, &phone(number), &template).await;
        ends.push(end(&lab, &made).await);
    }
    let [read, full] = [ended("read", None), ended("undelivered", Some(63018))];
    assert_eq!(ends, [read.clone(), read.clone(), full, read.clone(), read.clone()]);
    lab.advance("P1D").await;
    let made = send(&lab, &phone(3), &template).await;
    assert_eq!(end(&lab, &made).await, read);
}
