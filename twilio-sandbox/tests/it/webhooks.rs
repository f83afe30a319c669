use http::Method;
use serde_json::json;

use twilio_sandbox::SandboxConfig;

use crate::support::{ANN, BOB, Lab, Receiver, Reply};

#[tokio::test]
async fn a_first_text_creates_a_conversation_and_tells_in_order() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let (pre, post) = (format!("{}/pre", receiver.url), format!("{}/post?a=1", receiver.url));
    lab.configure(&pre, &post).await;
    lab.auto_create("sms", &lab.sms()).await;
    lab.text(ANN, &lab.sms(), "Hello ☎").await;
    let token = lab.sandbox.auth_token();

    let add = receiver.next().await;
    add.is_signed(&token, &pre);
    assert_eq!(add.get("EventType"), "onConversationAdd");
    assert_eq!(add.get("MessageBody"), "Hello ☎");
    assert_eq!(add.get("MessagingBinding.Address"), ANN);
    assert_eq!(add.get("MessagingBinding.ProxyAddress"), lab.sms());
    assert_eq!(add.field("ConversationSid"), None);

    // The pre-action hook of the message does not wait for the post-action ones before it.
    let mut added = Vec::new();
    while added.len() < 3 {
        let hook = receiver.next().await;
        if hook.get("EventType") != "onMessageAdd" {
            hook.is_signed(&token, &post);
            assert!(hook.headers.contains_key("i-twilio-idempotency-token"));
            added.push(hook);
        }
    }
    let events: Vec<_> = added.iter().map(|hook| hook.get("EventType")).collect();
    assert_eq!(events, ["onConversationAdded", "onParticipantAdded", "onMessageAdded"]);
    let sid = added[0].get("ConversationSid");
    assert!(added.iter().all(|hook| hook.get("ConversationSid") == sid && hook.get("Source") == "SMS"));
    assert_eq!(added[1].get("MessagingBinding.Type"), "SMS");
    let message = &added[2];
    assert_eq!((message.get("Index"), message.get("Author")), ("0", ANN));
    assert_eq!(message.get("ParticipantSid"), added[1].get("ParticipantSid"));
    assert_eq!(message.get("AccountSid"), lab.sandbox.account_sid());

    lab.text(ANN, &lab.sms(), "again").await;
    let again = receiver.event("onMessageAdded").await;
    assert_eq!((again.get("ConversationSid"), again.get("Index")), (sid, "1"));
}

#[tokio::test]
async fn fifty_first_texts_at_once_create_one_conversation_in_order() {
    let lab = Lab::new().await;
    lab.auto_create("sms", &lab.sms()).await;
    for n in 0..50 {
        lab.text(ANN, &lab.sms(), &n.to_string()).await;
    }
    let list = lab
        .until(async || {
            let state = lab.control(Method::GET, "state", json!(null)).await.expect(200);
            let all = state["conversations"].as_array().unwrap().clone();
            (all.iter().map(|one| one["messages"].as_array().unwrap().len()).sum::<usize>() == 50)
                .then_some(all)
        })
        .await;
    assert_eq!(list.len(), 1);
    let bodies = list[0]["messages"].as_array().unwrap().iter().map(|one| one["body"].clone());
    assert!(bodies.eq((0..50).map(|n| json!(n.to_string()))));
}

#[tokio::test]
async fn rest_writes_are_silent_unless_the_header_asks() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &format!("{}/post", receiver.url)).await;
    let sid = lab.conversation().await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    lab.post(&path, &[("Body", "silent")]).await.expect(201);
    lab.post_aloud(&path, &[("Body", "loud")]).await.expect(201);
    let hook = receiver.next().await;
    assert_eq!((hook.get("Body"), hook.get("Source")), ("loud", "API"));
    assert_eq!((hook.get("Author"), hook.field("ParticipantSid")), ("system", None));
    assert!(receiver.drain().is_empty());
}

