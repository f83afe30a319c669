//! `/v1/consent/{address}`.

use ::http::StatusCode;
use ::http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use si_channel_core::address::Address;
use si_channel_core::consent::{ConsentLedger, Purpose, Scope};
use si_channel_core::event::{ConsentMethod, ConsentState, Evidence};
use si_channel_core::input::Input;
use si_channel_core::rejection::Rejection;

use crate::app::App;
use crate::engine::Decided;
use crate::http::{Problem, Request, Response, json as body, response};
use crate::routes::address::address;
use crate::routes::query::Query;
use crate::routes::refusal::{rejected, undecided, unstored};

fn view(ledger: &ConsentLedger) -> Value {
    let standing = &ledger.standing;
    json!({
        "address": ledger.address,
        "channel": ledger.address.channel(),
        "state": standing.state,
        "method": standing.method,
        "evidence": standing.evidence,
        "since": standing.since,
        "scopes": ledger.scopes,
    })
}

pub(super) async fn ledger(app: &App, address: &Address) -> Result<ConsentLedger, Problem> {
    let known = app.engine.ledger(address).await.map_err(|error| unstored(&error))?;
    Ok(known.map_or_else(|| ConsentLedger::new(address.clone()), |(_, ledger)| ledger))
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
    /// Only what has this purpose.
    purpose: Option<String>,
    /// Only what this sender of ours writes; a pool by its name.
    sender: Option<String>,
    /// Withdrawn on every channel that reaches the same number.
    #[serde(default)]
    everywhere: bool,
    /// By what kind of act: told by a system, or by the person on a call.
    #[serde(default)]
    method: Method,
    #[serde(default)]
    evidence: Evidence,
}

/// What a report may say about how consent was given or withdrawn.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    #[default]
    Api,
    Spoken,
    Keyed,
}

impl From<Method> for ConsentMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::Api => Self::Api,
            Method::Spoken => Self::Spoken,
            Method::Keyed => Self::Keyed,
        }
    }
}

impl Report {
    fn scope(&self, app: &App) -> Result<Scope, Problem> {
        let purpose =
            match &self.purpose {
                Some(words) => Some(Purpose::of(words).ok_or_else(|| {
                    Problem::bad_request("purpose: expected at least one visible character")
                })?),
                None => None,
            };
        if let Some(sender) = &self.sender {
            let policy = app.engine.policy();
            let ours = |address: &Address| address.value() == sender;
            let known = policy.pools.contains_key(sender)
                || [&policy.senders.sms, &policy.senders.whatsapp].into_iter().flatten().any(ours);
            if !known {
                return Err(Problem::bad_request(
                    "sender: expected the number of one of the configured senders, or the name of a pool",
                ));
            }
        }
        if self.everywhere && (purpose.is_some() || self.sender.is_some()) {
            return Err(Problem::bad_request(
                "everywhere: withdraws everything; leave out purpose and sender",
            ));
        }
        Ok(Scope { sender: self.sender.clone(), purpose })
    }
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
    let input = Input::RecordConsent {
        address: address.clone(),
        granted,
        scope: report.scope(app)?,
        everywhere: report.everywhere,
        method: report.method.into(),
        evidence: report.evidence,
    };
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
