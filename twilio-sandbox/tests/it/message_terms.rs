use http::Method;
use serde_json::{Value, json};

use crate::support::{ANN, Form, Lab};

const MESSAGES: &str = "/api/2010-04-01/Accounts/{AC}/Messages.json";
const NUMBERS: &str = "/api/2010-04-01/Accounts/{AC}/IncomingPhoneNumbers";

async fn send(lab: &Lab, form: Form<'_>) -> Value {
    let from = lab.sms();
    let form = [&[("From", from.as_str()), ("To", ANN), ("Body", "hello")], form].concat();
    lab.post(MESSAGES, &form).await.expect(201)
}

fn path(made: &Value) -> String {
    format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", made["sid"].as_str().unwrap())
}

/// The message once it was delivered.
async fn delivered(lab: &Lab, made: &Value) -> Value {
    let path = path(made);
    lab.until(async || Some(lab.get(&path).await.expect(200)).filter(|it| it["status"] == "delivered")).await
}

#[tokio::test]
async fn a_message_has_its_price_once_it_was_sent() {
    let lab = Lab::new().await;
    let made = send(&lab, &[("Body", "x")]).await;
    assert_eq!((&made["price"], &made["price_unit"]), (&Value::Null, &json!("USD")));
    assert_eq!(delivered(&lab, &made).await["price"], "-0.00830");
    let free = send(&lab, &[("TrafficType", "free")]).await;
    assert_eq!(delivered(&lab, &free).await["price"], "0.00000");
}

#[tokio::test]
async fn what_the_sender_wants_forgotten_is_gone_once_it_was_sent() {
    let lab = Lab::new().await;
    let made = send(&lab, &[("ContentRetention", "discard"), ("AddressRetention", "obfuscate")]).await;
    assert_eq!((&made["body"], &made["to"]), (&json!("hello"), &json!(ANN)));
    let sent = delivered(&lab, &made).await;
    assert_eq!((&sent["body"], &sent["to"]), (&json!(""), &json!("+1555777XXXX")));
    assert_eq!(lab.received(ANN).await, ["hello"]);
    let kept = send(&lab, &[("ContentRetention", "retain"), ("AddressRetention", "retain")]).await;
    let kept = delivered(&lab, &kept).await;
    assert_eq!((&kept["body"], &kept["to"]), (&json!("hello"), &json!(ANN)));
    let from = lab.sms();
    let wrong = [("From", from.as_str()), ("To", ANN), ("Body", "x"), ("ContentRetention", "keep")];
    lab.post(MESSAGES, &wrong).await.fails(400, 30029);
}

#[tokio::test]
async fn a_long_text_as_mms_is_one_part() {
    let lab = Lab::new().await;
    let long = "a".repeat(400);
    let from = lab.sms();
    let form = [("From", from.as_str()), ("To", ANN), ("Body", &long)];
    assert_eq!(lab.post(MESSAGES, &form).await.expect(201)["num_segments"], "3");
    let mms = lab.post(MESSAGES, &[&form[..], &[("SendAsMms", "true")]].concat()).await.expect(201);
    assert_eq!((&mms["num_segments"], &mms["num_media"]), (&json!("1"), &json!("0")));
    assert!(mms["sid"].as_str().unwrap().starts_with("MM"));
}

#[tokio::test]
async fn links_are_shortened_for_a_service_and_lead_on() {
    let lab = Lab::new().await;
    let from = lab.sms();
    let body = "See https://example.com/a/very/long/page?of=ours, and answer.";
    let form = [("To", ANN), ("Body", body), ("ShortenUrls", "true"), ("From", from.as_str())];
    lab.post(MESSAGES, &form).await.fails(400, 20001);
    let services = lab.get("/messaging/v1/Services").await.expect(200);
    let service = services["services"][0]["sid"].as_str().unwrap();
    lab.post(MESSAGES, &[&form[..], &[("MessagingServiceSid", service)]].concat()).await.expect(201);
    let shown = lab.received(ANN).await.remove(0);
    let link = shown.split(' ').nth(1).unwrap().trim_end_matches(',');
    assert!(shown.starts_with("See http://127.0.0.1") && shown.ends_with(", and answer."), "{shown}");
    let followed = lab.request(Method::GET, link, &[]).send().await.unwrap();
    assert_eq!(followed.status(), 302);
    assert_eq!(followed.headers()["location"], "https://example.com/a/very/long/page?of=ours");
}

