//! Where files really are: temporary addresses that need no login, and take none.

use http::{Method, StatusCode};

use crate::accounts::Accounts;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;

/// Answers `/media/{AccountSid}/{Sid}?Expires=…&Signature=…`.
///
/// Credentials there would be a leak, and are refused as object stores refuse two ways of authentication: 400.
pub(crate) fn answer(accounts: &Accounts, call: &Call) -> Answer {
    let [account, sid] = call.segments.as_slice() else { return Err(ApiError::not_found(&call.path)) };
    if call.method != Method::GET {
        return Err(ApiError::method_not_allowed());
    }
    if call.has_credentials {
        return Err(ApiError::bad(20001, "A file's temporary address must not get credentials"));
    }
    let expires = call.query.filled("Expires").and_then(|text| text.parse().ok()).unwrap_or(0);
    let signature = call.query.filled("Signature").unwrap_or_default();
    let hub = accounts.get(account).ok_or_else(|| ApiError::not_found(&call.path))?;
    let world = hub.world();
    if !world.media.contains_key(sid) {
        return Err(ApiError::not_found(&call.path));
    }
    let refused = || ApiError::new(StatusCode::FORBIDDEN, 20003, "The address is not valid, or not any more");
    let file = world.temporary(sid, expires, signature).ok_or_else(refused)?;
    Ok(Reply::File {
        content_type: file.content_type.clone(),
        filename: file.filename.clone(),
        bytes: file.bytes.clone(),
    })
}
