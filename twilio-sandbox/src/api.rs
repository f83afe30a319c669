//! Twilio's APIs, each under its product's prefix.

pub(crate) mod conversations;
pub(crate) mod core;

use std::sync::Arc;

use crate::error::ApiError;
use crate::http::answer::Answer;
use crate::http::request::{Call, segments};
use crate::hub::Hub;

/// Answers an authenticated request to `/{product}/…`.
pub(crate) async fn answer(hub: &Arc<Hub>, call: &Call) -> Answer {
    match segments(&call.path).first().map(String::as_str) {
        Some("conversations") => conversations::answer(hub, call).await,
        Some("api") => core::answer(hub, call),
        _ => Err(ApiError::not_found(&call.path)),
    }
}
