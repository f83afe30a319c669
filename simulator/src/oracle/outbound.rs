//! The way of each outbound message, as its events tell it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Oracle, Wrong};
use crate::rare::{Counts, Rare};

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Queued,
    Sending,
    Unclear,
    Accepted,
    /// It ended as one that Twilio does not have.
    NotSent,
    /// It ended as one that Twilio may have.
    NeverKnown,
}

#[derive(Debug)]
pub(super) struct Outbound {
    pub(super) stage: Stage,
    /// The commit that handed it out last; 0 when none did.
    pub(super) claimed_at: u64,
    /// It may be sent against consent: a confirmation of an opt-out and the like.
    pub(super) exempt: bool,
    pub(super) turn: Option<String>,
    pub(super) part: u64,
    /// The messages at Twilio that carry its id.
    pub(super) sids: Vec<String>,
    pub(super) requests: u32,
    /// How far it got, by recipient.
    receipts: BTreeMap<String, u8>,
    was_unclear: bool,
}

/// How far a receipt says that it got.
fn rank(status: &str) -> u8 {
    match status {
        "sent" => 1,
        "failed" => 2,
        "undelivered" => 3,
        "delivered" => 4,
        "read" => 5,
        _ => 0,
    }
}

impl Oracle {
    /// An event about an outbound message.
    pub(super) fn step(&mut self, kind: &str, data: &Value, counts: &mut Counts, wrong: &mut Wrong) {
        let Some(id) = data["outbound_id"].as_str() else { return };
        if kind == "message.queued.v1" {
            let queued = Outbound {
                stage: Stage::Queued,
                claimed_at: 0,
                exempt: !data["exemption"].is_null(),
                turn: data["turn_id"].as_str().map(str::to_owned),
                part: data["part"].as_u64().unwrap_or(0),
                sids: Vec::new(),
                requests: 0,
                receipts: BTreeMap::new(),
                was_unclear: false,
            };
            if self.outbound.insert(id.to_owned(), queued).is_some() {
                wrong.push(("P2", format!("{id} was queued twice")));
            }
            return;
        }
        let commits = self.commits;
        let Some(message) = self.outbound.get_mut(id) else {
            return wrong.push(("P7", format!("{kind} of {id}, which was never queued")));
        };
        let pending = matches!(message.stage, Stage::Queued | Stage::Sending | Stage::Unclear);
        let (allowed, next) = match kind {
            "message.sending.v1" => {
                message.claimed_at = commits;
                message.requests += 1;
                (message.stage == Stage::Queued, Stage::Sending)
            }
            "message.unclear.v1" => {
                message.was_unclear = true;
                (message.stage == Stage::Sending, Stage::Unclear)
            }
            "message.accepted.v1" => {
                if message.stage == Stage::Unclear {
                    counts.reach(Rare::FoundByLooking);
                }
                (pending, Stage::Accepted)
            }
            "message.deferred.v1" => {
                if message.stage == Stage::Unclear {
                    counts.reach(Rare::LookedInVain);
                }
                (pending, Stage::Queued)
            }
            "message.postponed.v1" => {
                counts.reach(Rare::QuietHours);
                (message.stage == Stage::Queued, Stage::Queued)
            }
            "message.moved.v1" => {
                counts.reach(Rare::CarriedOver);
                (message.stage == Stage::Queued, Stage::Queued)
            }
            "message.refused.v1" if message.stage == Stage::Unclear => {
                counts.reach(Rare::StayedUnclear);
                (true, Stage::NeverKnown)
            }
            "message.refused.v1" => (pending, Stage::NotSent),
            "message.cancelled.v1" => {
                if data["reason"] == "opted_out" {
                    counts.reach(Rare::CancelledByOptOut);
                }
                (message.stage == Stage::Queued, Stage::NotSent)
            }
            "message.expired.v1" => {
                counts.reach(Rare::Expired);
                (message.stage == Stage::Queued, Stage::NotSent)
            }
            "message.sent.v1"
            | "message.failed.v1"
            | "message.undelivered.v1"
            | "message.delivered.v1"
            | "message.read.v1" => {
                let status = rank(data["status"].as_str().unwrap_or_default());
                let recipient = data["recipient"].as_str().unwrap_or_default().to_owned();
                let furthest = message.receipts.entry(recipient).or_default();
                *furthest = status.max(*furthest);
                return;
            }
            _ => return,
        };
        if !allowed {
            wrong.push(("P8", format!("{kind} of {id} while it was {:?}", message.stage)));
        }
        message.stage = next;
    }

    /// A document of an outbound message was written: no receipt may be forgotten.
    pub(super) fn stored(&self, id: &str, doc: &Value, wrong: &mut Wrong) {
        let Some(message) = self.outbound.get(id) else { return };
        for (recipient, furthest) in &message.receipts {
            let stored = rank(doc["receipts"][recipient]["status"].as_str().unwrap_or_default());
            if stored < *furthest {
                wrong.push(("P8", format!("{id}: the receipt of {recipient} went back")));
            }
        }
        // One recipient's receipt is the message's state.
        let furthest = message.receipts.values().copied().max().unwrap_or(0);
        let state = rank(doc["state"].as_str().unwrap_or_default());
        if message.receipts.len() == 1 && state != 0 && state != furthest {
            wrong.push(("P8", format!("{id} went back to {}", doc["state"])));
        }
    }
}
