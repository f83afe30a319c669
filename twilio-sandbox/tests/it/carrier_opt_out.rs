//! Keywords by type of sender: the network's on toll-free numbers, a service's own, none on a lone short code.

use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{NumberConfig, SandboxConfig, SenderType};

use crate::support::{ANN, BOB, Got, Lab, Receiver};

const MESSAGES: &str = "/api/2010-04-01/Accounts/{AC}/Messages.json";
const TOLL_FREE: &str = "+18335550100";
const SHORT: &str = "12345";

async fn lab() -> Lab {
    let number_settings = vec![NumberConfig::new(TOLL_FREE), NumberConfig::new(SHORT)];
    Lab::with(SandboxConfig { number_settings, ..SandboxConfig::default() }).await
}

async fn send(lab: &Lab, from: &str, to: &str) -> Got {
    lab.post(MESSAGES, &[("From", from), ("To", to), ("Body", "news")]).await
}

/// A Messaging Service with one sender.
async fn service(lab: &Lab, sender: &str) -> String {
    let made = lab.post("/messaging/v1/Services", &[("FriendlyName", "s")]).await.expect(201);
    let sid = made["sid"].as_str().unwrap().to_owned();
    let numbers = lab.control(Method::GET, "numbers", Value::Null).await.expect(200);
    let one = numbers["numbers"].as_array().unwrap().iter().find(|one| one["number"] == sender).unwrap();
    let (list, name) = match one["type"].as_str().unwrap() {
        "short_code" => ("ShortCodes", "ShortCodeSid"),
        "whatsapp" => ("ChannelSenders", "Sid"),
        _ => ("PhoneNumbers", "PhoneNumberSid"),
    };
    let path = format!("/messaging/v1/Services/{sid}/{list}");
    lab.post(&path, &[(name, one["sid"].as_str().unwrap())]).await.expect(201);
    sid
}

#[tokio::test]
async fn the_network_behind_a_toll_free_number_answers_stop_and_opens_by_its_own_words_alone() {
    let lab = lab().await;
    lab.text(ANN, TOLL_FREE, "STOP").await;
    lab.text(ANN, TOLL_FREE, "stop").await;
    send(&lab, TOLL_FREE, ANN).await.fails(400, 21610);
    for silent in ["YES", "HELP"] {
        lab.text(ANN, TOLL_FREE, silent).await;
    }
    send(&lab, TOLL_FREE, ANN).await.fails(400, 21610);
    lab.text(ANN, TOLL_FREE, "Unstop").await;
    send(&lab, TOLL_FREE, ANN).await.expect(201);
    let shown = lab.received(ANN).await;
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert!(shown[0].starts_with("NETWORK MSG") && shown[0].contains("\"stop\""), "{shown:?}");
    assert!(shown[1].starts_with("NETWORK MSG") && shown[1].contains("\"unstop\""), "{shown:?}");
    lab.text(ANN, TOLL_FREE, "help").await;
    assert!(lab.received(ANN).await[3].starts_with("Reply STOP"), "help is Twilio's");
}

#[tokio::test]
async fn twilio_heeds_the_other_stop_words_on_a_toll_free_number() {
    let lab = lab().await;
    lab.text(ANN, TOLL_FREE, "unsubscribe").await;
    assert!(lab.received(ANN).await[0].contains("successfully been unsubscribed"));
    send(&lab, TOLL_FREE, ANN).await.fails(400, 21610);
    lab.text(ANN, TOLL_FREE, "yes").await;
    send(&lab, TOLL_FREE, ANN).await.fails(400, 21610);
    lab.text(ANN, TOLL_FREE, "start").await;
    assert!(lab.received(ANN).await[1].contains("re-subscribed"));
    send(&lab, TOLL_FREE, ANN).await.expect(201);
}

