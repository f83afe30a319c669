//! Every row of a table, and rows reworded or removed.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::failure::Failure;
use super::step::{Queue, Step};
use crate::store::{Amendment, Line, Table, Wording};

pub(super) fn survey(conn: &Connection, table: Table, after: i64, limit: i64) -> Result<Vec<Line>> {
    let sql = match table {
        Table::Documents => {
            "SELECT rowid, kind || '/' || id, doc, 0, 0 FROM documents WHERE rowid > ?1 ORDER BY rowid LIMIT ?2"
        }
        Table::Inputs => {
            "SELECT seq, lane, body, at_ms, state = 0 FROM inputs WHERE seq > ?1 ORDER BY seq LIMIT ?2"
        }
        Table::Answers => {
            "SELECT rowid, key, body, at_ms, 0 FROM answers WHERE rowid > ?1 ORDER BY rowid LIMIT ?2"
        }
        Table::Effects => "SELECT seq, lane, body, 0, 1 FROM effects WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        Table::Events => {
            "SELECT position, stream, body, 0, 0 FROM events WHERE position > ?1 ORDER BY position LIMIT ?2"
        }
        Table::Entries => {
            "SELECT number, session, body, at_ms, 0 FROM entries WHERE number > ?1 ORDER BY number LIMIT ?2"
        }
        Table::Openings => {
            "SELECT sequence, coalesce(address, ''), openings, 0, 0 FROM audit_openings
             WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"
        }
    };
    conn.prepare_cached(sql)?
        .query_map([after, limit], |row| {
            let wording = Wording { name: row.get(1)?, body: row.get(2)? };
            Ok(Line { place: row.get(0)?, wording, at_ms: row.get(3)?, pending: row.get(4)? })
        })?
        .collect()
}

pub(super) fn amend(step: &mut Step<'_>, amendments: &[Amendment]) -> std::result::Result<u64, Failure> {
    let mut amended = 0;
    for amendment in amendments {
        amended += match &amendment.now {
            Some(now) => reword(step, amendment, now)?,
            None => remove(step, amendment)?,
        };
    }
    Ok(amended as u64)
}

fn reword(step: &Step<'_>, amendment: &Amendment, now: &Wording) -> std::result::Result<usize, Failure> {
    let sql = match amendment.table {
        Table::Documents | Table::Effects | Table::Openings => return Ok(0),
        Table::Inputs => {
            "UPDATE inputs SET lane = ?3, body = ?4, reason = NULL WHERE seq = ?1 AND body = ?2 AND state <> 0"
        }
        Table::Answers => {
            "UPDATE OR REPLACE answers SET key = ?3, body = ?4, request = '' WHERE rowid = ?1 AND body = ?2"
        }
        Table::Events => "UPDATE events SET stream = ?3, body = ?4 WHERE position = ?1 AND body = ?2",
        Table::Entries => "UPDATE entries SET body = ?4 WHERE number = ?1 AND body = ?2 AND session = ?3",
    };
    step.execute(sql, params![amendment.place, amendment.was, now.name, now.body])
}

fn remove(step: &mut Step<'_>, amendment: &Amendment) -> std::result::Result<usize, Failure> {
    let at = params![amendment.place, amendment.was];
    match amendment.table {
        Table::Documents => {
            let found: Option<(String, String)> = step
                .conn
                .prepare_cached("SELECT kind, id FROM documents WHERE rowid = ?1 AND doc = ?2")?
                .query_row(at, |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((kind, id)) = found else { return Ok(0) };
            step.execute("DELETE FROM keys WHERE kind = ?1 AND id = ?2", [&kind, &id])?;
            step.execute("DELETE FROM documents WHERE kind = ?1 AND id = ?2", [&kind, &id])
        }
        Table::Effects => {
            let lane: Option<String> = step
                .conn
                .prepare_cached("SELECT lane FROM effects WHERE seq = ?1 AND body = ?2")?
                .query_row(at, |row| row.get(0))
                .optional()?;
            let Some(lane) = lane else { return Ok(0) };
            step.moved(Queue::Effects, &lane);
            step.execute("DELETE FROM effects WHERE seq = ?1", [amendment.place])
        }
        Table::Inputs => step.execute("DELETE FROM inputs WHERE seq = ?1 AND body = ?2 AND state <> 0", at),
        Table::Answers => step.execute("DELETE FROM answers WHERE rowid = ?1 AND body = ?2", at),
        Table::Events => step.execute("DELETE FROM events WHERE position = ?1 AND body = ?2", at),
        Table::Entries => step.execute("DELETE FROM entries WHERE number = ?1 AND body = ?2", at),
        Table::Openings => {
            step.execute("DELETE FROM audit_openings WHERE sequence = ?1 AND openings = ?2", at)
        }
    }
}
