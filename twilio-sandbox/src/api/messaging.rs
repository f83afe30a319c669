//! Messaging v1: Messaging Services, their senders and their campaigns.
//!
//! <https://www.twilio.com/docs/messaging/api/service-resource>

mod alpha_sender;
pub(crate) mod campaign;
mod pool;
pub(crate) mod service;
mod usecase;

use http::Method;

use crate::error::ApiError;
use crate::http::answer::Answer;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::messaging_service::{MessagingService, SenderKind};
use crate::state::world::World;

use alpha_sender::AlphaList;
use pool::Pool;

/// Items of a page, at most.
const PAGE: usize = 1000;

/// Answers `/messaging/v1/…`.
pub(crate) fn answer(hub: &Hub, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let ["v1", "Services", rest @ ..] = segments.as_slice() else {
        return Err(ApiError::not_found(&call.path));
    };
    match (&call.method, rest) {
        (&Method::GET, []) => service::list(hub, call),
        (&Method::POST, []) => service::create(hub, call),
        (&Method::GET, ["Usecases"]) => usecase::of_services(),
        (&Method::POST, ["PreregisteredUsa2p"]) => campaign::register(hub, call),
        (_, [] | ["Usecases" | "PreregisteredUsa2p"]) => Err(ApiError::method_not_allowed()),
        (&Method::GET, [sid]) => service::fetch(hub, sid),
        (&Method::POST, [sid]) => service::update(hub, call, sid),
        (&Method::DELETE, [sid]) => service::delete(hub, sid),
        (_, [sid, "Compliance", "Usa2p", rest @ ..]) => compliance(hub, call, sid, rest),
        (_, [sid, list, rest @ ..]) if rest.len() <= 1 => {
            senders(hub, call, sid, list, rest.first().copied())
        }
        _ => Err(ApiError::not_found(&call.resource())),
    }
}

fn senders(hub: &Hub, call: &Call, service: &str, list: &str, sid: Option<&str>) -> Answer {
    let pool = match list {
        "PhoneNumbers" => Pool::of(SenderKind::PhoneNumber),
        "ShortCodes" => Pool::of(SenderKind::ShortCode),
        "ChannelSenders" => Pool::of(SenderKind::Channel),
        "AlphaSenders" => return AlphaList::Default.answer(hub, call, service, sid),
        "DestinationAlphaSenders" => return AlphaList::Destination.answer(hub, call, service, sid),
        _ => return Err(ApiError::not_found(&call.resource())),
    };
    match (&call.method, sid) {
        (&Method::GET, None) => pool.list(hub, call, service),
        (&Method::POST, None) => pool.create(hub, call, service),
        (&Method::GET, Some(sid)) => pool.fetch(hub, service, sid),
        (&Method::DELETE, Some(sid)) => pool.delete(hub, service, sid),
        _ => Err(ApiError::method_not_allowed()),
    }
}

fn compliance(hub: &Hub, call: &Call, service: &str, rest: &[&str]) -> Answer {
    match (&call.method, rest) {
        (&Method::GET, []) => campaign::list(hub, call, service),
        (&Method::POST, []) => campaign::create(hub, call, service),
        (&Method::GET, ["Usecases"]) => usecase::of_campaigns(hub, call, service),
        (&Method::GET, [sid]) => campaign::fetch(hub, call, service, sid),
        (&Method::POST, [sid]) => campaign::update(hub, call, service, sid),
        (&Method::DELETE, [sid]) => campaign::delete(hub, service, sid),
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found(&call.resource())),
    }
}

/// A service by SID, or 404.
fn find<'a>(world: &'a World, sid: &str) -> Result<&'a MessagingService, ApiError> {
    world.messaging_service(sid).ok_or_else(|| ApiError::not_found(&format!("/Services/{sid}")))
}

/// Where a service's lists are.
fn address(world: &World, service: &str) -> String {
    format!("{}/messaging/v1/Services/{service}", world.base)
}
