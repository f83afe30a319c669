//! The conversations of somebody of whom a text is missing.

use jiff::Timestamp;
use si_channel_core::address::Address;
use si_channel_core::world::{Found, Want as CoreWant};
use twilio_conversations::api::message::ListMessages;
use twilio_conversations::api::participant_conversation::{ListParticipantConversations, Person};
use twilio_conversations::model::messaging::Message as Text;
use twilio_conversations::model::{ConversationState, Message, ParticipantConversation};
use twilio_conversations::sid::{ConversationSid, ServiceSid};

use super::{Comparison, End};
use crate::documents;
use crate::repair::backlog::Span;
use crate::repair::texts::{Texts, received_at};
use crate::repair::{NEAR, record};
use crate::store::{Kind, StoreError, Want};
use crate::worker::Received;

/// A person and the number of ours that they write to.
pub(super) type Pair = (Address, Address);

/// What Twilio's conversations hold of a pair.
#[derive(Debug, Default)]
pub(super) struct Looked {
    texts: Texts,
    conversations: Vec<ConversationSid>,
    /// All conversations of the person were looked for, and when those with this number were there.
    everywhere: Option<Vec<(Timestamp, Timestamp)>>,
}

impl Comparison<'_> {
    /// Looks for a text in the conversations of its author, whose new messages are taken in with it; whether it is in one,
    /// or was when it came.
    pub(super) async fn is_placed(&mut self, pair: &Pair, span: &Span, text: &Text) -> Result<bool, End> {
        let mut looked = self.looked.remove(pair).unwrap_or_default();
        let placed = self.place(&mut looked, pair, span.from - NEAR, text).await;
        self.looked.insert(pair.clone(), looked);
        placed
    }

    async fn place(
        &mut self,
        looked: &mut Looked,
        pair: &Pair,
        since: Timestamp,
        text: &Text,
    ) -> Result<bool, End> {
        if looked.conversations.is_empty()
            && let Some(sid) = self.conversation_of(pair).await?
        {
            self.conversation(looked, pair, &sid, None, since).await?;
        }
        if looked.texts.account_for(text) {
            return Ok(true);
        }
        if looked.everywhere.is_none() {
            self.everywhere(looked, pair, since).await?;
            if looked.texts.account_for(text) {
                return Ok(true);
            }
        }
        let Some(at) = received_at(text) else { return Ok(false) };
        let held = |(from, to): &(Timestamp, Timestamp)| *from <= at + NEAR && at - NEAR <= *to;
        let was_held = looked.everywhere.iter().flatten().any(held);
        if was_held {
            // It was refused when it was to be posted, which the channel does after taking it; or removed since.
            self.report.unplaced += 1;
        }
        Ok(was_held)
    }

    /// The conversation of the open session of a pair.
    async fn conversation_of(&self, (person, sender): &Pair) -> Result<Option<ConversationSid>, StoreError> {
        let want = CoreWant::Binding(person.clone(), sender.clone());
        let wants = documents::want(&want).into_iter().collect();
        let record = self.engine.store().load(wants).await?.pop().flatten();
        match record.map(|record| documents::found(&record)).transpose()? {
            Some(Found::Session(session)) => Ok(session.conversation_sid.clone()),
            _ => Ok(None),
        }
    }

    /// Looks through all conversations that the person may have written to since.
    async fn everywhere(&mut self, looked: &mut Looked, pair: &Pair, since: Timestamp) -> Result<(), End> {
        let (person, sender) = pair;
        let list = ListParticipantConversations::new(Person::Address(person.to_string()))
            .page_size(ListParticipantConversations::MAX_PAGE_SIZE);
        let mut pages = self.repair.client.pages(&list);
        let mut held = Vec::new();
        let sender = sender.to_string();
        let time = |told: &Option<twilio_conversations::Timestamp>| {
            told.as_ref().and_then(|told| told.as_str().parse::<Timestamp>().ok())
        };
        while let Some(found) = self.next(&mut pages).await? {
            for one in found {
                let binding = one.participant_messaging_binding.as_ref();
                let proxy = binding.and_then(|binding| binding.proxy_address.as_deref());
                if proxy.is_some_and(|proxy| proxy != sender) {
                    continue;
                }
                let closed = one.conversation_state == ConversationState::Closed;
                let from = time(&one.conversation_date_created).unwrap_or(Timestamp::MIN);
                let to = time(&one.conversation_date_updated).filter(|_| closed).unwrap_or(Timestamp::MAX);
                held.push((from, to));
                if to >= since && !looked.conversations.contains(&one.conversation_sid) {
                    let sid = one.conversation_sid.clone();
                    self.conversation(looked, pair, &sid, Some(&one), since).await?;
                }
            }
        }
        looked.everywhere = Some(held);
        Ok(())
    }

    /// Takes in what is new in a conversation since a time.
    async fn conversation(
        &mut self,
        looked: &mut Looked,
        pair: &Pair,
        sid: &ConversationSid,
        found: Option<&ParticipantConversation>,
        since: Timestamp,
    ) -> Result<(), End> {
        let list = ListMessages::new(sid.clone()).newest_first().page_size(ListMessages::MAX_PAGE_SIZE);
        let mut pages = self.repair.client.pages(&list);
        let mut messages: Vec<Message> = Vec::new();
        let mut ended = Ok(());
        loop {
            match self.next(&mut pages).await {
                Ok(None) => break,
                Ok(Some(page)) => messages.extend(page),
                // It was deleted; nobody can take anything in from it.
                Err(End::Twilio(error)) if error.is_not_found() => break,
                Err(end) => {
                    ended = Err(end);
                    break;
                }
            }
            let oldest = messages.last().and_then(|last| last.date_created.as_ref()?.as_str().parse().ok());
            if oldest.is_some_and(|at: Timestamp| at < since) {
                break;
            }
        }
        // What was read is taken in, even when the rest has to wait.
        messages.sort_by_key(|message| message.index);
        self.take_in(pair, sid, found, &messages).await?;
        ended?;
        looked.texts.add(&messages, &pair.0);
        looked.conversations.push(sid.clone());
        Ok(())
    }

    async fn take_in(
        &mut self,
        (person, sender): &Pair,
        sid: &ConversationSid,
        found: Option<&ParticipantConversation>,
        messages: &[Message],
    ) -> Result<(), End> {
        let (account, policy) = (self.engine.account(), self.engine.policy());
        let service: Option<&ServiceSid> = found.and_then(|found| found.chat_service_sid.as_ref());
        let told = messages.iter().filter_map(|message| {
            record::message_added(account, service, message, |address| policy.senders.contains(address))
        });
        let mut webhooks: Vec<Received> = told.collect();
        let want = Want::Key(Kind::Session, documents::CONVERSATION, sid.to_string());
        let is_new = self.engine.store().load(vec![want]).await?.pop().flatten().is_none();
        if is_new && !webhooks.is_empty() {
            webhooks.insert(0, record::conversation_added(account, sid, (person, sender), found));
        }
        let before = self.report.taken_in;
        self.accept(webhooks).await?;
        let count = self.report.taken_in - before;
        if count > 0 {
            tracing::info!(conversation = %sid, messages = count, "took in what no webhook brought");
        }
        Ok(())
    }
}
