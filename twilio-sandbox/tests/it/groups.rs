use serde_json::{Value, json};

use crate::support::{ANN, BOB, Form, Lab, Receiver};

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

const ADDRESS: &str = "MessagingBinding.Address";
const PROJECTED: &str = "MessagingBinding.ProjectedAddress";

/// A conversation with those phones in a group text.
async fn group_text(lab: &Lab, phones: &[&str]) -> String {
    let sid = lab.conversation().await;
    for phone in phones {
        join(lab, &sid, &[(ADDRESS, phone)]).await.expect(201);
    }
    sid
}

async fn join(lab: &Lab, conversation: &str, form: Form<'_>) -> crate::support::Got {
    lab.post(&format!("/conversations/v1/Conversations/{conversation}/Participants"), form).await
}

#[tokio::test]
async fn members_of_a_group_text_share_a_thread_and_a_chat_user_has_a_number_in_it() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    let sid = group_text(&lab, &[ANN, BOB]).await;
    let user = join(&lab, &sid, &[("Identity", "si"), (PROJECTED, &lab.sms())]).await.expect(201);
    assert_eq!(user["messaging_binding"], json!({"type": "sms", "projected_address": lab.sms()}));
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let made = lab.post(&path, &[("Body", "hello"), ("Author", "si")]).await.expect(201);
    assert_eq!(made["delivery"]["total"], 2);
    lab.post(&path, &[("Body", "hello")]).await.fails(400, 50513);
    let others = json!({"to": [BOB, lab.sms()], "body": "hi all"});
    lab.control(http::Method::POST, "handsets/%2B15557770001/group", others).await.expect(201);
    let hook = receiver.event("onMessageAdded").await;
    assert_eq!((hook.get("Body"), hook.get("Author"), hook.get("ConversationSid")), ("hi all", ANN, &*sid));
    let added = lab.get(&path).await.expect(200)["messages"][1].clone();
    assert_eq!(added["delivery"], Value::Null, "the carrier has given it to the others");
    let screen = lab.control(http::Method::GET, "handsets/%2B15557770002/messages", Value::Null).await;
    let screen = screen.expect(200);
    let thread = format!("{}, {ANN}", lab.sms());
    for (entry, author, body) in [(0, lab.sms(), "hello"), (1, ANN.to_owned(), "hi all")] {
        let shown = &screen["messages"][entry];
        assert_eq!((&shown["peer"], &shown["body"]), (&json!(thread), &json!(body)));
        assert_eq!(shown["author"], author);
    }
    let alone = json!({"to": [BOB], "body": "psst"});
    let refused = lab.control(http::Method::POST, "handsets/%2B15557770001/group", alone).await;
    assert_eq!(refused.status, 404);
}

#[tokio::test]
async fn a_group_text_has_its_own_rules() {
    let lab = Lab::new().await;
    let sms = lab.sms();
    let sid = group_text(&lab, &[ANN, BOB]).await;
    join(&lab, &sid, &[("Identity", "si")]).await.fails(400, 50434);
    join(&lab, &sid, &[("Identity", "si"), (PROJECTED, BOB)]).await.fails(400, 50439);
    join(&lab, &sid, &[(ADDRESS, ANN)]).await.fails(409, 50437);
    join(&lab, &sid, &[("Identity", "si"), (PROJECTED, &sms)]).await.expect(201);
    let again = group_text(&lab, &[BOB, ANN]).await;
    let message = join(&lab, &again, &[("Identity", "si"), (PROJECTED, &sms)]).await.fails(409, 50438);
    assert!(message.ends_with(&sid), "{message}");
    for n in 0..7 {
        join(&lab, &sid, &[(ADDRESS, &format!("+1555777100{n}"))]).await.expect(201);
    }
    join(&lab, &sid, &[(ADDRESS, "+15557771009")]).await.fails(400, 50436);
    let chat = lab.conversation().await;
    join(&lab, &chat, &[("Identity", "si")]).await.expect(201);
    join(&lab, &chat, &[(ADDRESS, ANN)]).await.fails(400, 50435);
    let proxy = "MessagingBinding.ProxyAddress";
    join(&lab, &chat, &[(ADDRESS, ANN), (proxy, &sms), (PROJECTED, &sms)]).await.fails(400, 50420);
}
