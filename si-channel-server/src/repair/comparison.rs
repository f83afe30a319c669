//! One comparison with Twilio's records.

use std::collections::HashMap;

use jiff::Timestamp;
use si_channel_core::address::Address;
use si_channel_core::event::Transport;
use si_channel_core::input::Input;
use si_channel_core::world::Found;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use twilio_conversations::Error;
use twilio_conversations::api::message::ListMessages;
use twilio_conversations::api::messaging::ListMessages as ListTexts;
use twilio_conversations::api::messaging_media::ListMedia;
use twilio_conversations::api::participant_conversation::{ListParticipantConversations, Person};
use twilio_conversations::client::Pages;
use twilio_conversations::model::messaging::{Direction, Message as Text};
use twilio_conversations::model::{ConversationState, Message, ParticipantConversation};
use twilio_conversations::sid::{ConversationSid, ServiceSid};

use super::backlog::{Backlog, Span};
use super::texts::{Texts, received_at};
use super::{CURSOR, Cause, NEAR, OVERLAP, Repair, Report, UNDER_WAY, record};
use crate::documents;
use crate::engine::Engine;
use crate::intake::sifted;
use crate::store::{Accepted, CursorClaim, CursorMove, Kind, StoreError, Want};
use crate::worker::{FOR_GOOD_MS, LEASE_MS, RENEW, Received};

/// What ends a comparison early.
#[derive(Debug, thiserror::Error)]
pub enum End {
    /// The requests that it may make are made.
    #[error("the requests of one comparison are made")]
    Budget,
    /// Twilio does not do what it is asked, or cannot be reached.
    #[error("Twilio: {0}")]
    Twilio(#[from] Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another server compares.
    #[error("another server compares with Twilio's records now")]
    Overtaken,
    /// The server stops.
    #[error("the server stops")]
    Stopped,
}

/// A person and the number of ours that they write to.
type Pair = (Address, Address);

/// What Twilio's conversations hold of a pair.
#[derive(Debug, Default)]
struct Looked {
    texts: Texts,
    conversations: Vec<ConversationSid>,
    /// All conversations of the person were looked for, and when those with this number were there.
    everywhere: Option<Vec<(Timestamp, Timestamp)>>,
}

/// A comparison while it goes on.
pub(super) struct Comparison<'a> {
    repair: &'a Repair,
    engine: &'a Engine,
    stop: &'a CancellationToken,
    report: Report,
    fence: i64,
    /// Up to when all was compared or is in the backlog.
    until: Timestamp,
    /// Up to when there is anything to compare.
    settled: Timestamp,
    backlog: Backlog,
    renewed: Instant,
    known: HashMap<Address, Texts>,
    looked: HashMap<Pair, Looked>,
    /// Something was done with.
    progress: bool,
}

impl<'a> Comparison<'a> {
    /// Compares, and tells what was found.
    pub(super) async fn make(
        repair: &'a Repair,
        engine: &'a Engine,
        cause: Cause,
        stop: &'a CancellationToken,
    ) -> Result<Report, End> {
        let now = engine.clock().now();
        let now_ms = now.as_millisecond();
        let claim = CursorClaim {
            owner: repair.owner.clone(),
            now_ms,
            lease_until_ms: now_ms.saturating_add(lease_ms(engine)),
        };
        let claimed = engine.store().claim_cursor(CURSOR, claim).await?;
        let place = claimed.ok_or(End::Overtaken)?;
        let before = Timestamp::from_millisecond(place.position).unwrap_or_default();
        let settled = if cause == Cause::Time { now - UNDER_WAY } else { now };
        let known = Backlog::of(&place.note);
        let mut comparison = Self {
            repair,
            engine,
            stop,
            report: Report::new(cause, now),
            fence: place.fence,
            until: if known.is_some() { before } else { now },
            settled: settled.max(before),
            backlog: known.clone().unwrap_or_else(|| Backlog { first: now, spans: Vec::new() }),
            renewed: Instant::now(),
            known: HashMap::new(),
            looked: HashMap::new(),
            progress: false,
        };
        // The first time the channel begins, and what came before was never for it.
        let ended = if known.is_some() { comparison.go_through(before).await } else { Ok(()) };
        match ended {
            Ok(()) => {}
            Err(End::Budget) => comparison.report.left_over = true,
            Err(end @ End::Twilio(_)) => comparison.report.trouble = Some(end.to_string()),
            Err(end @ (End::Store(_) | End::Overtaken)) => return Err(end),
            Err(End::Stopped) => {
                comparison.keep(0).await?;
                return Err(End::Stopped);
            }
        }
        comparison.keep(0).await?;
        Ok(comparison.report)
    }

