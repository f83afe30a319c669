//! When a text's turn comes: senders send at their type's rate, or as fast as they like.

use super::World;
use crate::carrier::throughput::{longest_wait, spacing};
use crate::config::Throughput;
use crate::state::messaging_service::VALIDITY;
use crate::state::sender::SenderType;
use crate::state::text::{Fate, Text};
use crate::state::timers::Due;

impl World {
    /// Whether senders keep to Twilio's rates.
    pub(super) fn is_paced(&self) -> bool {
        self.behaviour.throughput == Throughput::Twilio
    }

    /// Microseconds that each part of a text keeps its sender busy.
    fn spacing(&self, text: &Text) -> i64 {
        let own = self.number(&text.from).and_then(|number| number.profile.throughput);
        spacing(self.sender_type(&text.from), own, &text.from, &text.to)
    }

    /// Milliseconds from a text's first part to its last.
    pub(super) fn spread(&self, text: &Text) -> i64 {
        if !self.is_paced() {
            return 0;
        }
        let gaps = i64::try_from(text.segments.saturating_sub(1)).unwrap_or(i64::MAX);
        gaps.saturating_mul(self.spacing(text)) / 1000
    }

    /// Whether so much waits for a sender already that it takes no more.
    pub(crate) fn is_full(&self, sender: &str) -> bool {
        self.is_paced() && self.queues.wait(sender, self.now()) > longest_wait(self.sender_type(sender))
    }

    /// Whether a text may leave now; otherwise its turn is scheduled, or it is lost to a full queue, or it
    /// will have waited too long.
    pub(super) fn has_turn(&mut self, sid: &str) -> bool {
        let now = self.now();
        if let Some(turn) = self.queues.turn(sid) {
            return turn <= now;
        }
        let Some(text) = self.texts.get(sid).filter(|_| self.is_paced()) else { return true };
        let (sender, kind) = (text.from.clone(), self.sender_type(&text.from));
        let parts = i64::try_from(text.segments.max(1)).unwrap_or(i64::MAX);
        let busy = parts.saturating_mul(self.spacing(text)).min(VALIDITY * 1_000_000);
        let wait = self.queues.wait(&sender, now);
        let validity = self.validity(text);
        if wait > longest_wait(kind) {
            let code = if kind == SenderType::WhatsApp { 63018 } else { 30001 };
            if let Some(text) = self.texts.get_mut(sid) {
                text.fate = Fate::Fail(code);
            }
            return true;
        }
        if wait > validity {
            // It takes no one's place, since it will not leave.
            self.schedule(now + validity, Due::TextExpire(sid.to_owned()));
            return false;
        }
        let turn = self.queues.enter(sid, &sender, now, busy);
        if turn > now {
            self.schedule(turn, Due::TextTurn(sid.to_owned()));
        }
        turn <= now
    }
}
