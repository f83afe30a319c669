//! The page with the phones, and what it lives on.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::SandboxConfig;

use crate::support::{ANN, Lab};

/// The next summary of an event stream that holds.
async fn summary(stream: &mut reqwest::Response, holds: impl Fn(&Value) -> bool) -> Value {
    let wait = async {
        let mut text = String::new();
        loop {
            text.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
            while let Some((event, rest)) = text.clone().split_once("\n\n") {
                rest.clone_into(&mut text);
                let data = event.strip_prefix("event: summary\ndata: ");
                let data: Value = serde_json::from_str(data.unwrap()).unwrap();
                if holds(&data) {
                    return data;
                }
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), wait).await.expect("no such summary")
}

#[tokio::test]
async fn the_first_page_is_the_phones() {
    let lab = Lab::new().await;
    let root = lab.http.get(lab.sandbox.url()).send().await.unwrap();
    assert_eq!(
        (root.status().as_u16(), &root.headers()["location"]),
        (307, &"/sandbox/phones".parse().unwrap())
    );
    let page = lab.http.get(format!("{}/sandbox/phones", lab.sandbox.url())).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    assert!(page.text().await.unwrap().starts_with("<!doctype html>"));
    lab.control(Method::GET, "phones/none.js", Value::Null).await.expect(404);
}

#[tokio::test]
async fn a_page_from_elsewhere_cannot_drive_the_sandbox() {
    let hosts = vec!["sandbox.test".to_owned()];
    let lab = Lab::with(SandboxConfig { control_hosts: hosts, ..SandboxConfig::default() }).await;
    let own = lab.sandbox.url().trim_start_matches("http://").to_owned();
    let evil = Some("https://evil.test");
    for (host, origin, status) in [
        (&*own, None, 200),
        (&own, Some(lab.sandbox.url()), 200),
        (&own, evil, 403),
        (&own, Some("null"), 403),
        ("rebound.test", None, 403),
        ("sandbox.test", Some("http://sandbox.test"), 200),
    ] {
        for path in ["clock", "events", "phones"] {
            let request = lab.http.get(format!("{}/sandbox/{path}", lab.sandbox.url())).header("host", host);
            let request = if let Some(origin) = origin { request.header("origin", origin) } else { request };
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), status, "{path} {host} {origin:?}");
        }
    }
}

#[tokio::test]
async fn a_watcher_hears_of_texts_faults_and_the_clock() {
    let lab = Lab::new().await;
    let mut stream = lab.http.get(format!("{}/sandbox/events", lab.sandbox.url())).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let first = summary(&mut stream, |_| true).await;
    assert_eq!((&first["handsets"], &first["log"], &first["faults"]), (&json!([]), &json!(0), &json!([])));
    assert_eq!(first["numbers"][0], json!({"number": lab.sms(), "channel": "sms"}));

    lab.text(ANN, &lab.sms(), "hello").await;
    let version = |summary: &Value| summary["handsets"][0]["version"].as_u64();
    let one = summary(&mut stream, |now| now["handsets"][0]["address"] == ANN).await;
    lab.text(ANN, &lab.sms(), "again").await;
    summary(&mut stream, |now| version(now) != version(&one)).await;

    lab.control(Method::POST, "faults", json!({"kind": "status", "status": 503})).await.expect(200);
    summary(&mut stream, |now| now["faults"][0]["status"] == 503).await;
    lab.control(Method::POST, "clock", json!({"advance": "PT1H"})).await.expect(200);
    let later = summary(&mut stream, |now| now["clock"]["offset_ms"] == 3_600_000).await;
    let polled = lab.control(Method::GET, "summary", Value::Null).await.expect(200);
    assert_eq!(polled["handsets"], later["handsets"]);
}

#[tokio::test]
async fn a_watcher_does_not_keep_the_sandbox_from_ending() {
    let lab = Lab::new().await;
    let mut stream = lab.http.get(format!("{}/sandbox/events", lab.sandbox.url())).send().await.unwrap();
    summary(&mut stream, |_| true).await;
    lab.sandbox.shutdown().await;
    assert!(!matches!(stream.chunk().await, Ok(Some(_))), "the stream has ended");
}

#[tokio::test]
async fn an_attached_file_is_served_and_cannot_act_as_a_page() {
    let lab = Lab::new().await;
    let keep = async |name: &str, kind: &str| {
        let url = format!("{}/sandbox/files?name={name}", lab.sandbox.url());
        let answer = lab.http.post(url).header("content-type", kind).body("bytes").send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        lab.http.get(answer["url"].as_str().unwrap()).send().await.unwrap()
    };
    let picture = keep("a%20cat.png", "image/png").await;
    assert!(picture.url().path().ends_with("/a-cat.png"));
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(picture.headers()["content-disposition"], "inline; filename=\"a-cat.png\"");
    let page = keep("page.html", "text/html").await;
    assert_eq!(page.headers()["content-disposition"], "attachment; filename=\"page.html\"");
    assert_eq!(page.headers()["content-security-policy"], "default-src 'none'; sandbox");
    assert_eq!(page.text().await.unwrap(), "bytes");
    lab.control(Method::GET, "files/99/x.png", Value::Null).await.expect(404);
}
