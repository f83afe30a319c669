//! Health and readiness.

use ::http::StatusCode;
use serde_json::json;

use crate::app::App;
use crate::http::{Problem, Response, response};

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
        return Ok(response::json(StatusCode::OK, &body));
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
    Ok(response::json(StatusCode::OK, &body))
}
