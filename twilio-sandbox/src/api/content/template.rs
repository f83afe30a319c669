//! `/Content[/{Sid}]`.

use serde_json::{Value, json};

use super::body::{Body, invalid};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::content::{ApprovalStatus, Content, types};
use crate::state::world::World;

pub(super) fn render(world: &World, one: &Content) -> Value {
    let url = format!("{}/content/v1/Content/{}", world.base, one.sid);
    let approvals = format!("{url}/ApprovalRequests");
    json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "friendly_name": one.friendly_name,
        "language": one.language,
        "variables": one.variables,
        "types": one.types,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "url": url,
        "links": {"approval_create": format!("{approvals}/whatsapp"), "approval_fetch": approvals},
    })
}

pub(super) fn create(hub: &Hub, call: &Call) -> Answer {
    let body = Body::read(call)?;
    let friendly_name = friendly_name(&body)?.unwrap_or_default();
    let language = language(&body)?.ok_or_else(|| invalid("language is required"))?;
    let variables = body.variables()?.unwrap_or_default();
    let types = body.value("types").ok_or_else(|| invalid("types is required"))?;
    let types = types::check(types).map_err(invalid)?;
    let mut world = hub.world();
    let (seq, sid, now) = (world.next_seq(), world.sids.sid("HX"), world.now());
    let content = Content {
        seq,
        sid,
        friendly_name,
        language,
        variables,
        types,
        approval: None,
        legacy: None,
        created: now,
        updated: now,
    };
    let rendered = render(&world, &content);
    world.contents.insert(content);
    Reply::created(rendered)
}

pub(super) fn fetch(hub: &Hub, sid: &str) -> Answer {
    let world = hub.world();
    Reply::ok(render(&world, world.find_content(sid)?))
}

/// What was submitted is reviewed anew.
pub(super) fn update(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let body = Body::read(call)?;
    let (friendly_name, language) = (friendly_name(&body)?, language(&body)?);
    let variables = body.variables()?;
    let types = body.value("types").ok_or_else(|| invalid("types is required"))?;
    let types = types::check(types).map_err(invalid)?;
    let mut world = hub.world();
    world.find_content(sid)?;
    let now = world.now();
    let mut submission = None;
    if let Some(content) = world.contents.get_mut(sid) {
        content.friendly_name = friendly_name.unwrap_or_else(|| std::mem::take(&mut content.friendly_name));
        content.language = language.unwrap_or_else(|| std::mem::take(&mut content.language));
        content.variables = variables.unwrap_or_else(|| std::mem::take(&mut content.variables));
        content.types = types;
        content.updated = now;
        submission = content.approval.take();
    }
    if let Some(mut approval) = submission {
        approval.status = ApprovalStatus::Received;
        approval.rejection_reason.clear();
        world.set_approval(sid, Some(approval));
    }
    Reply::ok(render(&world, world.find_content(sid)?))
}

pub(super) fn delete(hub: &Hub, sid: &str) -> Answer {
    if hub.world().contents.remove(sid) {
        return Reply::deleted();
    }
    Err(ApiError::not_found(&format!("/Content/{sid}")))
}

fn friendly_name(body: &Body) -> Result<Option<String>, ApiError> {
    match body.text("friendly_name")? {
        Some(name) if name.chars().count() > 256 => {
            Err(invalid("friendly_name is longer than 256 characters"))
        }
        name => Ok(name.map(str::to_owned)),
    }
}

/// Two or three letters, and perhaps a region, as in `en`, `pt_BR`.
fn language(body: &Body) -> Result<Option<String>, ApiError> {
    let Some(language) = body.text("language")? else { return Ok(None) };
    let (code, region) = match language.split_once(['_', '-']) {
        Some((code, region)) => (code, Some(region)),
        None => (language, None),
    };
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let known = (2..=3).contains(&code.len())
        && letters(code)
        && region.is_none_or(|region| (2..=4).contains(&region.len()) && letters(region));
    if known { Ok(Some(language.to_owned())) } else { Err(invalid(format!("language {language:?} is none"))) }
}
