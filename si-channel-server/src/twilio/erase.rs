//! What Twilio holds of a person: found by their number, and deleted.

use si_channel_core::address::Address;
use twilio_conversations::api::conversation::DeleteConversation;
use twilio_conversations::api::message::DeleteMessage as DeleteConversationMessage;
use twilio_conversations::api::messaging::{DeleteMessage, ListMessages, UpdateMessage};
use twilio_conversations::api::receipt::ListReceipts;
use twilio_conversations::sid::SmsSid;
use twilio_conversations::{ConversationRef, Error};

use crate::erasure::Remote;
use crate::twilio::{Failure, Twilio};

/// So many records of a person are deleted; who has more is told of.
const MOST: usize = 10_000;

impl Twilio {
    /// The records of messages from and to a person.
    pub async fn records_of(&self, addresses: &[Address]) -> Result<Vec<Remote>, Failure> {
        let mut found = Vec::new();
        for address in addresses {
            for list in [ListMessages::new().from(address), ListMessages::new().to(address)] {
                let mut pages = self.client.pages(&list.page_size(1_000));
                while let Some(page) = pages.next_page().await? {
                    found.extend(page.items.into_iter().map(|record| Remote::Record { sid: record.sid }));
                    if found.len() >= MOST {
                        return Ok(found);
                    }
                }
            }
        }
        Ok(found)
    }

    /// Deletes something; that it is gone is as good.
    pub async fn delete_remote(&self, remote: &Remote) -> Result<(), Failure> {
        match remote {
            Remote::Conversation { sid } => {
                let conversation = ConversationRef::from(sid.clone());
                gone(self.client.send(&DeleteConversation::new(conversation)).await)
            }
            Remote::Message { conversation_sid, sid } => {
                let conversation = ConversationRef::from(conversation_sid.clone());
                // What went to each phone is a record of its own, found by the receipts.
                let receipts = ListReceipts::new(conversation.clone(), sid.clone()).page_size(50);
                let mut pages = self.client.pages(&receipts);
                loop {
                    let page = match pages.next_page().await {
                        Ok(Some(page)) => page,
                        Ok(None) => break,
                        Err(error) if error.is_not_found() => break,
                        Err(error) => return Err(error.into()),
                    };
                    for copy in page.items.into_iter().filter_map(|receipt| receipt.channel_message_sid) {
                        if let Ok(copy) = copy.as_str().parse() {
                            self.delete_record(copy).await?;
                        }
                    }
                }
                gone(self.client.send(&DeleteConversationMessage::new(conversation, sid.clone())).await)
            }
            Remote::Record { sid } => self.delete_record(sid.clone()).await,
        }
    }

    async fn delete_record(&self, sid: SmsSid) -> Result<(), Failure> {
        // The text first: where the record must stay, it stays without.
        gone(self.client.send(&UpdateMessage::redact(sid.clone())).await.map(drop))?;
        match gone(self.client.send(&DeleteMessage::new(sid)).await) {
            Err(Failure::Never { code, reason }) => {
                Err(Failure::Never { code, reason: format!("{reason}; its text is blanked") })
            }
            other => other,
        }
    }
}

fn gone(outcome: Result<(), Error>) -> Result<(), Failure> {
    match outcome {
        Err(error) if !error.is_not_found() => Err(error.into()),
        _ => Ok(()),
    }
}
