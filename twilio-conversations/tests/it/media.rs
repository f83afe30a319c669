//! Files up and down, and where the login does not go.

use crate::support::{builder, client, sid};
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use twilio_conversations::{
    Client,
    advice::AdviceClass,
    client::media::{DownloadLimits, Upload},
    error::Error,
    sid::{MediaSid, ServiceSid, SmsSid},
};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{body_bytes, header, header_exists, method, path, query_param},
};

const HEX: &str = crate::support::HEX;

/// How every PNG begins.
const PNG: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

fn media() -> MediaSid {
    sid("ME")
}

fn service() -> ServiceSid {
    sid("IS")
}

fn message_media() -> String {
    format!("/api/2010-04-01/Accounts/AC{HEX}/Messages/MM{HEX}/Media/ME{HEX}")
}

async fn download(client: &Client, limits: &DownloadLimits) -> Result<Vec<u8>, Error> {
    let message: SmsSid = sid("MM");
    Ok(client.download_message_media(&message, &media(), limits).await?.bytes().await?.to_vec())
}

/// A message's file that leads elsewhere, and a file below the same base.
async fn leading_to(location: &str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path(message_media()))
        .and(header_exists("authorization"))
        .respond_with(ResponseTemplate::new(307).insert_header("location", location))
        .mount(&server)
        .await;
    Mock::given(path("/cdn/file"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(PNG.to_vec(), "image/png"))
        .mount(&server)
        .await;
    server
}

fn logins(requests: &[Request]) -> Vec<bool> {
    requests.iter().map(|request| request.headers.contains_key("authorization")).collect()
}

#[tokio::test]
async fn the_login_is_not_sent_after_a_redirection() {
    let server = leading_to("/cdn/file").await;
    let client = client(&server);
    assert_eq!(download(&client, &DownloadLimits::default()).await.unwrap(), PNG);
    assert_eq!(logins(&server.received_requests().await.unwrap()), [true, false]);
}

