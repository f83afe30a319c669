//! Silence, closing, and the code that others join by.

use jiff::Timestamp;

use crate::context::Context;
use crate::event::{CloseReason, Event};
use crate::rejection::Rejection;
use crate::session::channel_text::{Recipients, queue_own};
use crate::session::decide::anybody_consents;
use crate::session::{Consents, Session, SessionState};
use crate::text::{Args, TextId};

/// It is to be closed; whoever may be written to gets a summary first.
pub(super) fn close(
    session: &Session,
    reason: CloseReason,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    if matches!(session.state, SessionState::Closing | SessionState::Closed) {
        return Err(Rejection::AlreadySo);
    }
    let mut events = Vec::new();
    if anybody_consents(session, consents) {
        let minutes = context.now.duration_since(session.started_at).as_mins().max(0);
        let args = Args::default().received(session.received).sent(session.sent).minutes(minutes);
        events.extend(queue_own(TextId::ClosingSummary, &args, &Recipients::all(session), None, context));
    }
    events.push(Event::SessionClosing { reason });
    Ok(events)
}

/// Its conversation is closed.
pub(super) fn closed(session: &Session, reason: CloseReason) -> Result<Vec<Event>, Rejection> {
    if !session.is_open() {
        return Err(Rejection::AlreadySo);
    }
    Ok(vec![Event::SessionClosed {
        reason: session.close_reason.unwrap_or(reason),
        started_at: session.started_at,
        received: session.received,
        sent: session.sent,
    }])
}

/// It could not be given a conversation.
pub(super) fn fail_to_open(session: &Session, reason: &str) -> Result<Vec<Event>, Rejection> {
    if session.state != SessionState::Opening {
        return Err(Rejection::AlreadySo);
    }
    Ok(vec![Event::SessionFailed { reason: reason.to_owned() }])
}

/// The inactivity timer fired; too early, it changes nothing.
pub(super) fn tick(session: &Session, consents: &Consents, context: &Context<'_>) -> Vec<Event> {
    if session.deadline(context.policy).is_none_or(|at| at > context.now) {
        return Vec::new();
    }
    // Where nobody may be written to, nobody is warned.
    if session.state != SessionState::Active || !anybody_consents(session, consents) {
        return close(session, CloseReason::Inactivity, consents, context).unwrap_or_default();
    }
    let wait = context.policy.inactivity.close_after;
    let closes_at = context.now.checked_add(wait).unwrap_or(Timestamp::MAX);
    let args = Args::default().minutes(wait.as_mins());
    let mut events = queue_own(TextId::InactivityWarning, &args, &Recipients::all(session), None, context);
    events.push(Event::SessionWarned { closes_at });
    events
}

/// A code is wanted; one that lives for long enough is kept.
pub(super) fn issue_code(session: &Session, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
    if !session.is_open() {
        return Err(Rejection::SessionClosed);
    }
    let join = &context.policy.join;
    let fresh_enough = session
        .join_code
        .as_ref()
        .is_some_and(|code| code.expires_at.duration_since(context.now) > join.valid_for / 2);
    if fresh_enough {
        return Err(Rejection::AlreadySo);
    }
    let expires_at = context.now.checked_add(join.valid_for).unwrap_or(Timestamp::MAX);
    Ok(vec![Event::JoinCodeIssued { code: context.join_code(), expires_at }])
}
