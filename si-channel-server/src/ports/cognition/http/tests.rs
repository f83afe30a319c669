use std::time::Duration;

use serde_json::json;
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::config::CognitionKind;
use crate::ports::cognition::testing::{Then, answer, chunked, config, raw, turn};

type Answered = (Result<Outcome, CognitionError>, Vec<String>);

async fn ask(url: &str) -> Answered {
    let http = Http::new(&config(CognitionKind::Http, url)).unwrap();
    answer(&http, &turn("hello")).await
}

/// What comes of an answer with this status, media type and body.
async fn answered(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Answered {
    let server = MockServer::start().await;
    let template = ResponseTemplate::new(status).set_body_raw(body, media_type);
    Mock::given(method("POST")).respond_with(template).mount(&server).await;
    ask(&server.uri()).await
}

fn done(texts: &[&str]) -> Answered {
    (Ok(Outcome::Done), texts.iter().map(|text| (*text).to_owned()).collect())
}

fn failed(error: CognitionError, texts: &[&str]) -> Answered {
    (Err(error), texts.iter().map(|text| (*text).to_owned()).collect())
}

#[tokio::test]
async fn the_turn_is_posted_with_its_id_and_the_token() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/turns"))
        .and(header("idempotency-key", "turn-1"))
        .and(header("authorization", "Bearer t0ken"))
        .and(header("content-type", "application/json"))
        .and(body_partial_json(json!({"kind": "turn", "message": {"text": "hello"}})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"text": "hi"})))
        .mount(&server)
        .await;
    assert_eq!(ask(&format!("{}/turns", server.uri())).await, done(&["hi"]));
}

