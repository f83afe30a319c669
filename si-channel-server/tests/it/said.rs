//! What may be said and how, and what people's texts mean: through the API and from phones.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, EVE, TestApp, encoded, text};

async fn consent(app: &TestApp, person: &str) -> Value {
    app.get(&format!("/v1/consent/{}", encoded(person))).await.expect(200).json
}

#[tokio::test]
async fn f59_the_api_refuses_a_text_that_asks_for_a_reserved_word_and_says_which() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    let id = app.session(ANN).await["session_id"].clone();
    let to_session = format!("/v1/sessions/{}/messages", text(&id));
    let asks = "Your table is at 5. Reply YES to confirm.";
    for (path, body) in [
        ("/v1/messages", json!({ "to": ANN, "text": asks })),
        (&*to_session, json!({ "text": asks })),
        (&*to_session, json!({ "text": "Long. ".repeat(400), "max_parts": 1, "summary": asks })),
    ] {
        let refused = app.post(path, body).await;
        refused.problem(422, "guarded");
        assert_eq!(refused.json["rule"], "reserved_word", "{path}");
        assert!(text(&refused.json["detail"]).contains("YES"), "{path}: {}", refused.body);
    }
    app.post("/v1/messages", json!({ "to": ANN, "text": "Your table is at 5." })).await.expect(202);
    app.phone(ANN).sees("Your table is at 5.").await;
    app.settled().await;
    assert!(app.phone(ANN).received().await.iter().all(|got| !got.contains("YES")));
    let records = app.get(&format!("/v1/audit?address={}&kind=send", encoded(ANN))).await.expect(200).items();
    let stopped = |one: &&Value| one["record"]["rule"] == "guard@1" && one["record"]["outcome"] == "stopped";
    assert_eq!(records.iter().filter(stopped).count(), 3);
}

#[tokio::test]
async fn what_a_person_means_in_words_of_their_own_counts_and_is_asked_about_in_doubt() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.phone(ANN).says("Where is the bus stop?").await;
    app.phone(ANN).text("Not interested").await;
    app.phone(ANN).sees("Do you want us to stop").await;
    assert_eq!(consent(&app, ANN).await["state"], "granted");
    let considered = app.events_of("opt_out.considered").await;
    let asked: Vec<&Value> = considered.iter().map(|event| &event["data"]["asked"]).collect();
    assert_eq!(asked, [&json!(false), &json!(true)]);

    app.phone(ANN).text("Please stop texting me!").await;
    app.phone(ANN).sees("You have opted out").await;
    let known = consent(&app, ANN).await;
    assert_eq!(known["state"], "revoked");
    let refused = app.post("/v1/messages", json!({ "to": ANN, "text": "Sale!" })).await;
    refused.problem(403, "opted-out");
}

#[tokio::test]
async fn f52_a_machine_that_answers_is_not_answered_for_a_while() {
    let app = TestApp::with(&[("policy.loops.exchanges", "3")]).await;
    app.phone(EVE).says("Hello").await;
    let away = "I am out of office until Monday.";
    for round in 1..=3 {
        app.settled().await;
        app.advance(SignedDuration::from_secs(2));
        app.phone(EVE).text(away).await;
        if round < 3 {
            app.phone(EVE)
                .shows("an answer", |got| got.iter().filter(|text| text.contains(away)).count() == round)
                .await;
        }
    }
    let cut = app.event("session.loop_cut").await;
    assert_eq!((&cut["data"]["address"], &cut["data"]["exchanges"]), (&json!(EVE), &json!(3)));
    app.settled().await;
    assert_eq!(app.phone(EVE).received().await.iter().filter(|text| text.contains(away)).count(), 2);
    // Keywords work all along, others are answered, and something new ends it.
    app.phone(EVE).text("HELP").await;
    app.phone(EVE).sees("Reply STOP to opt out.").await;
    app.phone(BOB).says("Hi there").await;
    app.phone(EVE).says("Sorry, that was my phone.").await;
}

#[tokio::test]
async fn the_api_says_how_a_text_is_cut_as_a_cognition_does() {
    let app = TestApp::start().await;
    app.phone(EVE).says("Hello").await;
    let send = |body: Value| {
        let mut whole = json!({ "to": EVE });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        whole
    };
    let manual = json!({ "text": "**One** thing. Then two.", "format": "markdown", "split": "manual", "breaks": [15], "numbering": true });
    let queued = app.post("/v1/messages", send(manual)).await.expect(202);
    assert_eq!(queued.json["parts"].as_array().unwrap().len(), 2);
    app.phone(EVE).sees("(1/2) *One* thing.").await;
    app.phone(EVE).sees("(2/2) Then two.").await;
    let long = "All of it, word by word. ".repeat(100);
    let id = app.session(EVE).await["session_id"].clone();
    let brief = json!({ "text": long, "max_parts": 1, "summary": "In short: fine.", "link": "https://example.com/all" });
    app.post(&format!("/v1/sessions/{}/messages", text(&id)), brief).await.expect(202);
    app.phone(EVE).sees("In short: fine.\nhttps://example.com/all").await;

    for (body, field) in [
        (json!({ "text": "Hi", "max_parts": 0 }), "max_parts"),
        (json!({ "text": "Hi", "max_parts": -1 }), "max_parts"),
        (json!({ "text": "Hi", "breaks": [3] }), "breaks"),
        (json!({ "text": "Hi", "keep": [[0, 3]] }), "keep"),
        (json!({ "text": "Hi", "keep": [[1, 1]] }), "keep"),
        (json!({ "text": "Hi", "keep": vec![[0, 1]; 1001] }), "keep"),
        (json!({ "text": "Hi", "summary": " " }), "summary"),
        (json!({ "text": "Hi", "link": "x".repeat(2001) }), "link"),
        (json!({ "text": "Hi", "split": "anywhere" }), "split"),
        (json!({ "text": "Hi", "locale": "elvish" }), "locale"),
        (json!({ "media": [{ "url": "https://example.com/a.png" }], "numbering": true }), "media"),
        (json!({ "text": "Hi", "in_reply_to": "trn_1" }), "in_reply_to"),
    ] {
        let refused = app.post("/v1/messages", send(body.clone())).await;
        refused.problem(400, "invalid-body");
        assert_eq!(refused.json["field"], field, "{body}: {}", refused.body);
    }
}
