//! `/PhoneNumbers/{PhoneNumber}/Overrides/{Field}`: the account's own word on a line's type.

use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::line::LineOverride;
use crate::state::numbering::{LineType, inspect};
use crate::state::world::World;

#[derive(Deserialize)]
struct Request {
    line_type: Option<LineType>,
    reason: Option<String>,
}

fn render(world: &World, number: &str, one: &LineOverride) -> Value {
    json!({
        "phone_number": number,
        "original_line_type": one.original,
        "overridden_line_type": one.overridden,
        "override_reason": one.reason,
        "override_timestamp": iso(one.at),
        "overridden_by_account_sid": world.account.sid,
    })
}

/// The number in E.164. Only the line type can be overridden.
fn target(number: &str, field: &str) -> Result<String, ApiError> {
    if field != "line_type_intelligence" {
        return Err(ApiError::bad(
            20001,
            format!("{field:?} cannot be overridden, only line_type_intelligence"),
        ));
    }
    let seen = inspect(number, None);
    match seen.error {
        None => Ok(seen.phone_number),
        Some(error) => Err(ApiError::bad(20001, format!("the phone number is not valid: {error}"))),
    }
}

fn missing(number: &str) -> ApiError {
    ApiError::not_found(&format!("/PhoneNumbers/{number}/Overrides/line_type_intelligence"))
}

pub(super) fn fetch(hub: &Hub, number: &str, field: &str) -> Answer {
    let number = target(number, field)?;
    let world = hub.world();
    let one = world.lines.overrides.get(&number).ok_or_else(|| missing(&number))?;
    Reply::ok(render(&world, &number, one))
}

pub(super) fn create(hub: &Hub, call: &Call, number: &str, field: &str) -> Answer {
    let number = target(number, field)?;
    let mut world = hub.world();
    if world.lines.overrides.contains_key(&number) {
        return Err(ApiError::conflict(20409, "An override of this number exists already"));
    }
    let original = world.line_type(&number);
    Reply::created(set(&mut world, call, number, original)?)
}

pub(super) fn update(hub: &Hub, call: &Call, number: &str, field: &str) -> Answer {
    let number = target(number, field)?;
    let mut world = hub.world();
    let original = world.lines.overrides.get(&number).ok_or_else(|| missing(&number))?.original;
    Reply::ok(set(&mut world, call, number, original)?)
}

fn set(world: &mut World, call: &Call, number: String, original: LineType) -> Result<Value, ApiError> {
    let request: Request = body(call)?;
    let Some(overridden) = request.line_type else {
        return Err(ApiError::bad(20001, "line_type is required"));
    };
    let one = LineOverride { original, overridden, reason: request.reason, at: world.now() };
    let value = render(world, &number, &one);
    world.lines.overrides.insert(number, one);
    Ok(value)
}

pub(super) fn delete(hub: &Hub, number: &str, field: &str) -> Answer {
    let number = target(number, field)?;
    hub.world().lines.overrides.remove(&number).ok_or_else(|| missing(&number))?;
    Reply::deleted()
}
