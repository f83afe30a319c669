//! Folding events into a session.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use crate::address::Address;
use crate::event::{Event, LeaveReason, Person};
use crate::language::Speaker;
use crate::session::{
    Aside, Barred, DEPARTED, EVERYONE, HELD, Held, JoinCode, LANGUAGES, Member, OpenTurn, Presence, RECENT,
    Session, SessionState, TURNS, aside,
};

/// Folds an event into the session.
pub fn apply(session: &mut Session, event: &Event, now: Timestamp) {
    session.sequence += 1;
    people(session, event, now);
    messages(session, event, now);
    relays(session, event, now);
    questions(session, event);
    life(session, event, now);
}

fn people(session: &mut Session, event: &Event, now: Timestamp) {
    match event {
        Event::ParticipantInvited { person, .. } => enter(session, person, None),
        Event::ParticipantJoined { person, at } => enter(session, person, Some(*at)),
        Event::ParticipantUpdated { person } => {
            if let Some(member) = session.member_mut(&person.address) {
                member.person = person.clone();
            }
        }
        Event::LanguageKnown { address, spoken } => {
            let languages = Arc::make_mut(&mut session.languages);
            languages.retain(|known| known.address != *address);
            let speaker = Speaker { address: address.clone(), spoken: spoken.clone() };
            push_bounded(languages, speaker, LANGUAGES);
        }
        Event::ParticipantMoving { person, .. } => leave(session, &person.address, LeaveReason::Moved),
        Event::ParticipantLeaving { address, reason } => leave(session, address, *reason),
        Event::ParticipantLeft { address, .. } => {
            session.members.retain(|m| m.person.address != *address);
            session.held.retain(|h| h.received.author.address() != Some(address));
            push_bounded(Arc::make_mut(&mut session.departed), (address.clone(), now), DEPARTED);
        }
        _ => {}
    }
}

fn enter(session: &mut Session, person: &Person, since: Option<Timestamp>) {
    let presence = if since.is_some() { Presence::Present } else { Presence::Invited };
    remember(session, &person.address);
    match session.member_mut(&person.address) {
        Some(member) => {
            member.person = person.clone();
            member.presence = presence;
            member.since = since;
            member.leaving = None;
        }
        None => session.members.push(Member {
            person: person.clone(),
            presence,
            since,
            leaving: None,
            last_wrote: None,
        }),
    }
}

fn remember(session: &mut Session, address: &Address) {
    if !session.everyone.contains(address) {
        push_bounded(Arc::make_mut(&mut session.everyone), address.clone(), EVERYONE);
    }
}

fn leave(session: &mut Session, address: &Address, reason: LeaveReason) {
    if let Some(member) = session.member_mut(address) {
        member.presence = Presence::Leaving;
        member.leaving = Some(reason);
    }
}

fn messages(session: &mut Session, event: &Event, now: Timestamp) {
    match event {
        Event::MessageReceived(received) => {
            session.received += 1;
            session.last_activity = session.last_activity.max(now);
            push_bounded(&mut session.recent, received.message_sid.as_str().into(), RECENT);
            session.loops.hear(&received.text, received.at);
            if let Some(address) = received.author.address() {
                session.flood.hear(address, now);
                remember(session, address);
            }
            if let Some(member) = received.author.address().and_then(|a| session.member_mut(a)) {
                member.last_wrote = member.last_wrote.max(Some(received.at));
            }
        }
        Event::MessageHeld(received) => {
            // The oldest gives way: what waits longest is answered least usefully.
            if session.held.len() == HELD {
                session.held.remove(0);
            }
            session.held.push(Held { received: received.clone() });
        }
        Event::MessageQueued(_) => {
            session.sent += 1;
            session.loops.say(now);
        }
        Event::LoopCut { until, .. } => session.loops.cut(*until),
        Event::OptOutConsidered { address, asked: true, .. } => {
            push_bounded(&mut session.clarified, address.clone(), RECENT);
        }
        Event::MessageSending { purpose, .. } => session.last_purpose.clone_from(purpose),
        // The last one may wait for less by now.
        Event::MessagePostponed { until, until_before: Some(before), .. }
            if session.postponed_until == Some(*before) =>
        {
            session.postponed_until = Some(*until);
        }
        Event::MessagePostponed { until, .. } => {
            session.postponed_until = session.postponed_until.max(Some(*until));
        }
        Event::MessageAccepted { .. } if session.state == SessionState::Active => {
            session.last_activity = session.last_activity.max(now);
        }
        _ => {}
    }
}

