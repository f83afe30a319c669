use http::Method;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, Lab, Receiver};

const PATH: &str = "/conversations/v1/ConversationWithParticipants";
const LIST: &str = "/conversations/v1/Conversations";

fn phone(lab: &Lab, address: &str) -> String {
    json!({"messaging_binding": {"address": address, "proxy_address": lab.sms()}}).to_string()
}

async fn people(lab: &Lab, conversation: &Value) -> Vec<Value> {
    let path = format!("{LIST}/{}/Participants", conversation["sid"].as_str().unwrap());
    lab.get(&path).await.expect(200)["participants"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_conversation_comes_with_its_participants() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    let (ann, si) = (phone(&lab, ANN), json!({"identity": "si", "attributes": "{\"a\":1}"}).to_string());
    let form = [("FriendlyName", "Case"), ("Participant", &*ann), ("Participant", &*si)];
    let made = lab.post_aloud(PATH, &form).await.expect(202);
    assert_eq!((&made["friendly_name"], &made["state"]), (&json!("Case"), &json!("active")));
    let found = people(&lab, &made).await;
    assert_eq!(found[0]["messaging_binding"]["address"], ANN);
    assert_eq!((&found[1]["identity"], &found[1]["attributes"]), (&json!("si"), &json!("{\"a\":1}")));
    for event in ["onConversationAdded", "onParticipantAdded", "onParticipantAdded"] {
        assert_eq!(receiver.next().await.get("EventType"), event);
    }
    lab.post(PATH, &[]).await.expect(201);
}

#[tokio::test]
async fn if_one_participant_does_not_fit_nothing_is_made() {
    let lab = Lab::new().await;
    let held = lab.conversation().await;
    lab.join(&held, BOB, &lab.sms()).await.expect(201);
    let (ann, bob) = (phone(&lab, ANN), phone(&lab, BOB));
    let (si, wrong) = (r#"{"identity": "si"}"#, r#"{"identiti": "si"}"#);
    let eleven: Vec<_> = (0..11).map(|n| json!({"identity": n.to_string()}).to_string()).collect();
    let eleven: Vec<_> = eleven.iter().map(String::as_str).collect();
    for (participants, status, code) in [
        (&[&*ann, &*bob][..], 409, 50425),
        (&[&*ann, &*ann], 409, 50437),
        (&[si, si], 409, 50433),
        (&[si, wrong], 400, 20001),
        (&[si, "{}"], 400, 50411),
        (&eleven, 400, 50426),
    ] {
        let form: Vec<_> = participants.iter().map(|one| ("Participant", *one)).collect();
        let message = lab.post(PATH, &form).await.fails(status, code);
        assert!(code != 50425 || message.ends_with(&held), "{message}");
    }
    let all = lab.get(LIST).await.expect(200);
    assert_eq!(all["conversations"].as_array().unwrap().len(), 1);
    lab.post(PATH, &[("Participant", &ann)]).await.expect(202);
}

#[tokio::test]
async fn participants_can_come_after_the_answer() {
    let lab = Lab::new().await;
    lab.control(Method::POST, "behaviour", json!({"bulk_creation": "initializing"})).await.expect(200);
    let ann = phone(&lab, ANN);
    let made = lab.post(PATH, &[("Participant", &ann)]).await.expect(202);
    assert_eq!(made["state"], "initializing");
    let path = format!("{LIST}/{}", made["sid"].as_str().unwrap());
    lab.until(async || (lab.get(&path).await.expect(200)["state"] == "active").then_some(())).await;
    assert_eq!(people(&lab, &made).await[0]["messaging_binding"]["address"], ANN);
}

#[tokio::test]
async fn an_initializing_conversation_cannot_be_changed_and_closes_if_a_pair_is_taken_meanwhile() {
    let carrier_step = std::time::Duration::from_mins(1);
    let lab =
        Lab::with(twilio_sandbox::SandboxConfig { carrier_step, ..twilio_sandbox::SandboxConfig::default() })
            .await;
    lab.control(Method::POST, "behaviour", json!({"bulk_creation": "initializing"})).await.expect(200);
    let ann = phone(&lab, ANN);
    let made = lab.post(PATH, &[("Participant", &ann), ("UniqueName", "case")]).await.expect(202);
    let path = format!("{LIST}/{}", made["sid"].as_str().unwrap());
    lab.post(&path, &[("FriendlyName", "x")]).await.fails(409, 20409);
    let list = lab.get(&format!("{LIST}?State=initializing")).await.expect(200);
    assert_eq!(list["conversations"].as_array().unwrap().len(), 1);
    let other = lab.conversation().await;
    lab.join(&other, ANN, &lab.sms()).await.expect(201);
    lab.advance("PT1M").await;
    assert_eq!(lab.get(&path).await.expect(200)["state"], "closed");
    assert_eq!(people(&lab, &made).await, [Value::Null; 0]);
    let note = lab
        .until(async || {
            let log = lab.control(Method::GET, "log?kind=note", Value::Null).await.expect(200);
            log["entries"].get(0).cloned()
        })
        .await;
    assert_eq!((&note["subject"], &note["error_code"]), (&made["sid"], &json!(50427)));
}
