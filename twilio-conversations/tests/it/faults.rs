//! Each fault, met by a creation and by a reading: how often it is sent, what the error says, what is known afterwards.
//!
//! The fault stays: whatever may be sent again is sent four times, whatever may have had its effect once.

mod clock;
mod server;

use crate::support::{builder, conversation, conversation_json};
use server::{Behaviour, Server};
use std::time::Duration;
use twilio_conversations::{
    Client, Request,
    advice::AdviceClass,
    api::{
        conversation::{CreateConversation, DeleteConversation, FetchConversation, UpdateConversation},
        message::CreateMessage,
    },
    error::Error,
};

/// What is known after a request that failed for good.
#[derive(Debug, PartialEq)]
struct Known {
    requests: usize,
    outcome_unknown: bool,
    is_retryable: bool,
    advice: AdviceClass,
}

const fn known(requests: usize, outcome_unknown: bool, is_retryable: bool, advice: AdviceClass) -> Known {
    Known { requests, outcome_unknown, is_retryable, advice }
}

async fn meet<R: Request<Output: std::fmt::Debug>>(
    client: &Client,
    server: &Server,
    request: &R,
) -> (Known, Error) {
    let before = server.requests();
    let error = client.send(request).await.unwrap_err();
    let requests = server.requests() - before;
    (known(requests, error.outcome_unknown(), error.is_retryable(), error.advice().class), error)
}

/// One that creates.
fn create() -> CreateMessage {
    CreateMessage::text(conversation(), "Hello").unwrap()
}

fn json(status: u16) -> Behaviour {
    Behaviour::answer(status, "application/json", format!(r#"{{"status":{status},"message":"no"}}"#))
}

#[tokio::test]
async fn every_fault_is_met_as_the_table_says() {
    use AdviceClass::{Account, Conflict, Permanent, Rate, Transient};
    let elsewhere = Server::start(json(200)).await;
    let redirection =
        |status| json(status).with_header(&format!("Location: {}/v1/Conversations\r\n", elsewhere.base()));
    let refused = || known(1, false, false, Permanent);
    let of_account = || known(1, false, false, Account);
    let elsewhere_asked = || known(1, true, false, Permanent);
    let unclear = || known(1, true, false, Transient);
    let repeated = || known(4, false, true, Transient);
    let page = |status| Behaviour::answer(status, "text/html", "<html><h1>Sorry</h1></html>");
    for (fault, creation, reading, text) in [
        (json(400), refused(), refused(), "answered 400"),
        (json(401), of_account(), of_account(), "answered 401"),
        (json(403), of_account(), of_account(), "answered 403"),
        (json(404), refused(), refused(), "answered 404"),
        (json(409), known(1, false, false, Conflict), known(1, false, false, Conflict), "answered 409"),
        (json(429), known(4, false, true, Rate), known(4, false, true, Rate), "answered 429"),
        (json(500), unclear(), repeated(), "answered 500"),
        (json(502), unclear(), repeated(), "answered 502"),
        (json(503), unclear(), repeated(), "answered 503"),
        (json(504), unclear(), repeated(), "answered 504"),
        (page(502), unclear(), repeated(), "answered 502"),
        (page(403), of_account(), of_account(), "answered 403"),
        (page(200), unclear(), refused(), "not understood"),
        (Behaviour::answer(201, "application/json", "{\"sid\":"), unclear(), refused(), "not understood"),
        (Behaviour::answer(200, "application/json", ""), unclear(), refused(), "not understood"),
        (
            Behaviour::answer(200, "application/json", " ".repeat(5000)),
            unclear(),
            refused(),
            "more than 4096",
        ),
        (json(200).endless(), unclear(), refused(), "more than 4096"),
        (redirection(301), elsewhere_asked(), refused(), "redirection"),
        (redirection(302), elsewhere_asked(), refused(), "redirection"),
        (redirection(307), elsewhere_asked(), refused(), "redirection"),
        (redirection(308), elsewhere_asked(), refused(), "redirection"),
        (json(200).cut_short(), unclear(), repeated(), "lost"),
        (json(200).cut_in_head(), unclear(), repeated(), "lost"),
        (Behaviour::Garbage, unclear(), repeated(), "lost"),
        (Behaviour::CloseAfterRequest, unclear(), repeated(), "lost"),
        (Behaviour::CloseAtOnce, unclear(), repeated(), "lost"),
    ] {
        let shown = format!("{fault:?}");
        let server = Server::start(fault).await;
        let client = builder(&server.base()).max_response_bytes(4096).build().unwrap();
        let (met, error) = meet(&client, &server, &create()).await;
        assert_eq!(met, creation, "creation: {error} from {shown}");
        assert!(error.to_string().contains(text), "{error} from {shown}");
        let (met, error) = meet(&client, &server, &FetchConversation::new(conversation())).await;
        assert_eq!(met, reading, "reading: {error} from {shown}");
        let update = UpdateConversation::new(conversation()).friendly_name("Trip").unwrap();
        let (met, error) = meet(&client, &server, &update).await;
        assert_eq!(met, creation, "update: {error} from {shown}");
    }
    assert_eq!(elsewhere.requests(), 0, "no redirection is followed");
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_nothing_was_sent() {
    let server = Server::start(json(200)).await;
    let base = server.base();
    drop(server);
    let client = builder(&base).build().unwrap();
    for error in [
        client.send(&create()).await.unwrap_err(),
        client.send(&FetchConversation::new(conversation())).await.unwrap_err(),
    ] {
        assert!(error.is_retryable() && !error.outcome_unknown(), "{error}");
        assert!(error.to_string().contains("nothing was sent"), "{error}");
        assert!(error.advice().is_worth_waiting());
    }
}

#[tokio::test]
async fn a_creation_over_a_connection_that_was_closed_meanwhile_arrives_once_at_most() {
    let found = Behaviour::answer(201, "application/json", conversation_json().to_string()).then_close();
    let server = Server::start(found).await;
    let client = builder(&server.base()).build().unwrap();
    for _ in 0..20 {
        let before = server.requests();
        let created = client.send(&CreateConversation::new()).await;
        let arrived = server.requests() - before;
        // Whether the client learns of the end of the connection before it writes is a matter of luck.
        match created {
            Ok(_) => assert_eq!(arrived, 1),
            Err(error) => assert!(arrived <= 1 && error.outcome_unknown(), "{error}"),
        }
    }
}

#[tokio::test]
async fn a_deletion_is_repeated_and_its_outcome_is_open_while_no_answer_came() {
    for (fault, requests, outcome_unknown) in [
        (json(503), 4, true),
        (Behaviour::CloseAfterRequest, 4, true),
        (json(429), 4, false),
        (json(403), 1, false),
    ] {
        let shown = format!("{fault:?}");
        let server = Server::start(fault).await;
        let client = builder(&server.base()).build().unwrap();
        let (met, error) = meet(&client, &server, &DeleteConversation::new(conversation())).await;
        assert_eq!((met.requests, met.outcome_unknown), (requests, outcome_unknown), "{error} from {shown}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_counts_as_lost() {
    let server = Server::start(Behaviour::Silence).await;
    let client = builder(&server.base()).request_timeout(Duration::from_millis(50)).build().unwrap();
    let error = client.send(&create()).await.unwrap_err();
    assert!(error.outcome_unknown() && error.to_string().contains("in time"), "{error}");
    assert!(server.requests() <= 1);
}
