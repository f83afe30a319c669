//! What must hold whenever everything has come to rest.

use std::collections::BTreeMap;

use si_channel_core::consent::{self, ConsentLedger, Purpose, Scope};
use si_channel_core::event::{ConsentState, Event, Exemption, Target};
use si_channel_core::id::{OutboundId, SessionId};
use si_channel_core::known;
use si_channel_core::outbound::{self, OutboundMessage};
use si_channel_core::session::{self, Session};

use super::Sim;

impl Sim {
    /// A message is being handed to Twilio: everybody whom it reaches may be written to.
    pub(crate) fn posted(&self, message: &OutboundMessage) {
        let session = &self.store.sessions[&message.session_id];
        let reached: Vec<_> = match (&message.queued.target, &session.conversation_sid) {
            (Target::Person { address, .. }, _) => vec![address.clone()],
            (Target::Session, Some(sid)) => {
                self.twilio.find(sid.as_str()).people.iter().map(|(_, person, _)| person.clone()).collect()
            }
            (Target::Session, None) => vec![session.members[0].person.address.clone()],
        };
        for address in reached {
            let ledger = self.store.ledgers.get(&address);
            let state = ledger.map_or(ConsentState::Unknown, ConsentLedger::state);
            let queued = &message.queued;
            let purpose =
                queued.purpose.as_deref().filter(|_| queued.text_id.is_none()).and_then(Purpose::of);
            let in_part = ledger.is_some_and(|ledger| {
                ledger.scopes.iter().any(|own| {
                    own.standing.state == ConsentState::Granted
                        && own.scope.purpose.as_ref().is_none_or(|only| Some(only) == purpose.as_ref())
                })
            });
            let withdrawn = ledger.is_some_and(|ledger| {
                purpose.is_some_and(|purpose| ledger.is_revoked(&Scope::purpose(purpose)))
            });
            assert!(!withdrawn, "{:?} is for a purpose that {address:?} has withdrawn", queued.content);
            let allowed = match state {
                ConsentState::Granted => true,
                ConsentState::Revoked => matches!(
                    message.queued.exemption,
                    Some(Exemption::OptOutConfirmation | Exemption::HelpReply)
                ),
                ConsentState::Unknown | ConsentState::Pending if in_part => true,
                ConsentState::Unknown | ConsentState::Pending => {
                    matches!(message.queued.exemption, Some(Exemption::ConsentRequest | Exemption::HelpReply))
                }
            };
            assert!(
                allowed,
                "{:?} would reach {address:?}, whose consent is {state:?}",
                message.queued.content
            );
        }
    }

    /// Streams have no gap, and state is nothing but the fold of events.
    pub(crate) fn audit(&self) {
        let mut sequences: BTreeMap<&str, u64> = BTreeMap::new();
        let mut sessions: BTreeMap<SessionId, Session> = BTreeMap::new();
        let mut ledgers: BTreeMap<String, ConsentLedger> = BTreeMap::new();
        let mut messages: BTreeMap<OutboundId, OutboundMessage> = BTreeMap::new();
        for published in &self.store.events {
            let last = sequences.entry(&published.subject).or_default();
            assert_eq!(published.sequence, *last + 1, "a gap in {}", published.subject);
            *last = published.sequence;
            let event = Event::read(&published.kind, published.data.clone())
                .unwrap_or_else(|| panic!("cannot read back {published:?}"));
            if let Some(address) = published.subject.strip_prefix("consent/") {
                let ledger = ledgers
                    .entry(published.subject.clone())
                    .or_insert_with(|| ConsentLedger::new(address.parse().unwrap()));
                consent::apply(ledger, &event, self.policy.join.window);
                continue;
            }
            if published.subject.starts_with("person/") {
                continue;
            }
            let id = SessionId::from_text(&published.subject);
            if let Event::SessionStarted { .. } = &event {
                // Only what an event does not tell is taken from the store: the id.
                sessions.insert(id.clone(), Session::begun(&event, published.time).unwrap());
            }
            let session = sessions.get_mut(&id).unwrap();
            session::apply(session, &event, published.time);
            match &event {
                Event::MessageQueued(queued) => {
                    let message = OutboundMessage::new(queued.clone(), id);
                    messages.insert(queued.outbound_id.clone(), message);
                }
                other => {
                    for message in messages.values_mut() {
                        if outbound::subject(other) == Some(message.id()) {
                            outbound::apply(message, other);
                        }
                    }
                }
            }
            let about = outbound::subject(&event).and_then(|id| messages.get(id));
            if let Some((address, lesson)) = known::lesson(session, &event, about) {
                let new = ConsentLedger::new(address);
                known::learn(ledgers.entry(new.stream()).or_insert(new), &lesson);
            }
        }
        assert_eq!(sessions, self.store.sessions);
        assert_eq!(messages, self.store.outbound);
        let stored: BTreeMap<_, _> = self.store.ledgers.values().map(|l| (l.stream(), l.clone())).collect();
        assert_eq!(ledgers, stored);
    }
}
