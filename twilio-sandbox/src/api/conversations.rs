//! Conversations v1 ("Conversations (classic)"), with and without a service in the path.
//!
//! <https://www.twilio.com/docs/conversations-classic/api>

pub(crate) mod address;
pub(crate) mod configuration;
pub(crate) mod conversation;
pub(crate) mod message;
pub(crate) mod participant;
pub(crate) mod participant_conversations;
pub(crate) mod receipt;
pub(crate) mod scoped_webhook;
pub(crate) mod service;

use std::sync::Arc;

use http::Method;

use crate::error::ApiError;
use crate::http::answer::Answer;
use crate::http::request::Call;
use crate::hub::Hub;

/// Answers `/conversations/v1/…`.
pub(crate) async fn answer(hub: &Arc<Hub>, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let (base, service) = {
        let world = hub.world();
        (format!("{}/conversations/v1", world.base), world.account.chat_service_sid.clone())
    };
    match segments.as_slice() {
        ["v1", "Services", sid, rest @ ..] if !rest.is_empty() => {
            if *sid != service {
                return Err(ApiError::not_found(&call.resource()));
            }
            let root = format!("{base}/Services/{service}");
            scoped(hub, call, rest, &root).await
        }
        ["v1", rest @ ..] => match (&call.method, rest) {
            (&Method::GET, ["Services"]) => service::list(hub, call, &base),
            (&Method::GET, ["Services", sid]) => service::fetch(hub, call, &base, sid),
            (&Method::GET, ["Configuration"]) => configuration::fetch(hub),
            (&Method::POST, ["Configuration"]) => configuration::update(hub, call),
            (&Method::GET, ["Configuration", "Webhooks"]) => configuration::fetch_webhook(hub),
            (&Method::POST, ["Configuration", "Webhooks"]) => configuration::update_webhook(hub, call),
            (&Method::GET, ["Configuration", "Addresses"]) => address::list(hub, call),
            (&Method::POST, ["Configuration", "Addresses"]) => address::create(hub, call),
            (&Method::GET, ["Configuration", "Addresses", sid]) => address::fetch(hub, sid),
            (&Method::POST, ["Configuration", "Addresses", sid]) => address::update(hub, call, sid),
            (&Method::DELETE, ["Configuration", "Addresses", sid]) => address::delete(hub, sid),
            (_, ["Services" | "Configuration", ..]) => known(call, rest),
            _ => scoped(hub, call, rest, &base).await,
        },
        _ => Err(ApiError::not_found(&call.path)),
    }
}

/// The resources that exist with and without a service; `root` is where their links start.
async fn scoped(hub: &Arc<Hub>, call: &Call, path: &[&str], root: &str) -> Answer {
    match (&call.method, path) {
        (&Method::GET, ["Conversations"]) => conversation::list(hub, call, root),
        (&Method::POST, ["Conversations"]) => conversation::create(hub, call, root).await,
        (&Method::GET, ["Conversations", id]) => conversation::fetch(hub, id, root),
        (&Method::POST, ["Conversations", id]) => conversation::update(hub, call, id, root).await,
        (&Method::DELETE, ["Conversations", id]) => conversation::delete(hub, call, id).await,
        (&Method::GET, ["Conversations", id, "Participants"]) => participant::list(hub, call, id, root),
        (&Method::POST, ["Conversations", id, "Participants"]) => {
            participant::create(hub, call, id, root).await
        }
        (&Method::GET, ["Conversations", id, "Participants", sid]) => participant::fetch(hub, id, sid, root),
        (&Method::POST, ["Conversations", id, "Participants", sid]) => {
            participant::update(hub, call, (id, sid), root).await
        }
        (&Method::DELETE, ["Conversations", id, "Participants", sid]) => {
            participant::delete(hub, call, id, sid).await
        }
        (&Method::GET, ["Conversations", id, "Messages"]) => message::list(hub, call, id, root),
        (&Method::POST, ["Conversations", id, "Messages"]) => message::create(hub, call, id, root).await,
        (&Method::GET, ["Conversations", id, "Messages", sid]) => message::fetch(hub, id, sid, root),
        (&Method::POST, ["Conversations", id, "Messages", sid]) => {
            message::update(hub, call, (id, sid), root).await
        }
        (&Method::DELETE, ["Conversations", id, "Messages", sid]) => {
            message::delete(hub, call, id, sid).await
        }
        (&Method::GET, ["Conversations", id, "Messages", sid, "Receipts"]) => {
            receipt::list(hub, call, (id, sid), root)
        }
        (&Method::GET, ["Conversations", id, "Messages", message, "Receipts", sid]) => {
            receipt::fetch(hub, (id, message, sid), root)
        }
        (&Method::GET, ["Conversations", id, "Webhooks"]) => scoped_webhook::list(hub, call, id, root),
        (&Method::POST, ["Conversations", id, "Webhooks"]) => scoped_webhook::create(hub, call, id, root),
        (&Method::GET, ["Conversations", id, "Webhooks", sid]) => scoped_webhook::fetch(hub, id, sid, root),
        (&Method::POST, ["Conversations", id, "Webhooks", sid]) => {
            scoped_webhook::update(hub, call, (id, sid), root)
        }
        (&Method::DELETE, ["Conversations", id, "Webhooks", sid]) => scoped_webhook::delete(hub, id, sid),
        (&Method::GET, ["ParticipantConversations"]) => participant_conversations::list(hub, call, root),
        _ => known(call, path),
    }
}

/// A path that exists with another method is 405; any other is 404.
fn known(call: &Call, path: &[&str]) -> Answer {
    let exists = matches!(
        path,
        ["Conversations" | "ParticipantConversations" | "Services" | "Configuration"]
            | ["Conversations" | "Services", _]
            | ["Conversations", _, "Participants" | "Messages" | "Webhooks"]
            | ["Conversations", _, "Participants" | "Messages" | "Webhooks", _]
            | ["Conversations", _, "Messages", _, "Receipts"]
            | ["Conversations", _, "Messages", _, "Receipts", _]
            | ["Configuration", "Webhooks" | "Addresses"]
            | ["Configuration", "Addresses", _]
    );
    Err(if exists { ApiError::method_not_allowed() } else { ApiError::not_found(&call.resource()) })
}
