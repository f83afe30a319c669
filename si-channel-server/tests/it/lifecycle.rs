//! Stopping, dying and starting again: what was acknowledged is done, once.

use std::time::Duration;

use jiff::SignedDuration;
use rusqlite::Connection;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ANN, BOB, EVE, PATIENCE, TestApp, eventually, outage};

const CREATE: &str = "POST /conversations/v1/Conversations/*/Messages";

/// Returns once Twilio has had this many texts of people acknowledged.
async fn acknowledged(app: &TestApp, count: usize) {
    eventually("the texts are acknowledged", async || {
        let log = app.log("webhook").await;
        let taken = log.iter().filter(|entry| {
            entry["event"] == "onMessageAdded" && entry["params"]["Source"] != "API" && entry["status"] == 200
        });
        (taken.count() >= count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_in_hand_is_finished_before_the_end() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "text": "Here I am." }));
    Mock::given(wiremock::matchers::any())
        .respond_with(answer.set_delay(Duration::from_millis(300)))
        .mount(&server)
        .await;
    let url = server.uri();
    let mut app = TestApp::with(&[("cognition.kind", "http"), ("cognition.url", &url)]).await;
    app.phone(ANN).text("Are you there?").await;
    eventually("the question is asked", async || {
        server.received_requests().await.filter(|requests| !requests.is_empty())
    })
    .await;
    app.stop().await;
    app.begin().await;
    app.phone(ANN).sees("Here I am.").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 2);
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "the question was not asked again");
}

#[tokio::test]
async fn a_waiting_reader_does_not_hold_the_end_up() {
    let mut app = TestApp::with(&[("limits.shutdown_grace", "10m")]).await;
    let url = format!("{}/v1/events?wait=60", app.url());
    let reader = tokio::spawn(app.http.get(url).bearer_auth(crate::support::API_TOKEN).send());
    let stream = format!("{}/v1/events/stream", app.url());
    let stream = app.http.get(stream).bearer_auth(crate::support::API_TOKEN).send().await.unwrap();
    tokio::time::timeout(PATIENCE, app.stop()).await.expect("the end does not wait for readers");
    // With an answer, or without one if its request had not been read yet.
    let let_go = tokio::time::timeout(PATIENCE, reader).await;
    let_go.expect("the reader is let go").unwrap().ok();
    let rest = tokio::time::timeout(PATIENCE, stream.text()).await;
    rest.expect("the stream ends").expect("in order");
}

#[tokio::test]
async fn f61_cut_off_in_the_middle_nothing_acknowledged_is_lost_or_done_twice() {
    let mut app = TestApp::with(&[("policy.retry.look_for", "200ms")]).await;
    let people = [ANN, BOB, EVE];
    for address in people {
        app.phone(address).says("Hello").await;
    }
    let mut sent = people.len();
    for round in 0..3 {
        // Twilio is slow, so that the cut falls into requests under way.
        app.fault(json!({ "kind": "delay", "match": CREATE, "delay_ms": 30, "count": 6 })).await;
        app.fault(json!({ "kind": "drop_after_effect", "match": CREATE })).await;
        for address in people {
            for number in 0..2 {
                app.phone(address).text(&format!("Text {round}.{number}")).await;
                sent += 1;
            }
        }
        acknowledged(&app, sent).await;
        app.cut_off();
        app.begin().await;
    }
    for address in people {
        let phone = app.phone(address);
        let got = phone.shows("every answer", |got| got.len() >= 8).await;
        let expected = (0..3).flat_map(|round| (0..2).map(move |n| format!("You said: Text {round}.{n}")));
        assert_eq!(got[2..], expected.collect::<Vec<_>>(), "{address}");
    }
    app.settled().await;
    for address in people {
        assert_eq!(app.phone(address).received().await.len(), 8, "{address}");
        assert_eq!(app.sessions(address).await.len(), 1);
    }
}

#[tokio::test]
async fn timers_and_plans_outlive_a_restart() {
    let mut app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    let later = jiff::Timestamp::from_millisecond(app.sandbox.clock().now_ms() + 600_000).unwrap();
    app.post("/v1/messages", json!({ "to": ANN, "text": "In ten minutes", "not_before": later }))
        .await
        .expect(202);
    app.cut_off();
    app.begin().await;
    app.advance(SignedDuration::from_mins(11));
    app.phone(ANN).sees("In ten minutes").await;
    app.settled().await;
    app.restart().await;
    app.advance(SignedDuration::from_mins(31));
    app.phone(ANN).sees("Are you still there?").await;
}

#[tokio::test]
async fn a_move_between_conversations_is_finished_after_a_crash() {
    let mut app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.phone(BOB).says("Hi").await;
    let code = app.phone(ANN).invites().await;
    app.settled().await;
    // Out of the old conversation already, and the answer to being put into the new one never comes.
    let add = "POST /conversations/v1/Conversations/*/Participants";
    app.fault(json!({ "kind": "drop_after_effect", "match": "DELETE /conversations/v1/Conversations" }))
        .await;
    app.fault(json!({ "kind": "delay", "match": add, "delay_ms": 200, "count": 2 })).await;
    app.phone(BOB).text(&format!("join {code} Bob")).await;
    app.event("participant.moving").await;
    app.cut_off();
    app.begin().await;
    app.phone(ANN).sees("Bob joined the conversation.").await;
    app.phone(BOB).text("I am here").await;
    app.phone(ANN).sees("Bob: I am here").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).count("Bob joined the conversation.").await, 1);
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_never_acknowledged() {
    let app = TestApp::start().await;
    let form = outage::untold(&app).await;
    let other = Connection::open(app.dir().join("channel.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    outage::nothing_is_acknowledged(&app, &form).await;
    other.execute_batch("ROLLBACK").unwrap();
    outage::all_goes_on(&app, &form).await;
}

#[tokio::test]
async fn work_that_the_store_does_not_take_back_goes_on_when_it_does() {
    let app = TestApp::start().await;
    let form = outage::untold(&app).await;
    let refused = ["UPDATE ON inputs", "UPDATE ON effects", "DELETE ON effects"];
    let store = Connection::open(app.dir().join("channel.sqlite")).unwrap();
    store.busy_timeout(PATIENCE).unwrap();
    for (number, what) in refused.iter().enumerate() {
        // No conflict, but an error that ends the transaction.
        let fail = "SELECT abs(-9223372036854775807 - 1)";
        store
            .execute_batch(&format!("CREATE TRIGGER refuse_{number} BEFORE {what} BEGIN {fail}; END"))
            .unwrap();
    }
    // Taken, and then neither decided nor handed back; what comes meanwhile fares no better.
    let path = "/webhooks/conversations";
    eventually("it is taken", async || (app.webhook(path, &form).await.status == 200).then_some(())).await;
    let message = json!({ "to": ANN, "text": "Is anybody there?" });
    eventually("it is taken", async || {
        (app.post("/v1/messages", message.clone()).await.status == 202).then_some(())
    })
    .await;
    for number in 0..refused.len() {
        store.execute_batch(&format!("DROP TRIGGER refuse_{number}")).unwrap();
    }
    app.phone(ANN).sees("You said: Are you there?").await;
    app.phone(ANN).sees("Is anybody there?").await;
    app.settled().await;
}

#[tokio::test]
async fn f72_two_servers_do_not_share_a_store() {
    let app = TestApp::start().await;
    let error = si_channel_server::app::start(&app.config(), si_channel_server::clock::Clock::new()).await;
    let error = error.expect_err("the store is in use").to_string();
    assert!(error.contains("in use by another server"), "{error}");
}
