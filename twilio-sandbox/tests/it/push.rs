use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Form, Got, Lab};

const V1: &str = "/conversations/v1";
const CREDENTIALS: &str = "/conversations/v1/Credentials";

async fn service(lab: &Lab) -> String {
    let configuration = lab.get(&format!("{V1}/Configuration")).await.expect(200);
    format!("{V1}/Services/{}", configuration["default_chat_service_sid"].as_str().unwrap())
}

async fn bind(lab: &Lab, body: Value) -> Got {
    lab.control(Method::POST, "bindings", body).await
}

#[tokio::test]
async fn a_credential_of_each_type_never_shows_its_secrets() {
    let lab = Lab::new().await;
    let cases: [(&str, Form<'_>); 3] = [
        ("apn", &[("Certificate", "hidden-1"), ("PrivateKey", "hidden-2"), ("Sandbox", "true")]),
        ("gcm", &[("ApiKey", "hidden-3")]),
        ("fcm", &[("Secret", "hidden-4")]),
    ];
    for (kind, secrets) in cases {
        let form: Vec<_> =
            [("Type", kind), ("FriendlyName", "push")].iter().chain(secrets).copied().collect();
        let made = lab.post(CREDENTIALS, &form).await.expect(201);
        assert_eq!((&made["type"], &made["friendly_name"]), (&json!(kind), &json!("push")));
        assert_eq!(made["sandbox"], if kind == "apn" { "True" } else { "False" });
        let path = format!("{CREDENTIALS}/{}", made["sid"].as_str().unwrap());
        assert!(made["sid"].as_str().unwrap().starts_with("CR"));
        assert_eq!(lab.get(&path).await.expect(200), made);
        assert!(made["url"].as_str().unwrap().ends_with(&path), "{made}");
    }
    let list = lab.get(CREDENTIALS).await.expect(200);
    assert_eq!(
        (&list["meta"]["key"], list["credentials"].as_array().unwrap().len()),
        (&json!("credentials"), 3)
    );
    let state = lab.control(Method::GET, "state", Value::Null).await.expect(200);
    let log = lab.control(Method::GET, "log", Value::Null).await.expect(200);
    assert_eq!(state["credentials"], list["credentials"]);
    for text in [list, state, log] {
        assert!(!text.to_string().contains("hidden"), "{text}");
    }
}

#[tokio::test]
async fn a_credential_is_changed_and_deleted() {
    let lab = Lab::new().await;
    let made = lab.post(CREDENTIALS, &[("Type", "gcm")]).await.expect(201);
    assert_eq!(made["friendly_name"], Value::Null);
    let path = format!("{CREDENTIALS}/{}", made["sid"].as_str().unwrap());
    let form = [("Type", "apn"), ("FriendlyName", "phones"), ("Sandbox", "true"), ("PrivateKey", "x")];
    let changed = lab.post(&path, &form).await.expect(200);
    assert_eq!((&changed["type"], &changed["sandbox"]), (&json!("apn"), &json!("True")));
    assert_eq!(lab.post(&path, &[]).await.expect(200)["friendly_name"], "phones");
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.get(&path).await.fails(404, 20404);
    lab.delete(&path).await.fails(404, 20404);
}

#[tokio::test]
async fn what_is_wrong_with_a_credential_has_its_code() {
    let lab = Lab::new().await;
    let long = "x".repeat(65);
    let cases: &[(Form<'_>, u64)] = &[
        (&[], 20001),
        (&[("Type", "web")], 20001),
        (&[("Type", "apn"), ("Sandbox", "perhaps")], 20001),
        (&[("Type", "apn"), ("FriendlyName", &long)], 20002),
    ];
    for (form, code) in cases {
        lab.post(CREDENTIALS, form).await.fails(400, *code);
    }
}

#[tokio::test]
async fn bindings_are_filtered_by_type_and_identity() {
    let lab = Lab::new().await;
    let root = service(&lab).await;
    let credential = lab.post(CREDENTIALS, &[("Type", "fcm")]).await.expect(201)["sid"].clone();
    let body = json!({"identity": "ann", "binding_type": "fcm", "endpoint": "token", "credential_sid": credential,
        "message_types": ["new_message"]});
    let ann = bind(&lab, body).await.expect(201);
    bind(&lab, json!({"identity": "ann", "binding_type": "twilsock"})).await.expect(201);
    let bob = bind(&lab, json!({"identity": "bob", "binding_type": "apn"})).await.expect(201);
    assert_eq!((&ann["endpoint"], &ann["credential_sid"]), (&json!("token"), &credential));
    assert_eq!(ann["message_types"], json!(["new_message"]));
    assert_eq!(bob["message_types"].as_array().unwrap().len(), 3);
    let path = format!("{root}/Bindings/{}", ann["sid"].as_str().unwrap());
    assert_eq!(lab.get(&path).await.expect(200), ann);
    assert!(ann["url"].as_str().unwrap().ends_with(&path), "{ann}");
    for (query, expected) in [
        ("", 3),
        ("?BindingType=fcm", 1),
        ("?BindingType=fcm&BindingType=apn", 2),
        ("?Identity=ann", 2),
        ("?Identity=ann&Identity=bob&BindingType=twilsock", 1),
        ("?Identity=Ann", 0),
    ] {
        let list = lab.get(&format!("{root}/Bindings{query}")).await.expect(200);
        assert_eq!(list["bindings"].as_array().unwrap().len(), expected, "{query}");
        assert_eq!(list["meta"]["key"], "bindings");
    }
    lab.get(&format!("{root}/Bindings?BindingType=web")).await.fails(400, 20001);
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.get(&path).await.fails(404, 20404);
    assert_eq!(lab.get(&format!("{V1}/Users/bob")).await.status, 200, "a device makes its user");
}

#[tokio::test]
async fn bindings_go_with_their_user_and_their_credential() {
    let lab = Lab::new().await;
    let root = service(&lab).await;
    let credential = lab.post(CREDENTIALS, &[("Type", "apn")]).await.expect(201);
    let credential = credential["sid"].as_str().unwrap();
    let body = json!({"identity": "ann", "binding_type": "apn", "credential_sid": credential});
    bind(&lab, body).await.expect(201);
    bind(&lab, json!({"identity": "bob", "binding_type": "apn"})).await.expect(201);
    let left = || async {
        let list = lab.get(&format!("{root}/Bindings")).await.expect(200);
        let identities = list["bindings"].as_array().unwrap().clone();
        identities.iter().map(|one| one["identity"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(lab.delete(&format!("{CREDENTIALS}/{credential}")).await.status, 204);
    assert_eq!(left().await, ["bob"]);
    assert_eq!(lab.delete(&format!("{V1}/Users/bob")).await.status, 204);
    assert_eq!(left().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_device_that_does_not_fit_is_refused() {
    let lab = Lab::new().await;
    let gcm = lab.post(CREDENTIALS, &[("Type", "gcm")]).await.expect(201)["sid"].clone();
    for (body, status) in [
        (json!({"identity": "ann"}), 400),
        (json!({"identity": "", "binding_type": "apn"}), 400),
        (json!({"identity": "ann", "binding_type": "web"}), 400),
        (json!({"identity": "ann", "binding_type": "apn", "credential_sid": gcm}), 400),
        (json!({"identity": "ann", "binding_type": "twilsock", "credential_sid": gcm}), 400),
        (json!({"identity": "ann", "binding_type": "apn", "credential_sid": "CR"}), 404),
        (json!({"identity": "ann", "binding_type": "apn", "service_sid": "IS"}), 404),
        (json!({"identity": "ann", "binding_type": "apn", "message_types": ["typing"]}), 400),
    ] {
        assert_eq!(bind(&lab, body.clone()).await.status, status, "{body}");
    }
}

#[tokio::test]
async fn notification_settings_are_kept_parameter_by_parameter() {
    let lab = Lab::new().await;
    let path = format!("{}/Configuration/Notifications", service(&lab).await);
    let before = lab.get(&path).await.expect(200);
    assert_eq!((&before["log_enabled"], &before["new_message"]["enabled"]), (&json!(false), &json!(false)));
    let form = [
        ("LogEnabled", "true"),
        ("NewMessage.Enabled", "true"),
        ("NewMessage.Template", "${CONVERSATION}: ${MESSAGE}"),
        ("NewMessage.Sound", "ring"),
        ("NewMessage.BadgeCountEnabled", "true"),
        ("NewMessage.WithMedia.Enabled", "true"),
        ("NewMessage.WithMedia.Template", "${MEDIA}"),
        ("AddedToConversation.Enabled", "true"),
        ("AddedToConversation.Template", "in ${CONVERSATION}"),
        ("AddedToConversation.Sound", "in"),
        ("RemovedFromConversation.Enabled", "true"),
        ("RemovedFromConversation.Template", "out ${CONVERSATION}"),
        ("RemovedFromConversation.Sound", "out"),
    ];
    let all = lab.post(&path, &form).await.expect(200);
    let expected = json!({
        "account_sid": lab.sandbox.account_sid(),
        "chat_service_sid": before["chat_service_sid"],
        "log_enabled": true,
        "new_message": {"enabled": true, "template": "${CONVERSATION}: ${MESSAGE}", "sound": "ring",
            "badge_count_enabled": true, "with_media": {"enabled": true, "template": "${MEDIA}"}},
        "added_to_conversation": {"enabled": true, "template": "in ${CONVERSATION}", "sound": "in"},
        "removed_from_conversation": {"enabled": true, "template": "out ${CONVERSATION}", "sound": "out"},
        "url": before["url"],
    });
    assert_eq!(all, expected);
    let some = lab.post(&path, &[("NewMessage.Sound", ""), ("LogEnabled", "false")]).await.expect(200);
    assert_eq!((&some["new_message"]["sound"], &some["log_enabled"]), (&Value::Null, &json!(false)));
    assert_eq!(some["added_to_conversation"], expected["added_to_conversation"]);
    lab.post(&path, &[("NewMessage.Sound", "x"), ("NewMessage.Enabled", "maybe")]).await.fails(400, 20001);
    assert_eq!(lab.get(&path).await.expect(200), some);
}
