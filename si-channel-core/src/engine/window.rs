//! WhatsApp's window, looked at before a message goes and before it closes.

use jiff::Timestamp;

use crate::address::Address;
use crate::content::Content;
use crate::effect::{Reaction, TimerKind, TimerPlan};
use crate::engine::{Desk, Stop};
use crate::event::{ConsentState, Target};
use crate::id::SessionId;
use crate::outbound::OutboundMessage;
use crate::rejection::Rejection;
use crate::session::{self, Recipients, Session};
use crate::text::{Args, TextId};
use crate::window::{self, WindowState};

impl Desk<'_> {
    /// The sender of ours that somebody in a session writes to.
    pub(super) fn sender_of(&self, session: &Session, address: &Address) -> Option<Address> {
        let known = session.member(address).map(|member| member.person.sender.clone());
        known.or_else(|| self.context.policy.senders.of(address.channel()).cloned())
    }

    fn window(&self, address: &Address) -> Result<WindowState, Stop> {
        let margin = self.context.policy.whatsapp.window_margin;
        Ok(self.ledger(address)?.window.state(self.context.now, margin))
    }

    /// Those whom free text does not reach any more, when that is everybody whom the message is for. In a group Twilio
    /// delivers to each by themselves: who can be reached is not kept waiting for who cannot, and each of the latter gets
    /// what was said by template once Twilio has refused it.
    pub(super) fn out_of_reach(
        &self,
        message: &OutboundMessage,
        session: &Session,
    ) -> Result<Vec<Address>, Stop> {
        if matches!(message.queued.content, Content::Template { .. }) {
            return Ok(Vec::new());
        }
        let people: Vec<&Address> = match &message.queued.target {
            Target::Person { address, .. } => vec![address],
            Target::Session => session.members.iter().map(|m| &m.person.address).collect(),
        };
        for address in &people {
            if !window::applies(address) || self.window(address)? != WindowState::Closed {
                return Ok(Vec::new());
            }
        }
        Ok(people.into_iter().cloned().collect())
    }

    /// Somebody's window is about to close: who waits for an answer is asked to write, once.
    pub(super) fn remind(&mut self, kind: &TimerKind, id: &SessionId, address: &Address) -> Result<(), Stop> {
        let nothing = Err(Rejection::AlreadySo.into());
        let session = self.existing(id)?;
        let policy = &self.context.policy.whatsapp;
        let Some(before) = policy.reminder_before else { return nothing };
        let ledger = self.ledger(address)?;
        let WindowState::Open { until } = ledger.window.state(self.context.now, policy.window_margin) else {
            return nothing;
        };
        let due = until.checked_sub(before).unwrap_or(Timestamp::MIN);
        if due > self.context.now {
            // They have written since, in another session.
            self.react(vec![Reaction::Timer(TimerPlan::Set { kind: kind.clone(), at: due })]);
            return Ok(());
        }
        let waits = policy.remind_always || !session.turns.is_empty();
        let here = session.present().find(|m| m.person.address == *address && session.is_open());
        let Some(here) = here.filter(|_| waits && !ledger.window.is_reminded()) else { return nothing };
        if ledger.state() != ConsentState::Granted {
            return nothing;
        }
        let to = Recipients::one(&session, address, &here.person.sender);
        let minutes = until.duration_since(self.context.now).as_mins();
        let args = Args::default().minutes(minutes);
        let events = session::queue_own(TextId::WindowReminder, &args, &to, None, self.context);
        self.record_session(session, events);
        Ok(())
    }
}
