//! What became of messages that await a receipt.

use si_channel_core::outbound::{OutboundMessage, OutboundState};
use si_channel_core::world::Found;
use twilio_conversations::api::messaging::FetchMessage;
use twilio_conversations::api::receipt::ListReceipts;
use twilio_conversations::sid::{ConversationSid, MessageSid, SmsSid};

use super::{Comparison, End};
use crate::documents;
use crate::repair::backlog::Receipts;
use crate::repair::record;
use crate::store::{Kind, Page, StoreError, Want};

/// Messages that are read in one go.
const PAGE: usize = 100;

impl Comparison<'_> {
    /// Asks after the messages that await a receipt, newest first.
    pub(super) async fn receipts(&mut self) -> Result<(), End> {
        while let Some(Receipts { from, before }) = self.backlog.receipts.clone() {
            let key = (documents::STATE, documents::ANY);
            let messages =
                self.engine.store().list(Kind::Outbound, key, Page { before, limit: PAGE }).await?;
            let is_last = messages.len() < PAGE;
            for (order, record) in messages {
                if order < from.as_millisecond() {
                    self.backlog.receipts = None;
                    return Ok(());
                }
                if let Found::Outbound(message) = documents::found(&record)?
                    && matches!(message.state, OutboundState::Accepted | OutboundState::Sent)
                {
                    self.receipts_of(&message).await?;
                }
                self.backlog.receipts = Some(Receipts { from, before: Some((order, record.id)) });
            }
            if is_last {
                self.backlog.receipts = None;
            }
        }
        Ok(())
    }

    async fn receipts_of(&mut self, message: &OutboundMessage) -> Result<(), End> {
        let (account, client) = (self.engine.account().clone(), self.repair.client.clone());
        let Some(sid) = &message.message_sid else { return Ok(()) };
        let told = if let Ok(sid) = sid.parse::<MessageSid>() {
            let Some(conversation) = self.conversation_of_message(message).await? else { return Ok(()) };
            let list = ListReceipts::new(conversation, sid).page_size(ListReceipts::MAX_PAGE_SIZE);
            let page = self.next(&mut client.pages(&list)).await;
            page.map(|page| {
                page.iter().flatten().map(|one| record::delivery_updated(&account, one)).collect()
            })
        } else if let Ok(sid) = sid.parse::<SmsSid>() {
            let text = self.ask(client.send(&FetchMessage::new(sid))).await;
            text.map(|text| vec![record::status(&account, &text, message.id())])
        } else {
            return Ok(());
        };
        match told {
            Ok(told) => self.accept(told).await,
            // It was deleted.
            Err(End::Twilio(error)) if error.is_not_found() => Ok(()),
            Err(end) => Err(end),
        }
    }

    async fn conversation_of_message(
        &self,
        message: &OutboundMessage,
    ) -> Result<Option<ConversationSid>, StoreError> {
        let want = Want::Id(Kind::Session, message.session_id.to_string());
        let record = self.engine.store().load(vec![want]).await?.pop().flatten();
        match record.map(|record| documents::found(&record)).transpose()? {
            Some(Found::Session(session)) => Ok(session.conversation_sid.clone()),
            _ => Ok(None),
        }
    }
}
