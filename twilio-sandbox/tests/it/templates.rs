use http::Method;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, Form, Got, Lab, Receiver, Reply};

const PHONE: &str = "whatsapp:+15557770001";

fn quick_reply() -> Value {
    json!({
        "twilio/quick-reply": {"body": "Coming, {{1}}?", "actions": [
            {"title": "Yes", "id": "yes_{{2}}"}, {"title": "No", "id": "no"},
        ]},
    })
}

impl Lab {
    async fn judge(&self, sid: &str, status: &str) {
        let path = format!("content/{sid}/approval");
        self.control(Method::POST, &path, json!({"status": status})).await.expect(200);
    }

    /// Creates a message by the 2010 API.
    async fn create(&self, from: &str, to: &str, more: Form<'_>) -> Got {
        let mut form = vec![("From", from), ("To", to)];
        form.extend(more);
        self.post("/api/2010-04-01/Accounts/{AC}/Messages.json", &form).await
    }

    /// Sends a template on WhatsApp: what became of it.
    async fn offer(&self, content: &str, variables: &str) -> Value {
        let form = [("ContentSid", content), ("ContentVariables", variables)];
        let sent = self.create(&self.whatsapp(), PHONE, &form).await.expect(201);
        self.ended(sent["sid"].as_str().unwrap()).await
    }

    async fn ended(&self, sid: &str) -> Value {
        let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{sid}.json");
        self.until(async || {
            let now = self.get(&path).await.expect(200);
            // WhatsApp goes on to read.
            let last = if now["to"] == PHONE { "read" } else { "delivered" };
            [last, "failed"].contains(&now["status"].as_str().unwrap()).then_some(now)
        })
        .await
    }

    async fn shown(&self, phone: &str) -> Vec<Value> {
        let path = format!("handsets/{}/messages", phone.replace('+', "%2B"));
        let screen = self.control(Method::GET, &path, Value::Null).await.expect(200);
        let all = screen["messages"].as_array().unwrap().iter();
        all.filter(|one| one["direction"] == "received").cloned().collect()
    }

    async fn press(&self, phone: &str, message: &Value, action: &str) -> Got {
        let path = format!("handsets/{}/presses", phone.replace('+', "%2B"));
        self.control(Method::POST, &path, json!({"message": message, "action": action})).await
    }
}

