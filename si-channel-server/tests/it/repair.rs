//! What Twilio holds and no webhook brought.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ANN, API_TOKEN, BOB, EVE, TestApp, encoded, eventually, text};

/// The list of texts to a number of ours.
const LIST: &str = "GET /api/2010-04-01/Accounts/*/Messages.json";
const CREATE: &str = "POST /conversations/v1/Conversations/*/Messages";

impl TestApp {
    /// A text that Twilio takes and nobody is told of, since no server answers.
    async fn texts_in_vain(&self, address: &str, body: &str) {
        self.phone(address).text(body).await;
        self.twilio_is_done().await;
    }

    async fn twilio_is_done(&self) {
        eventually("Twilio has given up", async || (self.sandbox.under_way() == 0).then_some(())).await;
    }

    /// Compares now; the report.
    pub(crate) async fn repaired(&self) -> Value {
        self.api(Method::POST, "/v1/repair", None).await.expect(200).json
    }

    /// What the last comparison found, once there was one.
    async fn compared(&self) -> Value {
        eventually("a comparison", async || {
            let seen = self.get("/v1/repair").await.expect(200).json;
            Some(seen["last"].clone()).filter(|last| !last.is_null())
        })
        .await
    }

    /// How often Twilio was asked for a path since an entry of its log; and its newest entry.
    async fn asked(&self, path: &str, after: u64) -> (usize, u64) {
        let path = format!("/sandbox/log?kind=api&method=GET&after={after}&path={}", encoded(path));
        let log = self.control(Method::GET, &path, Value::Null).await.expect(200).json;
        (log["entries"].as_array().unwrap().len(), log["next"].as_u64().unwrap())
    }
}

#[tokio::test]
async fn a_text_that_came_while_no_server_ran_is_answered_once() {
    let mut app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    app.stop().await;
    app.texts_in_vain(ANN, "Anybody there?").await;
    // Somebody who is not known yet, on a conversation that nobody was told of.
    app.texts_in_vain(BOB, "Hi, I am new").await;
    app.begin().await;
    app.phone(ANN).sees("You said: Anybody there?").await;
    app.phone(BOB).sees("You said: Hi, I am new").await;
    app.settled().await;
    let last = app.compared().await;
    assert_eq!(
        (&last["cause"], &last["missing"], &last["taken_in"]),
        (&json!("start"), &json!(2), &json!(2))
    );
    // The webhook after all, and other comparisons: nothing changes.
    for body in ["Anybody there?", "Hi, I am new"] {
        let late = app.sent_webhook("onMessageAdded", |params| params["Body"] == body).await;
        app.webhook("/webhooks/conversations", &late).await.expect(200);
    }
    let again = app.repaired().await;
    assert_eq!(
        (&again["missing"], &again["taken_in"], &again["trouble"]),
        (&json!(0), &json!(0), &Value::Null)
    );
    app.restart().await;
    app.settled().await;
    assert_eq!(app.phone(ANN).count("You said: Anybody there?").await, 1);
    assert_eq!(app.phone(BOB).count("You said: Hi, I am new").await, 1);
    assert_eq!(app.events_of("message.received").await.len(), 3);
    assert_eq!(app.sessions(BOB).await.len(), 1);
    let said = app.transcript(&app.session(ANN).await["session_id"]).await;
    let said: Vec<&str> = said.iter().map(|entry| text(&entry["text"])).collect();
    assert!(said.ends_with(&["Anybody there?", "You said: Anybody there?"]), "{said:?}");
}

#[tokio::test]
async fn f42_what_waits_at_start_does_not_overtake_a_stop_that_nobody_heard() {
    let mut app = TestApp::start().await;
    let phone = app.phone(EVE);
    phone.says("Hello").await;
    app.settled().await;
    let refused = json!({ "kind": "status", "match": CREATE, "status": 429, "always": true });
    app.fault(refused).await;
    let sent = app.post("/v1/messages", json!({ "to": EVE, "text": "Not any more" })).await.expect(202).json;
    eventually("it was tried", async || {
        let log = app.log("api").await;
        log.iter().any(|entry| entry["status"] == 429).then_some(())
    })
    .await;
    app.stop().await;
    app.control(Method::DELETE, "/sandbox/faults", Value::Null).await.expect(200);
    app.texts_in_vain(EVE, "STOP").await;
    // What waits is due long before Twilio has answered.
    app.fault(json!({ "kind": "delay", "match": LIST, "delay_ms": 1500, "count": 2 })).await;
    app.advance(SignedDuration::from_mins(1));
    app.begin().await;
    app.event("consent.revoked").await;
    app.settled().await;
    assert_eq!(app.phone(EVE).count("Not any more").await, 0);
    let id = text(&sent["id"]);
    assert_eq!(app.get(&format!("/v1/outbound/{id}")).await.expect(200).json["state"], "cancelled");
}

