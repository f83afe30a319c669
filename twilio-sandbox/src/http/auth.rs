//! HTTP Basic authentication, and which account a request is for.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use crate::accounts::Accounts;
use crate::error::ApiError;
use crate::hub::Hub;
use crate::state::account::Access;

/// An authenticated request.
pub(crate) struct Login {
    /// Whose resources it is about: the account whose credentials came, or, in the 2010 API, a subaccount of it
    /// that the path names.
    pub(crate) hub: Arc<Hub>,
    pub(crate) caller: Arc<Hub>,
    pub(crate) access: Access,
}

/// Who asks, and for which account; 401/20003 for nobody, or for an account that is not theirs.
pub(crate) fn login(
    headers: &HeaderMap,
    accounts: &Accounts,
    segments: &[String],
) -> Result<Login, ApiError> {
    let pair = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(basic);
    let Some((user, password)) = pair else { return Err(ApiError::unauthenticated()) };
    let known = accounts.find(|world| world.account.access(&user, &password).is_some());
    let caller = known.ok_or_else(ApiError::unauthenticated)?;
    let (access, active, sid) = {
        let account = &caller.world().account;
        (account.access(&user, &password), account.is_active(), account.sid.clone())
    };
    let access = access.ok_or_else(ApiError::unauthenticated)?;
    let inactive = || ApiError::inactive(accounts.main().world().behaviour.inactive_account);
    if !active {
        return Err(inactive());
    }
    let own = |caller: &Arc<Hub>| Login { hub: Arc::clone(caller), caller: Arc::clone(caller), access };
    let [version, collection, named, below @ ..] = segments else { return Ok(own(&caller)) };
    let named = named.trim_end_matches(".json");
    if (version.as_str(), collection.as_str()) != ("2010-04-01", "Accounts") || named == sid {
        return Ok(own(&caller));
    }
    // A path to an account that does not exist leads nowhere, whoever asks.
    let Some(hub) = accounts.get(named) else { return Ok(own(&caller)) };
    let (owned, active) = {
        let account = &hub.world().account;
        (account.owner.as_ref() == Some(&sid), account.is_active())
    };
    match access {
        // The account itself can still be looked at and opened again.
        Access::Token if owned && !active && !below.is_empty() => Err(inactive()),
        Access::Token if owned => Ok(Login { hub, caller, access }),
        // The accounts as such are all the owner's main key may see of them.
        Access::MainKey if owned && below.is_empty() => Ok(Login { hub, caller, access }),
        Access::Token | Access::MainKey | Access::Key => Err(ApiError::unauthenticated()),
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
