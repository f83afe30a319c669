//! Repair: what Twilio holds and no webhook brought is taken in, by the same door and under the same keys.
//!
//! Twilio does not send the webhook of a conversation again, and that of a number once more at most. What came while no
//! server answered it keeps all the same: every text that came to a number of ours is in its list of messages, whatever
//! became of it after. One list for each number over the time since the last comparison finds them all, however many
//! conversations are open. A text that the channel knows already is told by its words, its author and its time, since it
//! has another SID in its conversation. Only for one that it does not know is its conversation looked at; what is new there
//! is accepted as if its webhook had come. A webhook that comes late, or a second comparison, changes nothing any more.
//!
//! How far the comparison has come, and what it had to leave, is a cursor in the store, held by one server at a time.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use twilio_conversations::client::Client;

mod backlog;
mod comparison;
mod record;
mod texts;

pub use self::comparison::End;

use self::comparison::Comparison;
use crate::config;
use crate::engine::Engine;

/// The cursor's name in the store.
pub const CURSOR: &str = "repair";

/// How much of what was compared before is compared again: what Twilio lists late, and clocks that differ.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// Two records no further apart than this may be of the same text.
const NEAR: SignedDuration = SignedDuration::from_mins(2);
/// What came less than this ago is left to its webhook, which Twilio gives up within 15 s.
const UNDER_WAY: SignedDuration = SignedDuration::from_secs(20);

/// A message that was sent this long before the last comparison may still have awaited its receipts then.
const RECEIPTS: SignedDuration = SignedDuration::from_hours(1);

/// Why a comparison was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The server has started.
    Start,
    /// A webhook was refused, because it could not be kept.
    Outage,
    /// It was time.
    Time,
    /// Somebody asked for it.
    Request,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Why it was made.
    pub cause: Cause,
    /// When it began.
    pub at: Timestamp,
    /// From when on texts were compared; `None` the first time, when there is nothing to compare yet.
    pub from: Option<Timestamp>,
    /// Texts to our numbers that Twilio holds of that time.
    pub compared: u64,
    /// Those among them that the channel did not know.
    pub missing: u64,
    /// Messages that were taken in: missing texts, and what else was new in their conversations.
    pub taken_in: u64,
    /// Missing texts that are in no conversation any more, and did not come by the number's webhook either.
    pub unplaced: u64,
    /// Receipts that were taken in, of messages that awaited one.
    pub receipts: u64,
    /// Requests that were made to Twilio.
    pub requests: u64,
    /// Whether something is left for the next comparison: `repair.requests` were made.
    pub left_over: bool,
    /// What ended it early; the next one goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

impl Report {
    fn new(cause: Cause, at: Timestamp) -> Self {
        Self {
            cause,
            at,
            from: None,
            compared: 0,
            missing: 0,
            taken_in: 0,
            unplaced: 0,
            receipts: 0,
            requests: 0,
            left_over: false,
            trouble: None,
        }
    }
}

/// The comparing of this server, shared by the worker that does it and whoever asks for it.
#[derive(Clone)]
pub struct Repair {
    /// When, and how much.
    pub settings: config::Repair,
    client: Client,
    owner: Arc<str>,
    /// One comparison at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
    last: Arc<Mutex<Option<Report>>>,
    missed: Arc<Notify>,
    holding: Arc<watch::Sender<bool>>,
}

impl std::fmt::Debug for Repair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repair").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Repair {
    /// Compares through `client`, as `owner` of the cursor. Nothing is sent until the first comparison has ended.
    pub fn new(settings: config::Repair, client: Client, owner: Arc<str>) -> Self {
        let holding = settings.on && !settings.hold_sends.is_zero();
        Self {
            settings,
            client,
            owner,
            turn: Arc::default(),
            last: Arc::default(),
            missed: Arc::default(),
            holding: Arc::new(watch::Sender::new(holding)),
        }
    }

    /// What the last comparison of this server found.
    pub fn last(&self) -> Option<Report> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A webhook was refused: it is worth looking for what it told.
    pub fn missed_one(&self) {
        self.missed.notify_one();
    }

    /// Returns once a webhook was refused.
    pub(crate) async fn missed(&self) {
        self.missed.notified().await;
    }

    /// Whether nothing is sent yet, since somebody may have opted out while no server ran.
    pub fn is_holding(&self) -> bool {
        *self.holding.borrow()
    }

    /// Lets what waits be sent.
    pub(crate) fn let_go(&self) {
        self.holding.send_replace(false);
    }

    /// Returns once what waits may be sent.
    pub(crate) async fn lets_go(&self) {
        // Cannot fail: `self` holds the sender.
        let _ = self.holding.subscribe().wait_for(|holding| !holding).await;
    }

    /// Compares what is to be compared, within the requests that one comparison may make.
    ///
    /// # Errors
    /// [`End`], with nothing found, when another server compares, the store is away, or the server stops.
    pub async fn compare(
        &self,
        engine: &Engine,
        cause: Cause,
        stop: &CancellationToken,
    ) -> Result<Report, End> {
        let _turn = self.turn.lock().await;
        let report = Comparison::make(self, engine, cause, stop).await?;
        if report.missing + report.receipts > 0
            || report.left_over
            || report.trouble.is_some()
            || cause == Cause::Request
        {
            let Report { compared, missing, taken_in, unplaced, receipts, requests, left_over, .. } = report;
            let trouble = report.trouble.as_deref();
            tracing::info!(
                ?cause,
                compared,
                missing,
                taken_in,
                unplaced,
                receipts,
                requests,
                left_over,
                trouble,
                "compared with Twilio's records"
            );
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(report.clone());
        Ok(report)
    }
}

/// A time of the 2010 API.
fn rfc_2822(told: &twilio_conversations::Timestamp) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(told.as_str()).ok().map(|at| at.timestamp())
}