#[tokio::test]
async fn a_place_and_the_conditions_without_effect_are_taken() {
    let lab = Lab::new().await;
    let (ann, from) = ("whatsapp:+15557770001", lab.whatsapp());
    lab.text(ann, &from, "where?").await;
    let place = "geo:37.787890,-122.391664|375 Beale St";
    let form = [
        ("From", from.as_str()),
        ("To", ann),
        ("Body", "Here"),
        ("PersistentAction", place),
        ("MaxPrice", "0.01"),
        ("Attempt", "1"),
        ("ForceDelivery", "true"),
        ("RiskCheck", "enable"),
        ("ApplicationSid", "AP00000000000000000000000000000000"),
        ("StatusCallback", "http://127.0.0.1:9/"),
    ];
    lab.post(MESSAGES, &form).await.expect(201);
    let screen = lab.control(Method::GET, "handsets/whatsapp:%2B15557770001/messages", Value::Null).await;
    assert_eq!(screen.json["messages"][1]["location"], place);
    let log = lab.control(Method::GET, "log?kind=api", Value::Null).await.expect(200);
    let mut requests = log["entries"].as_array().unwrap().iter();
    assert!(requests.all(|entry| entry["ignored"] == json!([])), "{log}");
    let sms = lab.sms();
    let form = [("From", sms.as_str()), ("To", ANN), ("Body", "x")];
    for (name, value, code) in [
        ("ApplicationSid", "AP0", 20001),
        ("FallbackFrom", "+15005550006", 21664),
        ("ScheduleType", "loose", 20001),
    ] {
        lab.post(MESSAGES, &[&form[..], &[(name, value)]].concat()).await.fails(400, code);
    }
}

#[tokio::test]
async fn feedback_is_unconfirmed_until_the_sender_confirms() {
    let lab = Lab::new().await;
    let made = send(&lab, &[("ProvideFeedback", "true")]).await;
    let sid = made["sid"].as_str().unwrap();
    let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{sid}/Feedback.json");
    for outcome in ["unconfirmed", "confirmed"] {
        let told = lab.post(&path, &[("Outcome", outcome)]).await.expect(200);
        assert_eq!((&told["outcome"], &told["message_sid"]), (&json!(outcome), &json!(sid)));
        assert!(told["uri"].as_str().unwrap().ends_with("/Feedback.json"));
    }
    assert_eq!(lab.post(&path, &[]).await.expect(200)["outcome"], "confirmed");
    lab.post(&path, &[("Outcome", "perhaps")]).await.fails(400, 20001);
    lab.post(&path.replace(sid, "SM0"), &[]).await.fails(404, 20404);
}

