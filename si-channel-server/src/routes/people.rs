//! `/v1/people/{address}`: whose an address is.

use ::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use si_channel_core::address::Address;
use si_channel_core::event::ConsentState;
use si_channel_core::input::Input;
use si_channel_core::person::{Account, Enrolment, strictest};
use si_channel_core::rejection::Rejection;
use si_channel_core::world::Found;

use crate::app::App;
use crate::documents;
use crate::engine::Decided;
use crate::http::{Problem, Request, Response, json as body, response};
use crate::routes::address::address;
use crate::routes::refusal::{rejected, undecided, unstored};
use crate::store::{Kind, Page, StoreError, Want};

/// The longest id of an account, characters.
const LONGEST_ID: usize = 128;
/// How many sessions of each address are shown.
const SESSIONS: usize = 20;

/// The account of an address, if it has one.
pub async fn account_of(app: &App, address: &Address) -> Result<Option<Account>, StoreError> {
    let want = Want::Key(Kind::Account, documents::PERSON, address.to_string());
    let record = app.engine.store().load(vec![want]).await?.pop().flatten();
    Ok(match record.map(|record| documents::found(&record)).transpose()? {
        Some(Found::Account(account)) => Some(*account),
        _ => None,
    })
}

/// `GET /v1/people/{address}`: the account or visitor that an address is, with every address and session of theirs.
pub async fn read(app: &App, text: &str) -> Result<Response, Problem> {
    let address = address(text)?;
    let view = view(app, &address).await.map_err(|error| unstored(&error))?;
    Ok(response::json(StatusCode::OK, &view))
}

async fn view(app: &App, address: &Address) -> Result<Value, StoreError> {
    let account = account_of(app, address).await?;
    let addresses = account.as_ref().map_or_else(|| vec![address.clone()], |known| known.addresses.clone());
    let store = app.engine.store();
    let wants = addresses.iter().map(|own| Want::Id(Kind::Ledger, own.to_string())).collect();
    let ledgers = store.load(wants).await?;
    let (mut shown, mut states, mut sessions) = (Vec::new(), Vec::new(), Vec::new());
    for (own, ledger) in addresses.iter().zip(ledgers) {
        let state = match ledger.map(|record| documents::found(&record)).transpose()? {
            Some(Found::Ledger(ledger)) => ledger.state(),
            _ => ConsentState::Unknown,
        };
        states.push(state);
        shown.push(json!({
            "address": own,
            "channel": own.channel(),
            "visitor_id": app.engine.visitor_id(own),
            "enrolment": Enrolment::from(state),
            "consent": state,
        }));
        let theirs =
            store.list(Kind::Session, (documents::PERSON, &own.to_string()), Page::first(SESSIONS)).await?;
        for (_, record) in theirs {
            if let Found::Session(session) = documents::found(&record)? {
                sessions.push((
                    session.started_at,
                    json!({
                        "session_id": session.id,
                        "address": own,
                        "state": session.state,
                        "started_at": session.started_at,
                    }),
                ));
            }
        }
    }
    // Newest first; a session that several addresses of theirs were in is shown with each.
    sessions.sort_by_key(|(started_at, _)| std::cmp::Reverse(*started_at));
    let whole = strictest(states);
    let visitor = account.is_none().then(|| app.engine.visitor_id(address));
    Ok(json!({
        "account_id": account.as_ref().map(|known| &known.account_id),
        "visitor_id": visitor,
        "name": account.as_ref().and_then(|known| known.name.as_ref()),
        "enrolment": Enrolment::from(whole),
        "consent": whole,
        "addresses": shown,
        "sessions": sessions.into_iter().map(|(_, session)| session).collect::<Vec<_>>(),
    }))
}

/// Whose an address is, as the application says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    account_id: String,
    #[serde(default)]
    name: Option<String>,
}

/// `PUT /v1/people/{address}`: merges the visitor that an address is into an account, or moves it there from another.
pub async fn merge(app: &App, request: Request, text: &str) -> Result<Response, Problem> {
    let address = address(text)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let given: Merge =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    let fits = (1..=LONGEST_ID).contains(&given.account_id.chars().count());
    if !fits || given.account_id.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Problem::bad_request(format!(
            "account_id: expected 1 to {LONGEST_ID} characters without spaces"
        )));
    }
    let name = match &given.name {
        Some(name) => Some(
            si_channel_core::command::clean_name(name)
                .ok_or_else(|| Problem::bad_request("name: expected at least one visible character"))?,
        ),
        None => None,
    };
    let visitor_id = app.engine.visitor_id(&address);
    let account_id = given.account_id;
    let input = Input::MergePerson { address: address.clone(), account_id, visitor_id, name };
    match app.engine.decide(&input).await.map_err(|error| undecided(&error))? {
        Decided::Done(_) | Decided::Rejected(Rejection::AlreadySo) => {
            let view = view(app, &address).await.map_err(|error| unstored(&error))?;
            Ok(response::json(StatusCode::OK, &view))
        }
        Decided::Rejected(rejection) => Err(rejected(&rejection)),
    }
}
