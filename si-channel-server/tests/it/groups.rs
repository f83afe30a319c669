//! Several people in one conversation, by SMS and WhatsApp.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ANN, BOB, EVE, TestApp, encoded, eventually, text};

fn people(session: &Value, presence: &str) -> Vec<String> {
    let participants = session["participants"].as_array().unwrap().iter();
    let mut people: Vec<String> = participants
        .filter(|one| one["presence"] == presence)
        .map(|one| text(&one["address"]).to_owned())
        .collect();
    people.sort();
    people
}

#[tokio::test]
async fn a_second_and_a_third_person_join_by_code_and_see_each_others_names() {
    let app = TestApp::start().await;
    let session = app.group().await;
    assert_eq!(people(&session, "present"), [ANN, BOB, EVE]);

    for (author, name, body) in [(BOB, "Bob", "How are you?"), (EVE, "Eve", "Fine <b>& you?")] {
        app.phone(author).text(body).await;
        for other in [ANN, BOB, EVE] {
            app.phone(other).sees(&format!("You said: {body}")).await;
        }
        app.settled().await;
        let shown = format!("{name}: {body}");
        for other in [ANN, BOB, EVE].into_iter().filter(|other| *other != author) {
            assert_eq!(app.phone(other).count(&shown).await, 1, "{other}");
            assert_eq!(app.phone(other).count(body).await, 0, "{other}");
        }
        assert_eq!(app.phone(author).count(&shown).await, 0, "nobody hears themselves");

        let said = app.transcript(&session["session_id"]).await;
        let entry = said.iter().find(|entry| entry["text"] == body).expect("the text as it was written");
        assert_eq!((&entry["author"], &entry["name"]), (&json!(author), &json!(name)));
        let conversation = app.conversation(&session["conversation_sid"]).await;
        let messages = conversation["messages"].as_array().unwrap();
        let message = messages.iter().find(|message| message["body"] == shown.as_str()).unwrap();
        let attributes: Value = serde_json::from_str(text(&message["attributes"])).unwrap();
        assert_eq!(attributes["si"]["original"], body);
    }
}

#[tokio::test]
async fn the_texts_of_a_pair_are_not_relabelled() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let session = app.session(ANN).await;
    let conversation = app.conversation(&session["conversation_sid"]).await;
    let message = &conversation["messages"][0];
    assert_eq!((&message["body"], &message["attributes"]), (&json!("Hello"), &json!("{}")));
}

#[tokio::test]
async fn who_leaves_a_group_goes_on_alone() {
    let app = TestApp::start().await;
    let session = app.group().await;
    app.phone(BOB).text("leave").await;
    app.phone(BOB).sees("You left the group.").await;
    app.phone(ANN).sees("Bob left the conversation.").await;
    app.phone(BOB).says("Just us").await;
    app.settled().await;
    assert_eq!(people(&app.session(ANN).await, "present"), [ANN, EVE]);
    let own = app.session(BOB).await;
    assert_ne!(own["session_id"], session["session_id"]);
    assert_eq!(people(&own, "present"), [BOB]);
    assert_eq!(app.phone(ANN).count("Bob: Just us").await, 0);

    app.phone(EVE).text("Still here").await;
    app.phone(ANN).sees("Eve: Still here").await;
    app.settled().await;
    assert!(!app.phone(BOB).received().await.iter().any(|body| body.contains("Still here")));
}

