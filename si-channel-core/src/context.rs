//! What a decision may look at besides state and input.

use std::cell::Cell;

use jiff::Timestamp;

use crate::id::{EventId, OutboundId, Seed, SessionId, TurnId};
use crate::policy::Policy;

/// Now, the rules, and where fresh ids come from. Made anew for each input.
#[derive(Debug)]
pub struct Context<'a> {
    /// The time of the decision.
    pub now: Timestamp,
    /// The rules.
    pub policy: &'a Policy,
    seed: Seed,
    used: Cell<usize>,
    salts: Cell<usize>,
}

impl<'a> Context<'a> {
    /// A context for one decision; the same arguments give the same decision.
    pub fn new(now: Timestamp, policy: &'a Policy, seed: Seed) -> Self {
        Self { now, policy, seed, used: Cell::new(0), salts: Cell::new(0) }
    }

    fn next(&self) -> usize {
        let nth = self.used.get();
        self.used.set(nth + 1);
        nth
    }

    /// A fresh session id.
    pub fn session_id(&self) -> SessionId {
        SessionId::derive(&self.seed, self.next())
    }

    /// A fresh id for an outbound message.
    pub fn outbound_id(&self) -> OutboundId {
        OutboundId::derive(&self.seed, self.next())
    }

    /// A fresh id for a question.
    pub fn turn_id(&self) -> TurnId {
        TurnId::derive(&self.seed, self.next())
    }

    /// A fresh event id.
    pub fn event_id(&self) -> EventId {
        EventId::derive(&self.seed, self.next())
    }

    /// A fresh code of the policy's length.
    pub fn join_code(&self) -> String {
        self.seed.code(self.policy.join.code_length.min(20))
    }

    /// Fresh bytes to hide a value with. They do not count among the ids, so that the log changes no id.
    pub fn salt(&self) -> [u8; 16] {
        let nth = self.salts.get();
        self.salts.set(nth + 1);
        self.seed.salt(nth)
    }

    /// Sixteen bits to spread retries with.
    pub fn jitter(&self) -> u16 {
        u16::from_be_bytes([self.seed.0[0], self.seed.0[1]])
    }
}