#[tokio::test]
async fn what_waits_at_start_is_sent_in_time_when_twilio_does_not_say_what_was_missed() {
    let mut app = TestApp::with(&[("repair.hold_sends", "300ms")]).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    app.stop().await;
    app.fault(json!({ "kind": "status", "match": LIST, "status": 503, "always": true })).await;
    app.begin().await;
    app.post("/v1/messages", json!({ "to": ANN, "text": "Sent all the same" })).await.expect(202);
    app.phone(ANN).sees("Sent all the same").await;
}

#[tokio::test]
async fn a_webhook_that_was_lost_is_made_good_when_it_is_time() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdded" })).await;
    app.texts_in_vain(ANN, "Do you hear me?").await;
    app.advance(SignedDuration::from_mins(6));
    app.phone(ANN).sees("You said: Do you hear me?").await;
    app.settled().await;
    let last = app.compared().await;
    assert_eq!((&last["cause"], &last["missing"], &last["taken_in"]), (&json!("time"), &json!(1), &json!(1)));
}

#[tokio::test]
async fn one_of_two_texts_alike_is_found_missing() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    for lost in [false, true, false] {
        if lost {
            app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdded" })).await;
        }
        app.texts_in_vain(ANN, "ok").await;
        app.settled().await;
    }
    let report = app.repaired().await;
    assert_eq!((&report["compared"], &report["missing"]), (&json!(4), &json!(1)));
    app.settled().await;
    assert_eq!(app.phone(ANN).count("You said: ok").await, 3);
}

#[tokio::test]
async fn what_the_requests_of_one_comparison_do_not_reach_is_found_by_the_next() {
    let mut app = TestApp::with(&[("repair.requests", "5"), ("repair.every", "2s")]).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    app.stop().await;
    let phones: Vec<String> = (0..8).map(|n| format!("+155577702{n:02}")).collect();
    for phone in &phones {
        app.texts_in_vain(phone, "Anybody there?").await;
    }
    app.set("repair.every", "24h");
    app.begin().await;
    let first = app.compared().await;
    assert_eq!((&first["left_over"], &first["requests"]), (&json!(true), &json!(5)));
    let mut rounds = 0;
    while app.repaired().await["left_over"] == true {
        rounds += 1;
        assert!(rounds < 10, "it does not come to an end");
    }
    for phone in &phones {
        app.phone(phone).sees("You said: Anybody there?").await;
    }
    app.settled().await;
    for phone in &phones {
        assert_eq!(app.phone(phone).count("You said: Anybody there?").await, 1);
    }
}

#[tokio::test]
async fn conversations_in_which_nothing_was_missed_cost_no_requests() {
    let mut app = TestApp::with(&[("policy.flood.new_numbers", "1000")]).await;
    let phones: Vec<String> = (0..200).map(|n| format!("+155577703{n:02}", n = 1000 + n)).collect();
    for phone in &phones {
        app.phone(phone).text("Hello").await;
    }
    for phone in &phones {
        app.phone(phone).sees("You said: Hello").await;
    }
    app.settled().await;
    app.stop().await;
    app.texts_in_vain(ANN, "I am the only one").await;
    let (_, before) = app.asked("", 0).await;
    app.begin().await;
    app.phone(ANN).sees("You said: I am the only one").await;
    let report = app.compared().await;
    assert_eq!((&report["missing"], &report["compared"]), (&json!(1), &json!(201)));
    // A list for each number, the conversations of the one who was missed, and its messages.
    assert_eq!(report["requests"], 4);
    let (asked, _) = app.asked("Messages.json", before).await;
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn on_programmable_messaging_what_came_is_taken_in() {
    let app = TestApp::with(&[("use_conversations_api", "false")]).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    app.fault(json!({ "kind": "webhook_lost", "match": "inboundMessage" })).await;
    app.texts_in_vain(ANN, "Lost").await;
    let report = app.repaired().await;
    assert_eq!((&report["missing"], &report["taken_in"]), (&json!(1), &json!(1)));
    app.phone(ANN).sees("You said: Lost").await;
    app.settled().await;
    assert_eq!(app.repaired().await["missing"], 0);
    assert_eq!(app.phone(ANN).count("You said: Lost").await, 1);
}

#[tokio::test]
async fn a_text_into_a_conversation_that_took_the_place_of_a_closed_one_is_found() {
    let mut app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let sid = text(&app.session(ANN).await["conversation_sid"]).to_owned();
    app.stop().await;
    let path = format!("/conversations/v1/Conversations/{sid}");
    app.as_admin(Method::POST, &path, &[("State", "closed")]).await.expect(200);
    app.texts_in_vain(ANN, "Hello again").await;
    app.begin().await;
    app.phone(ANN).sees("You said: Hello again").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).count("You said: Hello again").await, 1);
    let session = app.session(ANN).await;
    assert_ne!(text(&session["conversation_sid"]), sid);
    assert_eq!(app.repaired().await["missing"], 0);
}

