use http::Method;
use serde_json::{Value, json};

use crate::support::Lab;

const PHONE: &str = "whatsapp:+15557770001";
const HANDSET: &str = "handsets/whatsapp:%2B15557770001";
const TYPING: &str = "/messaging/v2/Indicators/Typing.json";

async fn phone(lab: &Lab) -> Value {
    lab.control(Method::GET, HANDSET, Value::Null).await.expect(200)
}

async fn statuses(lab: &Lab) -> Vec<String> {
    let screen = lab.control(Method::GET, &format!("{HANDSET}/messages"), Value::Null).await.expect(200);
    let status = |entry: &Value| entry["status"].as_str().unwrap().to_owned();
    screen["messages"].as_array().unwrap().iter().map(status).collect()
}

#[tokio::test]
async fn a_whatsapp_phone_sees_its_texts_delivered_read_and_being_answered() {
    let lab = Lab::new().await;
    lab.auto_create("whatsapp", &lab.whatsapp()).await;
    lab.text(PHONE, &lab.whatsapp(), "hello").await;
    let sid = lab.text(PHONE, &lab.whatsapp(), "anybody?").await;
    lab.until(async || (statuses(&lab).await == ["delivered", "delivered"]).then_some(())).await;

    let form = [("messageId", &*sid), ("channel", "whatsapp")];
    assert_eq!(lab.post(TYPING, &form).await.expect(200), json!({"success": true}));
    assert_eq!(statuses(&lab).await, ["read", "read"]);
    assert_eq!(phone(&lab).await["typing"][0]["peer"], lab.whatsapp());
    lab.control(Method::POST, "clock", json!({"advance": "PT25S"})).await.expect(200);
    assert_eq!(phone(&lab).await["typing"], json!([]), "it ends by itself");

    lab.post(TYPING, &form).await.expect(200);
    let answer = [("From", &*lab.whatsapp()), ("To", PHONE), ("Body", "hi")];
    lab.post("/api/2010-04-01/Accounts/{AC}/Messages.json", &answer).await.expect(201);
    assert_eq!(phone(&lab).await["typing"], json!([]), "the answer ends it");
}

#[tokio::test]
async fn only_a_whatsapp_text_can_be_typed_to() {
    let lab = Lab::new().await;
    let sms = lab.text("+15557770001", &lab.sms(), "hello").await;
    for (id, channel, status, code) in [
        (&*sms, "whatsapp", 404, 20404),
        ("SM0", "whatsapp", 404, 20404),
        (&sms, "sms", 400, 20001),
        ("", "whatsapp", 400, 20001),
    ] {
        lab.post(TYPING, &[("messageId", id), ("channel", channel)]).await.fails(status, code);
    }
    lab.get(TYPING).await.fails(405, 20004);
}
