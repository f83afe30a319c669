//! One outbound message: from queued to read, or to the reason why not.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::context::Context;
use crate::effect::{Effect, Planned, Reaction, TimerKind, TimerPlan, writes};
use crate::event::{Event, Queued, ReceiptStatus, Target};
use crate::id::{OutboundId, SessionId};
use crate::place::Zone;
use crate::rejection::Rejection;
use crate::rules::RuleRef;
use crate::window;

/// What to do about it.
const WINDOW_REMEDY: &str = "the person has not written on WhatsApp for 24 hours: send an approved template \
                             (`template` of POST /v1/messages), or name one in policy.whatsapp.window_template";

/// Why a message waits for its recipients' hours, or was not sent because of them.
pub const QUIET_HOURS: &str = "quiet_hours";

/// Where an outbound message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboundState {
    /// Waiting for its turn.
    Queued,
    /// Being handed to Twilio.
    Sending,
    /// Perhaps taken by Twilio; being looked for.
    Unknown,
    /// Taken by Twilio.
    Accepted,
    /// Handed to the carrier, for every recipient heard of.
    Sent,
    /// On the phone of every recipient heard of.
    Delivered,
    /// Seen by every recipient heard of.
    Read,
    /// Refused by the carrier for every recipient.
    Undelivered,
    /// Not sent.
    Failed,
    /// Not sent, because it may not be.
    Cancelled,
    /// Not sent in time.
    Expired,
}

impl OutboundState {
    /// Its name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Every state, for listing.
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Accepted,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Undelivered,
        Self::Failed,
        Self::Cancelled,
        Self::Expired,
    ];

    /// Whether it still has to reach Twilio.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Queued | Self::Sending | Self::Unknown)
    }
}

/// How far the message got for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The furthest it got, whatever order the news came in.
    pub status: ReceiptStatus,
    /// Twilio's error code for that.
    pub error_code: Option<u32>,
    /// Everything heard, in the order it came.
    pub heard: Vec<(ReceiptStatus, Timestamp)>,
}

/// The state of an outbound message: the fold of its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboundMessage {
    /// What was queued.
    #[serde(flatten)]
    pub queued: Queued,
    /// The session it belongs to.
    pub session_id: SessionId,
    /// Where it is.
    pub state: OutboundState,
    /// Attempts so far.
    pub attempts: u32,
    /// When the last attempt began.
    pub attempted_at: Option<Timestamp>,
    /// Since when its outcome is unclear.
    pub unclear_since: Option<Timestamp>,
    /// Until when it waits for its recipients' hours, and by what rule.
    #[serde(default)]
    pub postponed: Option<Postponed>,
    /// Twilio's SID.
    pub message_sid: Option<String>,
    /// Twilio's index in the conversation.
    pub index: Option<i64>,
    /// What people see of a template, where Twilio told.
    #[serde(default)]
    pub shown: Option<String>,
    /// When Twilio took it.
    pub accepted_at: Option<Timestamp>,
    /// How far it got, by recipient.
    pub receipts: BTreeMap<String, Receipt>,
    /// Why it was not sent, or Twilio's error code.
    pub reason: Option<String>,
    /// Twilio's error code.
    pub error_code: Option<u32>,
    /// It was deleted in Twilio. How far it got stays known; people who have it still have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

/// Why a message waits though its turn has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postponed {
    /// `quiet_hours` or `spend_ceiling`.
    pub reason: String,
    /// From when on it may be sent.
    pub until: Timestamp,
    /// The rule that holds it.
    #[serde(flatten)]
    pub rule: RuleRef,
}

/// What forbids a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Why, as a code.
    pub reason: &'static str,
    /// The dated rule, where one says so.
    pub rule: Option<RuleRef>,
}

impl From<&'static str> for Bar {
    fn from(reason: &'static str) -> Self {
        Self { reason, rule: None }
    }
}

