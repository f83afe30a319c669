//! The 2010 API: messages, incoming phone numbers.
//!
//! <https://www.twilio.com/docs/messaging/api/message-resource>

pub(crate) mod feedback;
pub(crate) mod incoming_number;
pub(crate) mod media;
pub(crate) mod message;
mod template;

use http::Method;

use crate::error::ApiError;
use crate::http::answer::Answer;
use crate::http::request::Call;
use crate::hub::Hub;

/// Answers `/api/2010-04-01/…`.
pub(crate) fn answer(hub: &Hub, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let ["2010-04-01", "Accounts", rest @ ..] = segments.as_slice() else {
        return Err(ApiError::not_found(&call.path));
    };
    let own = hub.world().account.sid.clone();
    let [account, rest @ ..] = rest else { return Err(ApiError::not_found(&call.resource())) };
    if account.trim_end_matches(".json") != own {
        return Err(ApiError::not_found(&call.resource()));
    }
    match (&call.method, rest) {
        (&Method::GET, ["Messages.json"]) => message::list(hub, call),
        (&Method::POST, ["Messages.json"]) => message::create(hub, call),
        (method, ["Messages", file]) => {
            let sid = json_name(call, file)?;
            match *method {
                Method::GET => message::fetch(hub, sid),
                Method::POST => message::update(hub, call, sid),
                Method::DELETE => message::delete(hub, sid),
                _ => Err(ApiError::method_not_allowed()),
            }
        }
        (&Method::POST, ["Messages", sid, "Feedback.json"]) => feedback::create(hub, call, sid),
        (&Method::GET, ["Messages", sid, "Media.json"]) => media::list(hub, call, sid),
        (&Method::GET, ["Messages", sid, "Media", file]) => media::fetch(hub, sid, file),
        (&Method::DELETE, ["Messages", sid, "Media", file]) => media::delete(hub, sid, file),
        (&Method::GET, ["IncomingPhoneNumbers.json"]) => incoming_number::list(hub, call, None),
        (&Method::POST, ["IncomingPhoneNumbers.json"]) => incoming_number::create(hub, call, None),
        (method, ["IncomingPhoneNumbers", file]) => {
            let name = json_name(call, file)?;
            let kind = incoming_number::kind(name);
            match *method {
                Method::GET if kind.is_some() => incoming_number::list(hub, call, kind),
                Method::POST if kind.is_some() => incoming_number::create(hub, call, kind),
                Method::GET => incoming_number::fetch(hub, name),
                Method::POST => incoming_number::update(hub, call, name),
                Method::DELETE if kind.is_none() => incoming_number::delete(hub, name),
                _ => Err(ApiError::method_not_allowed()),
            }
        }
        (_, ["Messages.json" | "IncomingPhoneNumbers.json"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found(&call.resource())),
    }
}

fn json_name<'a>(call: &Call, file: &'a str) -> Result<&'a str, ApiError> {
    file.strip_suffix(".json").ok_or_else(|| ApiError::not_found(&call.resource()))
}
