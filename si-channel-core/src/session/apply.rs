//! Folding events into a session.

use crate::event::Event;
use crate::session::{EVERYONE, HELD, Held, JoinCode, Member, OpenTurn, Presence, RECENT, Session, SessionState};

/// Folds an event into the session.
pub fn apply(session: &mut Session, event: &Event, now: jiff::Timestamp) {
    session.sequence += 1;
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
        Event::ParticipantInvited { person }
        | Event::ParticipantJoined { person }
        | Event::ParticipantUpdated { person } => {
            let presence = match event {
                Event::ParticipantInvited { .. } => Presence::Invited,
                _ => Presence::Present,
            };
            if !session.everyone.contains(&person.address) {
                if session.everyone.len() == EVERYONE {
                    session.everyone.pop_front();
                }
                session.everyone.push_back(person.address.clone());
            }
            match session.member_mut(&person.address) {
                Some(member) => {
                    member.person = person.clone();
                    if !matches!(event, Event::ParticipantUpdated { .. }) {
                        member.presence = presence;
                    }
                }
                None => session.members.push(Member { person: person.clone(), presence, last_wrote: None }),
            }
        }
        Event::ParticipantMoving { person, .. } => set_leaving(session, &person.address),
        Event::ParticipantLeaving { address, .. } => set_leaving(session, address),
        Event::ParticipantLeft { address, .. } => {
            session.members.retain(|m| m.person.address != *address);
            session.held.retain(|h| h.received.author.address() != Some(address));
        }
        Event::MessageReceived(received) => {
            session.received += 1;
            session.last_activity = session.last_activity.max(received.at).max(now);
            if session.recent.len() == RECENT {
                session.recent.pop_front();
            }
            session.recent.push_back(received.message_sid.clone());
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
        }
        Event::MessageAccepted { .. } => {
            if matches!(session.state, SessionState::Active) {
                session.last_activity = session.last_activity.max(now);
            }
        }
        Event::TurnRequested { turn_id, message_sid, .. } => {
            session.held.retain(|h| h.received.message_sid != *message_sid);
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
        Event::SessionWarned { .. } => {
            session.state = SessionState::Warned;
            session.warned_at = Some(now);
        }
        Event::SessionResumed => {
            session.state = SessionState::Active;
            session.warned_at = None;
            session.close_reason = None;
        }
        Event::SessionClosing { reason } => {
            session.state = SessionState::Closing;
            session.close_reason = Some(*reason);
        }
        Event::SessionClosed { reason, .. } => {
            session.state = SessionState::Closed;
            session.close_reason = Some(*reason);
            session.join_code = None;
            session.held.clear();
            session.turns.clear();
        }
        Event::SessionFailed { .. } => session.state = SessionState::Closed,
        _ => {}
    }
}

fn set_leaving(session: &mut Session, address: &crate::address::Address) {
    if let Some(member) = session.member_mut(address) {
        member.presence = Presence::Leaving;
    }
}