/// A message of ours of which nothing is heard any more, once it has come to Ann's phone.
async fn unheard_of(app: &TestApp, event: &str) -> String {
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    app.fault(json!({ "kind": "webhook_lost", "match": event, "always": true })).await;
    let sent = app.post("/v1/messages", json!({ "to": ANN, "text": "Did it come?" })).await.expect(202).json;
    app.phone(ANN).sees("Did it come?").await;
    app.settled().await;
    let id = text(&sent["id"]).to_owned();
    assert_eq!(app.get(&format!("/v1/outbound/{id}")).await.expect(200).json["state"], "accepted");
    id
}

#[tokio::test]
async fn a_message_whose_receipts_were_lost_is_asked_after_once_it_is_known_what_became_of_it() {
    for (settings, event) in
        [(&[][..], "onDeliveryUpdated"), (&[("use_conversations_api", "false")][..], "messageStatus")]
    {
        let app = TestApp::with(settings).await;
        let id = unheard_of(&app, event).await;
        let report = app.repaired().await;
        assert_eq!((&report["receipts"], &report["missing"]), (&json!(1), &json!(0)), "{event}");
        eventually("its state", async || {
            let one = app.get(&format!("/v1/outbound/{id}")).await.expect(200).json;
            (one["state"] == "delivered").then_some(())
        })
        .await;
        app.settled().await;
        let again = app.repaired().await;
        assert_eq!((&again["receipts"], &again["requests"]), (&json!(0), &json!(2)), "{event}");
    }
}

#[tokio::test]
async fn the_command_has_the_server_compare_and_tells_people_and_programs() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdded" })).await;
    app.texts_in_vain(ANN, "Do you hear me?").await;
    let listen = app.url().replace("http://", "");
    let run = |args: &'static [&'static str], token: &'static str| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_si-channel-server"));
        command.args(args).env_clear();
        command.env("SI_CHANNEL_LISTEN", &listen).env("SI_CHANNEL_API_TOKEN", token);
        async move { command.output().await.unwrap() }
    };
    let output = run(&["repair", "--json"], API_TOKEN).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["cause"], &report["taken_in"]), (&json!("request"), &json!(1)));
    app.phone(ANN).sees("You said: Do you hear me?").await;
    app.settled().await;
    let told = String::from_utf8(run(&["repair"], API_TOKEN).await.stdout).unwrap();
    assert!(told.contains("       0  not known here before"), "{told}");
    let refused = run(&["repair"], "another").await;
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("401"));
    app.api_with(Method::DELETE, "/v1/repair", None, &[]).await.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn a_stop_that_is_found_after_it_was_said_again_and_taken_back_changes_nothing() {
    let app = TestApp::start().await;
    let phone = app.phone(EVE);
    phone.says("Hello").await;
    app.settled().await;
    app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdded" })).await;
    app.texts_in_vain(EVE, "STOP").await;
    phone.text("STOP").await;
    app.event("consent.revoked").await;
    phone.text("START").await;
    phone.says("I am back").await;
    app.settled().await;
    let before = app.events_of("consent.revoked").await.len();
    assert_eq!(app.repaired().await["taken_in"], 1);
    app.settled().await;
    phone.says("Still here").await;
    assert_eq!(app.events_of("consent.revoked").await.len(), before);
}
