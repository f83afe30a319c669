//! What is sent again, and what is not.

use crate::support::{builder, client, conversation, conversation_json, counted_jitter};
use http::Response;
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpListener, time::Instant};
use twilio_conversations::{
    api::conversation::{CreateConversation, DeleteConversation, FetchConversation, UpdateConversation},
    client::transport::{Body, TransportError},
    model::ConversationState,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method},
};

async fn answering(status: u16, times: u64, then: u16) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(status)).up_to_n_times(times).mount(&server).await;
    let body = if then == 204 { serde_json::Value::Null } else { conversation_json() };
    Mock::given(any()).respond_with(ResponseTemplate::new(then).set_body_json(body)).mount(&server).await;
    server
}

async fn count(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn reads_are_repeated_after_429_and_5xx() {
    for status in [429, 500, 502, 503, 504] {
        let server = answering(status, 2, 200).await;
        assert!(client(&server).send(&FetchConversation::new(conversation())).await.is_ok(), "{status}");
        assert_eq!(count(&server).await, 3, "{status}");
    }
}

#[tokio::test]
async fn refusals_are_not_repeated() {
    for status in [400, 401, 403, 404, 409, 422] {
        let server = answering(status, 1, 200).await;
        let error = client(&server).send(&FetchConversation::new(conversation())).await.unwrap_err();
        assert_eq!((error.status(), error.is_retryable()), (Some(status), false));
        assert_eq!(count(&server).await, 1, "{status}");
    }
}

#[tokio::test]
async fn creations_and_updates_are_repeated_after_429_alone() {
    for (status, attempts) in [(429, 2), (500, 1), (503, 1)] {
        let server = answering(status, 1, 201).await;
        let created = client(&server).send(&CreateConversation::new()).await;
        assert_eq!(count(&server).await, attempts, "{status}");
        assert_eq!(created.is_ok(), status == 429);
        if let Err(error) = created {
            assert!(error.outcome_unknown() && !error.is_retryable(), "{error}");
        }
        let server = answering(status, 1, 200).await;
        let update = UpdateConversation::new(conversation()).state(ConversationState::Closed);
        assert_eq!(client(&server).send(&update).await.is_ok(), status == 429);
        assert_eq!(count(&server).await, attempts, "{status}");
    }
}

#[tokio::test]
async fn what_is_sent_once_is_not_repeated_and_says_what_it_may_have_done() {
    for (status, unknown, retryable) in [(429, false, true), (500, true, false), (404, false, false)] {
        let server = answering(status, 1, 201).await;
        let error = client(&server).send_once(&CreateConversation::new(), Duration::MAX).await.unwrap_err();
        assert_eq!((error.outcome_unknown(), error.is_retryable()), (unknown, retryable), "{status}");
        assert_eq!(count(&server).await, 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_once_is_begun_in_time_or_not_at_all() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let client = builder("https://twilio.invalid")
        .transport(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            pending::<Result<Response<Body>, TransportError>>()
        })
        .max_concurrent_requests(1)
        .request_timeout(Duration::from_mins(1))
        .build()
        .unwrap();
    let request = CreateConversation::new();
    // It was held up before.
    let late = client.send_once(&request, Duration::ZERO).await.unwrap_err();
    assert!(late.is_too_late() && late.is_retryable() && !late.outcome_unknown(), "{late}");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    // Another is under way for a minute.
    let began = Instant::now();
    let (other, late) = tokio::join!(
        client.send_once(&request, Duration::MAX),
        client.send_once(&request, Duration::from_secs(2))
    );
    assert!(other.unwrap_err().outcome_unknown());
    assert!(late.unwrap_err().is_too_late());
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(began.elapsed(), Duration::from_mins(1));
}

#[tokio::test]
async fn attempts_end_and_each_wait_asks_for_jitter() {
    let server = answering(429, 100, 201).await;
    let (waits, jitter) = counted_jitter();
    let client = builder(&server.uri()).jitter(jitter).build().unwrap();
    let error = client.send(&CreateConversation::new()).await.unwrap_err();
    assert!(error.is_retryable() && !error.outcome_unknown());
    assert_eq!(count(&server).await, 4);
    assert!(*waits.lock().unwrap() >= 3);
}

#[tokio::test]
async fn the_servers_wish_is_reported_uncapped() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("Retry-After", "3600");
    Mock::given(any()).respond_with(busy).mount(&server).await;
    let error = client(&server).send(&CreateConversation::new()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_hours(1)));
}

#[tokio::test]
async fn a_deletion_repeated_after_a_lost_answer_may_find_nothing() {
    let server = answering(502, 1, 404).await;
    assert!(client(&server).send(&DeleteConversation::new(conversation())).await.is_ok());
    let server = answering(429, 1, 404).await;
    let error = client(&server).send(&DeleteConversation::new(conversation())).await.unwrap_err();
    assert!(error.is_not_found());
    let server = answering(502, 1, 401).await;
    let error = client(&server).send(&DeleteConversation::new(conversation())).await.unwrap_err();
    assert!(error.is_unauthorized() && error.outcome_unknown(), "the first attempt may have deleted it");
    let server = answering(204, 1, 204).await;
    assert!(client(&server).send(&DeleteConversation::new(conversation())).await.is_ok());
}

#[tokio::test]
async fn what_was_not_sent_is_repeated_and_has_a_known_outcome() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (waits, jitter) = counted_jitter();
    let client = builder(&base).jitter(jitter).build().unwrap();
    let error = client.send(&CreateConversation::new()).await.unwrap_err();
    assert!(error.is_retryable() && !error.outcome_unknown(), "{error}");
    assert!(*waits.lock().unwrap() >= 3, "three repetitions");
    assert!(!error.to_string().contains("127.0.0.1") && std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn an_own_client_that_follows_a_redirection_is_found_out() {
    let server = MockServer::start().await;
    let target = format!("{}/elsewhere", server.uri());
    let redirect = ResponseTemplate::new(307).insert_header("Location", target.as_str());
    Mock::given(method("GET")).respond_with(redirect).up_to_n_times(1).mount(&server).await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(conversation_json()))
        .mount(&server)
        .await;
    let client = builder(&server.uri()).http_client(reqwest::Client::new()).build().unwrap();
    assert!(client.send(&FetchConversation::new(conversation())).await.is_err());
}
