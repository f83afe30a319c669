//! `/RateLimits`: limits on Lookup requests. They are kept and shown; the sandbox does not enforce them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use super::packages::PACKAGES;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::line::RateLimit;
use crate::state::world::World;

#[derive(Deserialize)]
struct Request {
    limit: Option<i64>,
    ttl: Option<i64>,
}

fn render(world: &World, one: &RateLimit) -> Value {
    json!({
        "field": one.field, "bucket": one.bucket, "limit": one.limit, "ttl": one.ttl,
        "owner": world.account.sid,
    })
}

pub(super) fn list(hub: &Hub, call: &Call) -> Answer {
    let fields = call.query.filled("Fields");
    let wanted =
        |one: &&RateLimit| fields.is_none_or(|fields| fields.split(',').any(|it| it.trim() == one.field));
    let world = hub.world();
    let limits: Vec<Value> =
        world.lines.limits.iter().filter(wanted).map(|one| render(&world, one)).collect();
    Reply::ok(json!({"rate_limits": limits}))
}

fn place(world: &World, field: &str, bucket: &str) -> Result<usize, ApiError> {
    let place = world.lines.limits.iter().position(|one| one.field == field && one.bucket == bucket);
    place.ok_or_else(|| ApiError::not_found(&format!("/RateLimits/Fields/{field}/Bucket/{bucket}")))
}

pub(super) fn fetch(hub: &Hub, field: &str, bucket: &str) -> Answer {
    let world = hub.world();
    let place = place(&world, field, bucket)?;
    Reply::ok(render(&world, &world.lines.limits[place]))
}

/// Makes a limit or changes one; what is left out stays, or is 0 for `ttl`.
pub(super) fn update(hub: &Hub, call: &Call, field: &str, bucket: &str) -> Answer {
    if !PACKAGES.contains(&field) {
        return Err(ApiError::bad(20001, format!("{field:?} is not a package")));
    }
    let request: Request = body(call)?;
    if request.limit.into_iter().chain(request.ttl).any(|number| number < 0) {
        return Err(ApiError::bad(20001, "limit and ttl are 0 or above"));
    }
    let mut world = hub.world();
    let place = match (place(&world, field, bucket), request.limit) {
        (Ok(place), _) => place,
        (Err(_), None) => return Err(ApiError::bad(20001, "limit is required")),
        (Err(_), Some(limit)) => {
            let (field, bucket) = (field.to_owned(), bucket.to_owned());
            world.lines.limits.push(RateLimit { field, bucket, limit, ttl: 0 });
            world.lines.limits.len() - 1
        }
    };
    let one = &mut world.lines.limits[place];
    one.limit = request.limit.unwrap_or(one.limit);
    one.ttl = request.ttl.unwrap_or(one.ttl);
    let one = one.clone();
    Reply::ok(render(&world, &one))
}

pub(super) fn delete(hub: &Hub, field: &str, bucket: &str) -> Answer {
    let mut world = hub.world();
    let place = place(&world, field, bucket)?;
    world.lines.limits.remove(place);
    Reply::deleted()
}
