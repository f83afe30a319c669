//! `DELETE /v1/people/{address}`, `/v1/people/{address}/hold` and `/v1/erasures/{id}`: erasing a person, and what holds it
//! up.

use std::time::Duration;

use ::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use si_channel_core::address::Address;
use si_channel_core::erasure::same_number;

use crate::app::App;
use crate::documents;
use crate::erasure::{Erasure, Hold, Phase, Remnant, Standing};
use crate::http::{Problem, Request, Response, json as body, response};
use crate::routes::address::address;
use crate::routes::idempotency;
use crate::routes::refusal::unstored;
use crate::store::{Amendment, Changes, CommitError, KeptAnswer, Kind, Source, StoreError, Table, Want};

/// What stays here of everybody who was erased.
const STAYS: [&str; 4] = [
    "the suppression: a hash of the number with this installation's key, so that nobody writes to it again",
    "the proof of consent and opt-out: what was shown, how and when, without the number (5 years, Virginia 10)",
    "events and transcripts without texts, names and numbers: ids, times and outcomes, under a token",
    "other people's texts in groups, without the number and the name",
];

fn person(text: &str) -> Result<Address, Problem> {
    let address = address(text)?;
    if address.is_erased() {
        return Err(Problem::bad_request("address: this stands for somebody who was erased already"));
    }
    Ok(address)
}

fn failed(error: &CommitError) -> Problem {
    match error {
        CommitError::Conflict(_) | CommitError::Overtaken => {
            Problem::unavailable("something changed meanwhile; send the request again", 1)
        }
        CommitError::Store(error) => unstored(error),
    }
}

/// Begins to erase a person, or answers with the erasure that is under way. Asked again when nothing came in since, it
/// answers with the one before.
pub async fn erase(app: &App, request: Request, text: &str) -> Result<Response, Problem> {
    let address = person(text)?;
    if app.engine.policy().senders.contains(&address) {
        return Err(Problem::bad_request("address: this is a sender of ours, not a person"));
    }
    let token = app.engine.persons().token(&address);
    let key = idempotency::given(request.headers())?.map(|key| format!("DELETE {token} {key}"));
    if let Some(key) = &key
        && let Some(kept) = app.engine.store().kept_answer(key).await.map_err(|error| unstored(&error))?
    {
        let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::ACCEPTED);
        return Ok(response::typed(status, "application/json", kept.body));
    }
    // Two requests at once begin one erasure: the other finds it.
    for _ in 0..5 {
        let newest = Erasure::newest(&app.engine, &token).await.map_err(|error| unstored(&error))?;
        let erasure = match newest {
            Some((erasure, _)) if erasure.phase != Phase::Done => Some(erasure),
            Some((erasure, _)) if !is_known(app, &address).await.map_err(|error| unstored(&error))? => {
                Some(erasure)
            }
            _ => None,
        };
        let now = app.engine.clock().now();
        let (erasure, put) = if let Some(erasure) = erasure {
            (erasure, None)
        } else {
            let new = Erasure::new(fresh_id(), &address, token.clone(), now);
            let put = new.put(0).map_err(|error| unstored(&error))?;
            (new, Some(put))
        };
        let answer = accepted(&erasure);
        let proof = put.is_some().then(|| erasure.proof("requested", now)).transpose();
        let changes = Changes {
            puts: put.into_iter().collect(),
            audit: proof.map_err(|error| unstored(&error))?.into_iter().collect(),
            answer: key.clone().map(|key| KeptAnswer {
                key,
                request: String::new(),
                status: StatusCode::ACCEPTED.as_u16(),
                body: answer.to_string(),
                at_ms: now.as_millisecond(),
            }),
            ..Changes::settle(Source::Direct)
        };
        match app.engine.store().commit(changes).await {
            Ok(()) => {
                app.engine.persons().changed();
                return Ok(response::json(StatusCode::ACCEPTED, &answer));
            }
            Err(CommitError::Conflict(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(error) => return Err(failed(&error)),
        }
    }
    Err(Problem::unavailable("another request is erasing the same person; send the request again", 1))
}

fn accepted(erasure: &Erasure) -> Value {
    json!({
        "erasure_id": erasure.id,
        "person": erasure.token,
        "status_url": format!("/v1/erasures/{}", erasure.id),
    })
}

fn fresh_id() -> String {
    let mut bytes = [0_u8; 12];
    // Ids are not secrets; but a system without randomness must not go on.
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().fold(String::from("era_"), |text, byte| format!("{text}{byte:02x}"))
}

/// Whether anything is stored under one of the person's addresses.
async fn is_known(app: &App, address: &Address) -> Result<bool, StoreError> {
    let wants = same_number(address)
        .iter()
        .flat_map(|one| {
            [
                Want::Id(Kind::Ledger, one.to_string()),
                Want::Key(Kind::Session, documents::PERSON, one.to_string()),
            ]
        })
        .collect();
    Ok(app.engine.store().load(wants).await?.iter().any(Option::is_some))
}

/// How far an erasure is, and what remains and why.
pub async fn status(app: &App, id: &str) -> Result<Response, Problem> {
    let found = Erasure::load(&app.engine, id).await.map_err(|error| unstored(&error))?;
    let (erasure, _) = found.ok_or_else(|| Problem::not_found("there is no such erasure"))?;
    view(app, &erasure)
        .await
        .map_err(|error| unstored(&error))
        .map(|view| response::json(StatusCode::OK, &view))
}

async fn view(app: &App, erasure: &Erasure) -> Result<Value, StoreError> {
    let hold = match &erasure.address {
        Some(address) => Hold::of(&app.engine, address).await?.map(|(hold, _)| hold),
        None => None,
    };
    let remnants = Remnant::of(&app.engine, &erasure.id).await?;
    let count = |standing| remnants.iter().filter(|remnant| remnant.standing == standing).count();
    let remaining: Vec<Value> = remnants
        .iter()
        .filter(|remnant| remnant.standing != Standing::Gone)
        .take(100)
        .map(|remnant| {
            json!({
                "remote": remnant.remote,
                "standing": remnant.standing,
                "attempts": remnant.attempts,
                "next_attempt_at": (remnant.standing == Standing::Due).then_some(remnant.due_at),
                "reason": remnant.reason,
            })
        })
        .collect();
    Ok(json!({
        "erasure_id": erasure.id,
        "person": erasure.token,
        "phase": erasure.phase,
        "requested_at": erasure.requested_at,
        "removed_at": erasure.removed_at,
        "finished_at": erasure.finished_at,
        "waits_for_hold": hold.map(|hold| json!({ "reason": hold.reason, "by": hold.by, "since": hold.since })),
        "at_twilio": {
            "deleted": count(Standing::Gone),
            "due": count(Standing::Due),
            "kept": count(Standing::Kept),
            "remaining": remaining,
        },
        "stays": STAYS,
        "notes": erasure.notes,
    }))
}

/// The newest erasure of a person and the hold on them.
pub async fn read(app: &App, text: &str) -> Result<Response, Problem> {
    let address = person(text)?;
    let token = app.engine.persons().token(&address);
    let looked = async {
        let erasure = match Erasure::newest(&app.engine, &token).await? {
            Some((erasure, _)) => Some(view(app, &erasure).await?),
            None => None,
        };
        let hold = Hold::of(&app.engine, &address).await?.map(|(hold, _)| shown(&hold));
        Ok(json!({ "person": token, "erasure": erasure, "hold": hold }))
    };
    let view = looked.await.map_err(|error| unstored(&error))?;
    Ok(response::json(StatusCode::OK, &view))
}

/// Why nothing of a person may be removed, and who says so.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Demand {
    reason: String,
    by: String,
}

