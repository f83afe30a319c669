//! Health and readiness.

use ::http::StatusCode;
use serde_json::json;

use crate::app::App;
use crate::http::{Problem, Response, response};

/// The process answers.
pub fn alive() -> Response {
    response::json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// The server can do its work: the store can be written.
pub async fn ready(app: &App) -> Result<Response, Problem> {
    let store = app.engine.store();
    let unready = |error: crate::store::StoreError| Problem::unavailable(error.to_string(), 1);
    store.ping().await.map_err(unready)?;
    let depths = store.depths().await.map_err(unready)?;
    Ok(response::json(StatusCode::OK, &json!({ "status": "ready", "depths": depths })))
}
