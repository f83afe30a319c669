//! `/Users[/{Sid}]`; `{Sid}` may be the identity.

use std::sync::Arc;

use serde_json::{Value, json};

use super::scope::Scope;
use crate::clock::iso;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::service::Service;
use crate::state::user::{NewUser, User, UserChange};
use crate::state::validate::{attributes, chat_name, required};
use crate::state::world::World;
use crate::webhook::{pre, user as payload};

/// Bytes of attributes on a user.
const ATTRIBUTES: usize = 16 * 1024;
/// Characters of a friendly name.
const FRIENDLY_NAME: usize = 256;

/// A user as an answer about many shows it: without presence.
pub(crate) fn render(world: &World, service: &Service, one: &User, root: &str) -> Value {
    let url = format!("{root}/Users/{}", one.sid);
    json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "chat_service_sid": service.sid,
        "role_sid": one.role_sid,
        "identity": one.identity,
        "friendly_name": one.friendly_name,
        "attributes": one.attributes,
        "is_online": null,
        "is_notifiable": null,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "url": url,
        "links": {"user_conversations": format!("{url}/Conversations")},
    })
}

/// A user as an answer about this one shows it.
fn single(world: &World, scope: &Scope, id: &str) -> Result<Value, crate::error::ApiError> {
    let service = world.find_service(&scope.service_sid)?;
    let one = world.find_user(&scope.service_sid, id)?;
    let mut value = render(world, service, one, &scope.root);
    value["is_online"] = json!(service.is_online(one));
    value["is_notifiable"] = json!(service.is_notifiable(one));
    Ok(value)
}

pub(crate) fn list(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let paging = Paging::of(call, 50)?;
    let world = hub.world();
    let service = world.find_service(&scope.service_sid)?;
    let page = paging.take(false, |range| service.users.between(range));
    let url = format!("{}/Users", scope.root);
    Reply::ok(page.v1(call, &url, "users", |one| render(&world, service, one, &scope.root)))
}

pub(crate) fn fetch(hub: &Hub, id: &str, scope: &Scope) -> Answer {
    Reply::ok(single(&hub.world(), scope, id)?)
}

pub(crate) fn create(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let form = &call.form;
    let new = NewUser {
        identity: required("Identity", form.filled("Identity"))?.to_owned(),
        friendly_name: chat_name(form.filled("FriendlyName"), FRIENDLY_NAME)?.map(str::to_owned),
        attributes: attributes(form.get("Attributes"), ATTRIBUTES)?,
        role_sid: form.filled("RoleSid").map(str::to_owned),
    };
    let mut world = hub.world();
    let sid = world.create_user(&scope.service_sid, new, call.origin())?;
    Reply::created(single(&world, scope, &sid)?)
}

pub(crate) async fn update(hub: &Arc<Hub>, call: &Call, id: &str, scope: &Scope) -> Answer {
    let form = &call.form;
    let change = UserChange {
        friendly_name: chat_name(form.filled("FriendlyName"), FRIENDLY_NAME)?.map(str::to_owned),
        attributes: form.get("Attributes").map(|text| attributes(Some(text), ATTRIBUTES)).transpose()?,
        role_sid: form.filled("RoleSid").map(str::to_owned),
    };
    let origin = call.origin();
    let (sid, fields) = {
        let world = hub.world();
        let user = world.find_user(&scope.service_sid, id)?;
        (user.sid.clone(), payload::update(&scope.service_sid, user))
    };
    // No key of a user can be changed by the answer.
    pre::ask(hub, &scope.service_sid, "onUserUpdate", fields, origin).await?;
    let mut world = hub.world();
    world.update_user(&scope.service_sid, &sid, change, origin)?;
    Reply::ok(single(&world, scope, &sid)?)
}

pub(crate) fn delete(hub: &Hub, call: &Call, id: &str, scope: &Scope) -> Answer {
    hub.world().delete_user(&scope.service_sid, id, call.origin())?;
    Reply::deleted()
}