/// What can happen to an outbound message.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// It is its turn.
    Claim {
        /// What forbids it, as read in the same transaction.
        barred: Option<Bar>,
    },
    /// Twilio took it, or it was found there.
    Accept {
        /// Twilio's SID.
        message_sid: String,
        /// Twilio's index in the conversation.
        index: Option<i64>,
        /// What people see of it, where Twilio tells.
        shown: Option<String>,
        /// When Twilio took it.
        at: Timestamp,
    },
    /// Twilio did not take it.
    Refuse {
        /// Twilio's error code.
        error_code: Option<u32>,
        /// In words.
        reason: String,
        /// Whether trying again can help.
        transient: bool,
        /// It is Twilio that is in trouble, not the message.
        outage: bool,
        /// Twilio's own wish how long to wait.
        retry_after: Option<SignedDuration>,
    },
    /// Whether Twilio took it is not known.
    Lose,
    /// It was looked for and is not there.
    NotFound {
        /// Looking there tells for certain whether Twilio took it.
        certain: bool,
    },
    /// Its recipients may not be written to now, or the day has cost enough.
    Postpone {
        /// Why, as a code.
        reason: &'static str,
        /// From when on they may; `None` when there is no such time.
        until: Option<Timestamp>,
        /// The rule that says so.
        rule: RuleRef,
        /// The zones in which it is not time.
        zones: Vec<Zone>,
    },
    /// Its session has ended; it goes on in another.
    Move {
        /// Where it goes now.
        target: Target,
        /// The session it is sent in.
        to_session_id: SessionId,
    },
    /// Somebody asks for another try.
    Again,
    /// It is not to be sent.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Twilio told how far it got.
    Receipt {
        /// For whom.
        recipient: String,
        /// How far.
        status: ReceiptStatus,
        /// Twilio's error code.
        error_code: Option<u32>,
        /// When.
        at: Timestamp,
    },
}

impl Step {
    /// WhatsApp's window closed before it was sent: refused as Twilio would refuse it, without asking.
    pub(crate) fn too_late() -> Self {
        let reason = WINDOW_REMEDY.to_owned();
        Self::Refuse {
            error_code: Some(window::CLOSED),
            reason,
            transient: false,
            outage: false,
            retry_after: None,
        }
    }
}

/// What a claimed message asks of the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// Hand it to Twilio now.
    Post,
    /// Look for it at Twilio before anything else.
    Look,
    /// Nothing yet; somebody must leave the conversation first.
    Wait,
    /// Nothing; it is settled.
    Settled,
}

impl OutboundMessage {
    /// A message as queued in a session.
    pub fn new(queued: Queued, session_id: SessionId) -> Self {
        Self {
            queued,
            session_id,
            state: OutboundState::Queued,
            attempts: 0,
            attempted_at: None,
            unclear_since: None,
            postponed: None,
            message_sid: None,
            index: None,
            shown: None,
            accepted_at: None,
            receipts: BTreeMap::new(),
            reason: None,
            error_code: None,
            removed: false,
        }
    }

    /// Its id.
    pub fn id(&self) -> &OutboundId {
        &self.queued.outbound_id
    }

    /// The moment before which it is not sent: its sender's wish, or its recipients' hours.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.queued.not_before.max(self.postponed.as_ref().map(|postponed| postponed.until))
    }

    /// What the shell must do with it now that it has been claimed.
    pub fn claimed(&self, now: Timestamp) -> Claimed {
        match self.state {
            // Its timer brings it back.
            OutboundState::Queued if self.not_before().is_some_and(|at| at > now) => Claimed::Settled,
            OutboundState::Sending => Claimed::Post,
            OutboundState::Unknown => Claimed::Look,
            OutboundState::Queued => Claimed::Wait,
            _ => Claimed::Settled,
        }
    }

    /// The furthest that holds for every recipient heard of; failures count when nobody got it.
    fn joined(&self) -> Option<OutboundState> {
        let good = |r: &&Receipt| !matches!(r.status, ReceiptStatus::Failed | ReceiptStatus::Undelivered);
        let least = self.receipts.values().filter(good).map(|r| r.status).min();
        Some(match least {
            Some(ReceiptStatus::Sent) => OutboundState::Sent,
            Some(ReceiptStatus::Delivered) => OutboundState::Delivered,
            Some(_) => OutboundState::Read,
            None => match self.receipts.values().map(|r| r.status).max()? {
                ReceiptStatus::Failed => OutboundState::Failed,
                _ => OutboundState::Undelivered,
            },
        })
    }
}

