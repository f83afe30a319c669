//! What Twilio leaves open: the core journeys hold whichever way it is.

use jiff::SignedDuration;
use reqwest::Method;
use rusqlite::Connection;
use serde_json::json;

use crate::support::{ANN, BOB, CLOSED, EVE, TestApp, encoded, eventually, text};

const CONFIGURATION: &str = "/conversations/v1/Configuration";

/// A server whose Twilio has one switch the other way.
async fn app(switch: &str) -> TestApp {
    let app = TestApp::start().await;
    let mut behaviour = app.sandbox.behaviour();
    let before = behaviour.clone();
    behaviour.set(switch).unwrap();
    assert_ne!(behaviour, before, "{switch} is how it is anyway");
    app.sandbox.set_behaviour(&behaviour);
    app
}

/// A first text, a group, STOP, the end by idleness and the way back, with news that comes twice.
async fn holds(switch: &str) {
    let app = app(switch).await;
    let (ann, bob, eve) = (app.phone(ANN), app.phone(BOB), app.phone(EVE));
    for event in ["onMessageAdded", "onConversationAdded", "onParticipantAdded", "onDeliveryUpdated"] {
        app.fault(json!({ "kind": "webhook_duplicate", "match": event, "count": 2 })).await;
    }
    ann.says("Hello").await;
    app.settled().await;
    assert_eq!(ann.received().await.len(), 2, "a welcome and an answer");
    assert_eq!(app.events_of("message.received").await.len(), 1);

    // Twilio has conversations with Bob and Eve already when they join.
    bob.says("Hi").await;
    eve.says("Hi").await;
    let code = ann.invites().await;
    for (phone, name) in [(&bob, "Bob"), (&eve, "Eve")] {
        phone.text(&format!("join {code} {name}")).await;
        ann.sees(&format!("{name} joined the conversation.")).await;
    }
    app.settled().await;
    bob.text("How are you?").await;
    ann.sees("Bob: How are you?").await;
    eve.sees("Bob: How are you?").await;
    bob.sees("You said: How are you?").await;

    bob.text("STOP").await;
    bob.sees("unsubscribed").await;
    let present = |session: &serde_json::Value| {
        let people = session["participants"].as_array().unwrap();
        people.iter().filter(|one| one["presence"] == "present").count()
    };
    let first = app.session_where(ANN, |session| present(session) == 2).await;
    app.settled().await;
    let silent = bob.received().await;
    eve.text("Where is Bob?").await;
    ann.sees("Eve: Where is Bob?").await;
    ann.sees("You said: Where is Bob?").await;
    app.settled().await;
    assert_eq!(bob.received().await, silent);

    app.advance(SignedDuration::from_mins(31));
    ann.sees("Are you still there?").await;
    app.settled().await;
    app.advance(SignedDuration::from_mins(11));
    ann.sees(CLOSED).await;
    app.session_where(ANN, |session| session["state"] == "closed").await;
    app.settled().await;
    assert_eq!(app.conversation(&first["conversation_sid"]).await["state"], "closed");
    ann.says("Hello again").await;
    let second = app.session_where(ANN, |session| session["state"] == "active").await;
    assert_eq!(second["previous_session_id"], first["session_id"]);
}

#[tokio::test]
async fn with_a_refusal_when_the_hook_cannot_be_reached() {
    holds("unreachable_pre_hook=refuse").await;
}

#[tokio::test]
async fn with_the_closed_timer_counted_from_becoming_inactive() {
    holds("closed_timer=from_inactive").await;
}

#[tokio::test]
async fn with_timers_that_any_change_restarts() {
    holds("timer_reset=any_change").await;
}

#[tokio::test]
async fn with_conflicts_that_name_no_conversation() {
    holds("binding_conflict=names_none").await;
}

#[tokio::test]
async fn with_api_as_the_source_of_every_webhook() {
    holds("webhook_source=api").await;
}

#[tokio::test]
async fn with_sdk_as_the_source_of_every_webhook() {
    holds("webhook_source=sdk").await;
}

#[tokio::test]
async fn with_webhooks_of_service_and_account() {
    holds("service_webhooks=both").await;
}

