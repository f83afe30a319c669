//! `/Conversations/{ConversationSid}/Messages[/{Sid}]`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::scope::{Scope, with_service};
use super::template;
use crate::carrier::limits::relay;
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::address::Channel;
use crate::state::conversation::Conversation;
use crate::state::message::{Media, Message, NewMessage};
use crate::state::origin::Origin;
use crate::state::participant::Participant;
use crate::state::validate::{attributes, name, time};
use crate::state::world::World;
use crate::state::world::messages::{MessageChange, check_author};
use crate::webhook::conversations as payload;
use crate::webhook::pre::{self, Verdict};

/// Bytes of attributes on a message.
const ATTRIBUTES: usize = 4 * 1024;
/// Files of a message.
const MEDIA: usize = 10;

pub(crate) fn render(world: &World, conversation: &Conversation, one: &Message, root: &str) -> Value {
    let url = format!("{root}/Conversations/{}/Messages/{}", conversation.sid, one.sid);
    let media: Vec<Value> = one
        .media
        .iter()
        .map(|media| {
            json!({
                "sid": media.sid, "content_type": media.content_type, "filename": media.filename, "size": media.size,
            })
        })
        .collect();
    let resource = json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "conversation_sid": conversation.sid,
        "index": one.index,
        "author": one.author,
        "body": one.body,
        "media": if media.is_empty() { Value::Null } else { Value::Array(media) },
        "attributes": one.attributes,
        "participant_sid": one.participant_sid,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "delivery": one.delivery(),
        "content_sid": one.content_sid,
        "url": url,
        "links": {
            "delivery_receipts": format!("{url}/Receipts"),
            "channel_metadata": format!("{url}/ChannelMetadata"),
        },
    });
    with_service(root, resource)
}

pub(crate) fn list(hub: &Hub, call: &Call, id: &str, scope: &Scope) -> Answer {
    let paging = Paging::of(call, 100)?;
    let descending = match call.query.filled("Order") {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => {
            return Err(ApiError::bad(20001, format!("Invalid Order {other:?}: expected asc or desc")));
        }
    };
    let world = hub.world();
    let conversation = scope.find(&world, id)?;
    let messages = &conversation.messages;
    let page = paging.take(descending, |range| {
        let start = messages.partition_point(|one| one.index < range.start);
        let end = messages.partition_point(|one| one.index < range.end);
        messages[start..end.max(start)].iter().map(|one| (one.index, one))
    });
    let url = format!("{}/Conversations/{}/Messages", scope.root, conversation.sid);
    Reply::ok(page.v1(call, &url, "messages", |one| render(&world, conversation, one, &scope.root)))
}

pub(crate) fn fetch(hub: &Hub, id: &str, sid: &str, scope: &Scope) -> Answer {
    let world = hub.world();
    let conversation = scope.find(&world, id)?;
    Reply::ok(render(&world, conversation, world.find_message(&conversation.sid, sid)?, &scope.root))
}

pub(crate) async fn create(hub: &Arc<Hub>, call: &Call, id: &str, scope: &Scope) -> Answer {
    let form = &call.form;
    name("Subject", form.get("Subject"))?;
    let conversation = scope.find(&hub.world(), id)?.sid.clone();
    let template = template::read(&hub.world(), &conversation, form)?;
    let (template, body, media) = if let Some((template, body)) = template {
        (Some(template), Some(body), Vec::new())
    } else {
        let media = attachments(&hub.world(), &conversation, form)?;
        (None, form.filled("Body").map(str::to_owned), media)
    };
    let new = NewMessage {
        author: form.filled("Author").unwrap_or("system").to_owned(),
        body,
        media,
        template,
        attributes: attributes(form.get("Attributes"), ATTRIBUTES)?,
        created: time("DateCreated", form.filled("DateCreated"))?,
        updated: time("DateUpdated", form.filled("DateUpdated"))?,
    };
    let sid = post(hub, &conversation, new, call.origin()).await?;
    let world = hub.world();
    let conversation = world.find(&conversation)?;
    Reply::created(render(&world, conversation, world.find_message(&conversation.sid, &sid)?, &scope.root))
}

