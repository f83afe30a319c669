//! `/sandbox/bindings`: registers a user's device, as a chat client would; the REST API cannot.

use http::StatusCode;
use serde::Deserialize;

use super::{Outcome, Problem};
use crate::api::conversations::binding::render;
use crate::api::conversations::scope::Scope;
use crate::hub::Hub;
use crate::state::push::{BindingType, MESSAGE_TYPES};
use crate::state::world::push::NewBinding;

/// A device to be registered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Post {
    identity: String,
    binding_type: BindingType,
    /// The account's default service if it is left out.
    service_sid: Option<String>,
    /// The device's own token; made up if it is left out.
    endpoint: Option<String>,
    credential_sid: Option<String>,
    /// All of them if it is left out.
    message_types: Option<Vec<String>>,
}

pub(super) fn create(hub: &Hub, body: &[u8]) -> Outcome {
    let post: Post = super::read(body)?;
    let message_types =
        post.message_types.unwrap_or_else(|| MESSAGE_TYPES.into_iter().map(str::to_owned).collect());
    if let Some(unknown) = message_types.iter().find(|one| !MESSAGE_TYPES.contains(&one.as_str())) {
        let known = MESSAGE_TYPES.join(", ");
        return Err(Problem::bad(format!("{unknown:?} is not a message type: write {known}")));
    }
    if post.identity.is_empty() {
        return Err(Problem::bad("identity is empty: write the user's identity"));
    }
    let mut world = hub.world();
    let sid = post.service_sid.unwrap_or_else(|| world.account.chat_service_sid.clone());
    let new = NewBinding {
        identity: post.identity,
        kind: post.binding_type,
        endpoint: post.endpoint,
        credential_sid: post.credential_sid,
        message_types,
    };
    let scope = Scope::of_service(&world, &sid)?;
    let sid = world.create_binding(&scope.service_sid, new)?;
    let binding = world.find_binding(&scope.service_sid, &sid)?;
    Ok((StatusCode::CREATED, render(&world, binding, &scope)))
}
