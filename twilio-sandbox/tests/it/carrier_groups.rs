//! Group texts on the air: who is in them, who stops hearing of them, whose copy fails.

use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{Behaviour, GroupKeywords, GroupMms, NumberConfig, SandboxConfig};

use crate::support::{ANN, BOB, Form, Got, Lab};

const ADDRESS: &str = "MessagingBinding.Address";
const PROJECTED: &str = "MessagingBinding.ProjectedAddress";

async fn join(lab: &Lab, conversation: &str, form: Form<'_>) -> Got {
    lab.post(&format!("/conversations/v1/Conversations/{conversation}/Participants"), form).await
}

/// A group text of Ann, Bob and a chat user.
async fn group(lab: &Lab) -> String {
    let sid = lab.conversation().await;
    for phone in [ANN, BOB] {
        join(lab, &sid, &[(ADDRESS, phone)]).await.expect(201);
    }
    join(lab, &sid, &[("Identity", "si"), (PROJECTED, &lab.sms())]).await.expect(201);
    sid
}

async fn write(lab: &Lab, body: &str) {
    let text = json!({"to": [BOB, lab.sms()], "body": body});
    lab.control(Method::POST, "handsets/%2B15557770001/group", text).await.expect(201);
}

/// The codes of a message's receipts, by the phone, once all have ended.
async fn codes(lab: &Lab, conversation: &str, body: &str) -> Vec<(String, u64)> {
    let path = format!("/conversations/v1/Conversations/{conversation}/Messages");
    let made = lab.post(&path, &[("Body", body), ("Author", "si")]).await.expect(201);
    lab.advance("PT1M").await;
    let receipts = lab.get(&format!("{path}/{}/Receipts", made["sid"].as_str().unwrap())).await.expect(200);
    let mut codes = Vec::new();
    for receipt in receipts["delivery_receipts"].as_array().unwrap() {
        let sid = receipt["channel_message_sid"].as_str().unwrap();
        let text = lab.get(&format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{sid}.json")).await.expect(200);
        assert!(sid.starts_with("MM"), "a group text is an MMS: {sid}");
        assert_eq!(text["num_segments"], "1");
        codes.push((text["to"].as_str().unwrap().to_owned(), receipt["error_code"].as_u64().unwrap()));
    }
    codes.sort();
    codes
}

fn of(ann: u64, bob: u64) -> [(String, u64); 2] {
    [(ANN.to_owned(), ann), (BOB.to_owned(), bob)]
}

async fn screen(lab: &Lab, phone: &str) -> Vec<Value> {
    let path = format!("handsets/{}/messages", phone.replace('+', "%2B"));
    let screen = lab.control(Method::GET, &path, Value::Null).await.expect(200);
    screen["messages"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_phone_sees_the_other_members_on_each_message() {
    let lab = Lab::new().await;
    let sid = group(&lab).await;
    assert_eq!(codes(&lab, &sid, "hello").await, of(0, 0));
    write(&lab, "hi all").await;
    let (ann, bob) = (screen(&lab, ANN).await, screen(&lab, BOB).await);
    for entry in &ann {
        assert_eq!(entry["members"], json!([lab.sms(), BOB]), "{entry}");
    }
    for (entry, author) in bob.iter().zip([lab.sms(), ANN.to_owned()]) {
        assert_eq!(entry["members"], json!([lab.sms(), ANN]), "{entry}");
        assert_eq!(entry["author"], author);
    }
    lab.text(ANN, &lab.sms(), "psst").await;
    assert_eq!(screen(&lab, ANN).await.pop().unwrap()["members"], Value::Null, "a thread of two");
}

#[tokio::test]
async fn one_members_copy_fails_alone() {
    let lab = Lab::new().await;
    let sid = group(&lab).await;
    let off = json!({"reachable": false});
    lab.control(Method::PUT, "handsets/%2B15557770001", off).await.expect(200);
    assert_eq!(codes(&lab, &sid, "hello").await, of(30003, 0));
    let landline = json!({"carrier": {"line_type": "landline"}});
    lab.control(Method::PUT, "handsets/%2B15557770002", landline).await.expect(200);
    assert_eq!(codes(&lab, &sid, "hello").await, of(30003, 30006));
}

#[tokio::test]
async fn a_stop_in_the_thread_closes_it_for_who_said_it() {
    let lab = Lab::new().await;
    let sid = group(&lab).await;
    write(&lab, "STOP").await;
    let ann = screen(&lab, ANN).await;
    assert!(ann[1]["body"].as_str().unwrap().contains("unsubscribed"), "{ann:?}");
    assert_eq!(ann[1]["peer"], lab.sms(), "the answer comes outside of the thread");
    assert_eq!(screen(&lab, BOB).await.len(), 1, "Bob has seen the word and no answer");
    assert_eq!(codes(&lab, &sid, "hello").await, of(21610, 0));
    write(&lab, "start").await;
    assert_eq!(codes(&lab, &sid, "hello").await, of(0, 0));
}

#[tokio::test]
async fn keywords_in_a_thread_and_group_texts_themselves_are_switches() {
    let behaviour = Behaviour { group_keywords: GroupKeywords::Ignored, ..Behaviour::default() };
    let lab = Lab::with(SandboxConfig { behaviour, ..SandboxConfig::default() }).await;
    let sid = group(&lab).await;
    write(&lab, "STOP").await;
    assert_eq!(codes(&lab, &sid, "hello").await, of(0, 0));
    let disabled = Behaviour { group_mms: GroupMms::Disabled, ..Behaviour::default() };
    lab.control(Method::POST, "behaviour", json!(disabled)).await.expect(200);
    let other = lab.conversation().await;
    join(&lab, &other, &[(ADDRESS, ANN)]).await.fails(400, 50452);
    lab.join(&other, ANN, &lab.sms()).await.expect(201);
}

#[tokio::test]
async fn only_north_american_long_codes_stand_for_a_chat_user() {
    let numbers = ["+18335550100", "+447700900100", "12345"];
    let number_settings = numbers.iter().map(|number| NumberConfig::new(*number)).collect();
    let lab = Lab::with(SandboxConfig { number_settings, ..SandboxConfig::default() }).await;
    let sid = lab.conversation().await;
    for number in numbers {
        join(&lab, &sid, &[("Identity", "si"), (PROJECTED, number)]).await.fails(400, 50435);
    }
    join(&lab, &sid, &[("Identity", "si"), (PROJECTED, &lab.sms())]).await.expect(201);
}
