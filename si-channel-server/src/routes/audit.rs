//! `GET /v1/audit`: what was decided, with what opens it.

use ::http::StatusCode;
use ::http::request::Parts;
use serde_json::json;
use si_channel_core::address::Address;
use si_channel_core::audit::Kind;

use crate::app::App;
use crate::audit::export::View;
use crate::http::{Problem, Response, response};
use crate::routes::query::Query;
use crate::routes::refusal::unstored;
use crate::store::AuditFilter;

/// `?address=&kind=&after=&limit=`: oldest first; `next` is the `after` of the next page.
pub async fn list(app: &App, request: &Parts) -> Result<Response, Problem> {
    let query = Query::of(request, &["address", "kind", "after", "limit"])?;
    let address: Option<Address> = query.parsed("address", "an address such as +15551234567")?;
    let kind = query.text("kind").map(named).transpose()?;
    let after: u64 = query.parsed("after", "a record's number, as `next` gave it")?.unwrap_or(0);
    let limit = query.limit()?;
    let filter = AuditFilter { address: address.map(|address| address.to_string()), kind };
    let records =
        app.engine.store().audit_after(after, &filter, limit).await.map_err(|error| unstored(&error))?;
    let next = records.last().filter(|_| records.len() == limit).map(|last| last.link.sequence.to_string());
    let items: Vec<View> = records.iter().map(View::of).collect();
    Ok(response::json(StatusCode::OK, &json!({ "items": items, "next": next })))
}

fn named(text: &str) -> Result<&'static str, Problem> {
    Kind::ALL.iter().map(|kind| kind.as_str()).find(|name| *name == text).ok_or_else(|| {
        let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        Problem::bad_request(format!("kind: expected one of {}", known.join(", ")))
    })
}
