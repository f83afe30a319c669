//! Health and readiness.

use std::time::Duration;

use ::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;
use crate::http::{Problem, Response, response};
use crate::routes::feed;

/// How long the store may take to say how far events are published.
const FEED_WITHIN: Duration = Duration::from_secs(1);

/// The process answers.
pub fn alive() -> Response {
    response::json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// The server can do its work: the store can be written, or webhooks can wait in the spool.
pub async fn ready(app: &App) -> Result<Response, Problem> {
    let store = app.engine.store();
    let twilio = app.breaker.view();
    let depths = async {
        store.ping().await?;
        store.depths().await
    };
    let Some(spool) = &app.spool else {
        let depths = depths.await.map_err(|error| Problem::unavailable(error.to_string(), 1))?;
        let body = json!({ "status": "ready", "depths": depths, "twilio": twilio });
        return Ok(answer(app, body).await);
    };
    let depths = tokio::time::timeout(spool.store_within(), depths).await;
    let (status, depths) = match depths {
        Ok(Ok(depths)) => ("ready", Some(depths)),
        // A proxy that took this server out would lose what the spool keeps.
        _ if spool.has_room() => ("spooling", None),
        Ok(Err(error)) => return Err(Problem::unavailable(error.to_string(), 1)),
        Err(_elapsed) => {
            return Err(Problem::unavailable("the store does not answer, and the spool is full", 1));
        }
    };
    let body = json!({ "status": status, "depths": depths, "spool": spool.holding(), "twilio": twilio });
    Ok(answer(app, body).await)
}

/// With what repair found last, and how the publishing of events stands: that either waits keeps nothing else from going on.
async fn answer(app: &App, mut body: Value) -> Response {
    if let Some(repair) = &app.repair {
        body["repair"] = json!({ "last": repair.last(), "holding": repair.is_holding() });
    }
    if let Some(feed) = &app.feed {
        let view = tokio::time::timeout(FEED_WITHIN, feed::view(app, feed)).await;
        body["feed"] = view.ok().and_then(Result::ok).unwrap_or_else(|| json!(feed.report()));
    }
    response::json(StatusCode::OK, &body)
}
