//! Moving people in and out of conversations.

use si_channel_core::event::Person;
use twilio_conversations::ConversationRef;
use twilio_conversations::api::conversation::UpdateConversation;
use twilio_conversations::api::participant::DeleteParticipant;
use twilio_conversations::model::ConversationState;
use twilio_conversations::sid::{ConversationSid, ParticipantSid};

use crate::twilio::find::Placed;
use crate::twilio::{CLOSED, Failure, Twilio};

impl Twilio {
    /// Adds a person; whoever already is in another open conversation on that sender is moved.
    ///
    /// Repeating it finishes what a crash interrupted: out of the old one, then into the new one.
    pub async fn move_in(
        &self,
        conversation: &ConversationSid,
        person: &Person,
    ) -> Result<Option<ParticipantSid>, Failure> {
        // Each round takes them out of one conversation; a text of theirs in between may have begun another.
        for _ in 0..5 {
            match self.put_in(conversation, person).await? {
                Placed::In(participant) => return Ok(participant),
                Placed::Elsewhere(other) => {
                    let participant = self.participant_in(&other, person).await?;
                    self.take_out(&other, participant).await?;
                }
            }
        }
        Err(Failure::again("the person keeps appearing in other conversations"))
    }

    /// Removes a person; not being there is as good.
    pub async fn remove(&self, conversation: &ConversationSid, person: &Person) -> Result<(), Failure> {
        let participant = match &person.participant_sid {
            Some(sid) => Some(sid.clone()),
            None => match self.participant_in(conversation, person).await {
                Ok(sid) => sid,
                Err(Failure::Never { .. }) => None,
                Err(again) => return Err(again),
            },
        };
        self.take_out(conversation, participant).await
    }

    async fn take_out(
        &self,
        conversation: &ConversationSid,
        participant: Option<ParticipantSid>,
    ) -> Result<(), Failure> {
        let Some(participant) = participant else { return Ok(()) };
        let delete = DeleteParticipant::new(conversation.clone(), participant);
        match self.client.send(&delete).await {
            Err(error) if !error.is_not_found() && error.code() != Some(CLOSED) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Closes a conversation; being closed or gone is as good.
    pub async fn close(&self, conversation: &ConversationSid) -> Result<(), Failure> {
        let reference = ConversationRef::from(conversation.clone());
        let update = UpdateConversation::new(reference).state(ConversationState::Closed);
        match self.client.send(&update).await {
            Err(error) if !error.is_not_found() && error.code() != Some(CLOSED) => Err(error.into()),
            _ => Ok(()),
        }
    }
}
