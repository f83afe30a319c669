use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::config::CognitionKind;
use crate::ports::cognition::testing::{Then, answer, chunked, config, raw, turn};
use crate::ports::cognition::turn::{HistoryEntry, Media, Person};

type Answered = (Result<Outcome, CognitionError>, Vec<String>);

async fn ask(url: &str) -> Answered {
    let openai = OpenAi::new(&config(CognitionKind::OpenAi, url)).unwrap();
    answer(&openai, &turn("hello")).await
}

async fn answered(media_type: &str, body: &str) -> Answered {
    let server = MockServer::start().await;
    let template = ResponseTemplate::new(200).set_body_raw(body, media_type);
    Mock::given(method("POST")).and(path("/v1/chat/completions")).respond_with(template).mount(&server).await;
    ask(&format!("{}/v1", server.uri())).await
}

fn done(text: &str) -> Answered {
    (Ok(Outcome::Done), vec![text.to_owned()])
}

fn failed(error: CognitionError) -> Answered {
    (Err(error), vec![])
}

fn messages(turn: &TurnRequest) -> Vec<Value> {
    OpenAi::new(&config(CognitionKind::OpenAi, "http://x")).unwrap().messages(turn)
}

const STREAM: &str = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n\
    data: {\"choices\":[{\"delta\":{\"content\":\"Hi \"}}]}\n\n\
    data: {\"choices\":[{\"delta\":{\"content\":\"Jane\",\"reasoning_content\":\"hm\"}}]}\n\n";

const STOP: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

#[tokio::test]
async fn a_streamed_answer_is_one_part() {
    let usage = "data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n";
    let whole = format!("{STREAM}{STOP}{usage}data: [DONE]\n\n");
    assert_eq!(answered("text/event-stream; charset=utf-8", &whole).await, done("Hi Jane"));
    assert_eq!(answered("text/event-stream", &format!("{STREAM}{STOP}")).await, done("Hi Jane"));
    assert_eq!(answered("text/event-stream", &format!("{STREAM}data: [DONE]\n\n")).await, done("Hi Jane"));
}

#[tokio::test]
async fn an_answer_that_is_not_streamed_is_accepted() {
    for content in [json!("Hi"), json!([{"type": "text", "text": "H"}, {"type": "text", "text": "i"}])] {
        let body =
            json!({"choices": [{"message": {"content": content, "refusal": null}, "finish_reason": "stop"}]});
        assert_eq!(answered("application/json", &body.to_string()).await, done("Hi"));
    }
}

#[tokio::test]
async fn an_answer_without_an_end_has_broken_off() {
    assert_eq!(answered("text/event-stream", STREAM).await, failed(CognitionError::Interrupted));
    let url = raw(chunked("text/event-stream", &[STREAM]), Then::Close).await;
    assert_eq!(ask(&url).await, failed(CognitionError::Interrupted));
}

#[tokio::test]
async fn nonsense_refusals_and_errors_are_told_apart() {
    let reported = format!("{STREAM}data: {{\"error\":{{\"message\":\"overloaded\"}}}}\n\n");
    let filtered = format!(
        "{STREAM}data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"content_filter\"}}]}}\n\n"
    );
    for (media_type, body, expected) in [
        ("text/event-stream", reported.as_str(), CognitionError::Reported),
        ("text/event-stream", &filtered, CognitionError::Declined),
        ("text/event-stream", STOP, CognitionError::Nonsense("it has no text")),
        ("text/event-stream", "data: <html>\n\n", CognitionError::Nonsense("it is not JSON")),
        ("text/event-stream", "", CognitionError::Interrupted),
        ("application/json", "{}", CognitionError::Nonsense("it has no choices")),
        ("application/json", r#"{"choices":[]}"#, CognitionError::Nonsense("it has no text")),
        (
            "application/json",
            r#"{"choices":[{"message":{"content":7}}]}"#,
            CognitionError::Nonsense("its content is not a text"),
        ),
        (
            "application/json",
            r#"{"choices":[{"message":{"content":"No","refusal":"No"}}]}"#,
            CognitionError::Declined,
        ),
        ("text/html", "<html>", CognitionError::ContentType("text/html".into())),
    ] {
        assert_eq!(answered(media_type, body).await, failed(expected), "{body}");
    }
}

#[tokio::test]
async fn the_question_names_the_model_and_asks_for_a_stream() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/chat/completions"))
        .and(header("authorization", "Bearer t0ken"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(format!("{STREAM}{STOP}"), "text/event-stream"))
        .mount(&server)
        .await;
    assert_eq!(ask(&format!("{}/chat/completions/", server.uri())).await, done("Hi Jane"));
    let asked: Value = server.received_requests().await.unwrap()[0].body_json().unwrap();
    assert_eq!(
        asked,
        json!({
            "model": "model-1",
            "stream": true,
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "assistant", "content": "Welcome"},
                {"role": "user", "content": "hello"},
            ],
        })
    );
}

#[test]
fn in_a_group_texts_carry_names_and_never_addresses() {
    let mut turn = turn("hello");
    turn.participants.push(Person {
        address: "whatsapp:+15557654321".into(),
        channel: "whatsapp".into(),
        ..Person::default()
    });
    turn.history.push(HistoryEntry {
        author: "whatsapp:+15557654321".into(),
        role: Role::User,
        text: "hey".into(),
        ..turn.history[0].clone()
    });
    let asked = messages(&turn);
    assert_eq!(asked[2]["content"], "Somebody: hey");
    assert_eq!(asked[3]["content"], "Jane: hello");
    assert!(!Value::from(asked).to_string().contains("+1555"));
}

#[test]
fn media_locale_summary_and_what_was_sent_are_told() {
    let mut given = turn("");
    given.message.media = vec![Media { placeholder: "[image, 5 KB]".into(), ..Media::default() }];
    given.locale = Some("de".into());
    given.already_sent = vec!["Hi".into()];
    let asked = messages(&given);
    assert_eq!(asked[0]["content"], "Be brief.\nThe language of the person is de.");
    assert_eq!(asked[2]["content"], "[image, 5 KB]");
    assert_eq!(asked[3], json!({"role": "assistant", "content": "Hi"}));
    assert_eq!(asked[4]["content"], CONTINUE);
    let mut summary = turn("bye");
    summary.kind = TurnKind::Summary;
    assert_eq!(messages(&summary)[2]["content"], "bye");
    assert_eq!(messages(&summary)[3]["content"], SUMMARISE);
}
