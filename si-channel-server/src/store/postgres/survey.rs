//! Every row of a table, and rows reworded or removed.
//!
//! Places are drawn before a commit and seen after it. A survey waits for the commits that are under way, so that no row
//! appears later at a place it has passed.

use tokio_postgres::Row;

use super::connect::Link;
use super::failure::Failure;
use super::flight::{Flight, params};
use super::text::{restored, stored};
use crate::store::{Amendment, Line, Table, Wording};

/// Passes the gate that commits hold open; see `commit`.
const BEGIN: &str = "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 1))";

fn page(table: Table) -> &'static str {
    match table {
        Table::Documents => {
            "SELECT place, kind || '/' || id, doc, 0::bigint, false FROM documents WHERE place > $1 ORDER BY place LIMIT $2"
        }
        Table::Inputs => {
            "SELECT seq, lane, body, at_ms, state = 0 FROM inputs WHERE seq > $1 ORDER BY seq LIMIT $2"
        }
        Table::Answers => {
            "SELECT place, key, body, at_ms, false FROM answers WHERE place > $1 ORDER BY place LIMIT $2"
        }
        Table::Effects => {
            "SELECT seq, lane, body, 0::bigint, true FROM effects WHERE seq > $1 ORDER BY seq LIMIT $2"
        }
        Table::Events => {
            "SELECT position, stream, body, 0::bigint, false FROM events WHERE position > $1 ORDER BY position LIMIT $2"
        }
        Table::Entries => {
            "SELECT number, session, body, at_ms, false FROM entries WHERE number > $1 ORDER BY number LIMIT $2"
        }
        Table::Openings => {
            "SELECT sequence, coalesce(address, ''), openings, 0::bigint, false FROM audit_openings
             WHERE sequence > $1 ORDER BY sequence LIMIT $2"
        }
    }
}

/// The connection is the caller's alone.
pub(super) async fn survey(link: &Link, table: Table, after: i64, limit: i64) -> Result<Vec<Line>, Failure> {
    let sql = page(table);
    link.prepare(&[sql]).await?;
    let mut flight = Flight::default();
    flight.plain(BEGIN);
    let rows = flight.add(true, sql, params![after, limit]);
    flight.plain("COMMIT");
    flight.fly(link).await?.rows(rows).iter().map(line).collect()
}

fn line(row: &Row) -> Result<Line, Failure> {
    let wording = Wording { name: restored(row.try_get(1)?), body: restored(row.try_get(2)?) };
    Ok(Line { place: row.try_get(0)?, wording, at_ms: row.try_get(3)?, pending: row.try_get(4)? })
}

/// An answer takes the place of another that has its new key.
const DISPLACE_ANSWER: &str = "
DELETE FROM answers WHERE key = $3 AND place <> $1 AND EXISTS (SELECT FROM answers WHERE place = $1 AND body = $2)
AND $4 = $4";

/// How a table is reworded, if it is at all.
fn reword(table: Table) -> Option<&'static str> {
    Some(match table {
        Table::Documents | Table::Effects | Table::Openings => return None,
        Table::Inputs => {
            "UPDATE inputs SET lane = $3, body = $4, reason = NULL WHERE seq = $1 AND body = $2 AND state <> 0 RETURNING 1"
        }
        Table::Answers => {
            "UPDATE answers SET key = $3, body = $4, request = '' WHERE place = $1 AND body = $2 RETURNING 1"
        }
        Table::Events => {
            "UPDATE events SET stream = $3, body = $4 WHERE position = $1 AND body = $2 RETURNING 1"
        }
        Table::Entries => {
            "UPDATE entries SET body = $4 WHERE number = $1 AND body = $2 AND session = $3 RETURNING 1"
        }
    })
}

fn remove(table: Table) -> &'static str {
    match table {
        Table::Documents => {
            "WITH gone AS (DELETE FROM documents WHERE place = $1 AND doc = $2 RETURNING kind, id),
             unkeyed AS (DELETE FROM keys k USING gone WHERE k.kind = gone.kind AND k.id = gone.id)
             SELECT 1 FROM gone"
        }
        Table::Effects => {
            "WITH gone AS (DELETE FROM effects WHERE seq = $1 AND body = $2 RETURNING seq, lane),
             freed AS (DELETE FROM leases l USING gone WHERE l.queue = 1 AND l.lane = gone.lane AND l.item = gone.seq)
             SELECT 1 FROM gone"
        }
        Table::Inputs => "DELETE FROM inputs WHERE seq = $1 AND body = $2 AND state <> 0 RETURNING 1",
        Table::Answers => "DELETE FROM answers WHERE place = $1 AND body = $2 RETURNING 1",
        Table::Events => "DELETE FROM events WHERE position = $1 AND body = $2 RETURNING 1",
        Table::Entries => "DELETE FROM entries WHERE number = $1 AND body = $2 RETURNING 1",
        Table::Openings => "DELETE FROM audit_openings WHERE sequence = $1 AND openings = $2 RETURNING 1",
    }
}

/// All in one transaction; how many rows were as they had been. The connection is the caller's alone.
pub(super) async fn amend(link: &Link, amendments: &[Amendment]) -> Result<u64, Failure> {
    let mut flight = Flight::default();
    flight.plain("BEGIN");
    let mut places = Vec::new();
    for Amendment { table, place, was, now } in amendments {
        let was = stored(was);
        let (sql, params) = match now {
            None => (remove(*table), params![*place, was]),
            Some(now) => {
                let Some(sql) = reword(*table) else { continue };
                let params = || params![*place, was.clone(), stored(&now.name), stored(&now.body)];
                if *table == Table::Answers {
                    link.prepare(&[DISPLACE_ANSWER]).await?;
                    flight.add(true, DISPLACE_ANSWER, params());
                }
                (sql, params())
            }
        };
        link.prepare(&[sql]).await?;
        places.push(flight.add(true, sql, params));
    }
    flight.plain("COMMIT");
    let mut landed = flight.fly(link).await?;
    Ok(places.into_iter().map(|place| landed.rows(place).len() as u64).sum())
}
