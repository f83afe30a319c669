//! `/Conversations/{ConversationSid}/Participants[/{Sid}]`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::scope::{Scope, with_service};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::conversation::Conversation;
use crate::state::edit::Edit;
use crate::state::participant::{NewParticipant, Participant};
use crate::state::validate::{attributes, time};
use crate::state::world::World;
use crate::state::world::participants::ParticipantChange;
use crate::webhook::conversations as payload;
use crate::webhook::pre;

/// Bytes of attributes on a participant.
const ATTRIBUTES: usize = 4 * 1024;

pub(crate) fn render(world: &World, conversation: &Conversation, one: &Participant, root: &str) -> Value {
    let resource = json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "conversation_sid": conversation.sid,
        "identity": one.identity,
        "attributes": one.attributes,
        "messaging_binding": binding(one),
        "role_sid": one.role_sid,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "last_read_message_index": one.last_read_index,
        "last_read_timestamp": one.last_read_at,
        "url": format!("{root}/Conversations/{}/Participants/{}", conversation.sid, one.sid),
    });
    with_service(root, resource)
}

/// The `messaging_binding` object; null for a plain chat user.
pub(crate) fn binding(one: &Participant) -> Value {
    let Some(channel) = one.channel() else { return Value::Null };
    let mut binding = Map::new();
    binding.insert("type".to_owned(), json!(channel.lower()));
    for (name, value) in
        [("address", &one.address), ("proxy_address", &one.proxy), ("projected_address", &one.projected)]
    {
        if let Some(value) = value {
            binding.insert(name.to_owned(), json!(value));
        }
    }
    Value::Object(binding)
}

pub(crate) fn list(hub: &Hub, call: &Call, id: &str, scope: &Scope) -> Answer {
    let paging = Paging::of(call, 100)?;
    let world = hub.world();
    let conversation = scope.find(&world, id)?;
    let page = paging.take(false, |range| {
        conversation.participants.iter().filter(move |one| range.contains(&one.seq)).map(|one| (one.seq, one))
    });
    let url = format!("{}/Conversations/{}/Participants", scope.root, conversation.sid);
    Reply::ok(page.v1(call, &url, "participants", |one| render(&world, conversation, one, &scope.root)))
}

pub(crate) fn fetch(hub: &Hub, id: &str, sid: &str, scope: &Scope) -> Answer {
    let world = hub.world();
    let conversation = scope.find(&world, id)?;
    Reply::ok(render(&world, conversation, world.find_participant(&conversation.sid, sid)?, &scope.root))
}

pub(crate) async fn create(hub: &Arc<Hub>, call: &Call, id: &str, scope: &Scope) -> Answer {
    let new = read(&call.form)?;
    let origin = call.origin();
    let (conversation, fields) = {
        let world = hub.world();
        let conversation = scope.find(&world, id)?;
        world.check_participant(conversation, &new)?;
        (conversation.sid.clone(), payload::participant_add(&world, conversation, &new))
    };
    // No key of a participant can be changed by the answer.
    pre::ask(hub, &scope.service_sid, "onParticipantAdd", fields, origin).await?;
    let mut world = hub.world();
    let sid = world.add_participant(&conversation, new, origin)?;
    let conversation = world.find(&conversation)?;
    Reply::created(render(
        &world,
        conversation,
        world.find_participant(&conversation.sid, &sid)?,
        &scope.root,
    ))
}

/// The parameters of a new participant.
pub(super) fn read(form: &Form) -> Result<NewParticipant, ApiError> {
    let text = |name: &str| form.filled(name).map(str::to_owned);
    Ok(NewParticipant {
        identity: text("Identity"),
        address: text("MessagingBinding.Address"),
        proxy: text("MessagingBinding.ProxyAddress"),
        projected: text("MessagingBinding.ProjectedAddress"),
        attributes: attributes(form.get("Attributes"), ATTRIBUTES)?,
        role_sid: text("RoleSid"),
        created: time("DateCreated", form.filled("DateCreated"))?,
        updated: time("DateUpdated", form.filled("DateUpdated"))?,
    })
}

pub(crate) async fn update(hub: &Arc<Hub>, call: &Call, (id, sid): (&str, &str), scope: &Scope) -> Answer {
    let form = &call.form;
    let change = ParticipantChange {
        identity: form.filled("Identity").map(str::to_owned),
        proxy: nullable(form, "MessagingBinding.ProxyAddress"),
        projected: nullable(form, "MessagingBinding.ProjectedAddress"),
        attributes: form.get("Attributes").map(|text| attributes(Some(text), ATTRIBUTES)).transpose()?,
        role_sid: form.filled("RoleSid").map(str::to_owned),
        last_read_index: Edit::read(form.get("LastReadMessageIndex"), read_index)?,
        last_read_at: Edit::read(form.get("LastReadTimestamp"), read_time)?,
        notification_level: None,
        created: time("DateCreated", form.filled("DateCreated"))?,
        updated: time("DateUpdated", form.filled("DateUpdated"))?,
    };
    let origin = call.origin();
    let (conversation, participant, fields) = {
        let world = hub.world();
        let conversation = scope.find(&world, id)?;
        let participant = world.find_participant(&conversation.sid, sid)?;
        world.check_open(&conversation.sid)?;
        let fields = payload::participant(conversation, participant);
        (conversation.sid.clone(), participant.sid.clone(), fields)
    };
    pre::ask(hub, &scope.service_sid, "onParticipantUpdate", fields, origin).await?;
    let mut world = hub.world();
    world.update_participant(&conversation, &participant, change, origin)?;
    let conversation = world.find(&conversation)?;
    Reply::ok(render(
        &world,
        conversation,
        world.find_participant(&conversation.sid, &participant)?,
        &scope.root,
    ))
}

pub(crate) async fn delete(hub: &Arc<Hub>, call: &Call, id: &str, sid: &str, scope: &Scope) -> Answer {
    let origin = call.origin();
    let (conversation, participant, fields) = {
        let world = hub.world();
        let conversation = scope.find(&world, id)?;
        let participant = world.find_participant(&conversation.sid, sid)?;
        let fields = payload::participant(conversation, participant);
        (conversation.sid.clone(), participant.sid.clone(), fields)
    };
    pre::ask(hub, &scope.service_sid, "onParticipantRemove", fields, origin).await?;
    hub.world().remove_participant(&conversation, &participant, origin)?;
    Reply::deleted()
}

/// A parameter whose value `null` removes what it names.
fn nullable(form: &Form, name: &str) -> Edit<String> {
    match form.filled(name) {
        None => Edit::Keep,
        Some("null") => Edit::Clear,
        Some(text) => Edit::Set(text.to_owned()),
    }
}

/// `LastReadTimestamp`: kept as it was written.
pub(crate) fn read_time(text: &str) -> Result<String, ApiError> {
    time("LastReadTimestamp", Some(text)).map(|_| text.to_owned())
}

/// `LastReadMessageIndex`.
pub(crate) fn read_index(text: &str) -> Result<i64, ApiError> {
    text.parse()
        .map_err(|_| ApiError::bad(50421, format!("LastReadMessageIndex {text:?} is not a whole number")))
}