#[tokio::test]
async fn a_conversations_own_webhook_hears_what_it_asked_for() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let sid = lab.conversation().await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    lab.join(&sid, BOB, &lab.sms()).await.expect(201);
    let hooks = format!("/conversations/v1/Conversations/{sid}/Webhooks");
    let url = format!("{}/own?x=%20y#rc=2", receiver.url);
    let form = [
        ("Target", "webhook"),
        ("Configuration.Url", url.as_str()),
        ("Configuration.Method", "get"),
        ("Configuration.Filters", "onMessageAdded"),
        ("Configuration.Filters", "onDeliveryUpdated"),
    ];
    let made = lab.post(&hooks, &form).await.expect(201);
    assert_eq!(made["configuration"]["filters"], json!(["onMessageAdded", "onDeliveryUpdated"]));
    lab.text(ANN, &lab.sms(), "hello").await;
    let hook = receiver.event("onMessageAdded").await;
    assert_eq!(hook.method, Method::GET);
    assert!(hook.path.starts_with("/own?x=%20y&AccountSid="), "{}", hook.path);
    hook.is_signed(&lab.sandbox.auth_token(), &format!("{}{}", receiver.url, hook.path));
    for status in ["sent", "delivered"] {
        let hook = receiver.event("onDeliveryUpdated").await;
        assert_eq!(hook.get("Status"), status);
        assert!(hook.get("DeliveryReceiptSid").starts_with("DY"));
        assert!(hook.get("ChannelMessageSid").starts_with("SM"));
    }
}

#[tokio::test]
async fn a_conversation_has_five_webhooks_with_five_triggers() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    let hooks = format!("/conversations/v1/Conversations/{sid}/Webhooks");
    let trigger = [("Target", "trigger"), ("Configuration.Url", "http://127.0.0.1:9/")];
    let mut six = trigger.to_vec();
    six.extend([("Configuration.Triggers", "word"); 6]);
    lab.post(&hooks, &six).await.fails(400, 50362);
    for _ in 0..5 {
        lab.post(&hooks, &trigger).await.expect(201);
    }
    lab.post(&hooks, &trigger).await.fails(400, 50361);
    lab.post(&hooks, &[("Target", "webhook")]).await.fails(400, 20001);
    let list = lab.get(&hooks).await.expect(200);
    assert_eq!(list["webhooks"].as_array().unwrap().len(), 5);
    lab.get(&format!("{hooks}?PageSize=6")).await.fails(400, 20007);
    let one = format!("{hooks}/{}", list["webhooks"][0]["sid"].as_str().unwrap());
    let new = lab.post(&one, &[("Configuration.Url", "http://127.0.0.1:9/new")]).await.expect(200);
    assert_eq!(new["configuration"]["url"], "http://127.0.0.1:9/new");
    assert_eq!(lab.delete(&one).await.status, 204);
    lab.get(&one).await.fails(404, 20404);
}

#[tokio::test]
async fn a_late_webhook_replays_the_messages_after_its_index() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let sid = lab.conversation().await;
    let path = format!("/conversations/v1/Conversations/{sid}");
    for body in ["0", "1", "2"] {
        lab.post(&format!("{path}/Messages"), &[("Body", body)]).await.expect(201);
    }
    let form = [
        ("Target", "webhook"),
        ("Configuration.Url", receiver.url.as_str()),
        ("Configuration.Filters", "onMessageAdded"),
        ("Configuration.ReplayAfter", "0"),
    ];
    lab.post(&format!("{path}/Webhooks"), &form).await.expect(201);
    assert_eq!(receiver.next().await.get("Body"), "1");
    assert_eq!(receiver.next().await.get("Body"), "2");
}

#[tokio::test]
async fn an_address_can_bring_its_own_webhook() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let url = receiver.url.clone();
    let path = "/conversations/v1/Configuration/Addresses";
    let form = [
        ("Type", "whatsapp"),
        ("Address", &lab.whatsapp()),
        ("AutoCreation.Enabled", "true"),
        ("AutoCreation.Type", "webhook"),
        ("AutoCreation.WebhookUrl", &url),
        ("AutoCreation.WebhookMethod", "post"),
        ("AutoCreation.WebhookFilters", "onMessageAdded"),
    ];
    let made = lab.post(path, &form).await.expect(201);
    assert_eq!(made["auto_creation"]["webhook_method"], "POST");
    lab.text("whatsapp:+15557770001", &lab.whatsapp(), "hola").await;
    let hook = receiver.next().await;
    assert_eq!((hook.get("EventType"), hook.get("Source")), ("onMessageAdded", "WHATSAPP"));
    assert_eq!(hook.get("Author"), "whatsapp:+15557770001");
    let one = format!("{path}/{}", made["sid"].as_str().unwrap());
    lab.post(path, &form).await.fails(409, 20409);
    let off = lab.post(&one, &[("AutoCreation.Enabled", "false")]).await.expect(200);
    assert_eq!(off["auto_creation"]["enabled"], false);
    assert_eq!(lab.get(path).await.expect(200)["address_configurations"], json!([off]));
    assert_eq!(lab.delete(&one).await.status, 204);
    let bad = [("Type", "sms"), ("Address", ANN)];
    lab.post(path, &bad).await.fails(400, 50413);
}

