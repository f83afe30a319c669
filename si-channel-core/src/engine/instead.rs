//! What is sent in place of a message that did not arrive.

use crate::address::{Address, Channel};
use crate::consent::siblings;
use crate::content::Content;
use crate::engine::{Desk, Stop};
use crate::event::{Event, Origin, Queued, Target};
use crate::id::OutboundId;
use crate::outbound::OutboundMessage;
use crate::session::Recipients;

impl Desk<'_> {
    /// The text of a message whose file cannot be had, by itself.
    pub(super) fn say_without_file(&mut self, id: &OutboundId) -> Result<(), Stop> {
        let Some(message) = self.message(id)? else { return Ok(()) };
        match &message.queued.content {
            Content::File { text, .. } if !text.is_empty() => {
                let content = Content::text(text);
                let Queued { target, only, .. } = message.queued.clone();
                self.say_instead(&message, content, target, only)
            }
            _ => Ok(()),
        }
    }

    /// The way back in: what a text of Si's said, by the template that the operator has chosen for it, once for each person
    /// whom it does not reach because WhatsApp's window is closed. The channel's own texts are not worth a template.
    pub(super) fn say_by_template(
        &mut self,
        message: &OutboundMessage,
        address: &Address,
    ) -> Result<(), Stop> {
        let Some(template) = &self.context.policy.whatsapp.window_template else { return Ok(()) };
        let (Content::Text { text }, None) = (&message.queued.content, message.queued.text_id) else {
            return Ok(());
        };
        let Some(template) = template.saying(text).filter(|_| address.channel() == Channel::Whatsapp) else {
            return Ok(());
        };
        let session = self.existing(&message.session_id)?;
        let Some(sender) = self.sender_of(&session, address) else { return Ok(()) };
        let target = Recipients::one(&session, address, &sender).target();
        self.say_instead(message, Content::Template { template }, target, Some(address.clone()))
    }

    /// The same words on another channel that reaches the person's number, where they agreed to be written to: once, and
    /// not the channel's own texts, which are about the channel that they are said on.
    pub(super) fn say_elsewhere(&mut self, message: &OutboundMessage, address: &Address) -> Result<(), Stop> {
        let queued = &message.queued;
        let own = queued.text_id.is_some() || queued.instead_of.is_some();
        if own || !self.context.policy.remedies.other_channel {
            return Ok(());
        }
        for other in siblings(address) {
            let Some(sender) = self.context.policy.senders.of(other.channel()).cloned() else { continue };
            if self.refusal(&other, Some(&sender), message)?.is_some() {
                continue;
            }
            let session = match self.open_session(&other, &sender)? {
                Some(open) => open,
                None => self.begin_unbound(&other, &sender, Origin::Requested)?,
            };
            let target = Recipients::one(&session, &other, &sender).target();
            let there = Queued {
                outbound_id: self.context.outbound_id(),
                target,
                only: Some(other),
                not_before: None,
                instead_of: Some(message.id().clone()),
                at: self.context.now,
                ..queued.clone()
            };
            self.record_session(session, vec![Event::MessageQueued(there)]);
            return Ok(());
        }
        Ok(())
    }

    fn say_instead(
        &mut self,
        message: &OutboundMessage,
        content: Content,
        target: Target,
        only: Option<Address>,
    ) -> Result<(), Stop> {
        let session = self.existing(&message.session_id)?;
        let queued = Queued {
            outbound_id: self.context.outbound_id(),
            content,
            target,
            only,
            not_before: None,
            instead_of: Some(message.id().clone()),
            at: self.context.now,
            ..message.queued.clone()
        };
        self.record_session(session, vec![Event::MessageQueued(queued)]);
        Ok(())
    }
}