#[tokio::test]
async fn with_longer_bodies_where_the_channel_takes_them() {
    holds("body_limit=channel").await;
}

#[tokio::test]
async fn with_webhooks_that_are_sent_again() {
    holds("post_action_retries=3").await;
}

/// Twilio closes a conversation by its own timers before the channel would.
async fn twilio_closes(switch: Option<&str>) {
    let app = match switch {
        Some(switch) => app(switch).await,
        None => TestApp::start().await,
    };
    let timers = [("DefaultInactiveTimer", "PT1M"), ("DefaultClosedTimer", "PT10M")];
    app.as_admin(Method::POST, CONFIGURATION, &timers).await.expect(200);
    let ann = app.phone(ANN);
    ann.says("Hello").await;
    app.settled().await;
    let first = app.session(ANN).await;
    app.advance(SignedDuration::from_mins(12));
    let ended = app.session_where(ANN, |session| session["state"] == "closed").await;
    assert_eq!(ended["session_id"], first["session_id"]);
    ann.says("Hello again").await;
    let second = app.session_where(ANN, |session| session["state"] == "active").await;
    assert_ne!(second["conversation_sid"], first["conversation_sid"]);
    app.settled().await;
    assert_eq!(app.sessions(ANN).await.len(), 2);
}

#[tokio::test]
async fn twilios_own_timers_end_a_session_whatever_they_count_from() {
    for switch in [None, Some("closed_timer=from_inactive"), Some("timer_reset=any_change")] {
        twilio_closes(switch).await;
    }
}

/// The channel writes to somebody whose conversation it never heard of.
async fn adopts(switch: Option<&str>) {
    let app = match switch {
        Some(switch) => app(switch).await,
        None => TestApp::start().await,
    };
    let consent = json!({ "state": "granted" });
    app.api(Method::PUT, &format!("/v1/consent/{}", encoded(ANN)), Some(&consent)).await.expect(200);
    for event in ["onConversationAdded", "onParticipantAdded", "onMessageAdded"] {
        app.fault(json!({ "kind": "webhook_lost", "match": event })).await;
    }
    // The channel has found no conversation and made one; before the person is in it, they write.
    let add = "POST /conversations/v1/Conversations/*/Participants";
    app.fault(json!({ "kind": "delay", "match": add, "delay_ms": 1500 })).await;
    app.post("/v1/messages", json!({ "to": ANN, "text": "Your parcel is here" })).await.expect(202);
    eventually("the channel's own conversation", async || app.conversations().await.into_iter().next()).await;
    app.phone(ANN).text("Where is my parcel?").await;
    eventually("the news is lost", async || (app.faults_left().await == 0).then_some(())).await;
    app.phone(ANN).sees("Your parcel is here").await;
    app.settled().await;
    assert!(
        app.log("api").await.iter().any(|request| request["error_code"] == 50416),
        "there was a conflict"
    );
    assert_eq!(app.conversations().await.len(), 1);
    let session = app.session(ANN).await;
    assert_eq!(session["conversation_sid"], app.conversations().await[0]["sid"]);
    app.phone(ANN).says("Thank you").await;
    assert_eq!(app.sessions(ANN).await.len(), 1);
}

#[tokio::test]
async fn an_unknown_conversation_is_adopted_whether_or_not_the_conflict_names_it() {
    for switch in [None, Some("binding_conflict=names_none")] {
        adopts(switch).await;
    }
}

#[tokio::test]
async fn a_webhook_that_was_refused_and_comes_again_counts_once() {
    let app = app("post_action_retries=100000").await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let other = Connection::open(app.dir().join("channel.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    app.phone(ANN).text("Are you there?").await;
    let again = eventually("a retry", async || {
        let log = app.log("webhook").await;
        log.into_iter().find(|entry| entry["status"] == 503 && text(&entry["params"]["RetryCount"]) != "0")
    })
    .await;
    assert_eq!(again["params"]["Body"], "Are you there?");
    other.execute_batch("ROLLBACK").unwrap();
    app.phone(ANN).sees("You said: Are you there?").await;
    app.settled().await;
    assert_eq!(app.events_of("message.received").await.len(), 2);
    assert_eq!(app.phone(ANN).received().await.len(), 3);
}