#[tokio::test]
async fn a_public_host_is_signed_as_such_and_reached_where_it_is_mapped() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let map = json!({"https://si.example.com": receiver.url});
    lab.control(Method::PUT, "hosts", map).await.expect(200);
    let url = "https://si.example.com/hooks?tenant=1";
    lab.configure("", url).await;
    lab.auto_create("sms", &lab.sms()).await;
    lab.text(ANN, &lab.sms(), "hello").await;
    let hook = receiver.event("onMessageAdded").await;
    hook.is_signed(&lab.sandbox.auth_token(), url);
    assert_eq!(hook.path, "/hooks?tenant=1");
    assert_eq!(hook.headers["host"], "si.example.com");
    assert_eq!(hook.headers["x-forwarded-proto"], "https");
    let bad = lab.control(Method::PUT, "hosts", json!({"https://a.test": "http://10.1.1.1"})).await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn other_hosts_are_not_contacted_and_the_log_says_so() {
    let lab = Lab::new().await;
    lab.configure("", "https://elsewhere.example.com/hook").await;
    let sid = lab.conversation().await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    lab.post_aloud(&path, &[("Body", "x")]).await.expect(201);
    let entry = lab
        .until(async || {
            let log = lab.control(Method::GET, "log?kind=webhook", json!(null)).await.expect(200);
            log["entries"].get(0).cloned()
        })
        .await;
    assert_eq!((&entry["error_code"], &entry["status"]), (&json!(11200), &json!(null)));
    assert_eq!(entry["event"], "onMessageAdded");
    assert_eq!(entry["params"]["Body"], "x");
}

#[tokio::test]
async fn every_kind_of_write_is_asked_about_and_told() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let kinds = ["Conversation", "Participant", "Message"];
    let filters: Vec<String> = kinds
        .iter()
        .flat_map(|kind| {
            ["Add", "Added", "Update", "Updated", "Remove", "Removed"].map(|verb| format!("on{kind}{verb}"))
        })
        .collect();
    let mut form = vec![("PreWebhookUrl", receiver.url.as_str()), ("PostWebhookUrl", receiver.url.as_str())];
    form.extend(filters.iter().map(|filter| ("Filters", filter.as_str())));
    let webhooks = "/conversations/v1/Configuration/Webhooks";
    let set = lab.post(webhooks, &form).await.expect(200);
    assert_eq!(set["filters"], json!(filters));
    assert_eq!(lab.get(webhooks).await.expect(200), set);
    lab.post(webhooks, &[("Filters", "onNothing")]).await.fails(400, 20001);
    lab.post(webhooks, &[("PostWebhookUrl", "nowhere")]).await.fails(400, 20001);

    let list = "/conversations/v1/Conversations";
    let made = lab.post_aloud(list, &[("FriendlyName", "Case")]).await.expect(201);
    let conversation = format!("{list}/{}", made["sid"].as_str().unwrap());
    let people = format!("{conversation}/Participants");
    let member = lab.post_aloud(&people, &[("Identity", "si")]).await.expect(201);
    let member = format!("{people}/{}", member["sid"].as_str().unwrap());
    let message = lab.post_aloud(&format!("{conversation}/Messages"), &[("Body", "x")]).await.expect(201);
    let message = format!("{conversation}/Messages/{}", message["sid"].as_str().unwrap());
    lab.post_aloud(&message, &[("Body", "y")]).await.expect(200);
    lab.post_aloud(&member, &[("Attributes", "{}"), ("LastReadMessageIndex", "0")]).await.expect(200);
    lab.post(&member, &[("LastReadMessageIndex", "1")]).await.fails(400, 50421);
    lab.post_aloud(&conversation, &[("FriendlyName", "New")]).await.expect(200);
    for path in [&message, &member, &conversation] {
        let request = lab.request(Method::DELETE, path, &[]).header("X-Twilio-Webhook-Enabled", "true");
        assert_eq!(request.send().await.unwrap().status(), 204);
    }
    let mut seen = std::collections::BTreeMap::new();
    while seen.len() < filters.len() {
        let hook = receiver.next().await;
        seen.insert(hook.get("EventType").to_owned(), hook);
    }
    for kind in kinds {
        let removed = &seen[&format!("on{kind}Removed")];
        assert!(removed.field("DateRemoved").is_some(), "{kind}");
        assert_eq!(removed.get("ConversationSid"), made["sid"].as_str().unwrap());
    }
    assert_eq!(seen["onMessageUpdate"].get("Body"), "y");
    assert_eq!(seen["onConversationUpdate"].get("FriendlyName"), "New");
    assert_eq!(seen["onParticipantUpdated"].get("LastReadMessageIndex"), "0");
    assert_eq!(seen["onParticipantAdded"].get("MessagingBinding.Type"), "CHAT");
    assert_eq!(seen["onParticipantAdd"].field("ParticipantSid"), None);
}

