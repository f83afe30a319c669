//! Taking a person out of everything that is stored.
//!
//! First their sessions, where what is theirs is learned from the events: messages, questions, answers, files, names.
//! Then every row of every table, for what no key leads to. A pass that changes nothing and meets no work that speaks
//! of them was the last.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use si_channel_core::address::Address;
use si_channel_core::erasure::{Blanking, ERASED, Known, Person, blank};
use si_channel_core::media::{MediaFile, MediaState};
use si_channel_core::outbound::OutboundMessage;
use si_channel_core::person::visitor_id;
use si_channel_core::session::Session;
use si_channel_core::world::Found;

use super::EraseError;
use crate::documents;
use crate::erasure::{Erasure, Remnant, Remote};
use crate::ports::media::Digest;
use crate::store::{
    Amendment, Changes, Entry, Key, Kind, Line, Put, Record, Source, Store, StoreError, Table, Want, Wording,
};
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
        // The id of a visitor is made of the number alone: whoever tries all numbers finds it.
        for address in person.addresses() {
            person.note_name(&visitor_id(workers.engine.account().as_str(), &address));
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

    async fn sessions(&self) -> Result<Vec<Record>, EraseError> {
        let mut all = Vec::new();
        for address in self.person.addresses() {
            let mut before = None;
            loop {
                let name = address.to_string();
                let page =
                    self.store().list(Kind::Session, documents::PERSON, &name, before.clone(), 100).await?;
                let Some((order, last)) = page.last() else { break };
                before = Some((*order, last.id.clone()));
                for (_, record) in page {
                    if all.iter().all(|known: &Record| known.id != record.id) {
                        all.push(record);
                    }
                }
            }
        }
        Ok(all)
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

    /// One session with its events, transcript, messages and files.
    async fn session(&mut self, record: &Record) -> Result<(), EraseError> {
        let Found::Session(session) = documents::found(record)? else { return Ok(()) };
        let whole = self.person.is_all_of(&session);
        let theirs = self.learn(&session, whole).await?;
        self.note_remnants(&session, whole, &theirs).await?;
        for id in &theirs.said {
            self.outbound(id, whole).await?;
        }
        for id in &theirs.media {
            self.media(id).await?;
        }
        let mut after = 0;
        loop {
            let events = self.store().events_after(after, Some(session.id.as_str()), ROWS).await?;
            let Some(last) = events.last() else { break };
            after = last.position;
            let lines = events.into_iter().map(|event| Line {
                place: event.position,
                wording: Wording { name: event.stream, body: event.body },
                at_ms: 0,
                pending: false,
            });
            let amendments = lines.filter_map(|line| self.event(&line, whole)).collect();
            self.amend(amendments).await?;
        }
        let mut entries = Vec::new();
        for entry in self.store().entries(session.id.as_str()).await? {
            let mut value = parse(&entry.body)?;
            if self.person.clean(&mut value, whole) {
                entries.push(Entry { body: value.to_string(), ..entry });
            }
        }
        let clean = self.clean_session(&session, whole)?;
        let keys = documents::session_keys(&clean);
        let put = put(record, &clean, keys)?;
        self.commit(Changes { puts: vec![put], entries, ..Changes::settle(Source::Direct) }).await
    }

    /// Learns from the session and its events what is theirs.
    async fn learn(&mut self, session: &Session, whole: bool) -> Result<Theirs, EraseError> {
        for member in &session.members {
            if let Some(name) =
                member.person.name.as_deref().filter(|_| self.person.is(&member.person.address))
            {
                self.person.note_name(name);
            }
        }
        let mut theirs = Theirs::default();
        let mut after = 0;
        loop {
            let events = self.store().events_after(after, Some(session.id.as_str()), ROWS).await?;
            let Some(last) = events.last() else { return Ok(theirs) };
            after = last.position;
            for event in events {
                let event = parse(&event.body)?;
                let data = &event["data"];
                theirs.said.extend(data["outbound_id"].as_str().map(str::to_owned));
                if whole || self.person.owns(&event) || self.person.owns(data) {
                    self.person.learn(data);
                    theirs.take(data);
                }
            }
        }
    }

    fn clean_session(&self, session: &Session, whole: bool) -> Result<Session, EraseError> {
        let mut value = value_of(session)?;
        if whole {
            blank(&mut value, &Blanking { names: true, placeholder: ERASED });
            value["held"] = Value::Array(Vec::new());
            value["turns"] = Value::Array(Vec::new());
        }
        for who in ["members", "held"] {
            for one in value[who].as_array_mut().into_iter().flatten() {
                let is_theirs = self.person.owns(one) || self.person.owns(&one["received"]);
                if is_theirs {
                    blank(one, &Blanking { names: true, placeholder: ERASED });
                }
            }
        }
        self.person.scrub(&mut value);
        let mut clean: Session = typed(value)?;
        // They left on SMS and on WhatsApp under what is one token by now.
        let mut seen = HashSet::new();
        clean.everyone.retain(|address| seen.insert(address.clone()));
        Ok(clean)
    }

    async fn note_remnants(&self, session: &Session, whole: bool, theirs: &Theirs) -> Result<(), EraseError> {
        let now = self.workers.engine.clock().now();
        let mut remotes = Vec::new();
        match &session.conversation_sid {
            Some(sid) if whole => remotes.push(Remote::Conversation { sid: sid.clone() }),
            Some(conversation_sid) => {
                remotes.extend(theirs.messages.iter().filter_map(|sid| {
                    let sid = sid.parse().ok()?;
                    Some(Remote::Message { conversation_sid: conversation_sid.clone(), sid })
                }));
            }
            None => {}
        }
        let records = theirs.messages.iter().filter_map(|sid| sid.parse().ok());
        remotes.extend(records.map(|sid| Remote::Record { sid }));
        for remote in remotes {
            Remnant::new(&self.erasure.id, remote, now).note(&self.workers.engine).await?;
        }
        Ok(())
    }

    async fn load(&self, kind: Kind, id: &str) -> Result<Option<Record>, EraseError> {
        Ok(self.store().load(vec![Want::Id(kind, id.to_owned())]).await?.pop().flatten())
    }

    async fn outbound(&mut self, id: &str, whole: bool) -> Result<(), EraseError> {
        let Some(record) = self.load(Kind::Outbound, id).await? else { return Ok(()) };
        let mut value = parse(&record.doc)?;
        if self.person.clean(&mut value, whole) {
            let clean: OutboundMessage = typed(value)?;
            self.note_copy(&clean).await?;
            let put = put(&record, &clean, documents::outbound_keys(&clean))?;
            self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await?;
        }
        Ok(())
    }

    /// What we wrote to others and had them in it lies at Twilio too.
    async fn note_copy(&self, message: &OutboundMessage) -> Result<(), EraseError> {
        let Some(sid) = &message.message_sid else { return Ok(()) };
        let remote = if let Ok(sid) = sid.parse() {
            Remote::Record { sid }
        } else {
            let session = self.load(Kind::Session, message.session_id.as_str()).await?;
            let Some(Found::Session(session)) =
                session.map(|record| documents::found(&record)).transpose()?
            else {
                return Ok(());
            };
            match (session.conversation_sid, sid.parse()) {
                (Some(conversation_sid), Ok(sid)) => Remote::Message { conversation_sid, sid },
                _ => return Ok(()),
            }
        };
        let now = self.workers.engine.clock().now();
        Ok(Remnant::new(&self.erasure.id, remote, now).note(&self.workers.engine).await?)
    }

    /// An account of the application's goes on with its other addresses; without any it has no name either.
    async fn account(&mut self, id: &str) -> Result<(), EraseError> {
        let Some(record) = self.load(Kind::Account, id).await? else { return Ok(()) };
        let Found::Account(account) = documents::found(&record)? else { return Ok(()) };
        let mut clean = (*account).clone();
        clean.addresses.retain(|address| !self.person.is(address));
        if clean.addresses.is_empty() {
            clean.name = None;
        }
        if clean != *account {
            let put = put(&record, &clean, documents::account_keys(&clean))?;
            self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await?;
        }
        Ok(())
    }

    /// A file: its bytes, unless they came with a message of somebody else too, and what it was called.
    async fn media(&mut self, id: &str) -> Result<(), EraseError> {
        let Some(record) = self.load(Kind::Media, id).await? else { return Ok(()) };
        let Found::Media(file) = documents::found(&record)? else { return Ok(()) };
        if file.state == MediaState::Pending && !self.drop_work {
            self.pass.pending = true;
            return Ok(());
        }
        let files = &self.workers.files;
        let _alone = files.recording.write().await;
        if let Some(kept) = &file.kept
            && let Some(digest) = Digest::from_hex(&kept.sha256)
            && self.store().list(Kind::Media, documents::SHA256, &kept.sha256, None, 2).await?.len() < 2
        {
            files.store.remove(&digest).await?;
        }
        let mut clean = MediaFile { state: MediaState::Removed, kept: None, ..(*file).clone() };
        clean.told.filename = None;
        clean.told.reference = String::new();
        if clean != *file {
            let put = put(&record, &clean, documents::media_keys(&clean))?;
            self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await?;
        }
        Ok(())
    }

    /// The ledger is kept as the suppression, under the token.
    async fn ledger(&mut self, address: &Address) -> Result<(), EraseError> {
        let Some(record) = self.load(Kind::Ledger, &address.to_string()).await? else { return Ok(()) };
        let mut value = parse(&record.doc)?;
        self.person.clean_ledger(&mut value);
        let ledger: si_channel_core::consent::ConsentLedger = typed(value)?;
        let id = address.erased(self.person.token()).to_string();
        let version = self.load(Kind::Ledger, &id).await?.map_or(0, |record| record.version);
        let keys = Some(documents::ledger_keys(&ledger));
        let put = Put { kind: Kind::Ledger, id, version, doc: value_of(&ledger)?.to_string(), keys };
        self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await
    }

    /// Every row of a table.
    async fn table(&mut self, table: Table) -> Result<(), EraseError> {
        let mut after = 0;
        loop {
            let lines = self.store().survey(table, after, ROWS).await?;
            let Some(last) = lines.last() else { return Ok(()) };
            after = last.place;
            let mut amendments = Vec::new();
            for line in lines {
                if self.person.is_in(&line.wording.name) || self.person.is_in(&line.wording.body) {
                    amendments.extend(self.line(table, &line).await?);
                }
            }
            self.amend(amendments).await?;
        }
    }

    /// A row that speaks of them.
    async fn line(&mut self, table: Table, line: &Line) -> Result<Option<Amendment>, EraseError> {
        Ok(match table {
            Table::Documents => return self.document(line).await,
            Table::Events => self.event(line, false),
            Table::Entries => {
                let mut value = parse(&line.wording.body)?;
                let changed = self.person.clean(&mut value, false);
                changed.then(|| reworded(table, line, line.wording.name.clone(), value.to_string())).flatten()
            }
            Table::Openings => {
                Some(Amendment { table, place: line.place, was: line.wording.body.clone(), now: None })
            }
            Table::Inputs if line.pending => {
                self.pass.pending = true;
                None
            }
            Table::Inputs => reworded(table, line, self.named(line), "{}".to_owned()),
            Table::Answers => {
                // What is not JSON in it is not ours to understand, and goes.
                let mut value = parse(&line.wording.body).unwrap_or_default();
                let before = value.clone();
                if self.person.is_in(&line.wording.body) {
                    blank(&mut value, &Blanking { names: true, placeholder: ERASED });
                }
                self.person.scrub(&mut value);
                let name = self.named(line);
                let changed = value != before || name != line.wording.name;
                changed.then(|| reworded(table, line, name, value.to_string())).flatten()
            }
            Table::Effects if self.drop_work => {
                Some(Amendment { table, place: line.place, was: line.wording.body.clone(), now: None })
            }
            Table::Effects => {
                self.pass.pending = true;
                None
            }
        })
    }

    fn named(&self, line: &Line) -> String {
        self.person.scrubbed(&line.wording.name).unwrap_or_else(|| line.wording.name.clone())
    }

    fn event(&self, line: &Line, whole: bool) -> Option<Amendment> {
        let mut value: Value = serde_json::from_str(&line.wording.body).ok()?;
        let name = self.named(line);
        let changed = self.person.clean_event(&mut value, whole) || name != line.wording.name;
        changed.then(|| reworded(Table::Events, line, name, value.to_string())).flatten()
    }

    /// A document to which none of their keys led.
    async fn document(&mut self, line: &Line) -> Result<Option<Amendment>, EraseError> {
        let Some((kind, id)) = line.wording.name.split_once('/') else { return Ok(None) };
        match kind {
            "ledger" if self.person.is_in(id) => {
                // It is kept under the token by now.
                return Ok(Some(Amendment {
                    table: Table::Documents,
                    place: line.place,
                    was: line.wording.body.clone(),
                    now: None,
                }));
            }
            "session" => {
                let Some(record) = self.load(Kind::Session, id).await? else { return Ok(None) };
                let Found::Session(session) = documents::found(&record)? else { return Ok(None) };
                let clean = self.clean_session(&session, false)?;
                if clean != *session {
                    let put = put(&record, &clean, documents::session_keys(&clean))?;
                    self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await?;
                }
            }
            "account" => self.account(id).await?,
            "outbound" => self.outbound(id, false).await?,
            "media" => self.media(id).await?,
            _ => {}
        }
        Ok(None)
    }
}

/// What of a session is theirs.
#[derive(Debug, Default)]
struct Theirs {
    messages: BTreeSet<String>,
    /// What was sent in the session, to them or to others, who may be told their name.
    said: BTreeSet<String>,
    media: BTreeSet<String>,
}

impl Theirs {
    fn take(&mut self, data: &Value) {
        let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
        self.messages.extend(text("message_sid"));
        self.media.extend(text("media_id"));
        for file in data.get("media").and_then(Value::as_array).into_iter().flatten() {
            self.media.extend(file.get("id").and_then(Value::as_str).map(str::to_owned));
        }
    }
}

fn reworded(table: Table, line: &Line, name: String, body: String) -> Option<Amendment> {
    let now = Wording { name, body };
    (now != line.wording).then(|| Amendment {
        table,
        place: line.place,
        was: line.wording.body.clone(),
        now: Some(now),
    })
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
