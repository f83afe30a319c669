//! Taking a person out of everything that is stored.
//!
//! First their sessions, where what is theirs is learned from the events: messages, questions, answers, files, names.
//! Then every row of every table, for what no key leads to. A pass that changes nothing and meets no work that speaks
//! of them was the last.

mod records;
mod rows;
mod sessions;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use si_channel_core::address::Address;
use si_channel_core::erasure::{Known, Person};
use si_channel_core::world::Found;

use super::EraseError;
use crate::documents;
use crate::erasure::Erasure;
use crate::store::{Amendment, Changes, Key, Put, Record, Store, StoreError, Table};
use crate::worker::Workers;

/// Rows that are looked at in one go.
const ROWS: usize = 500;

/// What a pass came upon.
#[derive(Debug, Default)]
pub(super) struct Pass {
    /// How much was changed.
    changed: u64,
    /// Work that speaks of the person is still to be done.
    pending: bool,
}

impl Pass {
    pub(super) fn is_clean(&self) -> bool {
        self.changed == 0 && !self.pending
    }
}

pub(super) struct Removal<'a> {
    workers: &'a Workers,
    erasure: &'a Erasure,
    person: Person,
    /// Work that speaks of the person is dropped.
    drop_work: bool,
    pass: Pass,
}

impl<'a> Removal<'a> {
    pub(super) fn new(
        workers: &'a Workers,
        erasure: &'a Erasure,
        address: &Address,
        drop_work: bool,
    ) -> Self {
        let mut person = Person::new(address, erasure.token.clone());
        erasure.known.iter().for_each(|known| person.recall(known));
        // Whoever has the key finds the number of a visitor by trying all.
        for address in person.addresses() {
            person.note_name(&workers.engine.visitor_id(&address));
        }
        Self { workers, erasure, person, drop_work, pass: Pass::default() }
    }

    fn store(&self) -> &dyn Store {
        self.workers.engine.store().as_ref()
    }

    /// What is theirs, from their sessions.
    pub(super) async fn find_out(&mut self) -> Result<Known, EraseError> {
        for record in self.sessions().await? {
            let Found::Session(session) = documents::found(&record)? else { continue };
            let whole = self.person.is_all_of(&session);
            self.learn(&session, whole).await?;
        }
        Ok(self.person.known())
    }

    /// Removes what is found of them.
    pub(super) async fn pass(&mut self) -> Result<Pass, EraseError> {
        for record in self.sessions().await? {
            self.session(&record).await?;
        }
        for address in self.person.addresses() {
            self.ledger(&address).await?;
            self.pass.changed += self.store().erase_openings(&address.to_string()).await?;
        }
        for table in Table::ALL {
            self.table(table).await?;
        }
        Ok(std::mem::take(&mut self.pass))
    }

    async fn commit(&mut self, changes: Changes) -> Result<(), EraseError> {
        self.store().commit(changes).await?;
        self.pass.changed += 1;
        Ok(())
    }

    async fn amend(&mut self, amendments: Vec<Amendment>) -> Result<(), EraseError> {
        if !amendments.is_empty() {
            self.pass.changed += self.store().amend(amendments).await?;
        }
        Ok(())
    }
}

fn parse(text: &str) -> Result<Value, EraseError> {
    serde_json::from_str(text).map_err(|error| corrupt(&error))
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, EraseError> {
    serde_json::from_value(value).map_err(|error| corrupt(&error))
}

fn value_of(value: &impl Serialize) -> Result<Value, EraseError> {
    serde_json::to_value(value).map_err(|error| corrupt(&error))
}

fn corrupt(error: &serde_json::Error) -> EraseError {
    EraseError::Store(StoreError::Corrupt(format!("an erasure met {error}")))
}

fn put(record: &Record, doc: &impl Serialize, keys: Vec<Key>) -> Result<Put, EraseError> {
    let doc = value_of(doc)?.to_string();
    Ok(Put { kind: record.kind, id: record.id.clone(), version: record.version, doc, keys: Some(keys) })
}
