//! `/Roles[/{Sid}]`.

use serde_json::{Value, json};

use super::scope::Scope;
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::role::{Role, RoleType};
use crate::state::validate::{chat_name, required};
use crate::state::world::World;

/// Characters of a friendly name.
const FRIENDLY_NAME: usize = 64;

pub(crate) fn render(world: &World, one: &Role, scope: &Scope) -> Value {
    json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "chat_service_sid": scope.service_sid,
        "friendly_name": one.friendly_name,
        "type": one.kind.as_str(),
        "permissions": one.permissions,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "url": format!("{}/Roles/{}", scope.root, one.sid),
    })
}

pub(crate) fn list(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let paging = Paging::of(call, 50)?;
    let world = hub.world();
    let roles = &world.find_service(&scope.service_sid)?.roles;
    let page = paging.take(false, |range| roles.range(range).map(|(seq, one)| (*seq, one)));
    let url = format!("{}/Roles", scope.root);
    Reply::ok(page.v1(call, &url, "roles", |one| render(&world, one, scope)))
}

pub(crate) fn fetch(hub: &Hub, sid: &str, scope: &Scope) -> Answer {
    let world = hub.world();
    Reply::ok(render(&world, world.find_role(&scope.service_sid, sid)?, scope))
}

pub(crate) fn create(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let form = &call.form;
    let friendly_name = required("FriendlyName", form.filled("FriendlyName"))?;
    chat_name(Some(friendly_name), FRIENDLY_NAME)?;
    let kind = required("Type", form.filled("Type"))?;
    let kind = RoleType::parse(kind).ok_or_else(|| {
        ApiError::bad(50105, format!("Invalid Type {kind:?}: expected conversation or service"))
    })?;
    let permissions = permissions(form)?;
    let mut world = hub.world();
    let sid = world.create_role(&scope.service_sid, friendly_name.to_owned(), kind, permissions)?;
    Reply::created(render(&world, world.find_role(&scope.service_sid, &sid)?, scope))
}

pub(crate) fn update(hub: &Hub, call: &Call, sid: &str, scope: &Scope) -> Answer {
    let permissions = permissions(&call.form)?;
    let mut world = hub.world();
    world.update_role(&scope.service_sid, sid, permissions)?;
    Reply::ok(render(&world, world.find_role(&scope.service_sid, sid)?, scope))
}

pub(crate) fn delete(hub: &Hub, sid: &str, scope: &Scope) -> Answer {
    hub.world().delete_role(&scope.service_sid, sid)?;
    Reply::deleted()
}

/// At least one `Permission`, each once.
fn permissions(form: &Form) -> Result<Vec<String>, ApiError> {
    let mut permissions: Vec<String> = Vec::new();
    for permission in form.list("Permission").unwrap_or_default() {
        if !permissions.contains(&permission) {
            permissions.push(permission);
        }
    }
    required("Permission", permissions.first().map(String::as_str))?;
    Ok(permissions)
}
