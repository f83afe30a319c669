//! HTTP Basic authentication: account SID and token, or API key and secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use crate::error::ApiError;
use crate::state::account::Account;

/// Accepts the account's own pair or its API key's; anything else is 401/20003.
pub(crate) fn check(headers: &HeaderMap, account: &Account) -> Result<(), ApiError> {
    let pair = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(basic);
    let Some((user, password)) = pair else { return Err(ApiError::unauthenticated()) };
    let known = (user == account.sid && password == account.auth_token)
        || (user == account.api_key && password == account.api_secret);
    if known { Ok(()) } else { Err(ApiError::unauthenticated()) }
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
