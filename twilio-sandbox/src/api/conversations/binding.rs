//! `/Services/{ChatServiceSid}/Bindings[/{Sid}]`: the devices of a service's users.

use serde_json::{Value, json};

use super::scope::Scope;
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::push::{Binding, BindingType};
use crate::state::world::World;

pub(crate) fn render(world: &World, one: &Binding, scope: &Scope) -> Value {
    json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "chat_service_sid": scope.service_sid,
        "credential_sid": one.credential_sid,
        "endpoint": one.endpoint,
        "identity": one.identity,
        "binding_type": one.kind.as_str(),
        "message_types": one.message_types,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "url": format!("{}/Bindings/{}", scope.root, one.sid),
    })
}

pub(crate) fn list(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let paging = Paging::of(call, 100)?;
    let given = |name: &str| call.query.list(name).unwrap_or_default();
    let kinds: Vec<BindingType> =
        given("BindingType").iter().map(|text| binding_type(text)).collect::<Result<_, _>>()?;
    let identities = given("Identity");
    let wanted = |one: &Binding| {
        (kinds.is_empty() || kinds.contains(&one.kind))
            && (identities.is_empty() || identities.contains(&one.identity))
    };
    let world = hub.world();
    let bindings = &world.find_service(&scope.service_sid)?.bindings;
    let page = paging.take(false, |range| {
        bindings.range(range).map(|(seq, one)| (*seq, one)).filter(|(_, one)| wanted(one))
    });
    let url = format!("{}/Bindings", scope.root);
    Reply::ok(page.v1(call, &url, "bindings", |one| render(&world, one, scope)))
}

pub(crate) fn fetch(hub: &Hub, sid: &str, scope: &Scope) -> Answer {
    let world = hub.world();
    Reply::ok(render(&world, world.find_binding(&scope.service_sid, sid)?, scope))
}

pub(crate) fn delete(hub: &Hub, sid: &str, scope: &Scope) -> Answer {
    hub.world().delete_binding(&scope.service_sid, sid)?;
    Reply::deleted()
}

pub(crate) fn binding_type(text: &str) -> Result<BindingType, ApiError> {
    BindingType::parse(text).ok_or_else(|| {
        let message = format!("Invalid BindingType {text:?}: expected apn, gcm, fcm or twilsock");
        ApiError::bad(20001, message)
    })
}
