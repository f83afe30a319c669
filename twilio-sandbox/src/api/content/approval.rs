//! `/Content/{Sid}/ApprovalRequests[/whatsapp]`.

use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};
use serde_json::{Value, json};

use super::body::{Body, invalid};
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::content::{ApprovalStatus, Category, Content};

/// Characters of a template's name.
const NAME: usize = 512;

/// How the approval of a template stands; `unsubmitted` without a submission.
pub(crate) fn render(one: &Content) -> Value {
    match &one.approval {
        Some(approval) => json!({
            "name": approval.name,
            "category": approval.category,
            "content_type": approval.content_type,
            "status": approval.status,
            "rejection_reason": approval.rejection_reason,
            "allow_category_change": approval.allow_category_change,
        }),
        None => json!({
            "name": "",
            "category": "",
            "content_type": "",
            "status": ApprovalStatus::Unsubmitted,
            "rejection_reason": "",
            "allow_category_change": true,
        }),
    }
}

pub(super) fn fetch(hub: &Hub, sid: &str) -> Answer {
    let world = hub.world();
    let content = world.find_content(sid)?;
    let mut whatsapp = render(content);
    whatsapp["type"] = json!("whatsapp");
    Reply::ok(json!({
        "sid": content.sid,
        "account_sid": world.account.sid,
        "whatsapp": whatsapp,
        "url": format!("{}/content/v1/Content/{sid}/ApprovalRequests", world.base),
    }))
}

pub(super) fn create(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let body = Body::read(call)?;
    let name = body.text("name")?.ok_or_else(|| invalid("name is required"))?;
    if !is_template_name(name) {
        let message = format!("name {name:?} is not 1 to {NAME} lower-case letters, digits or underscores");
        return Err(invalid(message));
    }
    let category = body.text("category")?.ok_or_else(|| invalid("category is required"))?;
    let written: StrDeserializer<'_, Error> = category.into_deserializer();
    let category = Category::deserialize(written).map_err(|_| {
        invalid(format!("category {category:?} is none of UTILITY, MARKETING, AUTHENTICATION"))
    })?;
    let allow_category_change = body.flag("allow_category_change")?.unwrap_or(true);
    let mut world = hub.world();
    world.submit(sid, name.to_owned(), category, allow_category_change)?;
    Reply::created(render(world.find_content(sid)?))
}

fn is_template_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=NAME).contains(&name.len()) && name.bytes().all(allowed)
}
