//! A cognition server that answers well, late, badly, or not at all.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ANN, BOB, CLOSED, TestApp, eventually, text};

/// A channel whose answers come from `server`.
async fn asking(server: &MockServer) -> TestApp {
    asking_with(server, &[]).await
}

async fn asking_with(server: &MockServer, more: &[(&str, &str)]) -> TestApp {
    let url = format!("{}/turn", server.uri());
    let mut settings = vec![("cognition.kind", "http"), ("cognition.url", url.as_str())];
    settings.extend(more);
    TestApp::with(&settings).await
}

fn answers(template: ResponseTemplate) -> Mock {
    Mock::given(method("POST")).and(path("/turn")).respond_with(template)
}

fn says(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "text": body }))
}

/// What the server was asked so far.
async fn asked(server: &MockServer) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| request.body_json().unwrap()).collect()
}

#[tokio::test]
async fn it_is_told_who_says_what_and_what_was_said_before() {
    let server = MockServer::start().await;
    answers(says("It is sunny.")).mount(&server).await;
    let app = asking(&server).await;
    let phone = app.phone(ANN);
    phone.text("How is the weather?").await;
    phone.sees("It is sunny.").await;
    phone.text("And tomorrow?").await;
    phone.shows("a second answer", |got| got.len() == 3).await;
    let session = app.session(ANN).await;
    let asked = asked(&server).await;
    assert_eq!(asked.len(), 2);
    let second = &asked[1];
    assert_eq!(second["session_id"], session["session_id"]);
    assert_eq!(second["conversation_sid"], session["conversation_sid"]);
    assert_eq!(second["message"]["text"], "And tomorrow?");
    assert_eq!(second["message"]["author"]["address"], ANN);
    assert_eq!(second["participants"][0]["channel"], "sms");
    let history: Vec<&str> =
        second["history"].as_array().unwrap().iter().map(|one| text(&one["text"])).collect();
    assert!(history.contains(&"How is the weather?") && history.contains(&"It is sunny."), "{history:?}");
    assert!(!history.contains(&"And tomorrow?"));
    let turn = text(&second["turn_id"]);
    let keys: Vec<String> = server.received_requests().await.unwrap()[1]
        .headers
        .get_all("idempotency-key")
        .iter()
        .map(|value| value.to_str().unwrap().to_owned())
        .collect();
    assert_eq!(keys, [turn]);
}

#[tokio::test]
async fn a_clock_that_moves_meanwhile_does_not_make_it_asked_twice() {
    let server = MockServer::start().await;
    answers(says("Done thinking.").set_delay(Duration::from_millis(1_500))).mount(&server).await;
    let app = asking(&server).await;
    let phone = app.phone(ANN);
    phone.text("Think").await;
    eventually("the question", async || (asked(&server).await.len() == 1).then_some(())).await;
    app.advance(SignedDuration::from_mins(10));
    phone.sees("Done thinking.").await;
    app.settled().await;
    assert_eq!(asked(&server).await.len(), 1);
    assert_eq!(phone.received().await.iter().filter(|text| *text == "Done thinking.").count(), 1);
}

#[tokio::test]
async fn several_messages_arrive_in_their_order() {
    let server = MockServer::start().await;
    let several = json!({ "messages": ["One", { "text": "Two" }, "Three"] });
    answers(ResponseTemplate::new(200).set_body_json(several)).mount(&server).await;
    let app = asking(&server).await;
    app.phone(ANN).text("Count").await;
    let got = app.phone(ANN).shows("all of it", |got| got.len() == 4).await;
    assert_eq!(got[1..], ["One", "Two", "Three"]);
}

#[tokio::test]
async fn a_stream_of_lines_is_sent_message_by_message() {
    let server = MockServer::start().await;
    let lines = "{\"delta\":\"Hel\"}\n{\"delta\":\"lo\"}\n{\"end\":true}\n\n{\"text\":\"World\"}\n{\"delta\":\"Bye\"}\n";
    answers(ResponseTemplate::new(200).set_body_raw(lines, "application/x-ndjson")).mount(&server).await;
    let app = asking(&server).await;
    app.phone(ANN).text("Stream").await;
    let got = app.phone(ANN).shows("all of it", |got| got.len() == 4).await;
    assert_eq!(got[1..], ["Hello", "World", "Bye"]);
}

#[tokio::test]
async fn an_answer_may_come_later_by_the_api() {
    let server = MockServer::start().await;
    answers(ResponseTemplate::new(202)).mount(&server).await;
    let app = asking(&server).await;
    app.phone(ANN).text("Think about it").await;
    let turn = eventually("the question", async || asked(&server).await.pop()).await;
    app.settled().await;
    let path = format!("/v1/sessions/{}/messages", text(&turn["session_id"]));
    let answer = json!({ "text": "I have thought.", "in_reply_to": turn["turn_id"] });
    app.post(&path, answer.clone()).await.expect(202);
    app.phone(ANN).sees("I have thought.").await;
    let answered = app.event("turn.answered").await;
    assert_eq!(answered["data"]["turn_id"], turn["turn_id"]);
    let unknown = json!({ "text": "To whom?", "in_reply_to": "trn_unknown" });
    assert!((400..500).contains(&app.post(&path, unknown).await.status));
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 2);
}

