//! Files that people send: fetched, checked, kept, served, and told of in words where they are not.

use std::path::Path;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ANN, API_TOKEN, Answer, BOB, EVE, Settings, TestApp, eventually, text};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";
const CARD: &[u8] = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Lovelace\r\nTEL:+15550001\r\nEND:VCARD\r\n";
const MCS: &str = "GET /mcs/v1/Services/*/Media";

/// A file on a phone.
#[derive(Clone, Copy)]
struct Attachment {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
}

const PICTURE: Attachment = Attachment { name: "roof.png", content_type: "image/png", bytes: PNG };

/// Sends a text with a file as that phone.
async fn send(app: &TestApp, address: &str, body: &str, file: Attachment) {
    let kept = app
        .http
        .post(format!("{}/sandbox/files?name={}", app.sandbox.url(), file.name))
        .header("content-type", file.content_type)
        .body(file.bytes);
    let url = Answer::of(kept).await.expect(201).json["url"].clone();
    let si = if address.starts_with("whatsapp:") { app.whatsapp() } else { app.sms() };
    let path = format!("/sandbox/handsets/{}/messages", crate::support::encoded(address));
    let message = json!({ "to": si, "body": body, "media": [url] });
    app.control(Method::POST, &path, message).await.expect(201);
}

/// The newest message of a person that has a file, once the file is in a state.
async fn entry(app: &TestApp, address: &str, state: &str) -> Value {
    eventually(&format!("a file is {state}"), async || {
        let session = app.sessions(address).await.into_iter().next()?;
        let entries = app.transcript(&session["session_id"]).await;
        entries.into_iter().rfind(|entry| entry["media"][0]["state"] == state)
    })
    .await
}

async fn fetch(app: &TestApp, entry: &Value, headers: &[(&str, &str)]) -> Answer {
    app.api_with(Method::GET, text(&entry["media"][0]["url"]), None, headers).await
}

/// The bytes that the API serves.
async fn served(app: &TestApp, entry: &Value) -> Vec<u8> {
    let url = format!("{}{}", app.url(), text(&entry["media"][0]["url"]));
    let answer = app.http.get(url).bearer_auth(API_TOKEN).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

/// How many files are in the folder.
fn kept(app: &TestApp) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&app.dir().join("media"))
}

/// How often Twilio's storage was asked, by nobody who showed credentials.
async fn storage(app: &TestApp) -> usize {
    let log = app.log("api").await;
    let asked = log.iter().filter(|entry| text(&entry["path"]).starts_with("/media/"));
    asked.inspect(|entry| assert_eq!(entry["status"], 200, "{entry}")).count()
}

