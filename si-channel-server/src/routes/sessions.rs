//! `/v1/sessions`.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::http::StatusCode;
use ::http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use si_channel_core::address::Address;
use si_channel_core::engine::Outcome;
use si_channel_core::id::SessionId;
use si_channel_core::input::Input;
use si_channel_core::language::{Language, LanguageBasis, Spoken};
use si_channel_core::rejection::Rejection;
use si_channel_core::session::Session;
use si_channel_core::window::{self, WindowState};
use si_channel_core::world::Found;

use crate::app::App;
use crate::documents;
use crate::engine::Decided;
use crate::http::{Problem, Request, Response, json as body, response};
use crate::routes::address::address as parsed;
use crate::routes::idempotency::Key;
use crate::routes::query::{Query, cursor};
use crate::routes::refusal::{rejected, undecided, unstored};
use crate::store::{Kind, Page, Want};

type Windows = BTreeMap<Address, WindowState>;

fn people(session: &Session) -> impl Iterator<Item = &Address> {
    session.members.iter().map(|member| &member.person.address)
}

/// A session as the API shows it; `windows` are those of its people on WhatsApp.
fn view(session: &Session, windows: &Windows, now: jiff::Timestamp) -> Value {
    let participants: Vec<Value> = session
        .members
        .iter()
        .map(|member| {
            let window = windows.get(&member.person.address);
            let mut shown = json!({
                "address": member.person.address,
                "channel": member.person.address.channel(),
                "name": member.person.name,
                "participant_sid": member.person.participant_sid,
                "sender": member.person.sender,
                "presence": member.presence,
                "last_wrote": member.last_wrote,
                "language": session.spoken(&member.person.address).map(|spoken| &spoken.language),
                "language_basis": session.spoken(&member.person.address).map(|spoken| spoken.basis),
            });
            if let Some(window) = window {
                shown["window"] = json!(window);
            }
            shown
        })
        .collect();
    let code = session.join_code.as_ref().filter(|code| code.expires_at > now);
    json!({
        "session_id": session.id,
        "conversation_sid": session.conversation_sid,
        "state": session.state,
        "transport": session.transport,
        "participants": participants,
        "attributes": session.attributes,
        "previous_session_id": session.previous_session_id,
        "join_code": code.map(|code| code.code.as_str()),
        "join_code_expires_at": code.map(|code| code.expires_at),
        "started_at": session.started_at,
        "last_activity": session.last_activity,
        "relays": {
            "overheard": session.overheard,
            "against_consent": session.barred.iter().map(|one| u64::from(one.relayed)).sum::<u64>(),
        },
        "close_reason": session.close_reason,
    })
}

/// Until when free text reaches those who are on WhatsApp.
async fn windows(app: &App, people: impl IntoIterator<Item = &Address>) -> Result<Windows, Problem> {
    let people = people.into_iter().filter(|address| window::applies(address));
    let mut windows: Windows = people.map(|address| (address.clone(), WindowState::Unknown)).collect();
    if windows.is_empty() {
        return Ok(windows);
    }
    let wants = windows.keys().map(|address| Want::Id(Kind::Ledger, address.to_string())).collect();
    let records = app.engine.store().load(wants).await.map_err(|error| unstored(&error))?;
    let margin = app.engine.policy().whatsapp.window_margin;
    let now = app.engine.clock().now();
    for record in records.into_iter().flatten() {
        if let Found::Ledger(ledger) = documents::found(&record).map_err(|error| unstored(&error))? {
            windows.insert(ledger.address.clone(), ledger.window.state(now, margin));
        }
    }
    Ok(windows)
}

/// Loads a session.
pub async fn load(app: &App, id: &str) -> Result<Session, Problem> {
    let want = Want::Id(Kind::Session, id.to_owned());
    let record = app.engine.store().load(vec![want]).await.map_err(|error| unstored(&error))?.pop().flatten();
    match record.map(|record| documents::found(&record)).transpose().map_err(|error| unstored(&error))? {
        Some(Found::Session(session)) => Ok(Arc::unwrap_or_clone(session)),
        _ => Err(Problem::not_found("no session has this id")),
    }
}

