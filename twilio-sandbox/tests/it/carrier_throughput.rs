//! Queues of senders that keep to Twilio's rates, by the sandbox's clock.

use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{Behaviour, NumberConfig, SandboxConfig, Throughput};

use crate::support::{ANN, BOB, Got, Lab, Receiver};

const MESSAGES: &str = "/api/2010-04-01/Accounts/{AC}/Messages.json";
/// A hundred seconds for each segment: no test takes that long by itself.
const SLOW: f64 = 0.01;

async fn lab(throughput: f64) -> Lab {
    let number_settings = ["+15005550006", "whatsapp:+14155238886"]
        .map(|number| NumberConfig { throughput: Some(throughput), ..NumberConfig::new(number) })
        .to_vec();
    let behaviour = Behaviour { throughput: Throughput::Twilio, ..Behaviour::default() };
    Lab::with(SandboxConfig { number_settings, behaviour, ..SandboxConfig::default() }).await
}

async fn send(lab: &Lab, to: &str, body: &str, more: &[(&str, &str)]) -> Got {
    let from = lab.sms();
    let form = [&[("From", from.as_str()), ("To", to), ("Body", body)], more].concat();
    lab.post(MESSAGES, &form).await
}

async fn status(lab: &Lab, made: &Value) -> Value {
    let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", made["sid"].as_str().unwrap());
    lab.get(&path).await.expect(200)
}

#[track_caller]
fn is(message: &Value, status: &str, code: Option<u64>) {
    assert_eq!(
        (message["status"].as_str(), message["error_code"].as_u64()),
        (Some(status), code),
        "{message}"
    );
}

#[tokio::test]
async fn texts_leave_one_after_the_other_and_a_long_one_takes_the_time_of_its_parts() {
    let lab = lab(SLOW).await;
    let long = "a".repeat(400);
    let (first, second, third) = (
        send(&lab, ANN, "one", &[]).await,
        send(&lab, ANN, &long, &[]).await,
        send(&lab, BOB, "three", &[]).await,
    );
    let (first, second, third) = (first.expect(201), second.expect(201), third.expect(201));
    lab.advance("PT50S").await;
    is(&status(&lab, &first).await, "delivered", None);
    is(&status(&lab, &second).await, "queued", None);
    assert_eq!(lab.received(ANN).await, ["one"]);
    lab.advance("PT60S").await;
    is(&status(&lab, &second).await, "sending", None);
    let sid = second["sid"].as_str().unwrap();
    let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{sid}.json");
    lab.delete(&path).await.fails(409, 20409);
    lab.advance("PT4M").await;
    is(&status(&lab, &second).await, "delivered", None);
    is(&status(&lab, &third).await, "queued", None);
    lab.advance("PT1M").await;
    is(&status(&lab, &third).await, "delivered", None);
    assert_eq!(lab.received(BOB).await, ["three"]);
}

#[tokio::test]
async fn each_sender_has_a_queue_of_its_own() {
    let lab = lab(SLOW).await;
    let (ann, sender) = ("whatsapp:+15557770001", lab.whatsapp());
    lab.text(ann, &sender, "hi").await;
    send(&lab, ANN, "one", &[]).await.expect(201);
    send(&lab, ANN, "two", &[]).await.expect(201);
    let form = [("From", sender.as_str()), ("To", ann), ("Body", "hello")];
    lab.post(MESSAGES, &form).await.expect(201);
    assert_eq!(
        (lab.received(ann).await, lab.received(ANN).await),
        (vec!["hello".into()], vec!["one".into()])
    );
}

