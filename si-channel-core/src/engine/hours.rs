//! Whether a message whose turn has come may be sent where its recipients are, and now.

use jiff::SignedDuration;

use crate::address::{Address, Channel};
use crate::content::Content;
use crate::engine::{Desk, Stop};
use crate::event::{MessageClass, Target};
use crate::hours::{self, Closed, Verdict};
use crate::id::OutboundId;
use crate::outbound::{Bar, OutboundMessage, OutboundState, Step};
use crate::place::{Located, issued};
use crate::rejection::Rejection;
use crate::rules::WhatsappPolicy;
use crate::session::Session;

/// Why a message is not sent where WhatsApp does not let the assistant speak.
const WHATSAPP_POLICY: &str = "whatsapp_policy";

impl Desk<'_> {
    /// Hands a message out, unless something bars it or it must wait. Consent has been looked at: `barred`.
    pub(super) fn take_up(&mut self, id: &OutboundId, barred: Option<Bar>) -> Result<(), Stop> {
        let message = self.message(id)?.ok_or(Rejection::NotFound("no such outbound message"))?;
        let now = self.context.now;
        let waits = message.state == OutboundState::Queued && message.queued.expires_at > now;
        let session = self.existing(&message.session_id)?;
        if barred.is_some() || !waits {
            return self.hand_out(&message, &session, barred);
        }
        if message.postponed.as_ref().is_some_and(|postponed| postponed.until > now) {
            // Its timer brings it back.
            return Err(Rejection::AlreadySo.into());
        }
        let recipients = recipients(&message, &session);
        if let Some(bar) = self.barred_on_whatsapp(&message, &recipients) {
            return self.hand_out(&message, &session, Some(bar));
        }
        match self.hours(&message, &session, &recipients)? {
            Some(Closed { until, rule, zones }) => {
                // Of what waits in a session, each is released after the one before it.
                let after = session
                    .postponed_until
                    .and_then(|last| last.checked_add(SignedDuration::from_millis(1)).ok());
                let until = until.map(|until| after.map_or(until, |after| until.max(after)));
                self.step(id, &Step::Postpone { until, rule, zones }).map(drop)
            }
            None => self.hand_out(&message, &session, barred),
        }
    }

    /// Why it is not time for a message, if it is not.
    fn hours(
        &self,
        message: &OutboundMessage,
        session: &Session,
        recipients: &[Address],
    ) -> Result<Option<Closed>, Stop> {
        let (policy, now) = (self.context.policy, self.context.now);
        let wrote = session.members.iter().filter_map(|member| member.last_wrote).max();
        if !hours::bind(message.queued.class, wrote, now, &policy.quiet_hours) {
            return Ok(None);
        }
        let located: Vec<Located> = recipients
            .iter()
            .map(|address| Ok(hours::located(address, &self.ledger(address)?.whereabouts, policy)))
            .collect::<Result<_, Stop>>()?;
        Ok(match hours::decide(now, &located, policy.quiet_hours.profile, &policy.rules) {
            Verdict::Closed(closed) => Some(closed),
            Verdict::Open => None,
        })
    }

    /// What in WhatsApp's terms keeps the assistant from saying this to one of them. What rules ask for is said.
    fn barred_on_whatsapp(&self, message: &OutboundMessage, recipients: &[Address]) -> Option<Bar> {
        if message.queued.class == MessageClass::Compliance {
            return None;
        }
        let policy = self.context.policy;
        let is_template = matches!(message.queued.content, Content::Template { .. });
        let on_whatsapp = recipients.iter().filter(|address| address.channel() == Channel::Whatsapp);
        on_whatsapp
            .map(|address| {
                let countries = issued(address).places;
                policy.rules.whatsapp(countries, policy.whatsapp.assistant, self.context.now)
            })
            .find(|(terms, _)| match terms {
                WhatsappPolicy::Allow => false,
                WhatsappPolicy::TemplateOnly => !is_template,
                WhatsappPolicy::Deny => true,
            })
            .map(|(_, rule)| Bar { reason: WHATSAPP_POLICY, rule })
    }
}

fn recipients(message: &OutboundMessage, session: &Session) -> Vec<Address> {
    match &message.queued.target {
        Target::Person { address, .. } => vec![address.clone()],
        Target::Session => session.present().map(|member| member.person.address.clone()).collect(),
    }
}