#[tokio::test]
async fn json_answers_are_read() {
    let body = r#"{"messages":["a",{"text":"b"}]}"#;
    assert_eq!(answered(200, "application/json", body).await, done(&["a", "b"]));
    assert_eq!(answered(201, "application/problem+json; charset=utf-8", body).await, done(&["a", "b"]));
    assert_eq!(answered(200, "application/json", r#"{"messages":[]}"#).await, done(&[]));
}

#[tokio::test]
async fn later_and_nothing_are_understood() {
    assert_eq!(answered(202, "text/html", "accepted").await, (Ok(Outcome::Later), vec![]));
    assert_eq!(answered(204, "text/plain", "").await, done(&[]));
}

#[tokio::test]
async fn lines_are_sent_one_by_one_and_pieces_are_put_together() {
    let body = "{\"text\":\"a\"}\r\n\n{\"delta\":\"b\"}\n{\"delta\":\"c\",\"end\":true}\n{\"delta\":\"d\"}\n{\"text\":\"e\"}\n{\"delta\":\"f\"}";
    for media_type in ["application/x-ndjson", "application/jsonl"] {
        assert_eq!(answered(200, media_type, body).await, done(&["a", "bc", "d", "e", "f"]));
    }
}

#[tokio::test]
async fn events_are_sent_one_by_one_and_pieces_are_put_together() {
    let body = ": hi\n\nid: 1\nevent: part\ndata: {\"text\":\ndata: \"a\"}\n\ndata:{\"delta\":\"b\"}\n\ndata: {\"delta\":\"c\"}\n\ndata: [DONE]\n\ndata: {\"text\":\"late\"}\n\n";
    assert_eq!(answered(200, "text/event-stream", body).await, done(&["a", "bc"]));
    assert_eq!(answered(200, "text/event-stream", "data: {\"text\":\"a\"}").await, done(&["a"]));
}

#[tokio::test]
async fn a_message_is_sent_before_the_stream_ends() {
    let url = raw(chunked("application/x-ndjson", &["{\"text\":\"a\"}\n"]), Then::Stall).await;
    let mut config = config(CognitionKind::Http, &url);
    config.idle_timeout = Duration::from_mins(1);
    let http = Http::new(&config).unwrap();
    let (sender, mut receiver) = mpsc::channel(1);
    let turn = turn("hello");
    tokio::select! {
        _ = http.answer(&turn, sender) => panic!("the stream has not ended"),
        part = receiver.recv() => assert_eq!(part.unwrap(), ReplyPart::text("a")),
    }
}

#[tokio::test]
async fn nonsense_is_refused_and_may_be_tried_again() {
    let html = "<html>Bad gateway</html>";
    for (media_type, body) in [
        ("application/json", html),
        ("application/json", ""),
        ("application/json", "\"hello\""),
        ("application/json", r#"{"reply":"hello"}"#),
        ("application/json", r#"{"text":"a"} {"text":"b"}"#),
        ("application/json", &"[".repeat(1000)),
        ("application/x-ndjson", html),
        ("application/x-ndjson", "\n\n"),
        ("text/event-stream", ""),
        ("text/event-stream", "data: hello\n\n"),
    ] {
        let (outcome, parts) = answered(200, media_type, body).await;
        let error = outcome.unwrap_err();
        assert!(matches!(error, CognitionError::Nonsense(_)), "{media_type} {body:.30}: {error}");
        assert!(error.retryable());
        assert!(!error.to_string().contains("hello"), "{error}");
        assert!(parts.is_empty());
    }
    let (outcome, _) = answered(200, "application/json", &b"{\"text\":\"\xff\"}"[..]).await;
    assert_eq!(outcome, Err(CognitionError::Nonsense("it is not JSON")));
    let (outcome, _) = answered(200, "text/event-stream", &b"data: \xff\n\n"[..]).await;
    assert_eq!(outcome, Err(CognitionError::Nonsense("it is not UTF-8")));
}

#[tokio::test]
async fn f54_half_an_emoji_does_not_cost_the_answer() {
    let body = r#"{"text":"Fine \ud83d!"}"#;
    assert_eq!(answered(200, "application/json", body).await, done(&["Fine \u{fffd}!"]));
}

#[tokio::test]
async fn a_page_of_html_is_not_an_answer() {
    let (outcome, parts) = answered(200, "text/html; charset=utf-8", "<html>Log in</html>").await;
    assert_eq!(outcome, Err(CognitionError::ContentType("text/html".into())));
    assert!(parts.is_empty());
}

#[tokio::test]
async fn what_was_complete_before_nonsense_stands() {
    let body = "{\"text\":\"a\"}\n{\"delta\":\"b\"}\nnonsense\n";
    let expected = failed(CognitionError::Nonsense("it is not JSON"), &["a"]);
    assert_eq!(answered(200, "application/x-ndjson", body).await, expected);
}

#[tokio::test]
async fn an_error_of_the_servers_own_is_told_apart() {
    let body = "{\"text\":\"a\"}\n{\"delta\":\"b\"}\n{\"error\":\"no model\"}\n";
    assert_eq!(answered(200, "application/x-ndjson", body).await, failed(CognitionError::Reported, &["a"]));
    let body = "event: error\ndata: no model\n\n";
    assert_eq!(answered(200, "text/event-stream", body).await, failed(CognitionError::Reported, &[]));
}

#[tokio::test]
async fn statuses_are_told_apart_by_whether_to_try_again() {
    for (status, retryable) in
        [(400, false), (404, false), (408, true), (422, false), (500, true), (503, true)]
    {
        let (outcome, _) = answered(status, "text/html", "<html>").await;
        let error = outcome.unwrap_err();
        assert_eq!(error, CognitionError::Status { status, retry_after: None });
        assert_eq!(error.retryable(), retryable, "{status}");
    }
    assert_eq!(answered(401, "text/html", "").await.0, Err(CognitionError::Unauthorized(401)));
}

#[tokio::test]
async fn retry_after_is_taken_over_and_capped() {
    for (value, expected) in [("7", Some(7)), ("86400", Some(300)), ("soon", None)] {
        let server = MockServer::start().await;
        let template = ResponseTemplate::new(429).insert_header("retry-after", value);
        Mock::given(method("POST")).respond_with(template).mount(&server).await;
        let error = ask(&server.uri()).await.0.unwrap_err();
        assert!(error.retryable());
        assert_eq!(error.retry_after(), expected.map(Duration::from_secs), "{value}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = MockServer::start().await;
    let template = ResponseTemplate::new(307).insert_header("location", "/elsewhere");
    Mock::given(path("/")).respond_with(template).mount(&server).await;
    Mock::given(path("/elsewhere")).respond_with(ResponseTemplate::new(204)).expect(0).mount(&server).await;
    assert_eq!(ask(&server.uri()).await.0, Err(CognitionError::Redirected(307)));
}

#[tokio::test]
async fn a_server_that_is_down_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = ask(&url).await.0.unwrap_err();
    assert!(matches!(&error, CognitionError::Unreachable(reason) if reason.contains("refused")), "{error}");
    assert!(error.retryable());
}

#[tokio::test]
async fn a_server_that_is_slow_times_out() {
    let url = raw("HTTP/1.1 200 OK\r\n", Then::Stall).await;
    let mut config = config(CognitionKind::Http, &url);
    config.timeout = Duration::from_millis(100);
    let http = Http::new(&config).unwrap();
    let expected = failed(CognitionError::Timeout(config.timeout), &[]);
    assert_eq!(answer(&http, &turn("hello")).await, expected);
}

#[tokio::test]
async fn a_stream_that_stalls_is_given_up_and_what_was_complete_stands() {
    let chunks = ["{\"text\":\"a\"}\n", "{\"delta\":\"b\"}\n"];
    let url = raw(chunked("application/x-ndjson", &chunks), Then::Stall).await;
    let expected = failed(CognitionError::Stalled(Duration::from_millis(100)), &["a"]);
    assert_eq!(ask(&url).await, expected);
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_interrupted_and_what_was_complete_stands() {
    let chunks = ["{\"text\":\"a\"}\n", "{\"delta\":\"b\"}\n", "{\"text\":\"c\"}"];
    let url = raw(chunked("application/x-ndjson", &chunks), Then::Close).await;
    assert_eq!(ask(&url).await, failed(CognitionError::Interrupted, &["a"]));
    let short =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"text\":\"a\"}";
    assert_eq!(ask(&raw(short, Then::Close).await).await, failed(CognitionError::Interrupted, &[]));
}

#[tokio::test]
async fn what_is_not_http_is_unreachable() {
    let (outcome, _) = ask(&raw("SSH-2.0-OpenSSH_9.9\r\n", Then::Close).await).await;
    assert!(matches!(outcome, Err(CognitionError::Unreachable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_hundred_kilobytes_of_text_arrive_whole() {
    let text = "word ".repeat(20_000);
    let body = serde_json::to_vec(&json!({ "text": text })).unwrap();
    assert_eq!(answered(200, "application/json", body).await, done(&[&text]));
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_cut_off_and_not_tried_again() {
    let line = format!("{{\"text\":\"{}\"}}\n", "x".repeat(100_000));
    let (outcome, parts) = answered(200, "application/x-ndjson", line.repeat(3)).await;
    let error = outcome.unwrap_err();
    assert_eq!(error, CognitionError::TooLarge(256 * 1024));
    assert!(!error.retryable());
    // Whole lines that came before the limit.
    assert!(parts.len() <= 2 && parts.iter().all(|part| part.len() == 100_000));
}

#[tokio::test]
async fn an_endless_line_does_not_grow_beyond_the_limit() {
    let (outcome, parts) = answered(200, "application/x-ndjson", "x".repeat(1 << 20)).await;
    assert_eq!((outcome, parts), failed(CognitionError::TooLarge(256 * 1024), &[]));
}
