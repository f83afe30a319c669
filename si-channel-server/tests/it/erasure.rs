//! A person who asks to be erased is gone from everything, and is never written to again unless they ask for it.

use std::path::Path;

use reqwest::Method;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::audit::{exported, verified};
use crate::support::{ANN, Answer, BOB, Log, TestApp, encoded, eventually, form_of, text};

const ZELDA: &str = "+15557778477";
const DIGITS: &str = "5557778477";
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR Secretly-Pictured";

/// What must not be found anywhere; each is of Zelda alone.
const PERSONAL: [&str; 8] = [
    DIGITS,
    "555-777-8477",
    "Zelda",
    "Secret-Alone",
    "Secret-Group",
    "Secret-Caption",
    "secret-roof",
    "Secretly-Pictured",
];

fn person(address: &str) -> String {
    format!("/v1/people/{}", encoded(address))
}

async fn erase(app: &TestApp, address: &str) -> Value {
    app.api(Method::DELETE, &person(address), None).await.expect(202).json
}

async fn status(app: &TestApp, accepted: &Value) -> Value {
    app.get(text(&accepted["status_url"])).await.expect(200).json
}

async fn phase(app: &TestApp, accepted: &Value, phase: &str) -> Value {
    eventually(&format!("the erasure is {phase}"), async || {
        Some(status(app, accepted).await).filter(|status| status["phase"] == phase)
    })
    .await
}

async fn send_picture(app: &TestApp, address: &str, body: &str) {
    let file = app
        .http
        .post(format!("{}/sandbox/files?name=secret-roof.png", app.sandbox.url()))
        .header("content-type", "image/png")
        .body(PICTURE);
    let url = Answer::of(file).await.expect(201).json["url"].clone();
    let path = format!("/sandbox/handsets/{}/messages", encoded(address));
    app.control(Method::POST, &path, json!({ "to": app.sms(), "body": body, "media": [url] }))
        .await
        .expect(201);
}

/// Where a text is stored: in a column of a table, or in the bytes of a file.
fn stored(app: &TestApp, wanted: &str) -> Vec<String> {
    let mut places = Vec::new();
    let conn = Connection::open_with_flags(
        app.dir().join("channel.sqlite"),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .unwrap();
    let column = |sql: &str| -> Vec<String> {
        let mut rows = conn.prepare(sql).unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for table in column("SELECT name FROM sqlite_schema WHERE type = 'table'") {
        for name in column(&format!("SELECT name FROM pragma_table_info('{table}')")) {
            let sql = format!(
                "SELECT CAST(\"{name}\" AS TEXT) FROM \"{table}\" \
                 WHERE instr(lower(CAST(\"{name}\" AS TEXT)), lower('{wanted}'))"
            );
            places.extend(column(&sql).into_iter().map(|row| format!("{table}.{name}: {row}")));
        }
    }
    drop(conn);
    files(app.dir(), wanted.as_bytes(), &mut places);
    places
}

fn files(folder: &Path, wanted: &[u8], places: &mut Vec<String>) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files(&path, wanted, places);
        } else if std::fs::read(&path).unwrap().windows(wanted.len()).any(|bytes| bytes == wanted) {
            places.push(path.display().to_string());
        }
    }
}

/// Everything that the API tells: sessions, transcripts, events, messages, consent.
async fn told(app: &TestApp) -> String {
    let mut all = String::new();
    let sessions = app.get("/v1/sessions?limit=100").await.expect(200).items();
    for session in &sessions {
        for form in ["json", "text", "html"] {
            let path = format!("/v1/sessions/{}/transcript?format={form}", text(&session["session_id"]));
            all.push_str(&app.get(&path).await.body);
        }
        all.push_str(&session.to_string());
    }
    all.push_str(&Value::from(app.events().await).to_string());
    all.push_str(&app.get("/v1/outbound?limit=100").await.body);
    all
}

