//! `/Accounts[/{Sid}].json`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::accounts::Accounts;
use crate::clock::rfc2822;
use crate::config::Subaccount;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::auth::Login;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::account::{Account, AccountStatus};

/// Characters of a name.
const FRIENDLY_NAME: usize = 64;

fn render(account: &Account) -> Value {
    let uri = format!("/2010-04-01/Accounts/{}", account.sid);
    let subresources: Map<String, Value> = [
        ("messages", "Messages.json"),
        ("incoming_phone_numbers", "IncomingPhoneNumbers.json"),
        ("keys", "Keys.json"),
    ]
    .map(|(name, file)| (name.to_owned(), json!(format!("{uri}/{file}"))))
    .into_iter()
    .collect();
    json!({
        "sid": account.sid,
        "owner_account_sid": account.owner.as_ref().unwrap_or(&account.sid),
        "friendly_name": account.friendly_name,
        "status": account.status,
        "type": "Full",
        "auth_token": account.auth_token,
        "date_created": rfc2822(account.created),
        "date_updated": rfc2822(account.updated),
        "subresource_uris": subresources,
        "uri": format!("{uri}.json"),
    })
}

pub(super) fn fetch(hub: &Hub) -> Answer {
    Reply::ok(render(&hub.world().account))
}

/// The caller's account and those it owns.
pub(super) fn list(accounts: &Accounts, login: &Login, call: &Call) -> Answer {
    let paging = Paging::of(call, 1000)?;
    let name = call.query.filled("FriendlyName");
    let status = call.query.filled("Status").map(status).transpose()?;
    let caller = login.caller.world().account.sid.clone();
    let visible: Vec<(u64, Account)> = (0..)
        .zip(accounts.all())
        .map(|(seq, hub)| (seq, hub.world().account.clone()))
        .filter(|(_, one)| one.sid == caller || one.owner.as_ref() == Some(&caller))
        .filter(|(_, one)| name.is_none_or(|name| one.friendly_name == name))
        .filter(|(_, one)| status.is_none_or(|status| one.status == status))
        .collect();
    let page = paging.take(false, |range| {
        visible.into_iter().filter(move |(seq, _)| range.contains(seq)).collect::<Vec<_>>().into_iter()
    });
    let uri = "/2010-04-01/Accounts.json";
    Reply::ok(page.v2010(call, uri, "accounts", |one| render(&one)))
}

/// A subaccount of the caller. Subaccounts have none of their own.
pub(super) fn create(accounts: &Accounts, login: &Login, call: &Call) -> Answer {
    if !Arc::ptr_eq(&login.caller, accounts.main()) {
        return Err(ApiError::unauthenticated());
    }
    let friendly_name = call.form.filled("FriendlyName").map(name).transpose()?;
    let hub = accounts.add(&Subaccount { friendly_name, ..Subaccount::default() });
    let world = hub.world();
    Reply::created(render(&world.account))
}

pub(super) fn update(accounts: &Accounts, login: &Login, call: &Call) -> Answer {
    let name = call.form.filled("FriendlyName").map(name).transpose()?;
    let (sid, owner, before) = {
        let account = &login.hub.world().account;
        (account.sid.clone(), account.owner.clone(), account.status)
    };
    if let Some(text) = call.form.filled("Status") {
        let status = status(text)?;
        if owner.is_none() || Arc::ptr_eq(&login.hub, &login.caller) {
            return Err(ApiError::bad(21477, "Unable to update Status for parent accounts"));
        }
        if before == AccountStatus::Closed {
            let message = "Unable to update Status for subaccount, subaccount has been closed";
            return Err(ApiError::bad(21479, message));
        }
        accounts.set_status(&sid, status);
    }
    let mut world = login.hub.world();
    world.account.updated = world.now();
    if let Some(name) = name {
        world.account.friendly_name = name;
    }
    Reply::ok(render(&world.account))
}

fn status(text: &str) -> Result<AccountStatus, ApiError> {
    AccountStatus::parse(text).ok_or_else(|| {
        let message = format!("Invalid Status {text:?}: expected active, suspended or closed");
        ApiError::bad(21475, message)
    })
}

fn name(text: &str) -> Result<String, ApiError> {
    if text.chars().count() > FRIENDLY_NAME {
        let message = format!("FriendlyName must be at most {FRIENDLY_NAME} characters long");
        return Err(ApiError::bad(20001, message));
    }
    Ok(text.to_owned())
}
