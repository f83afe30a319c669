//! One comparison with Twilio's records.

use std::collections::HashMap;

use jiff::Timestamp;
use si_channel_core::address::Address;
use si_channel_core::input::Input;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use twilio_conversations::Error;
use twilio_conversations::client::Pages;

mod conversations;
mod receipts;
mod span;

use self::conversations::{Looked, Pair};
use super::backlog::Backlog;
use super::texts::Texts;
use super::{CURSOR, Cause, OVERLAP, RECEIPTS, Repair, Report, UNDER_WAY};
use crate::engine::Engine;
use crate::intake::sifted;
use crate::store::{Accepted, CursorClaim, CursorMove, StoreError};
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
            backlog: known.clone().unwrap_or_else(|| Backlog { first: now, ..Backlog::default() }),
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
        // While all is well a receipt that is missing is one that is still to come.
        if self.report.cause != Cause::Time {
            self.backlog.ask_for_receipts(oldest.max(before - RECEIPTS));
        }
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
            self.receipts().await?;
            if is_planned {
                return Ok(());
            }
            self.plan(before);
            is_planned = true;
            // Kept before anything is asked, so that whatever happens next it is gone on with.
            self.keep(lease_ms(self.engine)).await?;
        }
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
            let is_message = match &fact.input {
                Some(Input::MessageArrived { .. }) => Some(true),
                Some(Input::ReceiptArrived { .. } | Input::StatusArrived { .. }) => Some(false),
                _ => None,
            };
            if let Some(input) = sifted(self.engine, received, fact, now).await? {
                inputs.push(input);
                are_messages.push(is_message);
            }
        }
        if inputs.is_empty() {
            return Ok(());
        }
        let accepted = self.engine.store().accept(inputs).await?;
        for (accepted, is_message) in accepted.iter().zip(are_messages) {
            match is_message.filter(|_| *accepted == Accepted::New) {
                Some(true) => self.report.taken_in += 1,
                Some(false) => self.report.receipts += 1,
                None => {}
            }
        }
        Ok(())
    }

    /// The next page of a list, within the budget.
    async fn next<T>(&mut self, pages: &mut Pages<T>) -> Result<Option<Vec<T>>, End>
    where
        T: serde::de::DeserializeOwned,
    {
        let page = self.ask(pages.next_page()).await;
        if matches!(page, Ok(None)) {
            // The end of a list is known without asking.
            self.report.requests -= 1;
        }
        Ok(page?.map(|page| page.items))
    }

    /// What Twilio answers, within the budget.
    async fn ask<T>(&mut self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, End> {
        if self.stop.is_cancelled() {
            return Err(End::Stopped);
        }
        if self.renewed.elapsed() >= RENEW {
            self.keep(lease_ms(self.engine)).await?;
        }
        if self.report.requests >= self.repair.settings.requests as u64 {
            return Err(End::Budget);
        }
        self.report.requests += 1;
        tokio::select! {
            () = self.stop.cancelled() => Err(End::Stopped),
            answer = answer => Ok(answer?),
        }
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