/// What follows from a step.
pub fn decide(
    message: &OutboundMessage,
    step: &Step,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let outbound_id = message.id().clone();
    let at = context.now;
    match step {
        Step::Claim { barred } => claim(message, barred.as_ref(), context),
        Step::Accept { message_sid, index, shown, at } if message.state.is_pending() => {
            Ok(vec![Event::MessageAccepted {
                outbound_id,
                message_sid: message_sid.clone(),
                index: *index,
                shown: shown.clone().filter(|_| matches!(message.queued.content, Content::Template { .. })),
                at: finer(*at, message.attempted_at),
            }])
        }
        Step::Refuse { error_code, reason, transient, outage, retry_after } if message.state.is_pending() => {
            let retry = &context.policy.retry;
            let worth_it =
                if *outage { message.queued.expires_at > at } else { message.attempts < retry.attempts };
            if *transient && worth_it {
                let wait =
                    retry.wait(message.attempts, context.jitter()).max(retry_after.unwrap_or_default());
                // Whatever becomes of it becomes of it in time.
                let retry_at = at.checked_add(wait).unwrap_or(Timestamp::MAX);
                let retry_at = retry_at.min(message.queued.expires_at.max(at));
                return Ok(vec![Event::MessageDeferred {
                    outbound_id,
                    error_code: *error_code,
                    retry_at,
                    at,
                }]);
            }
            Ok(vec![Event::MessageFailed {
                outbound_id,
                error_code: *error_code,
                reason: reason.clone(),
                at,
            }])
        }
        Step::Lose if message.state == OutboundState::Sending => {
            Ok(vec![Event::MessageUnclear { outbound_id, at }])
        }
        Step::NotFound { certain } if message.state == OutboundState::Unknown => {
            not_found(message, *certain, context)
        }
        Step::Move { target, to_session_id } if message.state == OutboundState::Queued => {
            Ok(vec![Event::MessageMoved {
                outbound_id,
                target: target.clone(),
                from_session_id: message.session_id.clone(),
                to_session_id: to_session_id.clone(),
                at,
            }])
        }
        Step::Postpone { reason, until, rule, zones } if message.state == OutboundState::Queued => {
            let reason = (*reason).to_owned();
            Ok(vec![match *until {
                None => Event::MessageCancelled { outbound_id, reason, rule: Some(rule.clone()), at },
                Some(until) if until >= message.queued.expires_at => {
                    let (reason, rule) = (Some(reason), Some(rule.clone()));
                    Event::MessageExpired { outbound_id, reason, rule, at }
                }
                Some(until) => Event::MessagePostponed {
                    outbound_id,
                    reason,
                    until,
                    rule: rule.clone(),
                    zones: zones.clone(),
                    until_before: message.postponed.as_ref().map(|postponed| postponed.until),
                    at,
                },
            }])
        }
        Step::Again => again(message, context).map(|retried| vec![retried]),
        Step::Cancel { reason } if message.state == OutboundState::Queued => {
            Ok(vec![Event::MessageCancelled { outbound_id, reason: reason.clone(), rule: None, at }])
        }
        Step::Receipt { recipient, status, error_code, at } => {
            let old = message.receipts.get(recipient);
            if old.is_some_and(|old| old.heard.iter().any(|(heard, _)| heard == status)) {
                return Err(Rejection::AlreadySo);
            }
            Ok(vec![Event::MessageStatus {
                outbound_id,
                recipient: recipient.clone(),
                status: *status,
                error_code: *error_code,
                at: *at,
            }])
        }
        _ => Err(Rejection::AlreadySo),
    }
}

