//! The sandbox's own controls under `/sandbox/`, JSON and without authentication (the server only listens on
//! the loopback address, and the gate keeps web pages from elsewhere out).

mod accounts;
mod behaviour;
mod bindings;
mod campaigns;
mod carriers;
mod clock;
mod content;
mod faults;
mod files;
mod group_texts;
mod handsets;
mod links;
mod lookups;
mod numbers;
mod opt_out;
mod summary;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use http_body_util::{Either, Full};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::accounts::Accounts;
use crate::error::ApiError;
use crate::http::answer::json as respond;
use crate::http::event_stream::Body;
use crate::http::form::Form;
use crate::http::gate;
use crate::http::request::segments;
use crate::log::Filter;
use crate::page;
use crate::snapshot::Snapshot;

/// What a control answers: a status and JSON, or a problem.
type Outcome = Result<(StatusCode, Value), Problem>;

/// A refusal, as RFC 9457 shapes it.
#[derive(Debug)]
struct Problem {
    status: StatusCode,
    detail: String,
}

impl Problem {
    fn bad(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, detail: detail.into() }
    }

    fn unknown(method: &Method, segments: &[&str]) -> Self {
        Self::not_found(format!("there is no {method} /sandbox/{}", segments.join("/")))
    }

    fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, detail: detail.into() }
    }

    fn response(self) -> Response<Full<Bytes>> {
        let title = self.status.canonical_reason().unwrap_or_default();
        let value = json!({
            "type": "about:blank", "title": title, "status": self.status.as_u16(), "detail": self.detail,
        });
        respond(self.status, &value)
    }
}

impl From<ApiError> for Problem {
    /// Twilio's own refusal, with its status and code.
    fn from(error: ApiError) -> Self {
        Self { status: error.status, detail: format!("{} ({})", error.message, error.code) }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "ends a control's handler")]
fn ok(value: Value) -> Outcome {
    Ok((StatusCode::OK, value))
}

/// Reads a JSON body.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::bad(format!("the body does not fit: {error}")))
}

/// What is set, with the fields that an object names changed; null is a field's default again.
fn changed<T: Serialize + DeserializeOwned>(set: &T, changes: Map<String, Value>) -> Result<T, Problem> {
    let mut all = match serde_json::to_value(set) {
        Ok(Value::Object(all)) => all,
        Ok(_) | Err(_) => Map::new(),
    };
    all.extend(changes);
    all.retain(|_, value| !value.is_null());
    serde_json::from_value(Value::Object(all))
        .map_err(|error| Problem::bad(format!("the body does not fit: {error}")))
}

/// Whether a path belongs to the controls or the page.
pub(crate) fn is_ours(path: &str) -> bool {
    path == "/" || path == "/sandbox" || path.starts_with("/sandbox/")
}

/// Answers `/sandbox/…` and the page. `stop` ends what would otherwise go on for ever.
pub(crate) fn answer(
    accounts: &Arc<Accounts>,
    request: &Parts,
    body: &Bytes,
    stop: watch::Receiver<bool>,
) -> Response<Body> {
    let whole = |outcome: Result<Response<Full<Bytes>>, Problem>| {
        outcome.unwrap_or_else(Problem::response).map(Either::Left)
    };
    if let Some(detail) = gate::refusal(&request.headers, &accounts.platform.config.control_hosts) {
        return whole(Err(Problem { status: StatusCode::FORBIDDEN, detail }));
    }
    let query = Form::parse(request.uri.query().unwrap_or_default().as_bytes());
    let segments = segments(request.uri.path());
    let segments: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    whole(match (&request.method, segments.as_slice()) {
        (&Method::GET, [] | ["phones", ..]) => {
            page::answer(request.uri.path()).ok_or_else(|| Problem::unknown(&request.method, &segments))
        }
        (&Method::GET, ["events"]) => return summary::stream(accounts, stop),
        (&Method::GET, ["files", number, _]) => files::fetch(&accounts.platform, number),
        (&Method::GET, ["media", account, sid]) => files::shown(accounts, account, sid),
        (&Method::GET, ["links", code]) => links::follow(accounts, code),
        (&Method::POST, ["files"]) => files::keep(&accounts.platform, &request.headers, &query, body)
            .map(|(status, value)| respond(status, &value)),
        (method, segments) => {
            route(accounts, method, segments, &query, body).map(|(status, value)| respond(status, &value))
        }
    })
}

