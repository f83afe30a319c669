//! How texts end, by what carriers, networks, phones and their owners do.

use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{Behaviour, LandlineRefusal, MagicNumbers, NumberConfig, SandboxConfig, Subaccount};

use crate::support::{ANN, BOB, Lab, Receiver};

const MESSAGES: &str = "/api/2010-04-01/Accounts/{AC}/Messages.json";
const TOLL_FREE: &str = "+18335550100";
const LONDON: &str = "+442079460958";
const PARIS_LANDLINE: &str = "+33123456789";
const PARIS: &str = "+33612345678";

async fn send(lab: &Lab, from: &str, to: &str, body: &str) -> Value {
    lab.post(MESSAGES, &[("From", from), ("To", to), ("Body", body)]).await.expect(201)
}

/// Status and code once all has happened that will.
async fn end(lab: &Lab, made: &Value) -> (String, Option<u64>) {
    lab.advance("PT1M").await;
    let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", made["sid"].as_str().unwrap());
    let message = lab.get(&path).await.expect(200);
    (message["status"].as_str().unwrap().to_owned(), message["error_code"].as_u64())
}

fn ended(status: &str, code: Option<u64>) -> (String, Option<u64>) {
    (status.to_owned(), code)
}

async fn phone(lab: &Lab, address: &str, carrier: Value) -> Value {
    let path = format!("handsets/{}", address.replace('+', "%2B"));
    lab.control(Method::PUT, &path, json!({"carrier": carrier})).await.expect(200)
}

