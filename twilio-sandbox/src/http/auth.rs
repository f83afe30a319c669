//! HTTP Basic authentication, and which account a request is for.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use crate::accounts::Accounts;
use crate::error::ApiError;
use crate::hub::Hub;

/// The account a request is for, or 401/20003.
///
/// It is the one whose credentials came, or, in the 2010 API, a subaccount of it that the path names.
pub(crate) fn account(
    headers: &HeaderMap,
    accounts: &Accounts,
    segments: &[String],
) -> Result<Arc<Hub>, ApiError> {
    let pair = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(basic);
    let Some((user, password)) = pair else { return Err(ApiError::unauthenticated()) };
    let caller = accounts.find(|world| world.account.knows(&user, &password));
    let caller = caller.ok_or_else(ApiError::unauthenticated)?;
    let [version, collection, named, ..] = segments else { return Ok(caller) };
    let named = named.trim_end_matches(".json");
    if (version.as_str(), collection.as_str()) != ("2010-04-01", "Accounts")
        || named == caller.world().account.sid
    {
        return Ok(caller);
    }
    match accounts.get(named) {
        // Keys reach their own account alone.
        Some(hub) if hub.is_owned_by(&caller) && !user.starts_with("SK") => Ok(hub),
        Some(_) => Err(ApiError::unauthenticated()),
        // The path leads nowhere, whoever asks.
        None => Ok(caller),
    }
}

fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}
