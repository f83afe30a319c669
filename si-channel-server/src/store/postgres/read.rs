//! What is looked up, each in one statement and so on one snapshot.

use tokio_postgres::Row;

use super::connect::Link;
use super::failure::Failure;
use super::text::{restored, stored};
use crate::store::{Depths, Entry, KeptAnswer, Kind, Page, Record, StoredEvent, Timer, Want};

/// By id where there is no name, else by key.
const LOAD: &str = "
SELECT w.place, d.id, d.version, d.doc
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (kind, name, value, place)
CROSS JOIN LATERAL (
    SELECT d.id, d.version, d.doc FROM documents d WHERE w.name IS NULL AND d.kind = w.kind AND d.id = w.value
    UNION ALL (
    SELECT d.id, d.version, d.doc FROM keys k JOIN documents d USING (kind, id)
    WHERE w.name IS NOT NULL AND k.kind = w.kind AND k.name = w.name AND k.value = w.value
    ORDER BY k.sorting DESC, k.id DESC LIMIT 1)) AS d";
const LIST: &str = "
SELECT k.sorting, d.id, d.version, d.doc FROM keys k JOIN documents d USING (kind, id)
WHERE k.kind = $1 AND k.name = $2 AND k.value = $3 ORDER BY k.sorting DESC, k.id DESC LIMIT $4";
const LIST_BEFORE: &str = "
SELECT k.sorting, d.id, d.version, d.doc FROM keys k JOIN documents d USING (kind, id)
WHERE k.kind = $1 AND k.name = $2 AND k.value = $3 AND (k.sorting, k.id) < ($5, $6)
ORDER BY k.sorting DESC, k.id DESC LIMIT $4";
const EVENTS: &str =
    "SELECT position, stream, sequence, body FROM events WHERE position > $1 ORDER BY position LIMIT $2";
const EVENTS_OF: &str = "
SELECT position, stream, sequence, body FROM events WHERE stream = $3 AND position > $1 ORDER BY position LIMIT $2";
const LAST_POSITION: &str = "SELECT coalesce(max(position), 0) FROM events";
const ENTRIES: &str =
    "SELECT session, id, at_ms, body FROM entries WHERE session = $1 ORDER BY at_ms, number";
const ENTRY: &str = "SELECT session, id, at_ms, body FROM entries WHERE session = $1 AND id = $2";
const RECENT: &str = "
SELECT session, id, at_ms, body FROM entries WHERE session = $1 ORDER BY at_ms DESC, number DESC LIMIT $2";
const DUE: &str = "SELECT key, due_ms, body FROM timers WHERE due_ms <= $1 ORDER BY due_ms, seq LIMIT $2";
const ANSWER: &str = "SELECT key, request, status, body, at_ms FROM answers WHERE key = $1";
const DEPTHS: &str = "
SELECT (SELECT count(*) FROM inputs WHERE state = 0), (SELECT count(*) FROM inputs WHERE state = 2),
       (SELECT count(*) FROM effects), (SELECT count(*) FROM timers)";

