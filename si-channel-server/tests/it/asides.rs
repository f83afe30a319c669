//! What members of a group write to the channel and not to the others.

use serde_json::{Value, json};

use crate::support::{ANN, BOB, EVE, TestApp, eventually, text};

/// What the transcript says of a text.
async fn entry(app: &TestApp, session: &Value, said: &str) -> Value {
    let entries = app.transcript(&session["session_id"]).await;
    let mut found = entries.into_iter().filter(|entry| entry["text"] == said);
    let entry = found.next().unwrap_or_else(|| panic!("{said:?} is not in the transcript"));
    assert_eq!(found.next(), None, "{said:?} is there once");
    entry
}

/// Whether a phone has got a text that somebody else wrote.
async fn read(app: &TestApp, phone: &str, said: &str) -> bool {
    app.phone(phone).received().await.iter().any(|body| body == said || body.ends_with(&format!(": {said}")))
}

#[tokio::test]
async fn keywords_and_commands_are_taken_and_nobody_else_reads_them() {
    let app = TestApp::start().await;
    let session = app.group().await;
    for (who, said, answer) in [
        (EVE, "name Evelyn", "The others now see you as Evelyn."),
        (EVE, "HELP", "Reply STOP to opt out."),
        (EVE, "Invite", "To join our conversation, text JOIN"),
        (EVE, "join 0000000000", "This code does not let you in."),
        (BOB, "leave", "You left the group."),
        (EVE, "Please stop texting me!", "You have opted out"),
    ] {
        let mut screens = Vec::new();
        for other in [ANN, BOB, EVE].into_iter().filter(|other| *other != who) {
            screens.push((other, app.phone(other).received().await.len()));
        }
        app.phone(who).text(said).await;
        app.phone(who).sees(answer).await;
        if said == "leave" {
            // Told after the removal, it must not meet the next one's.
            app.phone(ANN).sees("Bob left the conversation.").await;
        }
        app.settled().await;
        for (other, seen) in screens {
            assert!(!read(&app, other, said).await, "{other} read {said:?}");
            let told = app.phone(other).received().await.split_off(seen);
            assert!(!told.iter().any(|body| body.contains(answer)), "{other} was told {answer:?}");
        }
        let entry = entry(&app, &session, said).await;
        assert_eq!((&entry["author"], &entry["status"]), (&json!(who), &json!("withheld")));
    }
    // The refusal is Twilio's own documented form, and Twilio has no such message.
    let hooks = app.log("webhook").await;
    let refused =
        hooks.iter().filter(|hook| hook["event"] == "onMessageAdd" && hook["status"] == 403).count();
    assert_eq!(refused, 6);
    let conversation = app.conversation(&session["conversation_sid"]).await;
    let messages = conversation["messages"].as_array().unwrap();
    let kept = |said: &str| messages.iter().any(|message| text(&message["body"]).ends_with(said));
    assert!(["HELP", "texting me!", "leave", "Invite"].into_iter().all(|said| !kept(said)), "{messages:?}");
    assert_eq!(app.session(ANN).await["relays"], json!({ "overheard": 0, "against_consent": 0 }));
}

#[tokio::test]
async fn what_is_no_keyword_in_a_group_is_everybodys() {
    let app = TestApp::start().await;
    app.group().await;
    // Nobody waits for Bob's consent, so this is an answer to somebody.
    for said in ["yes", "don't stop", "leave it alone"] {
        app.phone(EVE).text(said).await;
        app.phone(ANN).sees(&format!("Eve: {said}")).await;
        app.phone(BOB).sees(&format!("You said: {said}")).await;
    }
}

#[tokio::test]
async fn a_pair_of_person_and_si_keeps_nothing_back() {
    let app = TestApp::start().await;
    app.phone(EVE).says("Hello").await;
    app.phone(EVE).text("help").await;
    app.phone(EVE).sees("Reply STOP to opt out.").await;
    app.settled().await;
    let session = app.session(EVE).await;
    assert_eq!(entry(&app, &session, "help").await["status"], "received");
    assert_eq!(app.events_of("message.withheld").await, Vec::<Value>::new());
}

#[tokio::test]
async fn stop_is_counted_once_when_the_hook_comes_twice() {
    for fresh_token in [false, true] {
        let app = TestApp::start().await;
        let session = app.group().await;
        let twice =
            json!({ "kind": "webhook_duplicate", "fresh_token": fresh_token, "match": "onMessageAdd" });
        app.fault(twice).await;
        app.phone(EVE).text("HELP").await;
        app.phone(EVE).sees("Reply STOP to opt out.").await;
        app.settled().await;
        assert_eq!(app.faults_left().await, 0);
        assert_eq!(app.events_of("help.requested").await.len(), 1);
        assert_eq!(entry(&app, &session, "HELP").await["status"], "withheld");
        assert!(!read(&app, ANN, "HELP").await);
    }
}

#[tokio::test]
async fn a_hook_that_does_not_reach_the_server_is_made_up_for_by_the_webhook() {
    let app = TestApp::start().await;
    let session = app.group().await;
    app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdd" })).await;
    app.phone(EVE).text("STOP").await;
    app.phone(EVE).sees("You have opted out").await;
    app.phone(ANN).sees("Eve left the conversation.").await;
    app.settled().await;
    assert!(read(&app, ANN, "STOP").await, "Twilio relayed it: it had no answer");
    assert_eq!(app.events_of("message.overheard").await.len(), 1);
    assert_ne!(entry(&app, &session, "STOP").await["status"], "withheld");
    assert_eq!(app.session(ANN).await["relays"]["overheard"], 1);
    let revoked = app.events_of("consent.revoked").await;
    assert_eq!(revoked.iter().filter(|event| event["data"]["address"] == EVE).count(), 1);
}

#[tokio::test]
async fn a_keyword_that_was_taken_and_relayed_all_the_same_counts_once() {
    let app = TestApp::start().await;
    let session = app.group().await;
    let conversation = text(&session["conversation_sid"]).to_owned();
    // The server takes it, but Twilio has given up waiting for the answer and publishes the text.
    let hook: crate::support::Form = [
        ("AccountSid", app.sandbox.account_sid().as_str()),
        ("EventType", "onMessageAdd"),
        ("Source", "WHATSAPP"),
        ("ConversationSid", conversation.as_str()),
        ("Body", "HELP"),
        ("Author", EVE),
        ("Attributes", "{}"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let answer = app.webhook("/webhooks/conversations", &hook).await;
    assert_eq!((answer.status, &answer.json), (403, &json!({})), "{}", answer.body);
    app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdd" })).await;
    app.phone(EVE).text("HELP").await;
    app.phone(EVE).sees("Reply STOP to opt out.").await;
    eventually("it is heard of", async || {
        (app.events_of("message.overheard").await.len() == 1).then_some(())
    })
    .await;
    app.settled().await;
    assert_eq!(app.events_of("help.requested").await.len(), 1);
    let entry = entry(&app, &session, "HELP").await;
    assert_eq!(entry["status"], "received");
    assert!(text(&entry["message_sid"]).starts_with("IM"), "{entry}");
}
