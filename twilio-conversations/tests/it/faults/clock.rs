//! Faults of time: over a transport in memory and a clock that stands still until all wait.

use super::create;
use crate::support::{account, conversation, conversation_json};
use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use twilio_conversations::{
    Client,
    api::conversation::{CreateConversation, FetchConversation},
    auth::{Auth, AuthToken},
    client::{
        ClientBuilder,
        media::DownloadLimits,
        transport::{Body, TransportError},
    },
    sid::{MediaSid, SmsSid},
};

/// When requests came.
type Times = Arc<Mutex<Vec<Duration>>>;

/// A client whose transport notes the time and answers by the number of the request, from zero.
fn client(answer: impl Fn(usize) -> Response<Body> + Send + Sync + 'static) -> (ClientBuilder, Times) {
    let times = Times::default();
    let noted = Arc::clone(&times);
    let start = Instant::now();
    let transport = move |_: Request<Body>| {
        let mut times = noted.lock().unwrap();
        times.push(start.elapsed());
        let answer = answer(times.len() - 1);
        async { Ok(answer) }
    };
    let login = Auth::Token(AuthToken::new("token").unwrap());
    (Client::builder(account(), login).transport(transport).jitter(|| 1.0), times)
}

fn busy(retry_after: Option<&str>) -> Response<Body> {
    let answer = Response::builder().status(429);
    let answer = retry_after.into_iter().fold(answer, |answer, wish| answer.header("Retry-After", wish));
    answer.body("{}".into()).unwrap()
}

fn found() -> Response<Body> {
    Response::new(conversation_json().to_string().into())
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_waited_for_and_its_absence_doubles_the_wait() {
    let seconds = |all: &[f64]| all.iter().map(|time| Duration::from_secs_f64(*time)).collect::<Vec<_>>();
    for (wish, times) in [
        (Some("2"), seconds(&[0.0, 2.0, 4.0, 6.0])),
        (None, seconds(&[0.0, 0.1, 0.3, 0.7])),
        (Some("0"), seconds(&[0.0, 0.1, 0.3, 0.7])),
        (Some("soon"), seconds(&[0.0, 0.1, 0.3, 0.7])),
        (Some("3600"), seconds(&[0.0, 30.0, 60.0, 90.0])),
    ] {
        let (builder, noted) = client(move |number| if number < 3 { busy(wish) } else { found() });
        assert!(builder.build().unwrap().send(&CreateConversation::new()).await.is_ok());
        // The clock counts in milliseconds and never ends a wait early.
        let is_due =
            |(noted, due): (&Duration, &Duration)| (*due..*due + Duration::from_millis(10)).contains(noted);
        let noted = noted.lock().unwrap();
        assert_eq!(noted.len(), times.len());
        assert!(noted.iter().zip(&times).all(is_due), "{noted:?} {wish:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trickle_ends_with_the_time_of_the_attempt() {
    let trickle = |_| {
        let pieces = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, TransportError>(Bytes::from_static(b" ")), ()))
        });
        Response::new(Body::stream(pieces, None))
    };
    let (builder, times) = client(trickle);
    let client = builder.request_timeout(Duration::from_secs(10)).build().unwrap();
    let start = Instant::now();
    let error = client.send(&create()).await.unwrap_err();
    assert!(
        error.outcome_unknown() && !error.is_retryable() && error.to_string().contains("in time"),
        "{error}"
    );
    assert_eq!(times.lock().unwrap().len(), 1);
    assert!(start.elapsed() < Duration::from_secs(11));

    let error = client.send(&FetchConversation::new(conversation())).await.unwrap_err();
    assert!(!error.outcome_unknown() && error.is_retryable(), "{error}");
    assert_eq!(times.lock().unwrap().len(), 5);

    let limits = DownloadLimits { timeout: Duration::from_secs(20), ..DownloadLimits::default() };
    let message: SmsSid = crate::support::sid("MM");
    let media: MediaSid = crate::support::sid("ME");
    let start = Instant::now();
    let error =
        client.download_message_media(&message, &media, &limits).await.unwrap().bytes().await.unwrap_err();
    assert!(error.to_string().contains("in time"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(21));
}

#[tokio::test(start_paused = true)]
async fn no_answer_at_all_ends_with_the_time_of_the_attempt() {
    let login = Auth::Token(AuthToken::new("token").unwrap());
    let silent = |_: Request<Body>| std::future::pending();
    let client = Client::builder(account(), login).transport(silent).jitter(|| 0.0).build().unwrap();
    let start = Instant::now();
    let error = client.send(&create()).await.unwrap_err();
    assert!(error.outcome_unknown() && error.to_string().contains("in time"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(31));
    assert!(client.send(&FetchConversation::new(conversation())).await.unwrap_err().is_retryable());
    assert!(start.elapsed() >= Duration::from_secs(150), "a creation once, a reading four times");
}
