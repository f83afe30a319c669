use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Form, Lab};

const V1: &str = "/conversations/v1";
const ROLES: &str = "/conversations/v1/Roles";

async fn role(lab: &Lab, kind: &str, permission: &str) -> String {
    let form = [("FriendlyName", "custom"), ("Type", kind), ("Permission", permission)];
    lab.post(ROLES, &form).await.expect(201)["sid"].as_str().unwrap().to_owned()
}

/// Friendly name to SID of a service's roles.
async fn named(lab: &Lab, root: &str) -> BTreeMap<String, String> {
    let list = lab.get(&format!("{root}/Roles")).await.expect(200);
    let roles = list["roles"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    roles.iter().map(|one| (text(&one["friendly_name"]), text(&one["sid"]))).collect()
}

#[tokio::test]
async fn a_new_service_has_four_roles_and_three_of_them_are_its_defaults() {
    let lab = Lab::new().await;
    let service = lab.post(&format!("{V1}/Services"), &[("FriendlyName", "other")]).await.expect(201);
    let root = format!("{V1}/Services/{}", service["sid"].as_str().unwrap());
    let roles = named(&lab, &root).await;
    let names: Vec<_> = roles.keys().collect();
    assert_eq!(names, ["channel admin", "channel user", "service admin", "service user"]);
    let configuration = lab.get(&format!("{root}/Configuration")).await.expect(200);
    for (field, name) in [
        ("default_conversation_creator_role_sid", "channel admin"),
        ("default_conversation_role_sid", "channel user"),
        ("default_chat_service_role_sid", "service user"),
    ] {
        assert_eq!(configuration[field], roles[name], "{field}");
    }
    let user = lab.get(&format!("{root}/Roles/{}", roles["service user"])).await.expect(200);
    assert_eq!((&user["type"], &user["chat_service_sid"]), (&json!("service"), &service["sid"]));
    assert_eq!(user["permissions"], json!(["createConversation", "editOwnUserInfo", "joinConversation"]));
    assert!(named(&lab, V1).await.values().all(|sid| !roles.values().any(|other| other == sid)));
}

#[tokio::test]
async fn an_update_replaces_all_permissions() {
    let lab = Lab::new().await;
    let form = [
        ("FriendlyName", "Agent"),
        ("Type", "conversation"),
        ("Permission", "sendMessage"),
        ("Permission", "leaveConversation"),
        ("Permission", "sendMessage"),
    ];
    let made = lab.post(ROLES, &form).await.expect(201);
    assert_eq!((&made["friendly_name"], &made["type"]), (&json!("Agent"), &json!("conversation")));
    assert_eq!(made["permissions"], json!(["sendMessage", "leaveConversation"]));
    let path = format!("{ROLES}/{}", made["sid"].as_str().unwrap());
    assert!(made["url"].as_str().unwrap().ends_with(&path), "{made}");
    assert_eq!(lab.get(&path).await.expect(200), made);
    let changed = lab.post(&path, &[("Permission", "deleteOwnMessage")]).await.expect(200);
    assert_eq!(changed["permissions"], json!(["deleteOwnMessage"]));
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.get(&path).await.fails(404, 20404);
    lab.post(&path, &[("Permission", "sendMessage")]).await.fails(404, 20404);
}

#[tokio::test]
async fn what_is_wrong_with_a_role_has_its_code() {
    let lab = Lab::new().await;
    let long = "x".repeat(65);
    let (name, conversation, send) =
        (("FriendlyName", "a"), ("Type", "conversation"), ("Permission", "sendMessage"));
    let cases: &[(Form<'_>, u64)] = &[
        (&[conversation, send], 20001),
        (&[name, send], 20001),
        (&[name, conversation], 20001),
        (&[name, conversation, ("Permission", "")], 20001),
        (&[("FriendlyName", &long), conversation, send], 50003),
        (&[name, ("Type", "channel"), send], 50105),
        (&[name, conversation, send, ("Permission", "fly")], 50104),
        (&[name, conversation, ("Permission", "createConversation")], 50104),
    ];
    for (form, code) in cases {
        lab.post(ROLES, form).await.fails(400, *code);
    }
    let sid = role(&lab, "conversation", "sendMessage").await;
    lab.post(&format!("{ROLES}/{sid}"), &[]).await.fails(400, 20001);
    lab.post(&format!("{ROLES}/{sid}"), &[("Permission", "joinConversation")]).await.fails(400, 50104);
}

#[tokio::test]
async fn people_get_the_default_roles_and_can_be_given_others() {
    let lab = Lab::new().await;
    let roles = named(&lab, V1).await;
    let (service_role, conversation_role) =
        (role(&lab, "service", "joinConversation").await, role(&lab, "conversation", "sendMessage").await);
    let sid = lab.conversation().await;
    let participants = format!("{V1}/Conversations/{sid}/Participants");
    let ann = lab.post(&participants, &[("Identity", "ann")]).await.expect(201);
    assert_eq!(ann["role_sid"], roles["channel user"]);
    let user = lab.get(&format!("{V1}/Users/ann")).await.expect(200);
    assert_eq!(user["role_sid"], roles["service user"]);
    let form = [("Identity", "bob"), ("RoleSid", conversation_role.as_str())];
    assert_eq!(lab.post(&participants, &form).await.expect(201)["role_sid"], conversation_role);
    lab.post(&participants, &[("Identity", "cid"), ("RoleSid", &service_role)]).await.fails(400, 50109);
    let ann = lab.post(&format!("{participants}/ann"), &[("RoleSid", &conversation_role)]).await.expect(200);
    assert_eq!(ann["role_sid"], conversation_role);
    lab.post(&format!("{participants}/ann"), &[("RoleSid", "RL")]).await.fails(400, 50109);
    let user = lab.post(&format!("{V1}/Users/ann"), &[("RoleSid", &service_role)]).await.expect(200);
    assert_eq!(user["role_sid"], service_role);
    let root = format!("{V1}/Services/{}", user["chat_service_sid"].as_str().unwrap());
    let form = [
        ("DefaultChatServiceRoleSid", service_role.as_str()),
        ("DefaultConversationRoleSid", &conversation_role),
        ("DefaultConversationCreatorRoleSid", &conversation_role),
    ];
    lab.post(&format!("{root}/Configuration"), &form).await.expect(200);
    let dan = lab.post(&participants, &[("Identity", "dan")]).await.expect(201);
    assert_eq!(dan["role_sid"], conversation_role);
    assert_eq!(lab.get(&format!("{V1}/Users/dan")).await.expect(200)["role_sid"], service_role);
}

#[tokio::test]
async fn a_default_must_be_a_role_of_the_service_and_of_the_right_type() {
    let lab = Lab::new().await;
    let roles = named(&lab, V1).await;
    let service = lab.get(&format!("{V1}/Configuration")).await.expect(200);
    let path =
        format!("{V1}/Services/{}/Configuration", service["default_chat_service_sid"].as_str().unwrap());
    let cases: [(&str, &str, u64); 4] = [
        ("DefaultChatServiceRoleSid", &roles["channel user"], 50100),
        ("DefaultChatServiceRoleSid", "RL0123456789abcdef0123456789abcdef", 50100),
        ("DefaultConversationRoleSid", &roles["service user"], 50109),
        ("DefaultConversationCreatorRoleSid", &roles["service admin"], 50109),
    ];
    for (parameter, sid, code) in cases {
        lab.post(&path, &[(parameter, sid)]).await.fails(400, code);
    }
}

#[tokio::test]
async fn a_role_that_someone_has_cannot_be_deleted() {
    let lab = Lab::new().await;
    let roles = named(&lab, V1).await;
    lab.delete(&format!("{ROLES}/{}", roles["channel user"])).await.fails(409, 20409);
    assert_eq!(lab.delete(&format!("{ROLES}/{}", roles["service admin"])).await.status, 204);
    let (of_user, of_participant) =
        (role(&lab, "service", "joinConversation").await, role(&lab, "conversation", "sendMessage").await);
    lab.post(&format!("{V1}/Users"), &[("Identity", "si"), ("RoleSid", &of_user)]).await.expect(201);
    let sid = lab.conversation().await;
    let form = [("Identity", "si"), ("RoleSid", of_participant.as_str())];
    lab.post(&format!("{V1}/Conversations/{sid}/Participants"), &form).await.expect(201);
    for role in [&of_user, &of_participant] {
        lab.delete(&format!("{ROLES}/{role}")).await.fails(409, 20409);
    }
    assert_eq!(lab.delete(&format!("{V1}/Users/si")).await.status, 204);
    for role in [&of_user, &of_participant] {
        assert_eq!(lab.delete(&format!("{ROLES}/{role}")).await.status, 204);
    }
}
