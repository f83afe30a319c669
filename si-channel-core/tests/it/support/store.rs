//! The store: documents, keys that must be unique, events, effects in lanes, timers, transcripts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use si_channel_core::address::Address;
use si_channel_core::audit;
use si_channel_core::cloudevent::CloudEvent;
use si_channel_core::consent::ConsentLedger;
use si_channel_core::effect::{Planned, TimerKind, TimerPlan};
use si_channel_core::engine::Outcome;
use si_channel_core::id::{MediaId, OutboundId, SessionId};
use si_channel_core::media::MediaFile;
use si_channel_core::outbound::OutboundMessage;
use si_channel_core::pace::{Throttle, passes};
use si_channel_core::person::Account;
use si_channel_core::session::Session;
use si_channel_core::transcript::{Entry, TranscriptChange};
use si_channel_core::world::{Found, Want};

/// An effect that waits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) planned: Planned,
    pub(crate) order: u64,
    pub(crate) not_before: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Store {
    pub(crate) sessions: BTreeMap<SessionId, Session>,
    pub(crate) ledgers: BTreeMap<Address, ConsentLedger>,
    pub(crate) outbound: BTreeMap<OutboundId, OutboundMessage>,
    pub(crate) media: BTreeMap<MediaId, MediaFile>,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) events: Vec<CloudEvent>,
    pub(crate) entries: BTreeMap<(SessionId, String), Entry>,
    pub(crate) effects: Vec<Row>,
    pub(crate) timers: BTreeMap<String, (Timestamp, TimerKind)>,
    pub(crate) audit: Vec<audit::Entry>,
    /// Limits of the moment let nothing pass.
    pub(crate) flooded: bool,
    throttles: RefCell<BTreeMap<String, Throttle>>,
    order: u64,
}

impl Store {
    pub(crate) fn load(&self, want: &Want) -> Option<Found> {
        let session = |found: Option<&Session>| found.map(|s| Found::Session(Arc::new(s.clone())));
        let outbound = |found: Option<&OutboundMessage>| found.map(|m| Found::Outbound(Box::new(m.clone())));
        match want {
            Want::Session(id) => session(self.sessions.get(id)),
            Want::Conversation(sid) => {
                session(self.sessions.values().find(|s| s.conversation_sid.as_ref() == Some(sid)))
            }
            Want::Binding(address, sender) => session(
                self.sessions.values().find(|s| s.bindings().any(|(a, p)| a == address && p == sender)),
            ),
            Want::Newest(address) => session(
                self.sessions
                    .values()
                    .filter(|s| s.everyone.contains(address))
                    .max_by_key(|s| (s.started_at, s.id.clone())),
            ),
            Want::Code(code) => session(
                self.sessions
                    .values()
                    .find(|s| s.join_code.as_ref().is_some_and(|known| known.code == *code)),
            ),
            Want::Ledger(address) => {
                self.ledgers.get(address).map(|ledger| Found::Ledger(Box::new(ledger.clone())))
            }
            Want::Media(id) => self.media.get(id).map(|file| Found::Media(Box::new(file.clone()))),
            Want::Account(id) => self.accounts.get(id).map(|found| Found::Account(Box::new(found.clone()))),
            Want::AccountOf(address) => {
                let theirs = self.accounts.values().find(|account| account.addresses.contains(address));
                theirs.map(|found| Found::Account(Box::new(found.clone())))
            }
            Want::Pass(pass) => Some(Found::Pass(match pass.at_us {
                Some(at_us) => passes(&pass.gates, at_us, &mut self.throttles.borrow_mut()),
                None => !self.flooded,
            })),
            Want::Outbound(id) => outbound(self.outbound.get(id)),
            Want::OutboundBySid(sid) => {
                outbound(self.outbound.values().find(|m| m.message_sid.as_ref() == Some(sid)))
            }
        }
    }

    /// Commits an outcome as one, as documents that went through JSON.
    pub(crate) fn commit(&mut self, outcome: &Outcome, now: Timestamp) {
        self.audit.extend(outcome.audit.iter().cloned());
        for (id, session) in &outcome.sessions {
            self.sessions.insert(id.clone(), through_json(session));
        }
        for (address, ledger) in &outcome.ledgers {
            self.ledgers.insert(address.clone(), through_json(ledger));
        }
        for (id, message) in &outcome.outbound {
            self.outbound.insert(id.clone(), through_json(message));
        }
        for (id, file) in &outcome.media {
            self.media.insert(id.clone(), through_json(file));
        }
        for (id, account) in &outcome.accounts {
            self.accounts.insert(id.clone(), through_json(account));
        }
        self.events.extend(outcome.events.iter().map(through_json));
        for (session, change) in &outcome.transcript {
            match change {
                TranscriptChange::Put(entry) => {
                    self.entries.insert((session.clone(), entry.id.clone()), through_json(&**entry));
                }
                TranscriptChange::Patch { id, patch } => {
                    if let Some(entry) = self.entries.get_mut(&(session.clone(), id.clone())) {
                        patch.apply(entry);
                    }
                }
            }
        }
        for planned in &outcome.effects {
            let _: si_channel_core::effect::Effect = through_json(&planned.effect);
            self.order += 1;
            self.effects.push(Row { planned: planned.clone(), order: self.order, not_before: now });
        }
        for timer in &outcome.timers {
            match timer {
                TimerPlan::Set { kind, at } => {
                    self.timers.insert(kind.key(), (*at, through_json(kind)));
                }
                TimerPlan::Cancel(kind) => {
                    self.timers.remove(&kind.key());
                }
            }
        }
        self.check_keys();
    }

    /// The first effect of a lane whose turn it is: smallest priority, then oldest.
    pub(crate) fn next(&self, now: Timestamp) -> Option<Row> {
        let mut heads: BTreeMap<&str, &Row> = BTreeMap::new();
        for row in &self.effects {
            let head = heads.entry(&row.planned.lane).or_insert(row);
            if (row.planned.priority, row.order) < (head.planned.priority, head.order) {
                *head = row;
            }
        }
        heads.into_values().filter(|row| row.not_before <= now).min_by_key(|row| row.order).cloned()
    }

    pub(crate) fn done(&mut self, order: u64) {
        self.effects.retain(|row| row.order != order);
    }

    pub(crate) fn put_off(&mut self, order: u64, until: Timestamp) {
        if let Some(row) = self.effects.iter_mut().find(|row| row.order == order) {
            row.not_before = until;
        }
    }

    /// The keys that the server's store holds unique.
    fn check_keys(&self) {
        let mut taken: BTreeMap<String, &SessionId> = BTreeMap::new();
        for session in self.sessions.values() {
            let conversation = session.conversation_sid.iter().map(|sid| format!("conversation {sid}"));
            let bindings = session.bindings().map(|(address, sender)| format!("binding {address} {sender}"));
            let code = session.join_code.iter().map(|code| format!("code {}", code.code));
            for key in conversation.chain(bindings).chain(code) {
                if let Some(other) = taken.insert(key.clone(), &session.id) {
                    panic!("{key} belongs to {other} and {}", session.id);
                }
            }
        }
        let mut sids: BTreeMap<&String, &OutboundId> = BTreeMap::new();
        for message in self.outbound.values() {
            if let Some(sid) = &message.message_sid
                && let Some(other) = sids.insert(sid, message.id())
            {
                panic!("message {sid} belongs to {other} and {}", message.id());
            }
        }
    }
}

fn through_json<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
    value: &T,
) -> T {
    let text = serde_json::to_string(value).unwrap();
    let back: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(back, *value, "{text}");
    back
}
