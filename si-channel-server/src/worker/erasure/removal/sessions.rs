//! Sessions: where what is theirs is learned, with events, transcript, messages and files.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use serde_json::Value;
use si_channel_core::erasure::{Blanking, ERASED, blank};
use si_channel_core::session::Session;
use si_channel_core::world::Found;

use super::{ROWS, Removal, parse, put, typed, value_of};
use crate::documents;
use crate::erasure::{Remnant, Remote};
use crate::store::{Changes, Entry, Kind, Line, Page, Record, Source, Wording};
use crate::worker::erasure::EraseError;

impl Removal<'_> {
    pub(super) async fn sessions(&self) -> Result<Vec<Record>, EraseError> {
        let mut all = Vec::new();
        for address in self.person.addresses() {
            let name = address.to_string();
            let mut next = Page::first(100);
            loop {
                let page = self.store().list(Kind::Session, (documents::PERSON, &name), next.clone()).await?;
                let Some((order, last)) = page.last() else { break };
                next.before = Some((*order, last.id.clone()));
                for (_, record) in page {
                    if all.iter().all(|known: &Record| known.id != record.id) {
                        all.push(record);
                    }
                }
            }
        }
        Ok(all)
    }

    /// One session with its events, transcript, messages and files.
    pub(super) async fn session(&mut self, record: &Record) -> Result<(), EraseError> {
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
    pub(super) async fn learn(&mut self, session: &Session, whole: bool) -> Result<Theirs, EraseError> {
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

    pub(super) fn clean_session(&self, session: &Session, whole: bool) -> Result<Session, EraseError> {
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
        Arc::make_mut(&mut clean.everyone).retain(|address| seen.insert(address.clone()));
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
}

/// What of a session is theirs.
#[derive(Debug, Default)]
pub(super) struct Theirs {
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
