use http::Method;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, Got, Lab, Receiver};

async fn send(lab: &Lab, to: &str) -> Got {
    let form = [("From", &*lab.sms()), ("To", to), ("Body", "news")];
    lab.post("/api/2010-04-01/Accounts/{AC}/Messages.json", &form).await
}

#[tokio::test]
async fn stop_is_confirmed_once_and_blocks_until_start() {
    let lab = Lab::new().await;
    send(&lab, ANN).await.expect(201);
    lab.text(ANN, &lab.sms(), " Stop ").await;
    lab.text(ANN, &lab.sms(), "STOPALL").await;
    let shown = lab.received(ANN).await;
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(shown[1].contains("unsubscribed"));
    send(&lab, ANN).await.fails(400, 21610);
    send(&lab, BOB).await.expect(201);
    lab.text(ANN, &lab.sms(), "start").await;
    assert!(lab.received(ANN).await[2].contains("re-subscribed"));
    send(&lab, ANN).await.expect(201);
    lab.text(ANN, &lab.sms(), "YES").await;
    assert_eq!(lab.received(ANN).await.len(), 4, "YES from someone who gets texts is an ordinary text");
    lab.text(ANN, &lab.sms(), "help").await;
    assert!(lab.received(ANN).await[4].contains("STOP"));
    let list = lab.get("/api/2010-04-01/Accounts/{AC}/Messages.json?To=%2B15557770001").await.expect(200);
    assert_eq!(list["messages"].as_array().unwrap().len(), 2, "the carrier's replies are no messages");
}

#[tokio::test]
async fn in_a_conversation_the_receipt_fails_with_21610_and_the_phone_stays_silent() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    lab.text(ANN, &lab.sms(), "stop").await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let made = lab.post(&path, &[("Body", "still there?")]).await.expect(201);
    let one = format!("{path}/{}", made["sid"].as_str().unwrap());
    let receipt = lab
        .until(async || {
            let receipts = lab.get(&format!("{one}/Receipts")).await.expect(200);
            receipts["delivery_receipts"].get(0).cloned()
        })
        .await;
    assert_eq!((&receipt["status"], &receipt["error_code"]), (&json!("failed"), &json!(21610)));
    assert_eq!(lab.get(&one).await.expect(200)["delivery"]["failed"], "all");
    assert_eq!(lab.received(ANN).await.len(), 1, "only the confirmation");
    let bodies = lab.get(&path).await.expect(200)["messages"].clone();
    assert_eq!(bodies[0]["body"], "stop", "the keyword itself is in the conversation");
}

#[tokio::test]
async fn whatsapp_has_no_keywords() {
    let lab = Lab::new().await;
    let phone = "whatsapp:+15557770001";
    lab.text(phone, &lab.whatsapp(), "STOP").await;
    assert_eq!(lab.received(phone).await, [""; 0]);
    let form = [("From", &*lab.whatsapp()), ("To", phone), ("Body", "ok")];
    lab.post("/api/2010-04-01/Accounts/{AC}/Messages.json", &form).await.expect(201);
    assert_eq!(lab.received(phone).await, ["ok"]);
}

#[tokio::test]
async fn a_number_can_leave_keywords_alone_or_name_them_to_its_webhook() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let set = async |handling: &str| {
        let body = json!({"number": lab.sms(), "keyword_handling": handling, "sms_url": receiver.url});
        lab.control(Method::POST, "keywords", body).await.expect(200)
    };
    set("none").await;
    lab.text(ANN, &lab.sms(), "STOP").await;
    assert_eq!(lab.received(ANN).await, [""; 0]);
    send(&lab, ANN).await.expect(201);
    set("advanced").await;
    lab.text(ANN, &lab.sms(), "STOP").await;
    send(&lab, ANN).await.fails(400, 21610);
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_eq!((first.field("OptOutType"), second.field("OptOutType")), (None, Some("STOP")));
    let wrong = json!({"number": lab.sms(), "keyword_handling": "some"});
    assert_eq!(lab.control(Method::POST, "keywords", wrong).await.status, 400);
    let state = lab.control(Method::GET, "state", Value::Null).await.expect(200);
    assert_eq!(state["blocks"], json!([{"number": lab.sms(), "address": ANN}]));
}
