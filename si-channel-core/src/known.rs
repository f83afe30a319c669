//! What the events of any session tell about a person: until when WhatsApp takes free text for them, and whether they
//! were told that an AI answers. It is kept with their consent, as both outlast sessions.

use jiff::Timestamp;

use crate::address::Address;
use crate::consent::ConsentLedger;
use crate::disclosure::Disclosed;
use crate::event::{Event, ReceiptStatus, Target};
use crate::id::OutboundId;
use crate::outbound::OutboundMessage;
use crate::session::Session;
use crate::text::TextId;
use crate::window;

/// One thing learned about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lesson {
    /// They wrote on WhatsApp.
    Wrote(Timestamp),
    /// Twilio refused a text of that time, since their WhatsApp window was closed.
    ShutOut(Timestamp),
    /// They were reminded of the window.
    Reminded(Timestamp),
    /// They were told that an AI answers.
    Told(Disclosed),
    /// The message is not sent; if it was to tell them, they were not told.
    NotTold(OutboundId),
}

/// What an event of a session tells about somebody. Session and message are as they stand after it.
pub fn lesson(
    session: &Session,
    event: &Event,
    message: Option<&OutboundMessage>,
) -> Option<(Address, Lesson)> {
    match event {
        Event::MessageReceived(received) => {
            let address = received.author.address().filter(|address| window::applies(address))?;
            Some((address.clone(), Lesson::Wrote(received.at)))
        }
        Event::MessageQueued(queued) if queued.text_id == Some(TextId::WindowReminder) => {
            Some((queued.only.clone()?, Lesson::Reminded(queued.at)))
        }
        Event::MessageStatus { recipient, status, error_code: Some(window::CLOSED), at, .. } => {
            let failed = matches!(status, ReceiptStatus::Failed | ReceiptStatus::Undelivered);
            let member = session
                .members
                .iter()
                .find(|m| m.person.participant_sid.as_ref().is_some_and(|sid| sid.as_str() == recipient));
            let address = member.map(|m| m.person.address.clone()).or_else(|| recipient.parse().ok());
            let address = address.filter(|address| failed && window::applies(address))?;
            Some((address, Lesson::ShutOut(message?.attempted_at.unwrap_or(*at))))
        }
        Event::MessageFailed { error_code: Some(window::CLOSED), .. }
            if message.is_some_and(|m| m.queued.text_id.is_none()) =>
        {
            let address = recipient(session, message?).filter(|address| window::applies(address))?;
            // Not attempted, it was our own clock that said so.
            Some((address.clone(), Lesson::ShutOut(message?.attempted_at?)))
        }
        Event::DisclosureMade { address, outbound_id, at, .. } => {
            let disclosed =
                Disclosed { outbound_id: outbound_id.clone(), session_id: session.id.clone(), at: *at };
            Some((address.clone(), Lesson::Told(disclosed)))
        }
        Event::MessageFailed { .. } | Event::MessageCancelled { .. } | Event::MessageExpired { .. } => {
            let queued = &message?.queued;
            queued.text_id?;
            Some((queued.only.clone()?, Lesson::NotTold(queued.outbound_id.clone())))
        }
        _ => None,
    }
}

/// The one person whom a message is for.
fn recipient<'m>(session: &'m Session, message: &'m OutboundMessage) -> Option<&'m Address> {
    match (&message.queued.target, &message.queued.only, session.members.as_slice()) {
        (Target::Person { address, .. }, ..) | (_, Some(address), _) => Some(address),
        (_, _, [only]) => Some(&only.person.address),
        _ => None,
    }
}

/// Takes in what was learned; whether that changed anything.
pub fn learn(ledger: &mut ConsentLedger, lesson: &Lesson) -> bool {
    let window = &mut ledger.window;
    let before = (*window, ledger.disclosed.clone());
    match lesson {
        Lesson::Wrote(at) => window.wrote_at = window.wrote_at.max(Some(*at)),
        Lesson::ShutOut(at) => window.refused_at = window.refused_at.max(Some(*at)),
        Lesson::Reminded(at) => window.reminded_at = Some(*at),
        Lesson::Told(disclosed) => ledger.disclosed = Some(disclosed.clone()),
        Lesson::NotTold(id) => {
            ledger.disclosed = ledger.disclosed.take().filter(|disclosed| disclosed.outbound_id != *id);
        }
    }
    (ledger.window, &ledger.disclosed) != (before.0, &before.1)
}
