use http::Method;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, Lab, Receiver};

const SERVICES: &str = "/messaging/v1/Services";
const MESSAGES: &str = "/api/2010-04-01/Accounts/{AC}/Messages.json";
const BERLIN: &str = "+4915112345678";

async fn service(lab: &Lab, form: &[(&str, &str)]) -> String {
    let made = lab.post(SERVICES, &[&[("FriendlyName", "News")], form].concat()).await.expect(201);
    made["sid"].as_str().unwrap().to_owned()
}

/// A number of the account; its SID.
async fn number(lab: &Lab, address: &str) -> String {
    let made = lab.control(Method::POST, "numbers", json!({"number": address})).await;
    made.json["sid"].as_str().unwrap().to_owned()
}

/// A number in a service's pool.
async fn join(lab: &Lab, service: &str, address: &str) -> String {
    let sid = number(lab, address).await;
    let (list, parameter) = match &sid[..2] {
        "SC" => ("ShortCodes", "ShortCodeSid"),
        "XE" => ("ChannelSenders", "Sid"),
        _ => ("PhoneNumbers", "PhoneNumberSid"),
    };
    lab.post(&format!("{SERVICES}/{service}/{list}"), &[(parameter, &sid)]).await.expect(201);
    sid
}

/// Sends through a service; the sender it left from.
async fn send(lab: &Lab, service: &str, to: &str) -> Value {
    let form = [("MessagingServiceSid", service), ("To", to), ("Body", "hello")];
    let made = lab.post(MESSAGES, &form).await.expect(201);
    let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", made["sid"].as_str().unwrap());
    lab.until(async || Some(lab.get(&path).await.expect(200)["from"].clone()).filter(|from| !from.is_null()))
        .await
}