/// `GET /v1/sessions?address=&state=&limit=&cursor=`, newest first.
pub async fn list(app: &App, request: &Parts) -> Result<Response, Problem> {
    let query = Query::of(request, &["address", "state", "limit", "cursor"])?;
    let (name, value) = match (query.text("address"), query.text("state")) {
        (Some(_), Some(_)) => return Err(Problem::bad_request("give address or state, not both")),
        (Some(address), None) => {
            // A plus sign that was not percent-encoded arrives as a space.
            let address = parsed(&address.replace(' ', "+"))?;
            (documents::PERSON, address.to_string())
        }
        (None, Some(state)) => (documents::STATE, state.to_owned()),
        (None, None) => (documents::STATE, documents::ANY.to_owned()),
    };
    let limit = query.limit()?;
    let found = app
        .engine
        .store()
        .list(Kind::Session, (name, &value), Page { before: query.cursor()?, limit })
        .await
        .map_err(|error| unstored(&error))?;
    let next = (found.len() == limit).then(|| found.last().map(|(order, record)| cursor(*order, &record.id)));
    let now = app.engine.clock().now();
    let mut sessions = Vec::with_capacity(found.len());
    for (_, record) in &found {
        if let Found::Session(session) = documents::found(record).map_err(|error| unstored(&error))? {
            sessions.push(Arc::unwrap_or_clone(session));
        }
    }
    let windows = windows(app, sessions.iter().flat_map(people)).await?;
    let items: Vec<Value> = sessions.iter().map(|session| view(session, &windows, now)).collect();
    Ok(response::json(StatusCode::OK, &json!({ "items": items, "next": next.flatten() })))
}

/// `GET /v1/sessions/{id}`.
pub async fn one(app: &App, id: &str) -> Result<Response, Problem> {
    let session = load(app, id).await?;
    let windows = windows(app, people(&session)).await?;
    Ok(response::json(StatusCode::OK, &view(&session, &windows, app.engine.clock().now())))
}

/// With whom to begin a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    address: Address,
    #[serde(default)]
    name: Option<String>,
    /// What they speak, as far as the channel itself speaks to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    #[serde(default)]
    attributes: serde_json::Map<String, Value>,
}

/// Twilio's limit on a conversation's attributes is 16 KB; the channel's own fields need some of it.
const ATTRIBUTES: usize = 15_000;

/// The type of the event of a session that began.
const STARTED: &str = "si.channel.session.started.v1";

/// `POST /v1/sessions`: the open session with an address, begun if there is none.
pub async fn open(app: &App, request: Request) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let given: Open =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    let attributes = Value::Object(given.attributes.clone());
    let size = attributes.to_string().len();
    if size > ATTRIBUTES {
        return Err(Problem::bad_request(format!(
            "attributes: {size} bytes of JSON; at most {ATTRIBUTES} fit"
        )));
    }
    let input = Input::OpenSession {
        address: given.address.clone(),
        name: cleaned(given.name.as_ref())?,
        language: given.language.clone(),
        attributes,
    };
    let now = app.engine.clock().now();
    let windows = windows(app, [&given.address]).await?;
    let begun = |outcome: &Outcome| outcome.events.iter().any(|event| event.kind == STARTED);
    let answer = |outcome: &Outcome| match outcome.sessions.values().next() {
        Some(session) if begun(outcome) => (StatusCode::CREATED, view(session, &windows, now)),
        _ => (StatusCode::OK, json!({ "session_id": outcome.session_id })),
    };
    let answered = key.decide(app, &given, &input, |rejection| Err(rejected(rejection)), answer).await?;
    if answered.status() != StatusCode::OK {
        return Ok(answered);
    }
    // It was open already: it is shown as it is.
    let known = app
        .engine
        .store()
        .list(Kind::Session, (documents::PERSON, &given.address.to_string()), Page::first(1))
        .await
        .map_err(|error| unstored(&error))?;
    match known.first().map(|(_, record)| documents::found(record)) {
        Some(Ok(Found::Session(session))) => {
            Ok(response::json(StatusCode::OK, &view(&session, &windows, now)))
        }
        _ => Ok(answered),
    }
}

fn cleaned(name: Option<&String>) -> Result<Option<String>, Problem> {
    name.map(|name| {
        si_channel_core::command::clean_name(name)
            .ok_or_else(|| Problem::bad_request("name: expected at least one visible character"))
    })
    .transpose()
}

