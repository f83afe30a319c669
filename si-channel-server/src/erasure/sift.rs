//! What still comes in about people who were erased: late, repeated, or told by Twilio of the deletion itself.

use std::sync::Arc;

use jiff::Timestamp;
use si_channel_core::address::Address;
use si_channel_core::erasure::Person;
use si_channel_core::id::OutboundId;
use si_channel_core::input::Input;
use si_channel_core::normalize::Fact;
use si_channel_core::session::Session;
use si_channel_core::world::Found;
use twilio_conversations::sid::ConversationSid;

use super::{Erasure, Phase};
use crate::documents;
use crate::engine::Engine;
use crate::store::{Kind, StoreError, Want};
use crate::worker::Received;

/// Takes out of a webhook what brings an erased person back; `false` when nothing of it is to be kept.
///
/// What a person writes after they were erased is theirs to say: it comes in as from anybody.
pub async fn sift(engine: &Engine, received: &mut Received, fact: &Fact) -> Result<bool, StoreError> {
    if !engine.persons().any() {
        return Ok(true);
    }
    let mut erased = Vec::new();
    for address in addresses(engine, received) {
        let token = engine.persons().token(&address);
        if let Some((erasure, _)) = Erasure::newest(engine, &token).await? {
            let until = match (erasure.phase, erasure.removed_at) {
                // What comes while they are being removed is removed with the rest.
                (Phase::Removing, _) => Some(Timestamp::MAX),
                (_, removed_at) => removed_at,
            };
            erased.extend(until.map(|until| (Person::new(&address, token), until)));
        }
    }
    let old_news = |at: Timestamp| erased.iter().any(|(_, until)| at <= *until);
    match &fact.input {
        Some(Input::MessageArrived { received, .. }) => Ok(!old_news(received.at)),
        Some(Input::StatusArrived { outbound_id, message_sid, .. }) => {
            let Some(session) = of_message(engine, outbound_id.as_ref(), message_sid).await? else {
                return Ok(erased.is_empty());
            };
            for (person, _) in &erased {
                if !session.everyone.iter().any(|address| person.is(address)) {
                    reword(received, person);
                }
            }
            Ok(true)
        }
        input => {
            let session = match conversation(received) {
                Some(sid) => by_conversation(engine, &sid).await?,
                None => None,
            };
            let told_at = match input {
                Some(Input::PersonSeen { at, .. } | Input::ConversationSeen { at, .. }) => Some(*at),
                _ => None,
            };
            let Some(session) = session else {
                return Ok(erased.is_empty() || told_at.is_some_and(|at| !old_news(at)));
            };
            if session.is_erased() {
                return Ok(matches!(
                    input,
                    Some(Input::ReceiptArrived { .. } | Input::ConversationEnded { .. })
                ));
            }
            let gone = erased.iter().any(|(person, _)| !session.everyone.iter().any(|a| person.is(a)));
            if gone && told_at.is_none_or(old_news) {
                return Ok(false);
            }
            // What we said to somebody who is erased since is not to be kept with the news that it was said.
            if matches!(input, Some(Input::OwnMessageSeen { .. }))
                && session.everyone.iter().any(Address::is_erased)
            {
                blank(received, "Body");
            }
            Ok(true)
        }
    }
}

/// The addresses of people in a webhook.
fn addresses(engine: &Engine, received: &Received) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    for (_, value) in received.pairs() {
        if (value.starts_with('+') || value.contains(':'))
            && let Ok(address) = value.parse::<Address>()
            && !engine.policy().senders.contains(&address)
            && !found.contains(&address)
        {
            found.push(address);
        }
    }
    found
}

fn conversation(received: &Received) -> Option<ConversationSid> {
    received
        .pairs()
        .iter()
        .find(|(name, _)| name == "ConversationSid")
        .and_then(|(_, value)| value.parse().ok())
}

fn reword(received: &mut Received, person: &Person) {
    for (_, value) in received.pairs_mut() {
        if let Some(clean) = person.scrubbed(value) {
            *value = clean;
        }
    }
}

fn blank(received: &mut Received, field: &str) {
    for (_, value) in received.pairs_mut().iter_mut().filter(|(name, _)| name == field) {
        value.clear();
    }
}

async fn by_conversation(engine: &Engine, sid: &ConversationSid) -> Result<Option<Session>, StoreError> {
    session(engine, Want::Key(Kind::Session, documents::CONVERSATION, sid.to_string())).await
}

async fn of_message(
    engine: &Engine,
    outbound_id: Option<&OutboundId>,
    message_sid: &str,
) -> Result<Option<Session>, StoreError> {
    let want = match outbound_id {
        Some(id) => Want::Id(Kind::Outbound, id.to_string()),
        None => Want::Key(Kind::Outbound, documents::SID, message_sid.to_owned()),
    };
    let record = engine.store().load(vec![want]).await?.pop().flatten();
    match record.map(|record| documents::found(&record)).transpose()? {
        Some(Found::Outbound(message)) => {
            session(engine, Want::Id(Kind::Session, message.session_id.to_string())).await
        }
        _ => Ok(None),
    }
}

async fn session(engine: &Engine, want: Want) -> Result<Option<Session>, StoreError> {
    let record = engine.store().load(vec![want]).await?.pop().flatten();
    Ok(match record.map(|record| documents::found(&record)).transpose()? {
        Some(Found::Session(session)) => Some(Arc::unwrap_or_clone(session)),
        _ => None,
    })
}
