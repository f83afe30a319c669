//! Twilio's APIs, each under its product's prefix.

pub(crate) mod content;
pub(crate) mod conversations;
pub(crate) mod core;
mod iam;
mod indicators;
mod lookups;
mod mcs;
pub(crate) mod messaging;
pub(crate) mod storage;

use crate::accounts::Accounts;
use crate::error::ApiError;
use crate::http::answer::Answer;
use crate::http::auth::Login;
use crate::http::request::{Call, segments};

/// Answers an authenticated request to `/{product}/…`.
pub(crate) async fn answer(accounts: &Accounts, login: &Login, call: &Call) -> Answer {
    if let Some(answer) = iam::answer(accounts, login, call) {
        return answer;
    }
    let hub = &login.hub;
    match segments(&call.path).first().map(String::as_str) {
        Some("conversations") => conversations::answer(hub, call).await,
        Some("api") => core::answer(hub, call),
        Some("mcs") => mcs::answer(hub, call),
        Some("messaging") if call.segments.first().is_some_and(|version| version == "v2") => {
            indicators::answer(hub, call)
        }
        Some("content") => content::answer(hub, call),
        Some("lookups") => lookups::answer(hub, call),
        Some("messaging") => messaging::answer(hub, call),
        _ => Err(ApiError::not_found(&call.path)),
    }
}
