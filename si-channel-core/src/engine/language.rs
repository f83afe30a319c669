//! What is learned of people's languages, and how it is kept from session to session.

use crate::address::Address;
use crate::engine::{Desk, Stop};
use crate::event::Event;
use crate::id::SessionId;
use crate::keyword::Recognised;
use crate::language::{self, Language, LanguageBasis, Spoken};
use crate::rejection::Rejection;
use crate::session::Session;
use crate::world::Want;
use std::sync::Arc;

impl Desk<'_> {
    /// Keeps what is told of somebody in a session.
    pub(super) fn learn(
        &mut self,
        session: Arc<Session>,
        address: &Address,
        spoken: Spoken,
    ) -> Result<(), Stop> {
        if !session.everyone.contains(address) {
            return Err(Rejection::NotFound("no such participant in this session").into());
        }
        if !spoken.replaces(session.spoken(address)) {
            return Err(Rejection::AlreadySo.into());
        }
        self.record_session(session, vec![Event::LanguageKnown { address: address.clone(), spoken }]);
        Ok(())
    }

    /// Keeps the language that goes with what is said to somebody, when it is given and says something new.
    pub(super) fn speak(
        &mut self,
        id: &SessionId,
        address: &Address,
        language: Option<&Language>,
        basis: LanguageBasis,
    ) -> Result<(), Stop> {
        let Some(language) = language.cloned() else { return Ok(()) };
        let session = self.existing(id)?;
        match self.learn(session, address, Spoken { language, basis }) {
            Err(Stop::Rejected(..)) => Ok(()),
            other => other,
        }
    }

    /// Keeps what a keyword shows of its author's language, so that its answer is in that already.
    pub(super) fn learn_from(
        &mut self,
        session_id: &SessionId,
        address: &Address,
        said: &Recognised<'_>,
    ) -> Result<(), Stop> {
        let session = self.existing(session_id)?;
        let known = session.language_of(address, self.context.policy);
        let languages = said.languages.iter().map(String::as_str);
        let Some(language) = language::shown_by(languages, &known) else { return Ok(()) };
        let spoken = Spoken { language, basis: LanguageBasis::Keyword };
        if spoken.replaces(session.spoken(address)) {
            let known = Event::LanguageKnown { address: address.clone(), spoken };
            self.record_session(session, vec![known]);
        }
        Ok(())
    }

    /// What is known of somebody's language from their newest session.
    pub(super) fn language_known(&self, address: &Address) -> Result<Option<Event>, Stop> {
        let newest = self.session_by(&Want::Newest(address.clone()))?;
        Ok(newest.and_then(|newest| language_in(&newest, address)))
    }

    /// Takes somebody's language along into the session that they join.
    pub(super) fn take_language(
        &mut self,
        from: &SessionId,
        to: &SessionId,
        address: &Address,
    ) -> Result<(), Stop> {
        let Some(known) = language_in(&*self.existing(from)?, address) else { return Ok(()) };
        let target = self.existing(to)?;
        self.record_session(target, vec![known]);
        Ok(())
    }
}

fn language_in(session: &Session, address: &Address) -> Option<Event> {
    let spoken = session.spoken(address)?.clone();
    Some(Event::LanguageKnown { address: address.clone(), spoken })
}