#[tokio::test]
async fn a_phone_can_be_told_how_texts_to_it_end() {
    let lab = Lab::new().await;
    for (status, code, shown) in [
        ("undelivered", Some(30003), 0),
        ("undelivered", Some(30005), 0),
        ("failed", Some(30001), 0),
        ("sent", None, 1),
        ("delivered", None, 2),
    ] {
        phone(&lab, ANN, json!({"outcome": {"status": status, "error_code": code}})).await;
        let made = send(&lab, &lab.sms(), ANN, "hello").await;
        assert_eq!(end(&lab, &made).await, ended(status, code), "{status}");
        assert_eq!(lab.received(ANN).await.len(), shown, "{status}");
    }
    phone(&lab, ANN, json!({"outcome": {"status": "undelivered"}})).await;
    let made = send(&lab, &lab.sms(), ANN, "hello").await;
    assert_eq!(end(&lab, &made).await, ended("undelivered", Some(30008)));
    let set = phone(&lab, ANN, json!({"outcome": null})).await;
    assert_eq!(set["carrier"]["outcome"], Value::Null);
    for wrong in
        [json!({"outcome": {"status": "lost"}}), json!({"outcomes": {}}), json!({"line_type": "tin"})]
    {
        let refused = lab.control(Method::PUT, "handsets/%2B15557770001", json!({"carrier": wrong})).await;
        assert_eq!(refused.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn an_outcome_can_be_for_the_next_texts_alone() {
    let lab = Lab::new().await;
    let twice = json!({"outcome": {"status": "undelivered", "error_code": 30003, "count": 2}});
    phone(&lab, ANN, twice).await;
    let mut ends = Vec::new();
    for body in ["one", "two", "three"] {
        let made = send(&lab, &lab.sms(), ANN, body).await;
        ends.push(end(&lab, &made).await.0);
    }
    assert_eq!(ends, ["undelivered", "undelivered", "delivered"]);
    assert_eq!(lab.received(ANN).await, ["three"]);
}

#[tokio::test]
async fn filtered_words_do_not_get_through_to_anyone_or_to_one_phone() {
    let lab = Lab::new().await;
    let all = json!({"filter": ["free money"]});
    assert_eq!(lab.control(Method::PUT, "carriers", all).await.expect(200)["filter"], json!(["free money"]));
    phone(&lab, ANN, json!({"filter": ["lottery"]})).await;
    let mut ends = Vec::new();
    for (to, body) in [(ANN, "FREE money!"), (BOB, "Free Money."), (ANN, "The Lottery"), (BOB, "The lottery")]
    {
        let made = send(&lab, &lab.sms(), to, body).await;
        ends.push(end(&lab, &made).await.1);
    }
    assert_eq!(ends, [Some(30007), Some(30007), Some(30007), None]);
    assert_eq!((lab.received(ANN).await.len(), lab.received(BOB).await.len()), (0, 1));
}

#[tokio::test]
async fn a_sender_that_the_person_has_blocked_gets_30004() {
    let lab = Lab::new().await;
    phone(&lab, ANN, json!({"blocked": [lab.sms()]})).await;
    let made = send(&lab, &lab.sms(), ANN, "hello").await;
    assert_eq!(end(&lab, &made).await, ended("undelivered", Some(30004)));
}

#[tokio::test]
async fn where_delivery_is_not_confirmed_sent_is_the_last_status() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.control(Method::PUT, "carriers", json!({"countries_without_receipts": ["fr"]})).await.expect(200);
    let sms = lab.sms();
    let form =
        [("From", sms.as_str()), ("To", PARIS), ("Body", "salut"), ("StatusCallback", receiver.url.as_str())];
    let made = lab.post(MESSAGES, &form).await.expect(201);
    assert_eq!(end(&lab, &made).await, ended("sent", None));
    phone(&lab, ANN, json!({"receipts": false})).await;
    let made = send(&lab, &sms, ANN, "hello").await;
    assert_eq!(end(&lab, &made).await, ended("sent", None));
    assert_eq!((lab.received(PARIS).await.len(), lab.received(ANN).await.len()), (1, 1));
    assert_eq!(receiver.next().await.get("MessageStatus"), "sent");
    assert!(receiver.drain().is_empty());
    let sid = lab.conversation().await;
    lab.join(&sid, ANN, &sms).await.expect(201);
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let made = lab.post(&path, &[("Body", "still")]).await.expect(201);
    lab.advance("PT1M").await;
    let message = lab.get(&format!("{path}/{}", made["sid"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        (&message["delivery"]["sent"], &message["delivery"]["delivered"]),
        (&json!("all"), &json!("none"))
    );
}

#[tokio::test]
async fn a_landline_is_tried_in_three_countries_and_refused_in_all_others() {
    let lab = Lab::new().await;
    let sms = lab.sms();
    let made = send(&lab, &sms, LONDON, "hello").await;
    assert_eq!(end(&lab, &made).await, ended("undelivered", Some(30006)));
    phone(&lab, ANN, json!({"line_type": "landline"})).await;
    let made = send(&lab, &sms, ANN, "hello").await;
    assert_eq!(end(&lab, &made).await, ended("undelivered", Some(30006)));
    let form = [("From", sms.as_str()), ("To", PARIS_LANDLINE), ("Body", "allo")];
    lab.post(MESSAGES, &form).await.fails(400, 21635);
    let forced = [&form[..], &[("ForceDelivery", "true")]].concat();
    let made = lab.post(MESSAGES, &forced).await.expect(201);
    assert_eq!(end(&lab, &made).await, ended("undelivered", Some(30006)));
    phone(&lab, PARIS_LANDLINE, json!({"line_type": "mobile"})).await;
    let made = send(&lab, &sms, PARIS_LANDLINE, "allo").await;
    assert_eq!(end(&lab, &made).await, ended("delivered", None));
}

#[tokio::test]
async fn the_refusal_of_a_landline_and_the_magic_numbers_are_switches() {
    let behaviour = Behaviour {
        landline_refusal: LandlineRefusal::NotMobile,
        magic_numbers: MagicNumbers::Ignored,
        ..Behaviour::default()
    };
    let lab = Lab::with(SandboxConfig { behaviour, ..SandboxConfig::default() }).await;
    let sms = lab.sms();
    let form = [("From", sms.as_str()), ("To", PARIS_LANDLINE), ("Body", "allo")];
    lab.post(MESSAGES, &form).await.fails(400, 21614);
    send(&lab, &sms, "+15005550001", "hello").await;
    assert_eq!(lab.received("+15005550001").await, ["hello"]);
}

#[tokio::test]
async fn the_magic_numbers_of_test_credentials_are_answered_with_their_errors() {
    let lab = Lab::new().await;
    let sms = lab.sms();
    for (from, to, code) in [
        ("+15005550001", ANN, 21212),
        ("+15005550007", ANN, 21606),
        ("+15005550008", ANN, 21611),
        ("+15005550000", ANN, 21606),
        (&*sms, "+15005550001", 21211),
        (&*sms, "+15005550002", 21612),
        (&*sms, "+15005550003", 21408),
        (&*sms, "+15005550004", 21610),
        (&*sms, "+15005550009", 21614),
    ] {
        lab.post(MESSAGES, &[("From", from), ("To", to), ("Body", "x")]).await.fails(400, code);
    }
    let put = json!({"number": "+15005550008"});
    lab.control(Method::POST, "numbers", put).await.expect(201);
    send(&lab, "+15005550008", ANN, "mine").await;
}

#[tokio::test]
async fn a_country_without_permission_is_refused_and_a_conversations_copy_fails() {
    let lab = Lab::new().await;
    lab.control(Method::PUT, "carriers", json!({"denied_countries": ["FR"]})).await.expect(200);
    let sms = lab.sms();
    let form = [("From", sms.as_str()), ("To", PARIS), ("Body", "salut")];
    lab.post(MESSAGES, &form).await.fails(400, 21408);
    let sid = lab.conversation().await;
    lab.join(&sid, PARIS, &sms).await.expect(201);
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    let made = lab.post(&path, &[("Body", "salut")]).await.expect(201);
    lab.advance("PT1M").await;
    let receipts = format!("{path}/{}/Receipts", made["sid"].as_str().unwrap());
    let receipt = lab.get(&receipts).await.expect(200)["delivery_receipts"][0].clone();
    assert_eq!((&receipt["status"], &receipt["error_code"]), (&json!("failed"), &json!(21408)));
    let numbers = vec!["+15005550102".to_owned()];
    let other = lab.sandbox.open_subaccount(&Subaccount { numbers, ..Subaccount::default() }).unwrap();
    let path = MESSAGES.replace("{AC}", &other.sid());
    let form = [("From", "+15005550102"), ("To", PARIS), ("Body", "salut")];
    lab.post(&path, &form).await.fails(400, 21408);
    let cleared = json!({"denied_countries": null});
    lab.control(Method::PUT, "carriers", cleared).await.expect(200);
    send(&lab, &sms, PARIS, "salut").await;
    let wrong = lab.control(Method::PUT, "carriers", json!({"denied": []})).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn senders_without_registration_do_not_reach_their_country() {
    let unregistered =
        |number: &str| NumberConfig { a2p_registered: Some(false), ..NumberConfig::new(number) };
    let number_settings = vec![unregistered("+15005550006"), unregistered(TOLL_FREE)];
    let lab = Lab::with(SandboxConfig { number_settings, ..SandboxConfig::default() }).await;
    for (from, to, code) in [
        ("+15005550006", ANN, Some(30034)),
        ("+15005550006", PARIS, None),
        ("+15005550006", "+14165550100", None),
        (TOLL_FREE, ANN, Some(30032)),
        (TOLL_FREE, "+14165550100", Some(30032)),
        (TOLL_FREE, PARIS, None),
    ] {
        let made = send(&lab, from, to, "hello").await;
        let expected = if code.is_some() { "undelivered" } else { "delivered" };
        assert_eq!(end(&lab, &made).await, ended(expected, code), "{from} {to}");
    }
    let registered = json!({"number": TOLL_FREE, "a2p_registered": true});
    lab.control(Method::POST, "numbers", registered).await.expect(200);
    let made = send(&lab, TOLL_FREE, ANN, "hello").await;
    assert_eq!(end(&lab, &made).await, ended("delivered", None));
}

#[tokio::test]
async fn a_short_code_stays_in_its_country() {
    let number_settings = vec![
        NumberConfig::new("12345"),
        NumberConfig { country: Some("FR".to_owned()), ..NumberConfig::new("36180") },
    ];
    let lab = Lab::with(SandboxConfig { number_settings, ..SandboxConfig::default() }).await;
    for (from, to, reaches) in [("12345", ANN, true), ("12345", PARIS, false), ("36180", PARIS, true)] {
        let answer = lab.post(MESSAGES, &[("From", from), ("To", to), ("Body", "x")]).await;
        if reaches {
            answer.expect(201);
        } else {
            answer.fails(400, 21612);
        }
    }
}

#[tokio::test]
async fn a_daily_cap_ends_with_the_day() {
    let number_settings = vec![NumberConfig { daily_limit: Some(2), ..NumberConfig::new("+15005550006") }];
    let lab = Lab::with(SandboxConfig { number_settings, ..SandboxConfig::default() }).await;
    // To the next midnight, so that the day does not end by itself meanwhile.
    let now = lab.control(Method::GET, "clock", Value::Null).await.expect(200)["now"].clone();
    let now: jiff::Timestamp = now.as_str().unwrap().parse().unwrap();
    let rest = 86_400 - now.as_second() % 86_400;
    lab.advance(&format!("PT{rest}S")).await;
    let sms = lab.sms();
    let mut sent = Vec::new();
    for to in [ANN, PARIS, BOB, ANN, PARIS] {
        sent.push(send(&lab, &sms, to, "hello").await);
    }
    let mut codes = Vec::new();
    for made in &sent {
        codes.push(end(&lab, made).await.1);
    }
    assert_eq!(codes, [None, None, None, Some(30023), None], "only texts to the United States count");
    lab.advance("P1D").await;
    let made = send(&lab, &sms, ANN, "hello").await;
    assert_eq!(end(&lab, &made).await, ended("delivered", None));
}

#[tokio::test]
async fn a_suspended_campaign_stops_its_long_codes() {
    let lab = Lab::new().await;
    let service = lab.post("/messaging/v1/Services", &[("FriendlyName", "s")]).await.expect(201);
    let service = service["sid"].as_str().unwrap();
    let numbers = lab.control(Method::GET, "numbers", Value::Null).await.expect(200);
    let number = numbers["numbers"][0]["sid"].as_str().unwrap();
    let pool = format!("/messaging/v1/Services/{service}/PhoneNumbers");
    lab.post(&pool, &[("PhoneNumberSid", number)]).await.expect(201);
    let form = [("CampaignId", "CABC123"), ("MessagingServiceSid", service)];
    let campaign = lab.post("/messaging/v1/Services/PreregisteredUsa2p", &form).await.expect(201);
    let made = send(&lab, &lab.sms(), ANN, "hello").await;
    assert_eq!(end(&lab, &made).await, ended("delivered", None));
    let control = format!("campaigns/{}", campaign["sid"].as_str().unwrap());
    lab.control(Method::POST, &control, json!({"status": "SUSPENDED"})).await.expect(200);
    let made = send(&lab, &lab.sms(), ANN, "hello").await;
    assert_eq!(end(&lab, &made).await, ended("undelivered", Some(30033)));
    let made = send(&lab, &lab.sms(), PARIS, "salut").await;
    assert_eq!(end(&lab, &made).await, ended("delivered", None));
}