async fn on_messaging() -> TestApp {
    let app = TestApp::with(&[("use_conversations_api", "false")]).await;
    let number = json!({ "number": app.whatsapp(), "sms_url": "https://si.example.com/webhooks/sms" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    app
}

#[tokio::test]
async fn a_picture_is_kept_and_served_whichever_way_it_came() {
    for app in [TestApp::start().await, on_messaging().await] {
        for address in [ANN, EVE] {
            send(&app, address, "Look!", PICTURE).await;
            app.phone(address).sees("You said: Look!").await;
            let entry = entry(&app, address, "stored").await;
            let file = &entry["media"][0];
            assert_eq!((&entry["text"], &file["content_type"]), (&json!("Look!"), &json!("image/png")));
            assert_eq!((&file["bytes"], text(&file["id"]).len()), (&json!(PNG.len()), 30));
            assert_eq!(served(&app, &entry).await, PNG);

            let answer = fetch(&app, &entry, &[]).await;
            assert_eq!(answer.header("content-type"), "image/png");
            assert_eq!(answer.header("content-length"), PNG.len().to_string());
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(answer.header("content-disposition").starts_with("inline"));
            let tag = answer.header("etag").to_owned();
            assert_eq!(tag.trim_matches('"').len(), 64, "{tag}");
            let unchanged = fetch(&app, &entry, &[("if-none-match", &tag)]).await.expect(304);
            assert_eq!((unchanged.header("etag"), &*unchanged.body), (&*tag, ""));
            let nobody = app.http.get(format!("{}{}", app.url(), text(&file["url"])));
            Answer::of(nobody).await.expect(401);

            let id = &app.session(address).await["session_id"];
            let page = app.get(&format!("/v1/sessions/{}/transcript?format=text", text(id))).await;
            assert!(page.body.contains(&format!("Look!\n    [image, {} bytes]", PNG.len())), "{}", page.body);
        }
        assert_eq!(storage(&app).await, 2);
        assert_eq!(kept(&app), 1, "the same bytes are kept once");
        assert_eq!(app.events_of("media.stored").await.len(), 2);
        app.get("/v1/media/med_unknown").await.problem(404, "not-found");
        app.get("/v1/media/..%2F..%2Fchannel.sqlite").await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_contact_is_told_by_name_and_offered_for_saving() {
    let app = TestApp::start().await;
    let card = Attachment { name: "ada.vcf", content_type: "text/vcard", bytes: CARD };
    send(&app, EVE, "", card).await;
    app.phone(EVE).sees("You sent: text/vcard").await;
    let entry = entry(&app, EVE, "stored").await;
    assert_eq!(entry["text"], format!("[contact Ada Lovelace, {} bytes]", CARD.len()));
    let answer = fetch(&app, &entry, &[]).await.expect(200);
    assert!(answer.header("content-disposition").starts_with("attachment"), "{:?}", answer.headers);
}

#[tokio::test]
async fn what_may_not_be_kept_is_noted_and_answered() {
    const LONG: &[u8] = &[7; 4_000];
    let app = TestApp::with(&[("media.max_bytes", "3000")]).await;
    for (file, why) in [
        (Attachment { name: "a.mp3", content_type: "audio/mpeg", bytes: LONG }, "media.max_bytes"),
        (Attachment { name: "a.html", content_type: "text/html", bytes: b"<script>" }, "not wanted"),
        (Attachment { name: "a.png", content_type: "image/png", bytes: b"<script>" }, "not of the type"),
    ] {
        send(&app, ANN, why, file).await;
        app.phone(ANN).sees(&format!("You said: {why}")).await;
        let entry = eventually("the file is refused", async || {
            let entry = entry(&app, ANN, "failed").await;
            (entry["text"] == why).then_some(entry)
        })
        .await;
        let detail = fetch(&app, &entry, &[]).await.problem(404, "media-not-available");
        assert!(detail.contains(why), "{detail}");
    }
    assert_eq!((kept(&app), app.events_of("media.failed").await.len()), (0, 3));
}

#[tokio::test]
async fn a_picture_that_no_webhook_told_of_is_found_and_kept() {
    for app in [TestApp::start().await, on_messaging().await] {
        app.phone(ANN).says("Hello").await;
        app.settled().await;
        app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdded" })).await;
        app.fault(json!({ "kind": "webhook_lost", "match": "inboundMessage" })).await;
        send(&app, ANN, "Look!", PICTURE).await;
        eventually("Twilio has told", async || (app.sandbox.under_way() == 0).then_some(())).await;
        assert_eq!(app.repaired().await["taken_in"], 1);
        let entry = entry(&app, ANN, "stored").await;
        assert_eq!(served(&app, &entry).await, PNG);
        app.settled().await;
        assert_eq!(app.repaired().await["missing"], 0);
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_whatever_was_said_of_its_size() {
    // Here the webhook tells no size.
    let app = TestApp::with(&[("media.max_bytes", "20"), ("use_conversations_api", "false")]).await;
    send(&app, ANN, "Look!", PICTURE).await;
    app.phone(ANN).sees("You said: Look!").await;
    entry(&app, ANN, "failed").await;
    assert_eq!(kept(&app), 0);
}

#[tokio::test]
async fn a_file_that_comes_late_is_waited_for() {
    let app = TestApp::start().await;
    app.fault(json!({ "kind": "status", "status": 404, "match": MCS, "count": 2 })).await;
    app.fault(json!({ "kind": "drop_before_effect", "match": MCS })).await;
    send(&app, ANN, "Look!", PICTURE).await;
    let entry = entry(&app, ANN, "stored").await;
    assert_eq!((served(&app, &entry).await, app.faults_left().await), (PNG.to_vec(), 0));
}

/// What a cognition server is told of a file.
async fn told(settings: Settings<'_>, fault: Option<Value>) -> (TestApp, Value) {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "text": "Nice." }));
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    let url = server.uri();
    let mut all = vec![("cognition.kind", "http"), ("cognition.url", &*url)];
    all.extend(settings);
    let app = TestApp::with(&all).await;
    if let Some(fault) = fault {
        app.fault(fault).await;
    }
    send(&app, ANN, "", PICTURE).await;
    app.phone(ANN).sees("Nice.").await;
    let asked: Value = server.received_requests().await.unwrap()[0].body_json().unwrap();
    (app, asked["message"].clone())
}

#[tokio::test]
async fn a_question_comes_with_its_files() {
    let (app, message) = told(&[("media.turn_wait", "20s")], None).await;
    let entry = entry(&app, ANN, "stored").await;
    let placeholder = format!("[image, {} bytes]", PNG.len());
    let file = &message["media"][0];
    assert_eq!((&message["text"], &entry["text"]), (&json!(""), &json!(placeholder)));
    assert_eq!((&file["id"], &file["url"]), (&entry["media"][0]["id"], &entry["media"][0]["url"]));
    assert_eq!((&file["state"], &file["content_type"]), (&json!("stored"), &json!("image/png")));
    assert_eq!((&file["size_bytes"], &file["placeholder"]), (&json!(PNG.len()), &json!(placeholder)));
}

#[tokio::test]
async fn a_question_does_not_wait_for_good_for_a_file_that_never_comes() {
    let gone = json!({ "kind": "status", "status": 404, "match": MCS, "always": true });
    let settings = [("media.turn_wait", "0s"), ("media.attempts", "2")];
    let (app, message) = told(&settings, Some(gone)).await;
    assert_eq!(message["media"][0]["state"], "pending");
    let entry = entry(&app, ANN, "failed").await;
    assert_eq!(entry["text"], format!("[image, {} bytes, not available]", PNG.len()));
    fetch(&app, &entry, &[]).await.problem(404, "media-not-available");
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 2, "the welcome and the answer");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_delays_files_and_no_texts() {
    let app = TestApp::with(&[("media.turn_wait", "0s"), ("media.attempts", "1")]).await;
    let incoming = app.dir().join("media/incoming");
    std::fs::remove_dir(&incoming).unwrap();
    send(&app, ANN, "Look!", PICTURE).await;
    app.phone(ANN).sees("You said: Look!").await;
    eventually("fetching was tried", async || (storage(&app).await > 0).then_some(())).await;
    entry(&app, ANN, "pending").await;
    std::fs::create_dir(&incoming).unwrap();
    let stored = entry(&app, ANN, "stored").await;
    assert_eq!(served(&app, &stored).await, PNG);
}

#[tokio::test]
async fn a_file_on_its_way_is_said_to_be() {
    let app = TestApp::with(&[("media.turn_wait", "0s")]).await;
    app.fault(json!({ "kind": "status", "status": 503, "match": MCS, "always": true })).await;
    send(&app, ANN, "Look!", PICTURE).await;
    let pending = entry(&app, ANN, "pending").await;
    let answer = fetch(&app, &pending, &[]).await;
    answer.problem(409, "media-pending");
    assert_eq!(answer.header("retry-after"), "1");
    app.control(Method::DELETE, "/sandbox/faults", Value::Null).await;
    let stored = entry(&app, ANN, "stored").await;
    assert_eq!(served(&app, &stored).await, PNG);
}

#[tokio::test]
async fn cut_off_while_a_file_is_fetched_it_is_fetched_after_the_next_start() {
    let mut app = TestApp::start().await;
    app.fault(json!({ "kind": "delay", "match": MCS, "delay_ms": 400 })).await;
    send(&app, ANN, "Look!", PICTURE).await;
    app.event("message.received").await;
    app.cut_off();
    app.begin().await;
    let entry = entry(&app, ANN, "stored").await;
    assert_eq!((served(&app, &entry).await, kept(&app)), (PNG.to_vec(), 1));
    app.phone(ANN).sees("You said: Look!").await;
    app.settled().await;
    assert_eq!(app.events_of("media.stored").await.len(), 1);
    assert_eq!(app.phone(ANN).count("You said: Look!").await, 1);
}

#[tokio::test]
async fn files_are_removed_when_their_time_is_over_and_the_note_stays() {
    let app = TestApp::with(&[("media.keep_days", "2")]).await;
    send(&app, ANN, "", PICTURE).await;
    let first = entry(&app, ANN, "stored").await;
    app.advance(SignedDuration::from_hours(30));
    // The same bytes came again: they stay for the sake of this one.
    send(&app, BOB, "", PICTURE).await;
    let second = entry(&app, BOB, "stored").await;
    app.advance(SignedDuration::from_hours(30));
    let gone = async |entry: &Value| {
        eventually("the file is removed", async || {
            (fetch(&app, entry, &[]).await.status == 410).then_some(())
        })
        .await;
    };
    gone(&first).await;
    fetch(&app, &first, &[]).await.problem(410, "media-removed");
    assert_eq!((served(&app, &second).await, kept(&app)), (PNG.to_vec(), 1));
    let words = format!("[image, {} bytes, no longer kept]", PNG.len());
    let session = &app.sessions(ANN).await[0]["session_id"];
    let said = app.transcript(session).await;
    assert!(said.iter().any(|entry| entry["text"] == words), "{said:?}");
    app.advance(SignedDuration::from_hours(30));
    gone(&second).await;
    assert_eq!((kept(&app), app.events_of("media.removed").await.len()), (0, 2));
}

#[tokio::test]
async fn a_shared_place_reads_as_one() {
    let app = on_messaging().await;
    let form = [
        ("MessageSid", format!("SM{}", "7".repeat(32))),
        ("AccountSid", app.sandbox.account_sid()),
        ("From", EVE.to_owned()),
        ("To", app.whatsapp()),
        ("Body", String::new()),
        ("NumMedia", "0".to_owned()),
        ("Latitude", "59.91".to_owned()),
        ("Longitude", "10.75".to_owned()),
        ("Label", "Oslo".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    app.webhook("/webhooks/sms", &form).await.expect(200);
    app.session(EVE).await;
    let place = "[location 59.91, 10.75: Oslo]";
    eventually("the place is told", async || {
        let said = app.transcript(&app.session(EVE).await["session_id"]).await;
        said.iter().any(|entry| entry["text"] == place).then_some(())
    })
    .await;
    let received = app.event("message.received").await;
    assert_eq!(received["data"]["details"]["location"]["latitude"], 59.91);
}