#[tokio::test]
async fn a_failure_that_passes_costs_no_answer() {
    for failure in [
        ResponseTemplate::new(500),
        ResponseTemplate::new(503).insert_header("retry-after", "0"),
        ResponseTemplate::new(200).set_body_raw("<html>Oops</html>", "text/html"),
        ResponseTemplate::new(200).set_body_raw("nonsense", "application/json"),
        ResponseTemplate::new(200).set_body_json(json!({ "reply": "of another kind" })),
    ] {
        let server = MockServer::start().await;
        answers(failure).up_to_n_times(1).mount(&server).await;
        answers(says("Here I am.")).mount(&server).await;
        let app = asking(&server).await;
        app.phone(ANN).text("Hello?").await;
        app.phone(ANN).sees("Here I am.").await;
        app.settled().await;
        assert_eq!(app.phone(ANN).received().await.len(), 2);
        let asked = asked(&server).await;
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[0]["turn_id"], asked[1]["turn_id"]);
    }
}

#[tokio::test]
async fn what_broke_off_is_not_said_twice() {
    let server = MockServer::start().await;
    let broken = "{\"text\":\"First\"}\n{\"text\":\"Second\"}\n{\"error\":\"out of memory\"}\n";
    let broken = ResponseTemplate::new(200).set_body_raw(broken, "application/x-ndjson");
    answers(broken).up_to_n_times(1).mount(&server).await;
    answers(says("Third")).mount(&server).await;
    let app = asking(&server).await;
    app.phone(ANN).text("Go on").await;
    let got = app.phone(ANN).shows("the rest", |got| got.iter().any(|body| body == "Third")).await;
    assert_eq!(got[1..], ["First", "Second", "Third"]);
    assert_eq!(asked(&server).await[1]["already_sent"], json!(["First", "Second"]));
}

#[tokio::test]
async fn who_waits_in_vain_is_told_so_and_is_answered_when_it_works_again() {
    let server = MockServer::start().await;
    let broken = answers(ResponseTemplate::new(500)).mount_as_scoped(&server).await;
    let app = asking_with(&server, &[("cognition.attempts", "2")]).await;
    let phone = app.phone(ANN);
    phone.text("Anybody?").await;
    phone.sees("Sorry, we cannot answer just now.").await;
    assert_eq!(asked(&server).await.len(), 2);
    let failed = app.event("turn.failed").await;
    assert!(text(&failed["data"]["reason"]).contains("500"), "{failed}");
    drop(broken);
    answers(says("Here I am.")).mount(&server).await;
    phone.text("And now?").await;
    phone.sees("Here I am.").await;
    let said = app.transcript(&app.session(ANN).await["session_id"]).await;
    assert!(said.iter().any(|entry| entry["text"] == "Anybody?"));
}

#[tokio::test]
async fn nobody_listening_there_is_said_once_and_loses_nothing() {
    let url = "http://127.0.0.1:1/turn";
    let settings = [("cognition.kind", "http"), ("cognition.url", url), ("cognition.attempts", "1")];
    let app = TestApp::with(&settings).await;
    app.phone(ANN).text("Hello?").await;
    app.phone(ANN).sees("Sorry, we cannot answer just now.").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 2);
    assert_eq!(app.events_of("message.received").await.len(), 1);
}

#[tokio::test]
async fn a_slow_answer_is_given_up_and_holds_nobody_else_up() {
    let server = MockServer::start().await;
    answers(says("Too late").set_delay(Duration::from_mins(5))).up_to_n_times(1).mount(&server).await;
    answers(says("At once")).mount(&server).await;
    let app = asking_with(&server, &[("cognition.attempts", "1"), ("cognition.timeout", "1s")]).await;
    app.phone(ANN).text("Slow?").await;
    eventually("the slow question", async || asked(&server).await.pop()).await;
    app.phone(BOB).text("Fast?").await;
    app.phone(BOB).sees("At once").await;
    app.phone(ANN).sees("Sorry, we cannot answer just now.").await;
}

#[tokio::test]
async fn an_endless_answer_is_cut_and_what_was_cut_is_kept() {
    let server = MockServer::start().await;
    let words: Vec<String> = (0..12_000).map(|number| format!("word{number:05}")).collect();
    let whole = words.join(" ");
    assert!(whole.len() > 100_000);
    answers(says(&whole)).mount(&server).await;
    let app = asking_with(&server, &[("cognition.max_reply_chars", "3000")]).await;
    app.phone(ANN).text("Tell me everything").await;
    let answered = app.event("turn.answered").await;
    app.settled().await;
    let said = app.phone(ANN).received().await[1..].join(" ");
    let omitted = text(&answered["data"]["omitted"]);
    assert!(said.len() <= 3_000, "{}", said.len());
    let both: Vec<&str> = said.split_whitespace().chain(omitted.split_whitespace()).collect();
    assert_eq!(both, words);
}

#[tokio::test]
async fn a_conversation_is_closed_after_the_last_word_when_it_says_so() {
    let server = MockServer::start().await;
    let last = json!({ "text": "Goodbye.", "actions": [{ "type": "close", "reason": "done" }, "dance"] });
    answers(ResponseTemplate::new(200).set_body_json(last)).mount(&server).await;
    let app = asking(&server).await;
    app.phone(ANN).text("That is all").await;
    app.session_where(ANN, |session| session["state"] == "closed").await;
    app.settled().await;
    let got = app.phone(ANN).received().await;
    assert_eq!(got[1], "Goodbye.");
    assert!(got[2].contains(CLOSED), "{got:?}");
}

#[tokio::test]
async fn having_nothing_to_say_is_an_answer() {
    let server = MockServer::start().await;
    answers(ResponseTemplate::new(204)).mount(&server).await;
    let app = asking(&server).await;
    app.phone(ANN).text("No answer needed").await;
    app.event("turn.completed").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).received().await.len(), 1, "the welcome alone");
}
