use http::Method;
use serde_json::{Value, json};

use crate::support::{ANN, Lab, Receiver};

const SERVICES: &str = "/conversations/v1/Services";
const LIST: &str = "/conversations/v1/Conversations";

async fn service(lab: &Lab, name: &str) -> String {
    let made = lab.post(SERVICES, &[("FriendlyName", name)]).await.expect(201);
    made["sid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn services_are_made_listed_and_removed_with_what_they_hold() {
    let lab = Lab::new().await;
    lab.post(SERVICES, &[]).await.fails(400, 20001);
    let made = lab.post(SERVICES, &[("FriendlyName", "dev")]).await.expect(201);
    let sid = made["sid"].as_str().unwrap();
    let one = format!("{SERVICES}/{sid}");
    assert_eq!(made["url"], format!("{}{one}", lab.sandbox.url()));
    assert_eq!(made["links"]["conversations"], format!("{}{one}/Conversations", lab.sandbox.url()));
    assert_eq!(lab.get(&one).await.expect(200), made);
    let list = lab.get(SERVICES).await.expect(200);
    assert_eq!(list["services"].as_array().unwrap().len(), 2, "the default one and the new one");
    let conversation = lab.post(&format!("{one}/Conversations"), &[]).await.expect(201);
    let inside = format!("{one}/Conversations/{}", conversation["sid"].as_str().unwrap());
    let binding = [("MessagingBinding.Address", ANN), ("MessagingBinding.ProxyAddress", &*lab.sms())];
    lab.post(&format!("{inside}/Participants"), &binding).await.expect(201);
    assert_eq!(lab.delete(&one).await.status, 204);
    lab.get(&one).await.fails(404, 20404);
    lab.get(&inside).await.fails(404, 20404);
    let free = lab.conversation().await;
    lab.join(&free, ANN, &lab.sms()).await.expect(201);
    let state = lab.control(Method::GET, "state", Value::Null).await.expect(200);
    assert_eq!(state["conversations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn names_and_lists_belong_to_one_service_but_pairs_to_the_account() {
    let lab = Lab::new().await;
    let dev = service(&lab, "dev").await;
    let scoped = format!("{SERVICES}/{dev}/Conversations");
    let here = lab.post(LIST, &[("UniqueName", "case")]).await.expect(201);
    let there = lab.post(&scoped, &[("UniqueName", "case")]).await.expect(201);
    assert_eq!(there["chat_service_sid"], dev);
    lab.post(&scoped, &[("UniqueName", "case")]).await.fails(409, 50353);
    assert_eq!(lab.get(&format!("{LIST}/case")).await.expect(200), here);
    assert_eq!(lab.get(&format!("{scoped}/case")).await.expect(200), there);
    assert_eq!(lab.get(&scoped).await.expect(200)["conversations"], json!([there]));
    assert_eq!(lab.get(LIST).await.expect(200)["conversations"], json!([here]));
    let (here, there) = (here["sid"].as_str().unwrap(), there["sid"].as_str().unwrap());
    lab.get(&format!("{scoped}/{here}")).await.fails(404, 20404);
    lab.get(&format!("{LIST}/{there}")).await.fails(404, 20404);
    lab.join(here, ANN, &lab.sms()).await.expect(201);
    let binding = [("MessagingBinding.Address", ANN), ("MessagingBinding.ProxyAddress", &*lab.sms())];
    lab.post(&format!("{scoped}/{there}/Participants"), &binding).await.fails(409, 50416);
    let found = lab.get(&format!("{SERVICES}/{dev}/ParticipantConversations?Address=%2B15557770001")).await;
    assert_eq!(found.expect(200)["conversations"], json!([]));
}

#[tokio::test]
async fn paths_without_a_service_follow_the_accounts_default() {
    let lab = Lab::new().await;
    let configuration = "/conversations/v1/Configuration";
    let old = lab.get(configuration).await.expect(200)["default_chat_service_sid"].clone();
    let dev = service(&lab, "dev").await;
    let refused = lab.delete(&format!("{SERVICES}/{}", old.as_str().unwrap())).await.fails(409, 20409);
    assert!(refused.contains("default"), "{refused}");
    let sid = lab.conversation().await;
    let set = lab.post(configuration, &[("DefaultChatServiceSid", &dev)]).await.expect(200);
    assert_eq!(set["default_chat_service_sid"], dev);
    lab.get(&format!("{LIST}/{sid}")).await.fails(404, 20404);
    assert_eq!(lab.post(LIST, &[]).await.expect(201)["chat_service_sid"], dev);
    assert_eq!(lab.delete(&format!("{SERVICES}/{}", old.as_str().unwrap())).await.status, 204);
    let unknown = format!("IS{}", "0".repeat(32));
    lab.post(configuration, &[("DefaultChatServiceSid", &unknown)]).await.fails(400, 20001);
}

#[tokio::test]
async fn an_address_can_create_in_another_service() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    let dev = service(&lab, "dev").await;
    let form = [
        ("Type", "sms"),
        ("Address", &*lab.sms()),
        ("AutoCreation.Enabled", "true"),
        ("AutoCreation.ConversationServiceSid", &*dev),
    ];
    lab.post("/conversations/v1/Configuration/Addresses", &form).await.expect(201);
    lab.text(ANN, &lab.sms(), "hello").await;
    let added = receiver.event("onConversationAdded").await;
    assert_eq!(added.get("ChatServiceSid"), dev);
    let path = format!("{SERVICES}/{dev}/Conversations/{}/Messages", added.get("ConversationSid"));
    assert_eq!(receiver.event("onMessageAdded").await.get("Body"), "hello");
    assert_eq!(lab.get(&path).await.expect(200)["messages"][0]["body"], "hello");
}

#[tokio::test]
async fn a_service_has_its_own_configuration() {
    let lab = Lab::new().await;
    let dev = service(&lab, "dev").await;
    let path = format!("{SERVICES}/{dev}/Configuration");
    let before = lab.get(&path).await.expect(200);
    assert_eq!(before["links"]["notifications"], format!("{}{path}/Notifications", lab.sandbox.url()));
    assert_eq!((&before["chat_service_sid"], &before["reachability_enabled"]), (&json!(dev), &json!(false)));
    let role = [("FriendlyName", "guest"), ("Type", "conversation"), ("Permission", "sendMessage")];
    let role = lab.post(&format!("{SERVICES}/{dev}/Roles"), &role).await.expect(201);
    let role = role["sid"].as_str().unwrap().to_owned();
    let form = [("DefaultConversationRoleSid", &*role), ("ReachabilityEnabled", "true")];
    let after = lab.post(&path, &form).await.expect(200);
    assert_eq!(
        (&after["default_conversation_role_sid"], &after["reachability_enabled"]),
        (&json!(role), &json!(true))
    );
    assert_eq!(after["default_chat_service_role_sid"], before["default_chat_service_role_sid"]);
    lab.post(&path, &[("DefaultChatServiceRoleSid", &*role)]).await.fails(400, 50100);
    let made = lab.post(&format!("{SERVICES}/{dev}/Conversations"), &[]).await.expect(201);
    let people = format!("{SERVICES}/{dev}/Conversations/{}/Participants", made["sid"].as_str().unwrap());
    assert_eq!(lab.post(&people, &[("Identity", "si")]).await.expect(201)["role_sid"], role);
}

#[tokio::test]
async fn a_services_webhook_replaces_the_accounts_or_joins_it() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let (account, own) = (format!("{}/account", receiver.url), format!("{}/own", receiver.url));
    let pre = format!("{}/pre", receiver.url);
    lab.configure("", &account).await;
    let dev = service(&lab, "dev").await;
    let path = format!("{SERVICES}/{dev}/Configuration/Webhooks");
    let empty = lab.get(&path).await.expect(200);
    assert_eq!((&empty["filters"], &empty["method"]), (&Value::Null, &Value::Null));
    lab.post(&path, &[("Filters", "onUserAdded")]).await.fails(400, 20001);
    let made = lab.post(&format!("{SERVICES}/{dev}/Conversations"), &[]).await.expect(201);
    let messages = format!("{SERVICES}/{dev}/Conversations/{}/Messages", made["sid"].as_str().unwrap());
    lab.post_aloud(&messages, &[("Body", "0")]).await.expect(201);
    assert_eq!(receiver.next().await.path, "/account", "a service without a webhook has the account's");
    let form = [
        ("PreWebhookUrl", &*pre),
        ("PostWebhookUrl", &*own),
        ("Filters", "onMessageAdded"),
        ("Filters", "onMessageAdd"),
    ];
    let set = lab.post(&path, &form).await.expect(200);
    assert_eq!(
        (&set["filters"], &set["method"]),
        (&json!(["onMessageAdded", "onMessageAdd"]), &json!("POST"))
    );
    assert_eq!(lab.get(&path).await.expect(200), set);
    lab.post_aloud(&messages, &[("Body", "1")]).await.expect(201);
    let heard = [receiver.next().await.path, receiver.next().await.path];
    assert_eq!(heard, ["/pre", "/own"]);
    lab.control(Method::POST, "behaviour", json!({"service_webhooks": "both"})).await.expect(200);
    lab.post_aloud(&messages, &[("Body", "2")]).await.expect(201);
    let mut heard = [receiver.next().await.path, receiver.next().await.path, receiver.next().await.path];
    heard.sort();
    assert_eq!(heard, ["/account", "/own", "/pre"]);
}
