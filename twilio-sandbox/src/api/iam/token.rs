//! `/AuthTokens/Secondary` and `/AuthTokens/Promote`: how a token is changed without a gap.

use serde_json::json;

use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::hub::Hub;

pub(super) fn create(hub: &Hub) -> Answer {
    let mut world = hub.world();
    let token = world.create_secondary_token();
    Reply::created(json!({
        "account_sid": world.account.sid,
        "secondary_auth_token": token.value,
        "date_created": iso(token.created),
        "date_updated": iso(token.created),
        "url": format!("{}/accounts/v1/AuthTokens/Secondary", world.base),
    }))
}

pub(super) fn delete(hub: &Hub) -> Answer {
    if hub.world().delete_secondary_token() {
        Reply::deleted()
    } else {
        Err(ApiError::not_found("/AuthTokens/Secondary"))
    }
}

pub(super) fn promote(hub: &Hub) -> Answer {
    let mut world = hub.world();
    let token = world.promote_secondary_token()?;
    Reply::ok(json!({
        "account_sid": world.account.sid,
        "auth_token": token.value,
        "date_created": iso(token.created),
        "date_updated": iso(world.account.updated),
        "url": format!("{}/accounts/v1/AuthTokens/Promote", world.base),
    }))
}
