//! `/sandbox/accounts`: the accounts, and what Twilio's Console does with them.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Problem};
use crate::accounts::Accounts;
use crate::config::Subaccount;
use crate::hub::Hub;
use crate::state::account::AccountStatus;

/// A subaccount to be opened.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    friendly_name: Option<String>,
    account_sid: Option<String>,
    auth_token: Option<String>,
    #[serde(default)]
    numbers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    status: AccountStatus,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewKey {
    friendly_name: String,
    main: bool,
}

/// Without secrets.
fn render(hub: &Hub) -> Value {
    let world = hub.world();
    let account = &world.account;
    json!({
        "account_sid": account.sid,
        "owner_account_sid": account.owner,
        "friendly_name": account.friendly_name,
        "status": account.status,
        "has_secondary_token": account.secondary_token.is_some(),
        "keys": account
            .keys
            .iter()
            .map(|key| json!({"sid": key.sid, "friendly_name": key.friendly_name, "main": key.is_main}))
            .collect::<Vec<_>>(),
        "numbers": world.numbers.values().map(|number| number.address.clone()).collect::<Vec<_>>(),
    })
}

pub(super) fn list(accounts: &Accounts) -> Value {
    json!({"accounts": accounts.all().iter().map(|hub| render(hub)).collect::<Vec<_>>()})
}

pub(super) fn find(accounts: &Accounts, sid: &str) -> Result<std::sync::Arc<Hub>, Problem> {
    accounts.get(sid).ok_or_else(|| Problem::not_found(format!("there is no account {sid:?}")))
}

/// Answers below `/sandbox/accounts/{sid}`; `None` for an unknown path.
pub(super) fn one(
    accounts: &Accounts,
    sid: &str,
    method: &http::Method,
    path: &[&str],
    body: &[u8],
) -> Option<Outcome> {
    use http::Method;

    let hub = match find(accounts, sid) {
        Ok(hub) => hub,
        Err(problem) => return Some(Err(problem)),
    };
    Some(match (method, path) {
        (&Method::GET, []) => super::ok(render(&hub)),
        (&Method::POST, []) => super::read(body).and_then(|Change { status }| {
            accounts.set_status(sid, status);
            super::ok(render(&hub))
        }),
        (&Method::POST, ["secondary_token"]) => {
            let token = hub.world().create_secondary_token();
            Ok((StatusCode::CREATED, json!({"secondary_token": token.value})))
        }
        (&Method::DELETE, ["secondary_token"]) => {
            hub.world().delete_secondary_token();
            super::ok(render(&hub))
        }
        (&Method::POST, ["promote"]) => hub
            .world()
            .promote_secondary_token()
            .map(|token| (StatusCode::OK, json!({"auth_token": token.value})))
            .map_err(|_| Problem::bad("there is no secondary token to promote")),
        (&Method::POST, ["keys"]) => {
            let new = if body.is_empty() { Ok(NewKey::default()) } else { super::read(body) };
            new.map(|new| {
                let key = hub.world().create_key(&new.friendly_name, new.main);
                (StatusCode::CREATED, json!({"sid": key.sid, "secret": key.secret}))
            })
        }
        (&Method::DELETE, ["keys", key]) => {
            if hub.world().delete_key(key) {
                super::ok(render(&hub))
            } else {
                Err(Problem::not_found(format!("there is no key {key:?}")))
            }
        }
        _ => return None,
    })
}

/// Opens a subaccount; its secrets are in this answer alone.
pub(super) fn open(accounts: &Accounts, body: &[u8]) -> Outcome {
    let open: Open = if body.is_empty() { super::read(b"{}")? } else { super::read(body)? };
    let taken = open.account_sid.as_ref().filter(|sid| accounts.get(sid).is_some());
    if let Some(sid) = taken {
        return Err(Problem::bad(format!("there is an account {sid:?} already")));
    }
    let hub = accounts
        .open_subaccount(&Subaccount {
            friendly_name: open.friendly_name,
            account_sid: open.account_sid,
            auth_token: open.auth_token,
            numbers: open.numbers,
            number_settings: Vec::new(),
        })
        .map_err(|error| Problem::bad(error.to_string()))?;
    let mut opened = render(&hub);
    let world = hub.world();
    opened["auth_token"] = json!(world.account.auth_token);
    opened["api_key"] = json!(world.account.keys.first().map(|key| &key.sid));
    opened["api_secret"] = json!(world.account.keys.first().map(|key| &key.secret));
    Ok((StatusCode::CREATED, opened))
}
