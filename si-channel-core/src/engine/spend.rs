//! What the day may cost: who waits for the next.

use jiff::Timestamp;

use crate::engine::{Desk, Stop};
use crate::event::Event;
use crate::outbound::OutboundMessage;
use crate::session::Session;

impl Desk<'_> {
    /// When the next day begins, if a message has to wait for it. What passes is counted, once: trying again is free, as
    /// Twilio charges for what it took.
    pub(super) fn past_ceiling(
        &mut self,
        message: &OutboundMessage,
        session: &Session,
    ) -> Result<Option<Timestamp>, Stop> {
        let (policy, now) = (&self.context.policy.spend, self.context.now);
        let bill = policy.bill(message, session, &self.world.account, now).filter(|_| message.attempts == 0);
        let Some(bill) = bill else { return Ok(None) };
        if self.world.passes(&bill.pass)? {
            return Ok(None);
        }
        let class = message.queued.class;
        let mut reached = Vec::new();
        for (index, ceiling) in bill.ceilings.iter().enumerate() {
            let (Some(probe), Some(telling)) = (bill.probe(index), bill.telling(index, class)) else {
                continue;
            };
            if !self.world.passes(&probe)? && self.world.passes(&telling)? {
                reached.push(Event::SpendCeilingReached {
                    ceiling: ceiling.clone(),
                    class,
                    until: bill.until,
                    at: now,
                });
            }
        }
        if !reached.is_empty() {
            let session = self.existing(&session.id)?;
            self.record_session(session, reached);
        }
        Ok(Some(bill.until))
    }
}
