//! The domain's state as stored documents: how it is written, and under which keys it is found.

use si_channel_core::address::Address;
use si_channel_core::consent::ConsentLedger;
use si_channel_core::media::{MediaFile, MediaState};
use si_channel_core::outbound::OutboundMessage;
use si_channel_core::person::Account;
use si_channel_core::session::Session;
use si_channel_core::world::{Found, Want as CoreWant};
use std::sync::Arc;

use crate::store::{Key, Kind, Record, StoreError, Want};

/// A session's conversation.
pub const CONVERSATION: &str = "conversation";
/// The pair of person and sender that only one open session has.
pub const BINDING: &str = "binding";
/// The code that joins a session.
pub const CODE: &str = "code";
/// Everybody who was ever in a session.
pub const PERSON: &str = "person";
/// All documents of the kind, or those in a state.
pub const STATE: &str = "state";
/// Twilio's SID of an outbound message.
pub const SID: &str = "sid";
/// The session, or person, for whom an outbound message waits.
pub const WAITING: &str = "waiting";
/// The question that an outbound message answers.
pub const TURN: &str = "turn";
/// The SHA-256 of a file that is kept.
pub const SHA256: &str = "sha256";
/// The value of [`STATE`] under which every document of the kind is.
pub const ANY: &str = "*";

/// Where the domain's want is found in the store; `None` for what no document tells.
pub fn want(want: &CoreWant) -> Option<Want> {
    Some(match want {
        CoreWant::Pass(_) => return None,
        CoreWant::Session(id) => Want::Id(Kind::Session, id.to_string()),
        CoreWant::Conversation(sid) => Want::Key(Kind::Session, CONVERSATION, sid.to_string()),
        CoreWant::Binding(address, sender) => Want::Key(Kind::Session, BINDING, binding(address, sender)),
        CoreWant::Newest(address) => Want::Key(Kind::Session, PERSON, address.to_string()),
        CoreWant::Code(code) => Want::Key(Kind::Session, CODE, code.clone()),
        CoreWant::Ledger(address) => Want::Id(Kind::Ledger, address.to_string()),
        CoreWant::Outbound(id) => Want::Id(Kind::Outbound, id.to_string()),
        CoreWant::Account(id) => Want::Id(Kind::Account, id.clone()),
        CoreWant::AccountOf(address) => Want::Key(Kind::Account, PERSON, address.to_string()),
        CoreWant::Media(id) => Want::Id(Kind::Media, id.to_string()),
        CoreWant::OutboundBySid(sid) => Want::Key(Kind::Outbound, SID, sid.clone()),
    })
}

/// Reads a stored document.
pub fn found(record: &Record) -> Result<Found, StoreError> {
    let corrupt = |error: serde_json::Error| StoreError::Corrupt(format!("{} {error}", record.kind.as_str()));
    Ok(match record.kind {
        Kind::Session => Found::Session(Arc::new(serde_json::from_str(&record.doc).map_err(corrupt)?)),
        Kind::Ledger => Found::Ledger(Box::new(serde_json::from_str(&record.doc).map_err(corrupt)?)),
        Kind::Account => Found::Account(Box::new(serde_json::from_str(&record.doc).map_err(corrupt)?)),
        Kind::Media => Found::Media(Box::new(serde_json::from_str(&record.doc).map_err(corrupt)?)),
        Kind::Outbound => Found::Outbound(Box::new(serde_json::from_str(&record.doc).map_err(corrupt)?)),
        Kind::Erasure | Kind::Remnant | Kind::Hold | Kind::Subscription => {
            return Err(StoreError::Corrupt(format!(
                "{} is no document of the domain",
                record.kind.as_str()
            )));
        }
    })
}

fn binding(address: &Address, sender: &Address) -> String {
    format!("{address}|{sender}")
}

/// The keys of a session.
pub fn session_keys(session: &Session) -> Vec<Key> {
    let order = session.started_at.as_millisecond();
    let unique = |name, value| Key { name, value, unique: true, order };
    let shared = |name, value| Key { name, value, unique: false, order };
    let mut keys = vec![shared(STATE, ANY.to_owned()), shared(STATE, state_name(session))];
    keys.extend(session.conversation_sid.as_ref().map(|sid| unique(CONVERSATION, sid.to_string())));
    keys.extend(session.bindings().map(|(address, sender)| unique(BINDING, binding(address, sender))));
    keys.extend(session.everyone.iter().map(|address| shared(PERSON, address.to_string())));
    keys.extend(session.join_code.as_ref().map(|code| unique(CODE, code.code.clone())));
    keys
}

/// The session's state in the API.
pub fn state_name(session: &Session) -> String {
    serde_json::to_value(session.state)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The keys of a ledger.
pub fn ledger_keys(ledger: &ConsentLedger) -> Vec<Key> {
    let order = ledger.standing.since.map_or(0, jiff::Timestamp::as_millisecond);
    vec![Key { name: STATE, value: ANY.to_owned(), unique: false, order }]
}

/// The keys of an outbound message.
pub fn outbound_keys(message: &OutboundMessage) -> Vec<Key> {
    use si_channel_core::event::Target;
    let order = message.queued.at.as_millisecond();
    let shared = |name, value| Key { name, value, unique: false, order };
    let mut keys = vec![shared(STATE, ANY.to_owned()), shared(STATE, message.state.as_str().to_owned())];
    if message.state == si_channel_core::outbound::OutboundState::Queued {
        keys.push(match &message.queued.target {
            Target::Session => shared(WAITING, message.session_id.to_string()),
            Target::Person { address, .. } => shared(WAITING, address.to_string()),
        });
    }
    keys.extend(message.queued.turn_id.as_ref().map(|turn| shared(TURN, turn.to_string())));
    if let Some(sid) = &message.message_sid {
        keys.push(Key { name: SID, value: sid.clone(), unique: true, order });
    }
    keys
}

/// The keys of an account: each address belongs to one.
pub fn account_keys(account: &Account) -> Vec<Key> {
    let order = account.since.as_millisecond();
    let unique = |address: &Address| Key { name: PERSON, value: address.to_string(), unique: true, order };
    account.addresses.iter().map(unique).collect()
}

/// The keys of a file.
pub fn media_keys(file: &MediaFile) -> Vec<Key> {
    let order = file.at.as_millisecond();
    let shared = |name, value| Key { name, value, unique: false, order };
    let mut keys = vec![shared(STATE, media_state(file.state).to_owned())];
    if let Some(kept) = file.kept.as_ref().filter(|_| file.state == MediaState::Stored) {
        keys.push(shared(SHA256, kept.sha256.clone()));
    }
    keys
}

/// The value of [`STATE`] of files in a state.
pub fn media_state(state: MediaState) -> &'static str {
    match state {
        MediaState::Pending => "pending",
        MediaState::Stored => "stored",
        MediaState::Failed => "failed",
        MediaState::Removed => "removed",
    }
}
