//! What the audit log keeps of a decision.

use serde_json::Value;

use crate::address::Address;
use crate::audit::{About, CONSENT, Entry, GUARD, Kind, REQUESTS, Record, Verdict};
use crate::consent::ConsentLedger;
use crate::engine::Desk;
use crate::event::{Event, Target};
use crate::id::{EventId, OutboundId};
use crate::input::Input;
use crate::outbound::OutboundMessage;
use crate::rejection::Rejection;
use crate::session::Session;

impl Desk<'_> {
    /// Adds a record to the log. It is kept with what was decided, and only then: a rejected input leaves the record
    /// of its refusal alone, or the one that was given with [`Stop::Rejected`](crate::engine::Stop::Rejected).
    pub(super) fn audit(&mut self, record: Record) {
        let entry = self.seal(record);
        self.outcome.audit.push(entry);
    }

    /// A record as it is stored; for one that goes with a rejection.
    pub(super) fn seal(&self, record: Record) -> Entry {
        let record = record.looked_at("correlation", &self.correlation);
        record.seal(self.context.now, || self.context.salt())
    }

    /// Adds what the log keeps of an event: of a message's, a record for each whom it is for.
    pub(super) fn audit_event(
        &mut self,
        event: &Event,
        id: &EventId,
        session: Option<&Session>,
        outbound: Option<&OutboundId>,
    ) {
        let Some((mut record, about)) = Record::of(event) else { return };
        record = record.event(id);
        if let Some(session) = session {
            record = record.session(&session.id);
        }
        let message = outbound.and_then(|id| self.outcome.outbound.get(id));
        if let Some(OutboundMessage { queued, .. }) = message {
            record = record
                .looked_at("class", &queued.class)
                .looked_at("purpose", &queued.purpose)
                .looked_at("exemption", &queued.exemption)
                .looked_at("text_id", &queued.text_id)
                .looked_at("expires_at", &queued.expires_at);
        }
        let people = match about {
            About::One(address) => vec![address.clone()],
            About::Recipients => message.map_or_else(Vec::new, |message| recipients(message, session)),
            About::Everybody => everybody(session),
            About::Nobody => Vec::new(),
        };
        for address in &people {
            self.audit(self.with_consent(record.clone(), address));
        }
        if people.is_empty() {
            self.audit(record);
        }
    }

    /// A record about somebody, with where their consent stood before as far as the decision looked at it.
    fn with_consent(&self, record: Record, address: &Address) -> Record {
        let record = record.about(address);
        let Ok(ledger) = self.ledger(address) else { return record };
        record.looked_at("consent", &standing(&ledger)).looked_at("consent_version", &ledger.sequence)
    }

    /// The records of a request of the API that was refused. Nothing else was decided: what is looked at is the
    /// state as it was loaded.
    pub(super) fn refused(&mut self, input: &Input, rejection: &Rejection) -> Vec<Entry> {
        self.outcome = super::Outcome::default();
        let (kind, people) = match input {
            Input::SendToAddress { to, .. } => (Kind::Send, vec![to.clone()]),
            Input::OpenSession { address, .. } => (Kind::Send, vec![address.clone()]),
            Input::InvitePerson { address, .. } => (Kind::Join, vec![address.clone()]),
            Input::RecordConsent { address, granted: true, .. } => (Kind::OptIn, vec![address.clone()]),
            Input::SendToSession { session_id, .. } => {
                let session = self.session(session_id).ok().flatten();
                let members = session.iter().flat_map(|session| &session.members);
                (Kind::Send, members.map(|m| m.person.address.clone()).collect())
            }
            _ => return Vec::new(),
        };
        let words = rejection.to_string();
        let (rule, reason) = match rejection {
            // Nothing was refused.
            Rejection::AlreadySo | Rejection::TooEarly(_) | Rejection::NotFound(_) => return Vec::new(),
            Rejection::OptedOut => (CONSENT, "opted_out"),
            Rejection::NoConsent => (CONSENT, "no_consent"),
            Rejection::SessionClosed => (REQUESTS, "session_closed"),
            Rejection::Guarded { rule, .. } => (GUARD, rule.as_str()),
            _ => (REQUESTS, words.as_str()),
        };
        let mut record = Record::new(kind, Verdict::Stopped, rule).because(reason);
        if let Input::SendToSession { session_id, .. } = input {
            record = record.session(session_id);
        }
        if people.is_empty() {
            return vec![self.seal(record)];
        }
        people.iter().map(|address| self.seal(self.with_consent(record.clone(), address))).collect()
    }
}

fn recipients(message: &OutboundMessage, session: Option<&Session>) -> Vec<Address> {
    match (&message.queued.target, &message.queued.only) {
        (Target::Person { address, .. }, _) | (_, Some(address)) => vec![address.clone()],
        _ => everybody(session),
    }
}

/// Who is in a session; once nobody is, who was.
fn everybody(session: Option<&Session>) -> Vec<Address> {
    match session {
        Some(session) if session.members.is_empty() => session.everyone.iter().cloned().collect(),
        Some(session) => session.members.iter().map(|m| m.person.address.clone()).collect(),
        None => Vec::new(),
    }
}

/// All that a ledger says but whose it is.
fn standing(ledger: &ConsentLedger) -> Value {
    let mut value = serde_json::to_value(ledger).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.remove("address");
        fields.remove("sequence");
    }
    value
}
