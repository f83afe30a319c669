//! Conversations and the people in them, at Twilio.

use std::time::Duration;

use serde_json::Value;
use si_channel_core::effect::Effect;
use si_channel_core::event::{LeaveReason, Person};
use si_channel_core::id::SessionId;
use si_channel_core::input::Input;
use si_channel_core::session::SessionState;
use twilio_conversations::sid::ConversationSid;

use super::{Step, Trouble};
use crate::twilio::{Failure, Names};

impl Step<'_> {
    pub(super) async fn at_twilio(&self, effect: Effect) -> Result<(), Trouble> {
        match effect {
            Effect::EnsureConversation { session_id, person, unique_name, friendly_name, attributes } => {
                self.ensure(session_id, &person, (&unique_name, &friendly_name, &attributes)).await
            }
            Effect::LabelConversation {
                session_id,
                conversation_sid,
                unique_name,
                friendly_name,
                attributes,
            } => {
                let names = names(&session_id, (&unique_name, &friendly_name, &attributes));
                match self.workers.twilio.label(&conversation_sid, &names).await {
                    Ok(()) => Err(Trouble::Moot("labelled")),
                    Err(failure) => self.failed(failure, |_| None).await,
                }
            }
            Effect::AddPerson { session_id, conversation_sid, person } => {
                self.add(session_id, &conversation_sid, person).await
            }
            Effect::MovePerson {
                from_session_id,
                from_conversation_sid,
                to_session_id,
                to_conversation_sid,
                person,
            } => {
                let from = (from_session_id, from_conversation_sid);
                self.move_over(from, (to_session_id, to_conversation_sid), person).await
            }
            Effect::RemovePerson { session_id, conversation_sid, person, reason } => {
                self.remove(session_id, conversation_sid, person, reason).await
            }
            Effect::CloseConversation { session_id, conversation_sid } => {
                self.close(session_id, conversation_sid).await
            }
            Effect::Send { .. }
            | Effect::Ask { .. }
            | Effect::FetchMedia { .. }
            | Effect::CancelQueued { .. }
            | Effect::Retime { .. } => Err(Trouble::Moot("carried out elsewhere")),
        }
    }

    async fn ensure(
        &self,
        session_id: SessionId,
        person: &Person,
        called: (&str, &str, &Value),
    ) -> Result<(), Trouble> {
        let session = self.session(&session_id).await?;
        if session.conversation_sid.is_some() || !session.is_open() {
            return Err(Trouble::Moot("the session has its conversation"));
        }
        match self.workers.twilio.ensure_conversation(person, &names(&session_id, called)).await {
            Ok(ready) => {
                self.bring_back(&Input::ConversationReady {
                    session_id,
                    conversation_sid: ready.conversation_sid,
                    person: ready.person,
                    adopted: ready.adopted,
                })
                .await
            }
            Err(failure) => {
                self.failed(failure, |reason| Some(Input::ConversationFailed { session_id, reason })).await
            }
        }
    }

    async fn add(
        &self,
        session_id: SessionId,
        conversation: &ConversationSid,
        person: Person,
    ) -> Result<(), Trouble> {
        match self.workers.twilio.move_in(conversation, &person).await {
            Ok(participant_sid) => {
                let person = Person { participant_sid, ..person };
                self.bring_back(&Input::PersonAdded { session_id, person }).await
            }
            Err(failure) => {
                let gone =
                    Input::PersonGone { session_id, address: person.address, reason: LeaveReason::Removed };
                self.failed(failure, |_| Some(gone)).await
            }
        }
    }

    /// Out of the one conversation first, then into the other: Twilio lets a person be in one only. A crash in
    /// between is finished by doing it all again.
    async fn move_over(
        &self,
        (from_session_id, from): (SessionId, Option<ConversationSid>),
        (to_session_id, to): (SessionId, ConversationSid),
        person: Person,
    ) -> Result<(), Trouble> {
        let twilio = &self.workers.twilio;
        let moved = async {
            if let Some(from) = from.filter(|from| *from != to) {
                twilio.remove(&from, &person).await?;
            }
            twilio.move_in(&to, &person).await
        };
        match moved.await {
            Ok(participant_sid) => {
                let person = Person { participant_sid, ..person };
                self.bring_back(&Input::PersonMoved { from_session_id, to_session_id, person }).await
            }
            Err(failure) => {
                self.failed(failure, |reason| {
                    Some(Input::MoveFailed { from_session_id, to_session_id, person, reason })
                })
                .await
            }
        }
    }

    async fn remove(
        &self,
        session_id: SessionId,
        conversation: Option<ConversationSid>,
        person: Person,
        reason: LeaveReason,
    ) -> Result<(), Trouble> {
        if let Some(conversation) = &conversation
            && let Err(failure) = self.workers.twilio.remove(conversation, &person).await
        {
            // Somebody who must not be written to stays in the way until they are out.
            let (Failure::Again { reason, .. } | Failure::Never { reason, .. }) = failure;
            return Err(Trouble::Again { after: Duration::from_secs(2), reason });
        }
        self.bring_back(&Input::PersonGone { session_id, address: person.address, reason }).await
    }

    async fn close(
        &self,
        session_id: SessionId,
        conversation: Option<ConversationSid>,
    ) -> Result<(), Trouble> {
        let session = self.session(&session_id).await?;
        if !matches!(session.state, SessionState::Closing | SessionState::Closed) {
            return Err(Trouble::Moot("the session was resumed"));
        }
        if let Some(conversation) = conversation.or(session.conversation_sid)
            && let Err(failure) = self.workers.twilio.close(&conversation).await
        {
            return self.failed(failure, |_| Some(Input::ConversationClosed { session_id })).await;
        }
        self.bring_back(&Input::ConversationClosed { session_id }).await
    }
}

fn names<'a>(session_id: &'a SessionId, called: (&'a str, &'a str, &'a Value)) -> Names<'a> {
    let (unique, friendly, attributes) = called;
    Names { session_id: session_id.as_str(), unique, friendly, attributes }
}