fn shown(hold: &Hold) -> Value {
    json!({ "address": hold.address, "reason": hold.reason, "by": hold.by, "since": hold.since })
}

/// Puts a legal hold on a person; the reason and who says so of one in force are replaced.
pub async fn hold(app: &App, request: Request, text: &str) -> Result<Response, Problem> {
    let address = person(text)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let demand: Demand =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    for (name, value) in [("reason", &demand.reason), ("by", &demand.by)] {
        if value.trim().is_empty() || value.chars().count() > 500 {
            return Err(Problem::bad_request(format!("{name}: expected 1 to 500 characters")));
        }
    }
    let known = Hold::of(&app.engine, &address).await.map_err(|error| unstored(&error))?;
    let (address, version, since) = match known {
        Some((hold, record)) => (hold.address, record.version, hold.since),
        None => (address, 0, app.engine.clock().now()),
    };
    let hold = Hold { address, reason: demand.reason, by: demand.by, since };
    let put = hold.put(version).map_err(|error| unstored(&error))?;
    let proof = hold.proof("held", app.engine.clock().now()).map_err(|error| unstored(&error))?;
    let changes = Changes { puts: vec![put], audit: vec![proof], ..Changes::settle(Source::Direct) };
    app.engine.store().commit(changes).await.map_err(|error| failed(&error))?;
    tracing::info!(person = %app.engine.persons().token(&hold.address), "a legal hold is in force");
    Ok(response::json(StatusCode::OK, &shown(&hold)))
}

/// Releases a legal hold; what waited for it goes on.
pub async fn release(app: &App, text: &str) -> Result<Response, Problem> {
    let address = person(text)?;
    let released = async {
        let Some((hold, record)) = Hold::of(&app.engine, &address).await? else { return Ok(()) };
        let mut after = 0;
        loop {
            let lines = app.engine.store().survey(Table::Documents, after, 1_000).await?;
            let Some(last) = lines.last() else { return Ok(()) };
            after = last.place;
            let name = format!("hold/{}", hold.address);
            let mut found = lines.into_iter().filter(|line| line.wording.name == name);
            if let Some(line) = found.next() {
                let removal = Amendment {
                    table: Table::Documents,
                    place: line.place,
                    was: record.doc.clone(),
                    now: None,
                };
                if app.engine.store().amend(vec![removal]).await? == 0 {
                    return Err(CommitError::Conflict("the hold has changed".to_owned()));
                }
                let proof = hold.proof("released", app.engine.clock().now())?;
                let changes = Changes { audit: vec![proof], ..Changes::settle(Source::Direct) };
                return app.engine.store().commit(changes).await;
            }
        }
    };
    released.await.map_err(|error: CommitError| failed(&error))?;
    app.engine.persons().changed();
    tracing::info!(person = %app.engine.persons().token(&address), "a legal hold is released");
    Ok(response::empty(StatusCode::NO_CONTENT))
}
