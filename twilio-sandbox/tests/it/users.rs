use serde_json::{Value, json};

use crate::support::{ANN, Form, Got, Lab, Receiver, Reply};

const V1: &str = "/conversations/v1";
const USERS: &str = "/conversations/v1/Users";

async fn user(lab: &Lab, identity: &str) -> Value {
    lab.post(USERS, &[("Identity", identity)]).await.expect(201)
}

async fn add(lab: &Lab, conversation: &str, identity: &str) -> Got {
    lab.post(&format!("{V1}/Conversations/{conversation}/Participants"), &[("Identity", identity)]).await
}

async fn hooked(lab: &Lab, receiver: &Receiver) {
    let (pre, post) = (format!("{}/pre", receiver.url), format!("{}/post", receiver.url));
    let form = [
        ("PreWebhookUrl", pre.as_str()),
        ("PostWebhookUrl", &post),
        ("Filters", "onUserAdded"),
        ("Filters", "onUserUpdate"),
        ("Filters", "onUserUpdated"),
        ("Filters", "onParticipantAdded"),
        ("Filters", "onParticipantRemoved"),
    ];
    lab.post(&format!("{V1}/Configuration/Webhooks"), &form).await.expect(200);
}

#[tokio::test]
async fn a_user_is_found_by_sid_or_identity_and_has_twilios_shape() {
    let lab = Lab::new().await;
    let form = [("Identity", "ann@home"), ("FriendlyName", "Ann"), ("Attributes", r#"{"duty":"tech"}"#)];
    let made = lab.post(USERS, &form).await.expect(201);
    let sid = made["sid"].as_str().unwrap();
    assert!(sid.starts_with("US") && sid.len() == 34, "{made}");
    assert_eq!((&made["identity"], &made["friendly_name"]), (&json!("ann@home"), &json!("Ann")));
    assert_eq!(made["attributes"], r#"{"duty":"tech"}"#);
    assert_eq!((&made["is_online"], &made["is_notifiable"]), (&Value::Null, &Value::Null));
    assert!(made["url"].as_str().unwrap().ends_with(&format!("{USERS}/{sid}")), "{made}");
    let links = made["links"]["user_conversations"].as_str().unwrap();
    assert!(links.ends_with(&format!("{USERS}/{sid}/Conversations")), "{links}");
    assert_eq!(lab.get(&format!("{USERS}/{sid}")).await.expect(200), made);
    assert_eq!(lab.get(&format!("{USERS}/ann%40home")).await.expect(200), made);
    let list = lab.get(USERS).await.expect(200);
    assert_eq!((&list["meta"]["key"], &list["users"]), (&json!("users"), &json!([made])));
    let state = lab.control(reqwest::Method::GET, "state", Value::Null).await.expect(200);
    assert_eq!(state["services"][0]["users"][0]["sid"], made["sid"]);
    assert_eq!(state["services"][0]["roles"][1]["sid"], made["role_sid"]);
    let change = [("FriendlyName", "A."), ("Attributes", "{}")];
    let changed = lab.post(&format!("{USERS}/ann%40home"), &change).await.expect(200);
    assert_eq!((&changed["friendly_name"], &changed["attributes"]), (&json!("A."), &json!("{}")));
    assert_eq!(changed["role_sid"], made["role_sid"]);
    assert_eq!(lab.delete(&format!("{USERS}/ann%40home")).await.status, 204);
    lab.get(&format!("{USERS}/{sid}")).await.fails(404, 20404);
    user(&lab, "ann@home").await;
}

#[tokio::test]
async fn what_is_wrong_with_a_user_has_its_code() {
    let lab = Lab::new().await;
    user(&lab, "si").await;
    lab.post(USERS, &[("Identity", "si")]).await.fails(409, 50201);
    lab.post(USERS, &[("Identity", "Si")]).await.expect(201);
    let roles = lab.get(&format!("{V1}/Roles")).await.expect(200);
    let of_conversation =
        roles["roles"].as_array().unwrap().iter().find(|role| role["type"] == "conversation").unwrap();
    let long = "x".repeat(257);
    let attributes = format!("\"{}\"", "x".repeat(16 * 1024));
    let cases: &[(Form<'_>, u64)] = &[
        (&[], 20001),
        (&[("Identity", "")], 20001),
        (&[("Identity", &long)], 50207),
        (&[("Identity", "US0123456789abcdef0123456789abcdef")], 50206),
        (&[("Identity", "a"), ("FriendlyName", &long)], 50003),
        (&[("Identity", "a"), ("Attributes", "{")], 50304),
        (&[("Identity", "a"), ("Attributes", &attributes)], 50303),
        (&[("Identity", "a"), ("RoleSid", "RL0123456789abcdef0123456789abcdef")], 50100),
        (&[("Identity", "a"), ("RoleSid", of_conversation["sid"].as_str().unwrap())], 50100),
    ];
    for (form, code) in cases {
        lab.post(USERS, form).await.fails(400, *code);
    }
    lab.get(&format!("{USERS}/a")).await.fails(404, 20404);
    let wrong = [("RoleSid", of_conversation["sid"].as_str().unwrap())];
    lab.post(&format!("{USERS}/si"), &wrong).await.fails(400, 50100);
}

#[tokio::test]
async fn joining_a_conversation_makes_the_user() {
    let lab = Lab::new().await;
    let (first, second) = (lab.conversation().await, lab.conversation().await);
    add(&lab, &first, "si").await.expect(201);
    add(&lab, &second, "si").await.expect(201);
    lab.join(&first, ANN, &lab.sms()).await.expect(201);
    let users = lab.get(USERS).await.expect(200);
    let identities: Vec<_> = users["users"].as_array().unwrap().iter().map(|one| &one["identity"]).collect();
    assert_eq!(identities, ["si"]);
    let found = lab.get(&format!("{V1}/ParticipantConversations?Identity=si")).await.expect(200);
    assert_eq!(found["conversations"][1]["participant_user_sid"], users["users"][0]["sid"]);
    let found = lab.get(&format!("{V1}/ParticipantConversations?Address=%2B15557770001")).await.expect(200);
    assert_eq!(found["conversations"][0]["participant_user_sid"], Value::Null);
}

#[tokio::test]
async fn an_identity_that_no_user_may_have_cannot_join() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    add(&lab, &sid, "US0123456789abcdef0123456789abcdef").await.fails(400, 50206);
    add(&lab, &sid, &"x".repeat(257)).await.fails(400, 50207);
}

#[tokio::test]
async fn a_deleted_user_leaves_every_conversation_and_the_messages_stay() {
    let lab = Lab::new().await;
    let (first, second) = (lab.conversation().await, lab.conversation().await);
    for sid in [&first, &second] {
        add(&lab, sid, "si").await.expect(201);
    }
    let messages = format!("{V1}/Conversations/{first}/Messages");
    lab.post(&messages, &[("Author", "si"), ("Body", "hello")]).await.expect(201);
    lab.post(&format!("{V1}/Conversations/{second}"), &[("State", "closed")]).await.expect(200);
    assert_eq!(lab.delete(&format!("{USERS}/si")).await.status, 204);
    for sid in [&first, &second] {
        let left = lab.get(&format!("{V1}/Conversations/{sid}/Participants")).await.expect(200);
        assert_eq!(left["participants"], json!([]));
    }
    assert_eq!(lab.get(&messages).await.expect(200)["messages"][0]["body"], "hello");
    let found = lab.get(&format!("{V1}/ParticipantConversations?Identity=si")).await.expect(200);
    assert_eq!(found["conversations"], json!([]));
}

#[tokio::test]
async fn identities_are_unique_within_a_service_only() {
    let lab = Lab::new().await;
    let mine = user(&lab, "si").await;
    let service = lab.post(&format!("{V1}/Services"), &[("FriendlyName", "other")]).await.expect(201);
    let root = format!("{V1}/Services/{}", service["sid"].as_str().unwrap());
    lab.get(&format!("{root}/Users/si")).await.fails(404, 20404);
    let other = lab.post(&format!("{root}/Users"), &[("Identity", "si")]).await.expect(201);
    assert_ne!(other["sid"], mine["sid"]);
    assert_ne!(other["role_sid"], mine["role_sid"]);
    assert_eq!(other["chat_service_sid"], service["sid"]);
    assert!(other["url"].as_str().unwrap().contains(&root), "{other}");
    lab.get(&format!("{root}/Users/{}", mine["sid"].as_str().unwrap())).await.fails(404, 20404);
    assert_eq!(lab.delete(&format!("{root}/Users/si")).await.status, 204);
    assert_eq!(lab.get(&format!("{USERS}/si")).await.status, 200);
}

#[tokio::test]
async fn webhooks_tell_of_users_when_the_header_asks() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    hooked(&lab, &receiver).await;
    user(&lab, "silent").await;
    let made = lab.post_aloud(USERS, &[("Identity", "si"), ("FriendlyName", "Si")]).await.expect(201);
    let added = receiver.next().await;
    assert_eq!((added.get("EventType"), added.get("Identity")), ("onUserAdded", "si"));
    assert_eq!((added.get("UserSid"), added.get("FriendlyName")), (made["sid"].as_str().unwrap(), "Si"));
    assert_eq!(added.get("ChatServiceSid"), made["chat_service_sid"].as_str().unwrap());
    assert_eq!(added.get("RoleSid"), made["role_sid"].as_str().unwrap());
    assert_eq!(added.get("Attributes"), "{}");
    assert!(added.field("DateCreated").is_some() && added.field("DateUpdated").is_none());
    lab.post_aloud(&format!("{USERS}/si"), &[("FriendlyName", "S.")]).await.expect(200);
    let asked = receiver.next().await;
    assert_eq!((asked.path.as_str(), asked.get("EventType")), ("/pre", "onUserUpdate"));
    assert!(asked.field("DateUpdated").is_some() && asked.field("DateCreated").is_none());
    let told = receiver.next().await;
    assert_eq!((told.path.as_str(), told.get("EventType")), ("/post", "onUserUpdated"));
    assert_eq!(told.get("FriendlyName"), "S.");
    assert!(told.field("DateUpdated").is_some() && told.field("DateCreated").is_some());
    assert_eq!(told.field("isOnline"), None, "unknown without reachability");
}

#[tokio::test]
async fn a_refused_update_leaves_the_user_as_it_was() {
    let lab = Lab::new().await;
    let receiver = Receiver::new().await;
    hooked(&lab, &receiver).await;
    user(&lab, "si").await;
    receiver.reply("/pre", Reply::of(403, "text/plain", ""));
    lab.post_aloud(&format!("{USERS}/si"), &[("FriendlyName", "S.")]).await.fails(403, 50056);
    assert_eq!(lab.get(&format!("{USERS}/si")).await.expect(200)["friendly_name"], Value::Null);
}

#[tokio::test]
async fn a_loud_join_tells_of_the_new_user_and_a_loud_deletion_of_the_leaving() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    hooked(&lab, &receiver).await;
    let sid = lab.conversation().await;
    let path = format!("{V1}/Conversations/{sid}/Participants");
    lab.post_aloud(&path, &[("Identity", "si")]).await.expect(201);
    let mut events =
        [receiver.next().await, receiver.next().await].map(|hook| hook.get("EventType").to_owned());
    events.sort_unstable();
    assert_eq!(events, ["onParticipantAdded", "onUserAdded"]);
    let path = format!("{USERS}/si");
    let request = lab.request(reqwest::Method::DELETE, &path, &[]).header("X-Twilio-Webhook-Enabled", "true");
    assert_eq!(crate::support::answer(request).await.status, 204);
    assert_eq!(receiver.next().await.get("EventType"), "onParticipantRemoved");
}

#[tokio::test]
async fn presence_is_known_where_reachability_is_enabled() {
    let lab = Lab::new().await;
    let made = user(&lab, "si").await;
    let bind = |kind: &'static str| {
        lab.control(reqwest::Method::POST, "bindings", json!({"identity": "si", "binding_type": kind}))
    };
    bind("twilsock").await.expect(201);
    let unknown = lab.get(&format!("{USERS}/si")).await.expect(200);
    assert_eq!((&unknown["is_online"], &unknown["is_notifiable"]), (&Value::Null, &Value::Null));
    let root = format!("{V1}/Services/{}", made["chat_service_sid"].as_str().unwrap());
    lab.post(&format!("{root}/Configuration"), &[("ReachabilityEnabled", "true")]).await.expect(200);
    let online = lab.get(&format!("{USERS}/si")).await.expect(200);
    assert_eq!((&online["is_online"], &online["is_notifiable"]), (&json!(true), &Value::Null));
    let push = bind("fcm").await.expect(201);
    let notifiable = lab.get(&format!("{USERS}/si")).await.expect(200);
    assert_eq!((&notifiable["is_online"], &notifiable["is_notifiable"]), (&json!(true), &json!(true)));
    lab.delete(&format!("{root}/Bindings/{}", push["sid"].as_str().unwrap())).await;
    let gone = lab.get(&format!("{USERS}/si")).await.expect(200);
    assert_eq!(gone["is_notifiable"], json!(false));
    let list = lab.get(USERS).await.expect(200);
    assert_eq!(
        (&list["users"][0]["is_online"], &list["users"][0]["is_notifiable"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn a_services_own_webhook_does_not_hide_its_users_from_the_account() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    hooked(&lab, &receiver).await;
    let service = lab.get(&format!("{V1}/Configuration")).await.expect(200);
    let root = format!("{V1}/Services/{}", service["default_chat_service_sid"].as_str().unwrap());
    let own = format!("{}/own", receiver.url);
    let form = [("PostWebhookUrl", own.as_str()), ("Filters", "onParticipantAdded")];
    lab.post(&format!("{root}/Configuration/Webhooks"), &form).await.expect(200);
    let sid = lab.conversation().await;
    let path = format!("{V1}/Conversations/{sid}/Participants");
    lab.post_aloud(&path, &[("Identity", "si")]).await.expect(201);
    let mut told = [receiver.next().await, receiver.next().await]
        .map(|hook| (hook.path.clone(), hook.get("EventType").to_owned()));
    told.sort_unstable();
    let expected = [("/own", "onParticipantAdded"), ("/post", "onUserAdded")];
    assert_eq!(told, expected.map(|(path, event)| (path.to_owned(), event.to_owned())));
}

#[tokio::test]
async fn what_exists_without_the_method_is_405_and_what_does_not_exist_is_404() {
    let lab = Lab::new().await;
    let service = lab.get(&format!("{V1}/Configuration")).await.expect(200);
    let root = format!("{V1}/Services/{}", service["default_chat_service_sid"].as_str().unwrap());
    for path in ["Users", "Roles", "Credentials"] {
        lab.delete(&format!("{V1}/{path}")).await.fails(405, 20004);
    }
    lab.post(&format!("{V1}/Users/si/Conversations"), &[]).await.fails(405, 20004);
    lab.post(&format!("{root}/Bindings"), &[]).await.fails(405, 20004);
    lab.post(&format!("{root}/Bindings/BS"), &[]).await.fails(405, 20004);
    lab.delete(&format!("{root}/Configuration/Notifications")).await.fails(405, 20004);
    lab.get(&format!("{V1}/Bindings")).await.fails(404, 20404);
    lab.get(&format!("{root}/Credentials")).await.fails(404, 20404);
    lab.get(&format!("{V1}/Roles/RL/Users")).await.fails(404, 20404);
}
