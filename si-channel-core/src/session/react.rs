//! What the shell must do about a session's event.

use serde_json::{Map, Value, json};
use twilio_conversations::sid::ConversationSid;

use crate::address::Address;
use crate::effect::{Effect, Planned, Reaction, TimerKind, TimerPlan, files, questions, writes};
use crate::event::{CloseReason, Event, Person, Received, Transport};
use crate::policy::Policy;
use crate::session::{PRIORITY_FIRST, PRIORITY_LAST, Session, SessionState};
use crate::window;

/// The work that an event, already folded into the session, asks for.
pub fn react(session: &Session, event: &Event, policy: &Policy) -> Vec<Reaction> {
    match event {
        Event::SessionStarted { .. } | Event::SessionWarned { .. } | Event::SessionResumed => {
            inactivity(session, policy)
        }
        Event::ParticipantJoined { person, .. } if session.state == SessionState::Opening => {
            vec![ensure(session, person)]
        }
        Event::ConversationBound { conversation_sid, adopted: true } => match session.owner() {
            Some(owner) => vec![label(session, conversation_sid, &owner.person.address)],
            None => Vec::new(),
        },
        // Who comes from another session is moved from there.
        Event::ParticipantInvited { person, from_session_id: None } => match &session.conversation_sid {
            Some(conversation_sid) => vec![write(
                session,
                5,
                Effect::AddPerson {
                    session_id: session.id.clone(),
                    conversation_sid: conversation_sid.clone(),
                    person: person.clone(),
                },
            )],
            None => Vec::new(),
        },
        Event::ParticipantMoving { person, to_session_id, to_conversation_sid } => vec![write(
            session,
            5,
            Effect::MovePerson {
                from_session_id: session.id.clone(),
                from_conversation_sid: session.conversation_sid.clone(),
                to_session_id: to_session_id.clone(),
                to_conversation_sid: to_conversation_sid.clone(),
                person: person.clone(),
            },
        )],
        Event::ParticipantLeaving { address, reason } => match session.member(address) {
            Some(member) => {
                // An opt-out overtakes what is queued; a parting word may still be heard by who only leaves.
                let first = reason.is_bar();
                vec![write(
                    session,
                    if first { PRIORITY_FIRST } else { 5 },
                    Effect::RemovePerson {
                        session_id: session.id.clone(),
                        conversation_sid: session.conversation_sid.clone(),
                        person: member.person.clone(),
                        reason: *reason,
                    },
                )]
            }
            None => Vec::new(),
        },
        Event::MessageReceived(received) => {
            let fetched = received.media.iter().map(|file| {
                Reaction::Do(Planned {
                    effect: Effect::FetchMedia {
                        media_id: file.id.clone(),
                        conversation_sid: session.conversation_sid.clone(),
                    },
                    lane: files(&session.id),
                    priority: 5,
                })
            });
            reminder(session, received, policy).into_iter().chain(fetched).collect()
        }
        Event::TurnRequested { turn_id, message_sid, author, text, media, at } => {
            vec![Reaction::Do(Planned {
                effect: Effect::Ask {
                    session_id: session.id.clone(),
                    turn_id: turn_id.clone(),
                    message_sid: message_sid.clone(),
                    author: author.clone(),
                    text: text.clone(),
                    media: media.clone(),
                    at: *at,
                },
                lane: questions(&session.id),
                priority: 5,
            })]
        }
        Event::SessionClosing { .. } => vec![close(session, PRIORITY_LAST)],
        Event::SessionClosed { reason, .. } => {
            let kind = TimerKind::Inactivity { session_id: session.id.clone() };
            let mut reactions = vec![Reaction::Timer(TimerPlan::Cancel(kind))];
            if *reason == CloseReason::Empty && session.transport == Transport::Conversations {
                reactions.push(close(session, PRIORITY_LAST));
            }
            reactions
        }
        Event::SessionFailed { .. } => {
            let kind = TimerKind::Inactivity { session_id: session.id.clone() };
            vec![Reaction::Timer(TimerPlan::Cancel(kind))]
        }
        _ => Vec::new(),
    }
}

/// Sets the timer for the look at a window that is about to close.
fn reminder(session: &Session, received: &Received, policy: &Policy) -> Option<Reaction> {
    let before = policy.whatsapp.reminder_before?;
    let address = received.author.address().filter(|address| window::applies(address))?.clone();
    let at = received.at.checked_add(window::LENGTH - before).ok()?;
    Some(Reaction::Timer(TimerPlan::Set {
        kind: TimerKind::Window { session_id: session.id.clone(), address },
        at,
    }))
}

/// Finds or makes the session's conversation, before anything is written into it.
pub(crate) fn ensure(session: &Session, person: &Person) -> Reaction {
    write(
        session,
        PRIORITY_FIRST,
        Effect::EnsureConversation {
            session_id: session.id.clone(),
            person: person.clone(),
            unique_name: Session::unique_name_of(&person.address),
            friendly_name: Session::friendly_name_of(&person.address),
            attributes: attributes(session),
        },
    )
}

/// Gives a conversation that Twilio made the session's names, once there is nothing more urgent to do.
pub(crate) fn label(session: &Session, conversation_sid: &ConversationSid, address: &Address) -> Reaction {
    write(
        session,
        PRIORITY_LAST,
        Effect::LabelConversation {
            session_id: session.id.clone(),
            conversation_sid: conversation_sid.clone(),
            unique_name: Session::unique_name_of(address),
            friendly_name: Session::friendly_name_of(address),
            attributes: attributes(session),
        },
    )
}

/// Sets the timer for the next look at silence.
pub(crate) fn inactivity(session: &Session, policy: &Policy) -> Vec<Reaction> {
    let kind = TimerKind::Inactivity { session_id: session.id.clone() };
    session.deadline(policy).map(|at| Reaction::Timer(TimerPlan::Set { kind, at })).into_iter().collect()
}

/// Closes the session's conversation.
pub(crate) fn close(session: &Session, priority: u8) -> Reaction {
    write(
        session,
        priority,
        Effect::CloseConversation {
            session_id: session.id.clone(),
            conversation_sid: session.conversation_sid.clone(),
        },
    )
}

fn write(session: &Session, priority: u8, effect: Effect) -> Reaction {
    Reaction::Do(Planned { effect, lane: writes(&session.id), priority })
}

/// The conversation's attributes: the application's own fields and the session they belong to.
fn attributes(session: &Session) -> Value {
    let mut fields = match &session.attributes {
        Value::Object(fields) => fields.clone(),
        _ => Map::new(),
    };
    fields.insert("sessionId".to_owned(), json!(session.id));
    if let Some(previous) = &session.previous_session_id {
        fields.insert("previousSessionId".to_owned(), json!(previous));
    }
    Value::Object(fields)
}