fn claim(
    message: &OutboundMessage,
    barred: Option<&Bar>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let outbound_id = message.id().clone();
    let at = context.now;
    match message.state {
        // An attempt whose end was never recorded: the process died in between.
        OutboundState::Sending => Ok(vec![Event::MessageUnclear { outbound_id, at }]),
        OutboundState::Unknown => Ok(Vec::new()),
        OutboundState::Queued => Ok(vec![if let Some(Bar { reason, rule }) = barred {
            Event::MessageCancelled { outbound_id, reason: (*reason).to_owned(), rule: rule.clone(), at }
        } else if message.queued.expires_at <= context.now {
            let held = message.postponed.as_ref();
            let (reason, rule) = held.map(|held| (held.reason.clone(), held.rule.clone())).unzip();
            Event::MessageExpired { outbound_id, reason, rule, at }
        } else {
            // The channel's own texts are about what was said before them.
            let purpose = message.queued.purpose.clone().filter(|_| message.queued.text_id.is_none());
            Event::MessageSending { outbound_id, attempt: message.attempts + 1, purpose, at }
        }]),
        _ => Err(Rejection::AlreadySo),
    }
}

/// Another try, which somebody asks for.
fn again(message: &OutboundMessage, context: &Context<'_>) -> Result<Event, Rejection> {
    let (outbound_id, at) = (message.id().clone(), context.now);
    match message.state {
        OutboundState::Failed if message.message_sid.is_none() => {
            // As long as it had at first, or as messages have that say nothing of it.
            let life = message.queued.expires_at.duration_since(message.queued.at);
            let life = life.min(context.policy.expiry.other);
            let expires_at = at.checked_add(life).unwrap_or(Timestamp::MAX);
            Ok(Event::MessageRetried { outbound_id, expires_at, at })
        }
        state if state.is_pending() => Err(Rejection::AlreadySo),
        state => Err(Rejection::Refused(format!(
            "the message is {}: only what Twilio never took is sent again; send it as a new message",
            state.as_str()
        ))),
    }
}

fn not_found(
    message: &OutboundMessage,
    certain: bool,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let outbound_id = message.id().clone();
    let at = context.now;
    // The request may still be on its way shortly after the attempt; and one look is not enough.
    let since =
        |moment: Option<Timestamp>| moment.map_or(SignedDuration::MAX, |then| at.duration_since(then));
    let looked_long = since(message.attempted_at) >= context.policy.retry.look_for
        && since(message.unclear_since) >= SignedDuration::from_secs(1);
    if !looked_long {
        return Err(Rejection::TooEarly("the message may still appear"));
    }
    if certain && message.attempts < context.policy.retry.attempts {
        return Ok(vec![Event::MessageDeferred { outbound_id, error_code: None, retry_at: at, at }]);
    }
    let reason = "unclear whether it was sent".to_owned();
    Ok(vec![Event::MessageFailed { outbound_id, error_code: None, reason, at }])
}

/// The outbound message that an event is about.
pub fn subject(event: &Event) -> Option<&OutboundId> {
    match event {
        Event::MessageQueued(queued) => Some(&queued.outbound_id),
        Event::MessageSending { outbound_id, .. }
        | Event::MessageUnclear { outbound_id, .. }
        | Event::MessageAccepted { outbound_id, .. }
        | Event::MessageDeferred { outbound_id, .. }
        | Event::MessageRetried { outbound_id, .. }
        | Event::MessagePostponed { outbound_id, .. }
        | Event::MessageMoved { outbound_id, .. }
        | Event::MessageStatus { outbound_id, .. }
        | Event::MessageFailed { outbound_id, .. }
        | Event::MessageCancelled { outbound_id, .. }
        | Event::MessageExpired { outbound_id, .. } => Some(outbound_id),
        Event::MessageRemoved { outbound_id, .. } => outbound_id.as_ref(),
        _ => None,
    }
}

/// Twilio tells some times in whole seconds; within that second the attempt is the better word for when.
fn finer(told: Timestamp, attempted_at: Option<Timestamp>) -> Timestamp {
    match attempted_at {
        Some(attempt) if told.subsec_nanosecond() == 0 && told.as_second() == attempt.as_second() => attempt,
        _ => told,
    }
}

