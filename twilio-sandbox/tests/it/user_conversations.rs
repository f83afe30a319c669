use serde_json::{Value, json};

use crate::support::{Form, Lab};

const V1: &str = "/conversations/v1";

/// A conversation with `si` and three messages.
async fn talk(lab: &Lab) -> String {
    let sid = lab.conversation().await;
    lab.post(&format!("{V1}/Conversations/{sid}/Participants"), &[("Identity", "si")]).await.expect(201);
    for body in ["one", "two", "three"] {
        lab.post(&format!("{V1}/Conversations/{sid}/Messages"), &[("Body", body)]).await.expect(201);
    }
    sid
}

#[tokio::test]
async fn a_users_conversations_are_listed_closed_ones_too() {
    let lab = Lab::new().await;
    let first = talk(&lab).await;
    let form = [("UniqueName", "second"), ("FriendlyName", "Second"), ("Attributes", r#"{"a":1}"#)];
    let second = lab.post(&format!("{V1}/Conversations"), &form).await.expect(201);
    lab.post(&format!("{V1}/Conversations/second/Participants"), &[("Identity", "si")]).await.expect(201);
    lab.post(&format!("{V1}/Conversations/{first}"), &[("State", "closed")]).await.expect(200);
    let user = lab.get(&format!("{V1}/Users/si")).await.expect(200);
    let user_sid = user["sid"].as_str().unwrap();
    let list = lab.get(&format!("{V1}/Users/si/Conversations")).await.expect(200);
    assert_eq!(list["meta"]["key"], "conversations");
    let seen: Vec<_> = list["conversations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["conversation_sid"].clone(), one["conversation_state"].clone()))
        .collect();
    assert_eq!(seen, [(json!(first), json!("closed")), (second["sid"].clone(), json!("active"))]);
    let one = lab.get(&format!("{V1}/Users/{user_sid}/Conversations/second")).await.expect(200);
    assert_eq!(one, list["conversations"][1]);
    for (field, value) in [
        ("chat_service_sid", &user["chat_service_sid"]),
        ("user_sid", &user["sid"]),
        ("friendly_name", &json!("Second")),
        ("unique_name", &json!("second")),
        ("attributes", &json!(r#"{"a":1}"#)),
        ("timers", &json!({})),
        ("notification_level", &json!("default")),
        ("unread_messages_count", &Value::Null),
        ("last_read_message_index", &Value::Null),
        ("date_created", &second["date_created"]),
        ("links", &json!({"conversation": second["url"], "participant": one["links"]["participant"]})),
    ] {
        assert_eq!(&one[field], value, "{field}");
    }
    let participant = lab.get(one["links"]["participant"].as_str().unwrap()).await.expect(200);
    assert_eq!(participant["sid"], one["participant_sid"]);
}

#[tokio::test]
async fn reading_moves_the_horizon_of_the_participant() {
    let lab = Lab::new().await;
    let sid = talk(&lab).await;
    let path = format!("{V1}/Users/si/Conversations/{sid}");
    let change = [("LastReadMessageIndex", "0"), ("NotificationLevel", "muted")];
    let changed = lab.post(&path, &change).await.expect(200);
    assert_eq!(
        (&changed["last_read_message_index"], &changed["unread_messages_count"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(changed["notification_level"], "muted");
    let participant = lab.get(&format!("{V1}/Conversations/{sid}/Participants/si")).await.expect(200);
    assert_eq!(participant["last_read_message_index"], 0);
    assert!(participant["last_read_timestamp"].is_string(), "{participant}");
    let path_of_participant = format!("{V1}/Conversations/{sid}/Participants/si");
    let form = [("LastReadMessageIndex", "2"), ("LastReadTimestamp", "2026-01-02T03:04:05Z")];
    let participant = lab.post(&path_of_participant, &form).await.expect(200);
    assert_eq!(participant["last_read_timestamp"], "2026-01-02T03:04:05Z");
    let seen = lab.get(&path).await.expect(200);
    assert_eq!((&seen["unread_messages_count"], &seen["notification_level"]), (&json!(0), &json!("muted")));
    let cleared = lab.post(&path, &[("LastReadMessageIndex", "")]).await.expect(200);
    assert_eq!(
        (&cleared["last_read_message_index"], &cleared["unread_messages_count"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn removed_messages_are_not_unread() {
    let lab = Lab::new().await;
    let sid = talk(&lab).await;
    let path = format!("{V1}/Users/si/Conversations/{sid}");
    lab.post(&path, &[("LastReadMessageIndex", "0")]).await.expect(200);
    let messages = lab.get(&format!("{V1}/Conversations/{sid}/Messages")).await.expect(200);
    let last = messages["messages"][2]["sid"].as_str().unwrap();
    assert_eq!(lab.delete(&format!("{V1}/Conversations/{sid}/Messages/{last}")).await.status, 204);
    assert_eq!(lab.get(&path).await.expect(200)["unread_messages_count"], 1);
}

#[tokio::test]
async fn wrong_values_are_refused_and_change_nothing() {
    let lab = Lab::new().await;
    let sid = talk(&lab).await;
    let path = format!("{V1}/Users/si/Conversations/{sid}");
    let cases: &[(Form<'_>, u64)] = &[
        (&[("NotificationLevel", "loud")], 20001),
        (&[("LastReadMessageIndex", "three")], 50421),
        (&[("LastReadMessageIndex", "3"), ("NotificationLevel", "muted")], 50421),
        (&[("LastReadTimestamp", "yesterday"), ("NotificationLevel", "muted")], 20001),
    ];
    for (form, code) in cases {
        lab.post(&path, form).await.fails(400, *code);
    }
    let seen = lab.get(&path).await.expect(200);
    assert_eq!(
        (&seen["notification_level"], &seen["last_read_message_index"]),
        (&json!("default"), &Value::Null)
    );
}

#[tokio::test]
async fn deleting_a_user_conversation_leaves_it() {
    let lab = Lab::new().await;
    let sid = talk(&lab).await;
    let path = format!("{V1}/Users/si/Conversations/{sid}");
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.get(&path).await.fails(404, 20404);
    lab.delete(&path).await.fails(404, 20404);
    let left = lab.get(&format!("{V1}/Conversations/{sid}/Participants")).await.expect(200);
    assert_eq!(left["participants"], json!([]));
    assert_eq!(lab.get(&format!("{V1}/Users/si")).await.status, 200);
    lab.get(&format!("{V1}/Users/nobody/Conversations")).await.fails(404, 20404);
}

#[tokio::test]
async fn a_service_only_shows_its_own_conversations() {
    let lab = Lab::new().await;
    let mine = talk(&lab).await;
    let service = lab.post(&format!("{V1}/Services"), &[("FriendlyName", "other")]).await.expect(201);
    let root = format!("{V1}/Services/{}", service["sid"].as_str().unwrap());
    let other = lab.post(&format!("{root}/Conversations"), &[]).await.expect(201);
    let other = other["sid"].as_str().unwrap();
    lab.post(&format!("{root}/Conversations/{other}/Participants"), &[("Identity", "si")]).await.expect(201);
    for (root, sid, foreign) in [(V1, mine.as_str(), other), (root.as_str(), other, mine.as_str())] {
        let list = lab.get(&format!("{root}/Users/si/Conversations")).await.expect(200);
        let sids: Vec<_> =
            list["conversations"].as_array().unwrap().iter().map(|one| &one["conversation_sid"]).collect();
        assert_eq!(sids, [sid]);
        assert!(list["conversations"][0]["url"].as_str().unwrap().contains(root), "{list}");
        lab.get(&format!("{root}/Users/si/Conversations/{foreign}")).await.fails(404, 20404);
    }
}
