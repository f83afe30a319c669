//! Answers of the cognition layer.

use crate::content::Utterance;
use crate::context::Context;
use crate::disclosure;
use crate::event::{CloseReason, Event, MessageClass};
use crate::guard;
use crate::id::TurnId;
use crate::policy::LateReply;
use crate::rejection::Rejection;
use crate::session::channel_text::{Recipients, Shaped, queue_all, queue_own, shape};
use crate::session::decide::anybody_consents;
use crate::session::{Consents, OpenTurn, Say, Session, SessionState};
use crate::text::{Args, TextId};

/// A part of an answer came.
pub(super) fn answer(
    session: &Session,
    turn_id: &TurnId,
    part: u32,
    utterance: &Utterance,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let discard = |reason: &str| {
        Ok(vec![Event::ReplyDiscarded {
            turn_id: Some(turn_id.clone()),
            text: utterance.described(),
            reason: reason.to_owned(),
        }])
    };
    if over(session) {
        return discard("session_closed");
    }
    let turn = open_turn(session, turn_id)?;
    if part < turn.parts {
        return Err(Rejection::AlreadySo);
    }
    // In a session that ended by itself nobody is left to ask; the claim looks at who gets the answer.
    if session.is_open() && !anybody_consents(session, consents) {
        return discard("no_consent");
    }
    if session.received > turn.asked_at_count && context.policy.late_reply == LateReply::Discard {
        return discard("conversation_moved_on");
    }
    let examined = guard::examine(utterance, context.policy);
    let mut events = examined.events(Some(turn_id));
    let utterance = &examined.utterance;
    let silence = |mut events: Vec<Event>, text: String| {
        let turn_id = turn_id.clone();
        events.push(Event::ReplyDiscarded {
            turn_id: Some(turn_id.clone()),
            text,
            reason: "guard".to_owned(),
        });
        if turn.parts == 0 {
            let (id, to) = (TextId::CognitionUnavailable, Recipients::all(session));
            events.extend(queue_own(id, &Args::default(), &to, None, context));
        }
        events.push(Event::TurnAnswered { turn_id, part, chars: 0, omitted: None });
        events
    };
    if examined.blocked {
        return Ok(silence(events, utterance.described()));
    }
    let room = context.policy.max_reply_chars.saturating_sub(turn.chars);
    let to = Recipients::all(session);
    let Shaped { contents, omitted } = shape(utterance, &to, room, context.policy);
    let say = Say {
        utterance: utterance.clone(),
        class: MessageClass::Reply,
        purpose: None,
        not_before: None,
        expires_at: None,
        language: None,
        turn_id: Some(turn_id.clone()),
        correlation_id: Some(turn.message_sid.clone()),
    };
    let chars = contents.iter().map(|content| content.words().chars().count()).sum();
    let queued = queue_all(&say, contents, &to, None, context);
    if let Some(slip) = guard::slip(&queued, context.policy) {
        events.push(slip.event(Some(turn_id)));
        // It may hold a card's number.
        return Ok(silence(events, String::new()));
    }
    events.extend(disclosure::due(session, consents, context));
    events.extend(queued);
    events.push(Event::TurnAnswered { turn_id: turn_id.clone(), part, chars, omitted });
    Ok(events)
}

/// The answer is complete.
pub(super) fn complete(session: &Session, turn_id: &TurnId) -> Result<Vec<Event>, Rejection> {
    open_turn(session, turn_id)?;
    Ok(vec![Event::TurnCompleted { turn_id: turn_id.clone() }])
}

/// No answer came; who waits for one is told.
pub(super) fn fail(
    session: &Session,
    turn_id: &TurnId,
    reason: &str,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    open_turn(session, turn_id)?;
    let mut events = vec![Event::TurnFailed { turn_id: turn_id.clone(), reason: reason.to_owned() }];
    let listening = !matches!(session.state, SessionState::Closed | SessionState::Closing);
    if listening && anybody_consents(session, consents) {
        let id = TextId::CognitionUnavailable;
        events.extend(queue_own(id, &Args::default(), &Recipients::all(session), None, context));
    }
    Ok(events)
}

/// Whether answers are no longer wanted. A session that ended under the feet of those who used it still takes
/// them: they go out in the session that its person is in by then.
fn over(session: &Session) -> bool {
    match session.state {
        SessionState::Closing => true,
        SessionState::Closed => session.close_reason.is_none_or(CloseReason::is_meant),
        _ => false,
    }
}

fn open_turn<'s>(session: &'s Session, turn_id: &TurnId) -> Result<&'s OpenTurn, Rejection> {
    session
        .turns
        .iter()
        .find(|t| t.turn_id == *turn_id)
        .ok_or(Rejection::NotFound("no open question with this turn id"))
}