/// Folds an event into the message.
pub fn apply(message: &mut OutboundMessage, event: &Event) {
    match event {
        Event::MessageSending { attempt, at, .. } => {
            message.state = OutboundState::Sending;
            message.attempts = *attempt;
            message.attempted_at = Some(*at);
        }
        Event::MessageUnclear { at, .. } => {
            message.state = OutboundState::Unknown;
            message.unclear_since = Some(*at);
        }
        Event::MessageAccepted { message_sid, index, shown, at, .. } => {
            message.message_sid = Some(message_sid.clone());
            message.index = *index;
            message.shown.clone_from(shown);
            message.accepted_at = Some(*at);
            message.unclear_since = None;
            message.state = message.joined().unwrap_or(OutboundState::Accepted);
        }
        Event::MessageDeferred { error_code, .. } => {
            message.state = OutboundState::Queued;
            message.unclear_since = None;
            message.error_code = *error_code;
        }
        Event::MessageRetried { expires_at, .. } => {
            message.state = OutboundState::Queued;
            message.queued.expires_at = *expires_at;
            message.attempts = 0;
            message.unclear_since = None;
            message.reason = None;
            message.error_code = None;
        }
        Event::MessageStatus { recipient, status, error_code, at, .. } => {
            let receipt = message.receipts.entry(recipient.clone()).or_insert_with(|| Receipt {
                status: *status,
                error_code: *error_code,
                heard: Vec::new(),
            });
            receipt.heard.push((*status, *at));
            if *status >= receipt.status {
                receipt.status = *status;
                receipt.error_code = *error_code;
                message.error_code = *error_code;
            }
            if let Some(state) = message.joined() {
                message.state = state;
            }
            let is_lost = matches!(message.state, OutboundState::Failed | OutboundState::Undelivered);
            if is_lost && *error_code == Some(window::CLOSED) {
                message.reason = Some(WINDOW_REMEDY.to_owned());
            }
        }
        Event::MessagePostponed { reason, until, rule, .. } => {
            message.postponed = Some(Postponed { reason: reason.clone(), until: *until, rule: rule.clone() });
        }
        Event::MessageMoved { target, to_session_id, .. } => {
            message.queued.target = target.clone();
            message.session_id = to_session_id.clone();
        }
        Event::MessageFailed { error_code, reason, .. } => {
            message.state = OutboundState::Failed;
            message.error_code = *error_code;
            message.reason = Some(reason.clone());
        }
        Event::MessageCancelled { reason, .. } => {
            message.state = OutboundState::Cancelled;
            message.reason = Some(reason.clone());
        }
        Event::MessageRemoved { .. } => message.removed = true,
        Event::MessageExpired { reason, .. } => {
            message.state = OutboundState::Expired;
            message.reason.clone_from(reason);
        }
        _ => {}
    }
}

/// The work that an event, already folded into the message, asks for.
pub fn react(message: &OutboundMessage, event: &Event) -> Vec<Reaction> {
    let session_id = message.session_id.clone();
    let outbound_id = message.id().clone();
    match event {
        Event::MessageQueued(queued) => match queued.not_before {
            // A message for later must not hold up its lane.
            Some(at) => {
                let kind = TimerKind::Scheduled { session_id, outbound_id };
                vec![Reaction::Timer(TimerPlan::Set { kind, at })]
            }
            None => vec![send(message)],
        },
        Event::MessageRetried { .. } => vec![send(message)],
        Event::MessagePostponed { until, .. } => {
            let kind = TimerKind::Scheduled { session_id, outbound_id };
            vec![Reaction::Timer(TimerPlan::Set { kind, at: *until })]
        }
        Event::MessageCancelled { .. } if message.not_before().is_some() => {
            let kind = TimerKind::Scheduled { session_id, outbound_id };
            vec![Reaction::Timer(TimerPlan::Cancel(kind))]
        }
        _ => Vec::new(),
    }
}

/// The effect that sends the message.
pub fn send(message: &OutboundMessage) -> Reaction {
    Reaction::Do(Planned {
        effect: Effect::Send { session_id: message.session_id.clone(), outbound_id: message.id().clone() },
        lane: writes(&message.session_id),
        priority: message.queued.class.priority(),
    })
}