#[tokio::test]
async fn a_day_of_the_list_has_all_its_hours() {
    let lab = Lab::new().await;
    send(&lab, &[]).await;
    let now = lab.sandbox.clock().now();
    let (today, tomorrow) =
        (now.strftime("%Y-%m-%d"), (now + jiff::SignedDuration::from_hours(24)).strftime("%Y-%m-%d"));
    for (query, count) in [
        (format!("DateSent={today}"), 1),
        (format!("DateSent<={today}"), 1),
        (format!("DateSent>={today}"), 1),
        (format!("DateSent>={tomorrow}"), 0),
        (format!("DateSent%3C={today}&From=%2B15005550006"), 1),
    ] {
        let found = lab.get(&format!("{MESSAGES}?{query}")).await.expect(200);
        assert_eq!(found["messages"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn a_name_as_sender_reaches_what_is_not_north_america() {
    let lab = Lab::new().await;
    let form = [("From", "Acme"), ("To", "+33612345678"), ("Body", "bonjour")];
    assert_eq!(lab.post(MESSAGES, &form).await.expect(201)["from"], "Acme");
    assert_eq!(lab.received("+33612345678").await, ["bonjour"]);
    let form = [("From", "Acme"), ("To", ANN), ("Body", "hello")];
    lab.post(MESSAGES, &form).await.fails(400, 21612);
}

#[tokio::test]
async fn a_short_code_sends_and_receives() {
    let lab = Lab::new().await;
    lab.control(Method::POST, "numbers", json!({"number": "12345"})).await.expect(201);
    lab.post(MESSAGES, &[("From", "12345"), ("To", ANN), ("Body", "hello")]).await.expect(201);
    assert_eq!(lab.received(ANN).await, ["hello"]);
    lab.text(ANN, "12345", "hi").await;
    let found = lab.get(&format!("{MESSAGES}?To=12345")).await.expect(200);
    assert_eq!(found["messages"][0]["direction"], "inbound");
    let numbers = lab.get(&format!("{NUMBERS}.json")).await.expect(200);
    assert_eq!(numbers["incoming_phone_numbers"].as_array().unwrap().len(), 1, "codes stand elsewhere");
}

#[tokio::test]
async fn a_number_is_bought_set_up_found_and_given_back() {
    let lab = Lab::new().await;
    let list = format!("{NUMBERS}.json");
    let form = [
        ("AreaCode", "212"),
        ("FriendlyName", "Desk"),
        ("SmsUrl", "https://example.com/sms"),
        ("SmsMethod", "GET"),
        ("StatusCallback", "https://example.com/status"),
        ("BundleSid", "BU00000000000000000000000000000000"),
        ("EmergencyStatus", "Active"),
        ("VoiceReceiveMode", "fax"),
        ("VoiceCallerIdLookup", "true"),
        ("TrunkSid", "TK00000000000000000000000000000000"),
        ("ApiVersion", "2010-04-01"),
    ];
    let made = lab.post(&list, &form).await.expect(201);
    for (field, value) in [
        ("phone_number", json!("+12125550100")),
        ("friendly_name", json!("Desk")),
        ("sms_method", json!("GET")),
        ("type", json!("local")),
        ("bundle_sid", json!("BU00000000000000000000000000000000")),
        ("emergency_status", json!("Active")),
        ("voice_receive_mode", json!("fax")),
        ("voice_caller_id_lookup", json!(true)),
        ("trunk_sid", json!("TK00000000000000000000000000000000")),
        ("voice_application_sid", json!("")),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    let path = format!("{NUMBERS}/{}.json", made["sid"].as_str().unwrap());
    let application = [("VoiceApplicationSid", "AP00000000000000000000000000000000")];
    let changed = lab.post(&path, &application).await.expect(200);
    assert_eq!(changed["trunk_sid"], Value::Null, "an application takes the trunk's place");
    lab.post(&path, &[("BundleSid", "BU1")]).await.fails(400, 20001);
    let free =
        lab.post(&format!("{NUMBERS}/TollFree.json"), &[("PhoneNumber", "+18335550123")]).await.expect(201);
    assert_eq!((&free["type"], &free["friendly_name"]), (&json!("toll-free"), &json!("(833) 555-0123")));
    for (query, count) in [
        ("PhoneNumber=212*550", 1),
        ("PhoneNumber=9999", 0),
        ("FriendlyName=Desk&Beta=true", 1),
        ("Origin=hosted", 0),
        ("Origin=twilio", 3),
    ] {
        let found = lab.get(&format!("{list}?{query}")).await.expect(200);
        assert_eq!(found["incoming_phone_numbers"].as_array().unwrap().len(), count, "{query}");
    }
    let page = lab.get(&format!("{NUMBERS}/Local.json?PageSize=1")).await.expect(200);
    let next = page["next_page_uri"].as_str().unwrap();
    assert!(next.contains("/IncomingPhoneNumbers/Local.json?"), "{next}");
    assert_eq!(lab.get(&format!("/api{next}")).await.expect(200)["incoming_phone_numbers"][0], changed);
    let wrong = [
        (&[("PhoneNumber", "+12125550100")], 21422),
        (&[("PhoneNumber", "+1212555")], 21421),
        (&[("AreaCode", "111")], 21451),
        (&[("SmsUrl", "https://example.com")], 20001),
    ];
    for (form, code) in wrong {
        lab.post(&list, form).await.fails(400, code);
    }
    lab.post(&list, &[("PhoneNumber", "+12125550177"), ("SmsUrl", "nowhere")]).await.fails(400, 21205);
    assert_eq!(lab.get(&list).await.expect(200)["incoming_phone_numbers"].as_array().unwrap().len(), 3);
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.get(&path).await.fails(404, 20404);
    let form = [("From", "+12125550100"), ("To", ANN), ("Body", "x")];
    lab.post(MESSAGES, &form).await.fails(400, 21606);
}
