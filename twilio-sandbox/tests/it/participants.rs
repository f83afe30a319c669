use serde_json::{Value, json};

use crate::support::{ANN, BOB, Form, Lab};

async fn add(lab: &Lab, conversation: &str, form: &[(&str, &str)]) -> crate::support::Got {
    lab.post(&format!("/conversations/v1/Conversations/{conversation}/Participants"), form).await
}

#[tokio::test]
async fn phones_and_chat_users_have_twilios_shapes() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    let phone = lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    assert_eq!(
        phone["messaging_binding"],
        json!({"type": "sms", "address": ANN, "proxy_address": lab.sms()})
    );
    assert_eq!(phone["identity"], Value::Null);
    let user = add(&lab, &sid, &[("Identity", "si"), ("Attributes", r#"{"x":1}"#)]).await.expect(201);
    assert_eq!((&user["messaging_binding"], &user["identity"]), (&Value::Null, &json!("si")));
    let whatsapp = lab.join(&sid, "whatsapp:+15557770001", &lab.whatsapp()).await.expect(201);
    assert_eq!(whatsapp["messaging_binding"]["type"], "whatsapp");
    let list = lab.get(&format!("/conversations/v1/Conversations/{sid}/Participants")).await.expect(200);
    assert_eq!(list["participants"], json!([phone, user, whatsapp]));
    let path = format!("/conversations/v1/Conversations/{sid}/Participants/si");
    let changed = lab.post(&path, &[("Attributes", "{}")]).await;
    assert_eq!(changed.expect(200)["attributes"], "{}");
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.get(&path).await.fails(404, 20404);
}

#[tokio::test]
async fn each_wrong_binding_has_its_code() {
    let lab = Lab::new().await;
    let (sid, sms, whatsapp) = (lab.conversation().await, lab.sms(), lab.whatsapp());
    let (address, proxy) = ("MessagingBinding.Address", "MessagingBinding.ProxyAddress");
    let cases: &[(Form<'_>, u64)] = &[
        (&[], 50411),
        (&[(proxy, &sms)], 50411),
        (&[(address, "+4915112345678")], 50412),
        (&[(address, "5557770001"), (proxy, &sms)], 50407),
        (&[(address, ANN), (proxy, "006")], 50408),
        (&[(address, &sms), (proxy, &sms)], 50409),
        (&[(address, ANN), (proxy, &whatsapp)], 50414),
        (&[(address, ANN), (proxy, BOB)], 50413),
        (&[(address, "whatsapp:+15557770001"), (proxy, "whatsapp:+15557770002")], 50415),
        (&[("Identity", "si"), (address, ANN), (proxy, &sms)], 20001),
        (&[("Identity", "si"), ("Attributes", "no")], 50304),
    ];
    for (form, code) in cases {
        add(&lab, &sid, form).await.fails(400, *code);
    }
}

#[tokio::test]
async fn a_person_is_in_a_conversation_once_and_a_pair_in_one_conversation() {
    let lab = Lab::new().await;
    let (first, second) = (lab.conversation().await, lab.conversation().await);
    add(&lab, &first, &[("Identity", "si")]).await.expect(201);
    add(&lab, &first, &[("Identity", "si")]).await.fails(409, 50433);
    let member = lab.join(&first, ANN, &lab.sms()).await.expect(201);
    lab.join(&first, ANN, &lab.sms()).await.fails(409, 50437);
    let message = lab.join(&second, ANN, &lab.sms()).await.fails(409, 50416);
    assert_eq!(
        message,
        format!("A binding for this participant and proxy address already exists in Conversation {first}")
    );
    let path =
        format!("/conversations/v1/Conversations/{first}/Participants/{}", member["sid"].as_str().unwrap());
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.join(&second, ANN, &lab.sms()).await.expect(201);
}

#[tokio::test]
async fn fifty_phones_are_the_limit() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    for n in 0..50 {
        lab.join(&sid, &format!("+155577710{n:02}"), &lab.sms()).await.expect(201);
    }
    lab.join(&sid, ANN, &lab.sms()).await.fails(400, 50418);
    add(&lab, &sid, &[("Identity", "si")]).await.expect(201);
}

#[tokio::test]
async fn a_persons_conversations_are_found_by_address_or_identity() {
    let lab = Lab::new().await;
    let (first, second) = (lab.conversation().await, lab.conversation().await);
    lab.join(&first, ANN, &lab.sms()).await.expect(201);
    lab.post(&format!("/conversations/v1/Conversations/{first}"), &[("State", "closed")]).await.expect(200);
    lab.join(&second, ANN, &lab.sms()).await.expect(201);
    add(&lab, &second, &[("Identity", "si")]).await.expect(201);
    let path = "/conversations/v1/ParticipantConversations";
    let found = lab.get(&format!("{path}?Address=%2B15557770001")).await.expect(200);
    assert_eq!(found["meta"]["key"], "conversations");
    let seen: Vec<_> = found["conversations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["conversation_sid"].clone(), one["conversation_state"].clone()))
        .collect();
    assert_eq!(seen, [(json!(first), json!("closed")), (json!(second), json!("active"))]);
    let binding = json!({"type": "sms", "address": ANN, "proxy_address": lab.sms(), "projected_address": null,
        "level": null, "name": null});
    assert_eq!(found["conversations"][0]["participant_messaging_binding"], binding);
    let found = lab.get(&format!("{path}?Identity=si")).await.expect(200);
    assert_eq!(found["conversations"][0]["participant_identity"], "si");
    lab.get(&format!("{path}?Identity=si&Address=x")).await.fails(400, 50451);
    let none = lab.get(&format!("{path}?Identity=nobody")).await.expect(200);
    assert_eq!(none["conversations"], json!([]));
}
