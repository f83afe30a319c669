//! People coming into a session and leaving it.

use jiff::Timestamp;

use crate::address::Address;
use crate::context::Context;
use crate::event::CloseReason;
use crate::event::{ConsentState, Event, LeaveReason, Person, Transport};
use crate::rejection::Rejection;
use crate::session::channel_text::{Recipients, queue_own};
use crate::session::decide::{anybody_consents, state_of};
use crate::session::{Consents, Member, Presence, Session, SessionState, apply, lifecycle};
use crate::text::{Args, TextId};

/// Somebody is in the conversation.
pub(super) fn see(
    session: &Session,
    person: &Person,
    at: Timestamp,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    if !session.is_open() {
        return Err(Rejection::SessionClosed);
    }
    let name = |known: &Person| person.name.clone().or_else(|| known.name.clone());
    match session.member(&person.address) {
        Some(member) if member.presence == Presence::Invited => {
            let person = Person { name: name(&member.person), ..person.clone() };
            Ok(arrive(session, person, at, context))
        }
        Some(member) if member.person.participant_sid.is_none() && person.participant_sid.is_some() => {
            let person = Person { name: name(&member.person), ..person.clone() };
            Ok(vec![Event::ParticipantUpdated { person }])
        }
        Some(_) => Err(Rejection::AlreadySo),
        None => Ok(arrive(session, person.clone(), at, context)),
    }
}

/// Somebody is in from now on; those who are in hear of who was awaited.
pub(super) fn arrive(session: &Session, person: Person, at: Timestamp, context: &Context<'_>) -> Vec<Event> {
    let awaited = session.member(&person.address).is_some_and(|m| m.presence == Presence::Invited);
    let address = person.address.clone();
    let mut events = vec![Event::ParticipantJoined { person, at }];
    let mut after = session.clone();
    apply(&mut after, &events[0], context.now);
    if awaited && after.is_group() && after.state != SessionState::Closing {
        let args = Args::default().name(after.author_label(&address, context.policy.unnamed_author));
        events.extend(queue_own(TextId::JoinAnnouncement, &args, &Recipients::all(&after), None, context));
    }
    events
}

/// The API wants somebody in.
pub(super) fn invite(
    session: &Session,
    person: &Person,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    if !session.is_open() {
        return Err(Rejection::SessionClosed);
    }
    match state_of(consents, &person.address) {
        ConsentState::Granted => {}
        ConsentState::Revoked => return Err(Rejection::OptedOut),
        ConsentState::Unknown | ConsentState::Pending => return Err(Rejection::NoConsent),
    }
    if session.transport == Transport::Messaging {
        return Err(Rejection::Refused(
            "the session runs on Programmable Messaging, which has no groups; move it to Conversations first"
                .to_owned(),
        ));
    }
    if session.member(&person.address).is_some() {
        return Err(Rejection::AlreadySo);
    }
    if session.conversation_sid.is_none() {
        return Err(Rejection::Refused(
            "the session has no conversation yet; try again in a moment".to_owned(),
        ));
    }
    let limit = context.policy.join.max_people;
    if session.present().count() >= limit {
        return Err(Rejection::Refused(format!("the session already has {limit} people, the limit")));
    }
    Ok(vec![Event::ParticipantInvited { person: person.clone(), from_session_id: None }])
}

/// Somebody could not be moved elsewhere: they are put back, in case they are out already, and told.
pub(super) fn stay(
    session: &Session,
    person: &Person,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let Some(member) = session.member(&person.address).filter(|_| session.is_open()) else {
        return Err(Rejection::NotFound("no such participant in this session"));
    };
    let back = Person { participant_sid: None, ..member.person.clone() };
    let mut events = vec![Event::ParticipantInvited { person: back, from_session_id: None }];
    let to = Recipients::one(session, &person.address, &person.sender);
    events.extend(queue_own(TextId::JoinFailed, &Args::default(), &to, None, context));
    Ok(events)
}

/// Somebody is to be taken out.
pub(super) fn remove(
    session: &Session,
    address: &Address,
    reason: LeaveReason,
) -> Result<Vec<Event>, Rejection> {
    match session.member(address) {
        Some(_) if !session.is_open() => Err(Rejection::SessionClosed),
        Some(member) if member.presence != Presence::Leaving => {
            Ok(vec![Event::ParticipantLeaving { address: address.clone(), reason }])
        }
        Some(_) => Err(Rejection::AlreadySo),
        None => Err(Rejection::NotFound("no such participant in this session")),
    }
}

/// Somebody is out. The others hear of who left by their own wish, and not what it was.
pub(super) fn lose(
    session: &Session,
    address: &Address,
    reason: LeaveReason,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let Some(member) = session.member(address) else { return Err(Rejection::AlreadySo) };
    let reason = member.leaving.unwrap_or(reason);
    let mut events = vec![Event::ParticipantLeft { address: address.clone(), reason }];
    let mut after = session.clone();
    apply(&mut after, &events[0], context.now);
    if after.members.is_empty() {
        events.extend(lifecycle::closed(session, CloseReason::Empty).unwrap_or_default());
    } else if is_told(reason, member)
        && !matches!(session.state, SessionState::Closing | SessionState::Closed)
        && anybody_consents(&after, consents)
    {
        let args = Args::default().name(session.author_label(address, context.policy.unnamed_author));
        events.extend(queue_own(TextId::LeaveAnnouncement, &args, &Recipients::all(&after), None, context));
    }
    Ok(events)
}

/// Whether the others hear that somebody is out. Who was only on the way in has not been there for them.
fn is_told(reason: LeaveReason, member: &Member) -> bool {
    match reason {
        LeaveReason::Left | LeaveReason::Moved => member.presence != Presence::Invited,
        LeaveReason::OptedOut => member.since.is_some(),
        LeaveReason::NoConsent | LeaveReason::Removed => false,
    }
}
