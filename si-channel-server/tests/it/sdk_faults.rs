//! The client meets each fault that the sandbox can play: what it makes of it, and what was done at Twilio.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use twilio_conversations::{
    Client,
    api::{
        conversation::{CreateConversation, ListConversations},
        message::{CreateMessage, ListMessages},
    },
    auth::{Auth, AuthToken},
    sid::ConversationSid,
};
use twilio_sandbox::{Fault, Refusal, RequestFault, RetryAfter, Sandbox, SandboxConfig};

const MESSAGES: &str = "POST /conversations/v1/Conversations/*/Messages";
const READ: &str = "GET /conversations/v1/Conversations/*/Messages";

async fn start() -> (Sandbox, Client, ConversationSid) {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let token = AuthToken::new(sandbox.auth_token()).unwrap();
    let client = Client::builder(sandbox.account_sid().parse().unwrap(), Auth::Token(token))
        .sandbox(sandbox.url())
        .build()
        .unwrap();
    let conversation = client.send(&CreateConversation::new()).await.unwrap().sid;
    (sandbox, client, conversation)
}

async fn posted(client: &Client, conversation: &ConversationSid) -> usize {
    let all: Vec<_> =
        client.pages(&ListMessages::new(conversation)).into_stream().try_collect().await.unwrap();
    all.len()
}

/// How a creation ended.
#[derive(Debug, PartialEq)]
enum Ended {
    Created,
    /// It failed, and nothing was done.
    Refused,
    /// Nobody can tell.
    Unknown,
}

#[tokio::test]
async fn a_creation_is_done_at_most_once_whatever_fails() {
    use Ended::{Created, Refused, Unknown};
    let skew = jiff::SignedDuration::from_hours(-48);
    for (fault, ended, done) in [
        (RequestFault::status(400), Refused, 0),
        (RequestFault::status(401), Refused, 0),
        (RequestFault::status(403), Refused, 0),
        (RequestFault::status(404), Refused, 0),
        (RequestFault::status(429), Created, 1),
        (RequestFault::status(500), Unknown, 0),
        (RequestFault::status(503), Unknown, 0),
        (RequestFault::Delay(Duration::from_millis(20)), Created, 1),
        (RequestFault::DropBeforeEffect, Unknown, 0),
        (RequestFault::DropAfterEffect, Unknown, 1),
        (RequestFault::Truncate, Unknown, 1),
        (RequestFault::GarbageHtml, Unknown, 1),
        (RequestFault::GarbageJson, Unknown, 1),
        (RequestFault::Trickle(Duration::from_millis(1)), Created, 1),
        (RequestFault::ClockSkew(skew), Created, 1),
    ] {
        let (sandbox, client, conversation) = start().await;
        sandbox.plan_fault(Fault::request(fault.clone()).on(MESSAGES)).unwrap();
        let found = match client.send(&CreateMessage::text(&conversation, "Hello").unwrap()).await {
            Ok(_) => Created,
            Err(error) if error.outcome_unknown() => Unknown,
            Err(_) => Refused,
        };
        assert_eq!((found, posted(&client, &conversation).await), (ended, done), "{fault:?}");
    }
}

#[tokio::test]
async fn a_reading_gets_through_what_passes() {
    for fault in [
        RequestFault::status(429),
        RequestFault::status(500),
        RequestFault::status(503),
        RequestFault::DropBeforeEffect,
        RequestFault::DropAfterEffect,
        RequestFault::Truncate,
        RequestFault::Trickle(Duration::from_millis(1)),
    ] {
        let (sandbox, client, conversation) = start().await;
        client.send(&CreateMessage::text(&conversation, "Hello").unwrap()).await.unwrap();
        sandbox.plan_fault(Fault::request(fault.clone()).on(READ)).unwrap();
        assert_eq!(posted(&client, &conversation).await, 1, "{fault:?}");
        assert_eq!(sandbox.faults().len(), 0, "it struck: {fault:?}");
    }
}

#[tokio::test]
async fn a_429_waits_for_as_long_as_it_says() {
    let (sandbox, client, conversation) = start().await;
    let fault = RequestFault::too_many(RetryAfter::Seconds(2));
    sandbox.plan_fault(Fault::request(fault).on(MESSAGES)).unwrap();
    let before = Instant::now();
    client.send(&CreateMessage::text(&conversation, "Hello").unwrap()).await.unwrap();
    assert!(before.elapsed() >= Duration::from_secs(2));
    assert_eq!(posted(&client, &conversation).await, 1);
}

#[tokio::test]
async fn a_redirection_to_another_host_is_not_followed() {
    let (sandbox, client, conversation) = start().await;
    let elsewhere = Sandbox::start(SandboxConfig::default()).await.unwrap();
    for status in [301, 302, 307, 308] {
        let refusal = Refusal {
            status,
            code: None,
            message: None,
            retry_after: None,
            location: Some(format!("{}/conversations/v1/Conversations", elsewhere.url())),
        };
        for pattern in [MESSAGES, READ] {
            sandbox.plan_fault(Fault::request(RequestFault::Status(refusal.clone())).on(pattern)).unwrap();
        }
        client.send(&CreateMessage::text(&conversation, "Hello").unwrap()).await.unwrap_err();
        client.send(&ListMessages::new(&conversation)).await.unwrap_err();
    }
    let log = reqwest::get(format!("{}/sandbox/log", elsewhere.url())).await.unwrap();
    let log: serde_json::Value = serde_json::from_slice(&log.bytes().await.unwrap()).unwrap();
    assert!(log["entries"].as_array().is_some_and(Vec::is_empty), "{log}");
    client.pages(&ListConversations::new()).next_page().await.unwrap();
}
