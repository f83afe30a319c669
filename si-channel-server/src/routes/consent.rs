//! `/v1/consent/{address}`.

use ::http::StatusCode;
use ::http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use si_channel_core::address::Address;
use si_channel_core::consent::ConsentLedger;
use si_channel_core::event::{ConsentState, Evidence};
use si_channel_core::input::Input;
use si_channel_core::rejection::Rejection;
use si_channel_core::world::Found;

use crate::app::App;
use crate::documents;
use crate::engine::Decided;
use crate::http::{Problem, Request, Response, json as body, response};
use crate::routes::query::Query;
use crate::routes::refusal::{rejected, undecided, unstored};
use crate::store::{Kind, Want};

fn address(text: &str) -> Result<Address, Problem> {
    text.parse().map_err(|error| Problem::bad_request(format!("address: {error}")))
}

fn view(ledger: &ConsentLedger) -> Value {
    json!({
        "address": ledger.address,
        "channel": ledger.address.channel(),
        "state": ledger.state,
        "method": ledger.method,
        "evidence": ledger.evidence,
        "since": ledger.since,
    })
}

async fn ledger(app: &App, address: &Address) -> Result<ConsentLedger, Problem> {
    let want = Want::Id(Kind::Ledger, address.to_string());
    let record = app.engine.store().load(vec![want]).await.map_err(|error| unstored(&error))?.pop().flatten();
    match record.map(|record| documents::found(&record)).transpose().map_err(|error| unstored(&error))? {
        Some(Found::Ledger(ledger)) => Ok(*ledger),
        _ => Ok(ConsentLedger::new(address.clone())),
    }
}

/// Where consent stands; `unknown` for an address never heard of.
pub async fn read(app: &App, text: &str) -> Result<Response, Problem> {
    let address = address(text)?;
    Ok(response::json(StatusCode::OK, &view(&ledger(app, &address).await?)))
}

/// Consent as another system or an operator reports it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    state: ConsentState,
    #[serde(default)]
    evidence: Evidence,
}

/// Records a report.
pub async fn record(app: &App, request: Request, text: &str) -> Result<Response, Problem> {
    let address = address(text)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let report: Report =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    let granted = match report.state {
        ConsentState::Granted => true,
        ConsentState::Revoked => false,
        ConsentState::Unknown | ConsentState::Pending => {
            return Err(Problem::bad_request("state: expected granted or revoked"));
        }
    };
    let input = Input::RecordConsent { address: address.clone(), granted, evidence: report.evidence };
    match app.engine.decide(&input).await.map_err(|error| undecided(&error))? {
        Decided::Done(_) | Decided::Rejected(Rejection::AlreadySo) => {
            Ok(response::json(StatusCode::OK, &view(&ledger(app, &address).await?)))
        }
        Decided::Rejected(rejection) => Err(rejected(&rejection)),
    }
}

/// Every consent event of the address, oldest first.
pub async fn history(app: &App, request: &Parts, text: &str) -> Result<Response, Problem> {
    let query = Query::of(request, &["after", "limit"])?;
    let address = address(text)?;
    let after: i64 = query.parsed("after", "a position, as `next` gave it")?.unwrap_or(0);
    let stream = ConsentLedger::new(address).stream();
    let limit = query.limit()?;
    let events = app
        .engine
        .store()
        .events_after(after, Some(&stream), limit)
        .await
        .map_err(|error| unstored(&error))?;
    let next = (events.len() == limit).then(|| events.last().map(|event| event.position.to_string()));
    let items: Vec<Value> =
        events.iter().filter_map(|event| serde_json::from_str(&event.body).ok()).collect();
    Ok(response::json(StatusCode::OK, &json!({ "items": items, "next": next.flatten() })))
}
