//! Lookups v2: what is known of a phone number.
//!
//! <https://www.twilio.com/docs/lookup/v2-api>

mod batch;
mod identity;
mod line_override;
mod packages;
mod phone_number;
mod rate_limit;

use http::Method;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::http::answer::Answer;
use crate::http::request::Call;
use crate::hub::Hub;

/// Answers `/lookups/v2/…`.
pub(crate) fn answer(hub: &Hub, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let ["v2", rest @ ..] = segments.as_slice() else { return Err(ApiError::not_found(&call.path)) };
    match (&call.method, rest) {
        (&Method::GET, ["PhoneNumbers", number]) => phone_number::fetch(hub, call, number),
        (&Method::POST, ["batch", "query"]) => batch::query(hub, call),
        (&Method::GET, ["PhoneNumbers", number, "Overrides", field]) => {
            line_override::fetch(hub, number, field)
        }
        (&Method::POST, ["PhoneNumbers", number, "Overrides", field]) => {
            line_override::create(hub, call, number, field)
        }
        (&Method::PUT, ["PhoneNumbers", number, "Overrides", field]) => {
            line_override::update(hub, call, number, field)
        }
        (&Method::DELETE, ["PhoneNumbers", number, "Overrides", field]) => {
            line_override::delete(hub, number, field)
        }
        (&Method::GET, ["RateLimits"]) => rate_limit::list(hub, call),
        (&Method::GET, ["RateLimits", "Fields", field, "Bucket", bucket]) => {
            rate_limit::fetch(hub, field, bucket)
        }
        (&Method::PUT, ["RateLimits", "Fields", field, "Bucket", bucket]) => {
            rate_limit::update(hub, call, field, bucket)
        }
        (&Method::DELETE, ["RateLimits", "Fields", field, "Bucket", bucket]) => {
            rate_limit::delete(hub, field, bucket)
        }
        (
            _,
            ["PhoneNumbers", _]
            | ["batch", "query"]
            | ["RateLimits"]
            | ["PhoneNumbers", _, "Overrides", _]
            | ["RateLimits", "Fields", _, "Bucket", _],
        ) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found(&call.resource())),
    }
}

/// The JSON of a request; an empty body is an empty object.
fn body<T: DeserializeOwned>(call: &Call) -> Result<T, ApiError> {
    let text: &[u8] = if call.body.is_empty() { b"{}" } else { &call.body };
    serde_json::from_slice(text)
        .map_err(|error| ApiError::bad(20001, format!("the body does not fit: {error}")))
}
