//! Erasures and legal holds as stored documents.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use si_channel_core::address::Address;
use si_channel_core::audit;
use si_channel_core::erasure::{Known, Token, same_number};

use crate::documents::{ANY, STATE};
use crate::engine::{Engine, audit_record};
use crate::store::{Key, Kind, NewRecord, Page, Put, Record, StoreError, Want};

/// The token of the erased person.
const TOKEN: &str = "token";
/// The same, of the one erasure that is not finished.
const ERASING: &str = "erasing";

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// A legal hold keeps everything until it is released.
    Held,
    /// The person leaves their sessions; what is under way ends.
    Leaving,
    /// They are taken out of everything that is stored.
    Removing,
    /// What Twilio holds of them is looked for.
    Listing,
    /// The store's files are rewritten.
    Compacting,
    /// What Twilio holds of them is being deleted there.
    AtTwilio,
    /// All of it has ended.
    Done,
}

/// The erasure of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its id.
    pub id: String,
    /// What stands for the person.
    pub token: Token,
    /// Who it is, for as long as that is needed.
    pub address: Option<Address>,
    /// How far it is.
    pub phase: Phase,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Since when the person is being taken out of what is stored.
    pub removing_since: Option<Timestamp>,
    /// When they were out of it.
    pub removed_at: Option<Timestamp>,
    /// When all of it had ended.
    pub finished_at: Option<Timestamp>,
    /// How often Twilio was asked in vain what it holds.
    pub vain: u32,
    /// Not tried again before.
    pub not_before: Option<Timestamp>,
    /// What is known of them, for as long as that is needed.
    pub known: Option<Known>,
    /// What could not be done here, in words.
    pub notes: Vec<String>,
}

impl Erasure {
    /// Asked for now.
    pub fn new(id: String, address: &Address, token: Token, now: Timestamp) -> Self {
        Self {
            id,
            token,
            address: Some(address.clone()),
            phase: Phase::Leaving,
            requested_at: now,
            removing_since: None,
            removed_at: None,
            finished_at: None,
            vain: 0,
            not_before: None,
            known: None,
            notes: Vec::new(),
        }
    }

    /// It as a document, decided on a version.
    pub fn put(&self, version: u64) -> Result<Put, StoreError> {
        let order = self.requested_at.as_millisecond();
        let shared = |name, value: &str| Key { name, value: value.to_owned(), unique: false, order };
        let mut keys = vec![shared(STATE, ANY), shared(TOKEN, self.token.as_str())];
        if self.phase != Phase::Done {
            keys.push(shared(STATE, "open"));
            keys.push(Key { unique: true, ..shared(ERASING, self.token.as_str()) });
        }
        Ok(Put { kind: Kind::Erasure, id: self.id.clone(), version, doc: json(self)?, keys: Some(keys) })
    }

    /// Reads it with its version.
    pub fn of(record: &Record) -> Result<(Self, u64), StoreError> {
        Ok((read(record)?, record.version))
    }

    /// The erasure with an id.
    pub async fn load(engine: &Engine, id: &str) -> Result<Option<(Self, u64)>, StoreError> {
        let want = Want::Id(Kind::Erasure, id.to_owned());
        let record = engine.store().load(vec![want]).await?.pop().flatten();
        record.map(|record| Self::of(&record)).transpose()
    }

    /// The newest erasure of a person.
    pub async fn newest(engine: &Engine, token: &Token) -> Result<Option<(Self, u64)>, StoreError> {
        let want = Want::Key(Kind::Erasure, TOKEN, token.to_string());
        let record = engine.store().load(vec![want]).await?.pop().flatten();
        record.map(|record| Self::of(&record)).transpose()
    }

    /// Those that are not finished.
    pub async fn open(engine: &Engine) -> Result<Vec<(Self, u64)>, StoreError> {
        let open = engine.store().list(Kind::Erasure, (STATE, "open"), Page::first(100)).await?;
        open.iter().map(|(_, record)| Self::of(record)).collect()
    }
}

impl Erasure {
    /// What the audit log keeps of a step of it.
    pub fn proof(&self, step: &str, now: Timestamp) -> Result<NewRecord, StoreError> {
        let record = audit::Record::new(audit::Kind::Erasure, audit::Verdict::Noted, RULE)
            .because(step)
            .refers_to("erasure", &self.id)
            .refers_to("person", self.token.as_str());
        audit_record(&record.seal(now, salt))
    }
}

/// The rule in the audit log; the number grows whenever it decides otherwise.
const RULE: &str = "erasure@1";

fn salt() -> [u8; 16] {
    let mut salt = [0; 16];
    // A commitment whose salt can be guessed hides nothing.
    getrandom::fill(&mut salt).expect("the operating system gives random bytes");
    salt
}

/// Nothing of a person is removed while this is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Whose.
    pub address: Address,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
}

impl Hold {
    /// It as a document.
    pub fn put(&self, version: u64) -> Result<Put, StoreError> {
        let keys = vec![Key {
            name: STATE,
            value: ANY.to_owned(),
            unique: false,
            order: self.since.as_millisecond(),
        }];
        let id = self.address.to_string();
        Ok(Put { kind: Kind::Hold, id, version, doc: json(self)?, keys: Some(keys) })
    }

    /// What the audit log keeps of putting it or releasing it.
    pub fn proof(&self, step: &str, now: Timestamp) -> Result<NewRecord, StoreError> {
        let record = audit::Record::new(audit::Kind::LegalHold, audit::Verdict::Noted, RULE)
            .about(&self.address)
            .because(step)
            .input("reason", &self.reason)
            .input("by", &self.by);
        audit_record(&record.seal(now, salt))
    }

    /// The hold on a person, by any of their addresses, with its place as a document.
    pub async fn of(engine: &Engine, address: &Address) -> Result<Option<(Self, Record)>, StoreError> {
        let wants = same_number(address).iter().map(|one| Want::Id(Kind::Hold, one.to_string())).collect();
        let found = engine.store().load(wants).await?.into_iter().flatten().next();
        found.map(|record| Ok((read(&record)?, record))).transpose()
    }

    /// Every hold in force; the newest ten thousand.
    pub async fn all(engine: &Engine) -> Result<Vec<Self>, StoreError> {
        let all = engine.store().list(Kind::Hold, (STATE, ANY), Page::first(10_000)).await?;
        all.iter().map(|(_, record)| read(record)).collect()
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(format!("cannot be written: {error}")))
}

pub(super) fn read<T: serde::de::DeserializeOwned>(record: &Record) -> Result<T, StoreError> {
    serde_json::from_str(&record.doc)
        .map_err(|error| StoreError::Corrupt(format!("{}: {error}", record.kind.as_str())))
}
