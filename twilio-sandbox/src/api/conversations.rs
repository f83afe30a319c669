//! Conversations v1 ("Conversations (classic)"), with and without a service in the path.
//!
//! <https://www.twilio.com/docs/conversations-classic/api>

pub(crate) mod address;
pub(crate) mod binding;
pub(crate) mod configuration;
pub(crate) mod conversation;
pub(crate) mod credential;
pub(crate) mod message;
pub(crate) mod notification;
pub(crate) mod participant;
pub(crate) mod participant_conversations;
pub(crate) mod receipt;
pub(crate) mod role;
pub(crate) mod scope;
pub(crate) mod scoped_webhook;
pub(crate) mod service;
pub(crate) mod service_configuration;
mod template;
pub(crate) mod user;
pub(crate) mod user_conversation;
pub(crate) mod with_participants;

use std::sync::Arc;

use http::Method;

use crate::error::ApiError;
use crate::http::answer::Answer;
use crate::http::request::Call;
use crate::hub::Hub;

use scope::Scope;

/// Answers `/conversations/v1/…`.
pub(crate) async fn answer(hub: &Arc<Hub>, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["v1", "Services", sid, rest @ ..] if !rest.is_empty() => {
            let scope = Scope::of_service(&hub.world(), sid)?;
            of_service(hub, call, rest, &scope).await
        }
        ["v1", rest @ ..] => of_account(hub, call, rest).await,
        _ => Err(ApiError::not_found(&call.path)),
    }
}

/// What exists once in an account, then what exists in every service.
async fn of_account(hub: &Arc<Hub>, call: &Call, path: &[&str]) -> Answer {
    match (&call.method, path) {
        (&Method::GET, ["Services"]) => service::list(hub, call),
        (&Method::POST, ["Services"]) => service::create(hub, call),
        (&Method::GET, ["Services", sid]) => service::fetch(hub, sid),
        (&Method::DELETE, ["Services", sid]) => service::delete(hub, sid),
        (&Method::GET, ["Configuration"]) => configuration::fetch(hub),
        (&Method::POST, ["Configuration"]) => configuration::update(hub, call),
        (&Method::GET, ["Configuration", "Webhooks"]) => configuration::fetch_webhook(hub),
        (&Method::POST, ["Configuration", "Webhooks"]) => configuration::update_webhook(hub, call),
        (&Method::GET, ["Configuration", "Addresses"]) => address::list(hub, call),
        (&Method::POST, ["Configuration", "Addresses"]) => address::create(hub, call),
        (&Method::GET, ["Configuration", "Addresses", sid]) => address::fetch(hub, sid),
        (&Method::POST, ["Configuration", "Addresses", sid]) => address::update(hub, call, sid),
        (&Method::DELETE, ["Configuration", "Addresses", sid]) => address::delete(hub, sid),
        (&Method::GET, ["Credentials"]) => credential::list(hub, call),
        (&Method::POST, ["Credentials"]) => credential::create(hub, call),
        (&Method::GET, ["Credentials", sid]) => credential::fetch(hub, sid),
        (&Method::POST, ["Credentials", sid]) => credential::update(hub, call, sid),
        (&Method::DELETE, ["Credentials", sid]) => credential::delete(hub, sid),
        (_, ["Credentials"] | ["Credentials", _]) => Err(ApiError::method_not_allowed()),
        (_, ["Services"] | ["Services", _] | ["Configuration", ..]) => known(call, path),
        _ => {
            let scope = Scope::unscoped(&hub.world());
            scoped(hub, call, path, &scope).await
        }
    }
}

/// What exists only under `/Services/{sid}`, then what exists in every service.
async fn of_service(hub: &Arc<Hub>, call: &Call, path: &[&str], scope: &Scope) -> Answer {
    match (&call.method, path) {
        (&Method::GET, ["Configuration"]) => service_configuration::fetch(hub, scope),
        (&Method::POST, ["Configuration"]) => service_configuration::update(hub, call, scope),
        (&Method::GET, ["Configuration", "Webhooks"]) => service_configuration::fetch_webhook(hub, scope),
        (&Method::POST, ["Configuration", "Webhooks"]) => {
            service_configuration::update_webhook(hub, call, scope)
        }
        (&Method::GET, ["Bindings"]) => binding::list(hub, call, scope),
        (&Method::GET, ["Bindings", sid]) => binding::fetch(hub, sid, scope),
        (&Method::DELETE, ["Bindings", sid]) => binding::delete(hub, sid, scope),
        (&Method::GET, ["Configuration", "Notifications"]) => notification::fetch(hub, scope),
        (&Method::POST, ["Configuration", "Notifications"]) => notification::update(hub, call, scope),
        (_, ["Bindings"] | ["Bindings", _] | ["Configuration", "Notifications"]) => {
            Err(ApiError::method_not_allowed())
        }
        _ => scoped(hub, call, path, scope).await,
    }
}