    /// Adds the time since the last comparison to what is to be compared.
    fn plan(&mut self, before: Timestamp) {
        let policy = self.engine.policy();
        let numbers: Vec<Address> =
            [&policy.senders.sms, &policy.senders.whatsapp].into_iter().flatten().cloned().collect();
        self.backlog.add(&numbers, before - OVERLAP, self.settled);
        self.until = self.settled;
        let reach = self.repair.settings.reach;
        let oldest = self.report.at.checked_sub(reach).unwrap_or(Timestamp::MIN);
        if before < oldest {
            tracing::warn!(from = %before, to = %oldest, "nothing of this time is compared: repair.reach is shorter");
        }
        self.backlog.trim(&numbers, oldest);
    }

    /// What was left first, and then the time since.
    async fn go_through(&mut self, before: Timestamp) -> Result<(), End> {
        let mut is_planned = false;
        loop {
            let began = self.backlog.spans.iter().map(|span| span.from).min();
            self.report.from = [self.report.from, began].into_iter().flatten().min();
            while let Some(span) = self.backlog.spans.first().cloned() {
                self.span(&span).await?;
                self.backlog.spans.remove(0);
            }
            if is_planned {
                return Ok(());
            }
            self.plan(before);
            is_planned = true;
            // Kept before anything is asked, so that whatever happens next it is gone on with.
            self.keep(lease_ms(self.engine)).await?;
        }
    }

    /// Compares the texts of a stretch of time, newest first.
    async fn span(&mut self, span: &Span) -> Result<(), End> {
        let second = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let list = ListTexts::new()
            .to(&span.number)
            .date_sent_after(second(span.from))
            .date_sent_before(second(span.to + jiff::SignedDuration::from_secs(1)))
            .page_size(ListTexts::MAX_PAGE_SIZE);
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

    /// Looks for a text in the conversations of its author, whose new messages are taken in with it; whether it is in one,
    /// or was when it came.
    async fn is_placed(&mut self, pair: &Pair, span: &Span, text: &Text) -> Result<bool, End> {
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
        let want = si_channel_core::world::Want::Binding(person.clone(), sender.clone());
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
        self.accept(webhooks).await
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

    /// The way of a webhook, from where it is understood.
    async fn accept(&mut self, webhooks: Vec<Received>) -> Result<(), End> {
        let now = self.engine.clock().now();
        let mut inputs = Vec::with_capacity(webhooks.len());
        let mut are_messages = Vec::with_capacity(webhooks.len());
        for received in webhooks {
            let fact = match received.fact(self.engine.account(), now) {
                Ok(fact) => fact,
                Err(error) => {
                    tracing::error!(%error, "a record of Twilio's is not understood and is left out");
                    continue;
                }
            };
            let is_message = matches!(fact.input, Some(Input::MessageArrived { .. }));
            if let Some(input) = sifted(self.engine, received, fact, now).await? {
                inputs.push(input);
                are_messages.push(is_message);
            }
        }
        if inputs.is_empty() {
            return Ok(());
        }
        let accepted = self.engine.store().accept(inputs).await?;
        let new =
            accepted.iter().zip(are_messages).filter(|(accepted, is)| **accepted == Accepted::New && *is);
        self.report.taken_in += new.count() as u64;
        Ok(())
    }

    /// The next page of a list, within the budget.
    async fn next<T>(&mut self, pages: &mut Pages<T>) -> Result<Option<Vec<T>>, End>
    where
        T: serde::de::DeserializeOwned,
    {
        if self.stop.is_cancelled() {
            return Err(End::Stopped);
        }
        if self.renewed.elapsed() >= RENEW {
            self.keep(lease_ms(self.engine)).await?;
        }
        if self.report.requests >= self.repair.settings.requests as u64 {
            return Err(End::Budget);
        }
        let page = tokio::select! {
            () = self.stop.cancelled() => return Err(End::Stopped),
            page = pages.next_page() => page,
        };
        let page = page.inspect_err(|_| self.report.requests += 1)?;
        if page.is_some() {
            self.report.requests += 1;
        }
        Ok(page.map(|page| page.items))
    }

    /// Notes how far it has come, and holds the cursor for so long.
    async fn keep(&mut self, lease_ms: i64) -> Result<(), End> {
        let now_ms = self.engine.clock().now_ms();
        let to = CursorMove {
            fence: self.fence,
            position: self.until.as_millisecond(),
            note: self.backlog.note(),
            now_ms,
            lease_until_ms: now_ms.saturating_add(lease_ms),
        };
        if !self.engine.store().move_cursor(CURSOR, to).await? {
            return Err(End::Overtaken);
        }
        self.renewed = Instant::now();
        Ok(())
    }
}

fn lease_ms(engine: &Engine) -> i64 {
    if engine.store().is_shared() { LEASE_MS } else { FOR_GOOD_MS }
}
