//! Typing indicators of WhatsApp, the one resource of Messaging v2.
//!
//! <https://www.twilio.com/docs/whatsapp/api/typing-indicators-resource>

use http::Method;
use serde_json::json;

use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;

/// Answers `/messaging/v2/…`.
pub(crate) fn answer(hub: &Hub, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (&call.method, segments.as_slice()) {
        (&Method::POST, ["v2", "Indicators", "Typing.json"]) => typing(hub, call),
        (_, ["v2", "Indicators", "Typing.json"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found(&call.resource())),
    }
}

fn typing(hub: &Hub, call: &Call) -> Answer {
    let required = |name: &str| {
        call.form
            .filled(name)
            .ok_or_else(|| ApiError::bad(20001, format!("Missing required parameter {name}")))
    };
    let (sid, channel) = (required("messageId")?, required("channel")?);
    if channel != "whatsapp" {
        return Err(ApiError::bad(20001, format!("channel must be whatsapp, but was {channel:?}")));
    }
    if !hub.world().show_typing(sid) {
        return Err(ApiError::not_found(&format!("/Messages/{sid}")));
    }
    Reply::ok(json!({"success": true}))
}
