//! Whether a message whose turn has come may be sent where its recipients are, and now.

use jiff::{SignedDuration, Timestamp};

use crate::address::{Address, Channel};
use crate::content::Content;
use crate::effect::{Reaction, TimerKind, TimerPlan};
use crate::engine::{Desk, Stop};
use crate::event::{MessageClass, Target};
use crate::hours::{self, Closed, Verdict};
use crate::id::{OutboundId, SessionId};
use crate::outbound::{Bar, OutboundMessage, OutboundState, Postponed, QUIET_HOURS, Step};
use crate::place::{Located, issued};
use crate::rejection::Rejection;
use crate::rules::WhatsappPolicy;
use crate::session::Session;
use crate::spend::{self, SPEND_CEILING};
use crate::world::Want;

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
        if let Some(postponed) = message.postponed.as_ref().filter(|postponed| postponed.until > now) {
            // Its timer brings it back; it may have fired already where the clock is ahead of this one.
            let (session_id, outbound_id) = (message.session_id.clone(), id.clone());
            let kind = TimerKind::Scheduled { session_id, outbound_id };
            self.react(vec![Reaction::Timer(TimerPlan::Set { kind, at: postponed.until })]);
            return Ok(());
        }
        let recipients = recipients(&message, &session);
        if let Some(bar) = self.barred_on_whatsapp(&message, &recipients) {
            return self.hand_out(&message, &session, Some(bar));
        }
        match self.hours(&message, &session, &recipients)? {
            Some(Closed { until, rule, zones }) => {
                let until = until.map(|until| until.max(next(session.postponed_until).unwrap_or(until)));
                self.step(id, &Step::Postpone { reason: QUIET_HOURS, until, rule, zones }).map(drop)
            }
            None => match self.past_ceiling(&message, &session)? {
                Some(tomorrow) => {
                    let session = self.existing(&session.id)?;
                    let until = Some(tomorrow.max(next(session.postponed_until).unwrap_or(tomorrow)));
                    let (rule, zones) = (spend::rule(), Vec::new());
                    self.step(id, &Step::Postpone { reason: SPEND_CEILING, until, rule, zones }).map(drop)
                }
                None => self.hand_out(&message, &session, barred),
            },
        }
    }

    /// Looks again at what is held, in the order in which it would be released. Nothing is sent here: what may go now is
    /// released now, and looked at as anything that is.
    pub(super) fn retime(&mut self, ids: &[OutboundId]) -> Result<(), Stop> {
        self.world.need(ids.iter().cloned().map(Want::Outbound))?;
        let now = self.context.now;
        let mut held: Vec<(OutboundMessage, Postponed)> = Vec::new();
        for id in ids {
            let Some(message) = self.message(id)? else { continue };
            match message.postponed.clone().filter(|postponed| postponed.until > now) {
                Some(postponed) if message.state == OutboundState::Queued => held.push((message, postponed)),
                _ => {}
            }
        }
        held.sort_by_key(|(message, postponed)| (message.session_id.clone(), postponed.until));
        let mut last: Option<(SessionId, Timestamp)> = None;
        let mut changed = false;
        for (message, postponed) in held {
            let session = self.existing(&message.session_id)?;
            let closed = self.hours(&message, &session, &recipients(&message, &session))?;
            let Closed { until, rule, zones } = closed.unwrap_or_else(|| Closed {
                until: Some(now),
                rule: postponed.rule.clone(),
                zones: Vec::new(),
            });
            let before = last.take().filter(|(id, _)| *id == session.id).map(|(_, until)| until);
            let until = until.map(|until| until.max(next(before).unwrap_or(until)));
            if until != Some(postponed.until) {
                self.step(message.id(), &Step::Postpone { reason: QUIET_HOURS, until, rule, zones })?;
                changed = true;
            }
            last = until.or(before).map(|until| (session.id.clone(), until));
        }
        if changed { Ok(()) } else { Err(Rejection::AlreadySo.into()) }
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

/// Of what waits in a session, each is released after the one before it.
fn next(last: Option<Timestamp>) -> Option<Timestamp> {
    last?.checked_add(SignedDuration::from_millis(1)).ok()
}

fn recipients(message: &OutboundMessage, session: &Session) -> Vec<Address> {
    match &message.queued.target {
        Target::Person { address, .. } => vec![address.clone()],
        Target::Session => session.present().map(|member| member.person.address.clone()).collect(),
    }
}