/// Whom to put into a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Invite {
    address: Address,
    #[serde(default)]
    name: Option<String>,
}

/// `POST /v1/sessions/{id}/participants`.
pub async fn invite(app: &App, request: Request, id: &str) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let given: Invite =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    let input = Input::InvitePerson {
        session_id: SessionId::from_text(id),
        address: given.address.clone(),
        name: cleaned(given.name.as_ref())?,
    };
    let session_id = id.to_owned();
    let answer =
        move |_: &Outcome| (StatusCode::ACCEPTED, json!({ "session_id": session_id, "presence": "invited" }));
    key.decide(app, &given, &input, |rejection| Err(rejected(rejection)), answer).await
}

/// What is to be known of somebody in a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    language: Language,
}

/// `PUT /v1/sessions/{id}/participants/{address}`: the language that somebody chose.
pub async fn change(app: &App, request: Request, id: &str, address: &str) -> Result<Response, Problem> {
    let address = parsed(address)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let given: Change =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    choose(app, id, &address, given.language).await?;
    one(app, id).await
}

async fn choose(app: &App, id: &str, address: &Address, language: Language) -> Result<(), Problem> {
    let input = Input::LanguageTold {
        session_id: SessionId::from_text(id),
        address: address.clone(),
        spoken: Spoken { language, basis: LanguageBasis::Choice },
    };
    match app.engine.decide(&input).await.map_err(|error| undecided(&error))? {
        Decided::Done(_) | Decided::Rejected(Rejection::AlreadySo) => Ok(()),
        Decided::Rejected(rejection) => Err(rejected(&rejection)),
    }
}

/// `DELETE /v1/sessions/{id}/participants/{address}`.
pub async fn remove(app: &App, id: &str, address: &str) -> Result<Response, Problem> {
    let address = parsed(address)?;
    let input = Input::RemovePerson { session_id: SessionId::from_text(id), address };
    match app.engine.decide(&input).await.map_err(|error| undecided(&error))? {
        Decided::Done(_) | Decided::Rejected(Rejection::AlreadySo) => {
            Ok(response::empty(StatusCode::ACCEPTED))
        }
        Decided::Rejected(rejection) => Err(rejected(&rejection)),
    }
}

/// `POST /v1/sessions/{id}/invitations`: a code that others join by, the present one while it is fresh.
pub async fn invitation(app: &App, request: Request, id: &str) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let input = Input::IssueCode { session_id: SessionId::from_text(id) };
    let code = |session: &Session| {
        let code = session.join_code.as_ref();
        json!({ "code": code.map(|code| &code.code), "expires_at": code.map(|code| code.expires_at) })
    };
    let answer = move |outcome: &Outcome| {
        (StatusCode::CREATED, outcome.sessions.values().next().map_or(Value::Null, |session| code(session)))
    };
    let mut fresh = false;
    let answered = key
        .decide(
            app,
            &(),
            &input,
            |rejection| match rejection {
                Rejection::AlreadySo => {
                    fresh = true;
                    Ok(response::empty(StatusCode::OK))
                }
                other => Err(rejected(other)),
            },
            answer,
        )
        .await?;
    if !fresh {
        return Ok(answered);
    }
    Ok(response::json(StatusCode::OK, &code(&load(app, id).await?)))
}

/// `POST /v1/sessions/{id}/close`; a session that is closing or closed already is shown as it is.
pub async fn close(app: &App, request: Request, id: &str) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let input = Input::CloseSession { session_id: SessionId::from_text(id) };
    let shown = |state: &str| json!({ "session_id": id, "state": state });
    let mut already = false;
    let refused = |rejection: &Rejection| match rejection {
        Rejection::AlreadySo | Rejection::SessionClosed => {
            already = true;
            Ok(response::empty(StatusCode::OK))
        }
        other => Err(rejected(other)),
    };
    let closing = |_: &Outcome| (StatusCode::ACCEPTED, shown("closing"));
    let answered = key.decide(app, &(), &input, refused, closing).await?;
    if !already {
        return Ok(answered);
    }
    let state = documents::state_name(&load(app, id).await?);
    Ok(response::json(StatusCode::OK, &shown(&state)))
}
