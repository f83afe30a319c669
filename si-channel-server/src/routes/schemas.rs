//! `GET /schemas/{file}` and `GET /asyncapi.json`: what the events of the feed look like. They hold no data and need no
//! token, so that the `dataschema` of an event resolves wherever the event is read.

use ::http::StatusCode;
use serde_json::json;
use si_channel_core::schema;

use crate::http::{Problem, Response, response};

/// Every schema that is served, by name.
pub fn list() -> Response {
    let items: Vec<String> = schema::schemas().keys().map(|name| schema::path(name)).collect();
    response::json(StatusCode::OK, &json!({ "items": items }))
}

/// One schema, by the name of its file.
pub fn one(file: &str) -> Result<Response, Problem> {
    let found = file.strip_suffix(".json").and_then(|name| schema::schemas().get(name));
    let schema =
        found.ok_or_else(|| Problem::not_found("no such schema; GET /schemas lists those there are"))?;
    let text = serde_json::to_vec(schema).map_err(|_| Problem::internal())?;
    Ok(response::typed(StatusCode::OK, "application/schema+json", text))
}

/// The `AsyncAPI` document of the feed.
pub fn asyncapi() -> Response {
    response::json(StatusCode::OK, &schema::asyncapi())
}
