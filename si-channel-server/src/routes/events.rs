//! `GET /v1/events` (long poll) and `GET /v1/events/stream` (server-sent events).
//!
//! At least once, in commit order; within a subject `sequence` has no gap. A consumer keeps `next` (or the last
//! event's id of the stream) and goes on from there, after a restart too.

use std::time::Duration;

use ::http::StatusCode;
use ::http::request::Parts;
use serde_json::{Value, json};

use crate::app::App;
use crate::http::{Problem, Response, response, sse};
use crate::routes::query::Query;
use crate::routes::refusal::unstored;
use crate::store::{StoredEvent, Wake};

/// The longest long poll.
const LONGEST_WAIT: u64 = 60;

/// `?after=&wait=&limit=&session=`.
pub async fn poll(app: &App, request: &Parts) -> Result<Response, Problem> {
    let query = Query::of(request, &["after", "wait", "limit", "session"])?;
    let after: i64 = query.parsed("after", "a position, as `next` gave it")?.unwrap_or(0);
    let wait: u64 = query.parsed("wait", "seconds from 0 to 60")?.unwrap_or(0);
    if wait > LONGEST_WAIT {
        return Err(Problem::bad_request("wait: expected seconds from 0 to 60"));
    }
    let limit = query.limit()?;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(wait);
    let store = app.engine.store();
    let mut wake = store.watch(Wake::Events);
    loop {
        wake.mark_unchanged();
        let events = store
            .events_after(after, query.text("session"), limit)
            .await
            .map_err(|error| unstored(&error))?;
        if !events.is_empty() || tokio::time::Instant::now() >= deadline || app.stop.is_cancelled() {
            let next = events.last().map_or(after, |event| event.position);
            let items: Vec<Value> = events.iter().filter_map(parsed).collect();
            return Ok(response::json(StatusCode::OK, &json!({ "items": items, "next": next.to_string() })));
        }
        tokio::select! {
            () = tokio::time::sleep_until(deadline) => {}
            () = app.stop.cancelled() => {}
            _ = wake.changed() => {}
        }
    }
}

fn parsed(event: &StoredEvent) -> Option<Value> {
    serde_json::from_str(&event.body).ok()
}

/// `?after=&session=`; `Last-Event-ID` continues a broken stream.
pub fn stream(app: &App, request: &Parts) -> Result<Response, Problem> {
    let query = Query::of(request, &["after", "session"])?;
    let last = request.headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let mut after: i64 = match last {
        Some(last) => last.parse().map_err(|_| Problem::bad_request("Last-Event-ID: expected a position"))?,
        None => query.parsed("after", "a position")?.unwrap_or(0),
    };
    let session = query.text("session").map(str::to_owned);
    let store = app.engine.store().clone();
    let stop = app.stop.clone();
    let (sender, answer) = sse::channel(64);
    tokio::spawn(async move {
        let mut wake = store.watch(Wake::Events);
        loop {
            wake.mark_unchanged();
            let events = match store.events_after(after, session.as_deref(), 100).await {
                Ok(events) => events,
                Err(error) => {
                    tracing::warn!(%error, "an event stream ends");
                    return;
                }
            };
            for event in &events {
                let name = parsed(event).and_then(|e| e.get("type")?.as_str().map(str::to_owned));
                let message =
                    sse::Event { id: Some(event.position.to_string()), name, data: event.body.clone() };
                if sender.send(message).await.is_err() {
                    return;
                }
                after = event.position;
            }
            if events.is_empty() {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = sender.closed() => return,
                    _ = wake.changed() => {}
                    () = tokio::time::sleep(Duration::from_secs(5)) => {}
                }
            }
        }
    });
    Ok(answer)
}
