//! Templates and their way through WhatsApp's approval.

use super::World;
use crate::config::TemplateReview;
use crate::error::ApiError;
use crate::state::content::placeholder::{Piece, pieces};
use crate::state::content::types::by_richness;
use crate::state::content::{Approval, ApprovalStatus, Category, Content};
use crate::state::timers::Due;

/// What WhatsApp does not take as a template: it only answers a person with them.
const IN_SESSION_ALONE: [&str; 2] = ["twilio/location", "twilio/list-picker"];

impl World {
    /// A template by SID, or 404.
    pub(crate) fn find_content(&self, sid: &str) -> Result<&Content, ApiError> {
        self.contents.get(sid).ok_or_else(|| ApiError::not_found(&format!("/Content/{sid}")))
    }

    /// Submits a template to WhatsApp. Once submitted it cannot be again.
    pub(crate) fn submit(
        &mut self,
        sid: &str,
        name: String,
        category: Category,
        allow_category_change: bool,
    ) -> Result<(), ApiError> {
        let content = self.find_content(sid)?;
        if content.approval.is_some() {
            let message = format!("Content {sid} has been submitted to WhatsApp already");
            return Err(ApiError::conflict(20409, message));
        }
        let Some(content_type) = submitted_type(content) else {
            let message = format!("Content {sid} has no type that WhatsApp approves");
            return Err(ApiError::bad(20001, message));
        };
        let approval = Approval {
            name,
            category,
            content_type: content_type.to_owned(),
            status: ApprovalStatus::Received,
            rejection_reason: String::new(),
            allow_category_change,
            held: self.behaviour.template_review == TemplateReview::Hold,
        };
        self.set_approval(sid, Some(approval));
        Ok(())
    }

    /// Sets or takes away a submission; one that is not held goes on with time.
    pub(crate) fn set_approval(&mut self, sid: &str, approval: Option<Approval>) {
        let goes_on = approval.as_ref().is_some_and(|approval| !approval.held);
        if let Some(content) = self.contents.get_mut(sid) {
            content.approval = approval;
        }
        if goes_on {
            let at = self.now() + self.template_step;
            self.schedule(at, Due::Approval(sid.to_owned()));
        }
    }

    /// One step of the review: received, pending, then the verdict.
    pub(super) fn review(&mut self, sid: &str) {
        let Some(content) = self.contents.get(sid) else { return };
        let Some(approval) = content.approval.as_ref().filter(|approval| !approval.held) else { return };
        let mut approval = approval.clone();
        match approval.status {
            ApprovalStatus::Received => {
                approval.status = ApprovalStatus::Pending;
                self.set_approval(sid, Some(approval));
            }
            ApprovalStatus::Pending => {
                let flaw = flaw(content, &approval);
                let refused = (self.behaviour.template_review == TemplateReview::Reject)
                    .then(|| "The template does not fit WhatsApp's policy.".to_owned());
                (approval.status, approval.rejection_reason) = match flaw.or(refused) {
                    Some(reason) => (ApprovalStatus::Rejected, format!("INVALID_FORMAT. {reason}")),
                    None => (ApprovalStatus::Approved, String::new()),
                };
                if let Some(content) = self.contents.get_mut(sid) {
                    content.approval = Some(approval);
                }
            }
            _ => {}
        }
    }
}

/// The richest type that WhatsApp approves.
pub(crate) fn submitted_type(content: &Content) -> Option<&'static str> {
    by_richness(&content.types).map(|(name, _)| name).find(|name| !IN_SESSION_ALONE.contains(name))
}

/// What WhatsApp rejects a template for.
fn flaw(content: &Content, approval: &Approval) -> Option<String> {
    let authenticates = approval.content_type == "whatsapp/authentication";
    if authenticates != (approval.category == Category::Authentication) {
        return Some("AUTHENTICATION is for whatsapp/authentication, and for nothing else.".to_owned());
    }
    let form = content.types.get(&approval.content_type)?;
    let body = form["body"].as_str().or_else(|| form["title"].as_str()).unwrap_or_default();
    let pieces = pieces(body).ok()?;
    let variable = |piece: Option<&Piece<'_>>| matches!(piece, Some(Piece::Variable(_)));
    if variable(pieces.first()) || variable(pieces.last()) {
        return Some("The body starts or ends with a variable.".to_owned());
    }
    if pieces.windows(2).any(|two| variable(two.first()) && variable(two.last())) {
        return Some("Two variables stand next to each other.".to_owned());
    }
    let unnamed = pieces.iter().find_map(|piece| match piece {
        Piece::Variable(name) if !content.variables.contains_key(*name) => Some(*name),
        _ => None,
    });
    unnamed.map(|name| format!("Variable {name} has no sample."))
}
