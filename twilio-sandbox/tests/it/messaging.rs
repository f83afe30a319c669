use http::Method;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, Form, Lab, Receiver, Reply};

const NO_SERVICE: &str = "MG00000000000000000000000000000000";
const MESSAGES: &str = "/api/2010-04-01/Accounts/{AC}/Messages.json";

#[tokio::test]
async fn a_message_arrives_and_its_callback_hears_every_step() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let callback = format!("{}/status?id=7", receiver.url);
    let form = [("From", &*lab.sms()), ("To", ANN), ("Body", "hello"), ("StatusCallback", &callback)];
    let made = lab.post(MESSAGES, &form).await.expect(201);
    for (field, value) in [
        ("status", json!("queued")),
        ("direction", json!("outbound-api")),
        ("num_segments", json!("1")),
        ("num_media", json!("0")),
        ("error_code", Value::Null),
        ("date_sent", Value::Null),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    assert_eq!(lab.received(ANN).await, ["hello"]);
    for status in ["sent", "delivered"] {
        let hook = receiver.next().await;
        hook.is_signed(&lab.sandbox.auth_token(), &callback);
        assert_eq!((hook.get("MessageStatus"), hook.get("SmsStatus")), (status, status));
        assert_eq!(hook.get("MessageSid"), made["sid"].as_str().unwrap());
    }
    let sid = made["sid"].as_str().unwrap();
    let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{sid}.json");
    let found = lab.get(&path).await.expect(200);
    assert_eq!(found["status"], "delivered");
    assert!(found["date_sent"].as_str().unwrap().ends_with("+0000"));
    lab.post(&path, &[("Body", "other")]).await.fails(400, 20001);
    lab.post(&path, &[("Status", "canceled")]).await.fails(409, 20409);
    assert_eq!(lab.post(&path, &[("Body", "")]).await.expect(200)["body"], "");
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.get(&path).await.fails(404, 20404);
}