/// What the others of a group read, or not.
fn relays(session: &mut Session, event: &Event, now: Timestamp) {
    match event {
        Event::MessageWithheld { message_sid, address, fingerprint, at } => {
            let aside = Aside {
                author: address.clone(),
                fingerprint: fingerprint.clone(),
                message_sid: message_sid.clone(),
                offered_at: Some(*at),
                taken_at: now,
                relayed_as: None,
            };
            push_bounded(&mut session.asides, aside, aside::ASIDES);
        }
        Event::MessageOverheard { message_sid, address, fingerprint, withheld, .. } => {
            session.overheard += 1;
            let Some(withheld) = withheld else {
                let aside = Aside {
                    author: address.clone(),
                    fingerprint: fingerprint.clone(),
                    message_sid: message_sid.clone(),
                    offered_at: None,
                    taken_at: now,
                    relayed_as: Some(message_sid.clone()),
                };
                return push_bounded(&mut session.asides, aside, aside::ASIDES);
            };
            push_bounded(&mut session.recent, message_sid.as_str().into(), RECENT);
            if let Some(aside) = session.asides.iter_mut().find(|aside| aside.message_sid == *withheld) {
                aside.relayed_as = Some(message_sid.clone());
            }
        }
        Event::ParticipantLeaving { address, reason } if reason.is_bar() => {
            let here = session.member(address).is_some_and(|m| m.since.is_some());
            let known = session.barred.iter().any(|one| one.address == *address && one.until.is_none());
            if here && !known {
                let (address, reason) = (address.clone(), *reason);
                let barred = Barred { address, reason, since: now, until: None, relayed: 0 };
                push_bounded(&mut session.barred, barred, aside::BARRED);
            }
        }
        Event::ParticipantLeft { address, .. }
        | Event::ParticipantJoined { person: Person { address, .. }, .. } => {
            for barred in session.barred.iter_mut().filter(|one| one.address == *address) {
                barred.until.get_or_insert(now);
            }
        }
        Event::RelayedAgainstConsent { address, .. } => {
            if let Some(barred) = session.barred.iter_mut().rev().find(|one| one.address == *address) {
                barred.relayed += 1;
            }
        }
        _ => {}
    }
}

fn questions(session: &mut Session, event: &Event) {
    match event {
        Event::TurnRequested { turn_id, message_sid, .. } => {
            session.held.retain(|h| h.received.message_sid != *message_sid);
            if session.turns.len() == TURNS {
                session.turns.remove(0);
            }
            session.turns.push(OpenTurn {
                turn_id: turn_id.clone(),
                message_sid: message_sid.clone(),
                parts: 0,
                chars: 0,
                asked_at_count: session.received,
            });
        }
        Event::TurnAnswered { turn_id, part, chars, .. } => {
            if let Some(turn) = session.turns.iter_mut().find(|t| t.turn_id == *turn_id) {
                turn.parts = part + 1;
                turn.chars += chars;
            }
        }
        Event::TurnCompleted { turn_id } | Event::TurnFailed { turn_id, .. } => {
            session.turns.retain(|t| t.turn_id != *turn_id);
        }
        _ => {}
    }
}

fn life(session: &mut Session, event: &Event, now: Timestamp) {
    match event {
        Event::ConversationBound { conversation_sid, .. } => {
            session.conversation_sid = Some(conversation_sid.clone());
            if session.state == SessionState::Opening {
                session.state = SessionState::Active;
            }
        }
        Event::JoinCodeIssued { code, expires_at } => {
            session.join_code = Some(JoinCode { code: code.clone(), expires_at: *expires_at });
        }
        Event::SessionWarned { .. } => {
            session.state = SessionState::Warned;
            session.warned_at = Some(now);
        }
        Event::SessionResumed => {
            // Nobody may have written lately when it is an application that goes on.
            session.last_activity = session.last_activity.max(now);
            session.state = if session.is_unbound() { SessionState::Opening } else { SessionState::Active };
            session.warned_at = None;
            session.close_reason = None;
        }
        Event::SessionClosing { reason } => {
            session.state = SessionState::Closing;
            session.close_reason = Some(*reason);
        }
        Event::SessionClosed { reason, .. } => {
            end(session);
            session.close_reason = Some(*reason);
            // An answer to come is still wanted when nobody meant the session to end.
            if reason.is_meant() {
                session.turns.clear();
            }
        }
        Event::SessionFailed { .. } => {
            end(session);
            session.close_reason = None;
            session.turns.clear();
        }
        _ => {}
    }
}

fn end(session: &mut Session) {
    session.state = SessionState::Closed;
    session.join_code = None;
    session.held.clear();
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, limit: usize) {
    if queue.len() == limit {
        queue.pop_front();
    }
    queue.push_back(item);
}
