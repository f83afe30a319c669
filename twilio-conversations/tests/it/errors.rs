//! Answers that are not what was asked for.

use crate::support::{HEX, builder, client, conversation};
use serde_json::json;
use twilio_conversations::{
    advice::AdviceClass,
    api::{
        conversation::{CreateConversation, FetchConversation},
        participant::CreateParticipant,
    },
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

async fn answering(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    server
}

#[tokio::test]
async fn a_bound_address_names_the_conversation_that_holds_it() {
    let message =
        format!("A binding for this participant and proxy address already exists in Conversation CH{HEX}");
    let body = json!({"code": 50416, "message": message, "more_info": "https://www.twilio.com/docs/errors/50416", "status": 409});
    let server = answering(ResponseTemplate::new(409).set_body_json(body)).await;
    let join = CreateParticipant::by_address(conversation(), "+15550001111", "+15550002222").unwrap();
    let error = client(&server).send(&join).await.unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(409), Some(50416)));
    assert!(error.is_conflict() && !error.is_retryable() && !error.outcome_unknown());
    assert_eq!(error.conflicting_conversation(), Some(&conversation()));
    let text = error.to_string();
    assert!(text.contains("409") && text.contains("50416") && !text.contains('\n'), "{text}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_leaves_a_creation_open() {
    let secret = r#"{"sid":"+15550001111"}"#;
    let server = answering(ResponseTemplate::new(201).set_body_string(secret)).await;
    let error = client(&server).send(&CreateConversation::new()).await.unwrap_err();
    assert!(error.outcome_unknown() && error.api().is_none());
    assert!(!format!("{error} {error:?}").contains("555"));
    let error = client(&server).send(&FetchConversation::new(conversation())).await.unwrap_err();
    assert!(!error.outcome_unknown() && !error.is_retryable());
}

#[tokio::test]
async fn an_answer_past_the_limit_is_not_read() {
    let server = answering(ResponseTemplate::new(201).set_body_bytes(vec![b' '; 2048])).await;
    let client = builder(&server.uri()).max_response_bytes(1024).build().unwrap();
    let error = client.send(&CreateConversation::new()).await.unwrap_err();
    assert!(error.outcome_unknown() && error.to_string().contains("1024"), "{error}");
}

#[tokio::test]
async fn errors_that_are_not_json_keep_their_status() {
    let server = answering(ResponseTemplate::new(404).set_body_string("<html>")).await;
    let error = client(&server).send(&FetchConversation::new(conversation())).await.unwrap_err();
    assert!(error.is_not_found() && error.code().is_none());
    let body = json!({"code": 50353, "message": "Conversation with provided unique name already exists", "status": 400});
    let server = answering(ResponseTemplate::new(400).set_body_json(body)).await;
    assert!(client(&server).send(&CreateConversation::new()).await.unwrap_err().is_conflict());
    let server = answering(ResponseTemplate::new(401).set_body_json(json!({"code": 20003}))).await;
    assert!(client(&server).send(&CreateConversation::new()).await.unwrap_err().is_unauthorized());
}

#[tokio::test]
async fn every_error_comes_with_advice() {
    for (status, body, class) in [
        (400, json!({"code": 21610}), AdviceClass::Refused),
        (400, json!({"code": 99_999}), AdviceClass::Permanent),
        (401, json!({"code": 20003}), AdviceClass::Account),
        (409, json!({"code": 50416}), AdviceClass::Conflict),
        (503, json!({}), AdviceClass::Transient),
        (201, json!({"sid": 1}), AdviceClass::Transient),
        (302, json!({}), AdviceClass::Permanent),
    ] {
        let server = answering(ResponseTemplate::new(status).set_body_json(&body)).await;
        let error = client(&server).send(&CreateConversation::new()).await.unwrap_err();
        assert_eq!(error.advice().class, class, "{status} {body}");
    }
    let unread = answering(ResponseTemplate::new(200).set_body_string("<html>")).await;
    let error = client(&unread).send(&FetchConversation::new(conversation())).await.unwrap_err();
    assert_eq!(error.advice().class, AdviceClass::Permanent);
    let gone = builder("http://127.0.0.1:1").build().unwrap();
    let error = gone.send(&CreateConversation::new()).await.unwrap_err();
    assert!(error.advice().is_worth_waiting() && !error.outcome_unknown());
}
