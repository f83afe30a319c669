//! The event feed: by long poll and as a stream, without gaps.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{ANN, API_TOKEN, BOB, PATIENCE, TestApp, text};

/// Checks that the events are those of their sessions in order and without a gap.
fn assert_gapless(events: &[Value]) {
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    let mut ids = std::collections::BTreeSet::new();
    for event in events {
        let (subject, sequence) = (text(&event["subject"]), event["sequence"].as_u64());
        let sequence = sequence.unwrap_or_else(|| text(&event["sequence"]).parse().unwrap());
        let before = last.insert(subject, sequence);
        assert_eq!(sequence, before.map_or(1, |before| before + 1), "{event}");
        assert!(ids.insert(text(&event["id"])), "{event}");
        assert_eq!(event["specversion"], "1.0");
        for member in ["source", "type", "time", "dataschema"] {
            assert!(event[member].is_string(), "{member} of {event}");
        }
    }
}

#[tokio::test]
async fn every_session_tells_its_story_without_gaps() {
    let app = TestApp::start().await;
    for address in [ANN, BOB] {
        app.phone(address).says("Hello").await;
    }
    app.settled().await;
    let events = app.events().await;
    assert_gapless(&events);
    let session = app.session(ANN).await;
    let id = text(&session["session_id"]);
    let own = app.get(&format!("/v1/events?session={id}&limit=100")).await.expect(200).items();
    assert!(own.len() > 5 && own.iter().all(|event| event["subject"] == id), "{own:?}");
    for query in ["wait=61", "wait=-1", "after=x", "limit=0", "colour=red"] {
        app.get(&format!("/v1/events?{query}")).await.problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn a_long_poll_returns_as_soon_as_something_happens() {
    let app = TestApp::start().await;
    let waiting = app.get("/v1/events?after=0&wait=30");
    let texting = async {
        // The poll is on its way or waiting; either way it must see the text.
        app.phone(ANN).text("Hello").await;
    };
    let (polled, ()) = tokio::join!(tokio::time::timeout(PATIENCE, waiting), texting);
    let polled = polled.expect("before its time is up").expect(200);
    assert!(!polled.items().is_empty());

    app.phone(ANN).sees("You said").await;
    app.settled().await;
    let next = app.events().await.len();
    let last = app.get("/v1/events?after=0&limit=100").await.expect(200).json["next"].clone();
    let nothing = app.get(&format!("/v1/events?after={}", text(&last))).await.expect(200);
    assert!(next > 0 && nothing.items().is_empty());
    assert_eq!(nothing.json["next"], last, "a reader that is up to date stays where it is");
}

/// Reads `count` events of a stream: each with its position.
async fn read_stream(app: &TestApp, last: Option<&str>, count: usize) -> Vec<(String, Value)> {
    let mut request = app.http.get(format!("{}/v1/events/stream", app.url())).bearer_auth(API_TOKEN);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let mut answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut buffer = String::new();
    let mut events = Vec::new();
    while events.len() < count {
        let chunk = tokio::time::timeout(PATIENCE, answer.chunk()).await.expect("events come");
        buffer.push_str(std::str::from_utf8(&chunk.unwrap().expect("the stream goes on")).unwrap());
        while let Some((message, rest)) = buffer.split_once("\n\n") {
            let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                let event: Value = serde_json::from_str(data).unwrap();
                assert_eq!(field("event:"), event["type"].as_str());
                events.push((id.to_owned(), event));
            }
            buffer = rest.to_owned();
        }
    }
    events.truncate(count);
    events
}

#[tokio::test]
async fn a_broken_stream_goes_on_after_its_last_event_even_after_a_restart() {
    let mut app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let known = app.events().await;
    let first = read_stream(&app, None, 3).await;
    app.restart().await;
    let rest = read_stream(&app, Some(&first[2].0), known.len() - 3).await;
    let read: Vec<Value> = first.into_iter().chain(rest).map(|(_, event)| event).collect();
    assert_eq!(read, known);

    let (live, ()) = tokio::join!(read_stream(&app, None, known.len() + 3), async {
        app.phone(BOB).text("Hello").await;
    });
    assert_eq!(live.len(), known.len() + 3);
    let answer =
        app.api_with(reqwest::Method::GET, "/v1/events/stream", None, &[("last-event-id", "x")]).await;
    answer.problem(400, "invalid-request");
}