#[tokio::test]
async fn stop_takes_one_out_of_a_group_and_leaves_the_others_in_it() {
    let app = TestApp::start().await;
    app.group().await;
    app.phone(BOB).text("STOP").await;
    app.phone(BOB).sees("unsubscribed").await;
    let session = app.session_where(ANN, |session| people(session, "present") == [ANN, EVE]).await;
    app.settled().await;
    let before = app.phone(BOB).received().await;
    app.phone(EVE).text("Where is Bob?").await;
    app.phone(ANN).sees("Eve: Where is Bob?").await;
    app.phone(ANN).sees("You said: Where is Bob?").await;
    app.settled().await;
    assert_eq!(app.phone(BOB).received().await, before);
    let conversation = app.conversation(&session["conversation_sid"]).await;
    assert_eq!(conversation["participants"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_code_that_opens_nothing_is_said_to_and_leads_nowhere() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.phone(BOB).text("join 0000000000 Bob").await;
    app.phone(BOB).sees("This code does not let you in.").await;
    app.settled().await;
    assert_eq!(people(&app.session(ANN).await, "present"), [ANN]);
    assert_eq!(app.events_of("consent.join_attempt_failed").await.len(), 1);
}

#[tokio::test]
async fn codes_are_not_guessed_without_end() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    let code = app.phone(ANN).invites().await;
    for guess in 0..5 {
        app.phone(BOB).text(&format!("join 000000000{guess}")).await;
    }
    eventually("five wrong codes", async || {
        (app.events_of("consent.join_attempt_failed").await.len() == 5).then_some(())
    })
    .await;
    app.phone(BOB).text(&format!("join {code}")).await;
    app.phone(BOB)
        .shows("the sixth refusal", |got| {
            got.iter().filter(|body| body.contains("does not let you in")).count() == 5
                && got.iter().any(|body| body.contains("too many codes"))
        })
        .await;
    assert_eq!(people(&app.session(ANN).await, "present"), [ANN]);
}

#[tokio::test]
async fn the_api_adds_and_removes_people() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.phone(BOB).says("Hi").await;
    let session = app.session(ANN).await;
    let path = format!("/v1/sessions/{}", text(&session["session_id"]));
    let invited = app.post(&format!("{path}/participants"), json!({ "address": BOB, "name": "Bob" })).await;
    assert_eq!(invited.expect(202).json["presence"], "invited");
    app.session_where(ANN, |session| people(session, "present") == [ANN, BOB]).await;
    app.phone(BOB).text("Me too").await;
    app.phone(ANN).sees("Bob: Me too").await;
    app.phone(ANN).sees("You said: Me too").await;

    let gone = format!("{path}/participants/{}", encoded(BOB));
    app.api(Method::DELETE, &gone, None).await.expect(202);
    app.session_where(ANN, |session| people(session, "present") == [ANN]).await;
    app.settled().await;
    app.api(Method::DELETE, &gone, None).await.problem(404, "not-found");
    app.phone(BOB).says("Alone again").await;
    assert!(!app.phone(ANN).received().await.iter().any(|body| body.contains("Alone again")));

    // Nobody is added who has not agreed.
    let stranger = json!({ "address": "+15557770009" });
    app.post(&format!("{path}/participants"), stranger).await.problem(403, "no-consent");
}

#[tokio::test]
async fn an_invitation_by_the_api_stays_the_same_while_it_is_fresh() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    let session = app.session(ANN).await;
    let path = format!("/v1/sessions/{}/invitations", text(&session["session_id"]));
    let first = app.api(Method::POST, &path, None).await.expect(201).json;
    let second = app.api(Method::POST, &path, None).await.expect(200).json;
    assert_eq!(first, second);
    app.phone(EVE).text(&format!("JOIN {}", text(&first["code"]))).await;
    app.session_where(ANN, |session| people(session, "present") == [ANN, EVE]).await;
}

#[tokio::test]
async fn a_text_that_is_heard_of_after_its_author_was_removed_does_not_bring_them_back() {
    let app = TestApp::start().await;
    let session = app.group().await;
    app.fault(json!({ "kind": "webhook_lost", "match": "onMessageAdded" })).await;
    app.phone(BOB).text("One last thing").await;
    app.phone(ANN).sees("Bob: One last thing").await;
    eventually("the news is lost", async || (app.faults_left().await == 0).then_some(())).await;
    let gone = format!("/v1/sessions/{}/participants/{}", text(&session["session_id"]), encoded(BOB));
    app.api(Method::DELETE, &gone, None).await.expect(202);
    app.session_where(ANN, |session| session["participants"].as_array().unwrap().len() == 2).await;
    let late = app.sent_webhook("onMessageAdded", |params| params["Body"] == "Bob: One last thing").await;
    app.webhook("/webhooks/conversations", &late).await.expect(200);
    app.settled().await;
    assert_eq!(people(&app.session(ANN).await, "present"), [ANN, EVE]);
    let said = app.transcript(&session["session_id"]).await;
    assert!(said.iter().any(|entry| entry["text"] == "One last thing"), "what was said is kept");
}
