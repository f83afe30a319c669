//! `/Accounts/{AccountSid}/Keys[/{Sid}].json`. A secret is shown once, when it is made.

use serde_json::{Value, json};

use crate::clock::rfc2822;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::account::ApiKey;

fn render(key: &ApiKey) -> Value {
    json!({
        "sid": key.sid,
        "friendly_name": key.friendly_name,
        "date_created": rfc2822(key.created),
        "date_updated": rfc2822(key.updated),
    })
}

fn unknown(sid: &str) -> ApiError {
    ApiError::not_found(&format!("/Keys/{sid}.json"))
}

pub(super) fn list(hub: &Hub, call: &Call) -> Answer {
    let paging = Paging::of(call, 1000)?;
    let world = hub.world();
    let page = paging.take(false, |range| {
        world.account.keys.iter().map(|key| (key.seq, key)).filter(move |(seq, _)| range.contains(seq))
    });
    let uri = format!("/2010-04-01/Accounts/{}/Keys.json", world.account.sid);
    Reply::ok(page.v2010(call, &uri, "keys", render))
}

pub(super) fn create(hub: &Hub, call: &Call) -> Answer {
    // Main keys are made in Twilio's Console alone; here by `/sandbox/accounts`.
    let key = hub.world().create_key(call.form.get("FriendlyName").unwrap_or_default(), false);
    let mut answer = render(&key);
    answer["secret"] = json!(key.secret);
    Reply::created(answer)
}

pub(super) fn fetch(hub: &Hub, sid: &str) -> Answer {
    let world = hub.world();
    let key = world.account.keys.iter().find(|key| key.sid == sid);
    Reply::ok(render(key.ok_or_else(|| unknown(sid))?))
}

pub(super) fn update(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let mut world = hub.world();
    let now = world.now();
    let key = world.account.keys.iter_mut().find(|key| key.sid == sid).ok_or_else(|| unknown(sid))?;
    if let Some(name) = call.form.get("FriendlyName") {
        name.clone_into(&mut key.friendly_name);
    }
    key.updated = now;
    Reply::ok(render(key))
}

pub(super) fn delete(hub: &Hub, sid: &str) -> Answer {
    if hub.world().delete_key(sid) { Reply::deleted() } else { Err(unknown(sid)) }
}