/// Zelda alone, then in Bob's group.
async fn acquainted(app: &TestApp) {
    let zelda = app.phone(ZELDA);
    zelda.says("Secret-Alone").await;
    send_picture(app, ZELDA, "Secret-Caption").await;
    zelda.sees("Secret-Caption").await;
    app.event("media.stored").await;
    app.phone(BOB).says("Hello").await;
    let code = app.phone(BOB).invites().await;
    zelda.text(&format!("join {code} Zelda")).await;
    app.phone(BOB).sees("Zelda joined the conversation.").await;
    zelda.says("Secret-Group").await;
    app.phone(BOB).sees("Zelda: Secret-Group").await;
    app.phone(BOB).says("Zelda, is 555-777-8477 your number?").await;
    app.settled().await;
}

#[tokio::test]
async fn nothing_of_an_erased_person_is_left_in_any_table_file_log_or_answer() {
    let log = Log::kept();
    let app = TestApp::start().await;
    // What goes wrong is told of in the log.
    app.fault(json!({ "kind": "status", "match": "POST /conversations", "status": 503, "count": 2 })).await;
    acquainted(&app).await;
    let forged =
        [("From", ZELDA), ("Body", "Secret-Alone")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    app.webhook_signed("/webhooks/sms", &forged.clone().into(), "forged").await.expect(403);
    app.webhook("/webhooks/sms", &forged.into()).await.expect(400);
    app.post("/v1/messages", json!({ "to": ZELDA, "words": "Secret-Alone" })).await.expect(400);
    app.get(&format!("/v1/sessions?address={}&name=Zelda", encoded(ZELDA))).await;
    app.post("/v1/messages", json!({ "to": ZELDA, "text": "Dear Zelda" })).await.expect(202);
    app.settled().await;
    for wanted in PERSONAL {
        assert!(!stored(&app, wanted).is_empty(), "{wanted} is there before");
    }
    let visitor = app.get(&person(ZELDA)).await.expect(200).json["visitor_id"].clone();
    let account = json!({ "account_id": "account-1", "name": "Zelda" });
    app.api(Method::PUT, &person(ZELDA), Some(&account)).await.expect(200);
    app.phone(ZELDA).text("Stop, please.").await;
    app.phone(ZELDA).sees("You have opted out").await;
    app.post("/v1/messages", json!({ "to": ZELDA, "text": "Dear Zelda" })).await.problem(403, "opted-out");
    app.settled().await;
    let before = app.events().await;
    app.fault(json!({ "kind": "status", "match": "DELETE /", "status": 500, "count": 3 })).await;

    let accepted = erase(&app, ZELDA).await;
    assert_eq!(erase(&app, ZELDA).await, accepted, "asked again it is the same erasure");
    let done = phase(&app, &accepted, "done").await;
    assert_eq!((&done["at_twilio"]["due"], &done["at_twilio"]["kept"]), (&json!(0), &json!(0)), "{done}");
    assert!(done["at_twilio"]["deleted"].as_u64().unwrap() > 0 && done["removed_at"].is_string());

    let told = told(&app).await;
    for wanted in PERSONAL {
        assert_eq!(stored(&app, wanted), [""; 0], "{wanted}");
        assert!(!told.contains(wanted), "the API tells {wanted}");
        assert!(!done.to_string().contains(wanted), "the status tells {wanted}");
    }
    assert_eq!(stored(&app, text(&visitor)), [""; 0], "the visitor that the number was");
    let lines = log.lines();
    assert!(lines.iter().any(|line| line.contains("put off")), "the log is kept: {lines:?}");
    log.is_free_of(&PERSONAL);
    log.is_free_of(&[text(&visitor), "account-1"]);
    // The audit log verifies, and tells nothing.
    let file = app.dir().join("channel.sqlite");
    let (verifies, report) = verified(&file, &[]);
    assert!(verifies, "{report}");
    assert_eq!(exported(&file, &["--address", ZELDA]), "");
    for export in [exported(&file, &[]), exported(&file, &["--format", "csv"])] {
        assert!(
            export.contains("erasure@1") && PERSONAL.iter().all(|wanted| !export.contains(wanted)),
            "{export}"
        );
    }
    let audit = app.get("/v1/audit?limit=100").await.expect(200).body;
    assert!(audit.contains("erasure@1") && PERSONAL.iter().all(|wanted| !audit.contains(wanted)), "{audit}");
    // Ids and numbers of events are as they were, and there is none in between.
    let after = app.events().await;
    for (was, is) in before.iter().zip(&after) {
        for name in ["id", "type", "sequence", "time"] {
            assert_eq!(was[name], is[name]);
        }
    }
    // Bob's texts are his.
    let bobs = app.transcript(&app.session(BOB).await["session_id"]).await;
    let texts: Vec<&str> = bobs.iter().map(|entry| text(&entry["text"])).collect();
    assert!(texts.contains(&"Hello"), "{texts:?}");
    let token = text(&accepted["person"]);
    assert!(texts.contains(&format!("[erased], is {token} your number?").as_str()), "{texts:?}");
    // Twilio holds nothing either.
    let twilio = app.state().await.to_string();
    for wanted in ["Secret-Alone", "Secret-Group", "Secret-Caption", "Zelda joined"] {
        assert!(!twilio.contains(wanted), "Twilio holds {wanted}");
    }
}

#[tokio::test]
async fn an_erased_person_is_written_to_again_only_after_start_from_their_own_phone() {
    let app = TestApp::start().await;
    app.phone(ZELDA).says("Secret-Alone").await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let accepted = erase(&app, ZELDA).await;
    phase(&app, &accepted, "done").await;

    let consent = format!("/v1/consent/{}", encoded(ZELDA));
    for address in [ZELDA.to_owned(), format!("whatsapp:{ZELDA}")] {
        app.post("/v1/messages", json!({ "to": address, "text": "Hi" })).await.problem(403, "opted-out");
    }
    let agreed = json!({ "state": "granted", "evidence": { "source": "form" } });
    app.api(Method::PUT, &consent, Some(&agreed)).await.problem(403, "opted-out");
    let token = text(&accepted["person"]);
    let path = format!("/v1/consent/{token}");
    assert_eq!(app.get(&path).await.expect(200).json["method"], "erasure");
    app.api(Method::PUT, &path, Some(&agreed)).await.problem(403, "opted-out");
    assert_eq!(stored(&app, DIGITS), [""; 0], "asking left no trace");

    app.phone(ZELDA).text("START").await;
    eventually("consent again", async || (app.get(&consent).await.json["state"] == "granted").then_some(()))
        .await;
    app.phone(ZELDA).says("I am back").await;
    let whatsapp = json!({ "to": format!("whatsapp:{ZELDA}"), "text": "Hi" });
    app.post("/v1/messages", whatsapp).await.problem(403, "opted-out");

    // And again.
    app.settled().await;
    let again = erase(&app, ZELDA).await;
    assert_ne!(again["erasure_id"], accepted["erasure_id"]);
    assert_eq!(again["person"], accepted["person"]);
    phase(&app, &again, "done").await;
    for wanted in [DIGITS, "I am back"] {
        assert_eq!(stored(&app, wanted), [""; 0], "{wanted}");
    }
    assert_eq!(erase(&app, ZELDA).await["erasure_id"], again["erasure_id"], "nothing came in since");
}

#[tokio::test]
async fn what_comes_late_or_again_brings_nobody_back() {
    let app = TestApp::start().await;
    acquainted(&app).await;
    let webhooks: Vec<Value> = app
        .log("webhook")
        .await
        .into_iter()
        .filter(|sent| text(&sent["url"]).ends_with("/webhooks/conversations"))
        .collect();
    assert!(webhooks.len() > 5);
    let accepted = erase(&app, ZELDA).await;
    phase(&app, &accepted, "done").await;
    let events = app.events().await.len();
    for sent in &webhooks {
        let mut form = form_of(&sent["params"]);
        app.webhook("/webhooks/conversations", &form).await.expect(200);
        // The same news as if it had been held up until now.
        for (name, value) in &mut form {
            if name == "MessageSid" || name == "ParticipantSid" || name == "DeliveryReceiptSid" {
                value.replace_range(2..8, "fedcba");
            }
        }
        if form.iter().any(|(_, value)| value.contains(DIGITS)) {
            app.webhook("/webhooks/conversations", &form).await.expect(200);
        }
    }
    app.settled().await;
    for wanted in PERSONAL {
        assert_eq!(stored(&app, wanted), [""; 0], "{wanted}");
    }
    assert_eq!(app.events().await.len(), events);
}

#[tokio::test]
async fn a_legal_hold_keeps_everything_until_it_is_released() {
    let app = TestApp::start().await;
    app.phone(ZELDA).says("Secret-Alone").await;
    app.settled().await;
    let hold = format!("{}/hold", person(ZELDA));
    for wrong in [json!({}), json!({ "reason": "", "by": "counsel" }), json!({ "reason": "suit" })] {
        app.api(Method::PUT, &hold, Some(&wrong)).await.expect(400);
    }
    let demand = json!({ "reason": "Smith v. Acme", "by": "counsel" });
    app.api(Method::PUT, &hold, Some(&demand)).await.expect(200);
    let accepted = erase(&app, ZELDA).await;
    let waiting = phase(&app, &accepted, "held").await;
    assert_eq!(waiting["waits_for_hold"]["reason"], "Smith v. Acme");
    assert!(!stored(&app, "Secret-Alone").is_empty());
    assert_eq!(
        app.get(&format!("{}/erasure", person(ZELDA))).await.expect(200).json["hold"]["by"],
        "counsel"
    );

    app.api(Method::DELETE, &hold, None).await.expect(204);
    app.api(Method::DELETE, &hold, None).await.expect(204);
    phase(&app, &accepted, "done").await;
    assert_eq!(stored(&app, "Secret-Alone"), [""; 0]);
    assert_eq!(app.get(&format!("{}/erasure", person(ZELDA))).await.expect(200).json["hold"], Value::Null);
}

#[tokio::test]
async fn an_erasure_survives_a_restart_and_is_asked_for_once_by_key() {
    let mut app = TestApp::start().await;
    app.phone(ZELDA).says("Secret-Alone").await;
    app.settled().await;
    let key = [("idempotency-key", "k1")];
    let first = app.api_with(Method::DELETE, &person(ZELDA), None, &key).await.expect(202).json;
    app.restart().await;
    phase(&app, &first, "done").await;
    assert_eq!(app.api_with(Method::DELETE, &person(ZELDA), None, &key).await.expect(202).json, first);
    assert_eq!(stored(&app, DIGITS), [""; 0]);
    app.api_with(Method::DELETE, &person(ZELDA), None, &[("idempotency-key", "")]).await.expect(400);
    app.api(Method::DELETE, "/v1/people/nobody", None).await.expect(400);
    app.api(Method::DELETE, &person(&app.sms()), None).await.expect(400);
    app.api(Method::DELETE, &person(text(&first["person"])), None).await.expect(400);
    app.get("/v1/erasures/era_none").await.expect(404);

    // Without its key the suppression would not be known.
    app.stop().await;
    std::fs::remove_file(app.dir().join("channel.sqlite.person-key")).unwrap();
    let config = app.config();
    let error =
        si_channel_server::app::start(&config, si_channel_server::clock::Clock::new()).await.unwrap_err();
    assert!(error.to_string().contains("restore it from its backup"), "{error}");
}
