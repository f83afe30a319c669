//! Rules at work: what waits for the morning, where people are, and sets from a folder.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{ANN, TestApp, encoded, eventually, text};

/// A time zone in which it is this hour now.
fn where_it_is(wanted: i32) -> String {
    let hour = i32::from(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).hour());
    let offset = (wanted - hour + 36) % 24 - 12;
    // POSIX counts westwards.
    if offset == 0 { "Etc/GMT".to_owned() } else { format!("Etc/GMT{:+}", -offset) }
}

/// A time zone in which it is three in the morning now.
fn where_it_is_night() -> String {
    where_it_is(3)
}

async fn locate(app: &TestApp, body: Value) -> Value {
    let path = format!("/v1/people/{}/place", encoded(ANN));
    app.api(Method::PUT, &path, Some(&body)).await.expect(200).json
}

#[tokio::test]
async fn f48_an_offer_at_night_waits_and_shows_why_and_replies_go_on() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    let zone = where_it_is_night();
    let told = locate(&app, json!({ "source": "person", "place": "GB", "time_zone": zone })).await;
    assert_eq!(told["located"]["zones"], json!([zone]));
    assert_eq!(told["located"]["zones_by"], "person");

    let offer = json!({ "to": ANN, "text": "An offer", "class": "marketing" });
    let id = app.post("/v1/messages", offer).await.expect(202).json["id"].clone();
    let path = format!("/v1/outbound/{}", text(&id));
    let held = eventually("it is held", async || {
        let message = app.get(&path).await.expect(200).json;
        (!message["held"].is_null()).then_some(message)
    })
    .await;
    assert_eq!(held["state"], "queued");
    assert_eq!(held["held"]["reason"], "quiet_hours");
    assert_eq!(held["held"]["rule"], "quiet_hours/anywhere");
    assert_eq!(held["not_before"], held["held"]["until"]);
    let postponed = app.event("message.postponed").await;
    assert_eq!(postponed["data"]["zones"], json!([zone]));

    phone.says("Are you there?").await;
    app.settled().await;
    assert_eq!(phone.count("An offer").await, 0);
    app.advance(SignedDuration::from_hours(5));
    phone.sees("An offer").await;
    let sent = eventually("it is taken", async || {
        let message = app.get(&path).await.expect(200).json;
        message["held"].is_null().then_some(message)
    })
    .await;
    assert_ne!(sent["state"], "expired");
}

#[tokio::test]
async fn f48_what_waits_goes_out_once_it_is_told_that_it_is_day_where_its_recipient_is() {
    let app = TestApp::start().await;
    let phone = app.phone(ANN);
    phone.says("Hello").await;
    locate(&app, json!({ "source": "account", "place": "GB", "time_zone": where_it_is_night() })).await;
    for text in ["An offer", "Another offer"] {
        let offer = json!({ "to": ANN, "text": text, "class": "marketing" });
        app.post("/v1/messages", offer).await.expect(202);
    }
    eventually("both are held", async || (app.events_of("message.postponed").await.len() == 2).then_some(()))
        .await;
    app.settled().await;
    assert_eq!(phone.count("An offer").await, 0);
    // Noon, by what the person says.
    locate(&app, json!({ "source": "person", "time_zone": where_it_is(12) })).await;
    let got = phone.shows("both offers", |got| got.iter().any(|text| text == "Another offer")).await;
    let place = |offer: &str| got.iter().position(|text| text == offer).unwrap();
    assert!(place("An offer") < place("Another offer"), "{got:?}");
}

#[tokio::test]
async fn where_somebody_is_can_be_told_asked_and_taken_back() {
    let app = TestApp::start().await;
    let path = format!("/v1/people/{}/place", encoded("+18502005555"));
    let put = async |body: Value| app.api(Method::PUT, &path, Some(&body)).await;
    let located = app.get(&path).await.expect(200).json["located"].clone();
    assert_eq!(located["places"], json!(["US-FL"]));
    assert_eq!((&located["zones"], &located["zones_by"]), (&json!(["America/Chicago"]), &json!("prefix")));
    let told = put(json!({ "place": "FR" })).await.expect(200).json;
    assert_eq!(told["told"]["account"]["place"], "FR");
    assert_eq!(
        (&told["located"]["zones"], &told["located"]["places_by"]),
        (&json!(["Europe/Paris"]), &json!("account"))
    );
    let back = put(json!({})).await.expect(200).json;
    assert_eq!((&back["told"], &back["located"]), (&json!({}), &located));
    for wrong in [
        json!({ "place": "Florida" }),
        json!({ "time_zone": "America/Nowhere" }),
        json!({ "source": "prefix", "place": "FR" }),
        json!({ "country": "FR" }),
    ] {
        put(wrong).await.expect(400);
    }
}

#[tokio::test]
async fn f50_rules_with_a_mistake_keep_the_server_from_starting() {
    let mut app = TestApp::unwired(&[]).await;
    let dir = app.dir().join("rules");
    std::fs::create_dir(&dir).unwrap();
    let file = dir.join("whatsapp.toml");
    std::fs::write(
        &file,
        "version = \"1\"\nexpires = \"2090-01-01\"\n[[rule]]\nid = \"a\"\nplaces = [\"Mars\"]\n",
    )
    .unwrap();
    app.set("rules.dir", &dir.display().to_string());
    let error = si_channel_server::app::policy(&app.config()).unwrap_err().to_string();
    assert!(error.contains(&format!("{}:5: not a place", file.display())), "{error}");
    std::fs::remove_file(&file).unwrap();
    assert!(si_channel_server::app::policy(&app.config()).is_ok());
}

#[tokio::test]
async fn a_general_assistant_is_not_heard_on_whatsapp_where_it_is_barred() {
    let app = TestApp::with(&[("policy.whatsapp.assistant", "general")]).await;
    let address = "whatsapp:+15557770009";
    let phone = app.phone(address);
    phone.text("Hello").await;
    let reason = eventually("the answer is cancelled", async || {
        let items = app.get("/v1/outbound?state=cancelled").await.expect(200).items();
        items.first().map(|message| message["reason"].clone())
    })
    .await;
    assert_eq!(reason, "whatsapp_policy");
}
