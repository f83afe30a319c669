//! The tables, and how an older schema becomes a newer one.
//!
//! `schema_migrations` has a row for each migration with the checksum of its text. Each runs in one transaction together
//! with its row, under a lock that ends with the connection: a server killed half-way leaves the step before, and whoever
//! starts next goes on there. A schema that is ahead of a server is used by it when all that it does not know says that it
//! may (`-- serves programs from: N` in the first line of a migration: those that know N migrations or more).

use sha2::{Digest, Sha256};

use super::connect::Link;
use super::failure::Failure;
use super::open::OpenError;

/// One step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migration {
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

/// All migrations, oldest first. Those released are never edited.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_first", sql: include_str!("schema/0001_first.sql") },
    Migration { name: "0002_audit_kinds", sql: include_str!("schema/0002_audit_kinds.sql") },
    Migration { name: "0003_throttles", sql: include_str!("schema/0003_throttles.sql") },
    Migration { name: "0004_cursors", sql: include_str!("schema/0004_cursors.sql") },
    Migration { name: "0005_timer_order", sql: include_str!("schema/0005_timer_order.sql") },
];

const SERVES: &str = "-- serves programs from: ";

const KNOWN: &str = "SELECT number, checksum, serves_from FROM schema_migrations ORDER BY number";
const DONE: &str =
    "INSERT INTO schema_migrations (number, name, checksum, serves_from) VALUES ($1, $2, $3, $4)";
const EXISTING: &str = "
SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = $1) > 0,
       (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v')) > 0,
       (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = 'schema_migrations') > 0";

/// Brings a schema to the newest state, making it when absent.
pub(super) async fn migrate(link: &Link, schema: &str, migrations: &[Migration]) -> Result<(), OpenError> {
    link.simple("SET statement_timeout = 0; SET lock_timeout = 0").await?;
    link.simple("SELECT pg_advisory_lock(hashtextextended(current_setting('search_path'), 3))").await?;
    begin(link, schema).await?;
    let found = link.query(KNOWN, &[]).await?;
    for (row, known) in found.iter().zip(migrations) {
        let checksum: &[u8] = row.try_get(1).map_err(Failure::from)?;
        if checksum != checksum_of(known) {
            return Err(OpenError::Changed(known.name));
        }
    }
    for row in found.iter().skip(migrations.len()) {
        let serves_from: i32 = row.try_get(2).map_err(Failure::from)?;
        if serves_from.unsigned_abs() as usize > migrations.len() {
            return Err(OpenError::TooNew { found: found.len(), known: migrations.len() });
        }
    }
    if found.len() > migrations.len() {
        tracing::info!(
            found = found.len(),
            known = migrations.len(),
            "the schema is newer and says it serves"
        );
    }
    for (index, migration) in migrations.iter().enumerate().skip(found.len()) {
        step(link, index + 1, migration)
            .await
            .map_err(|failure| OpenError::Migration { name: migration.name, why: failure.to_string() })?;
    }
    Ok(())
}

/// Makes the schema and the table of its migrations.
async fn begin(link: &Link, schema: &str) -> Result<(), OpenError> {
    let rows = link.query(EXISTING, &[&schema]).await?;
    let row = rows.first().ok_or_else(|| Failure::Corrupt("the catalogue is empty".to_owned()))?;
    let is = |column: usize| row.try_get::<_, bool>(column).map_err(Failure::from);
    if is(1)? && !is(2)? {
        return Err(OpenError::Foreign(schema.to_owned()));
    }
    if !is(0)? {
        link.simple(&format!("CREATE SCHEMA \"{schema}\"")).await?;
    }
    if !is(2)? {
        link.simple(
            "CREATE TABLE schema_migrations (
                number integer PRIMARY KEY,
                name text NOT NULL,
                checksum bytea NOT NULL,
                serves_from integer NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now())",
        )
        .await?;
    }
    Ok(())
}

async fn step(link: &Link, number: usize, migration: &Migration) -> Result<(), Failure> {
    let serves_from = migration
        .sql
        .lines()
        .next()
        .and_then(|line| line.strip_prefix(SERVES)?.trim().parse().ok())
        .unwrap_or(number);
    let (number, serves_from) = (column(number), column(serves_from));
    link.simple("BEGIN").await?;
    link.simple(migration.sql).await?;
    link.execute(DONE, &[&number, &migration.name, &checksum_of(migration), &serves_from]).await?;
    link.simple("COMMIT").await
}

fn column(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn checksum_of(migration: &Migration) -> Vec<u8> {
    Sha256::digest(migration.sql.as_bytes()).to_vec()
}
