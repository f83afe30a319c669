//! How many requests at once, and under which login.

use crate::support::{HEX, account, builder, client, conversation, conversation_json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use twilio_conversations::{
    api::conversation::FetchConversation,
    auth::{ApiKeySecret, Auth, AuthToken},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{basic_auth, header},
};

#[tokio::test]
async fn the_login_can_change_between_requests() {
    let server = MockServer::start().await;
    let key = format!("SK{HEX}");
    for (user, password) in
        [(account().to_string(), "token"), (account().to_string(), "next"), (key.clone(), "secret")]
    {
        Mock::given(basic_auth(user, password))
            .and(header("User-Agent", concat!("twilio-conversations/", env!("CARGO_PKG_VERSION"))))
            .respond_with(ResponseTemplate::new(200).set_body_json(conversation_json()))
            .expect(1)
            .mount(&server)
            .await;
    }
    let client = client(&server);
    let fetch = FetchConversation::new(conversation());
    client.send(&fetch).await.unwrap();
    client.set_auth(Auth::Token(AuthToken::new("next").unwrap()));
    client.send(&fetch).await.unwrap();
    client.set_auth(Auth::ApiKey { sid: key.parse().unwrap(), secret: ApiKeySecret::new("secret").unwrap() });
    client.clone().send(&fetch).await.unwrap();
}

#[tokio::test]
async fn requests_past_the_limit_wait_for_a_place() {
    let (base, most) = counting_concurrency().await;
    let client = builder(&base).max_concurrent_requests(2).build().unwrap();
    let sends = (0..6).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.send(&FetchConversation::new(conversation())).await.map(|_| ()) })
    });
    for send in sends.collect::<Vec<_>>() {
        send.await.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

/// A server that answers a request only once two are there, or no third comes; counts the most it ever had.
async fn counting_concurrency() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let gate = Arc::new(tokio::sync::Barrier::new(2));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (now, most, gate) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&gate));
            tokio::spawn(async move {
                let mut request = [0; 4096];
                while stream.read(&mut request).await.unwrap_or(0) > 0 {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    gate.wait().await;
                    let body = conversation_json().to_string();
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                    now.fetch_sub(1, Ordering::SeqCst);
                    stream.write_all((head + &body).as_bytes()).await.unwrap();
                }
            });
        }
    });
    (base, seen)
}
