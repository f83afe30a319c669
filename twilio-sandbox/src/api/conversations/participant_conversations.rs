//! `/ParticipantConversations`: a person's conversations, by identity or address.

use serde_json::{Value, json};

use super::participant::binding;
use super::scope::Scope;
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::conversation::Conversation;
use crate::state::participant::{MembershipKey, Participant};
use crate::state::user::User;
use crate::state::world::World;

pub(crate) fn list(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let paging = Paging::of(call, 50)?;
    let key = match (call.query.filled("Identity"), call.query.filled("Address")) {
        (Some(_), Some(_)) => return Err(ApiError::bad(50451, "Give Identity or Address, not both")),
        (Some(identity), None) => MembershipKey::Identity(identity.to_owned()),
        (None, Some(address)) => MembershipKey::Address(address.to_owned()),
        (None, None) => return Err(ApiError::bad(20001, "Missing required parameter Identity or Address")),
    };
    let world = hub.world();
    let users = &world.find_service(&scope.service_sid)?.users;
    let page = paging.take(false, |range| world.places(&scope.service_sid, &key, range));
    let url = format!("{}/ParticipantConversations", scope.root);
    Reply::ok(page.v1(call, &url, "conversations", |(conversation, participant)| {
        let user = participant.identity.as_deref().and_then(|identity| users.find(identity));
        render(&world, conversation, participant, user, &scope.root)
    }))
}

/// Unlike the Participant resource, this one names what a binding does not have.
fn whole_binding(participant: &Participant) -> Value {
    let mut binding = binding(participant);
    if let Value::Object(fields) = &mut binding {
        for name in ["address", "proxy_address", "projected_address", "level", "name"] {
            fields.entry(name).or_insert(Value::Null);
        }
    }
    binding
}

fn render(
    world: &World,
    one: &Conversation,
    participant: &Participant,
    user: Option<&User>,
    root: &str,
) -> Value {
    let url = format!("{root}/Conversations/{}", one.sid);
    json!({
        "account_sid": world.account.sid,
        "chat_service_sid": one.service_sid,
        "participant_sid": participant.sid,
        "participant_user_sid": user.map(|user| &user.sid),
        "participant_identity": participant.identity,
        "participant_messaging_binding": whole_binding(participant),
        "conversation_sid": one.sid,
        "conversation_unique_name": one.unique_name,
        "conversation_friendly_name": one.friendly_name,
        "conversation_attributes": one.attributes,
        "conversation_date_created": iso(one.created),
        "conversation_date_updated": iso(one.updated),
        "conversation_created_by": "system",
        "conversation_state": one.state.as_str(),
        "conversation_timers": one.timers.render(one.state, world.behaviour.closed_timer),
        "links": {
            "participant": format!("{url}/Participants/{}", participant.sid),
            "conversation": url,
        },
    })
}
