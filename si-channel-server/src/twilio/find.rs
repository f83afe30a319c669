//! Find-or-create: one open conversation for a person and a sender.

use si_channel_core::event::Person;
use twilio_conversations::api::conversation::{
    CreateConversation, DeleteConversation, FetchConversation, UpdateConversation,
};
use twilio_conversations::api::participant::{CreateParticipant, ListParticipants};
use twilio_conversations::api::participant_conversation::{ListParticipantConversations, Person as ByPerson};
use twilio_conversations::model::{Conversation, ConversationState};
use twilio_conversations::sid::{ConversationSid, ParticipantSid};
use twilio_conversations::{Attributes, ConversationRef};

use crate::twilio::{Failure, Ready, Twilio, same};

/// Twilio's code for a unique name that is taken. <https://www.twilio.com/docs/api/errors/50353>
const NAME_TAKEN: u32 = 50353;
/// Twilio's codes for a participant that is already there. <https://www.twilio.com/docs/api/errors/50433>
const ALREADY_THERE: [u32; 2] = [50433, 50437];

/// What a conversation made for a session is called.
#[derive(Debug, Clone)]
pub struct Names<'a> {
    /// The session, which tells a conversation of ours from one of the same name.
    pub session_id: &'a str,
    /// The unique name it should have; it gets a suffix when another conversation holds it.
    pub unique: &'a str,
    /// The friendly name.
    pub friendly: &'a str,
    /// The attributes, JSON.
    pub attributes: &'a serde_json::Value,
}

impl Twilio {
    /// The open conversation of the person and their sender, made if there is none.
    pub async fn ensure_conversation(&self, person: &Person, names: &Names<'_>) -> Result<Ready, Failure> {
        if let Some(ready) = self.open_conversation_of(person).await? {
            return Ok(ready);
        }
        let ours = self.make_conversation(names).await?;
        match self.put_in(&ours.sid, person).await? {
            Placed::In(participant) => {
                let person = Person { participant_sid: participant, ..person.clone() };
                Ok(Ready { conversation_sid: ours.sid, person, adopted: false })
            }
            Placed::Elsewhere(other) => {
                // Somebody was faster, Twilio itself perhaps: theirs is the conversation, ours is not needed.
                let spare = ConversationRef::from(ours.sid);
                match self.client.send(&DeleteConversation::new(spare)).await {
                    Err(error) if !error.is_not_found() => return Err(error.into()),
                    _ => {}
                }
                let participant = self.participant_in(&other, person).await?;
                let person = Person { participant_sid: participant, ..person.clone() };
                Ok(Ready { conversation_sid: other, person, adopted: true })
            }
        }
    }