#[tokio::test]
async fn sms_shows_the_words_and_the_files_of_a_template() {
    let lab = Lab::new().await;
    let receiver = Receiver::new().await;
    receiver.reply("/cat.png", Reply::of(200, "image/png", "png"));
    let quick = lab.template(quick_reply(), json!({"1": "you", "2": "a"})).await;
    let sent = lab.create(&lab.sms(), ANN, &[("ContentSid", &quick), ("Body", "ignored")]).await.expect(201);
    assert_eq!((&sent["body"], &sent["num_segments"]), (&json!("Coming, you?"), &json!("1")));
    let form = [("ContentSid", &*quick), ("ContentVariables", r#"{"1":"Ann","9":"nobody"}"#)];
    lab.create(&lab.sms(), ANN, &form).await.expect(201);
    let picture = json!({"twilio/media": {"body": "Look", "media": [format!("{}/{{{{1}}}}", receiver.url)]}});
    let picture = lab.template(picture, json!({"1": "dog.png"})).await;
    let form = [("ContentSid", &*picture), ("ContentVariables", r#"{"1":"cat.png"}"#)];
    let sent = lab.create(&lab.sms(), ANN, &form).await.expect(201);
    assert_eq!(sent["num_media"], "1");
    assert!(sent["sid"].as_str().unwrap().starts_with("MM"));
    assert_eq!(lab.ended(sent["sid"].as_str().unwrap()).await["status"], "delivered");
    let shown = lab.shown(ANN).await;
    assert_eq!(lab.received(ANN).await, ["Coming, you?", "Coming, Ann?", "Look"]);
    assert_eq!((&shown[0]["actions"], shown[2]["media"].as_array().unwrap().len()), (&Value::Null, 1));
}

#[tokio::test]
async fn a_message_names_a_template_that_exists_and_all_its_values() {
    let lab = Lab::new().await;
    let sid = lab.template(quick_reply(), json!({"2": "a"})).await;
    let place = json!({"twilio/location": {"latitude": 1, "longitude": 2, "label": "Here"}});
    let place = lab.template(place, json!({})).await;
    let long = lab.template(json!({"twilio/text": {"body": "{{1}}{{1}}"}}), json!({})).await;
    let value = format!(r#"{{"1":"{}"}}"#, "a".repeat(900));
    let cases: &[(Form<'_>, u64)] = &[
        (&[("ContentVariables", "{}"), ("Body", "a")], 21654),
        (&[("ContentSid", "HX0")], 21655),
        (&[("ContentSid", &sid)], 21656),
        (&[("ContentSid", &sid), ("ContentVariables", "Ann")], 21656),
        (&[("ContentSid", &sid), ("ContentVariables", r#"{"1":null}"#)], 21656),
        (&[("ContentSid", &sid), ("ContentVariables", r#"{"1":""}"#)], 21656),
        (&[("ContentSid", &place)], 216_602),
        (&[("ContentSid", &long), ("ContentVariables", &value)], 21617),
    ];
    for (form, code) in cases {
        lab.create(&lab.sms(), ANN, form).await.fails(400, *code);
    }
    lab.create(&lab.sms(), ANN, &[("ContentSid", &sid), ("ContentVariables", r#"{"1":"Ann"}"#)])
        .await
        .expect(201);
}

#[tokio::test]
async fn whatsapp_takes_an_approved_template_at_any_time_and_others_as_their_approval_stands() {
    let lab = Lab::new().await;
    let sid = lab.template(json!({"twilio/text": {"body": "Hi {{1}}!"}}), json!({"1": "you"})).await;
    for (status, code) in [
        ("unsubmitted", 63016),
        ("received", 63016),
        ("pending", 63016),
        ("rejected", 63040),
        ("paused", 63041),
        ("disabled", 63042),
    ] {
        lab.judge(&sid, status).await;
        let failed = lab.offer(&sid, "{}").await;
        assert_eq!((&failed["status"], &failed["error_code"]), (&json!("failed"), &json!(code)), "{status}");
    }
    lab.judge(&sid, "approved").await;
    assert_eq!(lab.offer(&sid, r#"{"1":"Ann"}"#).await["status"], "read");
    assert_eq!(lab.received(PHONE).await, ["Hi Ann!"]);
    // A template does not open the window.
    let free = lab.create(&lab.whatsapp(), PHONE, &[("Body", "Hi Ann!")]).await.expect(201);
    assert_eq!(lab.ended(free["sid"].as_str().unwrap()).await["error_code"], 63016);
    for (variables, code) in [(r#"{"1":"a\nb"}"#, 63013), (r#"{"1":"a     b"}"#, 63013)] {
        assert_eq!(lab.offer(&sid, variables).await["error_code"], code, "{variables}");
    }
    let long = format!(r#"{{"1":"{}"}}"#, "a".repeat(1024));
    assert_eq!(lab.offer(&sid, &long).await["error_code"], 63021);
    let bare = lab.template(json!({"twilio/text": {"body": "Hi {{1}}!"}}), json!({})).await;
    lab.judge(&bare, "approved").await;
    assert_eq!(lab.offer(&bare, "{}").await["error_code"], 63028);
}

#[tokio::test]
async fn within_the_session_plain_types_need_no_approval() {
    let lab = Lab::new().await;
    let buttons = |count: usize| {
        let actions: Vec<Value> = (0..count).map(|n| json!({"title": format!("b{n}")})).collect();
        json!({"twilio/quick-reply": {"body": "Well?", "actions": actions}})
    };
    let call = json!({"twilio/call-to-action": {"body": "Go", "actions": [
        {"type": "URL", "title": "Open", "url": "https://example.com"}]}});
    let list = json!({"twilio/list-picker": {"body": "Which?", "button": "Choose",
        "items": [{"id": "a", "item": "A"}]}});
    let place = json!({"twilio/location": {"latitude": 1, "longitude": 2}});
    for (types, outside, inside, approved) in [
        (buttons(3), 63016, 0, 0),
        (buttons(4), 63016, 63021, 0),
        (call, 63016, 63027, 0),
        (list, 63016, 0, 63016),
        (place, 63016, 0, 63016),
    ] {
        let lab = &lab;
        let sid = lab.template(types.clone(), json!({})).await;
        let code = async || lab.offer(&sid, "{}").await["error_code"].as_u64().unwrap_or(0);
        assert_eq!(code().await, outside, "outside: {types}");
        lab.text(PHONE, &lab.whatsapp(), "hello").await;
        assert_eq!(code().await, inside, "inside: {types}");
        lab.advance("P1D").await;
        lab.judge(&sid, "approved").await;
        assert_eq!(code().await, approved, "approved, outside: {types}");
    }
}

#[tokio::test]
async fn a_pressed_button_comes_back_with_its_payload() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let number = json!({"number": lab.whatsapp(), "sms_url": receiver.url});
    lab.control(Method::POST, "numbers", number).await.expect(200);
    let sid = lab.template(quick_reply(), json!({"1": "you", "2": "a"})).await;
    lab.judge(&sid, "approved").await;
    lab.offer(&sid, r#"{"2":"b"}"#).await;
    let message = lab.shown(PHONE).await.remove(0);
    assert_eq!(
        message["actions"],
        json!([
            {"type": "QUICK_REPLY", "title": "Yes", "value": "yes_b"},
            {"type": "QUICK_REPLY", "title": "No", "value": "no"},
        ])
    );
    lab.press(PHONE, &message["sid"], "yes_b").await.expect(201);
    let hook = receiver.next().await;
    for (name, value) in [
        ("Body", "Yes"),
        ("ButtonText", "Yes"),
        ("ButtonPayload", "yes_b"),
        ("MessageType", "button"),
        ("OriginalRepliedMessageSid", message["sid"].as_str().unwrap()),
        ("OriginalRepliedMessageSender", &lab.whatsapp()),
    ] {
        assert_eq!(hook.get(name), value, "{name}");
    }
    hook.is_signed(&lab.sandbox.auth_token(), &receiver.url);
    let list = json!({"twilio/list-picker": {"body": "Which?", "button": "Choose",
        "items": [{"id": "a", "item": "Apple"}]}});
    let list = lab.template(list, json!({})).await;
    lab.offer(&list, "{}").await;
    let message = lab.shown(PHONE).await.remove(1);
    lab.press(PHONE, &message["sid"], "Apple").await.expect(201);
    let hook = receiver.next().await;
    assert_eq!((hook.get("ListId"), hook.get("ListTitle")), ("a", "Apple"));
    assert_eq!((hook.get("MessageType"), hook.get("Body")), ("interactive", "Apple"));
    assert_eq!(lab.press(PHONE, &message["sid"], "Pear").await.status, 400);
    assert_eq!(lab.press(PHONE, &json!("SM0"), "Apple").await.status, 404);
}

#[tokio::test]
async fn a_conversation_renders_a_template_for_each_phone_and_takes_the_press() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    lab.join(&sid, PHONE, &lab.whatsapp()).await.expect(201);
    lab.join(&sid, BOB, &lab.sms()).await.expect(201);
    let mut types = quick_reply();
    types["twilio/text"] = json!({"body": "Coming, {{1}}? Reply YES or NO."});
    let content = lab.template(types, json!({"2": "a"})).await;
    lab.judge(&content, "approved").await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let form = [("ContentSid", &*content), ("ContentVariables", r#"{"1":"Ann"}"#), ("Body", "ignored")];
    let message = lab.post(&path, &form).await.expect(201);
    assert_eq!((&message["content_sid"], &message["body"]), (&json!(content), &json!("Coming, Ann?")));
    assert_eq!(lab.received(BOB).await, ["Coming, Ann? Reply YES or NO."]);
    let shown = lab.shown(PHONE).await.remove(0);
    assert_eq!((&shown["body"], &shown["actions"][0]["value"]), (&json!("Coming, Ann?"), &json!("yes_a")));
    lab.press(PHONE, &shown["sid"], "No").await.expect(201);
    let answer = lab
        .until(async || {
            let list = lab.get(&path).await.expect(200)["messages"].as_array().unwrap().clone();
            (list.len() == 2).then(|| list[1].clone())
        })
        .await;
    assert_eq!((&answer["body"], &answer["author"]), (&json!("No"), &json!(PHONE)));
    assert_eq!(answer["content_sid"], Value::Null);
}

#[tokio::test]
async fn a_conversations_template_is_checked_and_fails_on_whatsapp_by_its_receipt() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let content = lab.template(json!({"twilio/text": {"body": "Hi {{1}}!"}}), json!({})).await;
    let card = lab.template(json!({"whatsapp/card": {"body": "a", "footer": "b"}}), json!({})).await;
    let many: serde_json::Map<String, Value> = (0..101).map(|n| (n.to_string(), json!("a"))).collect();
    let (many, long) = (Value::Object(many).to_string(), format!(r#"{{"1":"{}"}}"#, "a".repeat(257)));
    let cases: &[(Form<'_>, u64)] = &[
        (&[("ContentVariables", "{}"), ("Body", "a")], 50528),
        (&[("ContentSid", "HX0")], 50526),
        (&[("ContentSid", &card)], 50542),
        (&[("ContentSid", &content)], 50527),
        (&[("ContentSid", &content), ("ContentVariables", "[]")], 50527),
        (&[("ContentSid", &content), ("ContentVariables", &many)], 50529),
        (&[("ContentSid", &content), ("ContentVariables", r#"{"12345678901234567":"a"}"#)], 50540),
        (&[("ContentSid", &content), ("ContentVariables", &long)], 50541),
    ];
    for (form, code) in cases {
        lab.post(&path, form).await.fails(400, *code);
    }
    lab.join(&sid, PHONE, &lab.whatsapp()).await.expect(201);
    let receipt = async |form: Form<'_>| {
        let message = lab.post(&path, form).await.expect(201);
        let path = format!("{path}/{}/Receipts", message["sid"].as_str().unwrap());
        lab.until(async || {
            let list = lab.get(&path).await.expect(200)["delivery_receipts"].as_array().unwrap().clone();
            list.first().filter(|one| ["read", "failed"].contains(&one["status"].as_str().unwrap())).cloned()
        })
        .await
    };
    let ann: Form<'_> = &[("ContentSid", &content), ("ContentVariables", r#"{"1":"Ann"}"#)];
    assert_eq!(receipt(ann).await["error_code"], 63016);
    lab.judge(&content, "approved").await;
    assert_eq!(receipt(&[("ContentSid", &content)]).await["error_code"], 63028);
    assert_eq!(receipt(ann).await["status"], "read");
    assert_eq!(lab.received(PHONE).await, ["Hi Ann!"]);
}