#[tokio::test]
async fn each_wrong_message_has_its_code() {
    let lab = Lab::new().await;
    let (sms, whatsapp, long) = (lab.sms(), lab.whatsapp(), "a".repeat(1601));
    let media = [("MediaUrl", "http://127.0.0.1/a.png"); 11];
    let mut many = vec![("From", &*sms), ("To", ANN)];
    many.extend(media);
    let cases: &[(Form<'_>, u64)] = &[
        (&[("From", &sms), ("Body", "x")], 21604),
        (&[("From", &sms), ("To", "555"), ("Body", "x")], 21211),
        (&[("To", ANN), ("Body", "x")], 21603),
        (&[("From", BOB), ("To", ANN), ("Body", "x")], 21606),
        (&[("From", "m!"), ("To", ANN), ("Body", "x")], 21212),
        (&[("From", "me"), ("To", ANN), ("Body", "x")], 21612),
        (&[("From", "12345"), ("To", ANN), ("Body", "x")], 21606),
        (&[("From", &sms), ("To", "12345"), ("Body", "x")], 21265),
        (&[("From", "whatsapp:+15550001111"), ("To", "whatsapp:+15557770001"), ("Body", "x")], 63007),
        (&[("From", &whatsapp), ("To", ANN), ("Body", "x")], 21612),
        (&[("From", &sms), ("To", &sms), ("Body", "x")], 63031),
        (&[("From", &sms), ("To", ANN)], 21602),
        (&[("From", &sms), ("To", ANN), ("Body", &long)], 21617),
        (&[("From", &sms), ("To", ANN), ("MediaUrl", "a.png")], 21620),
        (&many, 21623),
        (&[("From", &sms), ("To", ANN), ("Body", "x"), ("ValidityPeriod", "0")], 21624),
        (&[("From", &sms), ("To", ANN), ("Body", "x"), ("StatusCallback", "nowhere")], 21609),
        (&[("From", &sms), ("To", ANN), ("ContentSid", "HX0")], 21655),
        (&[("MessagingServiceSid", "MG0"), ("To", ANN), ("Body", "x")], 21705),
        (&[("MessagingServiceSid", NO_SERVICE), ("To", ANN), ("Body", "x")], 21701),
    ];
    for (form, code) in cases {
        lab.post(MESSAGES, form).await.fails(400, *code);
    }
    lab.get("/api/2010-04-01/Accounts/AC0/Messages.json").await.fails(404, 20404);
}

#[tokio::test]
async fn the_list_is_newest_first_filtered_and_paged_with_relative_addresses() {
    let lab = Lab::new().await;
    for body in ["1", "2", "3"] {
        lab.post(MESSAGES, &[("From", &*lab.sms()), ("To", ANN), ("Body", body)]).await.expect(201);
    }
    lab.text(BOB, &lab.sms(), "in").await;
    let page = lab.get(&format!("{MESSAGES}?To=%2B15557770001&PageSize=2")).await.expect(200);
    let bodies = |page: &Value| -> Vec<String> {
        let list = page["messages"].as_array().unwrap();
        list.iter().map(|one| one["body"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(bodies(&page), ["3", "2"]);
    assert_eq!((&page["start"], &page["end"], &page["page_size"]), (&json!(0), &json!(1), &json!(2)));
    let next = page["next_page_uri"].as_str().unwrap();
    assert!(next.starts_with("/2010-04-01/Accounts/AC") && next.contains("To=%2B15557770001"), "{next}");
    let last = lab.get(&format!("/api{next}")).await.expect(200);
    assert_eq!((bodies(&last), &last["next_page_uri"]), (vec!["1".to_owned()], &Value::Null));
    let from = lab.get(&format!("{MESSAGES}?From=%2B15557770002")).await.expect(200);
    assert_eq!(from["messages"][0]["direction"], "inbound");
    let today = lab.sandbox.clock().now().strftime("%Y-%m-%d").to_string();
    assert_eq!(bodies(&lab.get(&format!("{MESSAGES}?DateSent={today}")).await.expect(200)).len(), 4);
    assert_eq!(bodies(&lab.get(&format!("{MESSAGES}?DateSent<=2020-01-01")).await.expect(200)).len(), 0);
    lab.get(&format!("{MESSAGES}?PageSize=1001")).await.fails(400, 20007);
}

#[tokio::test]
async fn a_scheduled_message_waits_and_can_be_canceled() {
    let lab = Lab::new().await;
    let service =
        lab.get("/conversations/v1/Configuration").await.expect(200)["default_messaging_service_sid"]
            .as_str()
            .unwrap()
            .to_owned();
    let at =
        |minutes: i64| (lab.sandbox.clock().now() + jiff::SignedDuration::from_mins(minutes)).to_string();
    let send = async |at: &str| {
        let form = [
            ("MessagingServiceSid", service.as_str()),
            ("To", ANN),
            ("Body", at),
            ("ScheduleType", "fixed"),
            ("SendAt", at),
        ];
        lab.post(MESSAGES, &form).await
    };
    send(&at(5)).await.fails(400, 20422);
    let (kept, dropped) = (send(&at(20)).await.expect(201), send(&at(21)).await.expect(201));
    assert_eq!(kept["status"], "scheduled");
    let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", dropped["sid"].as_str().unwrap());
    assert_eq!(lab.post(&path, &[("Status", "canceled")]).await.expect(200)["status"], "canceled");
    assert_eq!(lab.received(ANN).await, [""; 0]);
    lab.advance("PT1H").await;
    assert_eq!(lab.received(ANN).await, [kept["body"].as_str().unwrap()]);
}

#[tokio::test]
async fn a_numbers_webhook_gets_the_text_and_its_twiml_answers() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let numbers = "/api/2010-04-01/Accounts/{AC}/IncomingPhoneNumbers";
    let found = lab.get(&format!("{numbers}.json?PhoneNumber=%2B15005550006")).await.expect(200);
    let number = &found["incoming_phone_numbers"][0];
    assert_eq!(number["phone_number"], lab.sms());
    let path = format!("{numbers}/{}.json", number["sid"].as_str().unwrap());
    let (url, fallback) = (format!("{}/sms", receiver.url), format!("{}/fallback", receiver.url));
    let changed = lab.post(&path, &[("SmsUrl", &url), ("SmsFallbackUrl", &fallback)]).await.expect(200);
    assert_eq!((&changed["sms_url"], &changed["sms_method"]), (&json!(url), &json!("POST")));
    assert_eq!(lab.get(&path).await.expect(200), changed);
    lab.post(&path, &[("SmsUrl", "nowhere")]).await.fails(400, 21205);

    let twiml = "<Response><Message>Hi &amp; welcome</Message><Message><Body>two</Body></Message></Response>";
    receiver.reply("/sms", Reply::of(200, "text/xml", twiml));
    let sid = lab.text(ANN, &lab.sms(), "hello").await;
    let hook = receiver.next().await;
    hook.is_signed(&lab.sandbox.auth_token(), &url);
    for (name, value) in [
        ("MessageSid", sid.as_str()),
        ("SmsMessageSid", &sid),
        ("From", ANN),
        ("To", &lab.sms()),
        ("Body", "hello"),
        ("NumMedia", "0"),
        ("NumSegments", "1"),
        ("SmsStatus", "received"),
        ("ApiVersion", "2010-04-01"),
    ] {
        assert_eq!(hook.get(name), value);
    }
    assert_eq!(hook.field("OptOutType"), None);
    lab.until(async || (lab.received(ANN).await == ["Hi & welcome", "two"]).then_some(())).await;

    receiver.reply("/sms", Reply::of(500, "text/plain", "broken"));
    receiver.reply("/fallback", Reply::of(200, "text/xml", "<Response><Message>later</Message></Response>"));
    lab.text(ANN, &lab.sms(), "again").await;
    assert_eq!(receiver.next().await.path, "/sms");
    let second = receiver.next().await;
    assert_eq!((second.path.as_str(), second.get("ErrorCode")), ("/fallback", "11200"));
    assert_eq!(second.get("ErrorUrl"), url);
    lab.until(async || (lab.received(ANN).await.len() == 3).then_some(())).await;
}

#[tokio::test]
async fn the_account_can_be_read() {
    let lab = Lab::new().await;
    let account = lab.get("/api/2010-04-01/Accounts/{AC}.json").await.expect(200);
    assert_eq!((&account["sid"], &account["status"]), (&json!(lab.sandbox.account_sid()), &json!("active")));
}

#[tokio::test]
async fn a_number_whose_webhook_refuses_the_connection_is_tried_twice_and_then_its_fallback() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}/sms", closed.local_addr().unwrap());
    drop(closed);
    let number = json!({"number": lab.sms(), "sms_url": gone, "sms_fallback_url": receiver.url});
    lab.control(Method::POST, "numbers", number).await.expect(200);
    lab.text(ANN, &lab.sms(), "hello").await;
    let hook = receiver.next().await;
    assert_eq!((hook.get("ErrorCode"), hook.get("ErrorUrl")), ("11205", gone.as_str()));
    let log = lab.control(Method::GET, "log?kind=webhook", Value::Null).await.expect(200);
    let failed = log["entries"].as_array().unwrap().iter().filter(|entry| entry["error_code"] == 11205);
    assert_eq!(failed.count(), 2);
}
