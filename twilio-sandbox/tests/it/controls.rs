use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{Sandbox, SandboxConfig, StartError};

use crate::support::{ANN, Lab, Receiver};

const LIST: &str = "/conversations/v1/Conversations";

async fn plan(lab: &Lab, fault: Value) {
    lab.control(Method::POST, "faults", fault).await.expect(200);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let (a, b) = (Lab::new().await, Lab::new().await);
    assert_eq!(a.sandbox.account_sid(), b.sandbox.account_sid());
    assert_eq!(a.sandbox.auth_token(), b.sandbox.auth_token());
    assert_eq!(a.conversation().await, b.conversation().await);
    let own = SandboxConfig {
        account_sid: Some("AC1".into()),
        auth_token: Some("secret".into()),
        seed: Some(2),
        ..SandboxConfig::default()
    };
    let own = Sandbox::start(own).await.unwrap();
    assert_eq!((own.account_sid().as_str(), own.auth_token().as_str()), ("AC1", "secret"));
}

#[tokio::test]
async fn a_malformed_number_or_a_taken_port_is_an_error_that_says_so() {
    let config = SandboxConfig { numbers: vec!["555".into()], ..SandboxConfig::default() };
    let error = Sandbox::start(config).await.unwrap_err();
    assert!(matches!(&error, StartError::Number { number } if number == "555"), "{error}");
    let first = Lab::new().await;
    let port = first.sandbox.url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Sandbox::start(SandboxConfig { port, ..SandboxConfig::default() }).await.unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn a_request_dropped_after_its_effect_has_happened_without_an_answer() {
    let lab = Lab::new().await;
    plan(&lab, json!({"kind": "drop_after_effect", "match": format!("POST {LIST}")})).await;
    let lost = lab.request(Method::POST, LIST, &[("UniqueName", "x")]).send().await;
    assert!(lost.is_err());
    lab.post(LIST, &[("UniqueName", "x")]).await.fails(409, 50353);
    plan(&lab, json!({"kind": "drop_before_effect", "match": format!("POST {LIST}")})).await;
    let lost = lab.request(Method::POST, LIST, &[("UniqueName", "y")]).send().await;
    assert!(lost.is_err());
    lab.post(LIST, &[("UniqueName", "y")]).await.expect(201);
}

#[tokio::test]
async fn planned_statuses_carry_twilios_codes_and_end_by_themselves() {
    let lab = Lab::new().await;
    for (status, code) in [(429, 20429), (500, 20500), (503, 20503)] {
        plan(&lab, json!({"kind": "status", "status": status, "count": 2, "match": LIST})).await;
        lab.get(LIST).await.fails(status, code);
        lab.get(LIST).await.fails(status, code);
        lab.get(LIST).await.expect(200);
    }
    plan(&lab, json!({"kind": "status", "status": 503})).await;
    lab.control(Method::DELETE, "faults", Value::Null).await.expect(200);
    lab.get(LIST).await.expect(200);
    for wrong in [
        json!({"kind": "status"}),
        json!({"kind": "status", "status": 200}),
        json!({"kind": "delay"}),
        json!({"kind": "flood"}),
        json!({"kind": "delay", "delay_ms": 1, "count": 0}),
    ] {
        assert_eq!(lab.control(Method::POST, "faults", wrong).await.status, 400);
    }
    plan(&lab, json!({"kind": "delay", "delay_ms": 1})).await;
    lab.get(LIST).await.expect(200);
}

#[tokio::test]
async fn a_webhook_can_be_lost_or_come_twice() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    let sid = lab.conversation().await;
    let path = format!("{LIST}/{sid}/Messages");
    plan(&lab, json!({"kind": "webhook_lost", "match": "onMessageAdded"})).await;
    plan(&lab, json!({"kind": "webhook_duplicate", "match": "onMessageAdded"})).await;
    for body in ["lost", "twice", "once"] {
        lab.post_aloud(&path, &[("Body", body)]).await.expect(201);
    }
    let hooks = [receiver.next().await, receiver.next().await, receiver.next().await];
    assert_eq!(hooks.each_ref().map(|hook| hook.get("Body")), ["twice", "twice", "once"]);
    let token = hooks.each_ref().map(|hook| hook.headers["i-twilio-idempotency-token"].clone());
    assert!(token[0] == token[1] && token[1] != token[2]);
}