#[tokio::test]
async fn a_service_has_every_setting_and_twilios_defaults() {
    let lab = Lab::new().await;
    let made = lab.post(SERVICES, &[("FriendlyName", "News")]).await.expect(201);
    for (field, value) in [
        ("friendly_name", json!("News")),
        ("inbound_request_url", Value::Null),
        ("inbound_method", json!("POST")),
        ("status_callback", Value::Null),
        ("sticky_sender", json!(true)),
        ("smart_encoding", json!(true)),
        ("mms_converter", json!(true)),
        ("area_code_geomatch", json!(true)),
        ("fallback_to_long_code", json!(true)),
        ("scan_message_content", json!("inherit")),
        ("validity_period", json!(36_000)),
        ("synchronous_validation", json!(false)),
        ("usecase", json!("undeclared")),
        ("use_inbound_webhook_on_number", json!(false)),
        ("us_app_to_person_registered", json!(false)),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    let path = format!("{SERVICES}/{}", made["sid"].as_str().unwrap());
    let form = [
        ("InboundRequestUrl", "https://example.com/in"),
        ("InboundMethod", "GET"),
        ("FallbackUrl", "https://example.com/later"),
        ("FallbackMethod", "GET"),
        ("StatusCallback", "https://example.com/status"),
        ("StickySender", "false"),
        ("MmsConverter", "false"),
        ("SmartEncoding", "false"),
        ("ScanMessageContent", "disable"),
        ("FallbackToLongCode", "false"),
        ("AreaCodeGeomatch", "false"),
        ("ValidityPeriod", "60"),
        ("SynchronousValidation", "true"),
        ("Usecase", "marketing"),
        ("UseInboundWebhookOnNumber", "true"),
    ];
    let changed = lab.post(&path, &form).await.expect(200);
    assert_eq!(changed["friendly_name"], "News");
    for (parameter, value) in form {
        let mut field = String::new();
        for c in parameter.chars() {
            if c.is_uppercase() && !field.is_empty() {
                field.push('_');
            }
            field.push(c.to_ascii_lowercase());
        }
        let expected = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
        assert_eq!(changed[&field], expected, "{parameter}");
    }
    assert_eq!(lab.get(&path).await.expect(200), changed);
    let cleared = lab.post(&path, &[("InboundRequestUrl", ""), ("StatusCallback", "")]).await.expect(200);
    assert_eq!((&cleared["inbound_request_url"], &cleared["status_callback"]), (&Value::Null, &Value::Null));
    for wrong in [
        ("ScanMessageContent", "maybe"),
        ("Usecase", "fun"),
        ("StickySender", "1"),
        ("InboundMethod", "PUT"),
        ("FallbackUrl", "nowhere"),
    ] {
        lab.post(&path, &[wrong]).await.fails(400, 20001);
    }
    lab.post(&path, &[("ValidityPeriod", "36001")]).await.fails(400, 21624);
    lab.post(SERVICES, &[]).await.fails(400, 20001);
    let all = lab.get(SERVICES).await.expect(200);
    assert_eq!(all["services"].as_array().unwrap().len(), 2, "the default one and this");
    assert_eq!(all["meta"]["key"], "services");
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.get(&path).await.fails(404, 20404);
    let default = all["services"][0]["sid"].as_str().unwrap();
    lab.delete(&format!("{SERVICES}/{default}")).await.fails(409, 20409);
    let usecases = lab.get(&format!("{SERVICES}/Usecases")).await.expect(200);
    assert_eq!(usecases["usecases"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_sender_is_in_one_service_at_a_time_and_returns_to_the_default_one() {
    let lab = Lab::new().await;
    let (one, other) = (service(&lab, &[]).await, service(&lab, &[]).await);
    let list = |service: &str| format!("{SERVICES}/{service}/PhoneNumbers");
    let sid = join(&lab, &one, "+14155550100").await;
    let form = [("PhoneNumberSid", sid.as_str())];
    lab.post(&list(&one), &form).await.fails(409, 21710);
    lab.post(&list(&other), &form).await.fails(409, 21712);
    let wrong = "PN00000000000000000000000000000000";
    lab.post(&list(&one), &[("PhoneNumberSid", wrong)]).await.fails(400, 21421);
    let path = format!("{}/{sid}", list(&one));
    let found = lab.get(&path).await.expect(200);
    assert_eq!((&found["phone_number"], &found["country_code"]), (&json!("+14155550100"), &json!("US")));
    assert_eq!(found["capabilities"], json!(["MMS", "SMS", "Voice"]));
    assert_eq!(lab.get(&list(&one)).await.expect(200)["phone_numbers"], json!([found]));
    let default = lab.get(SERVICES).await.expect(200)["services"][0]["sid"].as_str().unwrap().to_owned();
    let held = async || lab.get(&list(&default)).await.expect(200)["phone_numbers"].as_array().unwrap().len();
    assert_eq!(held().await, 1, "the account's first number");
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.delete(&path).await.fails(404, 20404);
    assert_eq!(held().await, 2);
    lab.post(&list(&other), &form).await.expect(201);
    lab.delete(&format!("{SERVICES}/{other}")).await;
    assert_eq!(held().await, 2);
}

#[tokio::test]
async fn short_codes_channel_senders_and_names_stand_in_lists_of_their_own() {
    let lab = Lab::new().await;
    let sid = service(&lab, &[]).await;
    let code = join(&lab, &sid, "12345").await;
    let found = lab.get(&format!("{SERVICES}/{sid}/ShortCodes/{code}")).await.expect(200);
    assert_eq!((&found["short_code"], &found["capabilities"]), (&json!("12345"), &json!(["SMS", "MMS"])));
    let sender = join(&lab, &sid, &lab.whatsapp()).await;
    let found = lab.get(&format!("{SERVICES}/{sid}/ChannelSenders")).await.expect(200)["senders"][0].clone();
    assert_eq!((&found["sid"], &found["sender_type"]), (&json!(sender), &json!("WhatsApp")));
    assert_eq!((&found["sender"], &found["messaging_service_sid"]), (&json!(lab.whatsapp()), &json!(sid)));

    let (alpha, places) =
        (format!("{SERVICES}/{sid}/AlphaSenders"), format!("{SERVICES}/{sid}/DestinationAlphaSenders"));
    let acme = lab.post(&alpha, &[("AlphaSender", "Acme")]).await.expect(201);
    lab.post(&alpha, &[("AlphaSender", "Acme")]).await.fails(409, 21710);
    lab.post(&alpha, &[("AlphaSender", "12345")]).await.fails(400, 21709);
    lab.post(&alpha, &[]).await.fails(400, 20001);
    let french = [("AlphaSender", "Acme"), ("IsoCountryCode", "fr")];
    let french = lab.post(&places, &french).await.expect(201);
    assert_eq!((&french["iso_country_code"], &french["capabilities"]), (&json!("FR"), &json!(["SMS"])));
    let count = async |path: &str| lab.get(path).await.expect(200)["alpha_senders"].as_array().unwrap().len();
    assert_eq!((count(&alpha).await, count(&places).await), (1, 2));
    assert_eq!(count(&format!("{places}?IsoCountryCode=FR")).await, 1);
    let one = format!("{alpha}/{}", acme["sid"].as_str().unwrap());
    assert_eq!(lab.get(&one).await.expect(200), acme);
    lab.get(&format!("{alpha}/{}", french["sid"].as_str().unwrap())).await.fails(404, 20404);
    assert_eq!(lab.delete(&one).await.status, 204);
    assert_eq!(count(&alpha).await, 0);
    lab.post(&one, &[]).await.fails(405, 20004);
}

#[tokio::test]
async fn a_message_through_a_service_is_accepted_and_gets_its_sender_when_it_is_queued() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let sid = service(&lab, &[("StatusCallback", &receiver.url)]).await;
    let form = [("MessagingServiceSid", sid.as_str()), ("To", ANN), ("Body", "hello")];
    lab.post(MESSAGES, &form).await.fails(400, 21704);
    join(&lab, &sid, &lab.whatsapp()).await;
    lab.post(MESSAGES, &form).await.fails(400, 21703);
    join(&lab, &sid, "+15555550100").await;
    let made = lab.post(MESSAGES, &form).await.expect(201);
    assert_eq!((&made["status"], &made["from"]), (&json!("accepted"), &Value::Null));
    assert_eq!((&made["num_segments"], &made["messaging_service_sid"]), (&json!("0"), &json!(sid)));
    for status in ["queued", "sent", "delivered"] {
        let hook = receiver.next().await;
        assert_eq!((hook.get("MessageStatus"), hook.get("From")), (status, "+15555550100"));
        assert_eq!(hook.get("MessagingServiceSid"), sid);
    }
    let foreign = lab.sms();
    let wrong = [&form[..], &[("From", foreign.as_str())]].concat();
    lab.post(MESSAGES, &wrong).await.fails(400, 21711);
    let right = [&form[..], &[("From", "+15555550100")]].concat();
    assert_eq!(lab.post(MESSAGES, &right).await.expect(201)["status"], "queued");
    let own = format!("{}/own", receiver.url);
    let own = [&form[..], &[("StatusCallback", &own)]].concat();
    lab.post(MESSAGES, &own).await.expect(201);
    // The message before may still be telling the service's address.
    while receiver.next().await.path != "/own" {}
}

#[tokio::test]
async fn the_pool_is_chosen_from_by_channel_country_area_and_habit() {
    let lab = Lab::new().await;
    let sid = service(&lab, &[]).await;
    for address in ["+14155550100", "+15555550100", &lab.whatsapp()] {
        join(&lab, &sid, address).await;
    }
    assert_eq!(send(&lab, &sid, ANN).await, "+15555550100", "the recipient's area");
    assert_eq!(send(&lab, &sid, BERLIN).await, "+14155550100", "the less used one");
    assert_eq!(send(&lab, &sid, BERLIN).await, "+14155550100", "the one the recipient knows");
    lab.text("whatsapp:+15557770001", &lab.whatsapp(), "hello").await;
    assert_eq!(send(&lab, &sid, "whatsapp:+15557770001").await, lab.whatsapp());
    join(&lab, &sid, "+4915735987654").await;
    assert_eq!(send(&lab, &sid, BERLIN).await, "+4915735987654", "one at home ends the habit");
    lab.post(&format!("{SERVICES}/{sid}/AlphaSenders"), &[("AlphaSender", "Acme")]).await.expect(201);
    assert_eq!(send(&lab, &sid, "+4915112345679").await, "Acme");
    assert_eq!(send(&lab, &sid, BOB).await, "+15555550100", "names do not reach the United States");
    join(&lab, &sid, "12345").await;
    assert_eq!(send(&lab, &sid, "+15557770003").await, "12345");
}

#[tokio::test]
async fn a_phones_message_goes_to_the_service_of_the_number_unless_it_defers() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let (url, own) = (format!("{}/service", receiver.url), format!("{}/own", receiver.url));
    let sid = service(&lab, &[("InboundRequestUrl", &url)]).await;
    join(&lab, &sid, &lab.sms()).await;
    lab.control(Method::POST, "numbers", json!({"number": lab.sms(), "sms_url": own})).await.expect(200);
    lab.text(ANN, &lab.sms(), "one").await;
    let hook = receiver.next().await;
    assert_eq!((hook.path.as_str(), hook.get("MessagingServiceSid")), ("/service", sid.as_str()));
    let path = format!("{SERVICES}/{sid}");
    lab.post(&path, &[("UseInboundWebhookOnNumber", "true")]).await.expect(200);
    lab.text(ANN, &lab.sms(), "two").await;
    assert_eq!(receiver.next().await.path, "/own");
    let off = [("UseInboundWebhookOnNumber", "false"), ("InboundRequestUrl", "")];
    lab.post(&path, &off).await.expect(200);
    let message = lab.text(ANN, &lab.sms(), "three").await;
    let message = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{message}.json");
    lab.until(async || (lab.get(&message).await.status == 404).then_some(())).await;
    assert!(receiver.drain().is_empty());
}

#[tokio::test]
async fn a_stop_closes_every_sender_of_the_service() {
    let lab = Lab::new().await;
    let sid = service(&lab, &[]).await;
    join(&lab, &sid, "+14155550100").await;
    join(&lab, &sid, "+15555550100").await;
    lab.text(ANN, "+14155550100", "STOP").await;
    let form = [("From", "+15555550100"), ("To", ANN), ("Body", "hello")];
    lab.post(MESSAGES, &form).await.fails(400, 21610);
    let form = [("MessagingServiceSid", sid.as_str()), ("To", ANN), ("Body", "hello")];
    lab.post(MESSAGES, &form).await.fails(400, 21610);
    let form = [("From", &*lab.sms()), ("To", ANN), ("Body", "hello")];
    lab.post(MESSAGES, &form).await.expect(201);
    lab.text(ANN, "+15555550100", "START").await;
    assert_eq!(send(&lab, &sid, ANN).await, "+15555550100");
}

#[tokio::test]
async fn look_alikes_are_replaced_when_the_service_or_the_message_says_so() {
    let lab = Lab::new().await;
    let sid = service(&lab, &[]).await;
    join(&lab, &sid, "+15555550100").await;
    let typed = format!("{}\u{2019}", "a".repeat(100));
    let segments = async |form: &[(&str, &str)]| {
        let form = [form, &[("To", ANN), ("Body", &typed)]].concat();
        let made = lab.post(MESSAGES, &form).await.expect(201);
        let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", made["sid"].as_str().unwrap());
        lab.until(async || {
            let found = lab.get(&path).await.expect(200);
            (found["status"] == "delivered").then(|| found["num_segments"].as_str().unwrap().to_owned())
        })
        .await
    };
    assert_eq!(segments(&[("MessagingServiceSid", &sid)]).await, "1");
    assert_eq!(segments(&[("MessagingServiceSid", &sid), ("SmartEncoded", "false")]).await, "2");
    assert_eq!(segments(&[("From", &lab.sms())]).await, "2");
    assert_eq!(segments(&[("From", &lab.sms()), ("SmartEncoded", "true")]).await, "1");
    assert!(lab.received(ANN).await[0].ends_with('\''));
}

#[tokio::test]
async fn what_waits_longer_than_it_may_is_not_sent() {
    let lab = Lab::new().await;
    let sid = service(&lab, &[("ValidityPeriod", "600")]).await;
    join(&lab, &sid, "+15555550100").await;
    let hold = async |held: bool| {
        lab.control(Method::POST, "numbers", json!({"number": "+15555550100", "held": held}))
            .await
            .expect(200);
    };
    hold(true).await;
    let send = async |seconds: &str, body: &str| {
        let form = [("MessagingServiceSid", sid.as_str()), ("To", ANN), ("Body", body)];
        let form = [&form[..], &[("ValidityPeriod", seconds)]].concat();
        let made = lab.post(MESSAGES, &form).await.expect(201);
        format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", made["sid"].as_str().unwrap())
    };
    let (short, usual, long) =
        (send("60", "short").await, send("", "usual").await, send("3600", "long").await);
    lab.advance("PT30S").await;
    assert_eq!(lab.get(&short).await.expect(200)["status"], "queued");
    assert_eq!(lab.received(ANN).await, [""; 0]);
    lab.advance("PT1M").await;
    let failed = lab.get(&short).await.expect(200);
    assert_eq!((&failed["status"], &failed["error_code"]), (&json!("failed"), &json!(30036)));
    assert_eq!(lab.get(&usual).await.expect(200)["status"], "queued");
    lab.advance("PT10M").await;
    assert_eq!(lab.get(&usual).await.expect(200)["error_code"], 30036, "the service's own time");
    hold(false).await;
    lab.advance("PT1M").await;
    assert_eq!(lab.get(&long).await.expect(200)["status"], "delivered");
    assert_eq!(lab.received(ANN).await, ["long"]);
}

#[tokio::test]
async fn a_scheduled_message_leaves_from_the_pool_as_it_is_then() {
    let lab = Lab::new().await;
    let sid = service(&lab, &[]).await;
    let first = join(&lab, &sid, "+15555550100").await;
    let at = (lab.sandbox.clock().now() + jiff::SignedDuration::from_mins(20)).to_string();
    let schedule = async || {
        let form = [
            ("MessagingServiceSid", sid.as_str()),
            ("To", ANN),
            ("Body", "later"),
            ("ScheduleType", "fixed"),
            ("SendAt", &at),
        ];
        let made = lab.post(MESSAGES, &form).await.expect(201);
        assert_eq!((&made["status"], &made["from"]), (&json!("scheduled"), &Value::Null));
        format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", made["sid"].as_str().unwrap())
    };
    let (kept, canceled) = (schedule().await, schedule().await);
    assert_eq!(lab.post(&canceled, &[("Status", "canceled")]).await.expect(200)["status"], "canceled");
    lab.delete(&format!("{SERVICES}/{sid}/PhoneNumbers/{first}")).await;
    join(&lab, &sid, "+14155550100").await;
    lab.advance("PT1H").await;
    assert_eq!(lab.get(&kept).await.expect(200)["from"], "+14155550100");
    assert_eq!(lab.received(ANN).await, ["later"]);
    let late = format!("{MESSAGES}?To=%2B15557770001");
    assert_eq!(lab.get(&late).await.expect(200)["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn files_become_links_where_mms_does_not_reach() {
    let lab = Lab::new().await;
    let sid = service(&lab, &[]).await;
    join(&lab, &sid, "+14155550100").await;
    let receiver = Receiver::new().await;
    receiver.reply("/cat.jpg", crate::support::Reply::of(200, "image/jpeg", "cat"));
    let file = &*format!("{}/cat.jpg", receiver.url);
    let form = [("MessagingServiceSid", sid.as_str()), ("To", BERLIN), ("Body", "look"), ("MediaUrl", file)];
    let made = lab.post(MESSAGES, &form).await.expect(201);
    assert!(made["sid"].as_str().unwrap().starts_with("MM"));
    let shown = lab.until(async || lab.received(BERLIN).await.pop()).await;
    let (text, link) = shown.split_once('\n').unwrap();
    let got = lab.request(Method::GET, link, &[]).send().await.unwrap().bytes().await.unwrap();
    assert_eq!((text, &*got), ("look", &b"cat"[..]));
    lab.post(&format!("{SERVICES}/{sid}"), &[("MmsConverter", "false")]).await.expect(200);
    lab.post(MESSAGES, &form).await.fails(400, 21612);
    let form = [("MessagingServiceSid", sid.as_str()), ("To", ANN), ("MediaUrl", file)];
    lab.post(MESSAGES, &form).await.expect(201);
    let shown = lab.until(async || lab.received(ANN).await.pop()).await;
    assert_eq!(shown, "", "the file itself");
}

#[tokio::test]
async fn a_conversations_texts_follow_the_service_it_names() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let sid = service(&lab, &[("StatusCallback", &receiver.url)]).await;
    let path = "/conversations/v1/Conversations";
    let made = lab.post(path, &[("MessagingServiceSid", &sid)]).await.expect(201);
    let conversation = made["sid"].as_str().unwrap();
    lab.join(conversation, ANN, &lab.sms()).await.expect(201);
    let form = [("Body", "it\u{2019}s here")];
    lab.post(&format!("{path}/{conversation}/Messages"), &form).await.expect(201);
    assert_eq!(lab.received(ANN).await, ["it's here"]);
    assert_eq!(receiver.next().await.get("MessagingServiceSid"), sid);
}

#[tokio::test]
async fn a_campaign_moves_with_the_clock_or_by_decree() {
    let lab = Lab::new().await;
    let sid = service(&lab, &[]).await;
    let path = format!("{SERVICES}/{sid}/Compliance/Usa2p");
    let long = "People sign up on our page and tick a box for these texts.";
    let samples =
        [("MessageSamples", "Your parcel comes today."), ("MessageSamples", "Your parcel has come now.")];
    let form = [
        ("BrandRegistrationSid", "BN0123456789abcdef0123456789abcdef"),
        ("Description", long),
        ("MessageFlow", long),
        ("UsAppToPersonUsecase", "DELIVERY_NOTIFICATION"),
        ("HasEmbeddedLinks", "true"),
        ("HasEmbeddedPhone", "false"),
        ("PrivacyPolicyUrl", "https://example.com/privacy"),
        ("OptInKeywords", "JOIN"),
        ("OptInMessage", "Welcome to the parcel news of Example."),
        ("SubscriberOptIn", "true"),
    ];
    let form = [&form[..], &samples].concat();
    for missing in
        ["BrandRegistrationSid", "Description", "MessageFlow", "HasEmbeddedLinks", "MessageSamples"]
    {
        let form: Vec<_> = form.iter().filter(|(name, _)| *name != missing).copied().collect();
        lab.post(&path, &form).await.fails(400, 20001);
    }
    let made = lab.post(&path, &form).await.expect(201);
    assert_eq!((&made["campaign_status"], &made["subscriber_opt_in"]), (&json!("PENDING"), &json!(true)));
    assert_eq!(
        (&made["opt_in_keywords"], &made["help_keywords"]),
        (&json!(["JOIN"]), &json!(["HELP", "INFO"]))
    );
    assert_eq!(made["privacy_policy_url"], Value::Null);
    lab.post(&path, &form).await.fails(409, 20409);
    let one = format!("{path}/{}", made["sid"].as_str().unwrap());
    let with_policies = lab.request(Method::GET, &one, &[]).header("X-Twilio-Api-Version", "v1.2");
    let seen = crate::support::answer(with_policies).await.expect(200);
    assert_eq!(seen["privacy_policy_url"], "https://example.com/privacy");
    let status = async || lab.get(&one).await.expect(200)["campaign_status"].clone();
    lab.advance("P1D").await;
    assert_eq!(status().await, "IN_PROGRESS");
    lab.advance("P2D").await;
    assert_eq!(status().await, "VERIFIED");
    let registered = lab.get(&format!("{SERVICES}/{sid}")).await.expect(200);
    assert_eq!(registered["us_app_to_person_registered"], true);
    let refusal = json!({"status": "FAILED", "errors": [{"error_code": 30909, "description": "Unclear call to action",
        "fields": ["MESSAGE_FLOW"]}]});
    let control = format!("campaigns/{}", made["sid"].as_str().unwrap());
    lab.control(Method::POST, &control, refusal).await.expect(200);
    let failed = lab.get(&one).await.expect(200);
    assert_eq!(
        (&failed["campaign_status"], &failed["errors"][0]["error_code"]),
        (&json!("FAILED"), &json!(30909))
    );
    let form = [
        ("Description", long),
        ("MessageFlow", "People text JOIN to the number on our parcels and confirm."),
        ("HasEmbeddedLinks", "false"),
        ("HasEmbeddedPhone", "false"),
        ("AgeGated", "false"),
        ("DirectLending", "false"),
    ];
    let again = lab.post(&one, &[&form[..], &samples].concat()).await.expect(200);
    assert_eq!((&again["campaign_status"], &again["errors"]), (&json!("PENDING"), &json!([])));
    assert_eq!(lab.get(&path).await.expect(200)["compliance"].as_array().unwrap().len(), 1);
    let usecases = lab.get(&format!("{path}/Usecases?BrandRegistrationSid=BN1")).await.expect(200);
    let all = usecases["us_app_to_person_usecases"].as_array().unwrap();
    assert!(all.iter().any(|one| one["code"] == "2FA" && one["post_approval_required"] == false));
    assert_eq!(lab.delete(&one).await.status, 204);
    let form = [("CampaignId", "CABC123"), ("MessagingServiceSid", sid.as_str()), ("CnpMigration", "true")];
    let external = lab.post(&format!("{SERVICES}/PreregisteredUsa2p"), &form).await.expect(201);
    let one = format!("{path}/{}", external["sid"].as_str().unwrap());
    let seen = lab.get(&one).await.expect(200);
    assert_eq!(
        (&seen["is_externally_registered"], &seen["campaign_status"]),
        (&json!(true), &json!("VERIFIED"))
    );
}
