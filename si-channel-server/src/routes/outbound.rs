//! `/v1/outbound`: what was to be sent, and how far it got.

use ::http::StatusCode;
use ::http::request::Parts;
use serde_json::{Value, json};
use si_channel_core::content::Content;
use si_channel_core::engine::Outcome;
use si_channel_core::id::OutboundId;
use si_channel_core::input::Input;
use si_channel_core::outbound::{OutboundMessage, OutboundState};
use si_channel_core::rejection::Rejection;
use si_channel_core::world::Found;

use crate::app::App;
use crate::documents;
use crate::http::{Problem, Request, Response, response};
use crate::routes::idempotency::Key;
use crate::routes::query::{Query, cursor};
use crate::routes::refusal::{rejected, unstored};
use crate::store::{Kind, Page, Want};
use crate::worker::REMOVED;

fn view(message: &OutboundMessage) -> Value {
    let (template, file) = match &message.queued.content {
        Content::Text { .. } => (None, None),
        Content::Template { template } => (Some(template), None),
        Content::File { file, .. } => (None, Some(file)),
    };
    json!({
        "id": message.id(),
        "session_id": message.session_id,
        "state": message.state,
        "text": message.shown.as_deref().unwrap_or(message.queued.content.words()),
        "template": template,
        "file": file,
        "class": message.queued.class,
        "purpose": message.queued.purpose,
        "part": message.queued.part,
        "parts": message.queued.parts,
        "turn_id": message.queued.turn_id,
        "message_sid": message.message_sid,
        "attempts": message.attempts,
        "queued_at": message.queued.at,
        "not_before": message.not_before(),
        "held": message.postponed.as_ref().filter(|_| message.state == OutboundState::Queued),
        "expires_at": message.queued.expires_at,
        "accepted_at": message.accepted_at,
        "receipts": message.receipts,
        "error_code": message.error_code,
        "reason": message.reason,
    })
}

/// `?state=&limit=&cursor=`, newest first.
pub async fn list(app: &App, request: &Parts) -> Result<Response, Problem> {
    let query = Query::of(request, &["state", "limit", "cursor"])?;
    let state = match query.text("state") {
        None => documents::ANY,
        Some(given) => {
            let known = OutboundState::ALL.map(OutboundState::as_str);
            let unknown = || Problem::bad_request(format!("state: expected one of {}", known.join(", ")));
            known.into_iter().find(|state| *state == given).ok_or_else(unknown)?
        }
    };
    let limit = query.limit()?;
    let found = app
        .engine
        .store()
        .list(Kind::Outbound, (documents::STATE, state), Page { before: query.cursor()?, limit })
        .await
        .map_err(|error| unstored(&error))?;
    let next = (found.len() == limit).then(|| found.last().map(|(order, record)| cursor(*order, &record.id)));
    let mut items = Vec::with_capacity(found.len());
    for (_, record) in &found {
        if let Found::Outbound(message) = documents::found(record).map_err(|error| unstored(&error))? {
            items.push(view(&message));
        }
    }
    Ok(response::json(StatusCode::OK, &json!({ "items": items, "next": next.flatten() })))
}

async fn stored(app: &App, id: &str) -> Result<Box<OutboundMessage>, Problem> {
    let want = Want::Id(Kind::Outbound, id.to_owned());
    let record = app.engine.store().load(vec![want]).await.map_err(|error| unstored(&error))?.pop().flatten();
    match record.map(|record| documents::found(&record)).transpose().map_err(|error| unstored(&error))? {
        Some(Found::Outbound(message)) => Ok(message),
        _ => Err(Problem::not_found("no outbound message has this id")),
    }
}

/// `GET /v1/outbound/{id}`.
pub async fn one(app: &App, id: &str) -> Result<Response, Problem> {
    Ok(response::json(StatusCode::OK, &view(stored(app, id).await?.as_ref())))
}

/// `POST /v1/outbound/{id}/cancel`: what has not been handed to Twilio is not sent.
pub async fn cancel(app: &App, request: Request, id: &str) -> Result<Response, Problem> {
    let input = Input::Cancel { outbound_id: OutboundId::from_text(id), reason: "requested".to_owned() };
    decide(app, &Key::of(&request)?, &input).await
}

/// `POST /v1/outbound/{id}/retry`: what failed without Twilio having taken it is tried again, for as long as it was worth
/// sending at first.
pub async fn retry(app: &App, request: Request, id: &str) -> Result<Response, Problem> {
    let content = serde_json::to_string(&stored(app, id).await?.queued.content).unwrap_or_default();
    if content.contains(REMOVED) {
        let gone = Rejection::Refused("what it said is kept no longer; send it as a new message".to_owned());
        return Err(rejected(&gone));
    }
    let input = Input::Resend { outbound_id: OutboundId::from_text(id) };
    decide(app, &Key::of(&request)?, &input).await
}

async fn decide(app: &App, key: &Key, input: &Input) -> Result<Response, Problem> {
    let answer =
        |outcome: &Outcome| (StatusCode::OK, outcome.outbound.values().next().map_or(Value::Null, view));
    key.decide(app, &(), input, |rejection| Err(rejected(rejection)), answer).await
}