#[tokio::test]
async fn the_log_numbers_requests_without_secrets() {
    let lab = Lab::new().await;
    lab.get(LIST).await.expect(200);
    lab.get(&format!("{LIST}/CH0")).await.fails(404, 20404);
    let log = lab.control(Method::GET, "log?kind=api", Value::Null).await.expect(200);
    let entry = &log["entries"][1];
    assert_eq!((&entry["method"], &entry["status"]), (&json!("GET"), &json!(404)));
    assert_eq!((&entry["path"], &entry["error_code"]), (&json!(format!("{LIST}/CH0")), &json!(20404)));
    assert!(!log.to_string().contains(&lab.sandbox.auth_token()));
    let rest = lab.control(Method::GET, &format!("log?after={}", entry["n"]), Value::Null).await.expect(200);
    assert_eq!(rest["entries"], json!([]));
}

#[tokio::test]
async fn handsets_show_what_a_phone_shows() {
    let lab = Lab::new().await;
    lab.auto_create("sms", &lab.sms()).await;
    let sid = lab.text(ANN, &lab.sms(), "hello").await;
    let screen = lab.control(Method::GET, "handsets/%2B15557770001/messages", Value::Null).await.expect(200);
    let mut entry = screen["messages"][0].clone();
    assert!(entry["at"].is_string());
    entry.as_object_mut().unwrap().remove("at");
    assert_eq!(
        entry,
        json!({"sid": sid, "direction": "sent", "peer": lab.sms(), "author": ANN, "body": "hello",
            "media": [], "status": "sent"})
    );
    let handsets = lab.control(Method::GET, "handsets", Value::Null).await.expect(200);
    assert_eq!(handsets["handsets"][0]["address"], ANN);
    for (address, body, status) in [
        ("%2B15557770001", json!({"to": "+15550009999", "body": "x"}), 404),
        ("%2B15557770001", json!({"to": lab.whatsapp(), "body": "x"}), 400),
        ("%2B15557770001", json!({"to": lab.sms()}), 400),
        ("%2B15557770001", json!({"to": lab.sms(), "text": "x"}), 400),
        ("15557770001", json!({"to": lab.sms(), "body": "x"}), 400),
    ] {
        let refused = lab.control(Method::POST, &format!("handsets/{address}/messages"), body).await;
        assert_eq!((refused.status, &refused.json["status"]), (status, &json!(status)));
    }
    assert_eq!(lab.control(Method::GET, "nothing", Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_person_who_reads_late_makes_the_receipt_read_late() {
    let lab = Lab::new().await;
    let phone = "whatsapp:+15557770001";
    let handset = "handsets/whatsapp:%2B15557770001";
    lab.control(Method::PUT, handset, json!({"reads": false})).await.expect(200);
    lab.text(phone, &lab.whatsapp(), "hello").await;
    let form = [("From", &*lab.whatsapp()), ("To", phone), ("Body", "hi")];
    let messages = "/api/2010-04-01/Accounts/{AC}/Messages";
    let sid = lab.post(&format!("{messages}.json"), &form).await.expect(201)["sid"].clone();
    let one = format!("{messages}/{}.json", sid.as_str().unwrap());
    let status = async || lab.get(&one).await.expect(200)["status"].clone();
    lab.until(async || (status().await == "delivered").then_some(())).await;
    let read = lab.control(Method::POST, &format!("{handset}/read"), Value::Null).await.expect(200);
    assert_eq!(read["read"], 1);
    assert_eq!(status().await, "read");
}

#[tokio::test]
async fn a_number_is_added_while_it_runs() {
    let lab = Lab::new().await;
    let added = json!({"number": "+15005550100"});
    lab.control(Method::POST, "numbers", added.clone()).await.expect(201);
    lab.control(Method::POST, "numbers", added).await.expect(200);
    lab.text(ANN, "+15005550100", "hello").await;
    let wrong = lab.control(Method::POST, "numbers", json!({"number": "12"})).await;
    assert_eq!(wrong.status, 400);
    let list = lab.control(Method::GET, "numbers", Value::Null).await.expect(200);
    assert_eq!(list["numbers"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_body_above_one_megabyte_is_413() {
    let lab = Lab::new().await;
    let big = "a".repeat(1024 * 1024 + 1);
    let refused = lab.request(Method::POST, LIST, &[]).body(big).send().await.unwrap();
    assert_eq!(refused.status(), 413);
}

#[tokio::test]
async fn the_log_names_the_parameters_that_nothing_read() {
    let lab = Lab::new().await;
    let form = [("FriendlyName", "x"), ("friendlyname", "y"), ("Colour", "red"), ("Colour", "blue")];
    lab.post(&format!("{LIST}?PageSizes=1"), &form).await.expect(201);
    lab.post(LIST, &[("State", "closed"), ("Colour", "red")]).await.fails(400, 50384);
    let log = lab.control(Method::GET, "log?kind=api", Value::Null).await.expect(200);
    assert_eq!(log["entries"][0]["ignored"], json!(["PageSizes", "friendlyname", "Colour"]));
    assert_eq!(log["entries"][1]["ignored"], json!([]), "a refused request is not read to its end");
}