pub(super) async fn load(link: &Link, wants: &[Want]) -> Result<Vec<Option<Record>>, Failure> {
    let (mut kinds, mut names, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for want in wants {
        let (kind, name, value) = match want {
            Want::Id(kind, id) => (kind, None, id),
            Want::Key(kind, name, value) => (kind, Some(*name), value),
        };
        kinds.push(kind.as_str());
        names.push(name);
        values.push(stored(value));
    }
    let mut found: Vec<_> = wants.iter().map(|_| None).collect();
    for row in link.query(LOAD, &[&kinds, &names, &values]).await? {
        let place: i64 = row.try_get(0)?;
        let Some(index) = usize::try_from(place - 1).ok().filter(|index| *index < wants.len()) else {
            continue;
        };
        let (Want::Id(kind, _) | Want::Key(kind, ..)) = &wants[index];
        found[index] = Some(record(*kind, &row)?);
    }
    Ok(found)
}

pub(super) async fn list(
    link: &Link,
    kind: Kind,
    (name, value): (&str, &str),
    page: Page,
) -> Result<Vec<(i64, Record)>, Failure> {
    let (kind_name, value, limit) = (kind.as_str(), stored(value), super::rows(page.limit));
    let rows = match page.before {
        None => link.query(LIST, &[&kind_name, &name, &value, &limit]).await?,
        Some((order, id)) => {
            link.query(LIST_BEFORE, &[&kind_name, &name, &value, &limit, &order, &stored(&id)]).await?
        }
    };
    rows.iter().map(|row| Ok((row.try_get(0)?, record(kind, row)?))).collect()
}

fn record(kind: Kind, row: &Row) -> Result<Record, Failure> {
    let version: i64 = row.try_get(2)?;
    Ok(Record {
        kind,
        id: restored(row.try_get(1)?),
        version: version.unsigned_abs(),
        doc: restored(row.try_get(3)?),
    })
}

pub(super) async fn events_after(
    link: &Link,
    position: i64,
    stream: Option<&str>,
    limit: i64,
) -> Result<Vec<StoredEvent>, Failure> {
    let rows = match stream {
        None => link.query(EVENTS, &[&position, &limit]).await?,
        Some(stream) => link.query(EVENTS_OF, &[&position, &limit, &stored(stream)]).await?,
    };
    let event = |row: &Row| {
        let sequence: i64 = row.try_get(2)?;
        Ok(StoredEvent {
            position: row.try_get(0)?,
            stream: restored(row.try_get(1)?),
            sequence: sequence.unsigned_abs(),
            body: restored(row.try_get(3)?),
        })
    };
    rows.iter().map(event).collect()
}

pub(super) async fn last_position(link: &Link) -> Result<i64, Failure> {
    link.query(LAST_POSITION, &[]).await?.first().map_or(Ok(0), |row| Ok(row.try_get(0)?))
}

pub(super) async fn entries(link: &Link, session: &str) -> Result<Vec<Entry>, Failure> {
    link.query(ENTRIES, &[&stored(session)]).await?.iter().map(entry).collect()
}

pub(super) async fn one_entry(link: &Link, session: &str, id: &str) -> Result<Option<Entry>, Failure> {
    link.query(ENTRY, &[&stored(session), &stored(id)]).await?.first().map(entry).transpose()
}

pub(super) async fn recent_entries(link: &Link, session: &str, limit: i64) -> Result<Vec<Entry>, Failure> {
    link.query(RECENT, &[&stored(session), &limit]).await?.iter().rev().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry, Failure> {
    Ok(Entry {
        session: restored(row.try_get(0)?),
        id: restored(row.try_get(1)?),
        at_ms: row.try_get(2)?,
        body: restored(row.try_get(3)?),
    })
}

pub(super) async fn due_timers(link: &Link, now_ms: i64, limit: i64) -> Result<Vec<Timer>, Failure> {
    let timer = |row: &Row| {
        Ok(Timer { key: restored(row.try_get(0)?), due_ms: row.try_get(1)?, body: restored(row.try_get(2)?) })
    };
    link.query(DUE, &[&now_ms, &limit]).await?.iter().map(timer).collect()
}

pub(super) async fn kept_answer(link: &Link, key: &str) -> Result<Option<KeptAnswer>, Failure> {
    let rows = link.query(ANSWER, &[&stored(key)]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let status: i32 = row.try_get(2)?;
    Ok(Some(KeptAnswer {
        key: restored(row.try_get(0)?),
        request: restored(row.try_get(1)?),
        status: u16::try_from(status)
            .map_err(|_| Failure::Corrupt(format!("an answer's status is {status}")))?,
        body: restored(row.try_get(3)?),
        at_ms: row.try_get(4)?,
    }))
}

pub(super) async fn depths(link: &Link) -> Result<Depths, Failure> {
    let rows = link.query(DEPTHS, &[]).await?;
    let count = |column: usize| match rows.first() {
        Some(row) => Ok::<u64, Failure>(row.try_get::<_, i64>(column)?.unsigned_abs()),
        None => Ok(0),
    };
    Ok(Depths { inputs: count(0)?, quarantined: count(1)?, effects: count(2)?, timers: count(3)? })
}
