//! The person is told that an AI answers, before its first answer.
//!
//! The welcome says so. Who gets none, because consent came by another way or the operator's own welcome lacks
//! `{disclosure}`, is told in a message of its own before the first answer, each person of a group alone. What rules ask
//! for it: EU AI Act, article 50; laws of several US states.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::consent::{ConsentLedger, Shown};
use crate::context::Context;
use crate::event::{ConsentState, Event};
use crate::id::{OutboundId, SessionId};
use crate::session::{Consents, Recipients, Session, queue_own};
use crate::text::{Args, Rendered, TextId};

/// When a person is told that an AI answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// Before the first answer they ever get.
    #[default]
    FirstTurn,
    /// Before the first answer of each session.
    EachSession,
    /// The channel sees to nothing; the welcome says what it says.
    Off,
}

/// The newest disclosure to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosed {
    /// The message that carried it.
    pub outbound_id: OutboundId,
    /// In which session.
    pub session_id: SessionId,
    /// When it was queued.
    pub at: Timestamp,
}

/// Notes of a text of the channel's own, being queued, that it tells its one recipient so.
pub(crate) fn noted(id: TextId, said: &Rendered, queued: &[Event], context: &Context<'_>) -> Option<Event> {
    let Some(Event::MessageQueued(first)) = queued.first() else { return None };
    if context.policy.disclosure == Disclosure::Off || !said.discloses {
        return None;
    }
    let Shown { version, language, .. } = Shown::new(said.text.clone(), &said.language.to_string());
    Some(Event::DisclosureMade {
        address: first.only.clone()?,
        text_id: id,
        version,
        language,
        outbound_id: first.outbound_id.clone(),
        at: context.now,
    })
}

/// What must be said before an answer to a session.
pub(crate) fn due(session: &Session, consents: &Consents, context: &Context<'_>) -> Vec<Event> {
    let is_due = |ledger: &ConsentLedger| match context.policy.disclosure {
        Disclosure::Off => false,
        Disclosure::FirstTurn => ledger.disclosed.is_none(),
        Disclosure::EachSession => {
            ledger.disclosed.as_ref().is_none_or(|disclosed| disclosed.session_id != session.id)
        }
    };
    let asks =
        |address| consents.get(address).is_some_and(|l| l.state() == ConsentState::Granted && is_due(l));
    session
        .present()
        .map(|member| &member.person)
        .filter(|person| session.is_open() && asks(&person.address))
        .flat_map(|person| {
            let to = Recipients::one(session, &person.address, &person.sender);
            queue_own(TextId::AiDisclosure, &Args::default(), &to, None, context)
        })
        .collect()
}
