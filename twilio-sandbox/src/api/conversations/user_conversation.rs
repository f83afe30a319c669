//! `/Users/{UserSid}/Conversations[/{ConversationSid}]`: a user's place in each conversation.

use serde_json::{Value, json};

use super::participant::{read_index, read_time};
use super::scope::Scope;
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::conversation::Conversation;
use crate::state::edit::Edit;
use crate::state::origin::Origin;
use crate::state::participant::{NotificationLevel, Participant};
use crate::state::user::User;
use crate::state::world::World;
use crate::state::world::participants::ParticipantChange;

/// These writes know no `X-Twilio-Webhook-Enabled`.
const SILENT: Origin = Origin::Rest { announce: false };

fn render(
    world: &World,
    user: &User,
    (one, participant): (&Conversation, &Participant),
    root: &str,
) -> Value {
    let conversation = format!("{root}/Conversations/{}", one.sid);
    json!({
        "account_sid": world.account.sid,
        "chat_service_sid": one.service_sid,
        "conversation_sid": one.sid,
        "unread_messages_count": one.unread(participant),
        "last_read_message_index": participant.last_read_index,
        "participant_sid": participant.sid,
        "user_sid": user.sid,
        "friendly_name": one.friendly_name,
        "conversation_state": one.state.as_str(),
        "timers": one.timers.render(one.state, world.behaviour.closed_timer),
        "attributes": one.attributes,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "created_by": "system",
        "notification_level": participant.notification_level.as_str(),
        "unique_name": one.unique_name,
        "url": format!("{root}/Users/{}/Conversations/{}", user.sid, one.sid),
        "links": {
            "participant": format!("{conversation}/Participants/{}", participant.sid),
            "conversation": conversation,
        },
    })
}

/// A user's place in a conversation, or 404.
fn find<'world>(
    world: &'world World,
    scope: &Scope,
    (user, id): (&str, &str),
) -> Result<(&'world User, (&'world Conversation, &'world Participant)), ApiError> {
    let user = world.find_user(&scope.service_sid, user)?;
    let conversation = scope.find(world, id)?;
    let mut participants = conversation.participants.iter();
    let participant = participants
        .find(|one| one.identity.as_deref() == Some(&user.identity))
        .ok_or_else(|| ApiError::not_found(&format!("/Users/{}/Conversations/{id}", user.sid)))?;
    Ok((user, (conversation, participant)))
}

pub(crate) fn list(hub: &Hub, call: &Call, user: &str, scope: &Scope) -> Answer {
    let paging = Paging::of(call, 50)?;
    let world = hub.world();
    let user = world.find_user(&scope.service_sid, user)?;
    let page = paging.take(false, |range| world.conversations_of(&scope.service_sid, &user.identity, range));
    let url = format!("{}/Users/{}/Conversations", scope.root, user.sid);
    Reply::ok(page.v1(call, &url, "conversations", |place| render(&world, user, place, &scope.root)))
}

pub(crate) fn fetch(hub: &Hub, path: (&str, &str), scope: &Scope) -> Answer {
    let world = hub.world();
    let (user, place) = find(&world, scope, path)?;
    Reply::ok(render(&world, user, place, &scope.root))
}

pub(crate) fn update(hub: &Hub, call: &Call, path: (&str, &str), scope: &Scope) -> Answer {
    let form = &call.form;
    let change = ParticipantChange {
        notification_level: form.filled("NotificationLevel").map(level).transpose()?,
        last_read_index: Edit::read(form.get("LastReadMessageIndex"), read_index)?,
        last_read_at: Edit::read(form.get("LastReadTimestamp"), read_time)?,
        ..ParticipantChange::default()
    };
    let mut world = hub.world();
    let (_, (conversation, participant)) = find(&world, scope, path)?;
    let (conversation, participant) = (conversation.sid.clone(), participant.sid.clone());
    world.update_participant(&conversation, &participant, change, SILENT)?;
    let (user, place) = find(&world, scope, path)?;
    Reply::ok(render(&world, user, place, &scope.root))
}

/// Takes the user out of the conversation.
pub(crate) fn delete(hub: &Hub, path: (&str, &str), scope: &Scope) -> Answer {
    let mut world = hub.world();
    let (_, (conversation, participant)) = find(&world, scope, path)?;
    let (conversation, participant) = (conversation.sid.clone(), participant.sid.clone());
    world.remove_participant(&conversation, &participant, SILENT)?;
    Reply::deleted()
}

fn level(text: &str) -> Result<NotificationLevel, ApiError> {
    NotificationLevel::parse(text).ok_or_else(|| {
        ApiError::bad(20001, format!("Invalid NotificationLevel {text:?}: expected default or muted"))
    })
}
