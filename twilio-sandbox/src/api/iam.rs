//! Accounts, API keys and auth tokens. They are for the account's token and main keys alone.
//!
//! <https://www.twilio.com/docs/iam/api/account>, <https://www.twilio.com/docs/iam/api/authtoken>

mod account;
mod key;
mod token;

use http::Method;

use crate::accounts::Accounts;
use crate::error::ApiError;
use crate::http::answer::Answer;
use crate::http::auth::Login;
use crate::http::request::Call;
use crate::state::account::Access;

/// Answers a request that is about accounts, keys or tokens; `None` for any other.
pub(crate) fn answer(accounts: &Accounts, login: &Login, call: &Call) -> Option<Answer> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let (product, hub) = (call.path.trim_start_matches('/').split('/').next(), &login.hub);
    let named = |sid: &str| sid == hub.world().account.sid;
    let method = &call.method;
    let answer = || match (product, segments.as_slice()) {
        (Some("api"), ["2010-04-01", "Accounts.json"]) => Some(match *method {
            Method::GET => account::list(accounts, login, call),
            Method::POST => account::create(accounts, login, call),
            _ => Err(ApiError::method_not_allowed()),
        }),
        (Some("api"), ["2010-04-01", "Accounts", file]) if named(file.strip_suffix(".json")?) => {
            Some(match *method {
                Method::GET => account::fetch(hub),
                Method::POST => account::update(accounts, login, call),
                _ => Err(ApiError::method_not_allowed()),
            })
        }
        (Some("api"), ["2010-04-01", "Accounts", sid, "Keys.json"]) if named(sid) => Some(match *method {
            Method::GET => key::list(hub, call),
            Method::POST => key::create(hub, call),
            _ => Err(ApiError::method_not_allowed()),
        }),
        (Some("api"), ["2010-04-01", "Accounts", sid, "Keys", file]) if named(sid) => {
            let key = file.strip_suffix(".json")?;
            Some(match *method {
                Method::GET => key::fetch(hub, key),
                Method::POST => key::update(hub, call, key),
                Method::DELETE => key::delete(hub, key),
                _ => Err(ApiError::method_not_allowed()),
            })
        }
        (Some("accounts"), ["v1", "AuthTokens", "Secondary"]) => Some(match *method {
            Method::POST => token::create(hub),
            Method::DELETE => token::delete(hub),
            _ => Err(ApiError::method_not_allowed()),
        }),
        (Some("accounts"), ["v1", "AuthTokens", "Promote"]) => Some(match *method {
            Method::POST => token::promote(hub),
            _ => Err(ApiError::method_not_allowed()),
        }),
        _ => None,
    };
    // Looked up before it is carried out: a key's refusal must leave everything as it is.
    if login.access == Access::Key && is_guarded(product, &segments) {
        return Some(Err(ApiError::unauthenticated()));
    }
    answer()
}

fn is_guarded(product: Option<&str>, segments: &[&str]) -> bool {
    match (product, segments) {
        (Some("accounts"), _) => true,
        (Some("api"), ["2010-04-01", rest @ ..]) => {
            matches!(rest, ["Accounts.json"] | ["Accounts", _] | ["Accounts", _, "Keys.json" | "Keys", ..])
        }
        _ => false,
    }
}
