//! A transport of one's own, and what stays above it.

use crate::support::{account, conversation, conversation_json};
use http::{Request, Response};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;
use twilio_conversations::{
    Client,
    api::conversation::{CreateConversation, FetchConversation},
    auth::{Auth, AuthToken},
    client::{
        ClientBuilder,
        media::DownloadLimits,
        retry::RetryPolicy,
        transport::{Body, FollowedRedirection, Transport, TransportError},
    },
    sid::{MediaSid, SmsSid},
};

fn token(text: &str) -> Auth {
    Auth::Token(AuthToken::new(text).unwrap())
}

fn client(transport: impl Transport) -> ClientBuilder {
    let policy = RetryPolicy { base: std::time::Duration::ZERO, ..RetryPolicy::default() };
    Client::builder(account(), token("old")).transport(transport).retry_policy(policy)
}

fn found() -> Response<Body> {
    Response::new(conversation_json().to_string().into())
}

fn status(status: u16) -> Response<Body> {
    Response::builder().status(status).body("{}".into()).unwrap()
}

/// The user and the secret of a login.
fn login(request: &Request<Body>) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let header = request.headers()["authorization"].to_str().unwrap();
    let pair = BASE64_STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
    String::from_utf8(pair).unwrap()
}

#[tokio::test]
async fn a_function_is_a_transport_and_sees_the_whole_request() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let transport = move |request: Request<Body>| {
        let body = String::from_utf8(request.body().as_bytes().unwrap().to_vec()).unwrap();
        let line = format!("{} {} {body}", request.method(), request.uri());
        assert_eq!(login(&request), format!("{}:old", account()));
        assert!(
            request.headers()["authorization"].is_sensitive() && !format!("{request:?}").contains("Basic")
        );
        noted.lock().unwrap().push(line);
        async { Ok(found()) }
    };
    let client = client(transport).build().unwrap();
    let create = CreateConversation::new().friendly_name("a & b").unwrap();
    assert_eq!(client.send(&create).await.unwrap().sid, conversation());
    client.send(&FetchConversation::new(conversation())).await.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "POST https://conversations.twilio.com/v1/Conversations FriendlyName=a+%26+b".to_owned(),
            format!("GET https://conversations.twilio.com/v1/Conversations/{} ", conversation()),
        ]
    );
}

#[tokio::test]
async fn its_errors_say_what_may_be_repeated() {
    type Fault = fn() -> TransportError;
    let faults: [(Fault, usize, bool); 3] = [
        (|| TransportError::not_sent("no route"), 4, false),
        (|| TransportError::lost("reset"), 1, true),
        (|| TransportError::unsendable("too large"), 1, false),
    ];
    for (fault, requests, outcome_unknown) in faults {
        let count = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&count);
        let transport = move |_: Request<Body>| {
            *counter.lock().unwrap() += 1;
            async move { Err(fault()) }
        };
        let error = client(transport).build().unwrap().send(&CreateConversation::new()).await.unwrap_err();
        assert_eq!((*count.lock().unwrap(), error.outcome_unknown()), (requests, outcome_unknown), "{error}");
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), fault().source_text());
    }
}

trait SourceText {
    fn source_text(&self) -> String;
}

impl SourceText for TransportError {
    fn source_text(&self) -> String {
        std::error::Error::source(self).unwrap().to_string()
    }
}

#[tokio::test]
async fn an_answer_from_elsewhere_is_refused() {
    let transport = |_: Request<Body>| async {
        let mut answer = found();
        answer.extensions_mut().insert(FollowedRedirection);
        Ok(answer)
    };
    let error = client(transport).build().unwrap().send(&CreateConversation::new()).await.unwrap_err();
    assert!(error.outcome_unknown() && error.to_string().contains("redirection"), "{error}");
}

#[tokio::test]
async fn what_answers_name_is_asked_over_the_other_transport_without_the_login() {
    let twilio = |request: Request<Body>| {
        assert_eq!(request.uri().host(), Some("api.twilio.com"));
        let answer = Response::builder().status(307).header("Location", "https://files.example/a.png");
        async { Ok(answer.body(Body::default()).unwrap()) }
    };
    let files = |request: Request<Body>| {
        assert_eq!(request.uri(), "https://files.example/a.png");
        assert!(request.headers().get("authorization").is_none());
        async {
            Ok(Response::builder().header("Content-Type", "image/png").body("GIF89a…".into()).unwrap())
        }
    };
    let client = client(twilio).file_transport(files).build().unwrap();
    let (message, media): (SmsSid, MediaSid) = (crate::support::sid("MM"), crate::support::sid("ME"));
    let strict = DownloadLimits::default();
    let error = client.download_message_media(&message, &media, &strict).await.unwrap_err();
    assert!(error.to_string().contains("not of the type"), "{error}");
    let lax = DownloadLimits { check_type: false, ..strict };
    let file = client.download_message_media(&message, &media, &lax).await.unwrap();
    assert_eq!((file.content_type(), file.sniffed_type()), (Some("image/png"), Some("image/gif")));
    assert_eq!(file.bytes().await.unwrap(), "GIF89a…");
}

/// A transport that hands its requests, and how to answer them, to the test.
type Asked = (Request<Body>, tokio::sync::oneshot::Sender<Response<Body>>);

fn asking() -> (impl Transport, mpsc::UnboundedReceiver<Asked>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let transport = move |request: Request<Body>| {
        let (answer, answered) = tokio::sync::oneshot::channel();
        sender.send((request, answer)).unwrap();
        async move { answered.await.map_err(TransportError::lost) }
    };
    (transport, receiver)
}

#[tokio::test]
async fn a_login_changed_under_way_is_used_once_for_what_was_refused() {
    for (then, succeeds) in [(200, true), (401, false)] {
        let (transport, mut asked) = asking();
        let client = client(transport).build().unwrap();
        let sending = tokio::spawn({
            let client = client.clone();
            async move { client.send(&CreateConversation::new()).await }
        });
        let (request, answer) = asked.recv().await.unwrap();
        assert!(login(&request).ends_with(":old"));
        client.set_auth(token("new"));
        answer.send(status(401)).unwrap();
        let (request, answer) = asked.recv().await.unwrap();
        assert!(login(&request).ends_with(":new"));
        // Another change does not make it go on for ever.
        client.set_auth(token("newer"));
        answer.send(if then == 200 { found() } else { status(then) }).unwrap();
        assert_eq!(sending.await.unwrap().is_ok(), succeeds);
        assert!(asked.try_recv().is_err());
    }
}

#[tokio::test]
async fn requests_under_way_end_with_the_login_they_had() {
    let (transport, mut asked) = asking();
    let client = client(transport).build().unwrap();
    let sending = tokio::spawn({
        let client = client.clone();
        async move { client.send(&CreateConversation::new()).await }
    });
    let (_, answer) = asked.recv().await.unwrap();
    client.set_auth(token("new"));
    answer.send(found()).unwrap();
    assert!(sending.await.unwrap().is_ok());
    let later = tokio::spawn(async move { client.send(&FetchConversation::new(conversation())).await });
    let (request, answer) = asked.recv().await.unwrap();
    assert!(login(&request).ends_with(":new"));
    answer.send(status(401)).unwrap();
    assert!(later.await.unwrap().unwrap_err().is_unauthorized());
    assert!(asked.try_recv().is_err(), "refused with the login of now: not repeated");
}
