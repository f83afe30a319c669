//! `/v1/repair`: comparing with Twilio's records.

use ::http::StatusCode;
use serde_json::json;

use crate::app::App;
use crate::http::{Problem, Response, response};
use crate::repair::{Cause, End, Repair};
use crate::routes::refusal::unstored;

fn repair(app: &App) -> Result<&Repair, Problem> {
    app.repair
        .as_ref()
        .ok_or_else(|| Problem::not_found("this server does not compare with Twilio's records"))
}

/// What the last comparison of this server found, and whether sends still wait for the first.
pub fn read(app: &App) -> Result<Response, Problem> {
    let repair = repair(app)?;
    let view = json!({ "last": repair.last(), "holding": repair.is_holding() });
    Ok(response::json(StatusCode::OK, &view))
}

/// Compares now, and tells what was found. A repetition finds less, or nothing: it needs no key.
pub async fn compare(app: &App) -> Result<Response, Problem> {
    match repair(app)?.compare(&app.engine, Cause::Request, &app.stop).await {
        Ok(report) => Ok(response::json(StatusCode::OK, &report)),
        Err(End::Store(error)) => Err(unstored(&error)),
        Err(end) => Err(Problem::unavailable(format!("{end}; ask again"), 5)),
    }
}
