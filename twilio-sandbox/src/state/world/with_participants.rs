//! A conversation together with its participants: all of them or nothing.

use super::World;
use super::conversations::Reason;
use crate::config::BulkCreation;
use crate::error::ApiError;
use crate::log::NoteEntry;
use crate::state::conversation::{Conversation, NewConversation, Pending, State};
use crate::state::origin::Origin;
use crate::state::outbox::Job;
use crate::state::participant::NewParticipant;
use crate::state::timers::Due;

impl World {
    /// Everything that can be wrong with a conversation and its first participants.
    ///
    /// A pair that another conversation holds is 409/50425 here.
    pub(crate) fn check_with_participants(
        &mut self,
        new: &NewConversation,
        participants: &[NewParticipant],
    ) -> Result<(), ApiError> {
        self.check_unique_name(&new.service_sid, new.unique_name.as_deref(), "")?;
        let mut draft = self.build_conversation(new.clone());
        for participant in participants {
            self.check_participant(&draft, participant).map_err(in_bulk)?;
            draft.participants.push(participant.draft());
        }
        Ok(())
    }

    /// Adds a conversation and its participants, or leaves them for later; gives its SID.
    pub(crate) fn create_with_participants(
        &mut self,
        new: NewConversation,
        participants: Vec<NewParticipant>,
        origin: Origin,
    ) -> Result<String, ApiError> {
        self.check_with_participants(&new, &participants)?;
        let mut conversation = self.build_conversation(new);
        if participants.is_empty() || self.behaviour.bulk_creation == BulkCreation::AtOnce {
            let sid = self.open_conversation(conversation, origin)?;
            for participant in participants {
                self.add_participant(&sid, participant, origin)?;
            }
            return Ok(sid);
        }
        let state = std::mem::replace(&mut conversation.state, State::Initializing);
        conversation.pending = Some(Pending { participants, state, announce: origin.fires() });
        let sid = self.open_conversation(conversation, origin)?;
        let at = self.now() + self.carrier_step;
        self.schedule(at, Due::Initialize(sid.clone()));
        Ok(sid)
    }

    /// Adds the participants of an initializing conversation; closes it if one does not fit any more.
    pub(super) fn initialize(&mut self, sid: &str) {
        let Ok(conversation) = self.find_mut(sid) else { return };
        let Some(pending) = conversation.pending.take() else { return };
        let origin = Origin::Rest { announce: pending.announce };
        let mut draft = Conversation { state: pending.state, ..conversation.clone() };
        let mut fits = Ok(());
        for participant in &pending.participants {
            fits = fits.and_then(|()| self.check_participant(&draft, participant));
            draft.participants.push(participant.draft());
        }
        // The conversation is there, and nothing happens in between.
        let done = match fits {
            Ok(()) => self.set_state(sid, pending.state, Reason::Event, origin).and_then(|()| {
                pending
                    .participants
                    .into_iter()
                    .try_for_each(|participant| self.add_participant(sid, participant, origin).map(drop))
            }),
            Err(error) => self
                .set_state(sid, State::Closed, Reason::Event, origin)
                .and(Err(ApiError::bad(50427, format!("the conversation was closed: {}", error.message)))),
        };
        if let Err(error) = done {
            self.outbox.push(Job::Note(NoteEntry::of_error("participants_not_added", sid, &error)));
        }
    }
}

fn in_bulk(mut error: ApiError) -> ApiError {
    if error.code == 50416 {
        error.code = 50425;
    }
    error
}