#[tokio::test]
async fn a_full_queue_refuses_a_number_and_fails_a_services_texts() {
    // Nearly ten hours for one segment: the second just fits.
    let lab = lab(1.0 / 35_000.0).await;
    let services = lab.get("/messaging/v1/Services").await.expect(200);
    let service = services["services"][0]["sid"].as_str().unwrap();
    send(&lab, ANN, "one", &[]).await.expect(201);
    send(&lab, ANN, "two", &[]).await.expect(201);
    send(&lab, ANN, "three", &[]).await.fails(400, 21611);
    let pooled = [("MessagingServiceSid", service), ("To", ANN), ("Body", "three")];
    let made = lab.post(MESSAGES, &pooled).await.expect(201);
    let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", made["sid"].as_str().unwrap());
    let failed = lab
        .until(async || Some(lab.get(&path).await.expect(200)).filter(|it| it["status"] == "failed"))
        .await;
    is(&failed, "failed", Some(30001));
    lab.advance("PT11H").await;
    send(&lab, ANN, "four", &[]).await.expect(201);
}

#[tokio::test]
async fn a_whatsapp_queue_holds_four_hours() {
    let lab = lab(1.0 / 14_000.0).await;
    let (ann, sender) = ("whatsapp:+15557770001", lab.whatsapp());
    let sid = lab.conversation().await;
    lab.join(&sid, ann, &sender).await.expect(201);
    lab.text(ann, &sender, "hi").await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let mut last = String::new();
    for body in ["one", "two", "three"] {
        let made = lab.post(&path, &[("Body", body)]).await.expect(201);
        last = format!("{path}/{}/Receipts", made["sid"].as_str().unwrap());
    }
    let receipts = lab
        .until(async || {
            let receipts = lab.get(&last).await.expect(200);
            receipts["delivery_receipts"].get(0).cloned()
        })
        .await;
    assert_eq!((&receipts["status"], &receipts["error_code"]), (&json!("failed"), &json!(63018)));
}

#[tokio::test]
async fn what_would_wait_longer_than_it_may_expires_and_takes_nobodys_place() {
    let lab = lab(SLOW).await;
    send(&lab, ANN, "one", &[]).await.expect(201);
    let hasty = send(&lab, ANN, "two", &[("ValidityPeriod", "30")]).await.expect(201);
    send(&lab, ANN, "three", &[("ValidityPeriod", "200")]).await.expect(201);
    lab.advance("PT40S").await;
    is(&status(&lab, &hasty).await, "failed", Some(30036));
    lab.advance("PT70S").await;
    assert_eq!(lab.received(ANN).await, ["one", "three"]);
}

#[tokio::test]
async fn rates_are_a_switch_and_sending_is_told_to_nobody() {
    let lab = lab(SLOW).await;
    let first = json!({"initial_callback": "sent"});
    lab.control(Method::POST, "behaviour", first).await.expect(200);
    let mut receiver = Receiver::new().await;
    let callback = [("StatusCallback", receiver.url.as_str())];
    send(&lab, ANN, "one", &[]).await.expect(201);
    send(&lab, ANN, "two", &callback).await.expect(201);
    lab.advance("PT3M").await;
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(receiver.next().await.get("MessageStatus").to_owned());
    }
    assert_eq!(told, ["queued", "sent", "delivered"]);
    let off = json!({"throughput": "unlimited"});
    assert_eq!(lab.control(Method::POST, "behaviour", off).await.expect(200)["throughput"], "unlimited");
    for body in ["three", "four"] {
        send(&lab, ANN, body, &[]).await.expect(201);
    }
    assert_eq!(lab.received(ANN).await, ["one", "two", "three", "four"]);
}

#[tokio::test]
async fn a_queue_is_kept_in_a_snapshot() {
    let first = lab(SLOW).await;
    for body in ["one", "two"] {
        send(&first, ANN, body, &[]).await.expect(201);
    }
    let restore = Some(first.sandbox.snapshot());
    let second = Lab::with(SandboxConfig { restore, ..SandboxConfig::default() }).await;
    assert_eq!(second.received(ANN).await, ["one"]);
    second.advance("PT2M").await;
    assert_eq!(second.received(ANN).await, ["one", "two"]);
    assert_eq!(first.received(ANN).await, ["one"]);
}
