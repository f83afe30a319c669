//! The state that a decision looks at, as far as it is loaded.

use std::collections::BTreeMap;
use std::sync::Arc;

use twilio_conversations::sid::ConversationSid;

use crate::address::Address;
use crate::consent::ConsentLedger;
use crate::engine::Stop;
use crate::id::{MediaId, OutboundId, SessionId};
use crate::media::MediaFile;
use crate::outbound::OutboundMessage;
use crate::pace::Pass;
use crate::person::Account;
use crate::session::Session;

/// Something to look up in the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// The session with this id.
    Session(SessionId),
    /// The session of this conversation, open or closed.
    Conversation(ConversationSid),
    /// The open session in which this person writes to this sender.
    Binding(Address, Address),
    /// The newest session of this person, open or closed.
    Newest(Address),
    /// The session that this code joins.
    Code(String),
    /// The ledger of this address.
    Ledger(Address),
    /// The outbound message with this id.
    Outbound(OutboundId),
    /// The outbound message that Twilio gave this SID.
    OutboundBySid(String),
    /// The file with this id.
    Media(MediaId),
    /// The account with this id of the application's.
    Account(String),
    /// The account that this address belongs to.
    AccountOf(Address),
    /// Whether limits let something pass. Asking takes it: it is asked once a decision, and only where the answer counts.
    Pass(Pass),
}

/// What a lookup found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A session.
    Session(Arc<Session>),
    /// A ledger.
    Ledger(Box<ConsentLedger>),
    /// An outbound message.
    Outbound(Box<OutboundMessage>),
    /// A file.
    Media(Box<MediaFile>),
    /// An account.
    Account(Box<Account>),
    /// Whether limits let it pass.
    Pass(bool),
}

/// The loaded part of the state.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The Twilio account that everything belongs to.
    pub account: String,
    found: BTreeMap<Want, Option<Found>>,
}

impl World {
    /// An empty world of an account.
    pub fn new(account: impl Into<String>) -> Self {
        Self { account: account.into(), found: BTreeMap::new() }
    }

    /// Takes in the answer to a want; `None` means that there is no such thing.
    pub fn insert(&mut self, want: Want, found: Option<Found>) {
        self.found.insert(want, found);
    }

    /// Fails with those of the wants that are not loaded.
    pub fn need(&self, wants: impl IntoIterator<Item = Want>) -> Result<(), Stop> {
        let missing: Vec<Want> = wants.into_iter().filter(|want| !self.found.contains_key(want)).collect();
        if missing.is_empty() { Ok(()) } else { Err(Stop::Need(missing)) }
    }

    fn look(&self, want: &Want) -> Result<Option<&Found>, Stop> {
        match self.found.get(want) {
            Some(found) => Ok(found.as_ref()),
            None => Err(Stop::Need(vec![want.clone()])),
        }
    }

    /// The session that a want leads to.
    pub fn session(&self, want: &Want) -> Result<Option<&Arc<Session>>, Stop> {
        Ok(match self.look(want)? {
            Some(Found::Session(session)) => Some(session),
            _ => None,
        })
    }

    /// The ledger of an address; a fresh one when nothing is known.
    pub fn ledger(&self, address: &Address) -> Result<ConsentLedger, Stop> {
        Ok(match self.look(&Want::Ledger(address.clone()))? {
            Some(Found::Ledger(ledger)) => (**ledger).clone(),
            _ => ConsentLedger::new(address.clone()),
        })
    }

    /// The file with an id.
    pub fn media(&self, id: &MediaId) -> Result<Option<&MediaFile>, Stop> {
        Ok(match self.look(&Want::Media(id.clone()))? {
            Some(Found::Media(file)) => Some(file),
            _ => None,
        })
    }

    /// The account that a want leads to.
    pub fn person(&self, want: &Want) -> Result<Option<&Account>, Stop> {
        Ok(match self.look(want)? {
            Some(Found::Account(account)) => Some(account),
            _ => None,
        })
    }

    /// Whether limits let something pass.
    pub fn passes(&self, pass: &Pass) -> Result<bool, Stop> {
        Ok(matches!(self.look(&Want::Pass(pass.clone()))?, Some(Found::Pass(true))))
    }

    /// The outbound message that a want leads to.
    pub fn outbound(&self, want: &Want) -> Result<Option<&OutboundMessage>, Stop> {
        Ok(match self.look(want)? {
            Some(Found::Outbound(message)) => Some(message),
            _ => None,
        })
    }
}
