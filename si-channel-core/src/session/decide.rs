//! What follows from what happens to a session.

use twilio_conversations::sid::ConversationSid;

use crate::address::Address;
use crate::consent::ConsentLedger;
use crate::context::Context;
use crate::event::{ConsentState, Event, LeaveReason, Person};
use crate::guard;
use crate::rejection::Rejection;
use crate::session::channel_text::{Recipients, queue};
use crate::session::{
    Command, Consents, NewSession, Say, Session, SessionState, answer, lifecycle, people, receive,
};

/// A session that has just begun, and the event that says so, which is still to be folded into it.
pub fn start(new: NewSession, context: &Context<'_>) -> (Session, Event) {
    let session = Session::new(context.session_id(), &new, context.now);
    let event = Event::SessionStarted {
        session_id: session.id.clone(),
        origin: new.origin,
        transport: new.transport,
        previous_session_id: new.previous,
        attributes: new.attributes,
    };
    (session, event)
}

/// What follows; a rejection changes nothing.
pub fn decide(
    session: &Session,
    command: &Command<'_>,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::Receive(incoming) => receive::receive(session, incoming, consents, context),
        Command::Overhear { received, withheld } => Ok(receive::overhear(received, withheld)),
        Command::CarryOn(incoming) => Ok(receive::carry_on(session, incoming, consents, context)),
        Command::Note { received } => receive::note(session, received),
        Command::Release { address } => receive::release(session, address, context),
        Command::Bind { conversation_sid, adopted } => bind(session, conversation_sid, *adopted),
        Command::SeePerson { person, at } => people::see(session, person, *at, context),
        Command::Invite { person } => people::invite(session, person, consents, context),
        Command::Stay { person } => people::stay(session, person, context),
        Command::Remove { address } => people::remove(session, address, LeaveReason::Removed),
        Command::LosePerson { address, reason } => people::lose(session, address, *reason, consents, context),
        Command::Say { say, only } => say_all(session, say, *only, consents, context),
        Command::Answer { turn_id, part, utterance } => {
            answer::answer(session, turn_id, *part, utterance, consents, context)
        }
        Command::Complete { turn_id } => answer::complete(session, turn_id),
        Command::FailTurn { turn_id, reason } => answer::fail(session, turn_id, reason, consents, context),
        Command::FailToOpen { reason } => lifecycle::fail_to_open(session, reason),
        Command::Close { reason } => lifecycle::close(session, *reason, consents, context),
        Command::Closed { reason } => lifecycle::closed(session, *reason),
        Command::Tick => Ok(lifecycle::tick(session, consents, context)),
        Command::IssueCode => lifecycle::issue_code(session, context),
        Command::Edit { message_sid, text, at } => Ok(vec![Event::MessageEdited {
            message_sid: (*message_sid).to_owned(),
            text: (*text).to_owned(),
            at: *at,
        }]),
        Command::Delete { message_sid, outbound_id, at } => Ok(vec![Event::MessageRemoved {
            message_sid: (*message_sid).to_owned(),
            outbound_id: outbound_id.cloned(),
            at: *at,
        }]),
        Command::Relay { message_sid, participant_sid, status, error_code, at } => {
            Ok(vec![Event::MessageRelayed {
                message_sid: (*message_sid).to_owned(),
                participant_sid: (*participant_sid).clone(),
                status: *status,
                error_code: *error_code,
                at: *at,
            }])
        }
        Command::Keep { name, parameters } => {
            Ok(vec![Event::Unrecognized { name: (*name).to_owned(), parameters: (*parameters).clone() }])
        }
    }
}

pub(super) fn state_of(consents: &Consents, address: &Address) -> ConsentState {
    consents.get(address).map_or(ConsentState::Unknown, ConsentLedger::state)
}

pub(super) fn anybody_consents(session: &Session, consents: &Consents) -> bool {
    session.present().any(|m| state_of(consents, &m.person.address) == ConsentState::Granted)
}

fn bind(session: &Session, sid: &ConversationSid, adopted: bool) -> Result<Vec<Event>, Rejection> {
    match &session.conversation_sid {
        Some(known) if known == sid => Err(Rejection::AlreadySo),
        Some(_) => Err(Rejection::Refused("the session already has another conversation".to_owned())),
        None if !session.is_open() => Err(Rejection::SessionClosed),
        None => Ok(vec![Event::ConversationBound { conversation_sid: sid.clone(), adopted }]),
    }
}

fn say_all(
    session: &Session,
    say: &Say,
    only: Option<&Address>,
    consents: &Consents,
    context: &Context<'_>,
) -> Result<Vec<Event>, Rejection> {
    let only = only.and_then(|address| session.member(address));
    let mut events = Vec::new();
    match (session.state, only) {
        (SessionState::Closed, _) | (SessionState::Closing, None) => return Err(Rejection::SessionClosed),
        // Who writes to a person has not chosen the session and cannot know that it is about to end.
        (SessionState::Closing, Some(_)) => events.push(Event::SessionResumed),
        _ => {}
    }
    let to = || session.present().filter(|m| only.is_none_or(|only| only.person.address == m.person.address));
    let refused: Vec<_> = to().map(|m| refusal(&m.person, say, consents, context)).collect();
    if !refused.contains(&None) {
        let revoked = refused.contains(&Some("opted_out"));
        return Err(if revoked { Rejection::OptedOut } else { Rejection::NoConsent });
    }
    let to = match only.map(|member| &member.person) {
        Some(person) => Recipients::one(session, &person.address, &person.sender),
        None => Recipients::all(session),
    };
    let examined = guard::examine(&say.utterance, context.policy);
    if let Some(refusal) = examined.refusal() {
        return Err(refusal);
    }
    events.extend(examined.events(None));
    let queued = queue(&Say { utterance: examined.utterance, ..say.clone() }, &to, None, context);
    if queued.is_empty() {
        return Err(Rejection::Refused("the text is empty; give at least one visible character".to_owned()));
    }
    if let Some(slip) = guard::slip(&queued, context.policy) {
        return Err(slip.rejection());
    }
    events.extend(queued);
    Ok(events)
}

/// Why somebody may not be told this, if so.
fn refusal(person: &Person, say: &Say, consents: &Consents, context: &Context<'_>) -> Option<&'static str> {
    let matter = context.policy.matter(Some(&person.sender), say.purpose.as_deref(), say.class);
    consents.get(&person.address).map_or(Some("no_consent"), |ledger| ledger.allows(&matter, None).err())
}
