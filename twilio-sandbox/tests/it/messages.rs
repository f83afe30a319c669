use serde_json::{Value, json};

use crate::support::{ANN, BOB, Form, Lab};

fn path(conversation: &str) -> String {
    format!("/conversations/v1/Conversations/{conversation}/Messages")
}

#[tokio::test]
async fn messages_are_numbered_attributed_listed_both_ways_and_paged() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    let member = lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    let first = lab.post(&path(&sid), &[("Body", "one")]).await.expect(201);
    assert_eq!((&first["index"], &first["author"]), (&json!(0), &json!("system")));
    assert_eq!(first["participant_sid"], Value::Null);
    assert_eq!(first["media"], Value::Null);
    let second = lab.post(&path(&sid), &[("Body", "two"), ("Author", ANN)]).await.expect(201);
    assert_eq!((&second["index"], &second["participant_sid"]), (&json!(1), &member["sid"]));
    assert_eq!(second["delivery"], Value::Null, "nobody else has a phone here");
    lab.post(&path(&sid), &[("Body", "three")]).await.expect(201);
    let bodies = |page: &Value| -> Vec<String> {
        let list = page["messages"].as_array().unwrap();
        list.iter().map(|one| one["body"].as_str().unwrap().to_owned()).collect()
    };
    let page = lab.get(&format!("{}?Order=desc&PageSize=2", path(&sid))).await.expect(200);
    assert_eq!(bodies(&page), ["three", "two"]);
    let next = page["meta"]["next_page_url"].as_str().unwrap();
    assert!(next.contains("Order=desc"), "{next}");
    assert_eq!(bodies(&lab.get(next).await.expect(200)), ["one"]);
    assert_eq!(bodies(&lab.get(&path(&sid)).await.expect(200)), ["one", "two", "three"]);
    lab.get(&format!("{}?Order=up", path(&sid))).await.fails(400, 20001);
}

#[tokio::test]
async fn a_message_is_changed_and_removed_and_its_index_not_used_again() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    let message = lab.post(&path(&sid), &[("Body", "one")]).await.expect(201);
    let one = format!("{}/{}", path(&sid), message["sid"].as_str().unwrap());
    let changed = lab.post(&one, &[("Body", "new"), ("Attributes", r#"{"a":1}"#)]).await.expect(200);
    assert_eq!((&changed["body"], &changed["attributes"]), (&json!("new"), &json!(r#"{"a":1}"#)));
    assert_eq!(lab.get(&one).await.expect(200), changed);
    assert_eq!(lab.delete(&one).await.status, 204);
    lab.get(&one).await.fails(404, 20404);
    let next = lab.post(&path(&sid), &[("Body", "two")]).await.expect(201);
    assert_eq!(next["index"], 1);
}

#[tokio::test]
async fn content_is_checked() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    let (long, attributes) = ("ä".repeat(1601), format!("\"{}\"", "a".repeat(4096)));
    let author = "a".repeat(257);
    let cases: &[(Form<'_>, u64)] = &[
        (&[], 50503),
        (&[("Body", &long)], 50504),
        (&[("Body", "x"), ("Attributes", "x")], 50304),
        (&[("Body", "x"), ("Attributes", &attributes)], 50303),
        (&[("Body", "x"), ("Author", &author)], 50310),
        (&[("MediaSid", "ME0")], 50510),
        (&[("MediaSid", "ME00000000000000000000000000000000")], 50507),
        (&[("ContentSid", "HX0")], 50526),
        (&[("Body", "x"), ("ContentVariables", "{}")], 50528),
    ];
    for (form, code) in cases {
        lab.post(&path(&sid), form).await.fails(400, *code);
    }
    lab.post(&path(&sid), &[("Body", &"ä".repeat(1600))]).await.expect(201);
    lab.post(&path("CH0"), &[("Body", "x")]).await.fails(404, 20404);
}

#[tokio::test]
async fn other_phones_get_the_text_and_receipts_tell_of_it() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    let bob = lab.join(&sid, BOB, &lab.sms()).await.expect(201);
    let message = lab.post(&path(&sid), &[("Body", "hi all"), ("Author", ANN)]).await.expect(201);
    assert_eq!(message["delivery"]["total"], 1);
    assert_eq!(lab.received(BOB).await, ["hi all"], "the phone shows it before the request is answered");
    assert_eq!(lab.received(ANN).await, [""; 0]);
    let one = format!("{}/{}", path(&sid), message["sid"].as_str().unwrap());
    let delivered = lab
        .until(async || {
            let message = lab.get(&one).await.expect(200);
            (message["delivery"]["delivered"] == "all").then_some(message)
        })
        .await;
    assert_eq!(
        delivered["delivery"],
        json!({"total": 1, "sent": "all", "delivered": "all", "read": "none", "failed": "none",
            "undelivered": "none"})
    );
    let receipts = lab.get(&format!("{one}/Receipts")).await.expect(200);
    assert_eq!(receipts["meta"]["key"], "delivery_receipts");
    let receipt = &receipts["delivery_receipts"][0];
    assert_eq!((&receipt["status"], &receipt["participant_sid"]), (&json!("delivered"), &bob["sid"]));
    let sm = receipt["channel_message_sid"].as_str().unwrap();
    let text = lab.get(&format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{sm}.json")).await.expect(200);
    assert_eq!((&text["to"], &text["status"]), (&json!(BOB), &json!("delivered")));
    let same = lab.get(&format!("{one}/Receipts/{}", receipt["sid"].as_str().unwrap())).await.expect(200);
    assert_eq!(&same, receipt);
    lab.get(&format!("{one}/Receipts?PageSize=51")).await.fails(400, 20007);
}

#[tokio::test]
async fn a_phone_that_is_off_leaves_undelivered() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    let off = json!({"reachable": false});
    lab.control(http::Method::PUT, "handsets/%2B15557770001", off).await.expect(200);
    let message = lab.post(&path(&sid), &[("Body", "x")]).await.expect(201);
    let receipts = format!("{}/{}/Receipts", path(&sid), message["sid"].as_str().unwrap());
    let receipt = lab
        .until(async || {
            let receipt = lab.get(&receipts).await.expect(200)["delivery_receipts"][0].clone();
            (receipt["status"] == "undelivered").then_some(receipt)
        })
        .await;
    assert_eq!(receipt["error_code"], 30003);
    assert_eq!(lab.received(ANN).await, [""; 0]);
}
