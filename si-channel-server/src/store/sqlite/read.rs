//! What is looked up, each on one snapshot.

use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Params, Result, Row, params};

use crate::store::{Depths, Entry, KeptAnswer, Kind, Page, Record, StoredEvent, Timer, Want};

pub(super) fn load(conn: &Connection, wants: &[Want]) -> Result<Vec<Option<Record>>> {
    wants
        .iter()
        .map(|want| match want {
            Want::Id(kind, id) => conn
                .prepare_cached("SELECT id, version, doc FROM documents WHERE kind = ?1 AND id = ?2")?
                .query_row([kind.as_str(), id], |row| record(*kind, row))
                .optional(),
            Want::Key(kind, name, value) => conn
                .prepare_cached(
                    "SELECT id, version, doc FROM keys JOIN documents USING (kind, id)
                     WHERE kind = ?1 AND name = ?2 AND value = ?3 ORDER BY sorting DESC, id DESC LIMIT 1",
                )?
                .query_row([kind.as_str(), name, value], |row| record(*kind, row))
                .optional(),
        })
        .collect()
}

pub(super) fn list(
    conn: &Connection,
    kind: Kind,
    (name, value): (&str, &str),
    page: Page,
) -> Result<Vec<(i64, Record)>> {
    let limit = super::rows(page.limit);
    let read = |row: &Row<'_>| Ok((row.get(3)?, record(kind, row)?));
    match page.before {
        None => rows(
            conn,
            "SELECT id, version, doc, sorting FROM keys JOIN documents USING (kind, id)
             WHERE kind = ?1 AND name = ?2 AND value = ?3 ORDER BY sorting DESC, id DESC LIMIT ?4",
            params![kind.as_str(), name, value, limit],
            read,
        ),
        Some((order, id)) => rows(
            conn,
            "SELECT id, version, doc, sorting FROM keys JOIN documents USING (kind, id)
             WHERE kind = ?1 AND name = ?2 AND value = ?3 AND (sorting, id) < (?5, ?6)
             ORDER BY sorting DESC, id DESC LIMIT ?4",
            params![kind.as_str(), name, value, limit, order, id],
            read,
        ),
    }
}

fn record(kind: Kind, row: &Row<'_>) -> Result<Record> {
    let version: i64 = row.get(1)?;
    Ok(Record { kind, id: row.get(0)?, version: version.unsigned_abs(), doc: row.get(2)? })
}

pub(super) fn events_after(
    conn: &Connection,
    position: i64,
    stream: Option<&str>,
    limit: i64,
) -> Result<Vec<StoredEvent>> {
    let read = |row: &Row<'_>| {
        let sequence: i64 = row.get(2)?;
        Ok(StoredEvent {
            position: row.get(0)?,
            stream: row.get(1)?,
            sequence: sequence.unsigned_abs(),
            body: row.get(3)?,
        })
    };
    match stream {
        None => rows(
            conn,
            "SELECT position, stream, sequence, body FROM events WHERE position > ?1 ORDER BY position LIMIT ?2",
            [position, limit],
            read,
        ),
        // The unary plus keeps SQLite on the stream's own index, which is short, rather than on the whole feed.
        Some(stream) => rows(
            conn,
            "SELECT position, stream, sequence, body FROM events WHERE position IN
             (SELECT position FROM events WHERE stream = ?1 AND +position > ?2 ORDER BY +position LIMIT ?3)
             ORDER BY position",
            params![stream, position, limit],
            read,
        ),
    }
}

pub(super) fn last_position(conn: &Connection) -> Result<i64> {
    one(conn, "SELECT coalesce(max(position), 0) FROM events")
}

pub(super) fn entries(conn: &Connection, session: &str) -> Result<Vec<Entry>> {
    rows(
        conn,
        "SELECT session, id, at_ms, body FROM entries WHERE session = ?1 ORDER BY at_ms, number",
        [session],
        entry,
    )
}

pub(super) fn one_entry(conn: &Connection, session: &str, id: &str) -> Result<Option<Entry>> {
    conn.prepare_cached("SELECT session, id, at_ms, body FROM entries WHERE session = ?1 AND id = ?2")?
        .query_row([session, id], entry)
        .optional()
}

pub(super) fn recent_entries(conn: &Connection, session: &str, limit: i64) -> Result<Vec<Entry>> {
    let mut recent = rows(
        conn,
        "SELECT session, id, at_ms, body FROM entries WHERE session = ?1
         ORDER BY at_ms DESC, number DESC LIMIT ?2",
        params![session, limit],
        entry,
    )?;
    recent.reverse();
    Ok(recent)
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry { session: row.get(0)?, id: row.get(1)?, at_ms: row.get(2)?, body: row.get(3)? })
}

pub(super) fn due_timers(conn: &Connection, now_ms: i64, limit: i64) -> Result<Vec<Timer>> {
    rows(
        conn,
        "SELECT key, due_ms, body FROM timers WHERE due_ms <= ?1 ORDER BY due_ms, seq LIMIT ?2",
        [now_ms, limit],
        |row| Ok(Timer { key: row.get(0)?, due_ms: row.get(1)?, body: row.get(2)? }),
    )
}

pub(super) fn kept_answer(conn: &Connection, key: &str) -> Result<Option<KeptAnswer>> {
    conn.prepare_cached("SELECT key, request, status, body, at_ms FROM answers WHERE key = ?1")?
        .query_row([key], |row| {
            Ok(KeptAnswer {
                key: row.get(0)?,
                request: row.get(1)?,
                status: row.get(2)?,
                body: row.get(3)?,
                at_ms: row.get(4)?,
            })
        })
        .optional()
}

pub(super) fn depths(conn: &Connection) -> Result<Depths> {
    let count = |sql| one::<i64>(conn, sql).map(i64::unsigned_abs);
    Ok(Depths {
        inputs: count("SELECT count(*) FROM inputs WHERE state = 0")?,
        quarantined: count("SELECT count(*) FROM inputs WHERE state = 2")?,
        effects: count("SELECT count(*) FROM effects")?,
        timers: count("SELECT count(*) FROM timers")?,
    })
}

fn one<T: FromSql>(conn: &Connection, sql: &str) -> Result<T> {
    conn.prepare_cached(sql)?.query_row([], |row| row.get(0))
}

fn rows<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    conn.prepare_cached(sql)?.query_map(params, read)?.collect()
}
