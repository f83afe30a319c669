//! Faults that no other file is about, by their numbers in the list that the requirements refer to.

use jiff::SignedDuration;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, CLOSED, TestApp, eventually, form_of, text};

const PATH: &str = "/webhooks/conversations";

#[tokio::test]
async fn f16_a_delivery_counts_once_after_a_restart_two_days_and_six_days() {
    let mut app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let delivery = app.sent_webhook("onMessageAdded", |params| params["Body"] == "Hello").await;
    for hours in [0, 47, 24 * 6 - 47] {
        app.advance(SignedDuration::from_hours(hours));
        app.restart().await;
        app.settled().await;
        app.webhook(PATH, &delivery).await.expect(200);
        app.settled().await;
        assert_eq!(app.events_of("message.received").await.len(), 1);
        assert_eq!(app.phone(ANN).count("You said: Hello").await, 1);
        assert_eq!(app.sessions(ANN).await.len(), 1);
    }
}

#[tokio::test]
async fn f17_receipts_in_reverse_order_end_as_read_with_all_of_them_in_the_history() {
    let app = TestApp::start().await;
    let phone = app.phone("whatsapp:+15557770004");
    app.fault(json!({ "kind": "webhook_lost", "match": "onDeliveryUpdated", "count": 100 })).await;
    phone.says("Hello").await;
    let receipts = eventually("the answer is read at Twilio", async || {
        let log = app.log("webhook").await;
        let receipts: Vec<Value> = log
            .into_iter()
            .filter(|entry| entry["event"] == "onDeliveryUpdated")
            .map(|entry| entry["params"].clone())
            .collect();
        let of = |sid: &Value| -> Vec<Value> {
            receipts.iter().filter(|params| params["MessageSid"] == *sid).cloned().collect()
        };
        receipts.iter().find(|params| params["Status"] == "read").map(|read| of(&read["MessageSid"]))
    })
    .await;
    app.settled().await;
    assert!(receipts.len() >= 3, "{receipts:?}");
    for params in receipts.iter().rev() {
        app.webhook(PATH, &form_of(params)).await.expect(200);
        app.settled().await;
    }
    let sid = &receipts[0]["MessageSid"];
    let items = app.get("/v1/outbound").await.expect(200).items();
    let message = items.iter().find(|one| one["message_sid"] == *sid).expect("the message is known");
    assert_eq!(message["state"], "read");
    let id = text(&message["id"]);
    let message = app.get(&format!("/v1/outbound/{id}")).await.expect(200).json;
    let history = message.to_string();
    for params in &receipts {
        assert!(
            history.contains(&format!("{}", params["Status"])),
            "{} is missing: {history}",
            params["Status"]
        );
    }
}

#[tokio::test]
async fn f41_a_receipt_of_a_message_that_nobody_knows_is_given_up_in_time() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let known = app.sent_webhook("onDeliveryUpdated", |_| true).await;
    let strange = |name: &str, value: &str| match name {
        "MessageSid" => format!("IM{}", "9".repeat(32)),
        "DeliveryReceiptSid" => format!("DY{}", "9".repeat(32)),
        _ => value.to_owned(),
    };
    let unknown = known.iter().map(|(name, value)| (name.clone(), strange(name, value))).collect::<Vec<_>>();
    app.webhook(PATH, &unknown).await.expect(200);
    app.phone(ANN).says("Others go on").await;
    // It waits for the message a while, and not for ever.
    eventually("nothing waits", async || {
        app.advance(SignedDuration::from_mins(1));
        let depths = app.depths().await;
        (depths["inputs"] == 0 && depths["quarantined"] == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn f77_a_poisoned_input_is_set_aside_and_its_queue_goes_on() {
    let mut app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let conversation = text(&app.session(ANN).await["conversation_sid"]).to_owned();
    app.stop().await;
    // What no version of this server ever wrote, at the head of Ann's own queue.
    let poison = Connection::open(app.dir().join("channel.sqlite")).unwrap();
    let lane: String = poison
        .query_row("SELECT lane FROM inputs WHERE lane LIKE ?1", [format!("%{conversation}%")], |row| {
            row.get(0)
        })
        .unwrap();
    poison
        .execute(
            "INSERT INTO inputs (key, lane, body, at_ms, due_ms) VALUES ('poison', ?1, '{\"webhook\":\"nothing\"}', 0, 0)",
            [&lane],
        )
        .unwrap();
    drop(poison);
    app.begin().await;
    app.phone(BOB).says("Hi").await;
    app.phone(ANN).says("Do you still hear me?").await;
    eventually("it is set aside", async || (app.depths().await["quarantined"] == 1).then_some(())).await;
}

#[tokio::test]
async fn f79_a_text_in_the_moment_of_closing_is_answered_in_the_old_session_or_a_new_one() {
    for _ in 0..4 {
        let app = TestApp::start().await;
        app.phone(ANN).says("Hello").await;
        app.settled().await;
        app.advance(SignedDuration::from_mins(31));
        app.phone(ANN).sees("Are you still there?").await;
        app.settled().await;
        app.advance(SignedDuration::from_mins(11));
        app.phone(ANN).text("Just in time").await;
        app.phone(ANN).sees("You said: Just in time").await;
        app.settled().await;
        assert_eq!(app.phone(ANN).count("You said: Just in time").await, 1);
        let sessions = app.sessions(ANN).await;
        let closed = app.phone(ANN).received().await.iter().any(|body| body.contains(CLOSED));
        // Having been said goodbye to, the person may still have come in time to take the session up again.
        assert!(sessions.len() == 1 || (closed && sessions.len() == 2), "{sessions:?}");
        assert_eq!(sessions[0]["state"], "active");
    }
}
