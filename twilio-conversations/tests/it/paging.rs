//! Walks over pages.

use crate::support::{account, builder, client, conversation_json};
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use std::pin::pin;
use twilio_conversations::api::{conversation::ListConversations, messaging};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path, query_param, query_param_is_missing},
};

const PATH: &str = "/conversations/v1/Conversations";

fn page(count: usize, next: Option<&str>) -> ResponseTemplate {
    let items = vec![conversation_json(); count];
    let meta = json!({"key": "conversations", "next_page_url": next, "previous_page_url": null, "page": 0});
    ResponseTemplate::new(200).set_body_json(json!({"conversations": items, "meta": meta}))
}

async fn first(server: &MockServer, response: ResponseTemplate) {
    let first = Mock::given(method("GET")).and(path(PATH)).and(query_param_is_missing("Page"));
    first.respond_with(response).expect(1).mount(server).await;
}

#[tokio::test]
async fn all_pages_are_read_in_order_with_the_login() {
    let server = MockServer::start().await;
    // Twilio's own host in the link: moved to the sandbox.
    first(&server, page(2, Some("https://conversations.twilio.com/v1/Conversations?PageSize=2&Page=1")))
        .await;
    Mock::given(path(PATH))
        .and(query_param("Page", "1"))
        .and(header("Authorization", format!("Basic {}", basic()).as_str()))
        .respond_with(page(1, Some(&format!("{}{PATH}?Page=2", server.uri()))))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(PATH))
        .and(query_param("Page", "2"))
        .respond_with(page(1, None))
        .expect(1)
        .mount(&server)
        .await;
    let list = ListConversations::new().page_size(2);
    assert_eq!(client(&server).pages(&list).collect().await.unwrap().len(), 4);
}

/// `AC…:token` in base64.
fn basic() -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(format!("{}:token", account()))
}

#[tokio::test]
async fn a_stream_asks_for_pages_as_it_is_read() {
    let server = MockServer::start().await;
    first(&server, page(2, Some(&format!("{}{PATH}?Page=1", server.uri())))).await;
    Mock::given(path(PATH))
        .and(query_param("Page", "1"))
        .respond_with(page(1, None))
        .expect(0)
        .mount(&server)
        .await;
    let mut items = pin!(client(&server).pages(&ListConversations::new()).into_stream());
    for _ in 0..2 {
        assert!(items.try_next().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_link_to_another_origin_is_not_followed() {
    let elsewhere = MockServer::start().await;
    Mock::given(method("GET")).respond_with(page(1, None)).expect(0).mount(&elsewhere).await;
    let server = MockServer::start().await;
    first(&server, page(1, Some(&format!("{}{PATH}?Page=1", elsewhere.uri())))).await;
    let mut pages = client(&server).pages(&ListConversations::new());
    assert_eq!(pages.next_page().await.unwrap().unwrap().items.len(), 1);
    let error = pages.next_page().await.unwrap_err();
    assert!(error.to_string().contains("base URL"), "{error}");
    assert!(!error.outcome_unknown() && !error.is_retryable());
}

#[tokio::test]
async fn a_link_that_comes_back_ends_the_walk() {
    let server = MockServer::start().await;
    let again = format!("{}{PATH}?Page=1", server.uri());
    first(&server, page(1, Some(&again))).await;
    let looping = page(1, Some(&again));
    Mock::given(path(PATH))
        .and(query_param("Page", "1"))
        .respond_with(looping)
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(client(&server).pages(&ListConversations::new()).collect().await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_2010_shape_is_walked_below_a_base_url_with_a_path() {
    let server = MockServer::start().await;
    let path_2010 = format!("/2010-04-01/Accounts/{}/Messages.json", account());
    let body = |next: Value| json!({"messages": [], "next_page_uri": next, "page": 0});
    Mock::given(path(format!("/api{path_2010}")))
        .and(query_param_is_missing("Page"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body(json!(format!("{path_2010}?Page=1")))))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(format!("/api{path_2010}")))
        .and(query_param("Page", "1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body(Value::Null)))
        .expect(1)
        .mount(&server)
        .await;
    let client = builder(&format!("{}/", server.uri())).build().unwrap();
    assert!(client.pages(&messaging::ListMessages::new()).collect().await.unwrap().is_empty());
}