/// The uploads that a message takes with it: each once, and fit for every phone that will get it.
fn attachments(world: &World, conversation: &str, form: &Form) -> Result<Vec<Media>, ApiError> {
    let sids: Vec<String> = form.list("MediaSid").unwrap_or_default();
    if sids.len() > MEDIA {
        return Err(ApiError::bad(20001, format!("A message takes at most {MEDIA} files")));
    }
    let conversation = world.find(conversation)?;
    let author = form.filled("Author").unwrap_or("system");
    let phones: Vec<Channel> = conversation
        .participants
        .iter()
        .filter(|one| one.binding().is_some() && !one.is_author(author))
        .filter_map(Participant::channel)
        .collect();
    let mut media: Vec<Media> = Vec::new();
    for sid in &sids {
        if media.iter().any(|one| one.sid == *sid) {
            return Err(ApiError::bad(50508, format!("Media {sid} is given twice")));
        }
        let one = world.free_upload(&conversation.service_sid, sid)?;
        if let Some(code) = phones.iter().find_map(|phone| relay(*phone, &one.content_type, one.size)) {
            let (kind, size) = (&one.content_type, one.size);
            let message = format!("Media {sid} ({kind}, {size} bytes) cannot reach every participant");
            return Err(ApiError::bad(code, message));
        }
        media.push(one);
    }
    Ok(media)
}

/// Asks the pre-action webhook, then adds the message to a conversation (by SID); gives its SID. REST and phones come here alike.
pub(crate) async fn post(
    hub: &Arc<Hub>,
    conversation: &str,
    mut new: NewMessage,
    origin: Origin,
) -> Result<String, ApiError> {
    let (service, fields) = {
        let world = hub.world();
        world.check_message(conversation, &new, origin)?;
        let conversation = world.find(conversation)?;
        (conversation.service_sid.clone(), payload::message_add(conversation, &new))
    };
    if let Verdict::Change(keys) = pre::ask(hub, &service, "onMessageAdd", fields, origin).await? {
        new.author = keys.text("author")?.unwrap_or(new.author);
        new.body = keys.text("body")?.or(new.body);
        if let Some(text) = keys.text("attributes")? {
            new.attributes = attributes(Some(&text), ATTRIBUTES)?;
        }
    }
    hub.world().add_message(conversation, new, origin)
}

pub(crate) async fn update(hub: &Arc<Hub>, call: &Call, (id, sid): (&str, &str), scope: &Scope) -> Answer {
    let form = &call.form;
    name("Subject", form.get("Subject"))?;
    let mut change = MessageChange {
        author: form.filled("Author").map(str::to_owned),
        body: form.get("Body").map(str::to_owned),
        attributes: form.get("Attributes").map(|text| attributes(Some(text), ATTRIBUTES)).transpose()?,
        created: time("DateCreated", form.filled("DateCreated"))?,
        updated: time("DateUpdated", form.filled("DateUpdated"))?,
    };
    let origin = call.origin();
    let (conversation, fields) = {
        let world = hub.world();
        let conversation = scope.find(&world, id)?;
        let message = world.find_message(&conversation.sid, sid)?;
        world.check_open(&conversation.sid)?;
        world.check_body(conversation, change.body.as_deref(), origin)?;
        if let Some(author) = &change.author {
            check_author(author)?;
        }
        let mut proposed = message.clone();
        proposed.author = change.author.clone().unwrap_or(proposed.author);
        proposed.body = change.body.clone().or(proposed.body);
        proposed.attributes = change.attributes.clone().unwrap_or(proposed.attributes);
        (conversation.sid.clone(), payload::message(conversation, &proposed))
    };
    if let Verdict::Change(keys) =
        pre::ask(hub, &scope.service_sid, "onMessageUpdate", fields, origin).await?
    {
        change.author = keys.text("author")?.or(change.author);
        change.body = keys.text("body")?.or(change.body);
        if let Some(text) = keys.text("attributes")? {
            change.attributes = Some(attributes(Some(&text), ATTRIBUTES)?);
        }
    }
    let mut world = hub.world();
    world.update_message(&conversation, sid, change, origin)?;
    let conversation = world.find(&conversation)?;
    Reply::ok(render(&world, conversation, world.find_message(&conversation.sid, sid)?, &scope.root))
}

pub(crate) async fn delete(hub: &Arc<Hub>, call: &Call, id: &str, sid: &str, scope: &Scope) -> Answer {
    let origin = call.origin();
    let (conversation, fields) = {
        let world = hub.world();
        let conversation = scope.find(&world, id)?;
        let message = world.find_message(&conversation.sid, sid)?;
        (conversation.sid.clone(), payload::message(conversation, message))
    };
    pre::ask(hub, &scope.service_sid, "onMessageRemove", fields, origin).await?;
    hub.world().remove_message(&conversation, sid, origin)?;
    Reply::deleted()
}
