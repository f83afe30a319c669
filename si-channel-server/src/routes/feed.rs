//! `/v1/feed`: the publishing of events, and filling the stream again.

use ::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::feed::{CURSOR, Feed};
use crate::http::{Problem, Request, Response, json as body, response};
use crate::routes::refusal::unstored;
use crate::store::StoreError;

/// How publishing stands: where it has come to in the store, and how many events behind.
pub async fn view(app: &App, feed: &Feed) -> Result<Value, StoreError> {
    let store = app.engine.store();
    let position = store.cursor(CURSOR).await?.map_or(0, |cursor| cursor.position);
    let last = store.last_position().await?;
    let mut view = json!({ "position": position, "lag": last.saturating_sub(position).max(0) });
    let report = feed.report();
    view["state"] = json!(report.state);
    if let Some(why) = report.why {
        view["why"] = json!(why);
    }
    Ok(view)
}

fn feed(app: &App) -> Result<&Feed, Problem> {
    app.feed.as_ref().ok_or_else(|| Problem::not_found("events are not published: nats_url is not set"))
}

async fn shown(app: &App, feed: &Feed) -> Result<Response, Problem> {
    let mut view = view(app, feed).await.map_err(|error| unstored(&error))?;
    view["stream"] = json!(feed.settings.stream);
    view["subjects"] = json!(format!("{}.>", feed.settings.subject_prefix));
    Ok(response::json(StatusCode::OK, &view))
}

/// How it stands.
pub async fn read(app: &App) -> Result<Response, Problem> {
    shown(app, feed(app)?).await
}

/// From where events are to be published again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// All after this position; 0 for all there are.
    position: i64,
}

/// Publishes again what was published before.
pub async fn set(app: &App, request: Request) -> Result<Response, Problem> {
    let feed = feed(app)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let Place { position } =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    let store = app.engine.store();
    let last = store.last_position().await.map_err(|error| unstored(&error))?;
    if !(0..=last).contains(&position) {
        return Err(Problem::bad_request(format!(
            "position: expected 0, or a position of the feed up to {last}"
        )));
    }
    store.rewind_cursor(CURSOR, position).await.map_err(|error| unstored(&error))?;
    tracing::info!(position, "events are published again from here, as the API was asked to");
    shown(app, feed).await
}
