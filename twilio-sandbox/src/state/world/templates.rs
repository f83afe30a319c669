//! What WhatsApp says to a template that is sent, and what a press of its buttons sends back.

use super::World;
use crate::state::address::Channel;
use crate::state::content::render::{Rendered, Via};
use crate::state::content::values::Values;
use crate::state::content::{ApprovalStatus, Content};
use crate::state::message::Template;
use crate::state::text::{Press, Text};

/// Characters of a WhatsApp template with its values.
const BODY: usize = 1024;
/// Buttons of a quick reply that WhatsApp has not approved.
const FREE_BUTTONS: usize = 3;
/// What needs no approval within 24 hours of the person's last message.
const FREE_IN_SESSION: [&str; 6] = [
    "twilio/text",
    "twilio/media",
    "twilio/location",
    "twilio/quick-reply",
    "twilio/list-picker",
    "twilio/catalog",
];
/// What never begins a conversation.
const NEVER_FIRST: [&str; 2] = ["twilio/location", "twilio/list-picker"];

impl World {
    /// A template of a conversation's message as a channel shows it; `None` when there is nothing to show.
    pub(super) fn render(&self, template: &Template, channel: Option<Channel>) -> Option<Rendered> {
        let values: &Values = &template.values;
        self.contents.get(&template.content_sid)?.render(Via::Conversations, channel, values)
    }

    /// Why WhatsApp does not deliver a text that shows a template: the code of its failure.
    pub(super) fn template_flaw(&self, text: &Text, in_session: bool) -> Option<u32> {
        let shown = text.shown.as_ref()?;
        let status = self.contents.get(&shown.content_sid).map(Content::status);
        let status = status.unwrap_or(ApprovalStatus::Unsubmitted);
        let kind = &*shown.content_type;
        if shown.missing.is_some() {
            return Some(63028);
        }
        if in_session && FREE_IN_SESSION.contains(&kind) {
            let buttons = shown.actions.iter().filter(|action| action.kind == "QUICK_REPLY").count();
            return (buttons > FREE_BUTTONS && status != ApprovalStatus::Approved).then_some(63021);
        }
        if NEVER_FIRST.contains(&kind) {
            return Some(63016);
        }
        if text.body.chars().count() > BODY {
            return Some(63021);
        }
        match status {
            ApprovalStatus::Approved => (!shown.is_tidy).then_some(63013),
            ApprovalStatus::Rejected => Some(63040),
            ApprovalStatus::Paused => Some(63041),
            ApprovalStatus::Disabled => Some(63042),
            _ if in_session => Some(63027),
            _ => Some(63016),
        }
    }

    /// A person presses a button, or picks an item, of a message that the phone shows; gives the answer's SID.
    pub(crate) fn press(&mut self, phone: &str, message: &str, action: &str) -> Result<String, String> {
        let entry = self.handsets.get(phone).and_then(|handset| {
            handset.screen.iter().find(|entry| entry.sid == message && entry.direction == "received")
        });
        let entry = entry.ok_or_else(|| format!("{phone} shows no message {message}"))?;
        let found =
            entry.actions.iter().find(|one| one.title == action || one.value.as_deref() == Some(action));
        let found = found.ok_or_else(|| format!("message {message} has nothing named {action:?}"))?;
        if !matches!(found.kind.as_str(), "QUICK_REPLY" | "LIST_ITEM") {
            return Err(format!("{} sends nothing back", found.kind));
        }
        let sender = entry.peer.clone();
        let approved = self.texts.get(message).and_then(|text| text.shown.as_ref()).is_some_and(|shown| {
            let content = self.contents.get(&shown.content_sid);
            content.is_some_and(|content| content.status() == ApprovalStatus::Approved)
        });
        let press = Press {
            is_list: found.kind == "LIST_ITEM",
            of_template: approved,
            title: found.title.clone(),
            payload: found.value.clone(),
            message: message.to_owned(),
        };
        let title = found.title.clone();
        let sid = self.accept(phone, &sender, &title, &[]);
        let sid = sid.ok_or_else(|| format!("nobody has the number {sender:?} any more"))?;
        if let Some(text) = self.texts.get_mut(&sid) {
            text.press = Some(press);
        }
        Ok(sid)
    }
}
