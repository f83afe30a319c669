//! `/sandbox/content/{Sid}/…`: what WhatsApp says of a template, and where it came from.

use serde::Deserialize;
use serde_json::json;

use super::{Outcome, Problem};
use crate::api::content::render_approval;
use crate::hub::Hub;
use crate::state::content::{Approval, ApprovalStatus, Category, Legacy};
use crate::state::world::contents::submitted_type;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    status: ApprovalStatus,
    #[serde(default)]
    reason: String,
}

/// Sets how the approval of a template stands; from then on time leaves it alone.
pub(super) fn judge(hub: &Hub, sid: &str, body: &[u8]) -> Outcome {
    let Verdict { status, reason } = super::read(body)?;
    let mut world = hub.world();
    let content = world.find_content(sid).map_err(|error| Problem::not_found(error.message))?;
    let submission = content.approval.clone().unwrap_or_else(|| Approval {
        name: content.sid.to_ascii_lowercase(),
        category: Category::Utility,
        content_type: submitted_type(content).unwrap_or_default().to_owned(),
        status,
        rejection_reason: String::new(),
        allow_category_change: true,
        held: true,
    });
    let approval = Approval { status, rejection_reason: reason, held: true, ..submission };
    world.set_approval(sid, Some(approval).filter(|_| status != ApprovalStatus::Unsubmitted));
    let content = world.find_content(sid).map_err(|error| Problem::not_found(error.message))?;
    super::ok(json!({"sid": sid, "whatsapp": render_approval(content)}))
}

/// Marks a template as made of an older WhatsApp template.
pub(super) fn put_legacy(hub: &Hub, sid: &str, body: &[u8]) -> Outcome {
    let legacy: Legacy = super::read(body)?;
    let mut world = hub.world();
    let content = world.contents.get_mut(sid);
    let content = content.ok_or_else(|| Problem::not_found(format!("there is no content {sid}")))?;
    content.legacy = Some(legacy);
    super::ok(json!({"sid": sid, "legacy": content.legacy}))
}
