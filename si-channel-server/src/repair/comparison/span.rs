//! The texts of a stretch of time.

use jiff::{SignedDuration, Timestamp};
use si_channel_core::address::Address;
use si_channel_core::event::Transport;
use twilio_conversations::api::messaging::ListMessages;
use twilio_conversations::api::messaging_media::ListMedia;
use twilio_conversations::model::messaging::{Direction, Message as Text};

use super::{Comparison, End};
use crate::repair::backlog::Span;
use crate::repair::record;
use crate::repair::texts::{Texts, received_at};

impl Comparison<'_> {
    /// Compares the texts of a stretch of time, newest first.
    pub(super) async fn span(&mut self, span: &Span) -> Result<(), End> {
        let second = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let list = ListMessages::new()
            .to(&span.number)
            .date_sent_after(second(span.from))
            .date_sent_before(second(span.to + SignedDuration::from_secs(1)))
            .page_size(ListMessages::MAX_PAGE_SIZE);
        let mut pages = self.repair.client.pages(&list);
        while let Some(texts) = self.next(&mut pages).await? {
            for text in texts {
                let sid = text.sid.to_string();
                if span.done.contains(&sid) {
                    continue;
                }
                if matches!(text.direction, Direction::Inbound) {
                    match self.text(span, &text).await {
                        Err(End::Budget) if !self.progress => {
                            // All that one comparison may ask was not enough for it: the next would not come further.
                            tracing::warn!(sid, "repair.requests do not suffice to look for a text");
                            self.report.unplaced += 1;
                        }
                        done => done?,
                    }
                }
                if let (Some(at), Some(first)) = (received_at(&text), self.backlog.spans.first_mut()) {
                    first.shorten(at, sid);
                    self.progress = true;
                }
            }
        }
        Ok(())
    }

    /// Sees to it that a text is known here.
    async fn text(&mut self, span: &Span, text: &Text) -> Result<(), End> {
        let person = text.from.as_deref().and_then(|from| from.parse::<Address>().ok());
        let policy = self.engine.policy();
        let Some(person) = person.filter(|person| !policy.senders.contains(person)) else {
            return Ok(());
        };
        if !self.known.contains_key(&person) {
            let known = Texts::known(self.engine, &person).await?;
            self.known.insert(person.clone(), known);
        }
        let known = self.known.get_mut(&person).is_some_and(|texts| texts.account_for(text));
        if !known {
            let pair = (person, span.number.clone());
            let alone =
                policy.transport == Transport::Messaging || !self.is_placed(&pair, span, text).await?;
            if alone {
                self.take_alone(text).await?;
            }
            self.report.missing += 1;
        }
        self.report.compared += 1;
        Ok(())
    }

    /// Takes in a text that went to no conversation.
    async fn take_alone(&mut self, text: &Text) -> Result<(), End> {
        let mut files = Vec::new();
        if text.num_media.is_some_and(|count| count > 0) {
            let mut pages = self.repair.client.pages(&ListMedia::new(text.sid.clone()));
            while let Some(page) = self.next(&mut pages).await? {
                files.extend(page);
            }
        }
        self.accept(vec![record::inbound(self.engine.account(), text, &files, received_at(text))]).await
    }
}