#[tokio::test]
async fn a_studio_address_brings_its_flow_which_is_noted_and_not_run() {
    let lab = Lab::new().await;
    let path = "/conversations/v1/Configuration/Addresses";
    let flow = format!("FW{}", "a".repeat(32));
    let form = [
        ("Type", "SMS"),
        ("Address", &*lab.sms()),
        ("AutoCreation.Enabled", "true"),
        ("AutoCreation.Type", "studio"),
        ("AutoCreation.StudioRetryCount", "2"),
    ];
    lab.post(path, &form).await.fails(400, 20001);
    let form = [&form[..], &[("AutoCreation.StudioFlowSid", &*flow)]].concat();
    let made = lab.post(path, &form).await.expect(201);
    assert_eq!(made["type"], "sms");
    assert_eq!(made["auto_creation"]["studio_flow_sid"], flow);
    assert_eq!(made["auto_creation"]["studio_retry_count"], 2);
    lab.text(ANN, &lab.sms(), "hello").await;
    let note = lab
        .until(async || {
            let log = lab.control(Method::GET, "log?kind=note", json!(null)).await.expect(200);
            log["entries"].get(0).cloned()
        })
        .await;
    assert_eq!((&note["what"], &note["error_code"]), (&json!("studio_flow"), &json!(0)));
    assert!(note["message"].as_str().unwrap().contains(&flow));
    let conversation = note["subject"].as_str().unwrap();
    let hooks =
        lab.get(&format!("/conversations/v1/Conversations/{conversation}/Webhooks")).await.expect(200);
    assert_eq!(hooks["webhooks"][0]["target"], "studio");
    assert_eq!(hooks["webhooks"][0]["configuration"]["flow_sid"], flow);
}

#[tokio::test]
async fn addresses_are_of_eight_types_and_filtered_by_them() {
    let lab = Lab::new().await;
    let path = "/conversations/v1/Configuration/Addresses";
    for kind in ["messenger", "gbm", "email", "rcs", "apple", "chat"] {
        let address = format!("{kind}:example");
        let form = [("Type", kind), ("Address", &*address), ("AddressCountry", "ca")];
        let made = lab.post(path, &form).await.expect(201);
        assert_eq!((&made["type"], &made["address_country"]), (&json!(kind), &json!("CA")));
        assert_eq!(made["auto_creation"], json!({"enabled": false, "type": "default"}));
        let found = lab.get(&format!("{path}?Type={}", kind.to_uppercase())).await.expect(200);
        assert_eq!(found["address_configurations"], json!([made]));
    }
    for wrong in [
        [("Type", "fax"), ("Address", "x"), ("FriendlyName", "")],
        [("Type", "chat"), ("Address", "x"), ("AddressCountry", "Canada")],
        [("Type", "chat"), ("Address", "x"), ("AutoCreation.ConversationServiceSid", "IS0")],
        [("Type", "chat"), ("Address", "x"), ("AutoCreation.WebhookFilters", "onMessageAdd")],
    ] {
        lab.post(path, &wrong).await.fails(400, 20001);
    }
    lab.get(&format!("{path}?Type=fax")).await.fails(400, 20001);
}

#[tokio::test]
async fn what_is_not_answered_yet_is_under_way() {
    let patience = std::time::Duration::from_mins(5);
    let lab =
        Lab::with(SandboxConfig { conversations_webhook_timeout: patience, ..SandboxConfig::default() })
            .await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    receiver.reply("/", Reply { never: true, ..Reply::of(200, "", "") });
    assert_eq!(lab.sandbox.under_way(), 0);
    lab.post_aloud("/conversations/v1/Conversations", &[("FriendlyName", "x")]).await.expect(201);
    receiver.event("onConversationAdded").await;
    assert_eq!(lab.sandbox.under_way(), 1);

    let lab = Lab::new().await;
    lab.configure("", &receiver.url).await;
    receiver.reply("/", Reply::of(200, "", ""));
    lab.post_aloud("/conversations/v1/Conversations", &[("FriendlyName", "x")]).await.expect(201);
    receiver.event("onConversationAdded").await;
    lab.until(async || (lab.sandbox.under_way() == 0).then_some(())).await;
}
