//! Content v1: templates, and their approval by WhatsApp.
//!
//! <https://www.twilio.com/docs/content/content-api-resources>

mod approval;
mod body;
mod list;
mod template;

use http::Method;

use crate::error::ApiError;
use crate::http::answer::Answer;
use crate::http::request::Call;
use crate::hub::Hub;

pub(crate) use approval::render as render_approval;

/// Answers `/content/v1/…`.
pub(crate) fn answer(hub: &Hub, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let ["v1", path @ ..] = segments.as_slice() else { return Err(ApiError::not_found(&call.path)) };
    match (&call.method, path) {
        (&Method::GET, ["Content"]) => list::contents(hub, call),
        (&Method::POST, ["Content"]) => template::create(hub, call),
        (&Method::GET, ["Content", sid]) => template::fetch(hub, sid),
        (&Method::PUT, ["Content", sid]) => template::update(hub, call, sid),
        (&Method::DELETE, ["Content", sid]) => template::delete(hub, sid),
        (&Method::GET, ["Content", sid, "ApprovalRequests"]) => approval::fetch(hub, sid),
        (&Method::POST, ["Content", sid, "ApprovalRequests", "whatsapp"]) => approval::create(hub, call, sid),
        (&Method::GET, ["ContentAndApprovals"]) => list::with_approvals(hub, call),
        (&Method::GET, ["LegacyContent"]) => list::legacy(hub, call),
        (
            _,
            ["Content" | "ContentAndApprovals" | "LegacyContent"]
            | ["Content", _]
            | ["Content", _, "ApprovalRequests"]
            | ["Content", _, "ApprovalRequests", "whatsapp"],
        ) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found(&call.resource())),
    }
}
