//! `/Services[/{Sid}]`: the account's one default service.

use serde_json::{Value, json};

use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::world::World;

fn render(world: &World, base: &str) -> Value {
    let sid = &world.account.chat_service_sid;
    let url = format!("{base}/Services/{sid}");
    json!({
        "sid": sid,
        "account_sid": world.account.sid,
        "friendly_name": "Default Conversations Service",
        "date_created": iso(world.account.created),
        "date_updated": iso(world.account.created),
        "url": url,
        "links": {
            "conversations": format!("{url}/Conversations"),
            "users": format!("{url}/Users"),
            "roles": format!("{url}/Roles"),
            "bindings": format!("{url}/Bindings"),
            "configuration": format!("{url}/Configuration"),
            "participant_conversations": format!("{url}/ParticipantConversations"),
            "conversation_with_participants": format!("{url}/ConversationWithParticipants"),
        },
    })
}

pub(crate) fn list(hub: &Hub, call: &Call, base: &str) -> Answer {
    let paging = Paging::of(call, 100)?;
    let world = hub.world();
    let page =
        paging.take(false, |range| std::iter::once((0u64, ())).filter(move |(seq, ())| range.contains(seq)));
    Reply::ok(page.v1(call, &format!("{base}/Services"), "services", |()| render(&world, base)))
}

pub(crate) fn fetch(hub: &Hub, call: &Call, base: &str, sid: &str) -> Answer {
    let world = hub.world();
    if sid != world.account.chat_service_sid {
        return Err(ApiError::not_found(&call.resource()));
    }
    Reply::ok(render(&world, base))
}