/// The resources that exist with and without a service in the path.
async fn scoped(hub: &Arc<Hub>, call: &Call, path: &[&str], scope: &Scope) -> Answer {
    match (&call.method, path) {
        (&Method::GET, ["Conversations"]) => conversation::list(hub, call, scope),
        (&Method::POST, ["Conversations"]) => conversation::create(hub, call, scope).await,
        (&Method::GET, ["Conversations", id]) => conversation::fetch(hub, id, scope),
        (&Method::POST, ["Conversations", id]) => conversation::update(hub, call, id, scope).await,
        (&Method::DELETE, ["Conversations", id]) => conversation::delete(hub, call, id, scope).await,
        (&Method::GET, ["Conversations", id, "Participants"]) => participant::list(hub, call, id, scope),
        (&Method::POST, ["Conversations", id, "Participants"]) => {
            participant::create(hub, call, id, scope).await
        }
        (&Method::GET, ["Conversations", id, "Participants", sid]) => participant::fetch(hub, id, sid, scope),
        (&Method::POST, ["Conversations", id, "Participants", sid]) => {
            participant::update(hub, call, (id, sid), scope).await
        }
        (&Method::DELETE, ["Conversations", id, "Participants", sid]) => {
            participant::delete(hub, call, id, sid, scope).await
        }
        (&Method::GET, ["Conversations", id, "Messages"]) => message::list(hub, call, id, scope),
        (&Method::POST, ["Conversations", id, "Messages"]) => message::create(hub, call, id, scope).await,
        (&Method::GET, ["Conversations", id, "Messages", sid]) => message::fetch(hub, id, sid, scope),
        (&Method::POST, ["Conversations", id, "Messages", sid]) => {
            message::update(hub, call, (id, sid), scope).await
        }
        (&Method::DELETE, ["Conversations", id, "Messages", sid]) => {
            message::delete(hub, call, id, sid, scope).await
        }
        (&Method::GET, ["Conversations", id, "Messages", sid, "Receipts"]) => {
            receipt::list(hub, call, (id, sid), scope)
        }
        (&Method::GET, ["Conversations", id, "Messages", message, "Receipts", sid]) => {
            receipt::fetch(hub, (id, message, sid), scope)
        }
        (&Method::GET, ["Conversations", id, "Webhooks"]) => scoped_webhook::list(hub, call, id, scope),
        (&Method::POST, ["Conversations", id, "Webhooks"]) => scoped_webhook::create(hub, call, id, scope),
        (&Method::GET, ["Conversations", id, "Webhooks", sid]) => scoped_webhook::fetch(hub, id, sid, scope),
        (&Method::POST, ["Conversations", id, "Webhooks", sid]) => {
            scoped_webhook::update(hub, call, (id, sid), scope)
        }
        (&Method::DELETE, ["Conversations", id, "Webhooks", sid]) => {
            scoped_webhook::delete(hub, id, sid, scope)
        }
        (&Method::POST, ["ConversationWithParticipants"]) => {
            with_participants::create(hub, call, scope).await
        }
        (&Method::GET, ["ParticipantConversations"]) => participant_conversations::list(hub, call, scope),
        (_, ["Users" | "Roles", ..]) => of_people(hub, call, path, scope).await,
        _ => known(call, path),
    }
}

/// Users and roles, with and without a service in the path.
async fn of_people(hub: &Arc<Hub>, call: &Call, path: &[&str], scope: &Scope) -> Answer {
    match (&call.method, path) {
        (&Method::GET, ["Users"]) => user::list(hub, call, scope),
        (&Method::POST, ["Users"]) => user::create(hub, call, scope),
        (&Method::GET, ["Users", id]) => user::fetch(hub, id, scope),
        (&Method::POST, ["Users", id]) => user::update(hub, call, id, scope).await,
        (&Method::DELETE, ["Users", id]) => user::delete(hub, call, id, scope),
        (&Method::GET, ["Users", id, "Conversations"]) => user_conversation::list(hub, call, id, scope),
        (&Method::GET, ["Users", user, "Conversations", id]) => {
            user_conversation::fetch(hub, (user, id), scope)
        }
        (&Method::POST, ["Users", user, "Conversations", id]) => {
            user_conversation::update(hub, call, (user, id), scope)
        }
        (&Method::DELETE, ["Users", user, "Conversations", id]) => {
            user_conversation::delete(hub, (user, id), scope)
        }
        (&Method::GET, ["Roles"]) => role::list(hub, call, scope),
        (&Method::POST, ["Roles"]) => role::create(hub, call, scope),
        (&Method::GET, ["Roles", sid]) => role::fetch(hub, sid, scope),
        (&Method::POST, ["Roles", sid]) => role::update(hub, call, sid, scope),
        (&Method::DELETE, ["Roles", sid]) => role::delete(hub, sid, scope),
        _ => known(call, path),
    }
}

/// A path that exists with another method is 405; any other is 404.
fn known(call: &Call, path: &[&str]) -> Answer {
    let exists = matches!(
        path,
        ["Conversations"
            | "ConversationWithParticipants"
            | "ParticipantConversations"
            | "Services"
            | "Configuration"
            | "Users"
            | "Roles"]
            | ["Conversations" | "ConversationWithParticipants" | "Services" | "Users" | "Roles", _]
            | ["Conversations", _, "Participants" | "Messages" | "Webhooks"]
            | ["Conversations", _, "Participants" | "Messages" | "Webhooks", _]
            | ["Conversations", _, "Messages", _, "Receipts"]
            | ["Conversations", _, "Messages", _, "Receipts", _]
            | ["Configuration", "Webhooks" | "Addresses"]
            | ["Configuration", "Addresses", _]
            | ["Users", _, "Conversations"]
            | ["Users", _, "Conversations", _]
    );
    Err(if exists { ApiError::method_not_allowed() } else { ApiError::not_found(&call.resource()) })
}