#[tokio::test]
async fn the_networks_stop_cannot_be_switched_off() {
    let lab = lab().await;
    let off = json!({"number": TOLL_FREE, "keyword_handling": "none"});
    lab.control(Method::POST, "keywords", off).await.expect(200);
    lab.text(ANN, TOLL_FREE, "unsubscribe").await;
    send(&lab, TOLL_FREE, ANN).await.expect(201);
    lab.text(ANN, TOLL_FREE, "stop").await;
    send(&lab, TOLL_FREE, ANN).await.fails(400, 21610);
    let state = lab.control(Method::GET, "state", Value::Null).await.expect(200);
    assert_eq!(state["blocks"], json!([{"number": TOLL_FREE, "address": ANN}]));
    send(&lab, &lab.sms(), ANN).await.expect(201);
}

#[tokio::test]
async fn a_short_code_heeds_keywords_only_in_a_service() {
    let lab = lab().await;
    lab.text(ANN, SHORT, "STOP").await;
    lab.text(ANN, SHORT, "HELP").await;
    assert_eq!(lab.received(ANN).await, [""; 0]);
    send(&lab, SHORT, ANN).await.expect(201);
    let service = service(&lab, SHORT).await;
    lab.text(ANN, SHORT, "STOP").await;
    assert!(lab.received(ANN).await.last().unwrap().contains("unsubscribed"));
    send(&lab, SHORT, ANN).await.fails(400, 21610);
    let pooled = [("MessagingServiceSid", service.as_str()), ("To", ANN), ("Body", "news")];
    lab.post(MESSAGES, &pooled).await.fails(400, 21610);
}

#[tokio::test]
async fn a_service_with_advanced_opt_out_has_words_and_answers_of_its_own() {
    let lab = lab().await;
    let mut receiver = Receiver::new().await;
    let service = service(&lab, &lab.sms()).await;
    let path = format!("services/{service}/opt_out");
    let off = lab.control(Method::GET, &path, Value::Null).await.expect(200);
    assert_eq!(off, json!({"sid": service, "opt_out": null}));
    let rules = json!({
        "default": {"stop": {"keywords": ["halt"], "reply": "Acme: halted."}, "help": {"reply": ""}},
        "countries": {"de": {"stop": {"keywords": ["stopp"], "reply": "Abgemeldet."}}},
    });
    lab.control(Method::PUT, &path, rules).await.expect(200);
    let hook = [("InboundRequestUrl", receiver.url.as_str())];
    lab.post(&format!("/messaging/v1/Services/{service}"), &hook).await.expect(200);
    for (phone, words) in [(ANN, ["help", "quit", "Halt"]), ("+4915112345678", ["info", "halt", "Stopp"])] {
        for word in words {
            lab.text(phone, &lab.sms(), word).await;
        }
    }
    assert_eq!(lab.received(ANN).await, ["Acme: halted."]);
    assert_eq!(lab.received("+4915112345678").await[1..], ["Abgemeldet."], "after Twilio's own help");
    send(&lab, &lab.sms(), ANN).await.fails(400, 21610);
    let mut told = Vec::new();
    for _ in 0..6 {
        let hook = receiver.next().await;
        told.push((hook.get("Body").to_owned(), hook.field("OptOutType").map(str::to_owned)));
    }
    told.sort();
    let named = |body: &str, kind: Option<&str>| (body.to_owned(), kind.map(str::to_owned));
    let expected = [
        named("Halt", Some("STOP")),
        named("Stopp", Some("STOP")),
        named("halt", None),
        named("help", Some("HELP")),
        named("info", Some("HELP")),
        named("quit", None),
    ];
    assert_eq!(told, expected);
    lab.control(Method::DELETE, &path, Value::Null).await.expect(200);
    lab.text(BOB, &lab.sms(), "halt").await;
    assert_eq!(lab.received(BOB).await, [""; 0]);
    send(&lab, &lab.sms(), ANN).await.fails(400, 21610);
    let unknown = lab.control(Method::PUT, "services/MG0/opt_out", json!({})).await;
    assert_eq!(unknown.status, 404);
    let wrong = json!({"default": {"stop": {"words": []}}});
    assert_eq!(lab.control(Method::PUT, &path, wrong).await.status, 400);
}

