use http::Method;

use crate::support::{Form, Lab, answer};

const LIST: &str = "/conversations/v1/Conversations";

#[tokio::test]
async fn requests_need_the_accounts_pair_or_its_api_key() {
    let lab = Lab::new().await;
    let url = format!("{}{LIST}", lab.sandbox.url());
    answer(lab.http.get(&url)).await.fails(401, 20003);
    let wrong = lab.http.get(&url).basic_auth(lab.sandbox.account_sid(), Some("wrong"));
    answer(wrong).await.fails(401, 20003);
    let key = lab.http.get(&url).basic_auth(lab.sandbox.api_key(), Some(lab.sandbox.api_secret()));
    answer(key).await.expect(200);
}

#[tokio::test]
async fn a_conversation_is_created_found_by_name_changed_and_deleted() {
    let lab = Lab::new().await;
    let form = [("UniqueName", "case 1"), ("FriendlyName", "Case"), ("Attributes", r#"{"a":1}"#)];
    let made = lab.post(LIST, &form).await.expect(201);
    let sid = made["sid"].as_str().unwrap();
    assert!(sid.starts_with("CH") && sid.len() == 34);
    for (field, value) in [
        ("state", "active"),
        ("unique_name", "case 1"),
        ("friendly_name", "Case"),
        ("attributes", r#"{"a":1}"#),
        ("account_sid", &lab.sandbox.account_sid()),
    ] {
        assert_eq!(made[field], value);
    }
    assert_eq!(made["timers"], serde_json::json!({}));
    assert_eq!(made["bindings"], serde_json::json!({}));
    assert_eq!(made["links"]["messages"], format!("{}{LIST}/{sid}/Messages", lab.sandbox.url()));
    let found = lab.get(&format!("{LIST}/case%201")).await.expect(200);
    assert_eq!(found, made);
    let changed = lab
        .post(&format!("{LIST}/{sid}"), &[("FriendlyName", "New"), ("State", "inactive")])
        .await
        .expect(200);
    assert_eq!((&changed["friendly_name"], &changed["state"]), (&"New".into(), &"inactive".into()));
    assert_eq!(changed["unique_name"], "case 1");
    assert_eq!(lab.delete(&format!("{LIST}/{sid}")).await.status, 204);
    let message = lab.get(&format!("{LIST}/{sid}")).await.fails(404, 20404);
    assert_eq!(message, format!("The requested resource /Conversations/{sid} was not found"));
    lab.post(LIST, &[("UniqueName", "case 1")]).await.expect(201);
}

#[tokio::test]
async fn creation_is_checked_as_twilio_checks_it() {
    let lab = Lab::new().await;
    lab.post(LIST, &[("UniqueName", "taken")]).await.expect(201);
    let long = format!("\"{}\"", "a".repeat(16 * 1024));
    let sid_like = format!("CH{}", "0".repeat(32));
    let cases: &[(Form<'_>, u16, u64)] = &[
        (&[("UniqueName", "taken")], 409, 50353),
        (&[("UniqueName", &sid_like)], 400, 50390),
        (&[("Attributes", "{")], 400, 50304),
        (&[("Attributes", &long)], 400, 50303),
        (&[("State", "closed")], 400, 50384),
        (&[("State", "")], 400, 50374),
        (&[("State", "open")], 400, 20001),
        (&[("Timers.Inactive", "PT5M")], 400, 50382),
        (&[("State", "active"), ("Timers.Inactive", "5 minutes")], 400, 50375),
        (&[("State", "active"), ("Timers.Inactive", "PT59S")], 400, 50379),
        (&[("State", "active"), ("Timers.Closed", "soon")], 400, 50376),
        (&[("State", "active"), ("Timers.Closed", "PT9M")], 400, 50380),
        (&[("DateCreated", "yesterday")], 400, 20001),
    ];
    for (form, status, code) in cases {
        lab.post(LIST, form).await.fails(*status, *code);
    }
    let all = lab.get(LIST).await.expect(200);
    assert_eq!(all["conversations"].as_array().unwrap().len(), 1, "a refused creation leaves nothing");
}

#[tokio::test]
async fn a_closed_conversation_stays_as_it_is_and_gives_its_pairs_back() {
    let lab = Lab::new().await;
    let (first, second) = (lab.conversation().await, lab.conversation().await);
    let address = "+15557770009";
    lab.join(&first, address, &lab.sms()).await.expect(201);
    let message = lab.join(&second, address, &lab.sms()).await.fails(409, 50416);
    assert!(message.ends_with(&first), "{message}");
    let path = format!("{LIST}/{first}");
    lab.post(&path, &[("State", "closed")]).await.expect(200);
    lab.join(&second, address, &lab.sms()).await.expect(201);
    lab.post(&path, &[("FriendlyName", "x")]).await.fails(400, 50377);
    lab.post(&path, &[("State", "active")]).await.fails(400, 50377);
    lab.post(&format!("{path}/Messages"), &[("Body", "x")]).await.fails(400, 50377);
    lab.post(&format!("{path}/Participants"), &[("Identity", "x")]).await.fails(400, 50377);
    assert_eq!(lab.get(&path).await.expect(200)["state"], "closed");
    assert_eq!(lab.delete(&path).await.status, 204);
}

#[tokio::test]
async fn pages_follow_their_links_and_survive_deletions() {
    let lab = Lab::new().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(lab.conversation().await);
    }
    let first = lab.get(&format!("{LIST}?PageSize=2")).await.expect(200);
    assert_eq!(first["meta"]["key"], "conversations");
    assert_eq!(first["meta"]["page_size"], 2);
    assert_eq!(first["meta"]["previous_page_url"], serde_json::Value::Null);
    let base = format!("{}{LIST}?PageSize=2&Page=0", lab.sandbox.url());
    assert_eq!(first["meta"]["first_page_url"], base);
    lab.delete(&format!("{LIST}/{}", made[1])).await;
    let mut seen: Vec<String> = sids(&first);
    let mut next = first["meta"]["next_page_url"].as_str().map(str::to_owned);
    let mut last = first;
    while let Some(url) = next {
        last = lab.get(&url).await.expect(200);
        seen.extend(sids(&last));
        next = last["meta"]["next_page_url"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, made, "nothing is skipped or repeated when an item before goes");
    let back = lab.get(last["meta"]["previous_page_url"].as_str().unwrap()).await.expect(200);
    assert_eq!(sids(&back), made[2..4]);
    lab.get(&format!("{LIST}?PageSize=101")).await.fails(400, 20007);
    lab.get(&format!("{LIST}?PageToken=nonsense")).await.fails(400, 20001);
}

fn sids(page: &serde_json::Value) -> Vec<String> {
    let list = page["conversations"].as_array().unwrap();
    list.iter().map(|one| one["sid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_list_is_filtered_by_state_and_date() {
    let lab = Lab::new().await;
    let old = lab.post(LIST, &[("DateCreated", "2020-05-05T12:00:00Z")]).await.expect(201);
    let new = lab.post(LIST, &[("State", "inactive")]).await.expect(201);
    for (query, expected) in [
        ("State=active", &old),
        ("State=inactive", &new),
        ("EndDate=2020-05-05T23:59:59Z", &old),
        ("StartDate=2020-05-06", &new),
    ] {
        let page = lab.get(&format!("{LIST}?{query}")).await.expect(200);
        assert_eq!(page["conversations"], serde_json::json!([expected]), "{query}");
    }
}

#[tokio::test]
async fn a_service_in_the_path_leads_to_the_same_resources() {
    let lab = Lab::new().await;
    let services = lab.get("/conversations/v1/Services").await.expect(200);
    assert_eq!(services["meta"]["key"], "services");
    let service = services["services"][0]["sid"].as_str().unwrap();
    let sid = lab.conversation().await;
    let scoped = format!("/conversations/v1/Services/{service}/Conversations/{sid}");
    let found = lab.get(&scoped).await.expect(200);
    assert_eq!(found["chat_service_sid"], service);
    assert_eq!(found["url"], format!("{}{scoped}", lab.sandbox.url()));
    lab.get(&format!("/conversations/v1/Services/IS{}/Conversations", "0".repeat(32)))
        .await
        .fails(404, 20404);
}

#[tokio::test]
async fn unknown_paths_are_404_and_unknown_methods_405() {
    let lab = Lab::new().await;
    lab.get("/conversations/v1/Nothing").await.fails(404, 20404);
    lab.get("/unknown/v1/Nothing").await.fails(404, 20404);
    lab.delete(LIST).await.fails(405, 20004);
    answer(lab.request(Method::PUT, "/conversations/v1/Configuration", &[])).await.fails(405, 20004);
}

#[tokio::test]
async fn the_configuration_keeps_default_timers_for_new_conversations() {
    let lab = Lab::new().await;
    let path = "/conversations/v1/Configuration";
    let form = [("DefaultInactiveTimer", "PT1M"), ("DefaultClosedTimer", "PT10M")];
    let set = lab.post(path, &form).await.expect(200);
    assert_eq!(
        (&set["default_inactive_timer"], &set["default_closed_timer"]),
        (&"PT1M".into(), &"PT10M".into())
    );
    let sid = lab.conversation().await;
    let timers = lab.get(&format!("{LIST}/{sid}")).await.expect(200)["timers"].clone();
    assert!(timers["date_inactive"].is_string() && timers["date_closed"].is_string());
    lab.post(path, &[("DefaultInactiveTimer", "PT1S")]).await.fails(400, 50379);
}

#[tokio::test]
async fn with_dates_the_latest_conversation_comes_first() {
    let lab = Lab::new().await;
    let mut made = Vec::new();
    for day in ["2020-05-07", "2020-05-05", "2020-05-06"] {
        let created = format!("{day}T12:00:00Z");
        made.push(lab.post(LIST, &[("DateCreated", &*created)]).await.expect(201)["sid"].clone());
    }
    let first = lab.get(&format!("{LIST}?StartDate=2020-05-01&PageSize=2")).await.expect(200);
    assert_eq!(sids(&first), [made[0].as_str().unwrap(), made[2].as_str().unwrap()]);
    let second = lab.get(first["meta"]["next_page_url"].as_str().unwrap()).await.expect(200);
    assert_eq!(sids(&second), [made[1].as_str().unwrap()]);
    assert_eq!(second["meta"]["next_page_url"], serde_json::Value::Null);
    lab.get(&format!("{LIST}?State=initializing")).await.expect(200);
    lab.post(LIST, &[("State", "initializing")]).await.fails(400, 20001);
}
