//! The sandbox's own controls under `/sandbox/`, JSON and without authentication (the server only listens on
//! the loopback address).

mod clock;
mod faults;
mod handsets;
mod numbers;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body_util::Full;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::accounts::Accounts;
use crate::http::answer::json as respond;
use crate::http::form::Form;
use crate::http::request::segments;

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

    fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, detail: detail.into() }
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

/// Answers `/sandbox/…`.
pub(crate) fn answer(
    accounts: &Accounts,
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
) -> Response<Full<Bytes>> {
    let query = Form::parse(query.as_bytes());
    let segments = segments(path);
    let segments: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    match route(accounts, method, &segments, &query, body) {
        Ok((status, value)) => respond(status, &value),
        Err(problem) => {
            let title = problem.status.canonical_reason().unwrap_or_default();
            let value = json!({
                "type": "about:blank", "title": title, "status": problem.status.as_u16(),
                "detail": problem.detail,
            });
            respond(problem.status, &value)
        }
    }
}

fn route(accounts: &Accounts, method: &Method, segments: &[&str], query: &Form, body: &[u8]) -> Outcome {
    let hub = &match query.filled("account") {
        None => Arc::clone(accounts.main()),
        Some(sid) => {
            accounts.get(sid).ok_or_else(|| Problem::not_found(format!("there is no account {sid:?}")))?
        }
    };
    match (method, segments) {
        (&Method::GET, ["clock"]) => ok(clock::read(hub)),
        (&Method::POST, ["clock"]) => clock::advance(accounts, body),
        (&Method::GET, ["state"]) => ok(hub.world().snapshot()),
        (&Method::GET, ["log"]) => {
            let number = |name: &str| query.filled(name).and_then(|text| text.parse().ok());
            let limit = number("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
            ok(hub.log().read(number("after").unwrap_or(0), query.filled("kind"), limit))
        }
        (&Method::GET, ["hosts"]) => ok(json!(hub.hosts().map())),
        (&Method::PUT, ["hosts"]) => {
            let map: BTreeMap<String, String> = read(body)?;
            let mut hosts = hub.hosts();
            hosts.replace(map).map_err(Problem::bad)?;
            ok(json!(hosts.map()))
        }
        (&Method::GET, ["faults"]) => ok(faults::list(hub)),
        (&Method::POST, ["faults"]) => faults::plan(hub, body),
        (&Method::DELETE, ["faults"]) => {
            hub.faults().clear();
            ok(faults::list(hub))
        }
        (&Method::GET, ["numbers"]) => ok(numbers::list(hub)),
        (&Method::POST, ["numbers" | "keywords"]) => numbers::put(accounts, hub, body),
        (&Method::GET, ["handsets"]) => ok(handsets::list(accounts)),
        (&Method::GET, ["handsets", address]) => handsets::fetch(accounts, address),
        (&Method::PUT, ["handsets", address]) => handsets::put(accounts, address, body),
        (&Method::GET, ["handsets", address, "messages"]) => handsets::screen(accounts, address),
        (&Method::POST, ["handsets", address, "messages"]) => handsets::send(accounts, address, body),
        (&Method::POST, ["handsets", address, "read"]) => handsets::read_all(accounts, address),
        _ => Err(Problem::not_found(format!("there is no {method} /sandbox/{}", segments.join("/")))),
    }
}
