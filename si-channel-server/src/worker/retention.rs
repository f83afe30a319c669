//! Lets go of what is past its time, a few rows at a time. People under a legal hold are passed over.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use si_channel_core::erasure::{Blanking, Person, blank};
use si_channel_core::outbound::OutboundMessage;
use si_channel_core::retention::Class;
use si_channel_core::world::Found;
use tokio_util::sync::CancellationToken;

use crate::documents;
use crate::engine::Engine;
use crate::erasure::Hold;
use crate::store::{
    Amendment, Changes, CommitError, Kind, Line, Page, Put, Source, StoreError, Table, Wording,
};
use crate::worker::Workers;

/// What stands in the place of a text that is past its time.
pub(crate) const REMOVED: &str = "[removed]";
/// Rows that are looked at in one go, and how often in a round.
const ROWS: usize = 500;
const GOES: usize = 40;
/// Inputs and answers that are forgotten in a round.
const FORGOTTEN: usize = 5_000;

const TEXTS: Blanking = Blanking { names: false, placeholder: REMOVED };

/// How far the last round came.
#[derive(Debug, Default, Clone, PartialEq)]
struct Marks {
    /// Whom it passed over; when that changes it begins anew.
    held: Vec<Hold>,
    events: i64,
    entries: i64,
    /// The time of the newest message that was looked at.
    outbound_ms: i64,
}

/// Whom nothing is deleted of.
#[derive(Debug, Default)]
pub(super) struct Held {
    people: Vec<Person>,
    sessions: HashSet<String>,
}

impl Held {
    async fn of(engine: &Engine, holds: &[Hold]) -> Result<Self, StoreError> {
        let mut held = Self::default();
        for hold in holds {
            let person = Person::new(&hold.address, engine.persons().token(&hold.address));
            for address in person.addresses() {
                let name = address.to_string();
                let mut next = Page::first(500);
                loop {
                    let key = (documents::PERSON, name.as_str());
                    let page = engine.store().list(Kind::Session, key, next.clone()).await?;
                    let Some((order, last)) = page.last() else { break };
                    next.before = Some((*order, last.id.clone()));
                    held.sessions.extend(page.into_iter().map(|(_, record)| record.id));
                }
            }
            held.people.push(person);
        }
        Ok(held)
    }

    /// Whether a session has or had somebody of them in it.
    pub(super) fn has(&self, session: &str) -> bool {
        self.sessions.contains(session)
    }

    fn is_in(&self, line: &Line) -> bool {
        self.has(&line.wording.name)
            || self.people.iter().any(|one| one.is_in(&line.wording.name) || one.is_in(&line.wording.body))
            || self.sessions.iter().any(|session| line.wording.body.contains(session.as_str()))
    }
}

pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    let mut marks = Marks::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = workers.engine.clock().moved() => {}
            () = tokio::time::sleep(Duration::from_mins(1)) => {}
        }
        if let Err(error) = round(&workers, &mut marks).await {
            tracing::warn!(%error, "what is past its time cannot be removed now");
        }
    }
}

async fn round(workers: &Workers, marks: &mut Marks) -> Result<(), StoreError> {
    let engine = &workers.engine;
    let holds = Hold::all(engine).await?;
    if holds != marks.held {
        *marks = Marks { held: holds, ..Marks::default() };
    }
    let held = Held::of(engine, &marks.held).await?;
    match workers.files.prune(engine, &held).await {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "removed files older than media.keep_days"),
        Err(error) => tracing::warn!(%error, "removing old files failed"),
    }
    let now = engine.clock().now();
    let webhooks = workers.schedule.cutoff(Class::RawWebhooks, now).as_millisecond();
    let forgotten = if marks.held.is_empty() {
        engine.store().prune(webhooks, FORGOTTEN).await?
    } else {
        forget(engine, webhooks, &held).await?
    };
    if forgotten > 0 {
        tracing::info!(rows = forgotten, "forgot webhooks and answers that are past their time");
    }
    let cutoff = workers.schedule.cutoff(Class::Content, now);
    let events = texts(engine, Table::Events, &mut marks.events, cutoff, &held).await?;
    let entries = texts(engine, Table::Entries, &mut marks.entries, cutoff, &held).await?;
    let messages = outbound(engine, &mut marks.outbound_ms, cutoff, &held).await?;
    if events + entries + messages > 0 {
        tracing::info!(events, entries, messages, "removed texts that are past their time");
    }
    Ok(())
}