fn route(accounts: &Accounts, method: &Method, segments: &[&str], query: &Form, body: &[u8]) -> Outcome {
    let hub = &match query.filled("account") {
        None => Arc::clone(accounts.main()),
        Some(sid) => accounts::find(accounts, sid)?,
    };
    match (method, segments) {
        (&Method::GET, ["accounts"]) => ok(accounts::list(accounts)),
        (&Method::POST, ["accounts"]) => accounts::open(accounts, body),
        (method, ["accounts", sid, below @ ..]) => accounts::one(accounts, sid, method, below, body)
            .unwrap_or_else(|| Err(Problem::unknown(method, segments))),
        (&Method::GET, ["clock"]) => ok(clock::read(hub)),
        (&Method::POST, ["clock"]) => clock::advance(accounts, body),
        (&Method::GET, ["behaviour"]) => behaviour::read(accounts),
        (&Method::POST, ["behaviour"]) => behaviour::change(accounts, body),
        (&Method::GET, ["snapshot"]) => ok(json!(Snapshot::take(accounts, query.flag("log") == Some(true)))),
        (&Method::POST, ["restore"]) => {
            let snapshot: Snapshot = read(body)?;
            snapshot.restore(accounts).map_err(|error| Problem::bad(error.to_string()))?;
            ok(accounts::list(accounts))
        }
        (&Method::GET, ["state"]) => ok(hub.world().overview()),
        (&Method::GET, ["log"]) => ok(hub.log().read(&Filter::of(query).map_err(Problem::bad)?)),
        (&Method::GET, ["hosts"]) => ok(json!(hub.hosts().map())),
        (&Method::PUT, ["hosts"]) => {
            let map: BTreeMap<String, String> = read(body)?;
            let mut hosts = hub.hosts();
            hosts.replace(map).map_err(Problem::bad)?;
            ok(json!(hosts.map()))
        }
        (method, ["faults", below @ ..]) => faults::answer(hub, method, below, body)
            .unwrap_or_else(|| Err(Problem::unknown(method, segments))),
        (&Method::POST, ["content", sid, "approval"]) => content::judge(hub, sid, body),
        (&Method::PUT, ["content", sid, "legacy"]) => content::put_legacy(hub, sid, body),
        (&Method::POST, ["bindings"]) => bindings::create(hub, body),
        (&Method::GET, ["numbers"]) => ok(numbers::list(hub)),
        (&Method::POST, ["numbers" | "keywords"]) => numbers::put(accounts, hub, body),
        (&Method::GET, ["carriers"]) => carriers::read(accounts),
        (&Method::PUT, ["carriers"]) => carriers::put(accounts, body),
        (&Method::GET, ["services", sid, "opt_out"]) => opt_out::read(hub, sid),
        (&Method::PUT, ["services", sid, "opt_out"]) => opt_out::put(hub, sid, body),
        (&Method::DELETE, ["services", sid, "opt_out"]) => opt_out::remove(hub, sid),
        (&Method::POST, ["campaigns", sid]) => campaigns::decide(hub, sid, body),
        (&Method::GET, ["lookups"]) => ok(lookups::list(accounts)),
        (&Method::POST, ["lookups"]) => lookups::put(accounts, body),
        (&Method::GET, ["handsets"]) => ok(handsets::list(accounts)),
        (&Method::GET, ["handsets", address]) => handsets::fetch(accounts, address),
        (&Method::PUT, ["handsets", address]) => handsets::put(accounts, address, body),
        (&Method::GET, ["handsets", address, "messages"]) => handsets::screen(accounts, address),
        (&Method::POST, ["handsets", address, "messages"]) => handsets::send(accounts, address, body),
        (&Method::POST, ["handsets", address, "group"]) => group_texts::send(hub, address, body),
        (&Method::POST, ["handsets", address, "presses"]) => handsets::press(accounts, address, body),
        (&Method::POST, ["handsets", address, "read"]) => handsets::read_all(accounts, address),
        (&Method::GET, ["summary"]) => ok(summary::read(accounts)),
        _ => Err(Problem::unknown(method, segments)),
    }
}
