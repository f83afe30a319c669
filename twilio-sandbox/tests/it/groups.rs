use serde_json::{Value, json};

use crate::support::{ANN, BOB, Lab};

const EVE: &str = "whatsapp:+15557770003";

#[tokio::test]
async fn three_people_on_two_channels_see_each_other_without_names() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    lab.text(EVE, &lab.whatsapp(), "before").await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    lab.join(&sid, BOB, &lab.sms()).await.expect(201);
    lab.join(&sid, EVE, &lab.whatsapp()).await.expect(201);
    lab.text(ANN, &lab.sms(), "hello").await;
    lab.until(async || (lab.received(EVE).await == ["hello"]).then_some(())).await;
    let screen = lab.control(http::Method::GET, "handsets/%2B15557770002/messages", Value::Null).await;
    let shown = screen.expect(200)["messages"][0].clone();
    assert_eq!((&shown["body"], &shown["author"]), (&json!("hello"), &json!(lab.sms())));
    lab.text(EVE, &lab.whatsapp(), "hola").await;
    lab.until(async || (lab.received(BOB).await == ["hello", "hola"]).then_some(())).await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let answer = lab.post(&path, &[("Body", "one answer"), ("Author", "si")]).await.expect(201);
    assert_eq!(answer["delivery"]["total"], 3);
    assert_eq!(lab.received(ANN).await, ["hola", "one answer"]);
    assert_eq!(lab.received(BOB).await, ["hello", "hola", "one answer"]);
    assert_eq!(lab.received(EVE).await, ["hello", "one answer"]);
}

#[tokio::test]
async fn a_member_outside_the_window_fails_alone() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    let eve = lab.join(&sid, EVE, &lab.whatsapp()).await.expect(201);
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let made = lab.post(&path, &[("Body", "hello")]).await.expect(201);
    let one = format!("{path}/{}", made["sid"].as_str().unwrap());
    let delivery = lab
        .until(async || {
            let delivery = lab.get(&one).await.expect(200)["delivery"].clone();
            (delivery["delivered"] == "some" && delivery["failed"] == "some").then_some(delivery)
        })
        .await;
    assert_eq!(delivery["total"], 2);
    let receipts = lab.get(&format!("{one}/Receipts")).await.expect(200);
    let failed: Vec<_> = receipts["delivery_receipts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["status"] == "failed")
        .map(|one| (one["error_code"].clone(), one["participant_sid"].clone()))
        .collect();
    assert_eq!(failed, [(json!(63016), eve["sid"].clone())]);
    assert_eq!(lab.received(EVE).await, [""; 0]);
}

#[tokio::test]
async fn who_left_gets_a_conversation_of_their_own_with_the_next_text() {
    let lab = Lab::new().await;
    lab.auto_create("sms", &lab.sms()).await;
    let sid = lab.conversation().await;
    let ann = lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    let member =
        format!("/conversations/v1/Conversations/{sid}/Participants/{}", ann["sid"].as_str().unwrap());
    assert_eq!(lab.delete(&member).await.status, 204);
    lab.text(ANN, &lab.sms(), "alone").await;
    let found = lab
        .until(async || {
            let path = "/conversations/v1/ParticipantConversations?Address=%2B15557770001";
            let found = lab.get(path).await.expect(200);
            found["conversations"].get(0).map(|one| one["conversation_sid"].clone())
        })
        .await;
    assert_ne!(found, json!(sid));
}