/// Forgets settled inputs and kept answers, but those that speak of held people.
async fn forget(engine: &Engine, before_ms: i64, held: &Held) -> Result<u64, StoreError> {
    let mut forgotten = 0;
    for table in [Table::Inputs, Table::Answers] {
        let mut after = 0;
        for _ in 0..GOES {
            let lines = engine.store().survey(table, after, ROWS).await?;
            let Some(last) = lines.last() else { break };
            after = last.place;
            let old =
                lines.into_iter().filter(|line| line.at_ms < before_ms && !line.pending && !held.is_in(line));
            let removals =
                old.map(|line| Amendment { table, place: line.place, was: line.wording.body, now: None });
            forgotten += engine.store().amend(removals.collect()).await?;
        }
    }
    Ok(forgotten)
}

/// Removes the texts of events or transcript entries from before `cutoff`, from the mark on.
async fn texts(
    engine: &Engine,
    table: Table,
    mark: &mut i64,
    cutoff: Timestamp,
    held: &Held,
) -> Result<u64, StoreError> {
    let mut removed = 0;
    let mut after = *mark;
    let mut in_order = true;
    for _ in 0..GOES {
        let lines = engine.store().survey(table, after, ROWS).await?;
        let Some(last) = lines.last() else { break };
        after = last.place;
        let mut amendments = Vec::new();
        let mut old = 0;
        for line in &lines {
            let Ok(mut value) = serde_json::from_str::<Value>(&line.wording.body) else { continue };
            if written_at(table, line, &value).is_none_or(|at| at >= cutoff) {
                in_order = false;
                continue;
            }
            old += 1;
            // Rows are written almost in the order of time: those before the first younger one are done with.
            if in_order {
                *mark = line.place;
            }
            if !held.is_in(line) && without_text(&mut value) {
                amendments.push(Amendment {
                    table,
                    place: line.place,
                    was: line.wording.body.clone(),
                    now: Some(Wording { name: line.wording.name.clone(), body: value.to_string() }),
                });
            }
        }
        if !amendments.is_empty() {
            removed += engine.store().amend(amendments).await?;
        }
        if old == 0 {
            break;
        }
    }
    Ok(removed)
}

fn written_at(table: Table, line: &Line, value: &Value) -> Option<Timestamp> {
    if table == Table::Entries {
        return Timestamp::from_millisecond(line.at_ms).ok();
    }
    value["time"].as_str()?.parse().ok()
}

/// Blanks the texts of an event or entry; whether there were any. What proves consent is of another class.
fn without_text(value: &mut Value) -> bool {
    if value["type"].as_str().is_some_and(|kind| kind.starts_with("si.channel.consent.")) {
        return false;
    }
    let before = value.clone();
    blank(value, &TEXTS);
    *value != before
}

/// The same for outbound messages.
async fn outbound(
    engine: &Engine,
    mark_ms: &mut i64,
    cutoff: Timestamp,
    held: &Held,
) -> Result<u64, StoreError> {
    let mut removed = 0;
    let mut next = Page { before: Some((cutoff.as_millisecond(), String::new())), limit: ROWS };
    let mut newest = *mark_ms;
    for _ in 0..GOES {
        let key = (documents::STATE, documents::ANY);
        let page = engine.store().list(Kind::Outbound, key, next.clone()).await?;
        let Some((order, last)) = page.last() else {
            *mark_ms = newest;
            return Ok(removed);
        };
        next.before = Some((*order, last.id.clone()));
        for (order, record) in page {
            if order < *mark_ms {
                *mark_ms = newest;
                return Ok(removed);
            }
            newest = newest.max(order);
            let Found::Outbound(message) = documents::found(&record)? else { continue };
            if message.state.is_pending() || held.has(message.session_id.as_str()) {
                continue;
            }
            let corrupt = |error: serde_json::Error| StoreError::Corrupt(format!("outbound {error}"));
            let mut value: Value = serde_json::from_str(&record.doc).map_err(corrupt)?;
            if !without_text(&mut value) {
                continue;
            }
            let clean: OutboundMessage = serde_json::from_value(value).map_err(corrupt)?;
            let put = Put {
                kind: Kind::Outbound,
                keys: Some(documents::outbound_keys(&clean)),
                doc: serde_json::to_string(&clean).map_err(corrupt)?,
                id: record.id,
                version: record.version,
            };
            match engine.store().commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await
            {
                Ok(()) => removed += 1,
                // It is looked at again after the next start.
                Err(CommitError::Conflict(_) | CommitError::Overtaken) => {}
                Err(CommitError::Store(error)) => return Err(error),
            }
        }
    }
    Ok(removed)
}