    /// Gives a conversation that Twilio made the session's names, and adds the session to its attributes.
    pub async fn label(&self, conversation: &ConversationSid, names: &Names<'_>) -> Result<(), Failure> {
        let current = self.client.send(&FetchConversation::new(conversation.clone())).await?;
        if current.state == ConversationState::Closed {
            return Ok(());
        }
        let mut fields = match current.attributes.to_json() {
            Ok(serde_json::Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        if let serde_json::Value::Object(ours) = names.attributes {
            fields.extend(ours.clone());
        }
        let attributes = Attributes::new(serde_json::Value::Object(fields).to_string());
        let mut suffix = 0;
        loop {
            let mut update = UpdateConversation::new(conversation.clone()).attributes(&attributes)?;
            if current.friendly_name.is_none() {
                update = update.friendly_name(names.friendly)?;
            }
            if current.unique_name.is_none() {
                update = update.unique_name(suffixed(names, suffix));
            }
            match self.client.send(&update).await {
                Err(error) if error.code() == Some(NAME_TAKEN) && suffix == 0 => suffix = 1,
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(()),
            }
        }
    }

    async fn open_conversation_of(&self, person: &Person) -> Result<Option<Ready>, Failure> {
        let list = ListParticipantConversations::new(ByPerson::Address(person.address.to_string()))
            .page_size(ListParticipantConversations::MAX_PAGE_SIZE);
        let mut pages = self.client.pages(&list);
        while let Some(page) = pages.next_page().await? {
            for found in page.items {
                let binding = found.participant_messaging_binding.as_ref();
                let proxy = binding.and_then(|b| b.proxy_address.as_deref());
                if found.conversation_state != ConversationState::Closed && same(&person.sender, proxy) {
                    return Ok(Some(Ready {
                        conversation_sid: found.conversation_sid,
                        person: Person { participant_sid: Some(found.participant_sid), ..person.clone() },
                        adopted: true,
                    }));
                }
            }
        }
        Ok(None)
    }

    /// Makes the session's conversation, or finds the one it made before a crash: its attributes name the session.
    async fn make_conversation(&self, names: &Names<'_>) -> Result<Conversation, Failure> {
        let attributes = Attributes::new(names.attributes.to_string());
        for suffix in 0..2 {
            let unique = suffixed(names, suffix);
            let create = CreateConversation::new()
                .unique_name(&unique)
                .friendly_name(names.friendly)?
                .attributes(&attributes)?;
            match self.client.send(&create).await {
                Ok(made) => return Ok(made),
                Err(error) if error.code() == Some(NAME_TAKEN) => {
                    let by_name = ConversationRef::unique_name(unique)
                        .map_err(|error| Failure::Never { code: None, reason: error.to_string() })?;
                    let held = match self.client.send(&FetchConversation::new(by_name)).await {
                        Ok(held) => held,
                        Err(error) if error.is_not_found() => continue,
                        Err(error) => return Err(error.into()),
                    };
                    let session = held.attributes.get("sessionId");
                    let ours = session.as_ref().and_then(|s| s.as_str()) == Some(names.session_id);
                    if ours && held.state != ConversationState::Closed {
                        return Ok(held);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::again("both unique names are held by other conversations"))
    }

    /// Puts a person into a conversation.
    pub(super) async fn put_in(
        &self,
        conversation: &ConversationSid,
        person: &Person,
    ) -> Result<Placed, Failure> {
        let create = CreateParticipant::by_address(
            conversation.clone(),
            person.address.to_string(),
            person.sender.to_string(),
        )?;
        match self.client.send(&create).await {
            Ok(participant) => Ok(Placed::In(Some(participant.sid))),
            Err(error) => match (error.conflicting_conversation(), error.code()) {
                (Some(other), _) if other == conversation => {
                    Ok(Placed::In(self.participant_in(conversation, person).await?))
                }
                (Some(other), _) => Ok(Placed::Elsewhere(other.clone())),
                (None, Some(code)) if ALREADY_THERE.contains(&code) => {
                    Ok(Placed::In(self.participant_in(conversation, person).await?))
                }
                // A conflict that does not name the other conversation: it is found by the person.
                (None, _) if error.is_conflict() => match self.open_conversation_of(person).await? {
                    Some(other) if other.conversation_sid == *conversation => {
                        Ok(Placed::In(other.person.participant_sid))
                    }
                    Some(other) => Ok(Placed::Elsewhere(other.conversation_sid)),
                    None => Err(Failure::again("a conflict with a conversation that cannot be found")),
                },
                _ => Err(error.into()),
            },
        }
    }

    /// The person's participant in a conversation.
    pub(super) async fn participant_in(
        &self,
        conversation: &ConversationSid,
        person: &Person,
    ) -> Result<Option<ParticipantSid>, Failure> {
        let list = ListParticipants::new(conversation.clone()).page_size(ListParticipants::MAX_PAGE_SIZE);
        let mut pages = self.client.pages(&list);
        while let Some(page) = pages.next_page().await? {
            for participant in page.items {
                let binding = participant.messaging_binding.as_ref();
                if same(&person.address, binding.and_then(|b| b.address.as_deref())) {
                    return Ok(Some(participant.sid));
                }
            }
        }
        Ok(None)
    }
}

/// Where a person ended up.
#[derive(Debug)]
pub(super) enum Placed {
    /// In the conversation, as this participant where it could be found.
    In(Option<ParticipantSid>),
    /// Still in another.
    Elsewhere(ConversationSid),
}

/// The unique name, or one that no other session has.
fn suffixed(names: &Names<'_>, suffix: u32) -> String {
    if suffix == 0 {
        return names.unique.to_owned();
    }
    format!("{}_{}", names.unique, names.session_id)
}