#[tokio::test]
async fn advanced_opt_out_adds_its_welcome_to_the_networks_and_never_its_farewell() {
    let lab = lab().await;
    let service = service(&lab, TOLL_FREE).await;
    let rules = json!({"default": {"stop": {"reply": "bye"}, "start": {"reply": "welcome back"}}});
    lab.control(Method::PUT, &format!("services/{service}/opt_out"), rules).await.expect(200);
    lab.text(ANN, TOLL_FREE, "STOP").await;
    lab.text(ANN, TOLL_FREE, "START").await;
    let shown = lab.received(ANN).await;
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert!(shown[..2].iter().all(|one| one.starts_with("NETWORK MSG")), "{shown:?}");
    assert_eq!(shown[2], "welcome back");
}

#[tokio::test]
async fn advanced_opt_out_holds_for_the_whatsapp_senders_of_its_service() {
    let lab = lab().await;
    let (ann, sender) = ("whatsapp:+15557770001", lab.whatsapp());
    let service = service(&lab, &sender).await;
    lab.text(ann, &sender, "STOP").await;
    send(&lab, &sender, ann).await.expect(201);
    lab.control(Method::PUT, &format!("services/{service}/opt_out"), json!({})).await.expect(200);
    lab.text(ann, &sender, "STOP").await;
    send(&lab, &sender, ann).await.fails(400, 21610);
}

#[tokio::test]
async fn a_number_without_sms_neither_sends_nor_receives() {
    let number_settings =
        vec![NumberConfig { sender_type: Some(SenderType::Landline), ..NumberConfig::new("+12125550100") }];
    let lab = Lab::with(SandboxConfig { number_settings, ..SandboxConfig::default() }).await;
    send(&lab, "+12125550100", ANN).await.fails(400, 21606);
    let lost = json!({"to": "+12125550100", "body": "hello?"});
    assert_eq!(lab.control(Method::POST, "handsets/%2B15557770001/messages", lost).await.status, 404);
    let put = json!({"number": "+12125550100", "type": "long_code", "country": "ca", "throughput": 2.5});
    let one = lab.control(Method::POST, "numbers", put).await.expect(200);
    assert_eq!(
        (&one["type"], &one["country"], &one["throughput"]),
        (&json!("long_code"), &json!("CA"), &json!(2.5))
    );
    send(&lab, "+12125550100", ANN).await.expect(201);
    let wrong = json!({"number": "+12125550100", "throughput": 0});
    assert_eq!(lab.control(Method::POST, "numbers", wrong).await.status, 400);
}

#[tokio::test]
async fn the_networks_keywords_arrive_or_are_kept_by_the_network() {
    let lab = lab().await;
    let mut receiver = Receiver::new().await;
    let hook = json!({"number": TOLL_FREE, "sms_url": receiver.url});
    lab.control(Method::POST, "numbers", hook).await.expect(200);
    lab.text(ANN, TOLL_FREE, "STOP").await;
    assert_eq!(receiver.next().await.get("Body"), "STOP");
    let kept = json!({"toll_free_keywords": "swallowed"});
    lab.control(Method::POST, "behaviour", kept).await.expect(200);
    lab.text(ANN, TOLL_FREE, "START").await;
    lab.text(ANN, TOLL_FREE, "hello").await;
    assert_eq!(receiver.next().await.get("Body"), "hello");
    send(&lab, TOLL_FREE, ANN).await.expect(201);
    let list = lab.get(&format!("{MESSAGES}?To=%2B18335550100")).await.expect(200);
    assert_eq!(list["messages"].as_array().unwrap().len(), 2, "the network's word is no message");
}