#[tokio::test]
async fn links_to_elsewhere_are_not_asked() {
    let other = MockServer::start().await;
    for location in [
        other.uri().as_str(),
        "http://files.example/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "https://[::ffff:169.254.169.254]/x",
        "https://169.254.169.254/latest",
        "https://localhost/x",
        "https://files.example:8443/x",
        "https://u:p@files.example/x",
        "file:///etc/passwd",
    ] {
        let server = leading_to(location).await;
        let error = download(&client(&server), &DownloadLimits::default()).await.unwrap_err();
        assert!(error.api().is_none() && !error.outcome_unknown(), "{location}: {error}");
        assert!(!error.to_string().contains("example"), "{error}");
    }
    assert!(other.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_of_somebody_elses_choice_is_asked_for_by_the_same_rules_and_without_the_login() {
    let (server, other) = (leading_to("/cdn/file").await, MockServer::start().await);
    Mock::given(path("/file"))
        .respond_with(ResponseTemplate::new(307).insert_header("location", "/moved"))
        .mount(&other)
        .await;
    Mock::given(path("/moved"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(PNG.to_vec(), "image/png"))
        .mount(&other)
        .await;
    let client = client(&server);
    let url = format!("{}/file", other.uri()).parse().unwrap();
    let guarded = DownloadLimits::default();
    assert!(client.download_url(&url, &guarded).await.is_err());
    assert!(other.received_requests().await.unwrap().is_empty());
    let here = DownloadLimits { private_hosts: true, ..guarded };
    assert_eq!(client.download_url(&url, &here).await.unwrap().bytes().await.unwrap(), PNG.as_slice());
    assert_eq!(logins(&other.received_requests().await.unwrap()), [false, false]);
    for url in ["ftp://files.example/x", "file:///etc/passwd", "https://u:p@files.example/x"] {
        assert!(client.download_url(&url.parse().unwrap(), &here).await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn redirections_size_and_type_have_limits() {
    let server = leading_to("/cdn/file").await;
    let client = client(&server);
    for (limits, fits) in [
        (DownloadLimits { max_redirects: 0, ..<_>::default() }, false),
        (DownloadLimits { max_redirects: 1, ..<_>::default() }, true),
        (DownloadLimits { max_bytes: 7, ..<_>::default() }, false),
        (DownloadLimits { max_bytes: 8, ..<_>::default() }, true),
        (DownloadLimits { content_types: vec!["image/*".into()], ..<_>::default() }, true),
        (DownloadLimits { content_types: vec!["image/jpeg".into()], ..<_>::default() }, false),
    ] {
        let result = download(&client, &limits).await;
        assert_eq!(result.is_ok(), fits, "{limits:?}");
        if let Err(error) = result {
            assert_eq!(error.advice().class, AdviceClass::Permanent, "{error}");
        }
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_yet_is_asked_for_again() {
    let server = MockServer::start().await;
    Mock::given(path(message_media()))
        .respond_with(ResponseTemplate::new(404))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Mock::given(path(message_media()))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(b"x".to_vec()))
        .mount(&server)
        .await;
    assert_eq!(download(&client(&server), &DownloadLimits::default()).await.unwrap(), b"x");
    assert_eq!(server.received_requests().await.unwrap().len(), 3);

    let never = MockServer::start().await;
    let gone = ResponseTemplate::new(404).set_body_json(json!({"code": 20404}));
    Mock::given(path(message_media())).respond_with(gone).mount(&never).await;
    let error = download(&client(&never), &DownloadLimits::default()).await.unwrap_err();
    assert!(error.is_not_found() && error.code() == Some(20404));
    assert_eq!(never.received_requests().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_conversations_file_is_fetched_by_its_temporary_link() {
    let server = MockServer::start().await;
    let known = json!({
        "sid": media(), "service_sid": service(), "size": 8, "content_type": "image/png", "filename": null,
        "links": {"content": "/x", "content_direct_temporary": format!("{}/cdn/file?sig=1", server.uri())},
    });
    Mock::given(path(format!("/mcs/v1/Services/IS{HEX}/Media/ME{HEX}")))
        .respond_with(ResponseTemplate::new(200).set_body_json(known))
        .mount(&server)
        .await;
    Mock::given(path("/cdn/file"))
        .and(query_param("sig", "1"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(PNG.to_vec(), "image/png"))
        .mount(&server)
        .await;
    let limits = DownloadLimits::default();
    let mut file = client(&server).download_media(&service(), &media(), &limits).await.unwrap();
    assert_eq!((file.content_type(), file.content_length()), (Some("image/png"), Some(8)));
    let mut all = Vec::new();
    while let Some(chunk) = file.chunk().await.unwrap() {
        all.extend_from_slice(&chunk);
    }
    assert_eq!(all, PNG);
    assert_eq!(logins(&server.received_requests().await.unwrap()), [true, false]);
}

#[tokio::test]
async fn an_upload_carries_the_bytes_and_is_not_repeated_after_5xx() {
    let uploads = || Mock::given(method("POST")).and(path(format!("/mcs/v1/Services/IS{HEX}/Media")));
    let server = MockServer::start().await;
    uploads()
        .and(query_param("Filename", "a b.png"))
        .and(header("content-type", "image/png"))
        .and(body_bytes(b"\x89PNG\0"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"sid": media(), "size": 5})))
        .expect(1)
        .mount(&server)
        .await;
    let upload = || Upload::new("image/png", b"\x89PNG\0".as_slice()).filename("a b.png");
    assert!(!format!("{:?}", upload()).contains("a b"));
    let uploaded = client(&server).upload_media(&service(), upload()).await.unwrap();
    assert_eq!((uploaded.sid, uploaded.size), (media(), Some(5)));

    let failing = MockServer::start().await;
    uploads().respond_with(ResponseTemplate::new(503)).expect(1).mount(&failing).await;
    let client = builder(&failing.uri()).build().unwrap();
    let error = client.upload_media(&service(), upload()).await.unwrap_err();
    assert!(error.outcome_unknown());
}

#[tokio::test]
async fn an_upload_in_pieces_has_its_length_and_is_opened_again_for_each_attempt() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(429))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(header("content-length", "6"))
        .and(body_bytes(b"abcdef"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"sid": media()})))
        .expect(1)
        .mount(&server)
        .await;
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let upload = Upload::stream("text/plain", Some(6), move || {
        count.fetch_add(1, Ordering::SeqCst);
        stream::iter(
            ["abc", "def"].map(|piece| Ok::<_, std::io::Error>(Bytes::from_static(piece.as_bytes()))),
        )
    });
    assert_eq!(client(&server).upload_media(&service(), upload).await.unwrap().sid, media());
    assert_eq!(opened.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_upload_whose_source_fails_is_not_repeated() {
    let server = MockServer::start().await;
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let upload = Upload::stream("text/plain", None, move || {
        count.fetch_add(1, Ordering::SeqCst);
        stream::iter([Ok(Bytes::from_static(b"abc")), Err(std::io::Error::other("the disk is gone"))])
    });
    let error = client(&server).upload_media(&service(), upload).await.unwrap_err();
    assert!(error.outcome_unknown() && !error.is_retryable(), "{error}");
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}
