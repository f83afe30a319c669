//! What is sent in place of a message that did not arrive.

use crate::address::{Address, Channel};
use crate::content::Content;
use crate::engine::{Desk, Stop};
use crate::event::{Event, Queued, Target};
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
