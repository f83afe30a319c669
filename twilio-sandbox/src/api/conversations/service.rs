//! `/Services[/{Sid}]`.
//!
//! <https://www.twilio.com/docs/conversations-classic/api/service-resource>

use serde_json::{Value, json};

use super::scope::base;
use crate::clock::iso;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::service::Service;
use crate::state::validate::{name, required};
use crate::state::world::World;

fn render(world: &World, one: &Service) -> Value {
    let url = format!("{}/Services/{}", base(world), one.sid);
    json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "friendly_name": one.friendly_name,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
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

pub(crate) fn list(hub: &Hub, call: &Call) -> Answer {
    let paging = Paging::of(call, 100)?;
    let world = hub.world();
    let page = paging.take(false, |range| world.services.range(range).map(|(seq, one)| (*seq, one)));
    let url = format!("{}/Services", base(&world));
    Reply::ok(page.v1(call, &url, "services", |one| render(&world, one)))
}

pub(crate) fn fetch(hub: &Hub, sid: &str) -> Answer {
    let world = hub.world();
    Reply::ok(render(&world, world.find_service(sid)?))
}

pub(crate) fn create(hub: &Hub, call: &Call) -> Answer {
    let friendly_name = required("FriendlyName", call.form.filled("FriendlyName"))?;
    name("FriendlyName", Some(friendly_name))?;
    let mut world = hub.world();
    let sid = world.create_service(friendly_name);
    Reply::created(render(&world, world.find_service(&sid)?))
}

pub(crate) fn delete(hub: &Hub, sid: &str) -> Answer {
    hub.world().delete_service(sid)?;
    Reply::deleted()
}
