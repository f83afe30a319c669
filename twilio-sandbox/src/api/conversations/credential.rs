//! `/Credentials[/{Sid}]`: an account's access to push services.

use serde_json::{Value, json};

use super::scope::base;
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::push::{Credential, PushType};
use crate::state::validate::{flag, required};
use crate::state::world::World;

/// Characters of a friendly name.
const FRIENDLY_NAME: usize = 64;

pub(crate) fn render(world: &World, one: &Credential) -> Value {
    json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "friendly_name": one.friendly_name,
        "type": one.kind.as_str(),
        // A text with a capital, as in the document's examples.
        "sandbox": if one.sandbox { "True" } else { "False" },
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "url": format!("{}/Credentials/{}", base(world), one.sid),
    })
}

pub(crate) fn list(hub: &Hub, call: &Call) -> Answer {
    let paging = Paging::of(call, 100)?;
    let world = hub.world();
    let page = paging.take(false, |range| world.credentials.range(range).map(|(seq, one)| (*seq, one)));
    let url = format!("{}/Credentials", base(&world));
    Reply::ok(page.v1(call, &url, "credentials", |one| render(&world, one)))
}

pub(crate) fn fetch(hub: &Hub, sid: &str) -> Answer {
    let world = hub.world();
    Reply::ok(render(&world, world.find_credential(sid)?))
}

pub(crate) fn create(hub: &Hub, call: &Call) -> Answer {
    let form = &call.form;
    required("Type", form.filled("Type"))?;
    let given = Given::read(form)?;
    let mut world = hub.world();
    let kind = given.kind.unwrap_or(PushType::Fcm);
    let sid = world.create_credential(kind, given.friendly_name, given.sandbox.unwrap_or(false));
    Reply::created(render(&world, world.find_credential(&sid)?))
}

pub(crate) fn update(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let given = Given::read(&call.form)?;
    let mut world = hub.world();
    let now = world.now();
    let credential = world.find_credential_mut(sid)?;
    credential.kind = given.kind.unwrap_or(credential.kind);
    credential.friendly_name = given.friendly_name.or(credential.friendly_name.take());
    credential.sandbox = given.sandbox.unwrap_or(credential.sandbox);
    credential.updated = now;
    Reply::ok(render(&world, world.find_credential(sid)?))
}

pub(crate) fn delete(hub: &Hub, sid: &str) -> Answer {
    hub.world().delete_credential(sid)?;
    Reply::deleted()
}

/// What a request says about a credential.
struct Given {
    kind: Option<PushType>,
    friendly_name: Option<String>,
    sandbox: Option<bool>,
}

impl Given {
    fn read(form: &Form) -> Result<Self, ApiError> {
        let kind = form.filled("Type").map(|text| {
            PushType::parse(text).ok_or_else(|| {
                ApiError::bad(20001, format!("Invalid Type {text:?}: expected apn, gcm or fcm"))
            })
        });
        let friendly_name = form.filled("FriendlyName").map(str::to_owned);
        if friendly_name.as_ref().is_some_and(|name| name.chars().count() > FRIENDLY_NAME) {
            let message = format!("FriendlyName must be at most {FRIENDLY_NAME} characters long");
            return Err(ApiError::bad(20002, message));
        }
        // Read so that they do not count as unknown. Nothing pushes, so nothing keeps them, and only the push
        // service could tell whether they are right.
        for secret in ["Certificate", "PrivateKey", "ApiKey", "Secret"] {
            form.get(secret);
        }
        Ok(Self { kind: kind.transpose()?, friendly_name, sandbox: flag(form, "Sandbox")? })
    }
}
